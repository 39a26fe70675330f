from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.input import LARGEST, accept, called, missing
from workflow.core.model import Field, FieldType, Text
from workflow.core.written import canonical

CATEGORY = Field(
    "category",
    "choice",
    Text("类别", "Category"),
    choices=("economy", "culture"),
    labels={"economy": Text("经济", "Economy")},
)
UNITS = Field("units", "list", item=Field("item", "record", fields=(Field("unit", "party", required=True), Field("part", "choice", choices=("sole",), default="sole"))))  # fmt: skip


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        (Field("t", "text"), "e\u0301", "é"),
        (Field("t", "text"), "", None),
        (Field("t", "text"), None, None),
        (Field("n", "int", min=1, max=3), 3, 3),
        (Field("b", "bool"), False, False),
        (Field("d", "date"), "2022-03-01", "2022-03-01"),
        (Field("d", "date"), date(2022, 3, 1), "2022-03-01"),
        (CATEGORY, "culture", "culture"),
        (Field("l", "list"), ("a",), ["a"]),
        (Field("l", "list", min=2), [], []),
        (Field("r", "record", fields=(Field("a", "int"),)), {}, {"a": None}),
        (UNITS, [{"unit": "edu"}], [{"unit": "edu", "part": "sole"}]),
        (Field("p", "party"), "edu", "edu"),
        (Field("c", "case"), "c1", "c1"),
    ],
)
def test_a_value_is_brought_into_its_stored_form(field: Field, given: Any, stored: Any) -> None:
    assert ({field.name: stored}, []) == accept([field], {field.name: given})


@pytest.mark.parametrize(
    ("field", "given", "zh", "en"),
    [
        (Field("t", "text"), 3, "t：应为文字，不是“3”", "t: must be a text, not “3”"),
        (Field("t", "text"), "a\x00b", "U+0000", "U+0000"),
        (Field("t", "text"), "a\ud800", "U+D800", "U+D800"),
        (Field("t", "text", max=2), "abc", "最多 2 个字，现有 3 个", "at most 2 characters; it has 3"),
        (Field("t", "text", min=2), "a", "至少 2 个字，现有 1 个", "at least 2 characters; it has 1"),
        (Field("t", "text"), "x" * 200_001, "最多 200000 个字", "at most 200000"),
        (Field("n", "int"), True, "应为整数", "whole number"),
        (Field("n", "int"), "5", "应为整数，不是“5”", "must be a whole number, not “5”"),
        (Field("n", "int", max=20), 21, "应在 -9007199254740991 到 20 之间", "and 20"),
        (Field("n", "int", min=0), -1, "应在 0 到 9007199254740991 之间，不是 -1", "between 0 and 9007199254740991, not -1"),
        (Field("b", "bool"), "yes", "应为 true 或 false，不是“yes”", "must be true or false, not “yes”"),
        (Field("d", "date"), "2022-09-31", "应为日期，如 2022-03-01，不是“2022-09-31”", "not “2022-09-31”"),  # such a date stood in a real notice
        (Field("d", "date"), 5, "应为日期", "must be a date"),
        (CATEGORY, "economics", "类别（category）：没有“economics”；可选：economy 经济、culture；是否指“economy”", "Category (category): "),
        (CATEGORY, ["economy"], "没有", "is not one of"),
        (CATEGORY, "zzz", "可选", "economy Economy, culture"),
        (Field("l", "list"), "a", "应为列表，不是“a”", "must be a list, not “a”"),
        (Field("l", "list", max=1), ["a", "b"], "最多 1 项，现有 2 项", "at most 1 items; it has 2"),
        (Field("l", "list", min=2), ["a"], "至少 2 项，现有 1 项", "at least 2 items; it has 1"),
        (Field("l", "list"), ["a", ""], "第 2 项是空的", "item 2 is empty"),
        (Field("l", "list", item=Field("i", "int")), [1, "x" * 50], "第 2 项：应为整数，不是“" + "x" * 40 + "…”", "item 2"),
        (Field("n", "int"), "x" * 40, "不是“" + "x" * 40 + "”", "not “" + "x" * 40 + "”"),
        (Field("n", "int"), "x" * 41, "不是“" + "x" * 40 + "…”", "not “" + "x" * 40 + "…”"),
        (Field("l", "list", item=Field("i", "choice", choices=("b",)), personal=True), ["b", "a“b”"], "第 2 项：没有…；可选：b", "item 2: … is not one of b"),
        (UNITS, [{"part": "lead"}], "没有“lead”；可选：sole；还缺“unit”", "unit is missing"),
        (UNITS, ["edu"], "应为一组“名称: 值”，不是“edu”", "must be names with values, not “edu”"),
        (UNITS, [{"unit": "edu", "prat": "sole"}], "是否指“part”", "did you mean 'part'?"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_explained(field: Field, given: Any, zh: str, en: str) -> None:
    values, blockers = accept([field], {field.name: given})

    assert {} == values
    assert ["invalid"] == [b.code for b in blockers]
    assert zh in blockers[0].text.zh
    assert en in blockers[0].text.en
    assert field.name == blockers[0].about


def test_an_unknown_name_is_answered_with_what_is_known() -> None:
    _, near = accept([CATEGORY], {"catgory": 1})
    _, far = accept([CATEGORY], {"x": 1})
    _, none = accept([], {"x": 1})

    assert ["catgory", "x", "x"] == [blockers[0].about for blockers in (near, far, none)]
    assert "是否指“category”" in near[0].text.zh
    assert "allowed here: category" in far[0].text.en
    assert "（无）" in none[0].text.zh


def test_what_is_empty_is_missing() -> None:
    fields = [Field("a", "text"), Field("b", "list", Text("乙", "")), Field("c", "int"), Field("d", "bool")]

    blockers = missing(fields, {"b": [], "c": 0, "d": False})

    assert ["a", "b"] == [b.about for b in blockers]
    assert ["还缺“a”", "还缺“乙（b）”"] == [b.text.zh for b in blockers]
    assert "B (b)" == called(Field("b", "text", Text("", "B")), "en")


TYPES: list[FieldType] = ["text", "int", "bool", "date", "choice", "code", "list", "record", "party", "case"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(TYPES), ANYTHING)
def test_whatever_comes_in_is_stored_or_explained_and_can_be_recorded(type_: FieldType, value: Any) -> None:
    field = Field(
        "f", type_, choices=("a", "b"), fields=(Field("a", "text"), Field("b", "int")), item=Field("i", "text")
    )

    values, blockers = accept([field], {"f": value})

    assert bool(values) != bool(blockers)
    canonical(values)
    for blocker in blockers:
        assert blocker.text.zh
        assert blocker.text.en


def test_the_largest_number_is_what_every_json_reader_keeps() -> None:
    assert 9_007_199_254_740_991 == LARGEST

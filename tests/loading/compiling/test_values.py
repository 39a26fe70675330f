from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE
from workflow.core.errors import LifecycleInvalid
from workflow.core.model import Json, Text
from workflow.loading import load


def text(written: str) -> str:
    return LEAVE.replace("settings:\n", f"settings:\n  it: {written}\n")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{type: text, default: 007}", "007"),
        ("{type: int, default: -3}", -3),
        ("{type: bool, default: false}", False),
        ("{type: date, default: 2022-01-31}", "2022-01-31"),
        ("{type: duration, default: 36h}", "36h"),
        ("{type: list, default: [a, 1]}", ["a", "1"]),
        ("{type: codes, default: {a: 甲, 2: {zh: 乙, en: B}, c: {label: {en: C}, means: m}}}",
         {"a": {"label": {"zh": "甲"}}, "2": {"label": {"zh": "乙", "en": "B"}}, "c": {"label": {"en": "C"}, "means": "m"}}),
    ],
)  # fmt: skip
def test_a_setting_has_the_value_of_its_type(written: str, expected: Json) -> None:
    assert expected == load(text(written)).values()["it"]


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        ("int, default: 1", 12, 12),
        ("int, default: 1", "12", 12),
        ("text, default: x", 12, "12"),
        ("text, default: x", True, "true"),
        ("bool, default: false", "true", True),
        ("bool, default: false", True, True),
        ("list, default: []", ("a", 2), ["a", "2"]),
        ("duration, default: 1d", "3mo", "3mo"),
        ("codes, default: {}", {"a": {"label": {"zh": "甲"}}}, {"a": {"label": {"zh": "甲"}}}),
        ("codes, default: {}", {"a": "甲"}, {"a": {"label": {"zh": "甲"}}}),
    ],
)
def test_a_value_from_outside_is_taken_as_if_it_stood_in_the_file(type: str, given: object, expected: Json) -> None:
    assert expected == load(text(f"{{type: {type}}}"), settings={"it": given}).values()["it"]


def test_the_values_in_force_can_be_given_back() -> None:
    lifecycle = load(LEAVE, settings={"term": 12})

    again = load(lifecycle.source, settings=lifecycle.values(), check=False)

    assert (lifecycle.values(), lifecycle.digest) == (again.values(), again.digest)


@pytest.mark.parametrize(
    ("given", "zh"),
    [
        ({"term": "many"}, "设置“term”（int）：“many”不能写在这里；应为整数"),
        ({"term": None}, "设置“term”（int）：此处缺少值"),
        ({"term": [1]}, "设置“term”（int）：此处是一个列表"),
        ({"term": 1.5}, "“1.5”不能写在这里"),
        ({"grounds": {"ill": {}}}, "设置“grounds”（codes）：此处缺少"),
        ({"trem": 1}, "此流程没有名为“trem”的设置；可设：longest、grounds、term；是否指“term”？"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_where_it_came_from(given: dict[str, object], zh: str) -> None:
    with pytest.raises(LifecycleInvalid) as caught:
        load(LEAVE, file="leave.yaml", settings=given, profile="--set")

    assert ["--set"] == [p.place.file for p in caught.value.problems]
    assert zh in caught.value.say("zh")


def test_a_setting_keeps_its_label_under_a_profile() -> None:
    lifecycle = load(text("{type: int, default: 1, label: 届}"), settings={"it": 2})

    assert Text("届") == lifecycle.settings["it"].label

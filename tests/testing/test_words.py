"""What people write, as values of fields, and back."""

import pytest

from workflow.core.model import Field, Text
from workflow.testing.words import field_named, filled, said, value

PART = Field("part", "choice", choices=("lead", "co"), labels={"lead": Text("主办", "Lead"), "co": Text("会办", "Co")})
UNITS = Field("units", "list", item=Field("item", "record", fields=(Field("unit", "party"), PART)))


def test_a_choice_is_called_by_its_label_in_either_language_or_by_its_key():
    assert ["lead", "lead", "lead"] == [value(PART, text) for text in ("主办", "Lead", "lead")]


def test_a_record_is_a_few_words_in_the_order_of_its_fields():
    expected = [{"unit": "教育局", "part": "lead"}, {"unit": "公安局", "part": "co"}]

    assert expected == value(UNITS, "教育局（主办）、公安局（会办）")
    assert "教育局 主办、公安局 会办" == said(UNITS, expected)


@pytest.mark.parametrize(("text", "expected"), [("是", True), ("否", False), ("yes", True), ("也许", "也许")])
def test_yes_and_no(text, expected):
    assert expected == value(Field("agreed", "bool"), text)


def test_what_cannot_be_a_number_is_left_for_the_engine_to_refuse():
    assert [12, "十二"] == [value(Field("n", "int"), text) for text in ("12", "十二")]


def test_a_field_is_called_by_its_label_or_its_key():
    title = Field("title", "text", label=Text("案由", "Title"))

    assert [{"title": "x"}] * 3 == [filled([title], {name: "x"}) for name in ("title", "案由", "Title")]


def test_a_field_that_nobody_knows_fails_with_a_sentence():
    with pytest.raises(AssertionError, match="there is no field called '标题'"):
        field_named({}, "标题")


def test_what_is_empty_is_said_as_nothing():
    field = Field("x", "bool")

    assert ["", "是", "否"] == [said(field, x) for x in (None, True, False)]
    assert ["", "yes", "no"] == [said(field, x, "en") for x in (None, True, False)]

from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken
from workflow.core.model import Field, Place, Text
from workflow.loading import load

LINE = "  reason: text\n"


def field(written: str) -> Field:
    """The field that `written` declares."""
    text = LEAVE.replace(LINE, f"  it: {written}\n").replace("[days, reason]", "[days]")
    return load(text).root.fields["it"]


@pytest.mark.parametrize("type", ["text", "int", "bool", "date", "party", "case"])
def test_the_short_form_is_a_type(type: str) -> None:
    assert type == field(type).type
    assert field(type) == field(f"{{type: {type}}}")


def test_a_field_carries_what_was_written() -> None:
    written = "{type: int, label: {zh: 数, en: Number}, required: true, default: 3, index: true, personal: true, min: 1, max: 9}"

    assert Field("it", "int", Text("数", "Number"), True, 3, True, True, 1, 9, place=Place("", 17, 3)) == field(written)


def test_bounds_may_come_from_a_setting() -> None:
    assert 11 == field("{type: int, max: settings.term}").max


def test_choices_are_a_list_or_have_labels() -> None:
    assert ("a", "1", "是") == field("{type: choice, of: [a, 1, 是]}").choices
    assert {"a": Text("甲"), "b": Text("乙", "B")} == field("{type: choice, of: {a: 甲, b: {zh: 乙, en: B}}}").labels


def test_a_code_has_its_values_labels_and_meanings_from_a_setting() -> None:
    ground = load(LEAVE).root.fields["ground"]

    assert ("ill", "own") == ground.choices
    assert {"ill": Text("病假"), "own": Text("事假")} == ground.labels
    assert {"own": "private"} == ground.means


def test_a_list_has_items_of_a_type_or_records() -> None:
    assert "party" == field("{type: list, item: party}").item.type  # type: ignore[union-attr]
    assert 5 == field("{type: list, item: {type: text, max: 5}, min: 1}").item.max  # type: ignore[union-attr]

    item = field("{type: list, item: {unit: party, part: {type: choice, of: [sole, lead]}}}").item

    assert item is not None
    assert ("record", ["unit", "part"]) == (item.type, [inner.name for inner in item.fields])


def test_a_record_has_fields() -> None:
    assert ["a", "b"] == [inner.name for inner in field("{type: record, fields: {a: int, b: text}}").fields]


def test_a_case_names_its_lifecycle_and_may_follow_it() -> None:
    assert ("leave", True) == (lambda f: (f.lifecycle, f.follow))(field("{type: case, of: leave, follow: true}"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{type: text, default: 7}", "7"),
        ("{type: bool, default: true}", True),
        ("{type: date, default: 2022-06-30}", "2022-06-30"),
        ("{type: choice, of: [a, b], default: b}", "b"),
        ("{type: code, of: settings.grounds, default: own}", "own"),
        ("{type: list, item: party, default: []}", []),
        ("{type: list, item: {type: int}, default: [1, 2]}", [1, 2]),
    ],
)
def test_a_default_has_the_type_of_its_field(written: str, expected: object) -> None:
    assert expected == field(written).default


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{type: int, default: many}", "a whole number is expected"),
        ("{type: date, default: 2022-6-3}", "a date is expected such as 2022-06-30"),
        ("{type: date, default: 2022-02-30}", "a date is expected"),
        ("{type: choice, of: [apple, pear], default: aple}", 'one of apple, pear is expected; did you mean "apple"?'),
        ("{type: case, of: leave, default: x}", "a field of type case cannot have a default"),
        ("{type: list, item: {a: int}, default: []}", "a field of type list cannot have a default"),
        ("{type: choice, of: [a, b, a]}", 'the choice "a" is here twice'),
        ("{type: choice}", 'the field "it" needs "of"'),
        ("{type: record}", 'the field "it" needs "fields"'),
        ("{type: case, of: [leave]}", "the name of a lifecycle is expected here"),
        ("{type: code, of: grounds}", 'here stands "grounds"; a list of choices [a, b], or settings.… is expected'),
        ("{type: bool, min: 1}", '"min" does not go with the type bool; it is for int, text, list'),
        ("{type: list, item: {unit: prty}}", 'did you mean "party"?'),
        ("{type: list, item: {type: txt}}", 'did you mean "text"?'),
        ("[text]", "here stands a list; a type, or {type: …, …} is expected"),
    ],
)
def test_a_field_that_cannot_be_is_told(written: str, expected: str) -> None:
    found = [p.say("en") for p in broken(LINE, f"{LINE}  it: {written}\n")]

    assert any(expected in said for said in found), found
    assert 1 == len(found), found

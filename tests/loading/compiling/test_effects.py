from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken
from workflow.core.model import Effects, Numbering
from workflow.loading import load


def effects(old: str, new: str) -> Effects:
    """The effects of `ask` after one place of the file was changed."""
    assert 1 == LEAVE.count(old)
    return load(LEAVE.replace(old, new)).root.transitions["ask"].effects


def numbering(template: str) -> tuple[list[object], int, str]:
    (found,) = effects('"L{settings.term:03}-{seq:03}"', template).numbers
    assert isinstance(found, Numbering)
    prefix: list[object] = [piece if isinstance(piece, str) else (piece[0].source, piece[1]) for piece in found.prefix]
    return prefix, found.width, found.suffix


def test_parts_are_opened_for_each_item_of_a_list() -> None:
    (opening,) = effects("holder: h}", "holder: h, set: {yes: 'h == \"h1\"'}}").open

    assert ("opinion", '["h1", "h2"]', "h") == (opening.part, opening.each and opening.each.source, opening.loop)
    assert ("h", "h") == (opening.key and opening.key.source, opening.holder and opening.holder.source)
    assert [("yes", 'h == "h1"')] == [(name, expression.source) for name, expression in opening.set]


def test_one_part_may_be_opened_or_several_kinds() -> None:
    openings = effects("open: {part: opinion, each: '[\"h1\", \"h2\"]', as: h, key: h, holder: h}", "open: [{part: opinion}, {part: opinion, key: case.id}]").open  # fmt: skip

    assert [None, "case.id"] == [opening.key and opening.key.source for opening in openings]


def test_fields_are_set_and_parts_closed() -> None:
    found = effects("    if: short", "    set: {reason: case.id, days: case.days + 1}\n    close: [opinion]")

    assert ["reason", "days"] == [name for name, _ in found.set]
    assert ("opinion",) == found.close


def test_another_case_is_started_and_linked() -> None:
    text = LEAVE.replace("  reason: text\n", "  reason: text\n  follow_up: {type: case, of: leave, follow: true}\n")
    text = text.replace("    if: short", "    start: {lifecycle: leave, link: follow_up, created_by: case.created_by, set: {days: 'case.days'}}")  # fmt: skip
    (starting,) = load(text).root.transitions["ask"].effects.start

    assert ("leave", "follow_up", ["days"]) == (starting.lifecycle, starting.link, [name for name, _ in starting.set])


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("'{seq}'", ([], 1, "")),
        ("'{seq:4}'", ([], 4, "")),
        ("L-{seq:03}号", (["L-"], 3, "号")),
        ('"{settings.term:03}-{case.id}-{seq:03}"', ([("settings.term", 3), "-", ("case.id", 0), "-"], 3, "")),
        ('"{seq:02}/{settings.term:04}x"', ([], 2, "/0011x")),
    ],
)
def test_a_template_is_cut_at_the_sequence(template: str, expected: tuple[list[object], int, str]) -> None:
    assert expected == numbering(template)


def test_a_number_may_go_into_a_field() -> None:
    (found,) = effects('number: "L{settings.term:03}-{seq:03}"', "number: {reason: 'R{seq}'}").numbers

    assert "reason" == found.field


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("as: h, key: h, holder: h", "as: case, key: case.id", "this word has a meaning of its own"),
        ('each: \'["h1", "h2"]\'', "each: case.days", "a list is needed here"),
        ("holder: h}", "holder: case.days}", "a text is needed here"),
        ('number: "L{settings.term:03}-{seq:03}"', "number: {days: 'R{seq}'}", "goes into a field of type text"),
        ('number: "L{settings.term:03}-{seq:03}"', "number: {dys: 'R{seq}'}", 'there is no field "dys"'),
        ("{seq:03}", "{seq:03}-{settings.longest}", "int/text is needed here"),
        ("{seq:03}", "{seq:03}-{settings.nothing}", 'there is no setting "nothing"'),
        ("{seq:03}", "{seq:03}-{seq}", "has exactly one {seq}"),
        ("{seq:03}", "{seq:03", "has exactly one {seq}"),
        ("    if: short", "    start: {lifecycle: leave, link: days}", "`link` needs a field of type case"),
        (
            "    if: short",
            "    start: {lifecycle: leave, link: dys}",
            'there is no field "dys"; this file declares none',
        ),
        ("    if: short", "    close: opinon", 'there is no part "opinon"'),
        ("    if: short", "    set: {days: case.reason}", "a whole number is needed here"),
        ("    if: short", "    set: {dys: '1'}", 'there is no field "dys"'),
    ],
)
def test_an_effect_that_cannot_be_is_told(old: str, new: str, expected: str) -> None:
    found = [p.say("en") for p in broken(old, new)]

    assert any(expected in said for said in found), found

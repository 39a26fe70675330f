import pytest

from tests.core.desk import DAY, MEMBER, MONDAY, Desk
from workflow.core.fold import fold
from workflow.core.model import Case


def test_a_file_begins_with_its_opening(desk: Desk) -> None:
    with pytest.raises(LookupError):
        fold(None, {"kind": "move"}, desk.lifecycle)


def test_an_opening_makes_the_root_as_the_record_tells(desk: Desk) -> None:
    values = {"title": "修路", "body": "路坏了很久", "urgent": False}
    root = Case(
        "id1", "id1", "matter", 1, "", "draft", "m1", MONDAY, MONDAY, values=values, visits={"draft": 1}, revision=1
    )

    assert root == desk.file.root


def test_a_move_changes_what_the_record_tells_and_nothing_else(desk: Desk) -> None:
    opened = desk.file.root
    desk.now += DAY
    desk.do("submit", MEMBER)

    assert {"state", "origin", "entered_at", "number", "visits", "revision"} == {
        name for name in Case.__slots__ if getattr(opened, name) != getattr(desk.file.root, name)
    }
    assert ("review.first", "draft", MONDAY + DAY, "011-001", 2) == (
        desk.file.root.state, desk.file.root.origin, desk.file.root.entered_at, desk.file.root.number, desk.file.root.revision,
    )  # fmt: skip


def test_a_part_begins_as_the_record_tells(assigned: Desk) -> None:
    part = Case(
        assigned.part("edu").id, "id1", "matter", 1, "task", "fresh", "c1", MONDAY, MONDAY, key="edu", round=1, holder="edu",
        values={"part": "lead"}, visits={"fresh": 1}, revision=1,
    )  # fmt: skip

    assert part == assigned.part("edu")


def test_closing_a_part_ends_it_where_it_stands(assigned: Desk) -> None:
    before = assigned.part("edu")
    assigned.do("drop", note="重复")

    assert ("cancelled", before.state, before.entered_at, before.revision + 1) == (
        assigned.part("edu").outcome, assigned.part("edu").state, assigned.part("edu").entered_at, assigned.part("edu").revision,
    )  # fmt: skip


def test_folding_keeps_the_place_in_the_chain(reviewed: Desk) -> None:
    entry = {"kind": "act", "case": "id1", "action": "remark", "at": 1}

    after = fold(reviewed.file, entry, reviewed.lifecycle)

    assert (reviewed.file.records, reviewed.file.head) == (after.records, after.head)
    assert reviewed.file.root.revision + 1 == after.root.revision


def test_a_refusal_changes_nothing(desk: Desk) -> None:
    assert desk.file is fold(desk.file, {"kind": "refusal"}, desk.lifecycle)


def test_a_record_about_a_case_that_is_not_in_the_file_is_an_error(desk: Desk) -> None:
    with pytest.raises(KeyError):
        fold(desk.file, {"kind": "move", "case": "zzz"}, desk.lifecycle)

"""Records of an older version as a newer one can fold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workflow.core.model import Lifecycle, Migration, Renaming
from workflow.core.renaming import fitted, renamed
from workflow.loading import load_path

KINDS = {"c1": "", "p1": "task"}


@pytest.fixture(scope="module")
def errand() -> Lifecycle:
    return load_path(Path(__file__).parents[1] / "clocked.yaml")


def migrated(**facts: Any) -> dict[str, Any]:
    return {"kind": "migration", "case": "c1", "cases": [{"id": "p1", **facts}]}


def test_an_earlier_migration_keeps_what_the_version_has_a_word_for(errand: Lifecycle) -> None:
    told = migrated(to="handling", visits={"unsigned": 1}, clocks={"reply_due": {"since": 1}, "plan_due": {"since": 2}})

    assert migrated(to="handling", clocks={"reply_due": {"since": 1}}) == fitted(told, KINDS, errand)


def test_a_state_that_an_earlier_migration_led_to_and_is_gone_is_passed_over(errand: Lifecycle) -> None:
    assert migrated() == fitted(migrated(to="reading"), KINDS, errand)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"kind": "move", "action": "rest", "to": "resting"}, "move"),
        ({"kind": "move", "action": "rest", "to": "gone_to_bed"}, "edit"),
        ({"kind": "act", "action": "remind"}, "act"),
        ({"kind": "act", "action": "shout"}, "edit"),
    ],
)
def test_what_the_version_does_not_know_only_changed_values(
    errand: Lifecycle, record: dict[str, Any], kind: str
) -> None:
    assert {**record, "case": "c1", "kind": kind} == fitted({**record, "case": "c1"}, KINDS, errand)


def test_a_case_or_part_opened_where_there_is_nothing_begins_at_the_beginning(errand: Lifecycle) -> None:
    opened = {"kind": "open", "case": "c1", "to": "drafted"}
    parts = {"kind": "act", "action": "remind", "case": "c1", "opened": [{"part": "task", "state": "new"}]}

    assert {**opened, "to": "sent"} == fitted(opened, KINDS, errand)
    assert [{"part": "task", "state": "unsigned"}] == fitted(parts, KINDS, errand)["opened"]


NAMES = Migration(
    1,
    {
        "": Renaming("", {"sent": "out"}, {"by": "day"}, ("old",)),
        "task": Renaming("errand", {"sent": "given"}, {"by": "until"}),
    },
    {"desk": "office"},
)


@pytest.mark.parametrize(("case", "state", "field"), [("c1", "out", "day"), ("p1", "given", "until")])
def test_a_record_is_told_in_the_names_of_its_own_kind_of_case(case: str, state: str, field: str) -> None:
    told = {
        "case": case,
        "from": "sent",
        "to": "done",
        "input": {"by": 1},
        "who": {"id": "dan", "roles": ["desk", "any"]},
    }
    now = renamed(told, KINDS, NAMES)

    assert (state, "done", {field: 1}) == (now["from"], now["to"], now["input"])
    assert {"id": "dan", "roles": ["office", "any"]} == now["who"]
    assert "sent" == told["from"], "the record itself stays as it was"


def test_what_a_record_says_of_other_cases_is_told_in_the_names_of_theirs() -> None:
    opened = {"part": "task", "state": "sent", "set": {"by": 2}}
    moved = [{"id": "p1", "to": "sent"}, {"id": "c1", "to": "sent", "set": {"by": 3, "old": 4}}]
    now = renamed({"case": "c1", "who": {"id": "dan"}, "opened": [opened], "cases": moved}, KINDS, NAMES)

    assert [{"part": "errand", "state": "given", "set": {"until": 2}}] == now["opened"]
    assert [{"id": "p1", "to": "given"}, {"id": "c1", "to": "out", "set": {"day": 3}}] == now["cases"]

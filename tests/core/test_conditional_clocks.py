"""Deadlines for some cases only, and deadlines that a case brings along itself: decided as they begin, and recorded."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.fold import fold
from workflow.core.model import Actor, Case, Command, File, Lifecycle, Linked, Micros, Refusal
from workflow.core.run import Ran, Supply, note_moved, run, run_open
from workflow.loading import load

MATTER = """
casework: 1
lifecycle: matter
version: 1
initial: open
roles: {desk: {group: desk}}
fields:
  urgent: {type: bool, default: false}
  days: int
  lead: {type: case, of: matter}
states: {open: {}, checking: {}, resting: {pauses: [lead_due]}, done: {final: successful}}
transitions:
  check: {from: open, to: checking, by: [desk], ask: {urgent: {}, days: {}, lead: {}}}
  back: {from: checking, to: open, by: [desk]}
  rest: {from: open, to: resting, by: [desk]}
  resume: {from: resting, to: open, by: [desk]}
acts:
  give:
    in: open
    by: [desk]
    ask: {units: {type: list, item: {unit: text, part: text, by: date}, required: true}}
    open: {part: task, each: input.units, as: u, key: u.unit, set: {part: u.part, promised_by: u.by}}
parts:
  task:
    initial: open
    fields: {part: text, promised_by: date}
    states: {open: {}, told: {}, done: {final: successful}}
    transitions:
      tell: {from: open, to: told, by: [desk]}
      again: {from: told, to: open, by: [desk], ask: {promised_by: {}}}
deadlines:
  lead_due: {of: task, when: 'case.part != "co"', within: 3mo, until: told, extend: {by: [desk], up_to: 1mo}}
  co_due: {of: task, when: 'case.part == "co" && !parent.urgent', within: 2mo, until: told}
  promise_due: {of: task, in: open, at: case.promised_by, warn: 3d}
  check_due: {in: checking, when: case.urgent, within: 5bd}
  size_due: {in: checking, when: case.days > 3, within: 5bd}
  link_due: {in: checking, when: linked.lead.open == true, within: 5bd}
  give_due: {from: give, when: 'parts.task.size() > 0 && !case.urgent', within: 1d, again: restart}
"""
DESK = Actor("dan", "Dan", groups=frozenset({"desk"}))


def at(year: int, month: int, day: int, hour: int = 10) -> Micros:
    return micros(datetime(year, month, day, hour, tzinfo=OFFICE_ZONE))


@pytest.fixture(scope="module")
def matter() -> Lifecycle:
    return load(MATTER)


class Desk:
    """One matter, its records, and a clock that is set by hand."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.now = at(2022, 3, 1)
        self.records: list[Any] = []
        self.others: dict[str, Linked] = {}
        self._ids = count(1)
        self._took(run_open(lifecycle, Command("open", DESK), self.supply()))

    def supply(self) -> Supply:
        return Supply(self.now, "test", lambda: f"id{next(self._ids)}", str, china(), self.others.get)

    def _took(self, ran: Ran | Refusal) -> Refusal | None:
        if isinstance(ran, Refusal):
            return ran
        self.file: File = ran.file
        self.records += [step.entry for step in ran.steps]
        return None

    def do(self, action: str, case: Case | None = None, **given: Any) -> Refusal | None:
        id = (case or self.file.root).id
        return self._took(run(self.lifecycle, self.file, id, Command(action, DESK, given), self.supply()))

    def give(self, *units: tuple[str, str, str | None]) -> Refusal | None:
        return self.do("give", units=[{"unit": u, "part": p, **({"by": by} if by else {})} for u, p, by in units])

    def ends(self, case: Case) -> dict[str, date]:
        """The last day of each clock that runs."""
        found = {}
        for deadline in self.lifecycle.clocks[case.kind]:
            facts = case.clocks.get(deadline.name)
            end = clocks.reading(deadline, facts, china()) if clocks.running(facts) else None
            if end is not None:
                found[deadline.name] = end.last
        return found


@pytest.fixture
def desk(matter: Lifecycle) -> Desk:
    return Desk(matter)


def test_a_clock_runs_only_for_the_cases_for_which_its_condition_holds(desk: Desk) -> None:
    desk.give(("edu", "lead", None), ("police", "co", None))
    edu, police = desk.file.parts

    assert {"lead_due": date(2022, 6, 1)} == desk.ends(edu)
    assert {"co_due": date(2022, 5, 5)} == desk.ends(police)


def test_the_record_names_the_clocks_whose_condition_held(desk: Desk) -> None:
    desk.give(("edu", "lead", None), ("police", "co", None))
    edu, police = desk.file.parts

    assert {desk.file.root.id: ["give_due"], edu.id: ["lead_due"], police.id: ["co_due"]} == desk.records[-1]["begun"]
    assert "begun" not in desk.records[0]


def test_replaying_asks_no_condition_again(desk: Desk, matter: Lifecycle) -> None:
    desk.give(("edu", "lead", None), ("police", "co", None))
    turned = load(MATTER.replace('case.part == "co"', 'case.part == "nobody"').replace("when: case.urgent,", ""))
    replayed: File | None = None
    for record in desk.records:
        replayed = fold(replayed, record, turned)

    assert replayed is not None
    assert [case.clocks for case in desk.file] == [case.clocks for case in replayed]


def test_what_changes_later_changes_no_clock_that_runs(desk: Desk) -> None:
    desk.give(("police", "co", None))
    before = desk.ends(desk.file.parts[0])
    desk.do("check", urgent=True, days=1)
    desk.do("back")
    assert True is desk.file.root.values["urgent"]

    assert before == desk.ends(desk.file.parts[0])


def test_a_state_entered_again_asks_again(desk: Desk) -> None:
    desk.do("check", urgent=False, days=1)
    assert {} == desk.ends(desk.file.root)
    desk.do("back")
    desk.do("check", urgent=True, days=1)
    assert {"check_due": date(2022, 3, 8)} == desk.ends(desk.file.root)
    desk.do("back")
    desk.now = at(2022, 3, 10)
    desk.do("check", urgent=False, days=1)

    assert {} == desk.ends(desk.file.root)
    assert at(2022, 3, 1) == desk.file.root.clocks["check_due"]["since"], "what was is kept"


def test_a_clock_that_runs_goes_on_where_its_new_beginning_is_not_wanted(desk: Desk) -> None:
    desk.give(("edu", "lead", None))
    desk.now = at(2022, 3, 2)
    desk.give(("water", "lead", None))
    assert date(2022, 3, 3) == desk.ends(desk.file.root)["give_due"], "it began anew"
    desk.do("check", urgent=True, days=1)
    desk.do("back")
    desk.now = at(2022, 3, 3)
    desk.give(("police", "lead", None))

    assert date(2022, 3, 3) == desk.ends(desk.file.root)["give_due"]


def test_a_condition_that_cannot_be_decided_refuses_the_command(desk: Desk) -> None:
    refusal = desk.do("check", urgent=True)

    assert refusal is not None
    assert ["condition"] == [blocker.code for blocker in refusal.blockers]
    assert "case.days > 3" in refusal.blockers[0].text.zh
    assert "open" == desk.file.root.state


def test_a_condition_may_look_at_a_case_named_by_the_same_command(desk: Desk) -> None:
    desk.others["x1"] = Linked("x1", "matter", "open", None, True)
    desk.do("check", days=1, lead="x1")

    assert {"link_due"} == set(desk.ends(desk.file.root))
    assert "x1" == desk.file.linked["lead"].id


def test_a_clock_that_never_began_cannot_be_extended(desk: Desk) -> None:
    desk.give(("police", "co", None))
    refusal = desk.do("extend_lead_due", desk.file.parts[0], length="5d")

    assert refusal is not None
    assert ["这个时限没有在计，不能延期"] == [blocker.text.zh for blocker in refusal.blockers]


def test_a_date_of_the_case_is_its_deadline_and_without_one_there_is_none(desk: Desk) -> None:
    desk.give(("edu", "lead", "2022-10-01"), ("water", "lead", None))
    edu, water = desk.file.parts

    assert date(2022, 10, 1) == desk.ends(edu)["promise_due"]
    assert {"lead_due"} == set(desk.ends(water))


def test_a_date_that_changes_counts_when_the_clock_begins_again(desk: Desk) -> None:
    desk.give(("edu", "lead", "2022-10-01"))
    desk.do("tell", desk.file.parts[0])
    assert {} == desk.ends(desk.file.parts[0])
    desk.do("again", desk.file.parts[0], promised_by="2023-01-31")

    assert date(2023, 1, 31) == desk.ends(desk.file.parts[0])["promise_due"]
    assert date(2022, 6, 1) == desk.ends(desk.file.parts[0])["lead_due"], "its condition held once, and it goes on"


# ---------------------------------------------------------------- what rests, and what another calendar moves


def test_what_ran_out_before_it_was_stopped_stays_overdue(desk: Desk, matter: Lifecycle) -> None:
    desk.give(("edu", "lead", None))
    desk.now = at(2022, 6, 2)
    desk.do("rest")

    assert date(2022, 6, 1) == desk.ends(desk.file.parts[0])["lead_due"]
    deadline = next(each for each in matter.clocks["task"] if each.name == "lead_due")
    assert False is clocks.kept_in_time(deadline, desk.file.parts[0], china(), desk.now)


def test_what_was_stopped_on_its_last_day_is_not_overdue(desk: Desk) -> None:
    desk.give(("edu", "lead", None))
    desk.now = at(2022, 6, 1, 23)
    desk.do("rest")

    assert {} == desk.ends(desk.file.parts[0])


def test_the_state_for_which_a_clock_rests_is_its_own_or_that_of_the_root(matter: Lifecycle) -> None:
    assert "resting" == clocks.stopped_by(matter, "task", "open", "resting", "lead_due").name
    assert "resting" == clocks.stopped_by(matter, "", "resting", "resting", "lead_due").name


def test_an_end_that_another_calendar_has_moved_is_recorded_and_changes_no_clock(desk: Desk) -> None:
    desk.give(("edu", "lead", None))
    part = desk.file.parts[0]
    deadline = next(each for each in desk.lifecycle.clocks["task"] if each.name == "lead_due")
    after, step = note_moved(
        desk.lifecycle, desk.file, part.id, deadline, at(2022, 6, 2, 0), at(2022, 6, 3, 0), desk.supply()
    )

    assert {
        "deadline": "lead_due",
        "event": "moved",
        "moment": at(2022, 6, 2, 0),
        "due": at(2022, 6, 3, 0),
    } == step.entry["timer"]
    assert part.clocks == after.parts[0].clocks

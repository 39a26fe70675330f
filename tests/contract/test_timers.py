"""Timers on every database: at least once, never early, never twice, also after weeks down and when clocks jump."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from workflow import incidents
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.errors import Refused, StoreUnavailable
from workflow.core.model import Actor, Micros, Text
from workflow.core.run import run_timer
from workflow.engine import Engine
from workflow.remedies import REMEDIES
from workflow.reporting import punctuality
from workflow.store.rows import timing
from workflow.store.tables import notices, timers
from workflow.store.writing import Overtaken
from workflow.testing import FrozenClock
from workflow.timers import Due, accounts, due_dates, fire_all, fire_due, next_due, recalculate

ERRAND = (Path(__file__).parents[1] / "clocked.yaml").read_text(encoding="utf-8")
DESK = Actor("dan", "Dan", groups=frozenset({"desk"}))
EDU = Actor("eva", "Eva", unit="edu")
HOUR = 3_600_000_000


def at(year: int, month: int, day: int, hour: int = 0) -> Micros:
    return micros(datetime(year, month, day, hour, tzinfo=OFFICE_ZONE))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(at(2022, 3, 1, 10))


@pytest.fixture
def office(database: str, make_engine: Callable[..., Engine]) -> Engine:
    engine = make_engine(database)
    engine.publish(ERRAND)
    return engine


def given(engine: Engine, unit: str = "edu") -> tuple[str, str]:
    """An errand given to a unit: the ids of the case and of its part."""
    case = engine.open("errand", DESK).case.id
    return case, engine.fire(case, "give", DESK, {"unit": unit}).opened[0].id


def rows(engine: Engine) -> dict[str, Any]:
    with engine.looking() as sql:
        return {row.deadline: row for row in sql.execute(sa.select(timers))}


def told(engine: Engine, template: str) -> int:
    with engine.looking() as sql:
        query = sa.select(sa.func.count()).select_from(notices).where(notices.c.template == template)
        return int(sql.execute(query).scalar_one())


def test_a_step_writes_its_timers_and_takes_them_away(office: Engine) -> None:
    case, part = given(office)
    assert {"reply_due", "plan_due"} == set(rows(office))
    assert at(2022, 6, 2) == rows(office)["reply_due"].due_at
    assert at(2022, 5, 17) == rows(office)["reply_due"].next_at
    office.fire(case, "rest", DESK)
    assert None is rows(office)["reply_due"].next_at
    office.fire(case, "resume", DESK)
    office.fire(part, "sign", EDU)
    office.fire(part, "reply", EDU)

    assert {"plan_due"} == set(rows(office))
    assert office.verify().good


def test_what_is_due_is_fired_once_and_never_early(office: Engine, clock: FrozenClock) -> None:
    given(office)
    clock.set(at(2022, 5, 17) - 1)
    assert () == fire_due(office)
    clock.set(at(2022, 5, 17))

    assert ["warn:15d"] == [fired.event for fired in fire_due(office)]
    assert () == fire_due(office)
    assert 1 == told(office, "due_soon")
    assert office.verify().good


def test_the_next_moment_at_which_something_is_due_is_known(office: Engine, clock: FrozenClock) -> None:
    assert next_due(office) is None
    given(office)

    moment = next_due(office)
    assert moment is not None
    assert () == fire_all(office, now=moment - 1)
    assert fire_all(office, now=moment)
    assert (next_due(office) or 0) > moment


@pytest.mark.parametrize("jump", [1, HOUR // 3600, HOUR, 24 * HOUR, 400 * 24 * HOUR])
def test_a_clock_that_jumps_ahead_fires_each_thing_once(office: Engine, clock: FrozenClock, jump: int) -> None:
    given(office)
    clock.set(at(2022, 6, 2) - 1)
    fire_all(office)
    clock.set(at(2022, 6, 2) - 1 + jump)
    events = [fired.event for fired in fire_all(office) if fired.deadline == "reply_due"]

    assert events[0] == "overdue"
    assert len(events) == len(set(events))
    assert () == fire_all(office)


@pytest.mark.parametrize("jump", [1_000_000, HOUR])
def test_a_clock_that_jumps_back_tells_nothing_again(office: Engine, clock: FrozenClock, jump: int) -> None:
    given(office)
    fire_all(office, now=at(2022, 6, 2))

    assert () == fire_all(office, now=at(2022, 6, 2) - jump)
    assert () == fire_all(office, now=at(2022, 6, 2))
    assert 1 == told(office, "late") // 2


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (at(2023, 11, 29, 10), at(2024, 3, 1)),
        (at(2023, 11, 30, 10), at(2024, 3, 1)),
        (at(2021, 10, 1, 10), at(2022, 1, 5)),
    ],
)
def test_the_29th_of_february_and_the_end_of_the_year(
    database: str, make_engine: Callable[..., Engine], opened: Micros, due: Micros
) -> None:
    engine = make_engine(database, clock=FrozenClock(opened))
    engine.publish(ERRAND)
    given(engine)

    assert due == rows(engine)["reply_due"].due_at
    assert "overdue" not in [fired.event for fired in fire_all(engine, now=due - 1) if fired.deadline == "reply_due"]
    assert "overdue" in [fired.event for fired in fire_all(engine, now=due) if fired.deadline == "reply_due"]


def test_batches_are_bounded_and_the_oldest_come_first(office: Engine, clock: FrozenClock) -> None:
    for day in range(1, 6):
        clock.set(at(2022, 3, day, 10))
        given(office)
    clock.set(at(2022, 6, 20))
    batches = []
    while batch := fire_due(office, limit=3):
        batches.append([fired.moment for fired in batch])

    assert max(len(batch) for batch in batches) == 3
    first = [moment for batch in batches for moment in batch][:3]
    assert sorted(first) == first


def test_two_workers_at_once_tell_nothing_twice(office: Engine, clock: FrozenClock) -> None:
    for _ in range(6):
        given(office)
    clock.set(at(2022, 6, 2))
    with ThreadPoolExecutor(2) as pool:
        fired = [each for found in pool.map(lambda _: fire_all(office), range(2)) for each in found]
    overdue = [each.case for each in fired if (each.deadline, each.event) == ("reply_due", "overdue")]

    assert 6 == len(overdue) == len(set(overdue))
    assert 12 == told(office, "late")
    assert office.verify().good


def test_a_timer_takes_its_transition_or_says_why_not(office: Engine, clock: FrozenClock) -> None:
    _, free = given(office)
    _, busy = given(office)
    for part in (free, busy):
        office.fire(part, "ask_return", EDU)
    office.fire(busy, "hold", DESK)
    clock.set(at(2022, 3, 9))
    fired = {each.case: each for each in fire_all(office)}

    assert "reject" == fired[free].taken
    assert fired[busy].refused is not None
    assert ["handling", "asking"] == [_state(office, part) for part in (free, busy)]
    assert "正在复核" == rows(office)["return_due"].reason
    assert office.verify().good


def _state(engine: Engine, part: str) -> str:
    return next(each.state for each in engine.case(part).parts if each.id == part)


def test_a_refused_transition_is_an_incident_and_is_taken_when_a_person_says_so(
    office: Engine, clock: FrozenClock
) -> None:
    case, part = given(office)
    office.fire(part, "ask_return", EDU)
    office.fire(part, "hold", DESK)
    clock.set(at(2022, 3, 9))
    fire_all(office)
    (incident,) = incidents.listed(office)

    assert ("timer", f"{part}/return_due", case) == (incident.kind, incident.about, incident.file)
    assert "应自动办理而不能：正在复核" in incident.text.zh
    with pytest.raises(Refused, match="It is being looked at"):
        incidents.resolve(office, incident.id, "retry", DESK, "再试", REMEDIES)
    assert ["open"] == [each.state for each in incidents.listed(office)]
    office.fire(part, "release", DESK)
    incidents.resolve(office, incident.id, "retry", DESK, "已解除", REMEDIES)
    assert ("handling", ()) == (_state(office, part), incidents.listed(office))
    taken = next(entry for entry in office.history(case) if entry["action"] == "reject" and entry["kind"] == "move")
    assert "return_due已到期，自动办理" == taken["note"]
    assert office.verify().good


def test_a_timer_that_cannot_be_fired_stops_no_other_and_is_fired_once_it_can(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, broken = given(office)
    given(office)
    clock.set(at(2022, 5, 17))

    def firing(lifecycle: Any, file: Any, case_id: str, *rest: Any) -> Any:
        if case_id == broken:
            raise ZeroDivisionError("oh")
        return run_timer(lifecycle, file, case_id, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.run_timer", firing)
        assert 1 == len([each for each in fire_all(office) if each.deadline == "reply_due"])
    (incident,) = incidents.listed(office)

    assert ("timer", f"{broken}/reply_due", case) == (incident.kind, incident.about, incident.file)
    assert "已搁置：ZeroDivisionError: oh" in incident.text.zh
    assert () == fire_all(office)
    assert office.verify().good
    incidents.resolve(office, incident.id, "retry", DESK, "程序已修复", REMEDIES)
    assert ["warn:15d"] == [fired.event for fired in fire_all(office)]
    assert office.verify().good


def test_a_timer_left_for_good_stays_silent_and_known(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(office)
    clock.set(at(2022, 5, 17))
    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.run_timer", lambda *given: 1 / 0)
        fire_all(office)
    for incident in incidents.listed(office):
        incidents.resolve(office, incident.id, "skip", DESK, "不再需要", REMEDIES)

    assert () == fire_all(office)
    assert office.verify().good


def test_a_case_that_somebody_is_busy_with_is_left_for_the_next_time(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: Any) -> Any:
        raise Overtaken

    given(office)
    clock.set(at(2022, 5, 17))
    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.run_timer", busy)
        patched.setattr("workflow.store.transactions.time.sleep", lambda seconds: None)
        assert () == fire_all(office)

    assert () == incidents.listed(office)
    assert "warn:15d" in [fired.event for fired in fire_all(office)]


def test_a_file_that_cannot_be_counted_anew_is_an_incident_and_stops_no_other(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, part = given(office)
    given(office)
    with office.writing() as sql:
        sql.execute(sa.update(timers).values(calendar="before"))

    def timing_but(declared: Any, facts: Any, calendar: Any) -> Any:
        if office.case(broken).case(part).clocks["reply_due"] == facts and not tried:
            tried.append(part)
            raise KeyError("oh")
        return timing(declared, facts, calendar)

    tried: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.timing", timing_but)
        recalculate(office)
    (incident,) = incidents.listed(office)

    assert ("timer", broken, broken) == (incident.kind, incident.about, incident.file)
    assert 2 == office.verify().outdated
    incidents.resolve(office, incident.id, "retry", DESK, "已修复", REMEDIES)
    assert 0 == office.verify().outdated


def test_a_row_that_is_wrong_is_put_right_and_tells_nothing(office: Engine) -> None:
    given(office)
    with office.writing() as sql:
        sql.execute(sa.update(timers).values(next_at=1))

    assert () == fire_due(office)
    assert at(2022, 5, 17) == rows(office)["reply_due"].next_at


def test_the_due_dates_of_a_unit_overdue_ones_first(office: Engine, clock: FrozenClock) -> None:
    given(office)
    clock.set(at(2022, 4, 1, 10))
    given(office, "water")
    clock.set(at(2022, 6, 10))
    lines = [(each.holder, each.deadline, each.overdue) for each in due_dates(office) if each.holder]

    assert [("edu", "reply_due", True), ("water", "reply_due", False)] == lines
    assert ["edu"] == [each.holder for each in due_dates(office, unit="edu", overdue=True)]
    assert ["water"] == [each.holder for each in due_dates(office, unit="water")]


def test_clocks_that_stand_still_come_last_the_longest_first(office: Engine, clock: FrozenClock) -> None:
    _, waiting = given(office, "edu")
    resting, _ = given(office, "water")
    given(office, "parks")
    clock.set(at(2022, 3, 2, 10))
    office.fire(resting, "rest", DESK)
    office.fire(waiting, "sign", EDU)
    clock.set(at(2022, 3, 3, 10))
    office.fire(waiting, "wait", EDU)
    lines = [each for each in due_dates(office) if each.deadline == "reply_due"]

    assert ["parks", "water", "edu"] == [each.holder for each in lines]
    assert [None, at(2022, 3, 2, 10), at(2022, 3, 3, 10)] == [each.paused for each in lines]
    assert [None, "中止", "waiting"] == [each.stopped_by and each.stopped_by.zh for each in lines]
    assert [at(2022, 6, 2), None, None] == [each.due for each in lines]
    assert 4 == len(due_dates(office, limit=4)), "those that run first"
    ((_, account),) = accounts(office, waiting, "reply_due")
    assert "paused" == account.standing
    assert any("waiting" in line.text.zh for line in account.lines), "the state that stopped it is named"


def test_what_ran_out_before_it_was_stopped_is_told_and_then_rests(office: Engine, clock: FrozenClock) -> None:
    case, _ = given(office)
    clock.set(at(2022, 6, 2, 10))
    office.fire(case, "rest", DESK)
    clock.set(at(2022, 7, 20))
    events = [fired.event for fired in fire_all(office) if fired.deadline == "reply_due"]
    resting = [each.overdue for each in due_dates(office) if each.deadline == "reply_due"]
    office.fire(case, "resume", DESK)

    assert (["overdue"], [True]) == (events, resting)
    assert ["repeat", "escalate:10d"] == [each.event for each in fire_all(office) if each.deadline == "reply_due"]
    assert office.verify().good


CONDITIONS = """
casework: 1
lifecycle: promise
version: 1
initial: made
roles: {desk: {group: desk}}
fields: {kind: {type: choice, of: [short, long]}, by: date}
states: {made: {}, kept: {final: successful}}
transitions: {keep: {from: made, to: kept, by: [desk]}}
deadlines:
  short_due: {when: 'case.kind == "short"', within: 5bd}
  long_due: {when: 'case.kind != "short"', within: 3mo}
  by_due: {at: case.by, overdue: {notify: late, to: [desk]}}
"""


def test_conditions_and_dates_of_the_case_decide_which_timers_there_are(office: Engine, clock: FrozenClock) -> None:
    office.publish(CONDITIONS)
    office.open("promise", DESK, {"kind": "short", "by": "2022-03-05"})
    assert {"short_due": at(2022, 3, 9), "by_due": at(2022, 3, 6)} == {n: r.due_at for n, r in rows(office).items()}
    clock.set(at(2022, 3, 6))

    assert [("by_due", "overdue")] == [(each.deadline, each.event) for each in fire_all(office)]
    assert 1 == told(office, "late")
    assert office.verify().good


def test_a_due_date_is_listed_with_what_a_clerk_asks_first(office: Engine, clock: FrozenClock) -> None:
    case, part = given(office)
    office.fire(part, "sign", EDU)
    due = at(2022, 6, 2)
    listed = next(each for each in due_dates(office) if each.deadline == "reply_due")

    label = Text("办复期限", "Time to reply")
    assert Due(
        part, case, None, None, "errand", "task", "edu", "edu", "handling", "reply_due", label, due, False, False, None
    ) == listed  # fmt: skip
    assert () == due_dates(office, overdue=True, unit="edu", now=due - 1)
    assert ["reply_due"] == [each.deadline for each in due_dates(office, overdue=True, unit="edu", now=due)]


def test_clocks_that_end_together_are_listed_by_case_and_name(office: Engine) -> None:
    declared = CONDITIONS.partition("deadlines:")[0]
    office.publish(f"{declared}deadlines: {{z_due: {{within: 5bd}}, a_due: {{within: 5bd}}}}\n")
    opened = [office.open("promise", DESK, {"kind": "short"}).case.id for _ in range(2)]

    assert [(case, name) for case in opened for name in ("a_due", "z_due")] == [
        (each.case, each.deadline) for each in due_dates(office)
    ]


def test_how_a_due_date_came_about(office: Engine) -> None:
    case, part = given(office)

    assert ["plan_due", "reply_due"] == [account.deadline.name for _, account in accounts(office, case)]
    ((found, account),) = accounts(office, part, "reply_due")
    assert part == found.id
    assert "到期：2022年6月1日（周三） 24 时" == account.lines[-1].text.zh


def test_on_time_and_overdue_by_unit(office: Engine, clock: FrozenClock) -> None:
    _, prompt = given(office)
    given(office, "water")
    office.fire(prompt, "sign", EDU)
    office.fire(prompt, "reply", EDU)
    clock.set(at(2022, 7, 1))
    figures = {
        (each.unit, each.on_time, each.overdue, each.rate)
        for each in punctuality(office, "errand")
        if each.deadline == "reply_due"
    }

    assert {("edu", 1, 0, "100.00%"), ("water", 0, 1, "0.00%")} == figures


# ------------------------------------------------------------ what cannot be fired, and rows that nothing stands behind


@pytest.mark.parametrize("limit", [1, 2])
def test_a_batch_of_which_nothing_can_be_fired_holds_up_no_other(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    broken = {given(office)[1] for _ in range(2)}
    clock.set(at(2022, 3, 2, 10))
    _, sound = given(office)
    clock.set(at(2022, 5, 18))

    def firing(lifecycle: Any, file: Any, case_id: str, *rest: Any) -> Any:
        if case_id in broken:
            raise ZeroDivisionError("oh")
        return run_timer(lifecycle, file, case_id, *rest)

    with office.writing() as sql:
        sql.execute(sa.delete(timers).where(timers.c.deadline != "reply_due"))
    monkeypatch.setattr("workflow.timers.run_timer", firing)

    assert [sound] == [fired.case for fired in fire_due(office, limit=limit)]
    assert {f"{each}/reply_due" for each in broken} == {each.about for each in incidents.listed(office)}
    assert () == fire_due(office, limit=limit)


def test_a_case_that_somebody_is_busy_with_holds_up_no_other(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, first = given(office)
    clock.set(at(2022, 3, 2, 10))
    _, second = given(office)
    clock.set(at(2022, 5, 18))

    def busy(lifecycle: Any, file: Any, case_id: str, *rest: Any) -> Any:
        if case_id == first:
            raise Overtaken
        return run_timer(lifecycle, file, case_id, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.run_timer", busy)
        patched.setattr("workflow.store.transactions.time.sleep", lambda seconds: None)
        assert [second] == [fired.case for fired in fire_due(office, limit=1)]
    assert [first] == [fired.case for fired in fire_due(office, limit=1)]
    assert () == incidents.listed(office)


def test_a_database_that_does_not_answer_is_no_fault_of_a_timer(
    office: Engine, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*given: Any) -> Any:
        raise StoreUnavailable(Text("数据库断开", "the database is gone"))

    given(office)
    clock.set(at(2022, 5, 17))
    with office.writing() as sql:
        sql.execute(sa.update(timers).values(calendar="before"))
    with monkeypatch.context() as patched:
        patched.setattr("workflow.timers.run_timer", cut)
        patched.setattr("workflow.timers.timing", cut)
        for job in (fire_due, recalculate):
            with pytest.raises(StoreUnavailable, match="the database is gone"):
                job(office)

    assert () == incidents.listed(office)
    assert ["warn:15d"] == [fired.event for fired in fire_all(office)]


@pytest.mark.parametrize("case", ["", "gone"])
def test_a_row_with_no_clock_behind_it_is_taken_away(office: Engine, case: str) -> None:
    root, _ = given(office)
    stray = {"case_id": case or root, "deadline": "stray_due", "file": case or root, "next_at": 1, "due_at": 1}

    def put() -> None:
        with office.writing() as sql:
            sql.execute(sa.insert(timers).values({**stray, "provisional": 0, "calendar": "before"}))

    def retried() -> None:
        with office.writing() as sql:
            incidents.report(sql, 1, "timer", f"{case or root}/stray_due", Text("坏了", "broken"))
        (incident,) = incidents.listed(office)
        incidents.resolve(office, incident.id, "retry", DESK, "再试", REMEDIES)

    for cleared in (lambda: fire_due(office), lambda: recalculate(office), retried):
        put()
        assert not cleared()
        assert {"reply_due", "plan_due"} == set(rows(office))
    assert office.verify().good


def test_a_row_with_no_clock_behind_it_does_not_keep_its_file_from_being_counted(office: Engine) -> None:
    case, _ = given(office)
    stray = {"case_id": case, "deadline": "a_due", "file": case, "next_at": 1, "due_at": 1, "provisional": 0}
    with office.writing() as sql:
        sql.execute(sa.insert(timers).values({**stray, "calendar": "before"}))
        sql.execute(sa.update(timers).values(calendar="before"))
    recalculate(office)

    assert {"reply_due", "plan_due"} == set(rows(office))
    assert 0 == office.verify().outdated


def test_more_files_than_a_batch_are_all_counted_anew(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        given(office)
    with office.writing() as sql:
        sql.execute(sa.update(timers).values(calendar="before", due_at=timers.c.due_at + HOUR))
    monkeypatch.setattr("workflow.timers.BATCH", 2)

    moved = recalculate(office)
    assert 10 == len(moved)
    assert {HOUR} == {each.was - each.due for each in moved}
    (told,) = [entry["timer"] for entry in office.history(moved[0].file) if entry.get("action") == moved[0].deadline]
    assert {"deadline": moved[0].deadline, "event": "moved", "moment": moved[0].was, "due": moved[0].due} == told
    assert 0 == office.verify().outdated


LAMP = """
casework: 1
lifecycle: lamp
version: 1
initial: lit
roles: {desk: {group: desk}}
fields: {lead: {type: case, of: lamp, follow: true}, weak: {type: bool, default: false}}
states:
  lit: {}
  tied: {join: {when: '!linked.lead.open', take: follow}}
  out: {final: cancelled}
transitions:
  tie: {from: lit, to: tied, by: [desk], ask: {lead: {required: true}}}
  switch_off: {from: lit, to: out, by: [engine, desk]}
  follow: {from: tied, by: [engine], routes: [{when: case.weak, to: out}]}
deadlines:
  lit_due: {in: lit, within: 2d, overdue: {take: switch_off}}
"""


def test_a_timer_that_would_set_a_case_going_which_cannot_go_on_is_set_aside(
    office: Engine, clock: FrozenClock
) -> None:
    office.publish(LAMP)
    lead = office.open("lamp", DESK).case.id
    tied = office.open("lamp", DESK).case.id
    office.fire(tied, "tie", DESK, {"lead": lead})
    clock.set(at(2022, 3, 10))

    assert () == fire_all(office)
    assert ["lit", "tied"] == [office.case(each).root.state for each in (lead, tied)]
    (incident,) = incidents.listed(office)
    assert (f"{lead}/lit_due", lead) == (incident.about, incident.file)
    assert "已搁置：“follow”没有适用的去向" in incident.text.zh
    assert office.verify().good

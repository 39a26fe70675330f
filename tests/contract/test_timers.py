"""Timers on every database: at least once, never early, never twice, also after weeks down and when clocks jump."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.model import Actor, Micros
from workflow.engine import Engine
from workflow.reporting import punctuality
from workflow.store.tables import notices, timers
from workflow.testing import FrozenClock
from workflow.timers import accounts, due_dates, fire_all, fire_due

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

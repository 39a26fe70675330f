"""The office's calendar as data: seeded, loaded from a notice, looked at before it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from workflow import incidents
from workflow.calendars import Watch, announced, diff, load_notice
from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.errors import InputInvalid, LifecycleInvalid
from workflow.core.model import Actor, Micros
from workflow.engine import Engine
from workflow.loading.day_notice import parse_day_notice
from workflow.remedies import REMEDIES
from workflow.store.tables import calendar_days, notices, timers
from workflow.testing import FrozenClock

ERRAND = (Path(__file__).parent / "clocked.yaml").read_text(encoding="utf-8")
DESK = Actor("dan", "Dan", groups=frozenset({"desk"}))
# Invented for the test: no notice for 2027 has been issued.
NOTICE = """
casework-calendar: 1
year: 2027
source: 假想的通知（测试用）
off: [2027-01-01..2027-01-03, 2027-02-22..2027-02-23]
work: [2027-01-09]
"""


def at(year: int, month: int, day: int, hour: int = 0) -> Micros:
    return micros(datetime(year, month, day, hour, tzinfo=OFFICE_ZONE))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(at(2026, 11, 22, 10))


@pytest.fixture
def office(database: str, make_engine: Callable[..., Engine]) -> Engine:
    engine = make_engine(database)
    engine.publish(ERRAND)
    engine.fire(engine.open("errand", DESK).case.id, "give", DESK, {"unit": "edu"})
    return engine


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "2027.yaml"
    path.write_text(NOTICE, encoding="utf-8")
    return path


def reply_due(engine: Engine) -> tuple[Micros, int]:
    with engine.looking() as sql:
        row = sql.execute(sa.select(timers).where(timers.c.deadline == "reply_due")).one()
        return row.due_at, row.provisional


def test_the_database_begins_with_the_announced_days_of_china(office: Engine) -> None:
    assert china().days == office.calendar().days
    assert (china().version, 2004, 2026) == (office.calendar().version, office.calendar().first, office.calendar().last)


def test_a_due_date_in_a_year_without_a_notice_is_provisional(office: Engine) -> None:
    assert (at(2027, 2, 23), 1) == reply_due(office)
    assert announced(office).ends_soon


def test_the_diff_shows_what_would_move_and_writes_nothing(office: Engine, notice: Path) -> None:
    before = reply_due(office)
    moved = diff(office, notice)

    assert [("reply_due", at(2027, 2, 23), at(2027, 2, 25), False)] == [
        (each.deadline, each.was, each.due, each.provisional) for each in moved
    ]
    assert before == reply_due(office)


def test_loading_a_notice_moves_what_is_due_and_tells_of_it(office: Engine, notice: Path) -> None:
    loaded = load_notice(office, notice, DESK)

    assert ["reply_due"] == [each.deadline for each in loaded.moved]
    assert (at(2027, 2, 25), 0) == reply_due(office)
    assert 2027 == office.calendar().last
    assert office.calendar().works(date(2027, 1, 9))
    with office.looking() as sql:
        told = sql.execute(sa.select(notices.c.party).where(notices.c.template == "due_moved")).scalars().all()
    assert {"edu", "desk"} == set(told)
    assert office.verify().good


def test_loading_it_again_moves_nothing(office: Engine, notice: Path) -> None:
    first = load_notice(office, notice, DESK)
    again = load_notice(office, notice, DESK)

    assert (first.version, ()) == (again.version, again.moved)


def test_a_region_lies_over_the_country(office: Engine, tmp_path: Path) -> None:
    path = tmp_path / "nx.yaml"
    path.write_text("casework-calendar: 1\nyear: 2026\nregion: nx\nsource: 测试用\noff: 2026-11-25\n", encoding="utf-8")
    load_notice(office, path, DESK)

    assert not office.calendar().works(date(2026, 11, 25))
    assert not office.calendar().works(date(2026, 10, 1))
    with office.looking() as sql:
        assert {"cn", "nx"} == set(sql.execute(sa.select(calendar_days.c.region).distinct()).scalars())


def test_sixty_days_before_the_end_the_year_that_is_wanted_is_an_incident_once(
    database: str, make_engine: Callable[..., Engine], notice: Path
) -> None:
    clock = FrozenClock(at(2026, 11, 1, 23))
    office, watch = (engine := make_engine(database, clock=clock)), Watch(engine)
    office.publish(ERRAND)
    watch.look()
    assert () == incidents.listed(office)
    for _ in range(3):
        clock.advance(hours=1)
        watch.look()
    (incident,) = incidents.listed(office)
    assert ("calendar", "2027", 1) == (incident.kind, incident.about, incident.times)
    assert "工作日只公布到 2026 年底" in incident.text.zh
    with pytest.raises(InputInvalid, match="2027"):
        incidents.resolve(office, incident.id, "retry", DESK, "快了", REMEDIES)

    load_notice(office, notice, DESK)
    assert ["ended"] == [each.state for each in incidents.listed(office, None)]
    clock.advance(days=1)
    watch.look()
    assert () == incidents.listed(office)


def test_a_year_that_somebody_does_not_want_to_hear_of_stays_silent(office: Engine, clock: FrozenClock) -> None:
    watch = Watch(office)
    watch.look()
    (incident,) = incidents.listed(office)
    incidents.resolve(office, incident.id, "skip", DESK, "知道了", REMEDIES)
    clock.advance(days=30)
    watch.look()

    assert () == incidents.listed(office)


def test_another_engine_sees_the_new_calendar(
    office: Engine, notice: Path, database: str, make_engine: Callable[..., Engine]
) -> None:
    load_notice(office, notice, DESK)

    assert office.calendar() == make_engine(database).calendar()


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("2027-01-09", "2027-01-11", "6:8", "not_a_weekend"),
        ("2027-01-09", "2026-01-10", "6:8", "wrong_year"),
        ("2027-01-09", "2027-01-02", "6:8", "duplicate"),
        ("2027-01-09", "2027-02-30", "6:8", "bad_value"),
        ("2027-02-22..2027-02-23", "2027-02-23..2027-02-22", "5:31", "bad_value"),
        ("source: 假想的通知（测试用）\n", "", "2:1", "missing_key"),
    ],
)
def test_a_notice_that_is_wrong_is_refused_with_the_place(old: str, new: str, place: str, code: str) -> None:
    with pytest.raises(LifecycleInvalid) as invalid:
        parse_day_notice(NOTICE.replace(old, new), file="n.yaml")

    assert [(f"n.yaml:{place}", code)] == [(str(p.place), p.code) for p in invalid.value.problems]

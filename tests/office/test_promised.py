"""Timers and notices that say something else than the records are found and named, on every database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from workflow.channels import Channels
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.model import Actor, Text
from workflow.directory import Party
from workflow.engine import Engine
from workflow.incidents import report
from workflow.office.findings import Verdict
from workflow.office.publishing import HOST
from workflow.outbox import deliver_due
from workflow.store.calendar_days import digest_of
from workflow.store.tables import calendar_days, cases, notices, timers
from workflow.testing import FrozenClock, RecordingNotifier
from workflow.timers import fire_all, recalculate

ERRAND = (Path(__file__).parents[1] / "clocked.yaml").read_text(encoding="utf-8")
DESK = Actor("dan", "Dan", groups=frozenset({"desk"}))
DAY = 24 * 3_600_000_000
REPLY = timers.c.deadline == "reply_due"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(micros(datetime(2022, 3, 1, 10, tzinfo=OFFICE_ZONE)))


@pytest.fixture
def office(database: str, make_engine: Callable[..., Engine], clock: FrozenClock) -> Engine:
    """One errand with a unit of two people; its first warning was delivered, the second is on its way."""
    engine = make_engine(database)
    engine.publish(ERRAND)
    for party in (Party("edu", "教育局", kind="unit"), Party("eva", "E", unit="edu"), Party("eli", "E", unit="edu")):
        engine.people.add(party)
    engine.fire(engine.open("errand", DESK).case.id, "give", DESK, {"unit": "edu"})
    clock.advance(days=80)
    fire_all(engine)
    channels = Channels({"desk": RecordingNotifier("desk")}, "desk")
    while deliver_due(engine, channels, worker="w").claimed:
        pass
    clock.advance(days=8)
    fire_all(engine)
    return engine


def tamper(engine: Engine, *statements: sa.Executable) -> Verdict:
    with engine.writing() as sql:
        for statement in statements:
            sql.execute(statement)
    return engine.verify()


def of(engine: Engine, state: str) -> str:
    with engine.looking() as sql:
        query = sa.select(notices.c.id).where(notices.c.state == state).order_by(notices.c.id.desc()).limit(1)
        return str(sql.execute(query).scalar_one())


def copy_of(engine: Engine, key: str, **changed: object) -> sa.Insert:
    with engine.looking() as sql:
        row = sql.execute(sa.select(notices).where(notices.c.id == key)).one()
    return sa.insert(notices).values({**row._mapping, **changed})


def test_what_nobody_touched_is_good_before_and_after_delivery(office: Engine) -> None:
    with office.looking() as sql:
        states = sql.execute(sa.select(notices.c.state, sa.func.count()).group_by(notices.c.state)).all()

    assert {"pending": 1, "sent": 2} == dict(states)  # both people of the unit were told of the first
    assert ((), 0) == ((verdict := office.verify()).findings, verdict.outdated)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"due_at": timers.c.due_at + 30 * DAY}, "timer reply_due: due_at"),
        ({"next_at": timers.c.next_at + 1}, "timer reply_due: next_at"),
        ({"next_at": None}, "timer reply_due: next_at"),
        ({"next_at": None, "reason": "set aside"}, "timer reply_due: next_at"),
        ({"due_at": None, "next_at": None}, "timer reply_due: due_at"),
        ({"due_at": 2**62}, "timer reply_due: due_at"),
        ({"provisional": 1}, "timer reply_due: provisional"),
        ({"reason": "nothing"}, "timer reply_due: reason"),
        ({"file": "elsewhere"}, "timer reply_due: file"),
        ({"deadline": "another"}, "timer another"),
        ({"case_id": "nobody"}, "timer reply_due"),
        ({"calendar": "old", "due_at": None}, "timer reply_due: due_at"),
    ],
)
def test_a_timer_that_was_changed_is_named(office: Engine, values: dict[str, Any], named: str) -> None:
    verdict = tamper(office, sa.update(timers).where(REPLY).values(values))

    assert not verdict.good
    assert f"{named} of " in "; ".join(finding.text.en for finding in verdict.findings)
    assert any(named in finding.text.zh for finding in verdict.findings)


def test_a_timer_that_was_deleted_is_named_with_its_due_date(office: Engine) -> None:
    (finding,) = tamper(office, sa.delete(timers).where(REPLY)).findings

    assert "timer reply_due" in finding.text.en
    assert "the tables say —, the records 2022-06-02 00:00:00+08:00" in finding.text.en


def test_a_timer_of_a_case_that_does_not_exist_is_named(office: Engine) -> None:
    with office.looking() as sql:
        row = sql.execute(sa.select(timers).where(REPLY)).one()
    verdict = tamper(office, sa.insert(timers).values({**row._mapping, "case_id": "nobody"}))

    assert [("untold", "nobody")] == [(finding.code, finding.file) for finding in verdict.findings]


def test_a_timer_that_was_set_aside_is_good_where_an_incident_says_so(office: Engine) -> None:
    aside = sa.update(timers).where(REPLY).values(next_at=None, reason="坏了")
    with office.writing() as sql:
        case = sql.execute(sa.select(timers.c.case_id).where(REPLY)).scalar_one()
        report(sql, 0, "timer", f"{case}/reply_due", Text("坏了", "broken"))

    assert tamper(office, aside).good
    assert not tamper(office, sa.update(timers).where(REPLY).values(due_at=1)).good


def test_a_due_date_by_another_calendar_is_unproven_until_it_is_counted_anew(office: Engine) -> None:
    days = digest_of([("2022-06-01", False)])
    told = {"region": "nx", "year": 2022, "source": "测试", "version": "nx", "days": days}
    closed = sa.insert(calendar_days).values(region="nx", day="2022-06-01", works=0, source="测试", version="nx")
    with office.writing() as sql:
        sql.execute(closed)
    office.carry_out(lambda work: office.note_in_office(work, "calendar", HOST, {"input": told}))
    office.forget_calendar()
    before = office.verify()
    recalculate(office)
    after = office.verify()

    assert (True, 2) == (before.good, before.outdated)
    assert (True, 0) == (after.good, after.outdated)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"party": "eve"}, "party"),
        ({"template": "extended"}, "template"),
        ({"case_id": "nobody"}, "case_id"),
        ({"seq": 1}, "seq"),
        ({"state": "sent", "next_at": None}, "sent_at"),
        ({"next_at": None}, "next_at"),
        ({"state": "gone"}, "a state that does not exist, 'gone'"),
        ({"id": "another"}, "notice another"),
    ],
)
def test_a_notice_that_was_changed_is_named(office: Engine, values: dict[str, Any], named: str) -> None:
    key = of(office, "pending")
    verdict = tamper(office, sa.update(notices).where(notices.c.id == key).values(values))

    assert not verdict.good
    assert named in "; ".join(finding.text.en for finding in verdict.findings)
    assert key in "; ".join(finding.text.zh for finding in verdict.findings)


@pytest.mark.parametrize("values", [{"at": 1}, {"sent_at": None}, {"recipient": None}, {"seq": 99}])
def test_a_delivered_notice_that_was_changed_is_named(office: Engine, values: dict[str, Any]) -> None:
    key = of(office, "sent")

    assert not tamper(office, sa.update(notices).where(notices.c.id == key).values(values)).good


def test_a_notice_that_was_deleted_is_named_with_whom_it_was_for(office: Engine) -> None:
    (finding,) = tamper(office, sa.delete(notices).where(notices.c.id == of(office, "pending"))).findings

    assert "the records due_soon → edu" in finding.text.en


def test_a_notice_that_no_record_calls_for_is_named(office: Engine) -> None:
    key = of(office, "pending")
    file = key.split(".")[0]
    (finding,) = tamper(office, copy_of(office, key, id=f"{file}.1.1", seq=1)).findings

    assert f"notice {file}.1.1" in finding.text.en


def test_a_further_recipient_is_believed_only_once_the_notice_was_addressed(office: Engine) -> None:
    key = of(office, "pending")

    assert not tamper(office, copy_of(office, key, id=f"{key}.2")).good


def test_notices_of_a_case_that_does_not_exist_are_named(office: Engine) -> None:
    verdict = tamper(office, copy_of(office, of(office, "pending"), id="nobody.1.1", file="nobody"))

    assert [("untold", "nobody")] == [(finding.code, finding.file) for finding in verdict.findings]


def test_one_file_is_compared_alone(office: Engine) -> None:
    with office.looking() as sql:
        file = sql.execute(sa.select(cases.c.id).where(cases.c.kind == "")).scalar_one()
    tamper(office, sa.update(timers).where(REPLY).values(due_at=1))

    assert not office.verify(file).good

"""Who asks for it is told once a day: everything that came for him, as one message, and nothing of it lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DAN
from tests.contract.sending import POLICY, Office
from workflow import digests, incidents, notices
from workflow.addressing import Letter
from workflow.channels import Channels
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.errors import InputInvalid
from workflow.core.model import Micros
from workflow.directory import Party
from workflow.ports import Notice, Retry
from workflow.store import claims, tables
from workflow.templates import Templates
from workflow.testing import FrozenClock, RecordingNotifier

DAILY = Party("dan", "丹", groups=("desk",), digest="16:30")  # it is nine in the morning


def at(day: int, hour: int, minute: int = 0) -> Micros:
    return micros(datetime(2022, 3, day, hour, minute, tzinfo=OFFICE_ZONE))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(at(1, 9))


@pytest.fixture
def office(office: Office) -> Office:
    office.engine.people.add(DAILY)
    return office


def waiting(office: Office) -> list[notices.Posted]:
    return [each for each in notices.listed(office.engine) if each.digest is not None]


def states(office: Office) -> list[str]:
    return [each.state for each in notices.listed(office.engine)]


def test_what_comes_in_a_day_arrives_as_one_message_at_the_hour(office: Office, clock: FrozenClock) -> None:
    office.sent("路灯")
    assert (0, 1) == ((done := office.deliver()).sent, done.gathered)
    clock.advance(hours=2)
    office.sent("井盖")
    office.deliver()
    assert [] == office.notifier.sent
    clock.set(at(1, 16, 30))

    assert 1 == office.deliver().sent
    (digest,) = office.notifier.sent
    assert ("dan", "", "今日通知 2 条（2022-03-01）", clock()) == (digest.to, digest.case, digest.subject, digest.at)
    assert digest.body.index("工单T-001《路灯》：送出") < digest.body.index("工单T-002《井盖》：送出")
    assert 1 == digest.body.count("丹，您好")
    assert {"sent"} == set(states(office))
    assert {clock()} == {each.sent_at for each in notices.listed(office.engine)}
    assert {digest.key} == {each.digest for each in waiting(office)}
    assert office.engine.verify().good


def test_the_next_day_has_a_digest_of_its_own_and_an_empty_day_none(office: Office, clock: FrozenClock) -> None:
    office.sent()
    office.deliver()
    clock.set(at(1, 16, 30))
    office.deliver()
    clock.set(at(2, 16, 30))
    assert 0 == office.deliver().claimed
    office.sent()
    office.deliver()

    clock.set(at(3, 16, 30))
    assert 1 == office.deliver().sent
    assert 2 == len({notice.key for notice in office.notifier.sent})


def test_it_comes_again_under_the_same_key_and_with_the_same_words(office: Office, clock: FrozenClock) -> None:
    office.notifier = RecordingNotifier("desk", [Retry("down")])
    channels = Channels({"desk": office.notifier}, "desk")
    taken: list[Notice] = []
    office.sent("路灯")
    office.deliver(channels)
    clock.set(at(1, 16, 30))
    office.deliver(channels)
    (closed,) = [each for each in notices.listed(office.engine) if each.template == "digest"]
    office.sent("井盖")  # after it was closed: for tomorrow
    office.deliver(channels)
    clock.advance(seconds=10)
    office.deliver(channels)

    taken += office.notifier.sent
    assert [(closed.key, closed.subject, closed.body)] == [(each.key, each.subject, each.body) for each in taken]
    assert "井盖" not in taken[0].body
    assert ["pending", "sent"] == sorted(each.state for each in waiting(office))


def test_a_worker_that_is_killed_before_or_after_closing_it_loses_nothing(office: Office, clock: FrozenClock) -> None:
    office.sent()
    office.deliver()
    clock.set(at(1, 16, 30))
    for _ in range(2):
        with office.engine.writing() as sql:
            claims.claim(sql, clock(), "killed", clock() + 60_000_000, 10)
        clock.advance(seconds=60)

    assert 1 == office.deliver().sent
    assert {"sent"} == set(states(office))


def test_what_was_overtaken_marks_nothing(office: Office, clock: FrozenClock) -> None:
    class Slow:
        name = "desk"

        def send(self, notice: Notice) -> None:
            with office.engine.writing() as sql:
                sql.execute(sa.update(tables.notices).where(tables.notices.c.id == notice.key).values(attempt=9))

    office.sent()
    office.deliver()
    clock.set(at(1, 16, 30))
    office.deliver(Channels({"desk": Slow()}, "desk"))

    assert {"pending"} == set(states(office))


def test_each_channel_and_each_recipient_has_a_digest_of_its_own(office: Office, clock: FrozenClock) -> None:
    people = office.engine.people
    people.add(Party("dan", "丹", groups=("desk",), channels={"desk": "7", "pager": "12"}, digest="16:30"))
    people.add(Party("eve", "Eve", groups=("desk",), language="en", digest="10:00"))
    people.add(Party("fay", "飞", groups=("desk",)))
    pager = RecordingNotifier("pager")
    channels = Channels({"desk": office.notifier, "pager": pager}, "desk")
    office.sent()
    office.sent()
    office.deliver(channels)
    office.deliver(channels)
    assert ["fay", "fay"] == [notice.to for notice in office.notifier.sent]
    for hour in (10, 17):
        clock.set(at(1, hour))
        office.deliver(channels)

    assert [("fay", ""), ("fay", ""), ("eve", ""), ("dan", "7")] == [(n.to, n.address) for n in office.notifier.sent]
    assert [("dan", "12")] == [(n.to, n.address) for n in pager.sent]
    assert "2 notices today (2022-03-01)" == office.notifier.to("eve")[0].subject


def test_what_is_urgent_does_not_wait(office: Office, clock: FrozenClock) -> None:
    office.sent()
    with office.engine.writing() as sql:
        sql.execute(sa.update(tables.notices).values(urgent=1))

    assert 1 == office.deliver().sent


def test_at_night_a_late_digest_waits_for_the_morning_and_takes_in_what_came(
    office: Office, clock: FrozenClock
) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), digest="16:30", quiet="22:00-07:00"))
    office.sent()
    office.deliver()
    clock.set(at(1, 23))  # nobody was at work till now

    assert (0, 1) == ((done := office.deliver()).sent, done.put_off)
    clock.set(at(2, 7))
    assert 1 == office.deliver().sent


def test_a_digest_takes_so_many_and_no_more_and_is_never_too_long(office: Office, clock: FrozenClock) -> None:
    for _ in range(digests.MOST + 1):
        office.sent("长" * 59)
    office.deliver()
    with office.engine.writing() as sql:
        long = tables.notices.c.digest.is_not(None)
        sql.execute(sa.update(tables.notices).where(long).values(body="丹，您好：\n\n" + "字" * 20_000))
    clock.set(at(1, 16, 30))

    assert 2 == office.deliver().sent
    assert ["今日通知 50 条（2022-03-01）", "今日通知 1 条（2022-03-01）"] == [n.subject for n in office.notifier.sent]
    assert all("字…" in notice.body and len(notice.body) < 20_000 for notice in office.notifier.sent)
    assert {"sent"} == set(states(office))


def test_one_taken_out_by_hand_is_not_in_it_and_without_any_there_is_none(office: Office, clock: FrozenClock) -> None:
    first, second = office.sent("路灯"), office.sent("井盖")
    office.deliver()
    notices.park(office.engine, f"{first}.2.1", DAN, "已电话告知")
    notices.park(office.engine, f"{second}.2.1", DAN, "已电话告知")
    clock.set(at(1, 16, 30))
    office.deliver()

    assert [] == office.notifier.sent
    assert ["parked", "parked"] == states(office)


def test_a_closed_digest_out_of_which_one_is_taken_is_written_anew(office: Office, clock: FrozenClock) -> None:
    office.notifier = RecordingNotifier("desk", [Retry("down")])
    channels = Channels({"desk": office.notifier}, "desk")
    first = office.sent("路灯")
    office.sent("井盖")
    office.deliver(channels)
    clock.set(at(1, 16, 30))
    office.deliver(channels)
    notices.park(office.engine, f"{first}.2.1", DAN, "已电话告知")
    clock.advance(seconds=60)
    office.deliver(channels)

    assert ["今日通知 1 条（2022-03-01）"] == [notice.subject for notice in office.notifier.sent]
    assert "路灯" not in office.notifier.sent[0].body
    assert office.engine.verify().good


def test_what_waits_in_no_digest_and_what_no_notice_waits_in_are_found(office: Office) -> None:
    office.sent()
    office.deliver()
    assert office.engine.verify().good
    with office.engine.writing() as sql:
        sql.execute(sa.update(tables.notices).where(tables.notices.c.digest.is_not(None)).values(digest="digest.x"))
        sql.execute(sa.update(tables.notices).where(tables.notices.c.template == "digest").values(subject="假"))

    assert ["tables", "untold"] == sorted(finding.code for finding in office.engine.verify().findings)


def test_one_of_a_digest_is_sent_by_itself_when_a_person_says_so(office: Office) -> None:
    case = office.sent()
    office.deliver()
    notices.retry(office.engine, f"{case}.2.1", DAN, "他在等")

    assert 1 == office.deliver().sent
    assert ["工单T-001《路灯》：送出"] == [notice.subject for notice in office.notifier.sent]


def test_who_has_left_before_the_hour_is_an_incident(office: Office, clock: FrozenClock) -> None:
    office.sent()
    office.deliver()
    office.engine.people.add(Party("dan", "丹", active=False))
    clock.set(at(1, 16, 30))
    office.deliver()

    (incident,) = incidents.listed(office.engine)
    assert "'dan' is not registered, or no longer active" in incident.text.en
    office.engine.people.add(DAILY)
    incidents.resolve(office.engine, incident.id, "retry", DAN, "复职", notices.REMEDIES)
    assert 1 == office.deliver().sent
    assert {"sent"} == set(states(office))


def test_a_template_of_digests_that_is_broken_is_an_incident(
    office: Office, clock: FrozenClock, tmp_path: Path
) -> None:
    (tmp_path / "digest.zh.txt").write_text("{{ nobody }}\n", encoding="utf-8")
    office.sent()
    office.deliver()
    clock.set(at(1, 16, 30))
    office.deliver(templates=Templates(tmp_path))

    (incident,) = incidents.listed(office.engine)
    assert ("template", True) == (incident.kind, "digest.zh.txt" in incident.text.en)
    assert ["parked"] == [each.state for each in notices.listed(office.engine) if each.key == incident.about]
    notices.retry(office.engine, incident.about, DAN, "用自带模板")
    assert 1 == office.deliver().sent


def test_workers_that_gather_and_close_at_once_lose_nothing_and_send_nothing_twice(
    office: Office, clock: FrozenClock
) -> None:
    for n in range(12):
        office.sent(f"第{n}件")
    clock.set(at(1, 16, 30) - 1)

    def work(number: int) -> None:
        for _ in range(8):
            office.deliver(worker=f"w{number}", limit=2)

    with ThreadPoolExecutor(3) as pool:
        for n, done in enumerate([pool.submit(work, n) for n in range(3)]):
            if n == 0:
                clock.set(at(1, 16, 30))
            done.result()
    clock.set(at(2, 16, 30))
    while office.deliver().claimed:
        pass

    told = "\n".join(notice.body for notice in office.notifier.sent)
    assert [1] * 12 == [told.count(f"《第{n}件》：") for n in range(12)]
    assert len(office.notifier.sent) == len({notice.key for notice in office.notifier.sent})
    assert {"sent"} == set(states(office))


@pytest.mark.parametrize(
    ("hour", "now", "expected"),
    [("08:30", at(1, 8), at(1, 8, 30)), ("08:30", at(1, 8, 30), at(2, 8, 30)), ("00:00", at(1, 23), at(2, 0))],
)
def test_the_hour_is_the_next_one_on_the_office_s_clock(hour: str, now: Micros, expected: Micros) -> None:
    assert expected == digests.next_at(hour, now)


def test_the_key_is_of_recipient_channel_and_hour(office: Office) -> None:
    def key(recipient: str, channel: str, now: Micros) -> str:
        letter = Letter(recipient, channel, "", "zh", "s", "b", digest="16:30")
        with office.engine.writing() as sql:
            return digests.put(sql, letter, now)

    keys = [key("a", "x", at(1, 9)), key("a", "x", at(1, 16)), key("a", "y", at(1, 9)), key("a", "x", at(2, 9))]
    assert keys[0] == keys[1]
    assert 3 == len(set(keys))
    assert POLICY.attempts >= 1  # the rows are notices like any other


@pytest.mark.parametrize(
    "party", [Party("a", "x", digest="8:30"), Party("a", "x", digest="24:00"), Party("a", "x", digest="23:00", quiet="22:00-07:00")]
)  # fmt: skip
def test_an_hour_that_cannot_be_kept_is_refused(office: Office, party: Party) -> None:
    with pytest.raises(InputInvalid):
        office.engine.people.add(party)


def test_a_digest_that_somebody_else_took_up_meanwhile_is_not_sent_by_us(
    office: Office, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.sent()
    office.deliver()
    clock.set(at(1, 16, 30))
    close = digests.close

    def late(sql: Any, row: Any, post: Any) -> Any:
        sql.execute(sa.update(tables.notices).where(tables.notices.c.id == row.id).values(attempt=row.attempt + 2))
        return close(sql, row, post)

    with monkeypatch.context() as patched:
        patched.setattr("workflow.outbox.digests.close", late)
        done = office.deliver()

    assert (1, 0, 0, []) == (done.claimed, done.sent, done.put_off, office.notifier.sent)
    clock.advance(seconds=POLICY.lease)
    assert 1 == office.deliver().sent

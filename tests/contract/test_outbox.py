"""Notices arrive: at least once, never twice while a lease lives, and what cannot arrive is an incident."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from tests.contract.sending import POLICY, Office
from workflow import incidents, notices
from workflow.addressing import Post
from workflow.channels import Channels
from workflow.core.errors import InputInvalid, Refused, StoreUnavailable
from workflow.core.model import Actor, Text
from workflow.directory import Party
from workflow.engine import Engine
from workflow.ports import Notice, Reject, Retry
from workflow.store import claims, tables
from workflow.testing import FrozenClock, RecordingNotifier


def test_a_notice_arrives_once_in_the_recipient_s_words(office: Office, clock: FrozenClock) -> None:
    case = office.sent()

    assert 1 == office.deliver().sent
    assert 0 == office.deliver().claimed
    (notice,) = office.notifier.sent
    assert ("dan", f"{case}.2.1", case, "T-001", clock()) == (
        notice.to,
        notice.key,
        notice.case,
        notice.number,
        notice.at,
    )
    assert "工单T-001《路灯》：送出" == notice.subject
    assert "现为“已送出”" in notice.body
    posted = office.only()
    assert ("sent", 1, "dan", None, None) == (
        posted.state,
        posted.attempts,
        posted.recipient,
        posted.next_at,
        posted.worker,
    )


def test_everybody_in_a_group_is_told_over_each_channel_in_his_language(office: Office, clock: FrozenClock) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"desk": "7", "pager": "12"}))
    office.engine.people.add(Party("eve", "Eve", groups=("desk", "other"), language="en"))
    office.engine.people.add(Party("fay", "Fay", groups=("desktop",)))
    pager = RecordingNotifier("pager")
    channels = Channels({"desk": office.notifier, "pager": pager}, "desk")
    office.sent()
    office.deliver(channels)
    office.deliver(channels)

    assert [("dan", "7"), ("eve", "")] == sorted((n.to, n.address) for n in office.notifier.sent)
    assert [("dan", "12")] == [(n.to, n.address) for n in pager.sent]
    assert ["工单T-001《路灯》：送出", "Ticket T-001 “路灯”: Send"] == [
        notice.subject for notice in sorted(office.notifier.sent, key=lambda notice: notice.to)
    ]
    assert 3 == len({posted.key for posted in notices.listed(office.engine)})
    assert {clock()} == {posted.at for posted in notices.listed(office.engine)}


def test_a_copy_is_marked_and_goes_to_nobody_who_is_told_himself(office: Office, ticket_text: str) -> None:
    people = office.engine.people
    office.engine.publish(
        ticket_text.replace("version: 1", "version: 2").replace("to: [desk], template: sent", "to: [desk], cc: [owner], template: sent")
    )  # fmt: skip
    office.sent()
    office.deliver()
    assert ["工单T-001《路灯》：送出"] == [notice.subject for notice in office.notifier.to("dan")]
    assert ["（抄送）工单T-001《路灯》：送出"] == [notice.subject for notice in office.notifier.to("ann")]

    people.add(Party("ann", "安", groups=("desk",)))
    second = office.sent()
    for _ in range(2):  # the group's second member comes with the next batch
        office.deliver()
    assert ["工单T-002《路灯》：送出"] == [notice.subject for notice in office.notifier.to("ann")[1:]]
    told = [each.reason for each in notices.listed(office.engine, case=second) if each.cc]
    assert ["抄送的人都已作为收件人收到，不另发"] == told
    assert {"sent"} == {each.state for each in notices.listed(office.engine)}
    assert [] == office.incidents()
    assert office.engine.verify().good


def test_a_copy_to_somebody_who_is_not_registered_is_an_incident(office: Office, ticket_text: str) -> None:
    office.engine.publish(
        ticket_text.replace("version: 1", "version: 2").replace("to: [desk], template: sent", "to: [desk], cc: [owner], template: sent")
    )  # fmt: skip
    zoe = Actor("zoe", "Zoe")
    case = office.engine.open("ticket", zoe, {"title": "路灯"}).case.id
    office.engine.fire(case, "send", zoe)
    done = office.deliver()
    (incident,) = incidents.listed(office.engine)

    assert (["dan"], 1, 1) == ([notice.to for notice in office.notifier.sent], done.sent, done.parked)
    assert ("notice", f"{case}.2.2", case) == (incident.kind, incident.about, incident.file)
    assert "'zoe' is not registered" in incident.text.en


def test_a_unit_with_its_own_channel_is_told_itself_and_one_without_anybody_too(office: Office) -> None:
    people = office.engine.people
    people.add(Party("works", "工务", kind="unit", channels={"desk": "works@"}))
    people.add(Party("wu", "吴", unit="works"))
    people.add(Party("parks", "园林", kind="unit"))
    case = office.sent()
    office.engine.fire(case, "give", DAN, {"units": ["works", "parks"]})
    office.deliver()

    assert [("dan", ""), ("parks", ""), ("works", "works@")] == sorted((n.to, n.address) for n in office.notifier.sent)


def test_nobody_to_be_told_is_an_incident_and_goes_on_when_he_is_registered(office: Office) -> None:
    case = office.sent()
    office.engine.fire(case, "give", DAN, {"units": ["nowhere"]})
    office.deliver()
    (incident,) = incidents.listed(office.engine)

    assert "'nowhere' is not registered" in incident.text.en
    assert ("notice", f"{case}.3.1", case) == (incident.kind, incident.about, incident.file)
    office.engine.people.add(Party("nowhere", "新单位", kind="unit"))
    incidents.resolve(office.engine, incident.id, "retry", DAN, "已登记", notices.REMEDIES)
    office.deliver()
    assert ["nowhere"] == [n.to for n in office.notifier.sent if n.to != "dan"]
    assert [] == office.incidents()


def test_what_could_not_be_worked_out_at_the_step_is_an_incident(office: Office) -> None:
    case = office.sent()
    with office.engine.writing() as sql:
        sql.execute(sa.update(tables.notices).values(state="failed", reason="no such key"))
    office.deliver()

    assert [("notice", f"{case}.2.1")] == office.incidents()
    assert (0, "failed") == (office.notifier.calls, office.only().state)


def test_a_failure_is_tried_again_later_and_longer_each_time(office: Office, clock: FrozenClock) -> None:
    office.notifier = RecordingNotifier("desk", [Retry("down"), Retry("down", after=35)])
    channels = Channels({"desk": office.notifier}, "desk")
    office.sent()

    assert 1 == office.deliver(channels).failed
    assert 10_000_000 == (office.only().next_at or 0) - clock()
    clock.advance(seconds=9)
    assert 0 == office.deliver(channels).claimed
    clock.advance(seconds=1)
    assert 1 == office.deliver(channels).failed
    assert 35_000_000 == (office.only().next_at or 0) - clock()
    assert [(1, 10), (2, 35)] == [(f["tries"], f["again"]) for event, f in office.events if event == "failed"]
    clock.advance(seconds=35)
    assert 1 == office.deliver(channels).sent


def test_after_so_many_failures_it_is_parked_and_the_channel_is_one_incident(
    office: Office, clock: FrozenClock
) -> None:
    office.notifier = RecordingNotifier("desk", [Retry("down")] * 6)
    channels = Channels({"desk": office.notifier}, "desk")
    for _ in range(2):
        office.sent()
    for _ in range(3):
        office.deliver(channels)
        clock.advance(seconds=60)

    assert {"parked": 2} == office_counts(office)
    assert [("channel", "desk")] == office.incidents()
    (incident,) = incidents.listed(office.engine)
    assert incident.times >= 2
    assert "3 次未成：down" in incident.text.zh
    incidents.resolve(office.engine, incident.id, "retry", DAN, "线路已修复", notices.REMEDIES)
    assert 2 == office.deliver(channels).sent


@pytest.mark.parametrize(
    ("waited", "told"),
    [(24, []), (25, [("channel", "desk", "the channel 'desk' has been failing for long: down")])],
)
def test_a_channel_that_is_down_for_long_is_an_incident_before_anything_is_parked(
    office: Office, clock: FrozenClock, waited: int, told: list[tuple[str, str, str]]
) -> None:
    channels = Channels({"desk": RecordingNotifier("desk", [Retry("down")] * 2)}, "desk")
    office.sent()
    office.deliver(channels)
    clock.advance(seconds=waited)
    office.deliver(channels)

    assert told == [(each.kind, each.about, each.text.en) for each in incidents.listed(office.engine)]
    assert {"pending": 1} == office_counts(office)


def office_counts(office: Office) -> dict[str, int]:
    with office.engine.looking() as sql:
        return claims.counts(sql)


def test_a_rejected_notice_is_parked_at_once_and_goes_to_the_new_address(office: Office) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"desk": "old"}))
    office.notifier = RecordingNotifier("desk", [Reject("no such mailbox")])
    channels = Channels({"desk": office.notifier}, "desk")
    office.sent()
    office.deliver(channels)
    posted = office.only()

    assert ("parked", "no such mailbox", [("notice", posted.key)]) == (posted.state, posted.reason, office.incidents())
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"desk": "new"}))
    notices.retry(office.engine, posted.key, DAN, "改了地址")
    office.deliver(channels)
    assert [("new", posted.key)] == [(n.address, n.key) for n in office.notifier.sent]


def test_how_long_a_send_took_is_told_in_milliseconds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [7.0]

    class Slow:
        name = "desk"

        def send(self, notice: Notice) -> None:
            passed[0] += 2.5

    monkeypatch.setattr("workflow.outbox.time.monotonic", lambda: passed[0])
    case = office.sent()
    office.deliver(Channels({"desk": Slow()}, "desk"))

    assert ("sent", {"notice": f"{case}.2.1", "channel": "desk", "ms": 2500}) == office.events[-1]


def test_any_other_exception_is_a_failure_and_stops_nobody_else(office: Office) -> None:
    class Broken:
        name = "desk"

        def __init__(self) -> None:
            self.seen = 0

        def send(self, notice: Notice) -> None:
            self.seen += 1
            if self.seen == 1:
                raise ZeroDivisionError("oh")

    office.sent()
    office.sent()
    done = office.deliver(Channels({"desk": Broken()}, "desk"))

    assert (1, 1) == (done.failed, done.sent)


def test_a_channel_that_is_down_is_left_alone_for_the_rest_of_the_batch(office: Office) -> None:
    office.notifier = RecordingNotifier("desk", [Retry("down")] * 9)
    for _ in range(5):
        office.sent()
    done = office.deliver(Channels({"desk": office.notifier}, "desk"))

    assert (2, 3, 2) == (done.failed, done.put_off, office.notifier.calls)
    assert [0, 0, 0, 1, 1] == sorted(posted.attempts for posted in notices.listed(office.engine))


def test_a_channel_that_is_not_set_up_is_one_incident(office: Office) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"fax": "1"}))
    office.sent()
    office.sent()
    office.deliver()

    assert ([("channel", "fax")], {"parked": 2}) == (office.incidents(), office_counts(office))


def test_a_batch_tells_what_it_claimed_and_what_it_put_away(office: Office, clock: FrozenClock) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"fax": "1"}))
    cases = [office.sent(), office.sent()]
    done = office.deliver()
    reason = "the channel 'fax' is not set up; add it to the file of channels and try again"

    assert (2, 2) == (done.claimed, done.parked)
    assert [
        ("claimed", {"notices": 2, "until": clock() + 60_000_000}),
        *(("parked", {"notice": f"{case}.2.1", "to": "desk", "reason": reason}) for case in cases),
    ] == office.events


def test_a_template_that_is_broken_is_an_incident_and_stops_nobody_else(office: Office, tmp_path: Any) -> None:
    from workflow.templates import Templates

    (tmp_path / "ticket").mkdir()
    broken = tmp_path / "ticket" / "sent.zh.txt"
    broken.write_text("{{ case.nothing }}\n", encoding="utf-8")
    office.engine.people.add(Party("eve", "Eve", kind="unit"))
    case = office.sent()
    office.engine.fire(case, "give", DAN, {"units": ["eve"]})
    office.deliver(templates=Templates(tmp_path))

    assert ["eve"] == [n.to for n in office.notifier.sent]
    (incident,) = incidents.listed(office.engine)
    assert "sent.zh.txt" in incident.text.en
    broken.write_text("好了\n", encoding="utf-8")
    incidents.resolve(office.engine, incident.id, "retry", DAN, "模板已改", notices.REMEDIES)
    office.deliver(templates=Templates(tmp_path))
    assert ["好了"] == [n.subject for n in office.notifier.to("dan")]


def test_a_fault_of_ours_in_writing_one_notice_stops_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = office.sent(), office.sent()
    letters = Post.letters

    def broken(post: Post, row: Any) -> Any:
        return letters(post, row) if row.file == second else 1 / 0

    monkeypatch.setattr(Post, "letters", broken)
    done = office.deliver()
    (incident,) = incidents.listed(office.engine)

    assert (1, 1, [second]) == (done.sent, done.parked, [notice.case for notice in office.notifier.sent])
    assert ("notice", f"{first}.2.1", first) == (incident.kind, incident.about, incident.file)
    assert "写通知时出错：ZeroDivisionError: division by zero" == incident.text.zh


def test_a_database_that_does_not_answer_is_no_fault_of_a_notice(
    office: Office, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(post: Post, row: Any) -> Any:
        raise StoreUnavailable(Text("数据库断开", "the database is gone"))

    office.sent()
    with monkeypatch.context() as patched:
        patched.setattr(Post, "letters", cut)
        with pytest.raises(StoreUnavailable, match="the database is gone"):
            office.deliver()

    assert (0, []) == (office.deliver().claimed, office.incidents()), "its claim lasts as long as the lease"
    clock.advance(seconds=POLICY.lease)
    assert 1 == office.deliver().sent


def test_a_notice_that_somebody_parked_meanwhile_is_no_incident_of_the_channel(office: Office) -> None:
    class Parking:
        name = "desk"

        def send(self, notice: Notice) -> None:
            notices.park(office.engine, notice.key, DAN, "收件人要求")
            raise Reject("号码不存在")

    office.sent()
    office.deliver(Channels({"desk": Parking()}, "desk"))

    assert ("parked", "收件人要求") == (office.only().state, office.only().reason)
    assert [] == office.incidents()


# ------------------------------------------------------------ leases


def test_what_one_worker_has_nobody_else_gets_before_the_lease_ends(office: Office, clock: FrozenClock) -> None:
    office.sent()
    with office.engine.writing() as sql:
        (row,) = claims.claim(sql, clock(), "killed", clock() + 60_000_000, 10)

    clock.advance(seconds=59)
    assert 0 == office.deliver().claimed
    clock.advance(seconds=1)
    assert 1 == office.deliver().sent
    assert (2, "sent") == (office.only().attempts, office.only().state)
    with office.engine.writing() as sql:
        assert not claims.mark(sql, row.id, row.attempt + 1, {"state": "pending"})


def test_a_notice_that_kills_every_worker_is_parked_in_the_end(office: Office, clock: FrozenClock) -> None:
    office.sent()
    for _ in range(POLICY.attempts):
        with office.engine.writing() as sql:
            claims.claim(sql, clock(), "killed", clock() + 60_000_000, 10)
        clock.advance(seconds=60)
    office.deliver()

    assert ("parked", 0, 1) == (office.only().state, office.notifier.calls, len(office.incidents()))


def test_no_send_begins_when_most_of_the_lease_is_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [7.0]

    class Slow:
        name = "desk"

        def send(self, notice: Notice) -> None:
            passed[0] += 14

    monkeypatch.setattr("workflow.outbox.time.monotonic", lambda: passed[0])
    for _ in range(6):
        office.sent()
    done = office.deliver(Channels({"desk": Slow()}, "desk"))

    assert (4, 2) == (done.sent, done.put_off), "42 seconds of 60 are just not over when the fourth begins"
    assert 2 == office.deliver().sent


def test_a_worker_that_is_to_stop_gives_back_what_it_has_not_sent(office: Office) -> None:
    for _ in range(3):
        office.sent()
    asked = iter([False, True, True])
    done = office.deliver(stopping=lambda: next(asked))

    assert (1, 2) == (done.sent, done.put_off)
    assert 2 == office.deliver(worker="w2").sent


def test_a_notice_parked_while_it_is_being_sent_stays_parked(office: Office) -> None:
    class Slow:
        name = "desk"

        def send(self, notice: Notice) -> None:
            notices.park(office.engine, notice.key, DAN, "收件人要求")

    office.sent()
    office.deliver(Channels({"desk": Slow()}, "desk"))

    assert ("parked", "收件人要求") == (office.only().state, office.only().reason)
    assert "overtaken" in [event for event, _ in office.events]


def test_one_batch_takes_no_more_than_its_limit_and_the_longest_due_first(office: Office, clock: FrozenClock) -> None:
    cases = []
    for _ in range(3):
        cases.append(office.sent())
        clock.advance(seconds=1)
    office.deliver(limit=2)

    assert cases[:2] == [notice.case for notice in office.notifier.sent]


def test_what_a_wrong_clock_put_off_for_years_is_due_now(office: Office, clock: FrozenClock) -> None:
    office.sent()
    with office.engine.writing() as sql:
        sql.execute(sa.update(tables.notices).values(next_at=clock() + 400 * 86_400_000_000))

    assert 1 == office.deliver().sent


def test_a_clock_that_goes_back_by_days_in_a_live_lease_leaves_it_its_length(
    database: str, make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    now = FrozenClock()()
    moments = [now]
    office = Office(make_engine(database, clock=lambda: moments[-1]))
    office.engine.publish(ticket_text)
    office.engine.people.add(Party("dan", "丹", groups=("desk",)))
    office.sent()
    with office.engine.writing() as sql:
        claims.claim(sql, now, "sending", now + 60_000_000, 10)

    delivered = []
    for later in (0, 59, 60):
        moments.append(now - 400 * 86_400_000_000 + later * 1_000_000)
        delivered.append(office.deliver().sent)
    assert [0, 0, 1] == delivered


def test_quiet_hours_put_a_notice_off_to_their_end(office: Office, clock: FrozenClock) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), quiet="08:00-10:30"))
    office.sent()  # at nine in the morning

    assert (0, 1) == (office.deliver().sent, 1)
    assert 90 * 60_000_000 == (office.only().next_at or 0) - clock()
    assert clock() == office.only().at
    clock.advance(minutes=90)
    assert 1 == office.deliver().sent


# ------------------------------------------------------------ by hand


def test_a_delivered_notice_is_not_sent_again_by_hand(office: Office) -> None:
    office.sent()
    office.deliver()

    for change in (notices.retry, notices.park):
        with pytest.raises(InputInvalid):
            change(office.engine, office.only().key, DAN, "x")
    assert ["open", "move"] == [record["kind"] for record in office.engine.history(office.only().file)]


@pytest.mark.parametrize("how", ["park", "retry"])
def test_what_is_done_by_hand_is_in_the_record_of_the_case(office: Office, how: str) -> None:
    case = office.sent()
    getattr(notices, how)(office.engine, office.only().key, DAN, "收件人出国")

    *_, record = office.engine.history(case)
    assert ("resolution", how, case, "收件人出国", "dan", {"notice": f"{case}.2.1"}) == (
        record["kind"], record["action"], record["case"], record["note"], record["who"]["id"], record["input"],
    )  # fmt: skip
    assert "sent" == office.engine.case(case).root.state
    office.engine.fire(case, "comment", ANN, note="以后照常办理")
    assert office.engine.verify().good


def test_what_belongs_to_no_case_is_in_the_office_s_own_record(office: Office) -> None:
    office.engine.people.add(Party("dan", "丹", groups=("desk",), channels={"fax": "1"}))
    office.sent()
    office.sent()
    office.deliver()
    (incident,) = incidents.listed(office.engine)
    incidents.resolve(office.engine, incident.id, "retry", DAN, "装好了传真", notices.REMEDIES)

    with office.engine.looking() as sql:
        last = sa.select(tables.records.c.body).where(tables.records.c.file == tables.OFFICE)
        record = json.loads(sql.execute(last.order_by(tables.records.c.seq.desc()).limit(1)).scalar_one())
    about = {"incident": incident.id, "kind": "channel", "about": "fax", "notices": 2}
    assert ("resolution", "retry", "装好了传真", about) == (
        record["kind"],
        record["action"],
        record["note"],
        record["input"],
    )
    assert office.engine.verify().good


def test_an_incident_of_one_notice_ends_with_it(office: Office) -> None:
    case = office.sent()
    office.engine.fire(case, "give", DAN, {"units": ["nowhere"]})
    office.deliver()
    notices.park(office.engine, f"{case}.3.1", DAN, "单位已撤销")

    (incident,) = incidents.listed(office.engine, None)
    assert ("skipped", "dan", "单位已撤销") == (incident.state, incident.ended_by, incident.note)


def test_nothing_is_done_by_hand_without_a_reason(office: Office) -> None:
    office.sent()

    with pytest.raises(InputInvalid):
        notices.park(office.engine, office.only().key, DAN, "  ")
    assert "pending" == office.only().state


def test_a_resolution_is_no_change_that_a_caller_missed(office: Office) -> None:
    case = office.sent()
    seen = office.engine.case(case).root.revision
    notices.park(office.engine, office.only().key, DAN, "不必")

    assert "out" == office.engine.fire(case, "give", DAN, {"units": ["works"]}, expect=seen).case.state


def test_a_notice_is_seen_before_it_is_sent(office: Office) -> None:
    case = office.sent()
    written = notices.preview(office.engine, case, "given", office.engine.people.get("dan"))

    assert "工单T-001《路灯》：送出" == written.subject
    assert 0 == office.notifier.calls


@pytest.mark.parametrize(
    "wrong", [{"lease": 39.9}, {"send_timeout": 0}, {"attempts": 0}, {"first_wait": 0}, {"first_wait": 50, "longest_wait": 40}]
)  # fmt: skip
def test_a_policy_by_which_notices_would_go_out_twice_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputInvalid):
        replace(POLICY, **wrong)


def test_a_notifier_that_may_take_longer_than_a_send_is_refused(office: Office) -> None:
    office.notifier.timeout = 21  # type: ignore[attr-defined]

    with pytest.raises(InputInvalid):
        office.deliver()


def test_the_same_incident_again_counts_on_the_open_one(office: Office, clock: FrozenClock) -> None:
    from workflow.core.model import Text

    for _ in range(3):
        with office.engine.writing() as sql:
            incidents.report(sql, clock(), "channel", "fax", Text("坏", "broken"))
    (incident,) = incidents.listed(office.engine)
    assert 3 == incident.times
    ended = incidents.resolve(office.engine, incident.id[:20], "skip", DAN, "不再使用", notices.REMEDIES)

    assert ("skipped", "dan", "不再使用") == (ended.state, ended.ended_by, ended.note)
    with pytest.raises(InputInvalid):
        incidents.resolve(office.engine, incident.id, "retry", DAN, "again", notices.REMEDIES)
    with pytest.raises(InputInvalid):
        incidents.resolve(office.engine, incident.id, "retry", DAN, " ", notices.REMEDIES)


def test_the_database_s_clock_is_asked_where_there_is_one(database: str, make_engine: Callable[..., Engine]) -> None:
    from workflow.engine import system_clock

    engine = make_engine(database, clock=system_clock)

    assert abs(engine.moment() - system_clock()) < 5_000_000


def test_a_step_that_the_lifecycle_itself_does_not_let_through_is_an_incident(office: Office) -> None:
    case = office.sent()
    office.engine.fire(case, "break_up", DAN, {"units": ["works"]})
    part = office.engine.case(case).parts[0].id
    for _ in range(2):
        with pytest.raises(Refused):
            office.engine.fire(part, "reply", of_unit("works"), {"answer": "done"})
    (incident,) = incidents.listed(office.engine)

    assert ("step", part, case, 2) == (incident.kind, incident.about, incident.file, incident.times)
    assert "'reply' cannot go on" in incident.text.en
    assert office.engine.verify().findings == ()


def test_a_worker_that_is_held_up_before_it_claims_sends_nothing_after_its_lease(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between looking at the clock and claiming, as when a machine is suspended."""
    passed = [0.0]
    look = claims.anything_due

    def slow(*given: Any) -> bool:
        passed[0] += POLICY.lease
        return look(*given)

    monkeypatch.setattr(claims, "anything_due", slow)
    monkeypatch.setattr("workflow.outbox.time.monotonic", lambda: passed[0])
    office.sent()

    assert (1, 0, 1) == ((done := office.deliver()).claimed, done.sent, done.put_off)
    monkeypatch.undo()
    assert 1 == office.deliver().sent

"""Whatever a receiver does, its notice is sent, waits or is parked with a reason: in bounded time and memory, by one key."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ANN, DAN
from tests.faults.receivers import FAULTS, FIRST, MAIL_FAULTS, OK, Fault, Lab, status
from tests.notifiers.conftest import Authority, Server, says
from workflow import incidents, notices
from workflow.channels import Channels
from workflow.core.calendar import local
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import Delivered, Policy, deliver_due
from workflow.ports import Notifier
from workflow.remedies import REMEDIES
from workflow.testing import FrozenClock

SECOND = 1_000_000
LONGEST = 10  # seconds for one delivery on a busy machine; a byte a second would take 40
MEMORY = 4_000_000  # bytes that one delivery may need at most, whatever the receiver pours out


@pytest.fixture
def lab(serve: Callable[..., Server], authority: Authority, clock: FrozenClock) -> Lab:
    return Lab(serve, authority, clock)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """One notice to dan is due."""
    engine.people.add(Party("dan", "丹", groups=("desk",), channels={"hook": ""}))
    engine.fire(engine.open("ticket", ANN, {"title": "路灯"}).case.id, "send", ANN)
    return engine


def deliver(engine: Engine, notifier: Notifier) -> Delivered:
    return deliver_due(engine, Channels({"hook": notifier}, "hook"), worker="w", policy=Policy(), random=lambda: 0.5)


def only(engine: Engine) -> notices.Posted:
    (posted,) = notices.listed(engine)
    return posted


@pytest.mark.parametrize("fault", [*FAULTS, *MAIL_FAULTS], ids=lambda fault: fault.name)
def test_a_fault_of_the_receiver_loses_nothing(
    fault: Fault, office: Engine, kind: str, lab: Lab, clock: FrozenClock
) -> None:
    mailed = fault in MAIL_FAULTS
    if mailed:
        office.people.add(Party("dan", "丹", groups=("desk",), channels={"hook": "dan@example.cn"}))
    took, memory = measured(lambda: deliver(office, fault.make(lab)))
    posted = only(office)
    shown = f"{outcome(posted, clock()):25} | {took:3.1f} s {memory / 1000:5.0f} KB | {posted.reason or ''}"
    print(f"\n{kind:10} | {fault.name:43} | {shown}")

    assert took < LONGEST
    assert memory < MEMORY
    assert fault.said in (posted.reason or "")
    if fault.then == "sent":
        assert ("sent", None) == (posted.state, posted.reason)
    elif fault.then == "parked":
        assert ("parked", ["notice"]) == (posted.state, [each.kind for each in incidents.listed(office)])
        notices.retry(office, posted.key, DAN, "收件方已修好")
    else:
        assert ("pending", fault.then * SECOND, ()) == (
            posted.state, (posted.next_at or 0) - clock(), incidents.listed(office)
        )  # fmt: skip
        clock.advance(seconds=fault.then - 1)
        assert 0 == deliver(office, fault.make(lab)).claimed
        clock.advance(seconds=1)
    deliver(office, lab.mail({}) if mailed else lab.hook(says(OK)))
    assert ("sent", 1) == (only(office).state, len(set(lab.keys())))
    assert mailed or {posted.key} == set(lab.keys())


def measured(step: Callable[[], Any]) -> tuple[float, int]:
    """Seconds and the most bytes that a step took."""
    tracemalloc.start()
    begun = time.monotonic()
    try:
        step()
        return time.monotonic() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def outcome(posted: notices.Posted, now: int) -> str:
    wait = "" if posted.next_at is None else f", again in {(posted.next_at - now) // SECOND} s"
    return f"{posted.state}{wait}"


def test_a_receiver_that_is_down_is_an_incident_after_an_hour_and_its_notice_parked_after_twelve_tries(
    office: Engine, kind: str, lab: Lab, clock: FrozenClock
) -> None:
    begun, told = clock(), None
    down = lab.hook(status(503))
    while only(office).state == "pending":
        clock.set(only(office).next_at or 0)
        deliver(office, down)
        if told is None and incidents.listed(office):
            told = clock() - begun
    (incident,) = incidents.listed(office)
    print(f"\n{kind}: incident after {(told or 0) / 60e6:.0f} min, parked after {(clock() - begun) / 60e6:.0f} min")

    assert 3600 * SECOND <= (told or 0) < 2 * 3600 * SECOND
    assert ("channel", "hook") == (incident.kind, incident.about)
    assert "试了 12 次未成" in (only(office).reason or "")
    assert 12 == len(lab.keys())
    assert {only(office).key} == set(lab.keys())
    incidents.resolve(office, incident.id, "retry", DAN, "已修复", REMEDIES)
    deliver(office, lab.hook(says(OK)))
    assert ("sent", local(clock())) == (only(office).state, local(only(office).sent_at or 0))
    assert office.verify().good


def test_a_receiver_that_fails_does_not_hold_up_the_others(office: Engine, lab: Lab, clock: FrozenClock) -> None:
    office.people.add(Party("eve", "Eve", groups=("desk",), channels={"good": ""}))
    for _ in range(5):
        office.fire(office.open("ticket", ANN, {"title": "路灯"}).case.id, "send", ANN)
    channels = Channels({"hook": lab.hook(), "good": lab.hook(says(OK))}, "hook")
    for _ in range(2):
        deliver_due(office, channels, worker="w", policy=Policy(), random=lambda: 0.5)

    by_state = [(each.channel, each.state) for each in notices.listed(office)]
    assert 6 == by_state.count(("good", "sent"))
    assert 6 == by_state.count(("hook", "pending"))
    clock.advance(seconds=2 * FIRST)
    deliver(office, lab.hook(says(OK)))
    assert {"sent"} == {each.state for each in notices.listed(office)}

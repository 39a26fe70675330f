"""Clocks that jump, either way and at any moment: nothing is lost, nothing early, nothing twice within a lease."""

from __future__ import annotations

import os
import random
import tempfile
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.conftest import ANN
from workflow.channels import Channels
from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, local, micros
from workflow.core.errors import Refused
from workflow.core.model import Actor, Micros
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import Policy, deliver_due
from workflow.ports import Notice, Retry
from workflow.store import claims
from workflow.testing import CountedIds
from workflow.timers import fire_all

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 24 * 3600 * SECOND
JUMPS = (SECOND, -SECOND, HOUR, -HOUR, DAY, -DAY, 3 * DAY, -3 * DAY, 400 * DAY, -400 * DAY)
EDGES = (date(2024, 2, 28), date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28))
POLICY = Policy(lease=60, send_timeout=20, attempts=1000, first_wait=30, longest_wait=600)
DESK, EDU = Actor("dan", "Dan", groups=frozenset({"desk"})), Actor("eva", "Eva", unit="edu")
HERE = Path(__file__).parents[1]


@cache
def made(lifecycle: str) -> bytes:
    """A database with this lifecycle and a few people."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.db"
        engine = Engine(f"sqlite:///{path}", clock=lambda: at(EDGES[0]))
        engine.create()
        engine.publish((HERE / f"{lifecycle}.yaml").read_text(encoding="utf-8"))
        engine.people.add(Party("dan", "Dan", groups=("desk",)))
        engine.people.add(Party("edu", "Education", kind="unit"))
        engine.close()
        return path.read_bytes()


class Killed(BaseException):
    """The worker is gone in the middle of what it did."""


class Jumping(RuleBasedStateMachine):
    """An engine on SQLite by a clock that may be set to anything."""

    lifecycle = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now: Micros = at(EDGES[0])
        self.gone: Micros = 0  # how far the clock has gone forward, all told
        path = Path(self.folder.name) / "case.db"
        path.write_bytes(made(self.lifecycle))
        self.engine = Engine(f"sqlite:///{path}", clock=lambda: self.now, ids=CountedIds())

    def teardown(self) -> None:
        try:
            self.at_last()
            assert () == self.engine.verify().findings
        finally:
            self.engine.close()
            self.folder.cleanup()

    @rule(by=st.sampled_from(JUMPS) | st.integers(-HOUR, HOUR))
    def jump(self, by: Micros) -> None:
        self.now += by
        self.gone += max(by, 0)

    @rule(day=st.sampled_from(EDGES))
    def jump_to_an_edge(self, day: date) -> None:
        self.jump(at(day) - self.now)

    def at_last(self) -> None:
        """Everything is well again, and time goes on."""


def at(day: date) -> Micros:
    """A second before midnight."""
    return micros(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=OFFICE_ZONE))


class NoticesThroughJumps(Jumping):
    """Workers that deliver, fail and are killed while the clock jumps."""

    lifecycle = "ticket"
    name = "desk"

    def __init__(self) -> None:
        super().__init__()
        self.wanted = 0
        self.down = self.killing = False
        self.chance = random.Random(7)
        self.deliveries: dict[str, list[Micros]] = {}  # by key: how far the clock had gone

    def send(self, notice: Notice) -> None:
        if self.down:
            raise Retry("down", after=self.chance.choice((None, 5, 10**9)))
        self.deliveries.setdefault(notice.key, []).append(self.gone)
        if self.killing:
            raise Killed

    @rule()
    def call_for_a_notice(self) -> None:
        self.engine.fire(self.engine.open("ticket", ANN, {"title": "lamp"}).case.id, "send", ANN)
        self.wanted += 1

    @rule()
    def the_receiver_goes_or_comes(self) -> None:
        self.down = not self.down

    @rule(limit=st.integers(1, 5), killing=st.booleans())
    def work(self, limit: int, killing: bool) -> None:
        self.killing = killing
        with suppress(Killed):
            deliver_due(
                self.engine, Channels({"desk": self}, "desk"), worker="w", limit=limit, policy=POLICY,
                random=self.chance.random,
            )  # fmt: skip

    @invariant()
    def nothing_is_lost(self) -> None:
        with self.engine.looking() as sql:
            states = claims.counts(sql)
        assert set(states) <= {"pending", "sent"}
        assert self.wanted == sum(states.values())

    @invariant()
    def nothing_comes_twice_within_a_lease(self) -> None:
        for gone in self.deliveries.values():
            assert all(second - first >= POLICY.lease * SECOND for first, second in pairwise(gone))

    def at_last(self) -> None:
        self.down = False
        for _ in range(4):  # a day is the longest that a channel may wish for, and a wrong clock costs two
            self.jump(DAY)
            for _ in range(1 + self.wanted // 5):
                self.work(5, killing=False)
        assert self.wanted == len(self.deliveries)
        with self.engine.looking() as sql:
            assert 0 == claims.waiting(sql)


class TimersThroughJumps(Jumping):
    """Clocks that warn, run out, escalate, stand still and take transitions, while the clock on the wall jumps."""

    lifecycle = "clocked"

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.told: set[tuple[str, str, str, Micros]] = set()

    @rule()
    @precondition(lambda self: len(self.parts) < 3)
    def give(self) -> None:
        case = self.engine.open("errand", DESK).case.id
        self.parts.append(self.engine.fire(case, "give", DESK, {"unit": "edu"}).opened[0].id)

    @rule(action=st.sampled_from(("sign", "ask_return", "wait", "go_on", "reply")), which=st.integers(0, 2))
    def act(self, action: str, which: int) -> None:
        self._try(which, action, EDU)

    @rule(action=st.sampled_from(("rest", "resume", "check", "recheck", "remind", "finish")), which=st.integers(0, 2))
    def manage(self, action: str, which: int) -> None:
        if which < len(self.parts):
            self._try(which, action, DESK, of=self.engine.case(self.parts[which]).root.id)

    def _try(self, which: int, action: str, actor: Actor, of: str | None = None) -> None:
        if which < len(self.parts):
            with suppress(Refused):
                self.engine.fire(of or self.parts[which], action, actor)

    @rule()
    def fire(self) -> None:
        for fired in fire_all(self.engine):
            told = (fired.case, fired.deadline, fired.event, fired.moment)
            assert fired.moment <= self.now, f"early: {fired}, it is {local(self.now)}"
            assert told not in self.told, f"twice: {fired}"
            self.told.add(told)

    def at_last(self) -> None:
        self.now = max(self.now, micros(datetime(2027, 1, 1, tzinfo=OFFICE_ZONE))) + 1000 * DAY
        self.fire()
        calendar = self.engine.calendar()
        for part in self.parts:
            file = self.engine.case(part)
            lifecycle = self.engine.lifecycle("errand")
            for case, deadline, facts in clocks.of(lifecycle, file):
                end = clocks.reading(deadline, facts, calendar) if clocks.running(facts) else None
                if end is not None and end.due <= self.now:
                    assert facts["fired"]["overdue"] == end.due, f"never told: {deadline.name} of {case.id}"


LIMITS: dict[str, Any] = {
    "max_examples": int(os.environ.get("CASEWORK_JUMPS", "15")),
    "stateful_step_count": 25,
    "deadline": None,
}
QUIET = settings(**LIMITS, suppress_health_check=list(HealthCheck))
TestNotices = NoticesThroughJumps.TestCase
TestNotices.settings = QUIET
TestTimers = TimersThroughJumps.TestCase
TestTimers.settings = QUIET

"""The worker: the calendar, due timers, notices and the log, round by round, in one process, until it is told to stop.

Several may run, on one machine or on many: the rows in the database say who has what. A worker that is killed loses
nothing; one that is asked to stop ends the send it is in and gives the rest back.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from workflow.calendars import Watch
from workflow.channels import Channels
from workflow.core.errors import StoreUnavailable, reason_of
from workflow.outbox import Delivered, Policy, Tell, deliver_due
from workflow.store import claims
from workflow.templates import Templates
from workflow.timers import fire_due
from workflow.witnesses import Seals

if TYPE_CHECKING:
    from workflow.engine import Engine

BATCH = 100
LONGEST_PAUSE = 60.0  # seconds between two looks at a database that does not answer


@dataclass(slots=True)
class Worked:
    """What a worker has done since it began."""

    timers: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0
    rounds: int = 0

    def add(self, timers: int, done: Delivered) -> bool:
        """Count one round; whether anything was done in it that may have left more to do."""
        self.timers += timers
        self.sent += done.sent
        self.failed += done.failed
        self.parked += done.parked
        self.rounds += 1
        return bool(timers or done.sent or done.parked)


@dataclass(slots=True)
class Worker:
    """One worker. `every` is the seconds between two looks when there is nothing to do; `health` a file that is
    written after each round, for whoever watches over the process; `seals`, where this worker is the one that seals.
    """

    engine: Engine
    channels: Channels
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    policy: Policy = field(default_factory=Policy)
    templates: Templates | None = None
    every: float = 1.0
    health: Path | None = None
    seals: Seals | None = None
    tell: Tell = lambda event, **facts: None
    shown: Callable[[Worked, int], None] = lambda worked, waiting: None
    done: Worked = field(default_factory=Worked)
    _stop: threading.Event = field(default_factory=threading.Event)
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(self.engine)

    def stop(self) -> None:
        """End after the send that is under way; may be called from a signal or another thread."""
        self._stop.set()

    def run(self, *, once: bool = False) -> Worked:
        """Work until `stop`; with `once` until nothing is due. Raises StoreUnavailable only with `once`."""
        self.policy.check(self.channels)
        if self.seals is not None:
            self.seals.check()
        self.tell("started", worker=self.name)
        pause = self.every
        while not self._stop.is_set():
            try:
                more = self.round()
                pause = self.every
            except StoreUnavailable as error:
                if once:
                    raise
                self.unanswered(error)
                self._stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if not more:
                if once:
                    break
                self._stop.wait(self.every)
        self.tell("stopped", worker=self.name, sent=self.done.sent, parked=self.done.parked)
        return self.done

    def round(self, stopping: Callable[[], bool] | None = None) -> bool:
        """One look at the database, a batch of each; whether there may be more to do. Raises StoreUnavailable.

        `stopping` is asked before each send, by default whether `stop` was called.
        """
        for moved in self._watch.look():
            self.tell("moved", case=moved.case, deadline=moved.deadline, was=moved.was, due=moved.due)
        timers = self._timers()
        done = deliver_due(
            self.engine, self.channels, worker=self.name, limit=BATCH, policy=self.policy, templates=self.templates,
            stopping=stopping or self._stop.is_set, tell=self.tell,
        )  # fmt: skip
        if self.seals is not None:
            self.seals.look(self.tell)
        with self.engine.looking() as sql:
            waiting = claims.waiting(sql) if done.claimed or self.done.rounds == 0 else 0
        more = self.done.add(timers, done)
        self._write_health(waiting)
        self.shown(self.done, waiting)
        return more

    def unanswered(self, error: StoreUnavailable) -> None:
        """Say, in the log and the health file, that the database did not answer."""
        self.tell("database", error=error.say("en"))
        self._write_health(0, error.say("en"))

    def _timers(self) -> int:
        """How many timers were fired."""
        fired = fire_due(self.engine, limit=BATCH)
        for each in fired:
            self.tell("timer", case=each.case, deadline=each.deadline, what=each.event, took=each.taken)
        return len(fired)

    def _write_health(self, waiting: int, error: str | None = None) -> None:
        """Whole or not at all: a reader never sees half a file."""
        if self.health is None:
            return
        facts = {"at": _now(), "worker": self.name, "waiting": waiting, "sent": self.done.sent, "error": error}
        beside = self.health.with_name(f"{self.health.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps({**facts, "parked": self.done.parked, "rounds": self.done.rounds}) + "\n")
            beside.replace(self.health)
        except OSError as failed:
            if failed.errno not in (ENOSPC, EDQUOT):
                raise
            self.tell("health", error=reason_of(failed).en)  # the work goes on; the old file tells whoever watches


def log_to(stream: TextIO, worker: str) -> Tell:
    """What writes each event as one line of JSON."""

    return lambda event, /, **facts: print(line(worker, event, **facts), file=stream, flush=True)


def line(worker: str, event: str, /, **facts: Any) -> str:
    """An event of the log."""
    return json.dumps({"at": _now(), "event": event, "by": worker, **facts}, ensure_ascii=False, default=str)


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")

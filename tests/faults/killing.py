"""`python -m tests.faults.killing URL NOTICES`: workers are killed with -9, one after the other, until every notice has arrived.

Two of three die within 120 ms of their first delivery, in the middle of their work; the third at any moment of its first half
second, as often as not before it has claimed anything. Counted from the delivery and not from birth, so that a slow machine sees
as much work between two kills as a fast one.

Prints one JSON object: how many notices and kills there were, how many deliveries beyond the first, and how many of
these came while the lease of an earlier one was still alive.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from workflow import Actor
from workflow.channels import Channels
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import Policy, deliver_due
from workflow.ports import Notice
from workflow.store import claims
from workflow.templates import Templates

WITHIN = 0.12  # seconds a worker lives at most after its first delivery
YOUNG, YOUTH = 1 / 3, 0.5  # the share that die young, and within how many seconds of birth
UNITS = 50  # to each case
LIMIT = 20
POLICY = Policy(lease=1.5, send_timeout=0.5, attempts=1_000, first_wait=0.05, longest_wait=0.1)
MOST_KILLS = 5_000
LONGEST_WAIT = 10.0  # seconds for a delivery; the lease of the one before has to end first
ANN, DAN = Actor("ann", "Ann"), Actor("dan", "Dan", groups=frozenset({"desk"}))


class Writing:
    """Writes each delivery down at once; the kernel keeps it when we are killed."""

    name = "paper"

    def __init__(self, path: Path, sent: int | None = None) -> None:
        self._to = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._sent = sent
        self.until = 0

    def note(self, event: str, **facts: object) -> None:
        if event == "claimed":
            self.until = int(str(facts["until"]))

    def send(self, notice: Notice) -> None:
        line = {"key": notice.key, "at": time.time_ns() // 1000, "until": self.until}
        os.write(self._to, (json.dumps(line) + "\n").encode())
        if self._sent is not None:
            os.write(self._sent, b"!")


def prepare(url: str, count: int) -> int:
    """Cases that call for at least `count` notices; how many there are."""
    engine = Engine(url)
    engine.create()
    engine.publish((Path(__file__).parent.parent / "ticket.yaml").read_text(encoding="utf-8"))
    units = [f"u{n}" for n in range(UNITS)]
    for unit in units:
        engine.people.add(Party(unit, unit, kind="unit"))
    engine.people.add(Party("dan", "Dan", groups=("desk",)))
    for _ in range(-(-count // (UNITS + 1))):
        case = engine.open("ticket", ANN, {"title": "lamp"}).case.id
        engine.fire(case, "send", ANN)
        engine.fire(case, "give", DAN, {"units": units})
    with engine.looking() as sql:
        waiting = claims.waiting(sql)
    engine.close()
    return waiting


def work(url: str, path: Path, sent: int) -> None:
    """One worker's life; it ends when it is killed."""
    paper = Writing(path, sent)
    engine = Engine(url)
    channels = Channels({"paper": paper}, "paper")
    name, templates = f"w{os.getpid()}", Templates()
    while True:
        done = deliver_due(
            engine, channels, worker=name, limit=LIMIT, policy=POLICY, templates=templates, tell=paper.note
        )
        if not done.claimed:
            time.sleep(0.01)


def left(url: str) -> int:
    engine = Engine(url)
    try:
        with engine.looking() as sql:
            return claims.waiting(sql)
    finally:
        engine.close()


def run(url: str, count: int) -> dict[str, object]:
    """Everything; see the module."""
    waiting = prepare(url, count)
    path = Path(tempfile.mkdtemp()) / "deliveries.jsonl"
    begun, kills = time.monotonic(), 0
    while left(url) and kills < MOST_KILLS:
        hears, says = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                work(url, path, says)
            finally:
                os._exit(1)
        if random.random() < YOUNG:
            time.sleep(random.uniform(0, YOUTH))
        else:
            select.select([hears], [], [], LONGEST_WAIT)
            time.sleep(random.uniform(0, WITHIN))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(hears)
        os.close(says)
        kills += 1
    took = time.monotonic() - begun
    return {"notices": waiting, "kills": kills, "seconds": round(took, 1), **outcome(url, path)}


def outcome(url: str, path: Path) -> dict[str, object]:
    """What the paper and the database say at the end."""
    lines = path.read_bytes().splitlines()
    seen: dict[str, list[dict[str, int]]] = defaultdict(list)
    for line in lines:
        each = json.loads(line)
        seen[each["key"]].append(each)
    within = sum(
        later["at"] < earlier["until"] for each in seen.values() for earlier, later in itertools.pairwise(each)
    )
    engine = Engine(url)
    with engine.looking() as sql:
        counts = claims.counts(sql)
    engine.close()
    return {"delivered": len(seen), "states": counts, "extra": len(lines) - len(seen), "within_a_lease": within}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]))))

"""Celery workers and beat as real processes, and what can befall them and their messages."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.faults.celery_office import Settings, office
from tests.faults.killing import left, outcome
from workflow.celery_app import LOOK

CHECKOUT = Path(__file__).parent.parent.parent
LONGEST = 900  # seconds until a run is given up
AT_ONCE = 2  # processes of a worker
DOUBLED = 20  # messages beyond what there should be


class Hall:
    """The machines of an office: programs of Celery by name, each with its own processes."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.app = office(settings)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = folder

    def start(self, name: str, at_once: int = AT_ONCE) -> None:
        """A worker with that many processes, or beat, of that name."""
        told = ["beat"] if name == "beat" else [
            "worker", "--hostname", f"{name}@faults", "--concurrency", str(at_once), "--without-mingle", "--without-gossip",
        ]  # fmt: skip
        with (self._folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "celery", "-A", "tests.faults.celery_office", *told],
                cwd=CHECKOUT, env=self.settings.environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def sending(self, name: str) -> list[int]:
        """The processes of a worker's pool."""
        try:
            return [each.pid for each in psutil.Process(self.running[name].pid).children()]
        except psutil.NoSuchProcess:
            return []

    def kill(self, name: str) -> int:
        """Kill the program with everything it has started; how many processes were there to send."""
        found = len(self.sending(name))
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running.pop(name).wait(60)
        return found

    def kill_one(self, name: str) -> int:
        """Kill one of the processes that send; how many that were."""
        with suppress(IndexError, ProcessLookupError):
            os.kill(random.choice(self.sending(name)), signal.SIGKILL)
            return 1
        return 0

    def end(self, name: str) -> int:
        """Ask it to end, and wait; its exit code."""
        program = self.running[name]
        program.terminate()
        code = program.wait(60)
        self.kill(name)
        return code

    def double(self) -> None:
        """Messages that nobody needs."""
        for _ in range(DOUBLED):
            self.app.send_task(LOOK)

    def lose(self) -> int:
        """Take every message away; how many there were."""
        return int(self.app.control.purge() or 0)

    def log(self) -> str:
        """What the programs have said."""
        return "\n".join(path.read_text("utf-8", "replace")[-2_000:] for path in self._folder.glob("*.log"))


@contextmanager
def hall(settings: Settings, folder: Path) -> Iterator[Hall]:
    """Everything is killed, and the queue deleted, at the end."""
    made = Hall(settings, folder)
    try:
        yield made
    finally:
        for name in tuple(made.running):
            made.kill(name)
        with made.app.connection_for_write() as connection:
            channel = connection.default_channel
            channel.queue_delete(settings.queue)
            channel.exchange_delete(settings.queue)
        made.app.close()


def until(holds: Callable[[], object], made: Hall) -> None:
    """Wait until it holds. Raises TimeoutError with what the programs said."""
    end = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(made.log())
        time.sleep(0.05)


def killed(settings: Settings, folder: Path) -> dict[str, object]:
    """Two workers deliver everything while they are killed and messages are doubled and lost; each time something befalls
    them they have delivered again since, however slow the machine is.
    """
    workers = ("one", "two")
    paper = Path(settings.paper)
    kills = restarts = doubled = 0
    begun = time.monotonic()
    with hall(settings, folder) as made:
        made.double()
        lost = made.lose()
        for name in (*workers, "beat"):
            made.start(name)
        until(lambda: paper.stat().st_size, made)
        while left(settings.database):
            written = paper.stat().st_size
            draw = random.random()
            name = random.choice(workers)
            if draw < 0.8:
                kills += made.kill_one(name)
            elif draw < 0.9:
                name = "beat" if draw < 0.82 else name
                kills += made.kill(name)
                made.start(name)
                restarts += 1
            elif draw < 0.97:
                made.double()
                doubled += DOUBLED
            else:
                lost += made.lose()
            time.sleep(random.uniform(0.1, 0.4))
            until(lambda size=written: paper.stat().st_size > size or not left(settings.database), made)
    took = round(time.monotonic() - begun, 1)
    found = {"kills": kills, "restarts": restarts, "doubled": doubled, "lost": lost, "seconds": took}
    return {**found, **outcome(settings.database, paper)}

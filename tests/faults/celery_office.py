"""The office that the Celery workers of a test serve; CASEWORK_FAULTS_ON says where and how, as JSON.

`celery -A tests.faults.celery_office worker` and `… beat` are started by `celery_processes`.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from celery import Celery

from tests.faults.killing import Writing
from workflow.celery_app import celery_app
from workflow.channels import Channels
from workflow.outbox import Policy
from workflow.ports import Notice

SETTINGS = "CASEWORK_FAULTS_ON"


@dataclass(frozen=True)
class Settings:
    """Times in seconds: `lease` of a claim, `rest` after each delivery and before it is marked."""

    database: str
    broker: str
    queue: str
    paper: str
    lease: float = 3
    rest: float = 0.02
    hanging: bool = False

    def environment(self) -> dict[str, str]:
        """The environment of a process that is to serve this office."""
        return {**os.environ, SETTINGS: json.dumps(asdict(self))}


class Slow(Writing):
    """Writes a delivery down and takes its time before it answers. One that hangs never answers the first."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(Path(settings.paper))
        self._settings = settings

    def send(self, notice: Notice) -> None:
        first = not Path(self._settings.paper).stat().st_size
        super().send(notice)
        time.sleep(86_400 if first and self._settings.hanging else self._settings.rest)


def office(settings: Settings) -> Celery:
    """The app, the same in every process."""
    paper = Slow(settings)
    return celery_app(
        settings.database, lambda: Channels({"paper": paper}, "paper"),
        broker=settings.broker, queue=settings.queue, every=0.2, tell=paper.note,
        policy=Policy(settings.lease, settings.lease / 3, attempts=1_000, first_wait=0.05, longest_wait=0.1),
    )  # fmt: skip


if SETTINGS in os.environ:
    app = office(Settings(**json.loads(os.environ[SETTINGS])))

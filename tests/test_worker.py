"""The worker: rounds of timers and notices, and what it does when the database goes away."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ANN
from workflow import incidents
from workflow.channels import Channels
from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import deliver_due
from workflow.testing import RecordingNotifier
from workflow.timers import Fired
from workflow.worker import Worker


@pytest.fixture
def paper(desk: Engine) -> RecordingNotifier:
    """The one channel; a notice to dan is due."""
    desk.people.add(Party("dan", "Dan", groups=("desk",)))
    case = desk.open("ticket", ANN, {"title": "lamp"}).case.id
    desk.fire(case, "send", ANN)
    return RecordingNotifier("paper")


def worker(engine: Engine, paper: RecordingNotifier, events: list[str], **options: Any) -> Worker:
    return Worker(
        engine,
        Channels({"paper": paper}, "paper"),
        every=0.01,
        tell=lambda event, **facts: events.append(event),
        **options,
    )


def test_it_works_until_it_is_told_to_stop(desk: Engine, paper: RecordingNotifier) -> None:
    events: list[str] = []
    made = worker(desk, paper, events)
    made.shown = lambda worked, waiting: made.stop() if worked.rounds == 3 else None

    assert (1, 3) == (made.run().sent, made.done.rounds)
    assert ["started", "claimed", "sent", "stopped"] == events


def test_a_database_that_goes_away_is_waited_for(
    desk: Engine, paper: RecordingNotifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failures = [StoreUnavailable(Text("断了", "gone"))] * 2
    seen: list[str] = []

    def deliver(*args: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        seen.append((tmp_path / "health").read_text("utf-8"))
        return deliver_due(*args, **options)

    monkeypatch.setattr("workflow.worker.deliver_due", deliver)
    events: list[str] = []
    made = worker(desk, paper, events, health=tmp_path / "health")
    made.shown = lambda worked, waiting: made.stop()
    made.run()

    assert ["started", "database", "database", "claimed", "sent", "stopped"] == events
    assert '"error": "gone"' in seen[0]
    assert '"error": null' in (tmp_path / "health").read_text("utf-8")


def test_a_timer_that_cannot_take_its_step_is_an_incident(
    desk: Engine, paper: RecordingNotifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired = [(Fired("c1", "reply", "overdue", 0, None, Text("不能办", "not possible")),), (), ()]
    monkeypatch.setattr("workflow.worker.fire_due", lambda engine, limit: fired.pop(0))
    worker(desk, paper, []).run(once=True)

    assert [("timer", "c1/reply", "not possible")] == [
        (each.kind, each.about, each.text.en) for each in incidents.listed(desk)
    ]


def test_two_workers_share_the_work_and_nothing_arrives_twice(engine: Engine) -> None:
    engine.people.add(Party("dan", "Dan", groups=("desk",)))
    for _ in range(30):
        case = engine.open("ticket", ANN, {"title": "lamp"}).case.id
        engine.fire(case, "send", ANN)
    paper = RecordingNotifier("paper")
    threads = [threading.Thread(target=worker(engine, paper, []).run, kwargs={"once": True}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (30, 30) == (paper.calls, len(paper.sent))

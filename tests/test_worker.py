"""The worker: rounds of timers and notices, and what it does when the database goes away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ANN, DAN
from workflow.calendars import load_notice
from workflow.channels import Channels
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import deliver_due
from workflow.testing import FrozenClock, RecordingNotifier
from workflow.timers import Moved, recalculate
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


def test_a_full_disk_under_the_health_file_does_not_stop_the_work(
    desk: Engine, paper: RecordingNotifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    events: list[str] = []
    done = worker(desk, paper, events, health=tmp_path / "health").run(once=True)

    assert (1, 2) == (done.sent, events.count("health"))
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError):  # a folder that is not there is a mistake of whoever started it
        worker(desk, paper, events, health=tmp_path / "nowhere" / "health").run(once=True)


def test_a_calendar_that_was_loaded_elsewhere_is_counted_once_and_told(
    sqlite: str, make_engine: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock = FrozenClock(micros(datetime(2026, 10, 28, 10, tzinfo=OFFICE_ZONE)))
    monkeypatch.setattr("workflow.office.almanac.FRESH", 0.0)
    office, another = make_engine(sqlite, clock=clock), make_engine(sqlite, clock=clock)
    office.publish((Path(__file__).parent / "clocked.yaml").read_text(encoding="utf-8"))
    office.people.add(Party("edu", "Education", kind="unit"))
    office.fire(office.open("errand", DAN).case.id, "give", DAN, {"unit": "edu"})
    counted: list[int] = []

    def counting(engine: Engine) -> tuple[Moved, ...]:
        counted.append(len(moved := recalculate(engine)))
        return moved

    notice = tmp_path / "2027.yaml"
    notice.write_text(
        "casework-calendar: 1\nyear: 2027\nsource: 测试\noff: [2027-01-28..2027-01-29]\n", encoding="utf-8"
    )
    monkeypatch.setattr("workflow.calendars.recalculate", lambda engine: ())  # killed before it was counted anew
    paper, events = RecordingNotifier("paper"), list[str]()
    made = worker(office, paper, events)
    made.run(once=True)
    load_notice(another, notice, DAN)
    monkeypatch.setattr("workflow.calendars.recalculate", counting)
    made.run(once=True)
    made.run(once=True)

    assert ([1], 1) == (counted, events.count("moved"))
    assert ["edu"] == [sent.to for sent in paper.sent]
    assert office.verify().good
    clock.advance(minutes=11)  # somebody may have written by the calendar before
    made.run(once=True)
    assert [1, 0] == counted


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

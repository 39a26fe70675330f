"""Celery workers that are killed lose nothing, and neither do messages: the short form; `make faults` has the long one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.celery_office import Settings
from tests.faults.celery_processes import DOUBLED, hall, killed, until
from tests.faults.killing import left, outcome, prepare
from tests.faults.test_killed import NOTICES
from workflow.engine import Engine
from workflow.store import claims


@pytest.fixture
def settings(rabbitmq: str, new_database: Callable[[str], str], tmp_path: Path) -> Settings:
    """An office with a queue and a database of its own."""
    paper = tmp_path / "deliveries.jsonl"
    paper.touch()
    return Settings(new_database("postgresql"), rabbitmq, f"casework-test-{uuid.uuid4().hex}", str(paper))


def test_every_notice_arrives_though_workers_are_killed_and_messages_doubled_and_lost(
    settings: Settings, tmp_path: Path
) -> None:
    notices = prepare(settings.database, NOTICES)
    found = killed(settings, tmp_path)
    print("celery", notices, found)

    assert (notices, {"sent": notices}) == (found["delivered"], found["states"])
    assert found["kills"] > 1
    assert found["lost"] >= DOUBLED
    assert found["extra"] <= found["kills"]
    assert 0 == found["within_a_lease"]


def test_a_worker_that_is_asked_to_stop_ends_its_send_and_gives_the_rest_back(
    settings: Settings, tmp_path: Path
) -> None:
    prepare(settings.database, 150)
    with hall(settings, tmp_path) as made:
        made.start("one")
        made.double()
        until(lambda: Path(settings.paper).stat().st_size, made)
        assert 0 == made.end("one"), made.log()

    engine = Engine(settings.database)
    with engine.looking() as sql:
        rows = claims.find(sql, state=None, channel=None, party=None, file=None, limit=1_000)
    engine.close()
    delivered = len(Path(settings.paper).read_bytes().splitlines())
    assert delivered == len([row for row in rows if row.state == "sent"])
    assert [] == [row.id for row in rows if row.worker is not None]
    assert 0 < delivered < len(rows)


def test_a_process_whose_channel_hangs_for_ever_is_replaced(settings: Settings, tmp_path: Path) -> None:
    notices = prepare(settings.database, 10)
    hanging = replace(settings, lease=0.5, hanging=True)
    with hall(hanging, tmp_path) as made:
        made.start("one", at_once=1)
        made.start("beat")
        until(lambda: not left(settings.database), made)

    assert {"sent": notices} == outcome(settings.database, Path(settings.paper))["states"]

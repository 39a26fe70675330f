"""The round on Celery: what a message is, what a look does, and what the environment says. `tests/faults` kills it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.signals import worker_shutting_down

from tests.conftest import ANN
from workflow.celery_app import LONGEST_LIFE, LONGEST_QUEUE, LOOK, celery_app, from_environment
from workflow.channels import Channels
from workflow.core.errors import InputInvalid
from workflow.directory import Party
from workflow.engine import Engine
from workflow.outbox import Policy
from workflow.store import claims
from workflow.testing import RecordingNotifier

CHECKOUT = Path(__file__).parent.parent
SETTINGS = {"CASEWORK_DB": "postgres://db/office", "CASEWORK_BROKER": "amqp://mq//"}


@pytest.fixture
def paper(desk: Engine) -> RecordingNotifier:
    """The one channel; a notice to dan is due."""
    desk.people.add(Party("dan", "Dan", groups=("desk",)))
    desk.fire(desk.open("ticket", ANN, {"title": "lamp"}).case.id, "send", ANN)
    return RecordingNotifier("paper")


@pytest.fixture
def events() -> list[str]:
    """What was told."""
    return []


def made(database: str, paper: RecordingNotifier, events: list[str], **options: Any) -> Celery:
    """An app on a broker in memory, with a queue that no other test has."""
    return celery_app(
        database,
        lambda: Channels({"paper": paper}, "paper"),
        **{
            "broker": "memory://",
            "queue": f"q{id(events)}",
            "tell": lambda event, **_: events.append(event),
            **options,
        },
    )


def look(app: Celery) -> None:
    """Do what a worker does with one message."""
    app.tasks[LOOK].apply(throw=True)


@pytest.fixture
def app(sqlite: str, paper: RecordingNotifier, events: list[str]) -> Iterator[Celery]:
    with made(sqlite, paper, events) as app:
        yield app


def messages(app: Celery) -> list[Any]:
    """What waits in the queue, taken out of it."""
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue(app.amqp.queues[app.conf.task_default_queue])
        found = [queue.get_nowait() for _ in range(queue.qsize())]
        queue.close()
    return found


def test_a_look_delivers_what_is_due_and_asks_for_another(
    app: Celery, paper: RecordingNotifier, events: list[str]
) -> None:
    look(app)

    assert (1, ["claimed", "sent"], 1) == (paper.calls, events, len(messages(app)))


def test_a_look_that_finds_nothing_asks_for_no_other(app: Celery, paper: RecordingNotifier) -> None:
    look(app)
    messages(app)
    look(app)

    assert (1, []) == (paper.calls, messages(app))


def test_a_message_carries_nothing_and_is_kept_nowhere(app: Celery) -> None:
    look(app)
    (message,) = messages(app)
    args, keywords, _ = json.loads(message.body)

    assert ([], {}) == (args, keywords)
    assert "application/json" == message.content_type
    assert 1 == message.properties["delivery_mode"]
    assert (LOOK, None, None) == tuple(message.headers[name] for name in ("task", "eta", "expires"))


def test_the_queue_does_not_grow_while_no_worker_runs(app: Celery) -> None:
    arguments = app.amqp.queues[app.conf.task_default_queue].queue_arguments

    assert {"x-max-length": LONGEST_QUEUE, "x-message-ttl": LONGEST_LIFE * 1000} == arguments


def test_a_database_that_does_not_answer_is_told_and_left_to_the_next_look(
    tmp_path: Path, sqlite: str, paper: RecordingNotifier, events: list[str]
) -> None:
    health = tmp_path / "health.json"
    with made(f"sqlite:///{tmp_path}/nowhere.db", paper, events, health=health) as app:
        look(app)

        assert (["database"], []) == (events, messages(app))
    assert "the database has no tables" in json.loads(health.read_text("utf-8"))["error"]


def test_a_broker_that_does_not_answer_costs_nothing_of_what_was_done(
    sqlite: str, paper: RecordingNotifier, events: list[str]
) -> None:
    with made(sqlite, paper, events, broker="amqp://127.0.0.1:1//") as app:
        app.conf.update(broker_transport_options={"max_retries": 1, "interval_start": 0}, task_publish_retry=False)
        look(app)

    assert (1, ["claimed", "sent", "broker"]) == (paper.calls, events)


def test_a_worker_that_is_shutting_down_begins_no_send_and_gives_back_what_it_has(
    app: Celery, sqlite: str, paper: RecordingNotifier
) -> None:
    worker_shutting_down.send(sender="celery@here", sig="SIGTERM", how="Warm", exitcode=0)
    look(app)

    assert (0, []) == (paper.calls, messages(app))
    engine = Engine(sqlite)
    with engine.looking() as sql:
        assert [(1, 0, None)] == [(row.attempt, row.tries, row.worker) for row in rows(sql)]
    engine.close()


def rows(sql: Any) -> Any:
    return claims.find(sql, state=None, channel=None, party=None, file=None, limit=10)


def test_beat_asks_as_often_as_it_is_told_and_remembers_nothing(app: Celery) -> None:
    assert {LOOK: {"task": LOOK, "schedule": 1.0}} == app.conf.beat_schedule
    assert "celery.beat:Scheduler" == app.conf.beat_scheduler


def test_the_environment_says_everything() -> None:
    given = {"CASEWORK_QUEUE": "q", "CASEWORK_EVERY": "5", "CASEWORK_LEASE": "90", "CASEWORK_TIMEOUT": "30"}
    conf = from_environment({**SETTINGS, **given}).conf

    assert ("amqp://mq//", "q", 5, 900) == (
        conf.broker_url, conf.task_default_queue, conf.beat_schedule[LOOK]["schedule"], conf.task_time_limit,
    )  # fmt: skip
    assert 10 * Policy().lease == from_environment(SETTINGS).conf.task_time_limit


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("CASEWORK_DB", "", "set the environment variable CASEWORK_DB"),
        ("CASEWORK_BROKER", " ", "set the environment variable CASEWORK_BROKER"),
        ("CASEWORK_BROKER", "rabbit", "the address of the broker is not understood"),
        ("CASEWORK_BROKER", "amqp://u:secret@h:port//", "the address of the broker is not understood"),
        ("CASEWORK_BROKER", "sqs://", r'needs a package of its own: pip install "celery\[sqs\]"'),
        ("CASEWORK_LEASE", "1 min", "CASEWORK_LEASE must be a number from 0 to 86400, and is '1 min'"),
        ("CASEWORK_LEASE", "30", "the lease of 30 s must be at least twice the 20 s"),
        ("CASEWORK_EVERY", "0", "CASEWORK_EVERY must be a number from 0.05"),
        ("CASEWORK_ATTEMPTS", "nan", "CASEWORK_ATTEMPTS must be a number"),
    ],
)
def test_a_wrong_setting_is_named(setting: str, value: str, told: str) -> None:
    with pytest.raises(InputInvalid, match=told) as refused:
        from_environment({**SETTINGS, setting: value})
    assert "secret@h" not in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "value", "code", "told"),
    [
        ("CASEWORK_DB", "", 2, "请设环境变量 CASEWORK_DB"),
        ("CASEWORK_DB", "oracle7://x", 6, "数据库地址 oracle7://x 不能使用"),
        ("CASEWORK_CHANNELS", "nowhere.toml", 2, "读不到文件 nowhere.toml"),
    ],
)
def test_a_worker_that_cannot_work_says_why_and_ends(setting: str, value: str, code: int, told: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "workflow.celery_app", "worker"],
        cwd=CHECKOUT, env={**os.environ, "PYTHONUTF8": "1", **SETTINGS, setting: value},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert code == ran.returncode, ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr

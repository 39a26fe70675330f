"""Timers and notices on Celery, on as many machines as there are: the worker's round, asked for by messages.

A message carries nothing but "look now". What is due, and who has it, stands in the database; so a message that is
lost, doubled or late does no harm. Beat sends one every second, and a look that found something asks for another.

For hosts there is `celery_app`; `celery -A workflow.celery_app worker` takes everything from the environment.
"""

from __future__ import annotations

import logging
import mmap
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

from celery import Celery
from celery.signals import celeryd_init, worker_shutting_down
from celery.utils.log import get_task_logger
from kombu.exceptions import OperationalError
from kombu.transport import get_transport_cls
from kombu.utils.url import parse_url

from workflow.channels import Channels, read_channels
from workflow.core.errors import InputInvalid, StoreUnavailable, WorkflowError
from workflow.core.model import Text
from workflow.engine import Engine
from workflow.outbox import Policy, Tell
from workflow.store.addresses import address
from workflow.templates import Templates
from workflow.worker import Worker, line

LOOK = "casework.look"
QUEUE = "casework"
LONGEST_QUEUE = 100  # messages; the oldest makes room
LONGEST_LIFE = 60  # seconds of a message that nobody takes
BROKER = "amqp://casework:secret@mq.example:5672//"  # as an example
HUNG = 10  # leases after which a process is taken for hung, killed and replaced
TROUBLE = ("broker", "database", "failed", "overtaken", "parked")


def celery_app(
    database: str,
    channels: Callable[[], Channels],
    *,
    broker: str,
    queue: str = QUEUE,
    every: float = 1.0,
    policy: Policy = Policy(),
    templates: Templates | None = None,
    health: Path | None = None,
    tell: Tell | None = None,
) -> Celery:
    """A Celery app whose one task, `casework.look`, fires the timers and delivers the notices that are due.

    `database` is an address and `channels` is called in each process, for no connection goes through a fork. `broker`
    and `queue` say where the messages go, `every` how many seconds lie between two that beat sends. `health` is a file
    that is written after each look; `tell` is told of each event, by default the log is.

    Raises InputInvalid for a broker that is not understood. A worker that is started with a wrong database address or
    wrong channels says so and ends.
    """
    _check_broker(broker)
    app = Celery("casework", broker=broker, set_as_current=False)
    app.conf.update(
        task_default_queue=queue,
        task_queues={queue: {"queue_arguments": {"x-max-length": LONGEST_QUEUE, "x-message-ttl": LONGEST_LIFE * 1000}}},
        task_default_delivery_mode="transient",
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,  # a message of a worker that died is not needed again: the next one comes by itself
        task_time_limit=HUNG * policy.lease,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a broker that is away for a night is back in the morning
        beat_schedule={LOOK: {"task": LOOK, "schedule": every}},
        beat_scheduler="celery.beat:Scheduler",  # it has nothing to remember, so it needs no file
    )
    stop = mmap.mmap(-1, 1)  # one byte, seen by every process of the pool; it takes no lock, so a killed one keeps none

    def stopping() -> bool:
        return stop[0] == 1

    @cache
    def worker(process: int, host: str) -> Worker:
        name = f"{host}:{process}"
        return Worker(
            Engine(database), channels(), name=name, policy=policy, templates=templates, health=health,
            tell=tell or partial(_log, name),
        )  # fmt: skip

    def look(task: Any) -> None:
        """Work one round; ask for another if there may be more to do."""
        working = worker(os.getpid(), task.request.hostname)
        try:
            more = working.round(stopping)
        except StoreUnavailable as error:
            working.unanswered(error)
            return
        if more and not stopping():
            try:
                task.apply_async()
            except OperationalError as error:  # beat will ask, as soon as it gets through
                working.tell("broker", error=str(error))

    def starting(instance: Any, **_: Any) -> None:
        if instance.app is app:
            try:
                Engine(database).close()
                policy.check(channels())
            except WorkflowError as error:
                _leave(error)

    def ending(**_: Any) -> None:
        stop[0] = 1

    app.task(look, name=LOOK, bind=True, shared=False)  # or every app of the host would have it
    celeryd_init.connect(starting, weak=False)
    worker_shutting_down.connect(ending, weak=False)
    return app


def from_environment(environment: Mapping[str, str]) -> Celery:
    """The app that the variables describe (docs/operating.md lists them). Raises InputInvalid."""
    policy = Policy()
    templates = environment.get("CASEWORK_TEMPLATES")
    health = environment.get("CASEWORK_HEALTH")
    return celery_app(
        address(_needed(environment, "CASEWORK_DB", "postgresql://casework@db.example/casework")),
        partial(read_channels, environment.get("CASEWORK_CHANNELS")),
        broker=_needed(environment, "CASEWORK_BROKER", BROKER),
        queue=environment.get("CASEWORK_QUEUE", QUEUE),
        every=_number(environment, "CASEWORK_EVERY", 1.0, least=0.05),
        policy=Policy(
            _number(environment, "CASEWORK_LEASE", policy.lease),
            _number(environment, "CASEWORK_TIMEOUT", policy.send_timeout),
            int(_number(environment, "CASEWORK_ATTEMPTS", policy.attempts)),
        ),
        templates=Templates(Path(templates)) if templates else None,
        health=Path(health) if health else None,
    )


def __getattr__(name: str) -> Celery:
    """`app`: made from the environment when somebody asks for it, so that a host can import the rest."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        app = globals()["app"] = from_environment(os.environ)
    except WorkflowError as error:
        _leave(error)
    return app


# ---------------------------------------------------------------- what is said


def _log(worker: str, event: str, /, **facts: Any) -> None:
    level = logging.WARNING if event in TROUBLE else logging.INFO
    get_task_logger("casework").log(level, "%s", line(worker, event, **facts))


def _leave(error: WorkflowError) -> NoReturn:
    """Celery would show a traceback; an administrator is told what is wrong, in both languages."""
    print(error.say("zh"), error.say("en"), sep="\n", file=sys.stderr)
    raise SystemExit(error.exit_code) from None


# ---------------------------------------------------------------- what the environment says


def _needed(environment: Mapping[str, str], name: str, example: str) -> str:
    if value := environment.get(name, "").strip():
        return value
    raise InputInvalid(
        Text(f"请设环境变量 {name}，例：{example}", f"set the environment variable {name}, for instance {example}")
    )


def _number(environment: Mapping[str, str], name: str, default: float, least: float = 0) -> float:
    text = environment.get(name, "")
    try:
        number = float(text or default)
    except ValueError:
        number = -1
    if not least <= number <= 86_400:
        raise InputInvalid(
            Text(
                f"环境变量 {name} 应是 {least:g} 到 86400 之间的数，现在是“{text}”",
                f"the environment variable {name} must be a number from {least:g} to 86400, and is {text!r}",
            )
        )
    return number


def _check_broker(broker: str) -> None:
    """Raises InputInvalid for what is no address of a broker; the password that may be in it is not repeated."""
    kind = ""
    try:
        kind = parse_url(broker)["transport"]
        get_transport_cls(kind)
    except (KeyError, ValueError):
        raise InputInvalid(
            Text(
                f"消息代理的地址看不懂；应形如 {BROKER}",
                f"the address of the broker is not understood; it looks like {BROKER}",
            )
        ) from None
    except (AttributeError, ImportError):  # kombu looks into a package that is not there
        raise InputInvalid(
            Text(
                f'消息代理 {kind} 需要另装一个包：pip install "celery[{kind}]"',
                f'the broker {kind} needs a package of its own: pip install "celery[{kind}]"',
            )
        ) from None

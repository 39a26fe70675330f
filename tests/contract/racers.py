"""Sixteen processes, each with an engine of its own, that do something at the same moment.

They are forked once and kept warm: each has its connection and its lifecycles before a gate that opens for all at once.
What they do is a function of this module or of a test's: `act(engine, *given)`, and what comes back are plain values.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.exc import DBAPIError

from workflow.core.errors import Refused, Stale, StoreUnavailable, WorkflowError
from workflow.engine import Engine

RACERS = 16
PATIENCE = 120.0  # seconds for all to answer; a deadlock that nobody notices is a failure, not a hang
_PROCESSES = multiprocessing.get_context("fork")

Act = Callable[..., Any]
Entry = tuple[Act, tuple[Any, ...]]  # what one of them does, and with what


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of them got: `value` of what was done, or the class of what was raised, its sentences, and its facts."""

    value: Any = None
    raised: str = ""
    zh: str = ""
    en: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Racers:
    """The processes; made by `racers`."""

    def __init__(self, count: int) -> None:
        gate = _PROCESSES.Barrier(count)
        self._processes = []
        self._pipes: list[Connection] = []
        for _ in range(count):
            mine, theirs = _PROCESSES.Pipe()
            process = _PROCESSES.Process(target=_live, args=(theirs, gate), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._pipes.append(mine)

    def race(self, url: str, entries: Sequence[Entry]) -> list[Answer]:
        """What each entry came to on the database at `url`; all begin at the same moment."""
        idle: Entry = (_nothing, ())
        for pipe, entry in zip(self._pipes, [*entries, *[idle] * (len(self._pipes) - len(entries))], strict=True):
            pipe.send((url, entry))
        answers = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE), "a racer does not answer: it waits for another one"
            answers.append(pipe.recv())
        return answers[: len(entries)]

    def end(self) -> None:
        """Let them go."""
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()


@contextmanager
def racers(count: int = RACERS) -> Iterator[Racers]:
    """So many processes, until the end of the block."""
    gc.collect()
    gc.freeze()  # nothing of ours is collected over there, where closing it would say goodbye on our connections
    made = Racers(count)
    gc.unfreeze()
    try:
        yield made
    finally:
        made.end()


def _live(pipe: Connection, gate: Any) -> None:
    engines: dict[str, Engine] = {}
    while (order := pipe.recv()) is not None:
        url, (act, given) = order
        if url not in engines:
            for other in engines.values():
                with suppress(DBAPIError):  # its database was taken away, and the connection with it
                    other.close()
            engines = {url: Engine(url)}
        engine = engines[url]
        with suppress(StoreUnavailable):  # a race for a database that has no tables yet
            for each in engine.lifecycles():
                engine.lifecycle(each.name, each.version)
        gate.wait(PATIENCE)
        pipe.send(_answer(act, engine, given))


def _answer(act: Act, engine: Engine, given: tuple[Any, ...]) -> Answer:
    try:
        return Answer(act(engine, *given))
    except WorkflowError as error:
        facts: dict[str, Any] = {}
        if isinstance(error, Refused):
            facts = {"state": error.refusal.state, "codes": [each.code for each in error.blockers]}
            last = error.last
            facts["last"] = last and (last["who"]["id"], last["at"], last["action"])
        if isinstance(error, Stale):
            facts["changes"] = [(each["who"]["id"], each["at"], each["action"]) for each in error.changes]
        return Answer(None, type(error).__name__, error.say("zh"), error.say("en"), facts)
    except Exception as error:  # a fault of ours: the test shows it
        return Answer(None, f"unexpected {type(error).__name__}", str(error), str(error))


def _nothing(engine: Engine) -> None:
    """Only waits at the gate."""

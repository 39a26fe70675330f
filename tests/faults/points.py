"""Every moment at which a fault can strike: before each statement and each commit, around each letter and each file written,
and at the end, when everything is done and nobody has been told.

What goes on between two of these moments is in the memory of the process alone, so the moment after a statement is the one
before the next: a kill there is a kill "after" the first and "before" the second. Nothing here knows a dialect.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import event

from workflow.store.connections import Own

LONGEST = 120  # seconds for one life


class Watcher(Protocol):
    """Is told of every statement; `raw` is the driver's connection."""

    def ready(self, raw: Any) -> None:
        """A connection is ready for commands; what was said on it until now prepared it."""

    def before(self, raw: Any, sql: str) -> None:
        """The statement is about to be sent."""

    def after(self, raw: Any, sql: str) -> None:
        """It was carried out."""


class _Cursor:
    def __init__(self, cursor: Any, raw: Any, watcher: Watcher) -> None:
        self._cursor, self._raw, self._watcher = cursor, raw, watcher

    def execute(self, sql: str, *values: Any) -> None:
        self._watcher.before(self._raw, sql)
        self._cursor.execute(sql, *values)
        self._watcher.after(self._raw, sql)

    def executemany(self, sql: str, rows: Any) -> None:
        self._watcher.before(self._raw, sql)
        self._cursor.executemany(sql, rows)
        self._watcher.after(self._raw, sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class _Raw:
    def __init__(self, raw: Any, watcher: Watcher) -> None:
        self._raw, self._watcher = raw, watcher

    def cursor(self) -> _Cursor:
        return _Cursor(self._raw.cursor(), self._raw, self._watcher)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


@contextmanager
def watched(engine: sa.Engine, watcher: Watcher) -> Iterator[None]:
    """Whatever is said to this database meanwhile, by our own cursors or through SQLAlchemy. Connections made before are
    not watched.
    """

    def before(connection: Any, cursor: Any, sql: str, *_: object) -> None:
        watcher.before(connection.connection.dbapi_connection, sql)

    def after(connection: Any, cursor: Any, sql: str, *_: object) -> None:
        watcher.after(connection.connection.dbapi_connection, sql)

    whole = Own.__init__

    def begun(own: Own, sql: sa.Connection) -> None:
        whole(own, sql)
        watcher.ready(own.raw)
        own.raw = _Raw(own.raw, watcher)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    Own.__init__ = begun  # type: ignore[method-assign]
    try:
        yield
    finally:
        Own.__init__ = whole  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


class Countdown:
    """Counts the moments; at number `at` (from 1) the process is killed."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def here(self) -> None:
        """One of the moments."""
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def ready(self, raw: Any) -> None:
        """Preparing it counts like everything else."""

    def before(self, raw: Any, sql: str) -> None:
        self.here()

    def after(self, raw: Any, sql: str) -> None:
        """The next moment is the same."""

    def heard(self, name: str, facts: tuple[Any, ...]) -> None:
        """Files that are opened to be written, and renamed, change what a successor finds."""
        writing = name == "open" and isinstance(facts[2], int) and facts[2] & (os.O_WRONLY | os.O_RDWR)
        if writing or name == "os.rename":
            self.here()


@dataclass(frozen=True)
class Life:
    """What became of a process: whether it was killed, how many moments it saw, and what it answered."""

    killed: bool
    points: int = 0
    answer: Any = None


def lived(engine: sa.Engine, at: int, work: Callable[[Callable[[], None]], Any]) -> Life:
    """`work(here)` in another process that is killed at moment `at`; it calls `here` where something happens outside of the
    database, and must open connections of its own. Raises RuntimeError where `work` does.
    """
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        signal.alarm(LONGEST)
        _live(engine, Countdown(at), work, says)
    os.close(says)
    with open(hears, "rb") as told:  # noqa: PTH123 - a descriptor
        text = told.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == -signal.SIGKILL:
        return Life(killed=True)
    if code != 0:
        raise RuntimeError(text.decode() or f"ended with {code}")
    return Life(False, *json.loads(text))


def _live(engine: sa.Engine, countdown: Countdown, work: Callable[[Callable[[], None]], Any], says: int) -> None:
    """The other process, which never returns."""
    code = 1
    gc.disable()  # it would touch every page, which would then have to be copied
    try:
        sys.dont_write_bytecode = True
        sys.addaudithook(countdown.heard)
        with watched(engine, countdown):
            answer = work(countdown.here)
        countdown.here()
        os.write(says, json.dumps([countdown.count, answer]).encode())
        code = 0
    except BaseException as error:
        os.write(says, f"{type(error).__name__}: {error}"[:4_000].encode())
    finally:
        os._exit(code)

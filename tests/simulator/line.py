"""The line from a simulated process to its database: SQLite, and whatever may go wrong between the two.

A statement may be refused before it was carried out, or its answer lost after it; the connection may be cut; the process may
be killed there. And whenever a process is in no transaction, others may go first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, Protocol

from workflow.store.databases import BUSY_TIMEOUT

CUT = "Cannot operate on a closed database."  # how SQLite says that the connection is gone
_COMPLAINTS = (
    ("database is locked", "SQLITE_BUSY", 5),
    ("disk I/O error", "SQLITE_IOERR_WRITE", 778),
    ("database or disk is full", "SQLITE_FULL", 13),
)
_LOST = ("disk I/O error", "SQLITE_IOERR_FSYNC", 1034)
_VIRTUAL = {  # no power fails here, and who waits for a lock in one thread waits in vain
    "PRAGMA synchronous=FULL": "PRAGMA synchronous=OFF",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT}": "PRAGMA busy_timeout=0",
}
_KINDS = ("refused", "unheard", "cut before", "cut after", "killed before", "killed after")


class Killed(BaseException):
    """The process is gone in the middle of what it did."""


class Process(Protocol):
    """Whose line it is."""

    def others(self) -> None:
        """Others may go first."""

    def struck(self, fault: str) -> None:
        """A fault of this kind has come over it."""


class Weather:
    """How often what goes wrong, in shares of the statements; nothing while it is `calm`."""

    def __init__(self, chance: Random, often: float) -> None:
        self._chance = chance
        self._often = often
        self.calm = True

    def draw(self, commit: bool) -> str:
        """The fault that comes now; "" for none. A commit is struck more often: there the outcome is unknown."""
        if self.calm or self._chance.random() >= self._often * (6 if commit else 1):
            return ""
        return self._chance.choice(_KINDS)

    def complaint(self, commit: bool, after: bool) -> sqlite3.OperationalError:
        """What the database says."""
        text, name, code = _LOST if after else self._chance.choice(_COMPLAINTS[1:] if commit else _COMPLAINTS)
        error = sqlite3.OperationalError(text)
        error.sqlite_errorname, error.sqlite_errorcode = name, code
        return error


class Line(sqlite3.Connection):
    """One connection."""

    def __init__(self, process: Process, weather: Weather, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.process, self.weather, self.broken = process, weather, False

    def cursor(self, *_: object) -> Any:
        """A cursor on which things go wrong."""
        if self.broken:
            raise sqlite3.ProgrammingError(CUT)
        return super().cursor(_Cursor)

    def through(self, sql: str, do: Callable[[], Any]) -> Any:
        """Carry out a statement, if nothing happens to it."""
        word = sql.split(None, 1)[0].upper()
        if word == "PRAGMA" or self.process is None:
            return do()
        if not self.in_transaction:
            self.process.others()
        if word == "ROLLBACK":  # a database that is asked to forget does not say no
            return do()
        fault = self.weather.draw(word == "COMMIT")
        if not fault:
            return do()
        if fault in ("unheard", "cut after", "killed after"):
            do()
        self.process.struck(f"{fault}{' at commit' if word == 'COMMIT' else ''}")
        if fault in ("refused", "unheard"):
            raise self.weather.complaint(word == "COMMIT", fault == "unheard")
        self.broken = True
        if self.in_transaction:
            self.rollback()  # closing alone would keep the lock for as long as a cursor is remembered somewhere
        self.close()
        raise Killed if fault.startswith("killed") else sqlite3.ProgrammingError(CUT)


class _Cursor(sqlite3.Cursor):
    connection: Line

    def execute(self, sql: str, *values: Any) -> Any:
        sql = _VIRTUAL.get(sql, sql)
        return self.connection.through(sql, lambda: super(_Cursor, self).execute(sql, *values))

    def executemany(self, sql: str, rows: Iterable[Any]) -> Any:
        return self.connection.through(sql, lambda: super(_Cursor, self).executemany(sql, rows))

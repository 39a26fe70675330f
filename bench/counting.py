"""Exact counts of one step: what seconds cannot say."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.sql.compiler import SQLCompiler

from bench.contenders import Contender
from bench.walk import ROAD

_SENT = re.compile(r"^F\t\d+\t(?:Query|Execute)\b", re.MULTILINE)
_READY = re.compile(r"^B\t\d+\tReadyForQuery\b", re.MULTILINE)


@dataclass(slots=True)
class Counts:
    """What one step asked of the database. `trips` is None on SQLite, which is no server."""

    statements: int = 0
    trips: int | None = None
    commits: int = 0
    compilations: int = 0
    texts: list[str] = field(default_factory=list)


def counted(contender: Contender, cases: list[str]) -> Counts:
    """Counts of the second leg (two notices) on the last of `cases`; the others are walked before, to warm up."""
    *warm, last = cases
    for case in warm:
        for leg in ROAD:
            contender.step(case, leg)
    contender.step(last, ROAD[0])
    driver = contender.driver()
    watch = _watch_sqlite if hasattr(driver, "set_trace_callback") else _watch_postgres
    found = Counts()
    with _watch_compilations(found), watch(driver, found):
        contender.step(last, ROAD[1])
    return found


@contextmanager
def _watch_sqlite(driver: Any, found: Counts) -> Iterator[None]:
    driver.set_trace_callback(found.texts.append)
    try:
        yield
    finally:
        driver.set_trace_callback(None)
    found.statements = len(found.texts)
    found.commits = sum(text.upper().startswith("COMMIT") for text in found.texts)


@contextmanager
def _watch_postgres(driver: Any, found: Counts) -> Iterator[None]:
    """libpq itself writes down the protocol; the server's transaction numbers tell who wrote."""
    import psycopg

    with psycopg.connect(driver.info.dsn, password=driver.info.password, autocommit=True) as other:
        before = _next_transaction(other)
        with tempfile.TemporaryFile("w+") as file:
            driver.pgconn.trace(file.fileno())
            driver.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
            try:
                yield
            finally:
                driver.pgconn.untrace()
            file.seek(0)
            said = file.read()
        found.commits = _next_transaction(other) - before
    found.statements = len(_SENT.findall(said))
    found.trips = len(_READY.findall(said))


def _next_transaction(connection: Any) -> int:
    return int(connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0])


@contextmanager
def _watch_compilations(found: Counts) -> Iterator[None]:
    original = SQLCompiler.__init__

    def counting(self: Any, *args: Any, **options: Any) -> None:
        found.compilations += 1
        original(self, *args, **options)

    SQLCompiler.__init__ = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        SQLCompiler.__init__ = original  # type: ignore[method-assign]

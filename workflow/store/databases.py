"""What differs between the databases: how a transaction is begun, what is asked of a session, what an error means.

The statements are the same everywhere, but for what `postgresql` writes at once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import OperationalError

from workflow.store import mariadb
from workflow.store.failures import code_of

BUSY_TIMEOUT = 30_000  # milliseconds that a writer waits for another one on SQLite


@dataclass(frozen=True, slots=True)
class Manners:
    """How one kind of database is spoken to."""

    prepare: Callable[[Connection], None]  # a session of ours, before it is first used; raises StoreUnavailable
    begin: str
    snapshot: tuple[str, ...]  # begins to read one moment of the database, whatever others write meanwhile
    collisions: frozenset[str]  # errors that say that another transaction was in the way
    unanswered: Callable[[str], bool]  # whether such an error leaves open what became of a COMMIT
    # nobody else changes the schema in this block, which the transaction begins with; raises StoreUnavailable
    alone: Callable[[Connection], AbstractContextManager[None]]


def manners(dialect: Dialect) -> Manners:
    """Those of the database behind this dialect; of one that is not known, what the standard says."""
    return _KNOWN.get(dialect.name, _STANDARD)


def _as_it_is(sql: Connection) -> None:
    """Nothing is asked of the session."""


def _among_others(sql: Connection) -> AbstractContextManager[None]:
    """Others are not kept out: the second is told that a table exists, and finds all in order when he tries again."""
    return nullcontext()


def _prepare_sqlite(sql: Connection) -> None:
    sql.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")  # first: changing the journal mode may have to wait
    _write_ahead(sql)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten: erased is erased; many builds do so anyway
    ):
        sql.exec_driver_sql(f"PRAGMA {pragma}")


def _write_ahead(sql: Connection) -> None:
    """Of two who change the journal mode of a new file at once, SQLite lets none wait: the second finds it changed when
    he tries again.
    """
    until = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            sql.exec_driver_sql("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if not code_of(error.orig or error).startswith("SQLITE_BUSY") or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - so that those who met do not meet again


@contextmanager
def _alone_on_sqlite(sql: Connection) -> Iterator[None]:
    sql.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    sql.exec_driver_sql("BEGIN IMMEDIATE")  # its driver would begin with the first row that is written
    yield


@contextmanager
def _alone_on_postgresql(sql: Connection) -> Iterator[None]:
    sql.exec_driver_sql(f"SELECT pg_advisory_xact_lock({int.from_bytes(b'casework')})")  # until the transaction ends
    yield


_SQLSTATES = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock not available
_STANDARD = Manners(
    _as_it_is, "BEGIN", ("BEGIN",), _SQLSTATES, lambda code: code == "" or code.startswith("08"), _among_others
)
_MARIADB = Manners(mariadb.prepare, "BEGIN", mariadb.SNAPSHOT, mariadb.COLLISIONS, mariadb.unanswered, mariadb.alone)
_KNOWN = {
    "sqlite": Manners(
        _prepare_sqlite,
        "BEGIN IMMEDIATE",
        ("BEGIN",),
        frozenset(),
        lambda code: code == "" or code.startswith("SQLITE_IOERR"),
        _alone_on_sqlite,
    ),
    "postgresql": Manners(
        _as_it_is,
        "BEGIN",
        ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
        _SQLSTATES,
        lambda code: code == "" or code.startswith("08"),
        _alone_on_postgresql,
    ),
    "mariadb": _MARIADB,
    "mysql": _MARIADB,
}

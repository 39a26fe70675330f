"""What differs between the databases: how a transaction is begun, what is asked of a session, what an error means.

The statements are the same everywhere, but for what `postgresql` writes at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Dialect

from workflow.store import mariadb

BUSY_TIMEOUT = 30_000  # milliseconds that a writer waits for another one on SQLite


@dataclass(frozen=True, slots=True)
class Manners:
    """How one kind of database is spoken to."""

    prepare: Callable[[Connection], None]  # a session of ours, before it is first used; raises StoreUnavailable
    begin: str
    snapshot: tuple[str, ...]  # begins to read one moment of the database, whatever others write meanwhile
    collisions: frozenset[str]  # errors that say that another transaction was in the way
    unanswered: Callable[[str], bool]  # whether such an error leaves open what became of a COMMIT


def manners(dialect: Dialect) -> Manners:
    """Those of the database behind this dialect; of one that is not known, what the standard says."""
    return _KNOWN.get(dialect.name, _STANDARD)


def _as_it_is(sql: Connection) -> None:
    """Nothing is asked of the session."""


def _prepare_sqlite(sql: Connection) -> None:
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT}",  # first: changing the journal mode may have to wait
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten: erased is erased; many builds do so anyway
    ):
        sql.exec_driver_sql(f"PRAGMA {pragma}")


_SQLSTATES = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock not available
_STANDARD = Manners(_as_it_is, "BEGIN", ("BEGIN",), _SQLSTATES, lambda code: code == "" or code.startswith("08"))
_MARIADB = Manners(mariadb.prepare, "BEGIN", mariadb.SNAPSHOT, mariadb.COLLISIONS, mariadb.unanswered)
_KNOWN = {
    "sqlite": Manners(
        _prepare_sqlite,
        "BEGIN IMMEDIATE",
        ("BEGIN",),
        frozenset(),
        lambda code: code == "" or code.startswith("SQLITE_IOERR"),
    ),
    "postgresql": Manners(
        _as_it_is,
        "BEGIN",
        ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
        _SQLSTATES,
        lambda code: code == "" or code.startswith("08"),
    ),
    "mariadb": _MARIADB,
    "mysql": _MARIADB,
}

"""The one log of all records: which are in it, in which order, and which are still to come.

A record's `position` is its place in the log, counted from 1; 0 until it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from workflow.core.checkpoint import Checkpoint, note
from workflow.core.model import Micros
from workflow.core.written import leaf as hashed
from workflow.core.written import read
from workflow.store.tables import OFFICE, checkpoints, records

BATCH = 5_000  # rows fetched at a time
NEW = "casework"  # the origin of the log of a new database
FEW = 8  # records that are asked what log they are of, should the first be damaged

_new = (
    select(records.c.file, records.c.seq, records.c.leaf)
    .where(records.c.position == 0)
    .order_by(records.c.file, records.c.seq)  # the order of the index: nothing is sorted, and no file runs backwards
    .limit(bindparam("most"))
)
_place = (
    update(records)
    .where(records.c.file == bindparam("b_file"), records.c.seq == bindparam("b_seq"), records.c.position == 0)
    .values(position=bindparam("position"))
)
_in_order = (
    select(records.c.position, records.c.file, records.c.seq, records.c.leaf)
    .where(records.c.position > bindparam("after"))
    .order_by(records.c.position, records.c.file, records.c.seq)
    .limit(bindparam("most"))
)


class Origin:
    """What a log is called: as was given, or else as its first record says. Shared by all threads of an engine."""

    def __init__(self, given: str | None) -> None:
        self.known = given

    def on(self, sql: Connection) -> str:
        """The origin; read from this connection where it is not known yet, for somebody may be about to begin it."""
        if self.known is None:
            self.known = origin(sql)
        return self.known or NEW


def origin(sql: Connection) -> str | None:
    """The origin of the log, as its first record says that is what its hash says; None where there is none.

    The office's own records stand first: whoever publishes a lifecycle, or sets the hash, writes one before any case.
    """
    for files in (records.c.file == OFFICE, records.c.file != OFFICE):
        query = select(records.c.body, records.c.leaf).where(files).order_by(records.c.file, records.c.seq).limit(FEW)
        for row in sql.execute(query):
            with suppress(ValueError, KeyError, TypeError):
                found = read(row.body)["log"]
                if isinstance(found, str) and hashed(row.body, found) == row.leaf:
                    return found
    return None


def size(sql: Connection) -> int:
    """How many records are sealed, by the greatest position that there is."""
    return sql.execute(select(func.max(records.c.position))).scalar() or 0


def unsealed(sql: Connection, most: int) -> Sequence[Any]:
    """At most so many of the records that are not sealed yet: file, seq and leaf."""
    return sql.execute(_new, {"most": most}).all()


def beyond(sql: Connection, covered: int, file: str | None = None) -> int:
    """How many records no checkpoint of `covered` records covers: those behind it, and those not sealed; of one file
    where it is given.
    """
    query = select(func.count()).where(or_(records.c.position > covered, records.c.position < 1))
    return int(sql.execute(query if file is None else query.where(records.c.file == file)).scalar_one())


def sealed(sql: Connection) -> int:
    """How many records claim a position, also one that no log has."""
    return int(sql.execute(select(func.count()).where(records.c.position != 0)).scalar_one())


def grown(sql: Connection, since: int) -> Sequence[str]:
    """The files that have a record behind position `since`, or one that is not sealed, in order."""
    newer = select(records.c.file).where(records.c.position > since)
    unsealed = select(records.c.file).where(records.c.position < 1)
    return sql.execute(newer.union(unsealed).order_by("file")).scalars().all()


def place(sql: Connection, rows: Sequence[Any], first: int) -> None:
    """Give these records their positions, from `first` on."""
    sql.execute(
        _place,
        [{"b_file": row.file, "b_seq": row.seq, "position": at} for at, row in enumerate(rows, first)],
    )


def leaf(row: Any) -> bytes:
    """The leaf hash of a record, the last column of its row; what cannot be read as one stands for itself, and fits no
    root.
    """
    try:
        return bytes.fromhex(row[-1])
    except (TypeError, ValueError):
        return str(row[-1]).encode()


def loosen(sql: Connection, size: int) -> None:
    """Records behind position `size` are as if they had never been sealed."""
    sql.execute(update(records).where(records.c.position > size).values(position=0))


def in_order(sql: Connection, after: int = 0) -> Iterator[Any]:
    """Position, file, seq and leaf of each sealed record behind position `after`, in the order of the log."""
    while True:
        rows = sql.execute(_in_order, {"after": after, "most": BATCH}).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].position


def at(sql: Connection, position: int) -> Any:
    """The record at this position, or else the next one; None behind the last."""
    return sql.execute(_in_order, {"after": position - 1, "most": 1}).first()


def positions(sql: Connection, file: str) -> dict[int, int]:
    """The positions of the records of a file, by seq."""
    query = select(records.c.seq, records.c.position).where(records.c.file == file)
    return {row.seq: row.position for row in sql.execute(query)}


def keep(sql: Connection, at: Micros, size: int, text: str) -> None:
    """Keep a checkpoint for people to look at; one that is there already stays as it is."""
    known = select(checkpoints.c.size).where(checkpoints.c.at == at, checkpoints.c.size == size)
    if sql.execute(known).first() is None:
        sql.execute(insert(checkpoints), {"at": at, "size": size, "note": text})


def newest(sql: Connection, file: str | None = None) -> Checkpoint | None:
    """The newest checkpoint, for printing its short form; with `file` only where it covers all records of that file."""
    for row in kept(sql, 1):
        with suppress(ValueError):
            found = note(row.note).checkpoint
            if file is None or not beyond(sql, found.size, file):
                return found
    return None


def kept(sql: Connection, most: int) -> Sequence[Any]:
    """The newest checkpoints."""
    return sql.execute(select(checkpoints).order_by(checkpoints.c.at.desc()).limit(most)).all()

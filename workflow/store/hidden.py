"""The personal values that stand in the records as commitments."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from workflow.core.personal import told
from workflow.store.queries import BATCH, Record, history
from workflow.store.tables import personal


def hidden_in(sql: Connection, file: str) -> Sequence[Row[Any]]:
    """What is kept of one file, in the order of its records."""
    return sql.execute(select(personal).where(personal.c.file == file).order_by(*_ORDER)).all()


def told_history(sql: Connection, file: str, *, until: int | None = None) -> tuple[Record, ...]:
    """The records of one file in order, with the personal values that are still there in their places."""
    known = {row.commitment: row.value for row in hidden_in(sql, file)}
    return tuple(told(record, known) for record in history(sql, file, until=until))


class Beside:
    """What is kept of one file after the other, in the order of their names; read a batch at a time."""

    def __init__(self, sql: Connection) -> None:
        self._sql = sql
        self._read: deque[Row[Any]] = deque()
        self._last: tuple[str, int, str] = ("", 0, "")
        self._whole = False  # nothing comes behind what was read

    def of(self, file: str) -> list[Row[Any]]:
        """What is kept of the next file."""
        found: list[Row[Any]] = []
        self._last = max(self._last, (file, 0, ""))
        while True:
            while self._read and self._read[0].file <= file:
                row = self._read.popleft()
                if row.file == file:
                    found.append(row)
            if self._read or self._whole:
                return found
            self._read_on()

    def _read_on(self) -> None:
        file, seq, commitment = self._last
        behind = or_(
            personal.c.file > file,
            (personal.c.file == file) & (personal.c.seq > seq),
            (personal.c.file == file) & (personal.c.seq == seq) & (personal.c.commitment > commitment),
        )
        query = select(personal).where(personal.c.file >= file, behind).order_by(*_ORDER).limit(BATCH)
        self._read.extend(self._sql.execute(query).all())
        self._whole = len(self._read) < BATCH
        if self._read:
            row = self._read[-1]
            self._last = (row.file, row.seq, row.commitment)


_ORDER = (personal.c.file, personal.c.seq, personal.c.commitment)

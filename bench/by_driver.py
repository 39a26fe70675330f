"""The limit of a day on MariaDB: its driver alone sends the questions and the writes of an office, and decides nothing."""

from __future__ import annotations

import random
from typing import Any

import sqlalchemy as sa

from bench.filling import UNITS, numbered

_CASE = "SELECT c.*, t.body FROM cases c LEFT JOIN contents t ON t.case_id = c.id WHERE c.root = %s ORDER BY c.place"
_TODO = """SELECT c.*, r.number, r.title, h.since, h.party
FROM (SELECT case_id, party, since FROM holders WHERE party = %s ORDER BY since, case_id LIMIT 50) h
JOIN cases c ON c.id = h.case_id JOIN cases r ON r.id = c.root ORDER BY h.since, h.case_id"""
_LOCK = "SELECT records, head, state, trail, body FROM cases WHERE id = %s FOR UPDATE"
_MOVE = """UPDATE cases SET state = 'screened', origin = 'submitted', entered_at = entered_at + 1, revision = revision + 1,
records = records + 1, head = REPEAT('0123456789abcdef', 4),
trail = '{"visits":{"screened":1,"submitted":1},"waits":["dispatchers"]}' WHERE id = %s"""
_PASS = "UPDATE holders SET party = 'dispatchers', since = since + 1 WHERE case_id = %s"
_APPEND = """INSERT INTO records (file, seq, case_id, at, kind, action, source, target, actor, leaf, body)
VALUES (%s, %s, %s, 1, 'move', 'screen', 'submitted', 'screened', 'c1', REPEAT('0123456789abcdef', 4), REPEAT('x', 560))"""
_NOTIFY = """INSERT INTO notices (id, file, seq, case_id, party, template, state, attempt, next_at)
VALUES (%s, %s, %s, %s, 'm1', 'screened', 'pending', 0, 1)"""


class Requests:
    """A client with one connection of the driver."""

    def __init__(self, url: str, chance: random.Random, cases: int, own: range) -> None:
        self._engine = sa.create_engine(url)
        self._connection: Any = self._engine.raw_connection()
        self._ask: Any = self._connection.cursor()
        self._chance = chance
        self._cases = cases
        self._connection.dbapi_connection.autocommit(True)

    def todo(self) -> None:
        """A page of a list."""
        self._select(_TODO, f"unit-{self._chance.randrange(UNITS)}")

    def show(self) -> None:
        """A case, twice: the engine reads it for itself and for what may be done with it."""
        case = self._any()
        self._select(_CASE, case)
        self._select(_CASE, case)

    def why(self) -> None:
        """A case."""
        self._select(_CASE, self._any())

    def command(self) -> None:
        """What a step writes."""
        case = self._any()
        self._ask.execute("BEGIN")
        ((records, *_),) = self._select(_LOCK, case)
        self._ask.execute(_MOVE, (case,))
        self._ask.execute(_PASS, (case,))
        self._ask.execute(_APPEND, (case, records + 1, case))
        self._ask.execute(_NOTIFY, (f"{case}.{records + 1}.1", case, records + 1, case))
        self._ask.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._engine.dispose()

    def _select(self, sql: str, value: str) -> Any:
        self._ask.execute(sql, (value,))
        return self._ask.fetchall()

    def _any(self) -> str:
        return numbered(self._chance.randint(1, self._cases))

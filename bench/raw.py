"""The limit: the drivers alone, with prepared statements written by hand and one commit for each step."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from bench.by_hand import MOVED, NOTICE, READ, RECORD, NotAllowed, worked_out
from bench.walk import Leg


def _listed(count: int, mark: str) -> str:
    return ", ".join([mark] * count)


def _statements(mark: str) -> dict[str, str]:
    moved = ", ".join(f"{name} = {mark}" for name in MOVED)
    return {
        "read": f"SELECT {', '.join(READ)} FROM cases WHERE id = {mark}",
        "move": f"UPDATE cases SET {moved} WHERE id = {mark} AND records = {mark} AND links = {mark}",
        "append": f"INSERT INTO records ({', '.join(RECORD)}) VALUES ({_listed(len(RECORD), mark)})",
        "notify": f"INSERT INTO notices ({', '.join(NOTICE)}) VALUES ({_listed(len(NOTICE), mark)})",
        "pass": f"UPDATE holders SET party = {mark}, since = {mark} WHERE case_id = {mark} AND party = {mark}",
        "drop": f"DELETE FROM holders WHERE case_id = {mark} AND party = {mark}",
    }


def _must_be_one(rows: int) -> None:
    if rows != 1:
        raise NotAllowed("somebody else was there first")


class RawSQLite:
    """`sqlite3`: BEGIN IMMEDIATE, one SELECT, four writes, COMMIT."""

    def __init__(self, path: str, digest: str, *, synchronous: str = "FULL") -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self._digest = digest
        self._sql = _statements("?")

    def step(self, case: str, leg: Leg) -> None:
        cursor, sql = self.connection.cursor(), self._sql
        cursor.execute("BEGIN IMMEDIATE")
        try:
            row = cursor.execute(sql["read"], (case,)).fetchone()
            w = worked_out(case, row, leg, time.time_ns() // 1000, self._digest)
            cursor.execute(sql["move"], (*w.moved, case, w.seen, w.links))
            _must_be_one(cursor.rowcount)
            if w.holds is None:
                cursor.execute(sql["drop"], (case, w.held))
            else:
                cursor.execute(sql["pass"], (w.holds, w.moved[3], case, w.held))
            cursor.execute(sql["append"], w.record)
            cursor.executemany(sql["notify"], w.notices)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.close()

    def close(self) -> None:
        self.connection.close()


class RawPostgres:
    """`psycopg`, six round trips: BEGIN, SELECT, three writes (holder and notices in one), COMMIT."""

    def __init__(self, conninfo: str, digest: str) -> None:
        import psycopg

        self.connection: Any = psycopg.connect(conninfo, prepare_threshold=0)
        self._digest = digest
        sql = _statements("%s")
        arrays = "text text int text text text text int bigint".split()
        rows = ", ".join(f"%s::{type}[]" for type in arrays)
        notify = f"INSERT INTO notices ({', '.join(NOTICE)}) SELECT * FROM unnest({rows})"
        self._read = sql["read"] + " FOR UPDATE"
        self._move, self._append = sql["move"], sql["append"]
        self._pass = f"WITH held AS ({sql['pass']}) {notify}"
        self._drop = f"WITH held AS ({sql['drop']}) {notify}"

    def step(self, case: str, leg: Leg) -> None:
        connection = self.connection
        try:
            row = connection.execute(self._read, (case,)).fetchone()
            w = worked_out(case, row, leg, time.time_ns() // 1000, self._digest)
            _must_be_one(connection.execute(self._move, (*w.moved, case, w.seen, w.links)).rowcount)
            connection.execute(self._append, w.record)
            notices = [list(column) for column in zip(*w.notices, strict=True)]
            if w.holds is None:
                connection.execute(self._drop, (case, w.held, *notices))
            else:
                connection.execute(self._pass, (w.holds, w.moved[3], case, w.held, *notices))
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    def close(self) -> None:
        self.connection.close()


class RawPostgresAtOnce:
    """`psycopg`, two round trips: SELECT, then everything in one statement. The least there can be."""

    def __init__(self, conninfo: str, digest: str) -> None:
        import psycopg

        self.connection: Any = psycopg.connect(conninfo, prepare_threshold=0, autocommit=True)
        self._digest = digest
        sql = _statements("%s")
        self._read = sql["read"]
        record_types = "text int text bigint text text text text text text text".split()
        record = ", ".join(f"%s::{type}" for type in record_types)
        rows = ", ".join(f"%s::{type}[]" for type in "text text int text text text text int bigint".split())
        self._write = {
            last: (
                f"WITH moved AS ({sql['move']} RETURNING revision), "
                f"held AS ({holder} AND EXISTS (SELECT 1 FROM moved)), "
                f"kept AS (INSERT INTO records ({', '.join(RECORD)}) SELECT {record} FROM moved), "
                f"told AS (INSERT INTO notices ({', '.join(NOTICE)}) SELECT n.* FROM moved, unnest({rows}) AS n) "
                "SELECT revision FROM moved"
            )
            for last, holder in ((False, sql["pass"]), (True, sql["drop"]))
        }

    def step(self, case: str, leg: Leg) -> None:
        row = self.connection.execute(self._read, (case,)).fetchone()
        w = worked_out(case, row, leg, time.time_ns() // 1000, self._digest)
        holder = (case, w.held) if w.holds is None else (w.holds, w.moved[3], case, w.held)
        notices = [list(column) for column in zip(*w.notices, strict=True)]
        values = (*w.moved, case, w.seen, w.links, *holder, *w.record, *notices)
        _must_be_one(len(self.connection.execute(self._write[w.holds is None], values).fetchall()))

    def close(self) -> None:
        self.connection.close()

"""Notices claimed a hundred at a time and marked as sent, beside the same in hand-written SQL.

Both run on PostgreSQL, in turn, on tables of their own with the same notices, addressed already and due: claim a
hundred (`SKIP LOCKED`), hand each to a receiver that does nothing, mark each in a commit of its own.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from sqlalchemy import insert

from bench.places import Places, conninfo
from bench.report import Table, race_table
from bench.rounds import race
from workflow.channels import Channels
from workflow.engine import Engine
from workflow.outbox import deliver_due
from workflow.ports import Notice
from workflow.store.tables import notices

BY_HAND, OUTBOX = "by hand", "outbox"
CLAIM = 100
LEASE = 60_000_000


class Nothing:
    """Takes every notice and does nothing with it."""

    name = "nothing"

    def send(self, notice: Notice) -> None:
        """Take it."""


class Raw:
    """psycopg alone: one statement claims, one marks."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(conninfo(url), autocommit=True)

    def turn(self, _: int) -> int:
        """One claim and its marks."""
        now = time.time_ns() // 1000
        rows = self.connection.execute(
            "UPDATE notices SET attempt = attempt + 1, tries = tries + 1, worker = 'raw', next_at = %s "
            "WHERE id = ANY(ARRAY(SELECT id FROM notices WHERE next_at <= %s ORDER BY next_at LIMIT %s "
            "FOR UPDATE SKIP LOCKED)) RETURNING id, attempt, recipient, address, subject, body, file",
            (now + LEASE, now, CLAIM),
        ).fetchall()
        for id, attempt, *_ in rows:
            self.connection.execute(
                "UPDATE notices SET state = 'sent', next_at = NULL, worker = NULL, sent_at = %s "
                "WHERE id = %s AND attempt = %s",
                (time.time_ns() // 1000, id, attempt),
            )
        return len(rows)


def filled(url: str, count: int) -> Engine:
    """An engine on a database with so many notices due."""
    engine = Engine(url)
    engine.create()
    rows: list[dict[str, Any]] = [
        {
            "id": f"{n:032x}.1.1", "file": f"{n:032x}", "seq": 1, "case_id": f"{n:032x}", "party": "p", "template": "t",
            "state": "pending", "attempt": 0, "tries": 0, "next_at": n, "recipient": "p", "channel": "nothing",
            "address": "", "language": "zh", "subject": "s", "body": "b" * 200, "at": n,
        }
        for n in range(count)
    ]  # fmt: skip
    with engine.writing() as sql:
        sql.execute(insert(notices), rows)
    return engine


def posting(places: Places) -> Table:
    """Notices per second of both."""
    rounds, count = places.rounds(9), places.size(10, 2)
    total = (rounds + 1) * count * CLAIM
    engine, url = filled(places.postgres("outbox"), total), places.postgres("by_hand")
    filled(url, total).close()
    raw = Raw(url)
    channels = Channels({"nothing": Nothing()}, "nothing")

    def ours(_: int) -> int:
        return deliver_due(engine, channels, worker="bench", limit=CLAIM).sent

    units = {BY_HAND: raw.turn, OUTBOX: ours}
    race(units, 1, count)
    timings = race(units, rounds, count)
    raw.connection.close()
    engine.close()
    table, _ = race_table(
        "A notice on PostgreSQL, claimed 100 at a time, marked in a commit of its own", timings, BY_HAND
    )
    rates = ", ".join(f"{each.name} {1e6 / each.median:,.0f}" for each in timings)
    table.notes.append(f"notices a second: {rates}")
    return table

"""`python -m bench.posting`: notices claimed a hundred at a time and marked as sent, beside the same in hand-written SQL.

Both run on PostgreSQL, in turn, on tables of their own with the same notices, addressed already and due: claim a
hundred (`SKIP LOCKED`), hand each to a receiver that does nothing, mark each in a commit of its own.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import psycopg
from sqlalchemy import insert

from bench.places import Places, conninfo, places
from bench.rounds import race, ratio
from workflow.channels import Channels
from workflow.engine import Engine
from workflow.outbox import Policy, deliver_due
from workflow.ports import Notice
from workflow.store.tables import notices

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

    def turn(self, n: int) -> int:
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


def measure(place: Places) -> str:
    """One line: notices per second of both, and the ratio with its quartiles."""
    rounds, count = place.rounds(8), 10
    total = (rounds * count + 1) * CLAIM
    engine, url = filled(place.postgres("outbox"), total), place.postgres("by_hand")
    filled(url, total).close()
    raw = Raw(url)
    channels = Channels({"nothing": Nothing()}, "nothing")

    def ours(n: int) -> int:
        return deliver_due(engine, channels, worker="bench", limit=CLAIM, policy=Policy()).sent

    by_hand, outbox = race({"by hand": raw.turn, "outbox": ours}, rounds, count)
    raw.connection.close()
    engine.close()
    return (
        f"notices, claimed {CLAIM} at a time and marked one by one on PostgreSQL: {1e6 / outbox.median:,.0f}/s; "
        f"by hand {1e6 / by_hand.median:,.0f}/s; ratio {ratio(by_hand.wall, outbox.wall)}"
    )


if __name__ == "__main__":
    with places(quick="--quick" in sys.argv) as found:
        print(measure(found))

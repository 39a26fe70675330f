"""What the clocks cost: the look for a due timer every second, and one timer that is fired, among few rows and many."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

from bench.contenders import relax
from bench.growth import ID, copies
from bench.places import Places, conninfo
from bench.report import Table
from bench.rounds import race, ratio, repeated, times_as_long
from bench.walk import AUTHOR
from workflow import Engine
from workflow.store.tables import timers
from workflow.timers import BATCH, fire_due

LOOKS = 20  # one after the other, for one is too short to time
DAY = 86_400_000_000  # microseconds
LIFECYCLE = """\
casework: 1
lifecycle: errand
version: 1
initial: waiting
roles:
  clerk: {group: clerks}
states:
  waiting: {}
  done: {final: successful}
transitions:
  finish: {from: waiting, to: done, by: clerk}
deadlines:
  finish_due: {in: waiting, within: 1d, overdue: {notify: late, to: clerk}}
"""
_LATER = {"case_id": ID, "file": ID, "next_at": f"t.next_at + {3650 * DAY} + {{n}}"}
_LOOK = f"SELECT case_id, deadline FROM timers WHERE next_at <= %s ORDER BY next_at, case_id, deadline LIMIT {BATCH}"


def sweep(places: Places) -> Table:
    """On SQLite, synchronous=OFF: the disk says nothing about growth."""
    return _sweep(places, "SQLite", places.sqlite)


def sweep_on_postgres(places: Places) -> Table:
    """The same on PostgreSQL."""
    return _sweep(places, "PostgreSQL", places.postgres)


def _sweep(places: Places, database: str, address: Callable[[str], str]) -> Table:
    sizes = (10_000, places.size(1_000_000, 100_000))
    rounds, count = places.rounds(9), places.size(20, 2)
    units: dict[str, Callable[[int], int]] = {}
    closing: list[Callable[[], None]] = []
    for size in sizes:
        url = address(f"sweep{size}")
        engine = filled(url, size, due=(rounds + 1) * count)
        hand, close = _by_hand(url)
        closing += [close, engine.close]
        units |= {
            f"look by hand at {size:,}": repeated(hand, LOOKS),
            f"look at {size:,}": repeated(_looking(engine), LOOKS),
            f"one timer fired at {size:,}": _firing(engine),
        }
    race(units, 1, count)
    timings = race(units, rounds, count)
    for close in closing:
        close()
    return _told(f"The clocks on {database}", timings, sizes)


def _told(title: str, timings: list[Any], sizes: tuple[int, int]) -> Table:
    by_name = {each.name: each for each in timings}
    small, large = (f"{size:,}" for size in sizes)
    table = Table(title, ("", f"µs at {small}", f"µs at {large}", "first of second [quartiles]"))
    for what in ("look by hand", "look", "one timer fired"):
        few, many = by_name[f"{what} at {small}"], by_name[f"{what} at {large}"]
        table.add(what, f"{few.median:.0f}", f"{many.median:.0f}", ratio(few.wall, many.wall))
        if what != "look by hand":
            table.at_most(
                f"{what} at {large} timers, times at {small}", 1.5, times_as_long(timings, many.name, few.name), "×"
            )
    hand, ours = by_name[f"look by hand at {large}"], by_name[f"look at {large}"]
    table.notes.append(
        f"a look that finds nothing due at {large}, beside the query by hand: {ratio(hand.wall, ours.wall)}"
    )
    table.data["wall_us_by_round"] = {each.name: each.wall for each in timings}
    return table


def filled(url: str, count: int, due: int) -> Engine:
    """An engine on a database with that many timers: `due` of real cases, tomorrow, and the others in ten years."""
    engine = Engine(url)
    engine.create()
    engine.publish(LIFECYCLE)
    relax(engine, "OFF")
    cases = [engine.open("errand", AUTHOR, {}).case.id for _ in range(due)]
    with engine.looking() as sql:
        copies(sql, timers, _LATER, "case_id", cases[0], count - due)
        sql.execute(sa.text("ANALYZE"))
    return engine


def _looking(engine: Engine) -> Callable[[], object]:
    def look() -> None:
        if fire_due(engine):
            raise LookupError("nothing should be due")

    return look


def _firing(engine: Engine) -> Callable[[int], int]:
    tomorrow = engine.moment() + 3 * DAY

    def turn(_: int) -> int:
        return len(fire_due(engine, limit=1, now=tomorrow))

    return turn


def _by_hand(url: str) -> tuple[Callable[[], object], Callable[[], None]]:
    """The query of a look on the driver alone; and what closes it."""
    connection: Any
    if url.startswith("sqlite"):
        connection, query = sqlite3.connect(str(sa.make_url(url).database)), _LOOK.replace("%s", "?")
    else:
        connection, query = psycopg.connect(conninfo(url), autocommit=True), _LOOK
    return lambda: connection.execute(query, (time.time_ns() // 1000,)).fetchall(), connection.close

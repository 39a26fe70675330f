"""A step, a page of the to-do list and a look-up in a small office and in one ten or a hundred times as large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import sqlalchemy as sa

from bench.contenders import relax
from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race, times_as_long
from bench.walk import AUTHOR, CLERK, LIFECYCLE, NAME, ROAD, VALUES, opened
from workflow import Engine
from workflow.store.tables import case_values, cases, holders, records

# Where a column of a copied row differs from the template's; {n} is the copy's number.
ID = "'0000000000000000000' || CAST(1000000000000 + {n} AS VARCHAR(13))"
_COPIED = {
    cases: {"id": ID, "root": ID, "entered_at": "t.entered_at + {n}"},
    holders: {"case_id": ID, "since": "t.since + {n}"},
    records: {"file": ID, "case_id": ID},
    case_values: {"case_id": ID, "value": "CAST({n} AS VARCHAR(13))"},
}
WARM = 5  # turns before anything is timed

_KEY = {cases: "id", holders: "case_id", records: "file", case_values: "case_id"}


def growth(places: Places) -> Table:
    """On SQLite, synchronous=OFF: the disk says nothing about growth."""
    return _growth(places, "SQLite", places.sqlite)


def growth_on_postgres(places: Places) -> Table:
    """The same on PostgreSQL."""
    return _growth(places, "PostgreSQL", places.postgres)


def _growth(places: Places, database: str, address: Callable[[str], str]) -> Table:
    small = places.size(10_000, 100)
    large = 1_000_000 if places.long else places.size(100_000, 300)
    rounds, count = places.rounds(7), places.size(20, 1)
    units: dict[str, Callable[[int], int]] = {}
    engines = []
    for size in (small, large):
        engine = Engine(address(f"growth{size}"))
        engines.append(engine)
        engine.create()
        engine.publish(LIFECYCLE)
        relax(engine, "OFF")
        fill(engine, size)
        new = opened(engine, (WARM + rounds * count) // len(ROAD) + 1)
        middle = engine.todo(CLERK, limit=1)[0].since + size // 2
        units |= {
            f"step at {size:,}": walking(engine, new),
            f"first to-do page at {size:,}": _asking(partial(engine.todo, CLERK)),
            f"middle to-do page at {size:,}": _asking(partial(engine.todo, CLERK, after=(middle, ""))),
            f"find by value at {size:,}": _asking(
                partial(engine.find, NAME, where={"title": str(size // 2)}, limit=20)
            ),
        }
    race(units, 1, WARM)
    timings = race(units, rounds, count)
    for engine in engines:
        engine.close()
    table, _ = race_table(f"Growth on {database}", timings, next(iter(units)))
    half = len(units) // 2
    names = list(units)
    for one, other in zip(names[:half], names[half:], strict=True):
        table.at_most(
            f"{one.partition(' at ')[0]} at {large:,}, times at {small:,}",
            1.5,
            times_as_long(timings, other, one),
            "×",
        )
    return table


def fill(engine: Engine, count: int) -> None:
    """That many copies of a case that waits for the clerks, made by the database itself."""
    template = engine.open(NAME, AUTHOR, VALUES).case.id
    with engine.looking() as sql:
        for table, different in _COPIED.items():
            copies(sql, table, different, _KEY[table], template, count)
        sql.execute(sa.text("ANALYZE"))


def copies(
    sql: sa.Connection, table: sa.Table, different: Mapping[str, str], key: str, template: str, count: int
) -> None:
    """That many copies of the row of `table` whose `key` is `template`; `different` has what is not the same, in SQL."""
    columns = [column.name for column in table.columns]
    values = ", ".join(different.get(name, f"t.{name}").format(n="n.i") for name in columns)
    sql.execute(
        sa.text(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
            f"INSERT INTO {table.name} ({', '.join(columns)}) "
            f"SELECT {values} FROM {table.name} t, n WHERE t.{key} = :template"
        ),
        {"count": count, "template": template},
    )


def walking(engine: Engine, ids: list[str]) -> Callable[[int], int]:
    """A unit of work: the next step of these cases, each going all the way."""
    ready = ((case, leg) for case in ids for leg in ROAD)

    def turn(_: int) -> int:
        case, leg = next(ready)
        engine.fire(case, leg.action, leg.actor)
        return 1

    return turn


def _asking(ask: Callable[[], object]) -> Callable[[int], int]:
    def turn(_: int) -> int:
        if not ask():
            raise LookupError("a page without lines says nothing")
        return 1

    return turn

"""A step, beside the raw driver, Core built per call and the ORM by hand; one client."""

from __future__ import annotations

from bench.contenders import (
    AT_ONCE,
    HOSTED,
    OURS,
    RAW,
    Contender,
    field_of_cases,
    postgres_contenders,
    sqlite_contenders,
)
from bench.counting import counted
from bench.places import Absent, Places, postgres_settings
from bench.report import Table, race_table
from bench.rounds import Ratio, race
from bench.walk import ROAD, opened

WARM = 8  # cases walked before anything is timed

_GOALS = {"FULL": (0.60, 0.55), "NORMAL": (0.50, 0.38)}


def sqlite_full(places: Places) -> Table:
    """A step on SQLite, WAL, synchronous=FULL."""
    return _on_sqlite(places, "FULL")


def sqlite_normal(places: Places) -> Table:
    """A step on SQLite, WAL, synchronous=NORMAL."""
    return _on_sqlite(places, "NORMAL")


def _on_sqlite(places: Places, synchronous: str) -> Table:
    table, ratios = _raced(
        sqlite_contenders(places, synchronous), places, f"A step on SQLite, WAL, synchronous={synchronous}"
    )
    own, hosted = _GOALS[synchronous]
    table.at_least("engine.fire of raw", own, ratios[OURS])
    table.at_least("inside the host's transaction, of raw", hosted, ratios[HOSTED])
    return table


def postgres(places: Places) -> Table:
    """A step on PostgreSQL, one client."""
    contenders = postgres_contenders(places)
    table, ratios = _raced(contenders, places, "A step on PostgreSQL, one client")
    table.at_least("engine.fire of raw psycopg doing six round trips", 1.0, ratios[OURS])
    table.notes.append(f"engine.fire is {ratios[OURS].middle / ratios[AT_ONCE].middle:.2f} of raw in two round trips")
    table.notes.append(str(postgres_settings(contenders[0].url)))
    return table


def _raced(contenders: list[Contender], places: Places, title: str) -> tuple[Table, dict[str, Ratio]]:
    rounds, cases = places.rounds(9), places.size(30, 2)
    units = field_of_cases(contenders, WARM + rounds * cases)
    warm, turns = WARM * len(ROAD), cases * len(ROAD)
    for unit in units.values():
        for number in range(warm):  # caches, prepared statements
            unit(number)
    table, ratios = race_table(title, race(units, rounds, turns, first=warm, block=5 * len(ROAD)), RAW)
    for each in contenders:
        each.close()
    table.notes.append(f"{rounds} rounds of {cases} cases with five steps each, contenders in turn, five cases each")
    return table, ratios


def counts(places: Places) -> Table:
    """Exact counts of one step: statements, round trips, commits, SQL compilations."""
    table = Table("Counts of one step, warm", ("", "statements", "round trips", "commits", "SQL compilations"))
    found = {"SQLite": sqlite_contenders(places, "NORMAL")}
    try:
        found["PostgreSQL"] = postgres_contenders(places)
    except Absent as absent:
        table.notes.append(str(absent))
    for database, contenders in found.items():
        for each in contenders:
            seen = counted(each, opened(each.engine, 8))
            trips = "" if seen.trips is None else seen.trips
            table.add(f"{database}, {each.name}", seen.statements, trips, seen.commits, seen.compilations)
            if each.name == OURS:
                table.at_most(f"{database}: commits", 1, seen.commits)
                table.at_most(f"{database}: SQL compilations", 0, seen.compilations)
                if seen.trips is not None:
                    table.at_most(f"{database}: round trips", 2, seen.trips)
            each.close()
    table.notes.append("of the second leg (assign, two notices); BEGIN and COMMIT are statements too")
    return table

"""Who races: each takes the same steps on cases of a database of its own, with the same tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench.others import ORM, Core, host_engine
from bench.places import Places, conninfo
from bench.raw import RawPostgres, RawPostgresAtOnce, RawSQLite
from bench.walk import LIFECYCLE, ROAD, Leg, opened, walk
from workflow import Engine

RAW, AT_ONCE, OURS, HOSTED, CORE, ORM_BY_HAND = (
    "raw driver", "raw, two trips", "engine.fire", "engine.on(host)", "Core per call", "ORM by hand",
)  # fmt: skip


@dataclass(slots=True)
class Contender:
    """`step` takes one leg of the road on a case; `engine` opens cases for it."""

    name: str
    url: str
    engine: Engine
    step: Callable[[str, Leg], None]
    driver: Callable[[], Any]  # its connection, as the driver made it
    release: Callable[[], None]

    def close(self) -> None:
        """Close its connections, and those of the engine."""
        self.release()
        self.engine.close()

    def walker(self, cases: Sequence[str]) -> Callable[[int], int]:
        """A unit for `race`: one step; one case after the other walks the whole road."""

        def turn(number: int) -> int:
            case, leg = divmod(number, len(ROAD))
            self.step(cases[case], ROAD[leg])
            return 1

        return turn


def sqlite_contenders(places: Places, synchronous: str) -> list[Contender]:
    """Everybody on SQLite in WAL mode at that durability."""
    first = places.sqlite(synchronous)
    prepare(first)
    return [_made(name, places.copy(first), synchronous) for name in ON_SQLITE]


def postgres_contenders(places: Places) -> list[Contender]:
    """Everybody on PostgreSQL. Raises Absent."""
    first = places.postgres("step")
    prepare(first)
    return [_made(name, places.copy(first), "FULL") for name in ON_POSTGRES]


def prepare(url: str) -> None:
    """Make the tables, and publish the lifecycle of the walk."""
    engine = Engine(url)
    engine.create()
    engine.publish(LIFECYCLE)
    engine.close()


def _made(name: str, url: str, synchronous: str) -> Contender:
    engine = Engine(url)
    relax(engine, synchronous)
    return contender(name, url, engine, synchronous)


def contender(name: str, url: str, engine: Engine, synchronous: str = "FULL") -> Contender:
    """One of them, on a database where the lifecycle is published."""
    digest = engine.lifecycle("walk").digest
    if name == OURS:
        return Contender(name, url, engine, partial(walk, engine), partial(_driver_of, engine), engine.close)
    if name in (RAW, AT_ONCE):
        raw = _raw(name, url, digest, synchronous)
        return Contender(name, url, engine, raw.step, lambda: raw.connection, raw.close)
    host = host_engine(url, synchronous=synchronous)

    def hosted(case: str, leg: Leg) -> None:
        with host.begin() as connection:
            walk(engine.on(connection), case, leg)

    def driver() -> Any:
        with host.connect() as connection:
            return connection.connection.dbapi_connection

    steps = {HOSTED: hosted, CORE: Core(host, digest).step, ORM_BY_HAND: ORM(host, digest).step}
    return Contender(name, url, engine, steps[name], driver, host.dispose)


def _raw(name: str, url: str, digest: str, synchronous: str) -> RawSQLite | RawPostgres | RawPostgresAtOnce:
    if sa.make_url(url).get_backend_name() == "sqlite":
        return RawSQLite(sa.make_url(url).database or "", digest, synchronous=synchronous)
    return (RawPostgres if name == RAW else RawPostgresAtOnce)(conninfo(url), digest)


def _driver_of(engine: Engine) -> Any:
    with engine.looking() as sql:
        return sql.connection.dbapi_connection


def relax(engine: Engine, synchronous: str) -> None:
    """Set the durability of the engine's connection in this thread; the engine itself takes FULL."""
    with engine.looking() as sql:
        if sql.dialect.name == "sqlite":
            sql.exec_driver_sql(f"PRAGMA synchronous={synchronous}")


def field_of_cases(contenders: Sequence[Contender], count: int) -> dict[str, Callable[[int], int]]:
    """Units for `race`: each contender with that many cases of its own."""
    return {each.name: each.walker(opened(each.engine, count)) for each in contenders}


ON_SQLITE = (RAW, OURS, HOSTED, CORE, ORM_BY_HAND)
ON_POSTGRES = (RAW, AT_ONCE, OURS, HOSTED, CORE, ORM_BY_HAND)

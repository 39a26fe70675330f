"""A day in a large office: 80 % reading (to-do lists, a case, why not), 20 % commands, by one, four and eight clients.

Every client is a process with an engine of its own, as in an office's web application, and begins the next request as
soon as the last was answered. Beside it pgbench, in C, or on MariaDB its driver in Python, sends the same questions and the
same writes, and decides nothing.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from bench import by_driver, pgbench
from bench.filling import UNITS, copy, numbered
from bench.places import Places
from bench.report import Table
from bench.walk import AUTHOR, CLERK, DISPATCHER, LIFECYCLE, ROAD, opened, walk
from workflow import Actor, Engine
from workflow.core.errors import WorkflowError

CLIENTS = (1, 4, 8)
RECORDS = 10  # of each case
PARTS = {"todo": 40, "show": 25, "why": 15, "command": 20}  # of a hundred requests
STAGES = 3  # how far the copied cases have come: submitted, screened, assigned

Latencies = Mapping[str, list[float]]  # in milliseconds, by what was asked


@dataclass(slots=True)
class Load:
    """What some clients did in so many seconds."""

    seconds: float
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return sum(len(each) for each in self.latencies.values()) / self.seconds

    def add(self, latencies: Latencies) -> None:
        for name, each in latencies.items():
            self.latencies[name] += each


def on_postgres(places: Places) -> Table:
    """The day on PostgreSQL, beside pgbench. Raises Absent."""
    url = places.postgres("day")
    cases = office(url, places)
    return _day("PostgreSQL", url, cases, places, "pgbench", pgbench.limit(places.copy(url), cases, UNITS, PARTS))


def on_mariadb(places: Places) -> Table:
    """The day on MariaDB, beside its driver alone. Raises Absent."""
    url = places.mariadb("day")
    cases = office(url, places)
    other = places.mariadb("limit")
    office(other, places)
    return _day("MariaDB", url, cases, places, "driver", partial(_driven, by_driver.Requests, other, cases))


def office(url: str, places: Places) -> int:
    """Fill the database at `url` with running cases of ten records each; how many there are."""
    cases = 100_000 if places.long else places.size(10_000, 30)
    engine = Engine(url)
    engine.create()
    engine.publish(LIFECYCLE)
    templates = opened(engine, STAGES)
    for far, case in enumerate(templates):
        for leg in ROAD[:far]:
            walk(engine, case, leg)
        while engine.case(case).records < RECORDS:
            _refused(partial(engine.fire, case, "close", AUTHOR))
    copy(engine, templates, cases, lambda n: {"health": unit(n)})
    engine.close()
    return cases


def unit(n: int) -> str:
    """The unit that the nth case goes to."""
    return f"unit-{n % UNITS}"


def _day(database: str, url: str, cases: int, places: Places, least: str, limit: Callable[[int, float], Load]) -> Table:
    seconds = 60.0 if places.long else places.size(20, 1)
    columns = ("clients", "", "requests/s", *(f"{name} p50 · p95 · p99 ms" for name in PARTS), "errors")
    table = Table(f"A day on {database}: {cases:,} running cases, {cases * RECORDS:,} records", columns)
    for clients in CLIENTS[:2] if places.quick else CLIENTS:
        ours = _driven(Requests, url, cases, clients, seconds)
        _add(table, clients, "casework", ours)
        most = limit(clients, seconds)
        _add(table, clients, least, most)
        share = ours.rate / most.rate
        table.notes.append(f"{clients} clients: casework answers {share:.2f} of the requests that {least} does")
        table.data |= {f"ratio_{clients}": share, f"errors_{clients}": ours.errors[:5]}
    table.notes.append(f"{seconds:g} s each, after the first of each sort; clients and server share the machine")
    return table


def _add(table: Table, clients: int, who: str, load: Load) -> None:
    table.add(
        clients, who, f"{load.rate:.0f}", *(_percentiles(load.latencies.get(name, [])) for name in PARTS),
        f"{len(load.errors)}",
    )  # fmt: skip
    table.data[f"{who}_{clients}"] = {"rate": load.rate, "requests": {n: len(e) for n, e in load.latencies.items()}}


def _percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    return " · ".join(f"{ordered[int(len(ordered) * part)]:.1f}" for part in (0.5, 0.95, 0.99)) if ordered else "—"


def _driven(asking: type[Asking], url: str, cases: int, clients: int, seconds: float) -> Load:
    load = Load(seconds)
    # the clients begin at one moment, which is told them: making them takes longer for the last
    begin = time.time() + 2.0 + clients * 0.7
    with ProcessPoolExecutor(clients, mp_context=multiprocessing.get_context("spawn")) as pool:
        first = 1 + sum(each for each in CLIENTS if each < clients)  # nobody has a case of those who came before
        own = [range(first + n, cases + 1, sum(CLIENTS)) for n in range(clients)]
        work = [pool.submit(_client, asking, url, cases, each, begin, seconds) for each in own]
        for each in work:
            latencies, errors = each.result(timeout=seconds + 120)
            load.add(latencies)
            load.errors += errors
    return load


def _client(
    asking: type[Asking], url: str, cases: int, own: range, begin: float, seconds: float
) -> tuple[Latencies, list[str]]:
    """One client's day. Its commands go to its own cases; it reads everybody's."""
    chance = random.Random(own.start)
    asks = asking(url, chance, cases, own)
    names, weights = [*PARTS], [*PARTS.values()]
    latencies: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    for name in names:  # the first of each compiles its statements
        getattr(asks, name)()
    time.sleep(max(0.0, begin - time.time()))
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        name = chance.choices(names, weights)[0]
        try:
            getattr(asks, name)()
        except WorkflowError as error:
            errors.append(f"{name}: {error}")
        latencies[name].append((time.perf_counter() - began) * 1000)
    asks.close()
    return dict(latencies), errors


class Asking(Protocol):
    """A client; each request is a method."""

    def __init__(self, url: str, chance: random.Random, cases: int, own: range) -> None:
        """`own` are the numbers of the cases that its commands go to."""

    def close(self) -> None:
        """Hang up."""


class Requests:
    """What a client asks of the engine."""

    def __init__(self, url: str, chance: random.Random, cases: int, own: range) -> None:
        self._engine = Engine(url)
        self._chance = chance
        self._cases = cases
        self._own = iter(own)
        self._case, self._unit, self._far = "", "", len(ROAD)  # a case of its own, and how far it has come

    def todo(self) -> None:
        """A page of somebody's list."""
        self._engine.todo(self._chance.choice((CLERK, DISPATCHER, _of(unit(self._chance.randrange(UNITS))))))

    def show(self) -> None:
        """A case, and what may be done with it."""
        case = self._any()
        self._engine.case(case)
        self._engine.offers(case, CLERK)

    def why(self) -> None:
        """Why a case cannot be closed yet."""
        self._engine.why(self._any(), "close", CLERK)

    def command(self) -> None:
        """The next step of a case, until it is closed; then of another one."""
        if self._far == len(ROAD):
            n = next(self._own, 0)  # of a small office every case is closed sooner or later
            self._case, self._unit = (numbered(n), unit(n)) if n else (*opened(self._engine, 1), "health")
            self._far = n % STAGES if n else 0
        leg = ROAD[self._far]
        self._far += 1
        self._engine.fire(self._case, leg.action, _of(self._unit) if leg.action == "reply" else leg.actor)

    def close(self) -> None:
        """Close the connections."""
        self._engine.close()

    def _any(self) -> str:
        return numbered(self._chance.randint(1, self._cases))


def _of(unit: str) -> Actor:
    return Actor(f"clerk of {unit}", "周敏", unit)


def _refused(step: Callable[[], object]) -> None:
    try:
        step()
    except WorkflowError:
        return
    raise AssertionError("this should have been refused")

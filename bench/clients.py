"""Four clients at once on PostgreSQL, each a process with a connection of its own."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import Any

from bench.contenders import AT_ONCE, CORE, OURS, RAW, contender, prepare
from bench.places import Places
from bench.report import Table
from bench.rounds import ratio
from bench.walk import ROAD, opened
from workflow import Engine

CLIENTS = 4
RACING = (RAW, AT_ONCE, OURS, CORE)


def four_clients(places: Places) -> Table:
    """All four walk cases of their own through the same contender's way, then the next contender's."""
    first = places.postgres("clients")
    prepare(first)
    urls = {name: places.copy(first) for name in RACING}
    rounds, cases = places.rounds(9), places.size(30, 2)
    spawn = multiprocessing.get_context("spawn")
    ends, workers = [], []
    for _ in range(CLIENTS):
        here, there = spawn.Pipe()
        worker = spawn.Process(target=_work, args=(there, urls, cases), daemon=True)
        worker.start()
        ends.append(here)
        workers.append(worker)
    try:
        walls: dict[str, list[float]] = {name: [] for name in RACING}
        for number in range(rounds + 1):
            begins = number % len(RACING)
            for name in RACING[begins:] + RACING[:begins]:
                _tell(ends, ("open", name))
                began = time.perf_counter()
                _tell(ends, ("walk", name))
                if number:  # the first round warms up
                    walls[name].append((time.perf_counter() - began) / (CLIENTS * cases * len(ROAD)) * 1e6)
    finally:
        for end in ends:
            end.close()
        for worker in workers:
            worker.join(timeout=10)
            if worker.is_alive():
                worker.terminate()
    table = Table("Four clients at once on PostgreSQL", ("", "steps a second", "µs a step", f"of {RAW} [quartiles]"))
    for name in RACING:
        mean = sum(walls[name]) / rounds
        table.add(name, f"{1e6 / mean:.0f}", f"{mean:.0f}", ratio(walls[RAW], walls[name]))
    table.data["wall_us_by_round"] = walls
    table.at_least("engine.fire of raw psycopg in six round trips, four of each", 0.9, ratio(walls[RAW], walls[OURS]))
    table.notes.append(
        f"{rounds} rounds; each client walks {cases} cases of its own; clients and server share the machine"
    )
    return table


def _tell(ends: list[Any], order: tuple[str, str]) -> None:
    """Give every client the order and wait until the last has carried it out."""
    for end in ends:
        end.send(order)
    for end in ends:
        if not end.poll(timeout=120):
            raise TimeoutError(f"{order}: a client does not answer")
        answer = end.recv()
        if answer != "done":
            raise RuntimeError(answer)


def _work(orders: Connection, urls: dict[str, str], cases: int) -> None:
    """A client: carries out orders until nobody gives any."""
    contenders = {name: contender(name, url, Engine(url)) for name, url in urls.items()}
    ready: dict[str, list[str]] = {}
    while True:
        try:
            order, name = orders.recv()
        except EOFError:
            break
        try:
            if order == "open":
                ready[name] = opened(contenders[name].engine, cases)
            else:
                for case in ready.pop(name):
                    for leg in ROAD:
                        contenders[name].step(case, leg)
        except Exception as problem:  # noqa: BLE001 - told to the one who waits for the answer
            orders.send(repr(problem))
        else:
            orders.send("done")
    for each in contenders.values():
        each.close()

"""What grows with a case or a lifecycle: memory, many states, many records."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

from bench.contenders import relax
from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race, times_as_long
from bench.walk import AUTHOR, CLERK, LIFECYCLE, VALUES, opened
from workflow import Engine


def memory(places: Places) -> Table:
    """What one loaded case keeps in memory, its data aside."""
    count = places.size(500, 20)
    engine = Engine(places.sqlite("memory"))
    engine.create()
    engine.publish(LIFECYCLE)
    ids = opened(engine, count)
    engine.case(ids[0])
    whole = _kept(lambda: [engine.case(id) for id in ids]) / count
    data = _kept(lambda: [json.loads(json.dumps(VALUES)) for _ in ids]) / count
    engine.close()
    table = Table("Memory of one loaded case", ("", "bytes"))
    table.add("the file: root case, values, place in the chain", f"{whole:.0f}")
    table.add("of that its values", f"{data:.0f}")
    table.add("the rest", f"{whole - data:.0f}")
    table.at_most("a loaded case without its data", 2_000, whole - data, " bytes")
    table.data["bytes"] = whole - data
    return table


def many_states(places: Places) -> Table:
    """A step in a lifecycle of 1,000 states beside one of 6."""
    many = places.size(1_000, 30)
    engine = _engine(places, "states")
    engine.publish(_line(6))
    engine.publish(_line(many))
    rounds, count = places.rounds(7), places.size(20, 2)
    few_ids = _new(engine, 6, rounds * count + 1)
    many_ids = _new(engine, many, rounds * count + 1)
    (old,) = _new(engine, many, 1)
    walked = max(many - rounds * count - 10, 1)
    for n in range(walked):
        engine.fire(old, f"go{n}", CLERK)
    units = {
        "6 states": lambda n: _fire(engine, few_ids[n], "go0"),
        f"{many} states": lambda n: _fire(engine, many_ids[n], "go0"),
        f"{many} states, {walked} of them visited": lambda n: _fire(engine, old, f"go{walked + n}"),
    }
    return _beside(f"A step in a lifecycle of {many} states", units, rounds, count, engine)


def many_records(places: Places) -> Table:
    """An act on a case with 1,000 records beside one with 10."""
    many = places.size(1_000, 30)
    engine = _engine(places, "records")
    engine.publish(_line(6))
    few, old = _new(engine, 6, 2)
    rounds, count = places.rounds(7), places.size(20, 2)
    for _ in range(9):
        engine.fire(few, "remark", CLERK)
    for _ in range(many - 1):
        engine.fire(old, "remark", CLERK)
    units = {
        "10 records": lambda _: _fire(engine, few, "remark"),
        f"{many} records": lambda _: _fire(engine, old, "remark"),
    }
    return _beside(f"A step on a case with {many} records", units, rounds, count, engine)


def _beside(title: str, units: dict[str, Callable[[int], int]], rounds: int, count: int, engine: Engine) -> Table:
    small = next(iter(units))
    timings = race(units, rounds, count)
    table, _ = race_table(title, timings, small)
    for name in list(units)[1:]:
        table.at_most(f"{name}, times {small}", 1.2, times_as_long(timings, name, small), "×")
    engine.close()
    return table


def _engine(places: Places, name: str) -> Engine:
    engine = Engine(places.sqlite(name))
    engine.create()
    relax(engine, "OFF")  # the disk says nothing about growth
    return engine


def _fire(engine: Engine, case: str, action: str) -> int:
    engine.fire(case, action, CLERK)
    return 1


def _new(engine: Engine, states: int, count: int) -> list[str]:
    return [engine.open(f"line{states}", AUTHOR, {"weight": 40}).case.id for _ in range(count)]


def _line(states: int) -> str:
    """A lifecycle of that many states in a line."""
    names = [f"s{n}" for n in range(states)]
    go = "\n".join(
        f"  go{n}: {{from: {here}, to: {there}, by: clerk, if: weighty}}"
        for n, (here, there) in enumerate(pairwise(names))
    )
    return f"""\
casework: 1
lifecycle: line{states}
version: 1
initial: s0
roles:
  clerk: {{group: clerks}}
fields:
  weight: {{type: int, required: true}}
guards:
  weighty: {{when: case.weight >= 10, else: {{zh: 分量不足, en: It has too little weight}}}}
states:
{chr(10).join(f"  {name}: {{}}" for name in names[:-1])}
  {names[-1]}: {{final: successful}}
transitions:
{go}
acts:
  remark: {{in: any, by: clerk}}
"""


def _kept(make: Callable[[], object]) -> int:
    """Bytes that the result of `make` keeps."""
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return size

"""Measuring: contenders in turn within each round, so that a noisy moment meets them all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """What one contender took: per round the median wall and the mean CPU time of one unit, and every unit's wall time,
    in microseconds. CPU is this process's; a database server's is not in it.
    """

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    each: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median unit of all rounds."""
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        """95 of 100 units were not slower."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]


@dataclass(slots=True)
class Ratio:
    """`limit`'s time by the contender's, round by round: 1 is as fast as the limit, 0.5 takes twice as long."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} [{self.low:.2f}–{self.high:.2f}]"


def ratio(limit: Sequence[float], ours: Sequence[float]) -> Ratio:
    """The median over the rounds, and the quartiles."""
    found = sorted(a / b for a, b in zip(limit, ours, strict=True))
    low, high = (found[len(found) // 4], found[-1 - len(found) // 4])
    return Ratio(statistics.median(found), low, high)


def race(
    units: dict[str, Callable[[int], int]], rounds: int, count: int, *, first: int = 0, block: int = 1
) -> list[Timing]:
    """`count` turns of each contender in each round. `units[name](n)` does turn n, counted from `first`, and says how
    many units of work that was. Contenders alternate, `block` turns each, and each round begins with another one.
    """
    timings = {name: Timing(name) for name in units}
    names = list(units)
    turn = first
    for number in range(rounds):
        gc.collect()
        spent = dict.fromkeys(names, (0.0, 0))
        before = {name: len(timing.each) for name, timing in timings.items()}
        begins = number % len(names)
        for start in range(turn, turn + count, block):
            for name in names[begins:] + names[:begins]:
                unit, each = units[name], timings[name].each
                units_done, cpu = 0, time.process_time()
                for number in range(start, min(start + block, turn + count)):
                    wall = time.perf_counter()
                    done = unit(number)
                    each.append((time.perf_counter() - wall) / done * 1e6)
                    units_done += done
                spent[name] = (spent[name][0] + time.process_time() - cpu, spent[name][1] + units_done)
        turn += count
        for name, (cpu, done) in spent.items():
            timings[name].wall.append(statistics.median(timings[name].each[before[name] :]))
            timings[name].cpu.append(cpu / done * 1e6)
    return list(timings.values())


def times_as_long(timings: Sequence[Timing], name: str, other: str) -> float:
    """How many times as long `name` takes as `other`: the median over the rounds."""
    by_name = {timing.name: timing for timing in timings}
    return ratio(by_name[name].wall, by_name[other].wall).middle


def repeated(work: Callable[[], object], times: int) -> Callable[[int], int]:
    """A unit for `race`: `work` that many times over, for what is too short to time alone."""

    def turn(_: int) -> int:
        for _ in range(times):
            work()
        return times

    return turn

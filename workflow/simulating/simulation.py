"""Many cases: each with its own seed and its own moment of arrival, in one process or in several, with the same result."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from workflow.core.calendar import Calendar, local
from workflow.core.model import Lifecycle, Micros
from workflow.loading import load
from workflow.simulating.checks import Fault, twice
from workflow.simulating.course import Course, Deed
from workflow.simulating.figures import Figures, Met
from workflow.simulating.habits import Habits
from workflow.simulating.hours import Hours
from workflow.simulating.office import Office
from workflow.simulating.shrinking import shortest
from workflow.simulating.walk import Walk

CHUNK = 20  # cases handed to a process at a time
MOST_SHRUNK = 12  # faults whose course is shortened; the others are named with the whole of it

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be simulated: how many cases of which lifecycle, by whom, from when on, with which seed."""

    lifecycle: Lifecycle
    habits: Habits
    calendar: Calendar
    begins: Micros
    seed: int = 1
    cases: int = 1000

    @property
    def first_year(self) -> int:
        """Working days are counted from the year before, for the cases that others link to were opened earlier."""
        return local(self.begins).year - 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, in how many cases it was met, the first of them, and the shortest course that shows it."""

    fault: Fault
    cases: int
    first: int
    course: tuple[Deed, ...]
    length: int  # of the course before it was shortened


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it."""

    order: Order
    figures: Figures
    findings: tuple[Finding, ...]


def simulate(order: Order, *, jobs: int = 1, progress: Progress | None = None) -> Simulated:
    """Walk all cases of `order`, in `jobs` processes. `progress` is told how many are done, and how many there are."""
    opens = arrivals(order, order.cases)
    chunks = [range(i, min(i + CHUNK, order.cases)) for i in range(0, order.cases, CHUNK)]
    figures = Figures()
    for each in _counted(order, [(chunk, opens[chunk.start : chunk.stop]) for chunk in chunks], jobs):
        figures.merge(each)
        if progress is not None:
            progress(figures.cases, order.cases)
    for number in sorted(number for number, times in figures.numbers.items() if times > 1)[:1]:
        figures.faults.setdefault(twice(number).signature, Met(twice(number), 1, 0))
    return Simulated(order, figures, tuple(_findings(order, figures, opens)))


def walk_alone(order: Order, index: int) -> Course:
    """The case `index` as it is among all others."""
    return _walk(_office(order), order.seed, index, arrivals(order, index + 1)[index])


def arrivals(order: Order, cases: int) -> list[Micros]:
    """When each case is opened: drawn one after the other, so that the first ones do not depend on how many follow."""
    chance = Random(f"{order.seed}/arrivals")  # noqa: S311
    hours = Hours(order.calendar, order.first_year)
    at, found = hours.position(order.begins), []
    start = order.begins
    for index in range(cases):
        if index:
            at += order.habits.arrival(index, chance)
        found.append(hours.later(start, at - hours.position(start)))
    return found


def _office(order: Order) -> Office:
    return Office(order.lifecycle, order.habits, order.calendar, order.first_year)


def _walk(office: Office, seed: int, index: int, opens: Micros) -> Course:
    return Walk(office, f"{seed}/{index}", index, opens).go()


def _count(office: Office, seed: int, chunk: range, opens: list[Micros]) -> Figures:
    figures = Figures()
    for index, at in zip(chunk, opens, strict=True):
        figures.add(_walk(office, seed, index, at), index, office.hours)
    return figures


def _findings(order: Order, figures: Figures, opens: list[Micros]) -> Iterator[Finding]:
    office = _office(order)
    met = sorted(figures.faults.items(), key=lambda each: (each[1].first, each[0]))
    for number, (signature, each) in enumerate(met):
        course = _walk(office, order.seed, each.first, opens[each.first])
        deeds = tuple(course.deeds[: course.found.get(signature, len(course.deeds))])
        fewer = shortest(office, deeds, signature, each.first) if number < MOST_SHRUNK else deeds
        yield Finding(each.fault, each.cases, each.first, fewer, len(deeds))


# ---------------------------------------------------------------- in several processes

_here: dict[str, Any] = {}  # what a process of the pool works with


def _counted(order: Order, chunks: list[tuple[range, list[Micros]]], jobs: int) -> Iterator[Figures]:
    if jobs == 1 or len(chunks) == 1:
        office = _office(order)
        for chunk, opens in chunks:
            yield _count(office, order.seed, chunk, opens)
        return
    lifecycle = order.lifecycle
    text = (lifecycle.source, lifecycle.file, lifecycle.values())
    bare = replace(order, lifecycle=None)  # type: ignore[arg-type]  # compiled conditions cannot travel; the text can
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(chunks)), context, _arrive, (text, bare)) as pool:
        yield from pool.map(_count_there, chunks)


def _arrive(text: tuple[str, str, dict[str, Any]], bare: Order) -> None:
    source, file, settings = text
    lifecycle = load(source, file=file, settings=settings, check=False)
    _here.update(office=_office(replace(bare, lifecycle=lifecycle)), seed=bare.seed)


def _count_there(chunk: tuple[range, list[Micros]]) -> Figures:
    return _count(_here["office"], _here["seed"], *chunk)

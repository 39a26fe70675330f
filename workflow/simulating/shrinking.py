"""The shortest course that still shows a fault: deeds are left out, in halves and then one by one, as long as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from workflow.core.model import Json
from workflow.simulating.checks import at_an_end
from workflow.simulating.course import Course, Deed
from workflow.simulating.habits import STAY
from workflow.simulating.office import Office

MOST_REPLAYS = 500
Signature = tuple[str, str]


def shortest(office: Office, deeds: Sequence[Deed], signature: Signature, index: int) -> tuple[Deed, ...]:
    """The first of `deeds`, which opens the case, and as few of the others, with as little input, as show the fault.

    Where replaying all of them does not show it (it lies in the walk, not in the course), all are given back.
    """
    replays = 0

    def still(fewer: Sequence[Deed]) -> bool:
        nonlocal replays
        replays += 1
        return replays <= MOST_REPLAYS and shows(office, fewer, signature, index)

    if not still(deeds):
        return tuple(deeds)
    return tuple(_without_deeds(_with_less_input(_without_deeds([*deeds], still), still), still))


def _without_deeds(kept: list[Deed], still: Callable[[Sequence[Deed]], bool]) -> list[Deed]:
    size = len(kept) - 1
    while size >= 1:
        end = len(kept)
        while end > 1:
            begin = max(end - size, 1)
            if still(fewer := kept[:begin] + kept[end:]):
                kept = fewer
            end = begin
        size //= 2
    return kept


def _with_less_input(kept: list[Deed], still: Callable[[Sequence[Deed]], bool]) -> list[Deed]:
    for place in range(len(kept)):
        tried: list[Mapping[str, Json]] = []
        while (less := next((each for each in _less(kept[place].input) if each not in tried), None)) is not None:
            tried.append(less)
            if still(fewer := [*kept[:place], replace(kept[place], input=less), *kept[place + 1 :]]):
                kept = fewer
    return kept


def _less(input: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """The input without one of its values, or without one item of a list."""
    for name, value in input.items():
        yield {other: kept for other, kept in input.items() if other != name}
        if isinstance(value, list) and len(value) > 1:
            for item in range(len(value)):
                yield {**input, name: value[:item] + value[item + 1 :]}


def shows(office: Office, deeds: Sequence[Deed], signature: Signature, index: int) -> bool:
    """Whether these deeds, done in this order, show the fault."""
    course = Course(office.lifecycle, office.calendar, index)
    for deed in deeds:
        course.take(deed)
        if course.file is None:
            return False
    course.blame(*office.unattended(course))
    chance = Random(0)  # noqa: S311
    if signature[0] in ("starved", "dead_end") and office.resting(course, chance):
        for case in course.open:
            joins = bool(office.lifecycle.kind(case.kind).states[case.state].joins)
            options = office.choices.of(case.kind, case.state)
            if (STAY in options and joins) or not any(
                name != STAY and office.moves(case, name) and office.able(course, case, name, chance)
                for name in options
            ):
                course.blame(at_an_end(office.lifecycle, case, joins=STAY in options and joins))
    return signature in course.faults

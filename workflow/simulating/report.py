"""The figures of a simulation as plain data: what `--json` prints, what the tables show, and the rows of `--csv`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from workflow.core.model import OPEN, ROOT
from workflow.counting import rate
from workflow.simulating.course import Course, Deed
from workflow.simulating.simulation import Finding, Simulated

Row = dict[str, Any]
TABLES = ("outcomes", "states", "deadlines", "roles", "months", "never_taken", "never_accepted")


def report(simulated: Simulated) -> Row:
    """Everything that was counted; times in working days. The same order gives the same report."""
    order, figures = simulated.order, simulated.figures
    return {
        "lifecycle": order.lifecycle.name,
        "version": order.lifecycle.version,
        "seed": order.seed,
        "cases": figures.cases,
        "records": figures.records,
        "unopened": figures.unopened,
        "unfinished": figures.unfinished,
        "outcomes": _outcomes(simulated),
        "states": list(_states(simulated)),
        "deadlines": list(_deadlines(simulated)),
        "roles": list(_roles(figures.load)),
        "months": [
            {"month": month, "opened": figures.opened[month], "ended": figures.ended[month]}
            for month in sorted({*figures.opened, *figures.ended})
        ],
        "never_taken": list(_never_taken(simulated)),
        "never_accepted": [
            {"kind": kind, "action": action, "tries": tries}
            for (kind, action), tries in sorted(figures.refused.items())
            if not figures.taken[kind, action]
        ],
        "findings": [_finding(each) for each in simulated.findings],
    }


def rows(data: Row) -> Iterator[tuple[str, str, str, object]]:
    """Every figure as a row: table, what it is about, which figure, value."""
    for name in TABLES:
        for row in data[name]:
            about = " ".join(str(row[key]) for key in _KEYS[name] if row[key] != "")
            for figure, value in row.items():
                if figure not in _KEYS[name] and figure != "weeks":
                    yield name, about, figure, value
            if name.startswith("never_taken"):
                yield name, about, "cases", 0


def compared(first: Row, second: Row) -> Iterator[tuple[str, str, str, object, object]]:
    """The figures that differ: table, what it is about, which figure, its value here and there (None: none)."""
    here, there = ({row[:3]: row[3] for row in rows(data)} for data in (first, second))
    for key in dict.fromkeys((*here, *there)):
        if here.get(key) != there.get(key):
            yield (*key, here.get(key), there.get(key))


_KEYS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("state", "outcome"),
    "states": ("kind", "state"),
    "deadlines": ("deadline", "unit"),
    "roles": ("role",),
    "months": ("month",),
    "never_taken": ("kind", "action"),
    "never_accepted": ("kind", "action"),
}


def _outcomes(simulated: Simulated) -> list[Row]:
    figures = simulated.figures
    ranked = sorted(figures.outcomes.items(), key=lambda each: (-each[1], each[0]))
    return [
        {"state": state, "outcome": outcome, "cases": count, "share": rate(count, figures.cases)}
        for (state, outcome), count in ranked
    ]


def _states(simulated: Simulated) -> Iterator[Row]:
    by_state: dict[tuple[str, str], Counter[int]] = {}
    for (kind, state, tenths), count in simulated.figures.spells.items():
        by_state.setdefault((kind, state), Counter())[tenths] += count
    lifecycle = simulated.order.lifecycle
    for each in (lifecycle.root, *lifecycle.parts.values()):
        for state in each.states:
            found = by_state.get((each.name, state))
            if found:
                median, late = _quantile(found, 50) / 10, _quantile(found, 90) / 10
                yield {"kind": each.name, "state": state, "spells": found.total(), "median": median, "p90": late}


def _quantile(found: Counter[int], percent: int) -> int:
    """The smallest length such that at least `percent` of all are no longer."""
    wanted = -(-found.total() * percent // 100)
    for length in sorted(found):
        wanted -= found[length]
        if wanted <= 0:
            return length
    raise AssertionError(found)


def _deadlines(simulated: Simulated) -> Iterator[Row]:
    kept = simulated.figures.kept
    lifecycle = simulated.order.lifecycle
    for deadline in (each.name for kind in lifecycle.clocks.values() for each in kind):
        units = sorted({unit for name, unit, _ in kept if name == deadline})
        of_units = [(unit, kept[deadline, unit, True], kept[deadline, unit, False]) for unit in units]
        if of_units:
            yield _deadline(deadline, "", sum(n for _, n, _ in of_units), sum(n for _, _, n in of_units))
        for unit, on_time, overdue in of_units if units != [""] else ():
            yield _deadline(deadline, unit or "—", on_time, overdue)


def _deadline(name: str, unit: str, on_time: int, overdue: int) -> Row:
    due = on_time + overdue
    return {"deadline": name, "unit": unit, "overdue": overdue, "of": due, "rate": rate(overdue, due)}


def _roles(load: Counter[tuple[str, int]]) -> Iterator[Row]:
    """How long the lists were: on the average of days from the first case to the last, at most, and on each Monday."""
    for role in sorted({role for role, _ in load}):
        changes = {day: change for (each, day), change in load.items() if each == role}
        first, last = min(changes), max(changes)
        length, total, most, most_on, weeks = 0, 0, 0, first, {}
        for day in range(first, last + 1):
            length += changes.get(day, 0)
            total += length
            if length > most:
                most, most_on = length, day
            if date.fromordinal(day).weekday() == 0:
                weeks[date.fromordinal(day).isoformat()] = length
        mean = round(total / (last - first + 1), 1)
        yield {"role": role, "mean": mean, "most": most, "most_on": _day(most_on), "weeks": weeks}


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _never_taken(simulated: Simulated) -> Iterator[Row]:
    lifecycle, taken = simulated.order.lifecycle, simulated.figures.taken
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        for name in (*([OPEN] if kind.name == ROOT else []), *kind.transitions):
            if not taken[kind.name, name]:
                yield {"kind": kind.name, "action": name}


def _finding(finding: Finding) -> Row:
    fault = finding.fault
    return {
        "code": fault.code,
        "about": fault.about,
        "zh": fault.text.say("zh"),
        "en": fault.text.say("en"),
        "place": str(fault.place) if fault.place.line else None,
        "cases": finding.cases,
        "first": finding.first,
        "steps": finding.length,
        "course": course(finding.course),
    }


def alone(walked: Course, index: int) -> Row:
    """One case: its whole course, where it ended, and what was wrong with it."""
    root = None if walked.file is None else walked.file.root
    return {
        "case": index,
        "state": None if root is None else root.state,
        "outcome": None if root is None else root.outcome,
        "course": course(walked.deeds),
        "faults": [
            {"code": each.code, "about": each.about, "zh": each.text.say("zh"), "en": each.text.say("en")}
            for each in walked.faults.values()
        ],
    }


def course(deeds: Iterable[Deed]) -> list[Row]:
    """Deeds for programs; moments in microseconds UTC."""
    return [
        {
            "at": deed.at,
            "kind": deed.kind,
            "key": deed.key,
            "round": deed.round,
            "action": deed.action,
            "by": "clock" if deed.clock else deed.actor.id if deed.actor is not None else "other",
            "input": dict(deed.input),
            "refused": deed.refused,
            "other": None if deed.other is None else {"field": deed.other[0], "state": deed.other[1].state},
        }
        for deed in deeds
    ]

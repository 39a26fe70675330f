"""The figures of a period, computed from the audit records with the metrics that the lifecycle declares.

A report replays each file up to a *cut-off* with the fold that the engine itself uses, and counts. Two moments matter:

- A root case belongs to the *period* in which it first entered the lifecycle's `counted_from` state (where none is
  declared: in which it was opened), by the office's calendar, and by the day it happened where that was recorded.
- Everything else about it is taken as recorded by the *cut-off* `as_of`. So the same report with the same cut-off
  gives the same figures for ever, whatever is recorded later; without one, the cut-off is the engine's clock now.

Cases (条) and items (条次) are counted in two columns and never added up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from workflow.core.fold import fold
from workflow.core.model import ROOT, File, Lifecycle, Metric, Micros, Text
from workflow.counting import Counted, definition, rate, rule_of, selected, tallied
from workflow.figures import Figure, Period, Report, Row, Table
from workflow.store.tables import cases, records

if TYPE_CHECKING:
    from workflow.engine import Engine

PAGE = 400  # files replayed at a time
CHANGING = frozenset(("open", "move", "act", "edit", "migration"))


def report(
    engine: Engine,
    lifecycle: str,
    *,
    year: int | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: Micros | None = None,
    ids: bool = False,
) -> Report:
    """The declared metrics and tallies of `lifecycle` over the cases of a period.

    The period is a `year` of the calendar or the days from `since` to `until`, both included; without either it is
    all there is. `as_of` is the cut-off in microseconds UTC (default: the engine's clock now). With `ids` every figure
    carries the ids of the cases or parts behind it. Raises NotFound for an unknown lifecycle and InputInvalid for a
    period that cannot be.
    """
    declared = engine.lifecycle(lifecycle)
    period = Period.of(year, since, until)
    cut_off = engine.now() if as_of is None else as_of
    counts = _Counts(declared, ids)
    for counted in _counted(engine, declared, period, cut_off):
        counts.add(counted)
    return counts.report(period, cut_off, engine.calendar().version)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How one unit (None: cases that nobody holds) kept one deadline: how many in time, and how many not."""

    unit: str | None
    deadline: str
    label: Text
    on_time: int
    overdue: int

    @property
    def rate(self) -> str | None:
        """The share in time, as it is printed; None where there is nothing to share."""
        return rate(self.on_time, self.on_time + self.overdue)


def punctuality(
    engine: Engine,
    lifecycle: str,
    *,
    year: int | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: Micros | None = None,
) -> tuple[Punctuality, ...]:
    """On time and overdue by unit and deadline over the same cases as `report`; arguments and counting rule alike."""
    declared = engine.lifecycle(lifecycle)
    period = Period.of(year, since, until)
    cut_off = engine.now() if as_of is None else as_of
    counts: dict[tuple[str, str], list[int]] = {}
    labels = {each.name: each.label for kind in declared.clocks.values() for each in kind}
    for counted in _counted(engine, declared, period, cut_off):
        for case in counted.file:
            for deadline in counted.lifecycle.clocks.get(case.kind, ()):
                kept = counted.in_time(case, deadline.name)
                if kept is not None:
                    counts.setdefault((case.holder or "", deadline.name), [0, 0])[0 if kept else 1] += 1
                    labels[deadline.name] = deadline.label
    order = list(labels)
    ranked = sorted(counts, key=lambda each: (order.index(each[1]), each[0]))
    return tuple(Punctuality(unit or None, name, labels[name], *counts[unit, name]) for unit, name in ranked)


class _Counts:
    """Adds up one file after the other; keeps ids only where they are asked for."""

    def __init__(self, declared: Lifecycle, with_ids: bool) -> None:
        self._declared = declared
        self._with_ids = with_ids
        self._cases = 0
        self._selected: dict[tuple[str, str], _Count] = {
            (metric.name, side): _Count() for metric in declared.metrics.values() for side in ("count", "of")
        }
        self._tallied: dict[tuple[str, str, str], _Count] = {
            (tally.name, part, unit): _Count()
            for tally in declared.tallies.values()
            for part in tally.parts
            for unit in ("cases", "items")
        }

    def add(self, counted: Counted) -> None:
        self._cases += 1
        for metric in self._declared.metrics.values():
            self._note(self._selected[metric.name, "count"], selected(metric.count, counted))
            if metric.of is not None:
                self._note(self._selected[metric.name, "of"], selected(metric.of, counted))
        for tally in self._declared.tallies.values():
            items: dict[str, list[str]] = {}
            for part, id in tallied(tally, counted):
                items.setdefault(part, []).append(id)
            for part, found in items.items():
                self._note(self._tallied[tally.name, part, "cases"], (counted.file.root.id,))
                self._note(self._tallied[tally.name, part, "items"], found)

    def _note(self, count: _Count, found: Sequence[str]) -> None:
        count.n += len(found)
        if self._with_ids:
            count.ids += found

    def report(self, period: Period, cut_off: Micros, calendar: str) -> Report:
        declared = self._declared
        return Report(
            declared.name,
            declared.label,
            period,
            cut_off,
            calendar,
            self._cases,
            tuple(self._figure(metric) for metric in declared.metrics.values()),
            tuple(
                Table(tally.name, tally.label, tuple(self._row(tally.name, part) for part in tally.parts))
                for tally in declared.tallies.values()
            ),
            self._with_ids,
        )

    def _figure(self, metric: Metric) -> Figure:
        count, of = self._selected[metric.name, "count"], self._selected[metric.name, "of"]
        total = None if metric.of is None else of.n
        value = None if total is None else rate(count.n, total)
        meaning = definition(metric, self._declared)
        rule = rule_of(metric)
        return Figure(metric.name, metric.label, count.n, total, value, meaning, rule, tuple(count.ids), tuple(of.ids))

    def _row(self, tally: str, part: str) -> Row:
        cases, items = self._tallied[tally, part, "cases"], self._tallied[tally, part, "items"]
        kind = self._declared.parts.get(part)
        label = kind.label if kind is not None else Text(zh=part, en=part)
        return Row(part, label, cases.n, items.n, tuple(cases.ids), tuple(items.ids))


@dataclass(slots=True)
class _Count:
    n: int = 0
    ids: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- reading the records


def _counted(engine: Engine, declared: Lifecycle, period: Period, cut_off: Micros) -> Iterator[Counted]:
    """Each file of the period, as it was at the cut-off."""
    calendar = engine.calendar()
    with engine.looking() as sql:
        for files in _populations(sql, declared, _counted_states(engine, declared), period, cut_off):
            for file, version in _replayed(sql, files, cut_off, engine.lifecycle):
                yield Counted(file, version, calendar, cut_off)


def _populations(
    sql: Connection, declared: Lifecycle, counted: Sequence[str], period: Period, cut_off: Micros
) -> Iterator[list[str]]:
    """The files of the period, a page at a time: those whose first entry into the counted state lies in it."""
    entered = records.c.target.in_(counted) if declared.counted_from is not None else records.c.kind == "open"
    query = (
        select(records.c.file, records.c.at, records.c.body)
        .join(cases, cases.c.id == records.c.file)
        .where(
            cases.c.lifecycle == declared.name,
            cases.c.kind == ROOT,
            records.c.case_id == records.c.file,
            records.c.kind.in_(("open", "move", "migration")),
            records.c.at <= cut_off,
            entered,
        )
        .order_by(records.c.file, records.c.seq)
        .limit(PAGE)
    )
    last: str | None = None
    while True:
        rows = sql.execute(query if last is None else query.where(records.c.file > last)).all()
        if not rows:
            return
        first_entries = {row.file: row for row in reversed(rows)}
        yield [id for id, row in first_entries.items() if period.holds(json.loads(row.body).get("happened", row.at))]
        last = rows[-1].file


def _counted_states(engine: Engine, declared: Lifecycle) -> list[str]:
    """The counted state, or the states within it, and what they were called in the versions before."""
    name = declared.counted_from
    found = {state.name for state in declared.root.states.values() if name == state.name or name in state.within}
    version = declared
    published = {each.version for each in engine.lifecycles() if each.name == declared.name}
    while version.migrate is not None and version.migrate.version in published:
        found |= {old for old, new in version.migrate.of(ROOT).states.items() if new in found}
        version = engine.lifecycle(declared.name, version.migrate.version)
    return sorted(found)


def _replayed(
    sql: Connection, files: list[str], cut_off: Micros, lifecycle: Callable[[str, int], Lifecycle]
) -> Iterator[tuple[File, Lifecycle]]:
    """Each file as its records had it at the cut-off, and the version of the lifecycle that it followed then."""
    if not files:
        return
    query = (
        select(records.c.file, records.c.body)
        .where(records.c.file.in_(sorted(files)), records.c.at <= cut_off)
        .order_by(records.c.file, records.c.seq)
    )
    for _, rows in groupby(sql.execute(query), key=lambda row: str(row.file)):
        file, version = None, None
        for row in rows:
            entry = json.loads(row.body)
            if entry["kind"] in CHANGING:
                version = lifecycle(entry["lifecycle"]["name"], entry["lifecycle"]["version"])
                file = fold(file, entry, version)
        if file is not None and version is not None:
            yield file, version

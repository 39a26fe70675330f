"""Habits learnt from the records of a database: what was chosen in each state, how long it took, who came when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from workflow.core.errors import NotFound
from workflow.core.fold import fold
from workflow.core.model import ENGINE, ROOT, Field, File, Kind, Lifecycle, Micros, Text
from workflow.reporting import CHANGING
from workflow.simulating.habits import ARRIVALS, STAY, Habits, Pace, Step
from workflow.simulating.hours import Hours
from workflow.store.tables import cases, records

if TYPE_CHECKING:
    from workflow.engine import Engine

MOST_OBSERVED = 400  # lengths kept of one step; more are thinned out evenly
ENOUGH = 5  # steps of a party, for its speed to be known
NEVER = 20  # visits of a state after which what was never done there counts as not done
Path = str
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Learnt:
    """The habits, from how many cases and records, and the moment at which the first case was opened."""

    habits: Habits
    cases: int
    records: int
    begins: Micros


def fit(engine: Engine, lifecycle: Lifecycle, given: Habits) -> Learnt:
    """What the records of `lifecycle` in the database say, of all its versions; what `given` says goes before it.

    Raises NotFound where the database has no case of it.
    """
    ledger = _Ledger(Hours(engine.calendar(), 1990))
    query = (
        select(records.c.file, records.c.body)
        .join(cases, cases.c.id == records.c.file)
        .where(cases.c.lifecycle == lifecycle.name, cases.c.kind == ROOT)
        .order_by(records.c.file, records.c.seq)
    )
    with engine.looking() as sql:
        for _, rows in groupby(sql.execute(query.execution_options(yield_per=2000)), key=lambda row: str(row.file)):
            ledger.read([json.loads(row.body) for row in rows], engine)
    if not ledger.opened:
        raise NotFound(Text(zh="可供学习的办件，其流程为", en="case to learn from of the lifecycle"), lifecycle.name)
    return Learnt(ledger.habits(lifecycle, given), len(ledger.opened), ledger.seen, min(ledger.opened))


@dataclass(slots=True)
class _Ledger:
    """What the files read so far add up to."""

    hours: Hours
    seen: int = 0
    opened: list[Micros] = field(default_factory=list)
    chosen: Counter[Step] = field(default_factory=Counter)
    lengths: dict[Step, list[float]] = field(default_factory=dict)
    values: dict[Path, Counter[str]] = field(default_factory=dict)
    by_party: dict[str, list[tuple[Step, float]]] = field(default_factory=dict)

    def read(self, entries: list[Mapping[str, Any]], engine: Engine) -> None:
        file: File | None = None
        last: dict[str, Micros] = {}  # when each case was last moved
        for entry in entries:
            if entry["kind"] not in CHANGING:
                continue
            version = engine.lifecycle(entry["lifecycle"]["name"], entry["lifecycle"]["version"])
            if file is None:
                self.opened.append(entry["at"])
            elif entry["kind"] != "migration":
                self._note(file, entry, version, last)
            self.seen += 1
            file = fold(file, entry, version)
            last[entry["case"]] = entry["at"]

    def _note(self, file: File, entry: Mapping[str, Any], lifecycle: Lifecycle, last: Mapping[str, Micros]) -> None:
        case = file.case(entry["case"])
        kind = lifecycle.kind(case.kind)
        if entry["who"]["id"] == ENGINE:
            self.chosen[case.kind, case.state, STAY] += 1
            return
        step = (case.kind, case.state, entry["action"])
        length = max(self.hours.between(last.get(case.id, case.opened_at), entry["at"]), 0.0)
        self.chosen[step] += 1
        self.lengths.setdefault(step, []).append(length)
        if case.kind and case.holder in (entry["who"]["id"], entry["who"].get("unit"), entry["who"].get("for")):
            self.by_party.setdefault(str(case.holder), []).append((step, length))
        given = {**entry.get("set", {}), **entry.get("input", {})}
        transition = kind.transitions.get(entry["action"])
        if transition is not None:
            path = f"{case.kind}.{entry['action']}".lstrip(".")
            own = (kind.fields[name] for name in transition.require)
            for each in (*own, *transition.asks):
                self._value(each, given.get(each.name), f"{path}.{each.name}")

    def _value(self, declared: Field, value: Any, path: Path) -> None:
        if isinstance(value, list) and declared.item is not None:
            self.values.setdefault(f"{path}[]", Counter())[str(len(value))] += 1
            for each in value:
                self._value(declared.item, each, path)
        elif isinstance(value, dict):
            for each in declared.fields:
                self._value(each, value.get(each.name), f"{path}.{each.name}")
        elif value is not None and declared.type in ("choice", "code", "party", "bool"):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            self.values.setdefault(path, Counter())[text] += 1

    def habits(self, lifecycle: Lifecycle, given: Habits) -> Habits:
        opened = sorted(self.opened)
        gaps = [self.hours.between(a, b) for a, b in pairwise(opened)]
        weights = {step: float(count) for step, count in self.chosen.items()}
        for kind in (lifecycle.root, *lifecycle.parts.values()):
            weights |= dict.fromkeys(self._never(kind), 0.0)
        paces = {step: Pace("observed", _thinned(found)) for step, found in self.lengths.items()}
        return replace(
            given,
            weights=_besides(weights, given.weights) | dict(given.weights),
            paces=_besides(paces, given.paces) | dict(given.paces),
            values={**self.values, **given.values},
            gaps=tuple(max(gap, 0.0) for gap in (0.0, *gaps)) if given.arrivals is ARRIVALS else (),
            speed={**self._speeds(), **given.speed},
        )

    def _never(self, kind: Kind) -> list[Step]:
        """What was never done in states that were left often enough."""
        left: Counter[str] = Counter()
        for (name, state, _), count in self.chosen.items():
            if name == kind.name:
                left[state] += count
        known = {action for name, _, action in self.chosen if name == kind.name}
        return [
            (kind.name, state, name)
            for name, each in kind.transitions.items()
            for state in each.sources
            if left[state] >= NEVER and name in known and (kind.name, state, name) not in self.chosen
        ]

    def _speeds(self) -> dict[str, float]:
        usual = {step: sum(found) / len(found) for step, found in self.lengths.items()}
        speeds = {}
        for party, steps in self.by_party.items():
            took = sum(length for _, length in steps)
            if len(steps) >= ENOUGH and took:
                speeds[party] = min(max(sum(usual[step] for step, _ in steps) / took, 0.2), 5.0)
        return speeds


def _besides(learnt: Mapping[Step, T], given: Mapping[Step, Any]) -> dict[Step, T]:
    """What was learnt, without what was given for the action in any state, or for the state as a whole."""
    return {
        (kind, state, action): value
        for (kind, state, action), value in learnt.items()
        if (kind, "", action) not in given and (kind, state, "") not in given
    }


def _thinned(found: list[float]) -> tuple[float, ...]:
    ordered = sorted(found)
    if len(ordered) <= MOST_OBSERVED:
        return tuple(ordered)
    return tuple(ordered[(2 * n + 1) * len(ordered) // (2 * MOST_OBSERVED)] for n in range(MOST_OBSERVED))

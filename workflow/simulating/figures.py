"""What is counted of simulated cases; two counts of different cases add up to the count of both, in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from workflow.core.calendar import Calendar, local
from workflow.core.clocks import kept_in_time
from workflow.core.model import ENGINE, Lifecycle
from workflow.simulating.checks import Fault
from workflow.simulating.course import Course, Spell
from workflow.simulating.hours import Hours

Signature = tuple[str, str]


@dataclass(slots=True)
class Met:
    """A fault, in how many cases it was met, and the first of them."""

    fault: Fault
    cases: int
    first: int


@dataclass(slots=True)
class Figures:
    """Counts; times in a state are kept in tenths of a working day, days as their ordinals, months as `2022-03`."""

    cases: int = 0
    records: int = 0
    unopened: int = 0
    unfinished: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    spells: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    kept: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    load: Counter[tuple[str, int]] = field(default_factory=Counter)  # how the length of a role's list changes that day
    opened: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    faults: dict[Signature, Met] = field(default_factory=dict)

    def add(self, course: Course, index: int, hours: Hours) -> None:
        """Count one more case."""
        self.cases += 1
        self.taken.update(course.taken)
        self.refused.update(course.refused)
        for fault in course.faults.values():
            self._meet(Met(fault, 1, index))
        if course.file is None:
            self.unopened += 1
            return
        root = course.file.root
        self.records += course.records
        self.unfinished += bool(course.open)
        self.outcomes[root.state, root.outcome or ""] += 1
        self.opened[local(root.opened_at).strftime("%Y-%m")] += 1
        if not root.open:
            self.ended[local(root.entered_at).strftime("%Y-%m")] += 1
        self.numbers.update(course.numbers)
        for spell in course.spells:
            self._stay(spell, course.lifecycle, hours)
        self._judge(course, course.calendar)

    def merge(self, other: Figures) -> None:
        """Add the counts of other cases."""
        self.cases += other.cases
        self.records += other.records
        self.unopened += other.unopened
        self.unfinished += other.unfinished
        for name in ("outcomes", "spells", "kept", "taken", "refused", "load", "opened", "ended", "numbers"):
            mine: Counter[object] = getattr(self, name)
            for key, count in getattr(other, name).items():
                mine[key] += count
        for met in other.faults.values():
            self._meet(met)

    def _meet(self, met: Met) -> None:
        known = self.faults.get(met.fault.signature)
        if known is None:
            self.faults[met.fault.signature] = met
        else:
            fault = met.fault if met.first < known.first else known.fault
            self.faults[fault.signature] = Met(fault, known.cases + met.cases, min(known.first, met.first))

    def _stay(self, spell: Spell, lifecycle: Lifecycle, hours: Hours) -> None:
        self.spells[spell.kind, spell.state, round(hours.between(spell.since, spell.until) * 10)] += 1
        since, until = (local(moment).toordinal() for moment in (spell.since, spell.until))
        for role in attending(lifecycle, spell.kind, spell.state):
            self.load[role, since] += 1
            self.load[role, until] -= 1

    def _judge(self, course: Course, calendar: Calendar) -> None:
        for case in course.standing:
            for deadline in course.lifecycle.clocks.get(case.kind, ()):
                kept = kept_in_time(deadline, case, calendar, course.now)
                if kept is not None:
                    self.kept[deadline.name, case.holder or "", kept] += 1


def attending(lifecycle: Lifecycle, kind_name: str, state: str) -> tuple[str, ...]:
    """The roles on whose list a case of this kind stands in this state."""
    kind = lifecycle.kind(kind_name)
    names = kind.states[state].waits_for
    if names is None:
        leaving = (t for t in kind.transitions.values() if not t.act and state in t.sources)
        names = tuple(dict.fromkeys(name for t in leaving for name in t.by if name != ENGINE))
    return names

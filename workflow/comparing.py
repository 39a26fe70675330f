"""What the differences between two versions come to for the cases that are running: how many each concerns, which due
dates would move, and on whose to-do list something would appear or vanish. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from workflow.core import clocks, roles
from workflow.core.calendar import Calendar
from workflow.core.comparing import Change, Concern
from workflow.core.migrating import Forecast, Hop, hop
from workflow.core.model import Case, File, Lifecycle, Micros, Migration
from workflow.migrating import forecasts
from workflow.store.tables import cases, timers
from workflow.versions import versions

if TYPE_CHECKING:
    from workflow.engine import Engine

EXAMPLES = 5  # due dates told one by one for each deadline

Seen = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Running:
    """How many running cases of a version there are by kind and state, and how many clocks run, by kind and deadline."""

    states: Mapping[tuple[str, str], int] = field(default_factory=dict)
    clocks: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, concerns: Concern | None) -> int | None:
        """How many cases or parts a difference concerns; None where it concerns none by its nature."""
        if concerns is None:
            return None
        if concerns.deadline is not None:
            return self.clocks.get((concerns.kind, concerns.deadline), 0)
        return sum(
            n
            for (kind, state), n in self.states.items()
            if kind == concerns.kind and (concerns.states is None or state in concerns.states)
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date that would be another; `was` or `due` is None where the clock would begin, or would not run at all."""

    case: str
    number: str | None
    root: str
    holder: str | None
    was: Micros | None
    due: Micros | None


@dataclass(slots=True)
class Dates:
    """What becomes of one deadline: how many due dates would move, begin or fall away, and the first of them."""

    moved: int = 0
    begun: int = 0
    gone: int = 0
    examples: list[Moved] = field(default_factory=list)


@dataclass(slots=True)
class Consequences:
    """What would become of the running cases: due dates by kind and deadline, to-do entries by party.

    `held` cases have no place in the newer version as it is: what it would mean for them nobody can say.
    """

    looked: int = 0
    held: int = 0
    due: dict[tuple[str, str], Dates] = field(default_factory=dict)
    appear: Counter[str] = field(default_factory=Counter)
    vanish: Counter[str] = field(default_factory=Counter)


def running(engine: Engine, lifecycle: Lifecycle) -> Running:
    """Two questions to the database, however many cases there are."""
    mine = cases.c.lifecycle == lifecycle.name, cases.c.version == lifecycle.version, cases.c.outcome.is_(None)
    by_state = select(cases.c.kind, cases.c.state, func.count()).where(*mine).group_by(cases.c.kind, cases.c.state)
    by_clock = (
        select(cases.c.kind, timers.c.deadline, func.count())
        .join_from(timers, cases, cases.c.id == timers.c.case_id)
        .where(*mine)
        .group_by(cases.c.kind, timers.c.deadline)
    )
    with engine.looking() as sql:
        return Running(
            {(kind, state): n for kind, state, n in sql.execute(by_state)},
            {(kind, deadline): n for kind, deadline, n in sql.execute(by_clock)},
        )


def touched(changes: Iterable[Change]) -> bool:
    """Whether anything of it could reach a running case."""
    return any(each.concerns is not None for each in changes)


def consequences(engine: Engine, old: Lifecycle, new: Lifecycle, seen: Seen = lambda done: None) -> Consequences:
    """What would become of the running cases of `old`, a published version, if they came over to `new`.

    As `migrate plan` finds it: by replaying their records. `seen` is told how many were looked at so far. Raises
    InputInvalid where the mapping in `new` names what `old` does not have.
    """
    found, calendar = Consequences(), engine.calendar()
    way = _way(engine, old, new)
    for number, _, standing, became in forecasts(engine, way):
        found.looked += 1
        seen(found.looked)
        _take(found, way, number, standing, became, calendar)
    return found


def _way(engine: Engine, old: Lifecycle, new: Lifecycle) -> Hop:
    """The way to `new`, which may be of the same number while it is written: then it counts as the next version."""
    if new.migrate is not None and new.migrate.version == old.version:
        return hop(old, new)
    if new.version == old.version:
        new = replace(new, version=versions(engine, old.name)[-1].version + 1)
    return Hop(old, new, Migration(old.version))


def _take(
    found: Consequences, way: Hop, number: str | None, standing: File, became: Forecast, calendar: Calendar
) -> None:
    after = became.after
    if after is None:
        found.held += 1
        return
    for was, now in zip(standing, after, strict=True):
        before, later = _ends(way.old, was, calendar), _ends(way.new, now, calendar)
        for name in dict.fromkeys((*before, *later)):
            if before.get(name) != later.get(name):
                moved = Moved(was.id, number, standing.root.id, was.holder, before.get(name), later.get(name))
                _note(found.due.setdefault((now.kind, name), Dates()), moved)
        waited = set(roles.waiting(way.old, standing, was.id))
        waits = set(roles.waiting(way.new, after, now.id))
        found.vanish.update(waited - waits)
        found.appear.update(waits - waited)


def _ends(lifecycle: Lifecycle, case: Case, calendar: Calendar) -> dict[str, Micros]:
    """When each running clock of the case runs out; one that stands still has no date."""
    ends = {}
    for deadline in lifecycle.clocks.get(case.kind, ()):
        facts = case.clocks.get(deadline.name)
        end = clocks.reading(deadline, facts, calendar) if clocks.running(facts) else None
        if end is not None:
            ends[deadline.name] = end.due
    return ends


def _note(dates: Dates, moved: Moved) -> None:
    dates.begun += moved.was is None
    dates.gone += moved.due is None
    dates.moved += moved.was is not None and moved.due is not None
    if len(dates.examples) < EXAMPLES:
        dates.examples.append(moved)

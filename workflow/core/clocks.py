"""The clocks of a case: when each deadline began, stood still, was extended and ended, and what it has told so far.

These facts are folded from the records like all others; what they come to on a calendar is `reading`, and what has to
be told of it and when is `coming`. Nothing here knows the time but from a record or from its caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, TypeGuard

from workflow.core.calendar import Calendar, local
from workflow.core.model import Case, Deadline, Duration, File, Kind, Lifecycle, Micros, State, Telling
from workflow.core.reckoning import Reckoned, after, before, reckon

Facts: TypeAlias = "dict[str, Any]"  # since, on, pauses, ended, extended, fired, stuck, period

OVERDUE = "overdue"
REPEAT = "repeat"
MOVED = "moved"  # another calendar has moved the end
LENGTH = "length"  # the input of an act that extends a deadline
_LENGTH = re.compile(r"([1-9][0-9]{0,4})(h|d|bd|mo)")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a clock tells at its moment: `warn:15d`, `overdue`, `escalate:5bd` or `repeat`."""

    name: str
    moment: Micros
    telling: Telling | None = None


# ---------------------------------------------------------------- the facts


def keep(lifecycle: Lifecycle, file: File | None, changed: File, entry: Mapping[str, Any]) -> None:
    """Carry the clocks of `changed`, which the record `entry` made of `file`, through that record.

    A part's clock stands still where the part's own state says so, and where the state of the root case does.
    """
    held, was_held = _held(lifecycle, changed), _held(lifecycle, file)
    old_parts = () if file is None else file.parts
    old_root = None if file is None else file.root
    changed.root = _kept(lifecycle, old_root, changed.root, held, entry)
    parts = [
        part
        if number < len(old_parts) and part is old_parts[number] and held == was_held
        else _kept(lifecycle, old_parts[number] if number < len(old_parts) else None, part, held, entry)
        for number, part in enumerate(changed.parts)
    ]
    changed.parts = tuple(parts)


def asking(
    lifecycle: Lifecycle, file: File | None, changed: File, entry: Mapping[str, Any]
) -> Iterator[tuple[Case, Deadline]]:
    """The clocks that begin with the record `entry`, which made `changed` of `file`, if their condition holds."""
    known = {} if file is None else {case.id: case for case in file}
    for case in changed:
        old = known.get(case.id)
        if case is not old:
            for deadline in lifecycle.clocks.get(case.kind, ()):
                if deadline.when is not None and _inside(deadline, case) and _starts(deadline, old, case, entry):
                    yield case, deadline


def fire(case: Case, entry: Mapping[str, Any]) -> Case:
    """The case after the record of one event of a clock."""
    told = entry["timer"]
    facts = case.clocks.get(told["deadline"], {})
    if told["event"] == MOVED:
        return case
    noted = {**facts, "fired": {**facts.get("fired", {}), told["event"]: told["moment"]}}
    if "blockers" in entry:
        noted["stuck"] = entry["blockers"]
    fired = case.copy()
    fired.clocks = {**case.clocks, told["deadline"]: noted}
    return fired


def _held(lifecycle: Lifecycle, file: File | None) -> tuple[str, ...]:
    if file is None or not file.root.open:
        return ()
    return lifecycle.root.states[file.root.state].pauses


def _kept(lifecycle: Lifecycle, old: Case | None, case: Case, held: tuple[str, ...], entry: Mapping[str, Any]) -> Case:
    deadlines = lifecycle.clocks.get(case.kind, ())
    if not deadlines:
        return case
    kind = lifecycle.kind(case.kind)
    still = {*held, *kind.states[case.state].pauses}
    clocks = case.clocks
    for deadline in deadlines:
        facts = case.clocks.get(deadline.name)
        carried = _carried(deadline, facts, old, case, entry, still=deadline.name in still)
        carried = _extended(deadline, carried, kind, case, entry)
        if carried is not facts and carried is not None:
            clocks = {**clocks, deadline.name: carried}
    if clocks is not case.clocks:
        case = case.copy() if case is old else case
        case.clocks = clocks
    return case


def _carried(
    deadline: Deadline, facts: Facts | None, old: Case | None, case: Case, entry: Mapping[str, Any], *, still: bool
) -> Facts | None:
    at: Micros = entry["at"]
    inside = _inside(deadline, case)
    starts = inside and _starts(deadline, old, case, entry)
    begins = starts and _wanted(deadline, case, entry)
    if facts is None or "ended" in facts:
        if not inside or ((starts or facts is None) and not begins):
            return facts
        if facts is not None and deadline.again == "continue":
            gap = [facts["ended"], at]
            facts = {n: v for n, v in facts.items() if n != "ended"} | {"pauses": [*_closed(facts), gap]}
        else:
            facts = _begun(deadline, case, at)
    elif not inside:
        return {**facts, "ended": at}
    elif begins and deadline.again == "restart":
        facts = _begun(deadline, case, at)
    stands = paused(facts)
    if still and not stands:
        return {**facts, "pauses": [*facts.get("pauses", ()), [at, None]]}
    if stands and not still:
        return {**facts, "pauses": [*facts["pauses"][:-1], [facts["pauses"][-1][0], at]]}
    return facts


def _inside(deadline: Deadline, case: Case) -> bool:
    return case.open and case.state not in deadline.until and (not deadline.during or case.state in deadline.during)


def _starts(deadline: Deadline, old: Case | None, case: Case, entry: Mapping[str, Any]) -> bool:
    if deadline.action is not None:
        return bool(entry["case"] == case.id and entry["action"] == deadline.action)
    entered = deadline.start or deadline.during
    if not entered:
        return old is None
    return case.state in entered and (old is None or old.state not in entered)


def _wanted(deadline: Deadline, case: Case, entry: Mapping[str, Any]) -> bool:
    """Whether its condition held, as the record says, and the date that it takes from the case is known."""
    if deadline.when is not None and deadline.name not in entry.get("begun", {}).get(case.id, ()):
        return False
    return deadline.field is None or case.values.get(deadline.field) is not None


def _begun(deadline: Deadline, case: Case, at: Micros) -> Facts:
    """The facts of a clock that begins: the date it takes from the case stays what it is now."""
    return {"since": at} if deadline.field is None else {"since": at, "on": case.values[deadline.field]}


def _extended(
    deadline: Deadline, facts: Facts | None, kind: Kind, case: Case, entry: Mapping[str, Any]
) -> Facts | None:
    if facts is None or entry["kind"] != "act" or entry["case"] != case.id:
        return facts
    if kind.transitions[entry["action"]].extends != deadline.name:
        return facts
    lengths = [*facts.get("extended", ()), entry["input"][LENGTH]]
    return {n: v for n, v in facts.items() if n != "stuck"} | {"extended": lengths}


def _closed(facts: Facts) -> list[list[Micros]]:
    """The pauses, with one that lasts ended where the clock ended."""
    return [[begin, facts["ended"] if end is None else end] for begin, end in facts.get("pauses", ())]


# ---------------------------------------------------------------- what they come to


def of(lifecycle: Lifecycle, file: File) -> Iterator[tuple[Case, Deadline, Facts]]:
    """Every clock of the file that has begun: its case, its deadline and its facts."""
    for case in file:
        for deadline in lifecycle.clocks.get(case.kind, ()):
            if deadline.name in case.clocks:
                yield case, deadline, case.clocks[deadline.name]


def running(facts: Facts | None) -> TypeGuard[Facts]:
    """Whether the clock has begun and has not ended; it may stand still."""
    return facts is not None and "ended" not in facts


def paused(facts: Facts) -> bool:
    """Whether the clock stands still."""
    pauses = facts.get("pauses", ())
    return bool(pauses and pauses[-1][1] is None)


def stopped_by(lifecycle: Lifecycle, kind: str, state: str, root_state: str, name: str) -> State:
    """The state for which the clock `name` of a case stands still: its own, or else that of the root case."""
    own = lifecycle.kind(kind).states[state]
    return own if name in own.pauses else lifecycle.root.states[root_state]


def length_of(text: object) -> Duration | None:
    """A length of time as it is written, such as "5bd"; None for what is none, or is of no length."""
    match = _LENGTH.fullmatch(text) if isinstance(text, str) else None
    return None if match is None else Duration(int(match[1]), match[2])  # type: ignore[arg-type]


def reading(
    deadline: Deadline, facts: Facts, calendar: Calendar, now: Micros | None = None, more: tuple[Duration, ...] = ()
) -> Reckoned | None:
    """When the clock runs out: a function of the deadline, the facts of the case and the calendar.

    None while it stands still, for then nobody can know, unless it had run out before; with `now`, as if it went on
    now. `more` is an extension that is thought of.
    """
    stop: Micros | None = facts.get("ended", now)
    stands = stop is None and paused(facts)
    until: Micros = facts["pauses"][-1][0] if stands else (stop or 0)
    pauses = [(begin, until if end is None else end) for begin, end in facts.get("pauses", ())]
    lengths = [length for text in facts.get("extended", ()) if (length := length_of(text)) is not None]
    period = facts.get("period")
    terms, latest, roll = (deadline.terms, deadline.latest, deadline.roll) if period is None else _read_period(period)
    if period is None and deadline.field is not None:
        terms = (date.fromisoformat(facts["on"]),)
    end = reckon(
        facts["since"],
        terms,
        calendar,
        latest=latest,
        roll=roll,
        extensions=(*lengths, *more),
        pauses=pauses,
    )
    return None if stands and until < end.due else end


def with_period(deadline: Deadline, facts: Facts) -> Facts:
    """The facts of a clock that keeps the period it has by `deadline`, whatever the next version says of it."""
    if "period" in facts:
        return facts
    terms = [str(term) for term in deadline.terms] if deadline.field is None else [facts["on"]]
    return {**facts, "period": {"terms": terms, "latest": deadline.latest, "roll": deadline.roll}}


def _read_period(period: Mapping[str, Any]) -> tuple[tuple[Duration | date, ...], bool, bool]:
    terms = tuple(length_of(text) or date.fromisoformat(text) for text in period["terms"])
    return terms, period["latest"], period["roll"]


def coming(deadline: Deadline, facts: Facts, end: Reckoned, calendar: Calendar) -> Event | None:
    """What the clock tells next, and when; None where nothing is left to tell."""
    return min(_pending(deadline, facts, end, calendar), key=lambda event: event.moment, default=None)


def ripe(deadline: Deadline, facts: Facts, end: Reckoned, calendar: Calendar, now: Micros) -> Event | None:
    """What the clock has to tell at `now`; None where nothing is.

    After a time in which nobody looked, only the last of several reminders is told, and none once the end has passed;
    the end itself and each escalation are told in any case.
    """
    passed = [event for event in _pending(deadline, facts, end, calendar) if event.moment <= now]
    marks = [event for event in passed if not event.name.startswith("warn:")]
    if not marks:
        return max(passed, key=lambda event: event.moment, default=None)
    first = min(marks, key=lambda event: event.moment)
    return _latest_repeat(deadline, first, calendar, now) if first.name == REPEAT else first


def _pending(deadline: Deadline, facts: Facts, end: Reckoned, calendar: Calendar) -> Iterator[Event]:
    fired: Mapping[str, Micros] = facts.get("fired", {})
    if fired.get(OVERDUE) == end.due:
        if paused(facts):
            return  # it ran out before it was stopped; nobody is told again of a case that rests
        for telling in deadline.escalate:
            assert telling.after is not None
            moment = after(end.last, telling.after, end.due, calendar)
            if fired.get(f"escalate:{telling.after}") != moment:
                yield Event(f"escalate:{telling.after}", moment, telling)
        if deadline.repeat is not None:
            yield _repeat(deadline.repeat, max(end.due, fired.get(REPEAT, end.due)), deadline, calendar)
        return
    yield Event(OVERDUE, end.due, deadline.overdue)
    warnings = {f"warn:{length}": before(end.last, length, end.due, calendar) for length in deadline.warn}
    told = max((moment for name, moment in warnings.items() if fired.get(name) == moment), default=facts["since"])
    for name, moment in warnings.items():
        if told < moment < end.due:
            yield Event(name, moment)


def _repeat(every: Duration, last: Micros, deadline: Deadline, calendar: Calendar) -> Event:
    return Event(REPEAT, after(local(last - 1).date(), every, last, calendar), deadline.overdue)


def _latest_repeat(deadline: Deadline, event: Event, calendar: Calendar, now: Micros) -> Event:
    assert deadline.repeat is not None
    while True:
        following = _repeat(deadline.repeat, event.moment, deadline, calendar)
        if not event.moment < following.moment <= now:
            return event
        event = following


def kept_in_time(deadline: Deadline, case: Case, calendar: Calendar, now: Micros) -> bool | None:
    """Whether the case met this deadline by `now`: True where its clock ended before it ran out, False where it ended
    later or has run out and runs still. None where it does not count: no such clock, still running in time, standing
    still, or given up (outcome cancelled) before it ran out.
    """
    facts = case.clocks.get(deadline.name)
    end = None if facts is None else reading(deadline, facts, calendar)
    if facts is None or end is None:
        return None
    if facts.get("ended", now) >= end.due:
        return False
    return None if "ended" not in facts or case.outcome == "cancelled" else True

"""Run to completion: one command, and everything that the engine must do because of it.

Pure like `decide`. The engine gives it the file as it stands and writes down what comes back; the simulator gives it
random commands; neither can do what the other would not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.decide import automatic, decide, opening
from workflow.core.errors import ConditionFailed
from workflow.core.fold import fold
from workflow.core.model import (
    ENGINE_ACTOR,
    OPEN,
    Blocker,
    Case,
    Command,
    Deadline,
    File,
    Lifecycle,
    Linked,
    Micros,
    Move,
    NoticeWanted,
    NumberWanted,
    Refusal,
    Started,
    Text,
)
from workflow.core.notices import recipients, told_by
from workflow.core.personal import Hidden, hide
from workflow.core.record import Record, move_entry, notice_entries, timer_entry
from workflow.core.scope import Scope
from workflow.core.written import chain

MOST_STEPS = 64  # engine transitions after one command


@dataclass(frozen=True, slots=True)
class Supply:
    """What a run draws from outside: the moment, the log's origin, ids, numbers from their sequences, other cases."""

    now: Micros
    log: str
    new_id: Callable[[], str]
    draw_number: Callable[[NumberWanted], str]
    calendar: Calendar
    look: Callable[[str], Linked | None] = lambda _: None  # another case by its id, when a field comes to name it
    new_salt: Callable[[], str] | None = None  # 32 random bytes in hexadecimal; without: nothing personal is hidden


@dataclass(frozen=True, slots=True)
class Step:
    """One record of a run: its content, written form and leaf hash, the notices, the cases to start, and the personal
    values that stand in it as commitments.
    """

    entry: Record
    text: str
    leaf: str
    notices: tuple[NoticeWanted, ...]
    started: tuple[tuple[str, Started], ...]
    hidden: tuple[Hidden, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to: the file after it, and its records in order."""

    file: File
    steps: tuple[Step, ...]


def run(
    lifecycle: Lifecycle, file: File, case_id: str, command: Command, supply: Supply, request: str | None = None
) -> Ran | Refusal:
    """`command` on one case of `file`, then joins and engine transitions until nothing more happens.

    A refusal on the way refuses the whole; `file` itself is not changed in any case.
    """
    move = decide(lifecycle, file, case_id, command, supply.now, supply.calendar)
    if isinstance(move, Refusal):
        return move
    return _to_completion(lifecycle, file, move, command, supply, request, file.root.id, None)


def run_open(
    lifecycle: Lifecycle, command: Command, supply: Supply, request: str | None = None, *, started: Started | None = None,
    origin: Linked | None = None, id: str | None = None,
) -> Ran | Refusal:  # fmt: skip
    """A new root case. Where another case `started` it, its values and creator come from there, and the first field
    of type case that points to the lifecycle of the `origin` is linked back to it.
    """
    by = command.actor.on_behalf_of or command.actor.id
    if started is not None:
        by = started.created_by
        values = dict(started.set)
        for field in lifecycle.root.fields.values():
            if origin is not None and field.type == "case" and field.lifecycle in (None, origin.lifecycle):
                values.setdefault(field.name, origin.id)
                break
        command = replace(command, input=values)
    move = opening(lifecycle, command, supply.now, by, started=started is not None)
    if isinstance(move, Refusal):
        return move
    file_id = id or supply.new_id()
    return _to_completion(lifecycle, None, move, command, supply, request, file_id, by)


def settle(lifecycle: Lifecycle, file: File, supply: Supply) -> Ran | Refusal | None:
    """Look at the joins again after something outside the file has changed; None where nothing holds."""
    try:
        following = automatic(lifecycle, file, supply.now)
    except ConditionFailed as failed:
        return Refusal(file.root.id, "join", file.root.state, (Blocker("condition", failed.text),))
    if following is None:
        return None
    case_id, command = following
    return run(lifecycle, file, case_id, command, supply)


def run_timer(lifecycle: Lifecycle, file: File, case_id: str, name: str, supply: Supply) -> Ran | None:
    """What the clock `name` of one case has to tell now: its record, its notices, and the transition that it takes.

    None where it has nothing to tell, so that asking again does nothing. A transition that is refused is not taken:
    the record says why, and the clock does not try again.
    """
    case = file.case(case_id)
    deadline = next((each for each in lifecycle.clocks.get(case.kind, ()) if each.name == name), None)
    facts = case.clocks.get(name)
    if deadline is None or not clocks.running(facts):
        return None
    end = clocks.reading(deadline, facts, supply.calendar)
    event = None if end is None else clocks.ripe(deadline, facts, end, supply.calendar, supply.now)
    if end is None or event is None:
        return None
    told = _tell(lifecycle, file, case, deadline, event, end.due, supply, ())
    if event.name != clocks.OVERDUE or deadline.take is None:
        return Ran(told[0], (told[1],))
    command = overdue(deadline)
    move = decide(lifecycle, told[0], case_id, command, supply.now, supply.calendar)
    ran: Ran | Refusal = (
        move
        if isinstance(move, Refusal)
        else _to_completion(lifecycle, told[0], move, command, supply, None, file.root.id, None)
    )
    if isinstance(ran, Refusal):
        after, step = _tell(lifecycle, file, case, deadline, event, end.due, supply, ran.blockers)
        return Ran(after, (step,))
    return Ran(ran.file, (told[1], *ran.steps))


def overdue(deadline: Deadline) -> Command:
    """What the engine takes when the deadline is over, where it takes something."""
    assert deadline.take is not None
    return Command(deadline.take, ENGINE_ACTOR, note=f"{deadline.label.zh or deadline.name}已到期，自动办理")


def note_moved(
    lifecycle: Lifecycle, file: File, case_id: str, deadline: Deadline, was: Micros, end: Micros, supply: Supply
) -> tuple[File, Step]:
    """The record that another calendar has moved the end of a clock, and the notices of it."""
    case = file.case(case_id)
    event = clocks.Event(clocks.MOVED, was, deadline.overdue)
    return _tell(lifecycle, file, case, deadline, event, end, supply, ())


def _tell(
    lifecycle: Lifecycle,
    file: File,
    case: Case,
    deadline: Deadline,
    event: clocks.Event,
    due: Micros,
    supply: Supply,
    blockers: tuple[Blocker, ...],
) -> tuple[File, Step]:
    timer = {"deadline": deadline.name, "event": event.name, "moment": event.moment, "due": due}
    entry = timer_entry(case.id, case.state, timer, blockers, lifecycle, file=file.root.id, now=supply.now)
    after = fold(file, entry, lifecycle)
    notices = told_by(lifecycle, after, case.id, event, supply.now)
    if notices:
        entry["out"] = notice_entries(notices)
    text, leaf = chain(entry, supply.log, file.records + 1, file.head)
    after.records, after.head = file.records + 1, leaf
    return after, Step(entry, text, leaf, notices, ())


def _to_completion(
    lifecycle: Lifecycle,
    file: File | None,
    move: Move,
    command: Command,
    supply: Supply,
    request: str | None,
    file_id: str,
    by: str | None,
) -> Ran | Refusal:
    asked = command.action if file is not None else OPEN
    steps: list[Step] = []
    try:
        while True:
            file, step = _take(lifecycle, file, move, command, supply, request, file_id, by)
            steps.append(step)
            broken = broken_invariants(lifecycle, file, supply.now)
            if broken:
                return Refusal(move.case, asked, move.source, broken)
            following = automatic(lifecycle, file, supply.now)
            if following is None:
                return Ran(file, tuple(steps))
            if len(steps) > MOST_STEPS:
                return Refusal(move.case, asked, move.source, (_endless(following[1].action),))
            case_id, command = following
            answer = decide(lifecycle, file, case_id, command, supply.now, supply.calendar)
            if isinstance(answer, Refusal):
                return replace(answer, action=asked)
            move, request, by = answer, None, None
    except ConditionFailed as failed:
        return Refusal(move.case, asked, move.source, (Blocker("condition", failed.text),))


def _take(
    lifecycle: Lifecycle,
    file: File | None,
    move: Move,
    command: Command,
    supply: Supply,
    request: str | None,
    file_id: str,
    by: str | None,
) -> tuple[File, Step]:
    started = tuple((supply.new_id(), each) for each in move.started)
    entry = move_entry(
        move,
        command,
        lifecycle,
        file=file_id,
        now=supply.now,
        part_ids=[supply.new_id() for _ in move.opened],
        numbers=[(wanted, supply.draw_number(wanted)) for wanted in move.numbers],
        started=[id for id, _ in started],
        request=request,
        by=by,
    )
    seq, prev = (file.records, file.head) if file is not None else (0, "")
    after = fold(file, entry, lifecycle)
    _look_up(lifecycle, after, entry.get("set", {}), supply)
    begun = begins(lifecycle, file, after, entry)
    if begun:
        linked = after.linked
        entry["begun"] = begun
        after = fold(file, entry, lifecycle)
        after.linked = linked
    notices = recipients(lifecycle, after, entry, command.actor)
    if notices:
        entry["out"] = notice_entries(notices)
    entry, hidden = hide(entry, lifecycle, supply.log, lambda id: after.case(id).kind, supply.new_salt)
    text, leaf = chain(entry, supply.log, seq + 1, prev)
    after.records, after.head = seq + 1, leaf
    return after, Step(entry, text, leaf, notices, started, hidden)


def begins(lifecycle: Lifecycle, file: File | None, after: File, entry: Record) -> dict[str, list[str]]:
    """The clocks whose condition holds as they begin, by the id of their case: written down, and never asked again.

    Raises ConditionFailed.
    """
    found: dict[str, list[str]] = {}
    for case, deadline in clocks.asking(lifecycle, file, after, entry):
        assert deadline.when is not None
        if deadline.when.evaluate(Scope(lifecycle, after, case, ENGINE_ACTOR, {}, entry["at"])) is True:
            found.setdefault(case.id, []).append(deadline.name)
    return found


def _look_up(lifecycle: Lifecycle, file: File, changes: Mapping[str, Any], supply: Supply) -> None:
    named = [name for name in changes if name in lifecycle.root.fields and lifecycle.root.fields[name].type == "case"]
    if named:
        found = {name: supply.look(str(file.root.values[name])) for name in named if file.root.values.get(name)}
        kept = {name: other for name, other in file.linked.items() if name not in named}
        file.linked = kept | {name: other for name, other in found.items() if other is not None}


def broken_invariants(lifecycle: Lifecycle, file: File, now: Micros) -> tuple[Blocker, ...]:
    """A blocker for each invariant that does not hold for the file as it stands. Raises ConditionFailed."""
    root = file.root
    return tuple(
        Blocker(
            "invariant",
            Text(
                f"违反流程的约束“{rule.name}”，请联系流程管理员",
                f"the invariant {rule.name!r} would be broken; ask the lifecycle's administrator",
            ),
            rule.name,
        )
        for rule in lifecycle.invariants
        if (not rule.states or root.state in rule.states)
        and rule.holds.evaluate(Scope(lifecycle, file, root, ENGINE_ACTOR, {}, now)) is not True
    )


def _endless(action: str) -> Blocker:
    return Blocker(
        "endless",
        Text(
            f"流程自动办理超过 {MOST_STEPS} 步仍未停止（“{action}”），请联系流程管理员",
            f"the lifecycle did not come to rest after {MOST_STEPS} automatic steps ({action!r})",
        ),
        action,
    )

"""Timers: what the clocks of the open cases have to tell, fired when it is due; and the clocks themselves, to look at.

A timer is a row beside its case, written with the step that set the clock. Firing looks at the case again under its
lock: what the row promised is told once, whoever asks how often, and never before its moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflow.core import clocks
from workflow.core.errors import StoreUnavailable, WorkflowError
from workflow.core.explaining import Account, explain
from workflow.core.model import ENGINE_ACTOR, Case, Deadline, File, Lifecycle, Micros, Text
from workflow.core.run import note_moved, run_timer
from workflow.store.rows import timing
from workflow.store.tables import cases, timers
from workflow.store.work import Work

if TYPE_CHECKING:
    from workflow.engine import Engine

BATCH = 100  # timers fired, or files counted anew, before somebody else has a turn


@dataclass(frozen=True, slots=True)
class Fired:
    """What one clock told: of which case, which deadline, what, the moment it was due, and what was taken of it."""

    case: str
    deadline: str
    event: str
    moment: Micros
    taken: str | None = None
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A line of the list of due dates: the clock of one open case, its last day's end, and what is known of it."""

    case: str
    file: str
    number: str | None
    title: str | None
    lifecycle: str
    kind: str
    key: str
    holder: str | None
    state: str
    deadline: str
    due: Micros
    provisional: bool
    overdue: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date that another calendar moves: from `was` to `due`, and whether it is provisional still."""

    case: str
    file: str
    deadline: str
    was: Micros
    due: Micros
    provisional: bool


def fire_due(engine: Engine, *, limit: int = BATCH, now: Micros | None = None) -> tuple[Fired, ...]:
    """Fire what is due at `now` (default: by the clock that all machines at this database share), oldest first.

    At most `limit` timers, each in a transaction of its own; a full batch means that there may be more. Whoever runs
    this twice, or twice at once, or after weeks, tells nothing twice. One that cannot be fired is set aside with the
    reason, for `casework clock list` to show. Raises StoreUnavailable.
    """
    at = engine.moment() if now is None else now
    query = (
        select(timers.c.case_id, timers.c.deadline)
        .where(timers.c.next_at <= at)
        .order_by(timers.c.next_at, timers.c.case_id, timers.c.deadline)
        .limit(limit)
    )
    with engine.looking() as sql:
        rows = [(row.case_id, row.deadline) for row in sql.execute(query)]
    found = []
    for case, deadline in rows:
        try:
            fired = engine.carry_out(partial(_tick, case, deadline, at))
        except StoreUnavailable:
            raise
        except WorkflowError as error:
            engine.carry_out(partial(_set_aside, case, deadline, error.say("zh")))
            continue
        if fired is not None:
            found.append(fired)
    return tuple(found)


def fire_all(engine: Engine, *, now: Micros | None = None) -> tuple[Fired, ...]:
    """Fire until nothing is due any more at `now`."""
    at = engine.moment() if now is None else now
    found: list[Fired] = []
    while batch := fire_due(engine, now=at):
        found += batch
    return tuple(found)


def recalculate(engine: Engine) -> tuple[Moved, ...]:
    """Work out anew every timer that another version of the calendar gave; file by file, each in its own transaction.

    A due date that moves is recorded in its case and told to those it concerns. Begun again after an interruption it
    goes on where it was.
    """
    version = engine.calendar().version
    moved: list[Moved] = []
    while True:
        with engine.looking() as sql:
            query = select(timers.c.file).where(timers.c.calendar != version).distinct().order_by(timers.c.file)
            files = [file for (file,) in sql.execute(query.limit(BATCH))]
        if not files:
            return tuple(moved)
        for file in files:
            moved += engine.carry_out(partial(_recount, file))


def accounts(engine: Engine, case: str, deadline: str | None = None) -> tuple[tuple[Case, Account], ...]:
    """The clocks of a case and its parts (of a part: its own), or that one deadline, each with the way to its end."""
    file = engine.case(case)
    lifecycle = engine.lifecycle(file.root.lifecycle, file.root.version)
    calendar, now = engine.calendar(), engine.now()
    asked = [part for part in file.parts if part.id == case] or list(file)
    return tuple(
        (each, explain(declared, facts, calendar, now))
        for each, declared, facts in _clocks(lifecycle, file)
        if each in asked and deadline in (None, declared.name)
    )


def due_dates(
    engine: Engine, *, unit: str | None = None, overdue: bool = False, limit: int = 50, now: Micros | None = None
) -> tuple[Due, ...]:
    """The clocks that run, earliest end first and so the overdue ones at the top; of the parts that `unit` holds, or
    only those `overdue`. A clock that stands still has no end and is not here.
    """
    at = engine.now() if now is None else now
    root = cases.alias("root_case")
    query = (
        select(timers, cases, root.c.number.label("root_number"), root.c.title.label("root_title"))
        .join(cases, cases.c.id == timers.c.case_id)
        .join(root, root.c.id == cases.c.root)
        .where(timers.c.due_at.is_not(None))
        .order_by(timers.c.due_at, timers.c.case_id, timers.c.deadline)
        .limit(limit)
    )
    if unit is not None:
        query = query.where(cases.c.holder == unit)
    if overdue:
        query = query.where(timers.c.due_at <= at)
    with engine.looking() as sql:
        return tuple(
            Due(
                row.case_id, row.file, row.root_number, row.root_title, row.lifecycle, row.kind, row.part_key, row.holder,
                row.state, row.deadline, row.due_at, bool(row.provisional), row.due_at <= at, row.reason,
            )
            for row in sql.execute(query)
        )  # fmt: skip


# ---------------------------------------------------------------- one at a time


def _tick(case: str, deadline: str, now: Micros, work: Work) -> Fired | None:
    work.set_now(now)
    sheet = work.sheet(case)
    if sheet is None:
        work.drop_timer(case, deadline)
        return None
    ran = run_timer(sheet.lifecycle, sheet.file, case, deadline, work.supply)
    if ran is None:  # the row was older than the case, or than the calendar
        _set_right(work, sheet.lifecycle, sheet.file, case, deadline)
        return None
    refusal = work.carry_on(sheet, ran, ENGINE_ACTOR)
    told = ran.steps[0].entry
    if refusal is not None:  # another case that follows this one cannot go on: a person must look
        raise RefusedFiring(refusal.blockers[0].text)
    work.write()
    taken = ran.steps[1].entry["action"] if len(ran.steps) > 1 else None
    blockers = told.get("blockers", ())
    why = Text(blockers[0]["zh"], blockers[0]["en"]) if blockers else None
    return Fired(case, deadline, told["timer"]["event"], told["timer"]["moment"], taken, why)


class RefusedFiring(WorkflowError):
    """What a clock wanted to take sets another case in motion that cannot go on."""


def _set_right(work: Work, lifecycle: Lifecycle, file: File, case: str, name: str) -> None:
    for each, declared, facts in _clocks(lifecycle, file):
        if each.id == case and declared.name == name and clocks.running(facts):
            work.set_timer(case, name, timing(declared, facts, work.supply.calendar))
            return
    work.drop_timer(case, name)


def _set_aside(case: str, deadline: str, reason: str, work: Work) -> None:
    work.set_aside_timer(case, deadline, reason)


def _recount(file_id: str, work: Work) -> list[Moved]:
    work.must_lock()
    sheet = work.sheet(file_id)
    calendar = work.supply.calendar
    rows = work.on.sql.execute(
        select(timers).where(timers.c.case_id.in_([file_id] if sheet is None else [c.id for c in sheet.file]))
    )
    moved: list[Moved] = []
    running = {} if sheet is None else {(c.id, d.name): (d, f) for c, d, f in _clocks(sheet.lifecycle, sheet.file)}
    for row in rows.all():
        declared, facts = running.get((row.case_id, row.deadline), (None, None))
        if sheet is None or declared is None or not clocks.running(facts):
            work.drop_timer(row.case_id, row.deadline)
            continue
        values = timing(declared, facts, calendar)
        due = values["due_at"]
        if due is not None and row.due_at is not None and due != row.due_at:
            sheet.file, step = note_moved(
                sheet.lifecycle, sheet.file, row.case_id, declared, row.due_at, due, work.supply
            )
            sheet.steps.append(step)
            moved.append(Moved(row.case_id, file_id, row.deadline, row.due_at, due, bool(values["provisional"])))
        work.set_timer(row.case_id, row.deadline, values)
    if moved:
        work.write()
    return moved


def _clocks(lifecycle: Lifecycle, file: File) -> Iterator[tuple[Case, Deadline, clocks.Facts]]:
    for case in file:
        for deadline in lifecycle.clocks.get(case.kind, ()):
            if deadline.name in case.clocks:
                yield case, deadline, case.clocks[deadline.name]

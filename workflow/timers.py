"""Timers: what the clocks of the open cases have to tell, fired when it is due; and the clocks themselves, to look at.

A timer is a row beside its case, written with the step that set the clock. Firing looks at the case again under its
lock: what the row promised is told once, whoever asks how often, and never before its moment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from workflow import incidents
from workflow.core import clocks
from workflow.core.errors import StoreUnavailable, WorkflowError
from workflow.core.explaining import Account, explain
from workflow.core.model import ENGINE_ACTOR, Case, Command, Micros, Text
from workflow.core.run import note_moved, overdue, run_timer
from workflow.incidents import Incident, Remedies
from workflow.office.promised import TIMER, about
from workflow.store.rows import timing
from workflow.store.tables import cases, timers
from workflow.store.work import Sheet, Work
from workflow.store.writing import Overtaken

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
    """A line of the list of due dates: the clock of one open case, its last day's end, and what is known of it. One that
    stands still has no `due`, but the moment `paused` at which it stopped and the state by whose rule it did.
    """

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
    label: Text
    due: Micros | None
    provisional: bool
    overdue: bool
    reason: str | None
    paused: Micros | None = None
    stopped_by: Text | None = None


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

    At most `limit` timers, each in a transaction of its own. Those that cannot be fired hold up no others: what comes
    after them is tried at once, so that an empty answer means that there is nothing more to fire. Whoever runs this
    twice, or twice at once, or after weeks, tells nothing twice. One that cannot be fired is set aside, and one whose
    transition is refused is told; both are incidents. Raises StoreUnavailable.
    """
    at = engine.moment() if now is None else now
    query = (
        select(timers.c.case_id, timers.c.deadline, timers.c.file)
        .where(timers.c.next_at <= at)
        .order_by(timers.c.next_at, timers.c.case_id, timers.c.deadline)
    )
    tried: set[tuple[str, str]] = set()  # some are due still: whoever is busy with their case will see to them
    while True:
        with engine.looking() as sql:
            due = sql.execute(query.limit(limit + len(tried))).all()
        rows = [row for row in due if (row.case_id, row.deadline) not in tried][:limit]
        found = [fired for row in rows if (fired := _fire(engine, *row, at)) is not None]
        if found or not rows:
            return tuple(found)
        tried |= {(row.case_id, row.deadline) for row in rows}


def _fire(engine: Engine, case: str, deadline: str, file: str, at: Micros) -> Fired | None:
    """One of them; None where it had nothing to tell, was set aside, or somebody is busy with its case."""
    try:
        return engine.carry_out(partial(_tick, case, deadline, at))
    except StoreUnavailable:
        raise
    except Overtaken:
        return None
    except Exception as error:  # noqa: BLE001 - a fault of ours with one timer must not stop the others
        engine.carry_out(partial(_set_aside, case, deadline, file, _why(error), at))
        return None


def fire_all(engine: Engine, *, now: Micros | None = None) -> tuple[Fired, ...]:
    """Fire until nothing is due any more at `now`."""
    at = engine.moment() if now is None else now
    found: list[Fired] = []
    while batch := fire_due(engine, now=at):
        found += batch
    return tuple(found)


def next_due(engine: Engine) -> Micros | None:
    """When the next timer has something to tell; None where none has."""
    with engine.looking() as sql:
        return sql.execute(select(func.min(timers.c.next_at))).scalar()


def recalculate(engine: Engine) -> tuple[Moved, ...]:
    """Work out anew every timer that another version of the calendar gave; file by file, each in its own transaction.

    A due date that moves is recorded in its case and told to those it concerns; a file that cannot be counted is an
    incident. Begun again after an interruption it goes on where it was. Raises StoreUnavailable.
    """
    old = timers.c.calendar != engine.calendar().version
    moved: list[Moved] = []
    last = ""
    while True:
        with engine.looking() as sql:
            query = select(timers.c.file).where(old, timers.c.file > last).distinct().order_by(timers.c.file)
            files = [file for (file,) in sql.execute(query.limit(BATCH))]
        for file in files:
            try:
                moved += engine.carry_out(partial(_recount, file))
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - as in `fire_due`
                engine.carry_out(partial(_report, file, _why(error), file, engine.now()))
        if len(files) < BATCH:
            return tuple(moved)
        last = files[-1]


def accounts(engine: Engine, case: str, deadline: str | None = None) -> tuple[tuple[Case, Account], ...]:
    """The clocks of a case and its parts (of a part: its own), or that one deadline, each with the way to its end."""
    file = engine.case(case)
    lifecycle = engine.lifecycle(file.root.lifecycle, file.root.version)
    calendar, now = engine.calendar(), engine.now()
    asked = [part for part in file.parts if part.id == case] or list(file)
    return tuple(
        (
            each,
            explain(
                declared,
                facts,
                calendar,
                now,
                clocks.stopped_by(lifecycle, each.kind, each.state, file.root.state, declared.name),
            ),
        )
        for each, declared, facts in clocks.of(lifecycle, file)
        if each in asked and deadline in (None, declared.name)
    )


def due_dates(
    engine: Engine, *, unit: str | None = None, overdue: bool = False, limit: int = 50, now: Micros | None = None
) -> tuple[Due, ...]:
    """The clocks that run, earliest end first and so the overdue ones at the top, and after them those that stand
    still, the longest first; of the parts that `unit` holds, or only those `overdue`.
    """
    at = engine.now() if now is None else now
    root = cases.alias("root_case")
    query = (
        select(
            timers, cases, root.c.number.label("root_number"), root.c.title.label("root_title"),
            root.c.state.label("root_state"), root.c.version.label("root_version"),
        )
        .join(cases, cases.c.id == timers.c.case_id)
        .join(root, root.c.id == cases.c.root)
        .where(*([] if unit is None else [cases.c.holder == unit]))
    )  # fmt: skip
    ending = query.where(timers.c.due_at <= at if overdue else timers.c.due_at.is_not(None))
    resting = query.where(timers.c.due_at.is_(None))
    with engine.looking() as sql:
        rows = sql.execute(ending.order_by(timers.c.due_at, timers.c.case_id, timers.c.deadline).limit(limit)).all()
        left = 0 if overdue else limit - len(rows)
        still = sql.execute(resting.order_by(timers.c.case_id, timers.c.deadline).limit(left)).all() if left else []
    stopped = sorted((_listed(engine, row, at) for row in still), key=lambda each: (each.paused or 0, each.case))
    return (*(_listed(engine, row, at) for row in rows), *stopped)


def _listed(engine: Engine, row: Row[Any], now: Micros) -> Due:
    lifecycle = engine.lifecycle(row.lifecycle, row.root_version)
    label = next((each.label for each in lifecycle.clocks.get(row.kind, ()) if each.name == row.deadline), Text())
    line = Due(
        row.case_id, row.file, row.root_number, row.root_title, row.lifecycle, row.kind, row.part_key, row.holder,
        row.state, row.deadline, label, row.due_at, bool(row.provisional), row.due_at is not None and row.due_at <= now,
        row.reason,
    )  # fmt: skip
    if row.due_at is not None:
        return line
    state = clocks.stopped_by(lifecycle, row.kind, row.state, row.root_state, row.deadline)
    since: Micros = json.loads(row.trail)["clocks"][row.deadline]["pauses"][-1][0]
    return replace(line, paused=since, stopped_by=Text(state.label.zh or state.name, state.label.en or state.name))


# ---------------------------------------------------------------- one at a time


def _tick(case: str, deadline: str, now: Micros, work: Work) -> Fired | None:
    work.set_now(now)
    sheet = work.sheet(case)
    ran = None if sheet is None else run_timer(sheet.lifecycle, sheet.file, case, deadline, work.supply)
    if sheet is None or ran is None:  # the row was older than the case, or than the calendar
        _set_right(work, sheet, case, deadline)
        return None
    refusal = work.carry_on(sheet, ran, ENGINE_ACTOR)
    told = ran.steps[0].entry
    if refusal is not None:  # another case that follows this one cannot go on: a person must look
        raise RefusedFiring(refusal.blockers[0].text)
    taken = ran.steps[1].entry["action"] if len(ran.steps) > 1 else None
    blockers = told.get("blockers", ())
    why = Text(blockers[0]["zh"], blockers[0]["en"]) if blockers else None
    if why is not None:
        _report(about(case, deadline), _untaken(deadline, why), sheet.file.root.id, now, work)
    work.write()
    return Fired(case, deadline, told["timer"]["event"], told["timer"]["moment"], taken, why)


class RefusedFiring(WorkflowError):
    """What a clock wanted to take sets another case in motion that cannot go on."""


def _set_right(work: Work, sheet: Sheet | None, case: str, name: str) -> None:
    for each, declared, facts in () if sheet is None else clocks.of(sheet.lifecycle, sheet.file):
        if each.id == case and declared.name == name and clocks.running(facts):
            work.set_timer(case, name, timing(declared, facts, work.supply.calendar))
            return
    work.drop_timer(case, name)


def _report(place: str, why: Text, file: str, now: Micros, work: Work) -> None:
    incidents.report(work.must_lock(), now, TIMER, place, why, file)


def _set_aside(case: str, deadline: str, file: str, why: Text, now: Micros, work: Work) -> None:
    """It is not tried again before its case moves, or a person says so."""
    work.set_aside_timer(case, deadline, why.zh)
    _report(about(case, deadline), _stopped(deadline, why), file, now, work)


def _why(error: Exception) -> Text:
    if isinstance(error, WorkflowError):
        return error.text
    said = f"{type(error).__name__}: {error}"
    return Text(said, said)


def _untaken(deadline: str, why: Text) -> Text:
    return Text(
        f"时限“{deadline}”到期后应自动办理而不能：{why.zh}；排除原因后重试",
        f"what the deadline {deadline!r} should have taken when it was over was refused: {why.en}; remove the reason and "
        "try again",
    )


def _stopped(deadline: str, why: Text) -> Text:
    return Text(
        f"时限“{deadline}”不能触发，已搁置：{why.zh}；排除原因后重试",
        f"the deadline {deadline!r} could not be fired and was set aside: {why.en}; remove the reason and try again",
    )


def _recount(file_id: str, work: Work) -> list[Moved]:
    sql = work.must_lock()
    sheet = work.sheet(file_id)
    calendar = work.supply.calendar
    mine = [file_id] if sheet is None else [case.id for case in sheet.file]
    rows = sql.execute(select(timers).where(timers.c.case_id.in_(mine))).all()
    moved: list[Moved] = []
    running = {} if sheet is None else {(c.id, d.name): (d, f) for c, d, f in clocks.of(sheet.lifecycle, sheet.file)}
    for row in rows:
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


# ---------------------------------------------------------------- what a person can do about one that stopped


def _again(engine: Engine, incident: Incident) -> None:
    """Fire it, or take what it should have taken. Raises Refused where that is refused again."""
    case, _, deadline = incident.about.rpartition("/")
    if not case:  # a whole file that could not be counted by a new calendar
        engine.carry_out(partial(_recount, incident.about))
        return
    untaken = engine.carry_out(partial(_wake, case, deadline))
    if untaken is not None:
        engine.fire(case, untaken.action, ENGINE_ACTOR, note=untaken.note)


def _wake(case: str, deadline: str, work: Work) -> Command | None:
    """Put the timer right, so that it is fired when it is due; or the command that it could not take."""
    sheet = work.sheet(case)
    for each, declared, facts in () if sheet is None else clocks.of(sheet.lifecycle, sheet.file):
        stuck = clocks.running(facts) and "stuck" in facts
        if stuck and (each.id, declared.name) == (case, deadline) and declared.take is not None:
            return overdue(declared)
    _set_right(work, sheet, case, deadline)
    return None


def _leave(engine: Engine, incident: Incident) -> None:
    """It stays as it is; the deadline itself runs on."""


REMEDIES = {TIMER: Remedies(_again, _leave)}

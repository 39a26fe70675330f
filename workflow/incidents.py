"""What has stopped, for a person to see: one row for each thing, with the reason, until somebody says what becomes of it.

Whatever cannot go on by itself ends here: a notice that cannot be written or delivered, a channel that has been down
for long, an engine step whose condition fails, a timer that cannot be fired, working days that nobody has loaded. The
same thing stopping again counts on the row that is open.

No database we promise holds "one open row for each thing" by itself. So the id of a row says what it is about and how
often that was over before: of several who report it at once, one has the id, and the others collide and begin again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import ENGINE_ACTOR, Actor, Micros, Text
from workflow.core.record import resolution_entry
from workflow.core.run import Step
from workflow.store.tables import OFFICE, incidents

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work

State = Literal["open", "retried", "skipped", "ended"]
INCIDENT = Text("异常", "incident")


@dataclass(frozen=True, slots=True)
class Incident:
    """`kind` and `about` say what stopped (a notice's key, a channel, a file), `text` why; `times` since `at`."""

    id: str
    kind: str
    about: str
    file: str | None
    state: State
    text: Text
    times: int
    at: Micros
    last_at: Micros
    ended_at: Micros | None = None
    ended_by: str | None = None
    note: str | None = None


Finish = Callable[["Work", Micros], Mapping[str, Any]]
Remedy = Callable[["Engine", Incident], Finish | None]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about one kind of incident: to try again, and to leave it.

    A remedy does what it must by itself, and may give what is to be done in the transaction of the resolution, at its
    moment; that gives what the record should say of it.
    """

    retry: Remedy
    skip: Remedy


def report(sql: Connection, now: Micros, kind: str, about: str, text: Text, file: str | None = None) -> bool:
    """Something stopped. Written in the caller's transaction, which must be one that is begun again after a collision
    (`Engine.carry_out`) where others may report the same; True where it is news.
    """
    about = about[:200]
    same = incidents.c.kind == kind, incidents.c.about == about
    again = {"times": incidents.c.times + 1, "last_at": now, "zh": text.zh, "en": text.en}
    if sql.execute(update(incidents).where(incidents.c.state == "open", *same).values(again)).rowcount:
        return False
    over = sql.execute(select(func.count()).where(incidents.c.state != "open", *same)).scalar_one()
    row = {"id": _id_of(kind, about, over), "kind": kind, "about": about, "file": file, "state": "open"}
    sql.execute(insert(incidents).values({**row, "zh": text.zh, "en": text.en, "times": 1, "at": now, "last_at": now}))
    return True


def known(sql: Connection, kind: str, about: str) -> bool:
    """Whether this was reported before, whatever became of it."""
    query = select(incidents.c.id).where(incidents.c.kind == kind, incidents.c.about == about).limit(1)
    return sql.execute(query).first() is not None


def end(sql: Connection, now: Micros, kind: str, about: str, note: Text) -> bool:
    """It goes on again, without anybody's doing. Written in the caller's transaction; True where it was open."""
    return close(sql, now, "ended", ENGINE_ACTOR, note.zh, incidents.c.kind == kind, incidents.c.about == about) > 0


def close(sql: Connection, now: Micros, state: State, actor: Actor, note: str, *which: ColumnElement[bool]) -> int:
    """The open incidents that are meant are open no longer; how many that were. In the caller's transaction."""
    closed = {"state": state, "ended_at": now, "ended_by": actor.id, "note": note}
    return sql.execute(update(incidents).where(incidents.c.state == "open", *which).values(closed)).rowcount


def listed(engine: Engine, state: State | None = "open", limit: int = 200) -> tuple[Incident, ...]:
    """The incidents in this state (None: in any), the newest first."""
    query = select(incidents).order_by(incidents.c.at.desc(), incidents.c.id).limit(limit)
    if state is not None:
        query = query.where(incidents.c.state == state)
    with engine.looking() as sql:
        return tuple(_incident(row) for row in sql.execute(query))


def resolve(
    engine: Engine, id: str, how: Literal["retry", "skip"], actor: Actor, note: str, remedies: Mapping[str, Remedies]
) -> Incident:
    """Try again what stopped, or leave it for good; `note` says why and stays with it.

    `id` may be a beginning that fits one. Raises NotFound, and InputInvalid for one that was resolved before.
    """
    incident = _find(engine, id)
    if incident.state != "open":
        raise _resolved(incident)
    check_note(note)
    remedy = remedies.get(incident.kind)
    finish: Finish | None = getattr(remedy, how)(engine, incident) if remedy is not None else None
    now = engine.moment()

    def step(work: Work) -> None:
        sql = work.must_lock()
        work.set_now(now)
        state: State = "retried" if how == "retry" else "skipped"
        if not close(sql, now, state, actor, note, incidents.c.id == incident.id):
            raise _resolved(_find(engine, incident.id))
        done = finish(work, now) if finish is not None else {}
        about = {"incident": incident.id, "kind": incident.kind, "about": incident.about, **done}
        note_resolution(work, _case_of(incident), how, actor, note, about)

    engine.carry_out(step)
    return _find(engine, incident.id)


def note_resolution(work: Work, case: str, action: str, actor: Actor, note: str, about: Mapping[str, Any]) -> Step:
    """Record what a person did with something that had stopped, or says about a record: in the file of the case, or
    where it belongs to none, in the office's own chain.
    """
    sheet, now = work.sheet(case), work.supply.now
    if sheet is None:
        return work.note_in_office(resolution_entry(action, actor, note, about, file=OFFICE, now=now))
    state = sheet.file.case(case).state
    entry = resolution_entry(
        action, actor, note, about,
        file=sheet.file.root.id, now=now, case=case, state=state, lifecycle=sheet.lifecycle,
    )  # fmt: skip
    step = work.note(sheet, entry)
    work.write()
    return step


def about_notice(key: str) -> tuple[ColumnElement[bool], ...]:
    """The incidents that are about this one notice."""
    return incidents.c.kind.in_(("notice", "template")), incidents.c.about == key


def check_note(note: str) -> None:
    """Raises InputInvalid where nothing is said."""
    if not note.strip():
        raise InputInvalid(Text("请用 --note 说明原因", "say why with --note"))


def _resolved(incident: Incident) -> InputInvalid:
    return InputInvalid(
        Text(
            f"这一异常已由 {incident.ended_by} 处理过（{incident.note}）",
            f"this incident was resolved by {incident.ended_by} ({incident.note})",
        )
    )


def _case_of(incident: Incident) -> str:
    """The case it belongs to; "" where it belongs to none."""
    if incident.kind in ("step", "timer"):
        return incident.about.partition("/")[0]
    return incident.file or ""


def _id_of(kind: str, about: str, over: int) -> str:
    return hashlib.sha256(json.dumps([kind, about, over]).encode()).hexdigest()[:32]


def _find(engine: Engine, id: str) -> Incident:
    query = select(incidents).where(incidents.c.id.startswith(id, autoescape=True)).limit(2)
    with engine.looking() as sql:
        rows = sql.execute(query).all()
        if len(rows) == 1 and id:
            return _incident(rows[0])
        known = sql.execute(select(incidents.c.id).where(incidents.c.state == "open").limit(100)).scalars().all()
    raise NotFound(INCIDENT, id, get_close_matches(id, known) or known[:3])


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        row.id, row.kind, row.about, row.file, row.state, Text(row.zh, row.en), row.times, row.at, row.last_at,
        row.ended_at, row.ended_by, row.note,
    )  # fmt: skip

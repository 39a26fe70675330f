"""What has stopped, for a person to see: one row for each thing, with the reason, until somebody says what becomes of it.

Whatever cannot go on by itself ends here: a notice that cannot be written or delivered, a channel that has been down
for long, an engine step whose condition fails. The same thing stopping again counts on the row that is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Actor, Micros, Text
from workflow.store.ids import new_id
from workflow.store.tables import incidents

if TYPE_CHECKING:
    from workflow.engine import Engine

State = Literal["open", "retried", "skipped"]
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


Remedy = Callable[["Engine", Incident], None]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What is done about one kind of incident: to try again, and to leave it."""

    retry: Remedy
    skip: Remedy


def report(sql: Connection, now: Micros, kind: str, about: str, text: Text, file: str | None = None) -> bool:
    """Something stopped. Written in the caller's transaction; True where it is news."""
    about = about[:200]
    known = incidents.c.state == "open", incidents.c.kind == kind, incidents.c.about == about
    again = {"times": incidents.c.times + 1, "last_at": now, "zh": text.zh, "en": text.en}
    if sql.execute(update(incidents).where(*known).values(again)).rowcount:
        return False
    row = {"id": new_id(), "kind": kind, "about": about, "file": file, "state": "open", "zh": text.zh, "en": text.en}
    sql.execute(insert(incidents).values({**row, "times": 1, "at": now, "last_at": now}))
    return True


def listed(engine: Engine, state: State | None = "open", limit: int = 200) -> tuple[Incident, ...]:
    """The incidents in this state (None: in any), the newest first."""
    query = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
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
        raise InputInvalid(
            Text(
                f"这一异常已由 {incident.ended_by} 处理过（{incident.note}）",
                f"this incident was resolved by {incident.ended_by} ({incident.note})",
            )
        )
    if not note.strip():
        raise InputInvalid(Text("请用 --note 说明原因", "say why with --note"))
    if incident.kind in remedies:
        getattr(remedies[incident.kind], how)(engine, incident)
    ended = {
        "state": "retried" if how == "retry" else "skipped",
        "ended_at": engine.now(),
        "ended_by": actor.id,
        "note": note,
    }
    with engine.writing() as sql:
        sql.execute(update(incidents).where(incidents.c.id == incident.id).values(ended))
    return _find(engine, incident.id)


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

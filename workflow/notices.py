"""Notices as people look after them: listed, shown, tried again, put away, and seen before they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update

from workflow import incidents
from workflow.addressing import Post
from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Actor, Micros, Text
from workflow.incidents import Finish, Incident, Remedies
from workflow.store import claims
from workflow.store.tables import notices
from workflow.templates import Templates, Written

if TYPE_CHECKING:
    from workflow.directory import Party
    from workflow.engine import Engine
    from workflow.store.work import Work

State = Literal["pending", "sent", "parked", "failed"]
NOTICE = Text("通知", "notice")


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice and what became of it.

    `key` is what receivers know it by; `party` whom the step named, `recipient` who is told in its place, once it is
    addressed. `next_at` is when it is tried next, or, while a `worker` has it, when its claim ends.
    """

    key: str
    file: str
    party: str
    template: str
    state: State
    attempts: int
    next_at: Micros | None = None
    reason: str | None = None
    worker: str | None = None
    at: Micros | None = None
    sent_at: Micros | None = None
    recipient: str | None = None
    channel: str | None = None
    address: str | None = None
    language: str | None = None
    subject: str | None = None
    body: str | None = None
    cc: bool = False
    urgent: bool = False
    digest: str | None = None
    case: str = ""


def listed(
    engine: Engine,
    *,
    state: State | None = None,
    channel: str | None = None,
    party: str | None = None,
    case: str | None = None,
    limit: int = 50,
) -> tuple[Posted, ...]:
    """Notices in a state, over a channel, to a party, of a case; those of the newest cases first."""
    file = engine.case(case).root.id if case is not None else None
    with engine.looking() as sql:
        rows = claims.find(sql, state=state, channel=channel, party=party, file=file, limit=limit)
    return tuple(_posted(row) for row in rows)


def get(engine: Engine, key: str) -> Posted:
    """One notice. Raises NotFound."""
    with engine.looking() as sql:
        row = claims.get(sql, key)
    if row is None:
        raise NotFound(NOTICE, key)
    return _posted(row)


def retry(engine: Engine, key: str, actor: Actor, note: str) -> Posted:
    """Try a notice again now, addressed and written anew, with all its attempts before it; it waits for no digest.

    Recorded with who did it and why, and what was reported of it is resolved. Raises NotFound, and InputInvalid for
    one that was delivered, or without a note.
    """
    return _resolve(engine, key, "retry", actor, note)


def park(engine: Engine, key: str, actor: Actor, note: str) -> Posted:
    """Put a notice away: it is not tried until somebody says so. Recorded, and raises, as `retry`."""
    return _resolve(engine, key, "park", actor, note)


def preview(engine: Engine, case: str, template: str, to: Party, templates: Templates | None = None) -> Written:
    """What `to` would read if the last step of the case called for `template`; nothing is sent. Raises TemplateBroken."""
    file = engine.case(case)
    record = _cause(engine, file.root.id, template)
    post = Post(engine, templates or Templates(), "")
    return post.written(to, template, file.root.id, record)


def _cause(engine: Engine, file: str, template: str) -> dict[str, Any]:
    """The last record that called for this template; where none did, the last step."""
    step: dict[str, Any] = {}
    for record in reversed(engine.history(file)):
        if any(notice["template"] == template for notice in record.get("out", ())):
            return dict(record)
        if not step and record["kind"] in ("open", "move", "act", "edit"):
            step = dict(record)
    return step


def _resolve(engine: Engine, key: str, how: Literal["retry", "park"], actor: Actor, note: str) -> Posted:
    incidents.check_note(note)
    now = engine.moment()

    def step(work: Work) -> None:
        work.must_lock()
        work.set_now(now)
        posted = get(engine, key)
        if not _change(work, posted.key, _again(now) if how == "retry" else _away(note)):
            raise InputInvalid(
                Text(f"通知 {key} 已经送达，不再发送", f"the notice {key} was delivered; it is not sent again")
            )
        ended: incidents.State = "retried" if how == "retry" else "skipped"
        incidents.close(work.on.sql, now, ended, actor, note, *incidents.about_notice(key))
        incidents.note_resolution(work, posted.case, how, actor, note, {"notice": key})

    engine.carry_out(step)
    return get(engine, key)


def _again(now: Micros) -> dict[str, Any]:
    """What makes a notice due at once, and by itself."""
    fresh = {"state": "pending", "subject": None, "body": None, "next_at": now, "reason": None, "tries": 0}
    return {**fresh, "digest": None, "urgent": 1}


def _away(reason: str) -> dict[str, Any]:
    return {"state": "parked", "next_at": None, "reason": reason, "digest": None}


def _change(work: Work, key: str, values: dict[str, Any]) -> bool:
    """One attempt more, so that a worker who has it at this moment is not believed any more. False: it was delivered.

    A digest that it waited in is written anew, without it.
    """
    undelivered = notices.c.id == key, notices.c.state != "sent"
    within = work.on.sql.execute(select(notices.c.digest).where(*undelivered)).scalar()
    if within is not None:
        anew = update(notices).where(notices.c.id == within, notices.c.state != "sent")
        work.on.sql.execute(anew.values(attempt=notices.c.attempt + 1, worker=None, subject=None, body=None))
    change = update(notices).where(*undelivered).values(attempt=notices.c.attempt + 1, worker=None, **values)
    return work.on.sql.execute(change).rowcount == 1


def _posted(row: Any) -> Posted:
    return Posted(
        row.id, row.file, row.party, row.template, row.state, row.tries, row.next_at, row.reason, row.worker, row.at,
        row.sent_at, row.recipient, row.channel, row.address, row.language, row.subject, row.body,
        bool(row.cc), bool(row.urgent), row.digest, row.case_id,
    )  # fmt: skip


def _retry(engine: Engine, incident: Incident) -> Finish:
    def finish(work: Work, now: Micros) -> dict[str, Any]:
        _change(work, incident.about, _again(now))
        return {}

    return finish


def _leave(engine: Engine, incident: Incident) -> None:
    """What was parked stays so."""


def _retry_channel(engine: Engine, incident: Incident) -> Finish:
    """Everything that was parked on the channel; how many that is."""

    def finish(work: Work, now: Micros) -> dict[str, Any]:
        parked = notices.c.state == "parked", notices.c.channel == incident.about
        keys = work.on.sql.execute(select(notices.c.id).where(*parked)).scalars().all()
        return {"notices": sum(_change(work, key, _again(now)) for key in keys)}

    return finish


REMEDIES = {
    "notice": Remedies(_retry, _leave),
    "template": Remedies(_retry, _leave),
    "channel": Remedies(_retry_channel, _leave),
}

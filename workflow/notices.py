"""Notices as people look after them: listed, shown, tried again, put away, and seen before they are sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, update

from workflow.addressing import Post
from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Micros, Text
from workflow.incidents import Incident, Remedies
from workflow.store import claims
from workflow.store.tables import notices
from workflow.templates import Templates, Written

if TYPE_CHECKING:
    from workflow.directory import Party
    from workflow.engine import Engine

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


def retry(engine: Engine, key: str) -> Posted:
    """Try a notice again now, addressed and written anew, with all its attempts before it.

    Raises NotFound, and InputInvalid for one that was delivered.
    """
    posted = _undelivered(engine, key)
    fresh = {"state": "pending", "subject": None, "body": None, "next_at": engine.moment(), "reason": None}
    _change(engine, posted, {**fresh, "tries": 0})
    return get(engine, key)


def retry_channel(engine: Engine, channel: str) -> int:
    """Try again everything that was parked on a channel; how many that is."""
    with engine.looking() as sql:
        parked = select(notices.c.id).where(notices.c.state == "parked", notices.c.channel == channel)
        keys = sql.execute(parked).scalars().all()
    for key in keys:
        retry(engine, key)
    return len(keys)


def park(engine: Engine, key: str, reason: str) -> Posted:
    """Put a notice away: it is not tried until somebody says so. Raises NotFound, InputInvalid as `retry`."""
    posted = _undelivered(engine, key)
    _change(engine, posted, {"state": "parked", "next_at": None, "reason": reason})
    return get(engine, key)


def preview(engine: Engine, case: str, template: str, to: Party, templates: Templates | None = None) -> Written:
    """What `to` would read if the last step of the case called for `template`; nothing is sent. Raises TemplateBroken."""
    file = engine.case(case)
    with engine.looking() as sql:
        record = json.loads(claims.record_of(sql, file.root.id, file.records) or "{}")
    post = Post(engine, templates or Templates(), "")
    return post.written(to, template, file.root.id, record)


def _undelivered(engine: Engine, key: str) -> Posted:
    posted = get(engine, key)
    if posted.state == "sent":
        raise InputInvalid(
            Text(f"通知 {key} 已经送达，不再发送", f"the notice {key} was delivered; it is not sent again")
        )
    return posted


def _change(engine: Engine, posted: Posted, values: dict[str, Any]) -> None:
    """One attempt more, so that a worker who has it at this moment is not believed any more."""
    undelivered = notices.c.id == posted.key, notices.c.state != "sent"
    change = update(notices).where(*undelivered).values(attempt=notices.c.attempt + 1, worker=None, **values)
    with engine.writing() as sql:
        sql.execute(change)


def _posted(row: Any) -> Posted:
    return Posted(
        row.id, row.file, row.party, row.template, row.state, row.tries, row.next_at, row.reason, row.worker, row.at,
        row.sent_at, row.recipient, row.channel, row.address, row.language, row.subject, row.body,
    )  # fmt: skip


def _retry(engine: Engine, incident: Incident) -> None:
    retry(engine, incident.about)


def _leave(engine: Engine, incident: Incident) -> None:
    """What was parked stays so."""


def _retry_channel(engine: Engine, incident: Incident) -> None:
    retry_channel(engine, incident.about)


REMEDIES = {
    "notice": Remedies(_retry, _leave),
    "template": Remedies(_retry, _leave),
    "channel": Remedies(_retry_channel, _leave),
}

"""The outbox on the database: what is due is claimed for a while, and whoever claimed it marks what came of it.

Every change names the attempt it belongs to, so that one whose lease ran out changes nothing any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, or_, select, text, update

from workflow.core.model import Micros
from workflow.store.mariadb import one_range
from workflow.store.tables import cases, notices, people, records

HORIZON = 2 * 24 * 3_600_000_000  # microseconds: nothing is ever put off for longer, unless a clock was wrong

_CLOCKS = {
    "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
    "mysql": "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",  # no hour comes twice in it
}
_CLOCKS["mariadb"] = _CLOCKS["mysql"]

_BY = (notices, "ix_notices_next_at")
_due = one_range(
    select(notices)
    .where(notices.c.next_at <= bindparam("now"))
    .order_by(notices.c.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True),
    *_BY,
)
_early = one_range(select(notices.c.id).where(notices.c.next_at > bindparam("far")).limit(1), *_BY)
_look = one_range(select(notices.c.id).where(notices.c.next_at <= bindparam("now")).limit(1), *_BY)
_heal = update(notices).where(notices.c.next_at > bindparam("far")).values(
    next_at=case((notices.c.worker.is_(None), bindparam("now")), else_=bindparam("until"))
)  # fmt: skip
_take = (
    update(notices)
    .where(notices.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        attempt=notices.c.attempt + 1, tries=notices.c.tries + 1,
        worker=bindparam("taken_by"), next_at=bindparam("until"),
    )
)  # fmt: skip
_mine = (notices.c.id == bindparam("b_id"), notices.c.attempt == bindparam("b_attempt"))
_arrived: dict[str, Any] = {
    "state": "sent",
    "next_at": None,
    "worker": None,
    "reason": None,
    "sent_at": bindparam("now"),
}
_sent = update(notices).where(*_mine).values(_arrived)
_sent_within = (
    update(notices).where(notices.c.digest == bindparam("b_id"), notices.c.state == "pending").values(_arrived)
)


def database_clock(sql: Connection) -> Micros | None:
    """Now by the database's own clock; None where the database is a file on this machine."""
    query = _CLOCKS.get(sql.dialect.name)
    return None if query is None else int(sql.execute(text(query)).scalar_one())


def anything_due(sql: Connection, now: Micros) -> bool:
    """Whether there is something to claim or to put right; takes no lock."""
    found = sql.execute(_look, {"now": now}).first() or sql.execute(_early, {"far": now + HORIZON}).first()
    return found is not None


def claim(sql: Connection, now: Micros, worker: str, until: Micros, most: int) -> Sequence[Row[Any]]:
    """At most so many of the notices that are due, the longest due first, claimed for `worker` `until` then.

    The rows are as they were: their attempt is one more now. One range of one index; rows that another worker is
    just claiming are passed over. What is due absurdly late, because a clock was wrong, is due now; or, if a worker has
    it, when a lease from now on ends, for it may be sending.
    """
    far = now + HORIZON
    if sql.execute(_early, {"far": far}).first() is not None:  # looking takes no lock
        sql.execute(_heal, {"far": far, "now": now, "until": until})
    rows = sql.execute(_due, {"now": now, "most": most}).all()
    if rows:
        sql.execute(_take, {"ids": [row.id for row in rows], "taken_by": worker, "until": until})
    return rows


def mark_sent(sql: Connection, id: str, attempt: int, now: Micros) -> bool:
    """It has been delivered; False where the attempt is not the last one any more."""
    return sql.execute(_sent, {"b_id": id, "b_attempt": attempt, "now": now}).rowcount == 1


def mark_sent_within(sql: Connection, digest: str, now: Micros) -> None:
    """Everything that waited in this digest has been delivered with it."""
    sql.execute(_sent_within, {"b_id": digest, "now": now})


def in_digest(sql: Connection, digest: str) -> Sequence[Row[Any]]:
    """The notices that wait in a digest, in the order of their steps."""
    query = select(notices).where(notices.c.digest == digest, notices.c.state == "pending")
    return sql.execute(query.order_by(notices.c.at, notices.c.id)).all()


def waiting_in(sql: Connection, digest: str) -> int:
    """How many notices wait in a digest."""
    return int(sql.execute(select(func.count()).where(notices.c.digest == digest)).scalar_one())


def hold(sql: Connection, parties: Sequence[str]) -> None:
    """Nobody else puts notices into digests of these parties, or closes one, until we have ended.

    In the order of their ids, so that no two wait for each other.
    """
    if parties:
        sql.execute(select(people.c.id).where(people.c.id.in_(parties)).order_by(people.c.id).with_for_update()).all()


def drop(sql: Connection, id: str, attempt: int) -> None:
    """A digest in which nothing waits is no notice."""
    sql.execute(delete(notices).where(*_mine), {"b_id": id, "b_attempt": attempt})


def mark(sql: Connection, id: str, attempt: int, values: Mapping[str, Any]) -> bool:
    """Change the notice; False where the attempt is not the last one any more, and nothing was changed."""
    change = update(notices).where(*_mine).values(dict(values))
    return sql.execute(change, {"b_id": id, "b_attempt": attempt}).rowcount == 1


def add(sql: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Notices besides those that the step wrote: to the other persons and over the other channels."""
    sql.execute(insert(notices), [dict(row) for row in rows])


def numbers_of(sql: Connection, files: Sequence[str]) -> dict[str, str]:
    """The case numbers of these files, "" for one that has none yet."""
    rows = sql.execute(select(cases.c.id, cases.c.number).where(cases.c.id.in_(sorted(set(files)))))
    return {id: number or "" for id, number in rows}


def record_of(sql: Connection, file: str, seq: int) -> str | None:
    """The text of one record."""
    query = select(records.c.body).where(records.c.file == file, records.c.seq == seq)
    return sql.execute(query).scalar_one_or_none()


def members(sql: Connection, party: str) -> Sequence[Row[Any]]:
    """The active persons of a unit or group."""
    grouped = people.c.groups.contains(f'"{party}"', autoescape=True)
    query = select(people).where(people.c.kind == "person", people.c.active == 1)
    rows = sql.execute(query.where(or_(people.c.unit == party, grouped)).order_by(people.c.id))
    # LIKE takes "Desk" for "desk" on SQLite
    return [row for row in rows if row.unit == party or party in json.loads(row.groups)]


def find(
    sql: Connection, *, state: str | None, channel: str | None, party: str | None, file: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Notices, those of the newest cases first."""
    query = select(notices)
    if state is not None:
        query = query.where(notices.c.state == state)
    if channel is not None:
        query = query.where(notices.c.channel == channel)
    if party is not None:
        query = query.where(or_(notices.c.party == party, notices.c.recipient == party))
    if file is not None:
        query = query.where(notices.c.file == file)
    order = (notices.c.file.desc(), notices.c.seq.desc(), notices.c.id.desc())
    return sql.execute(query.order_by(*order).limit(limit)).all()


def counts(sql: Connection) -> dict[str, int]:
    """How many notices there are in each state."""
    rows = sql.execute(select(notices.c.state, func.count()).group_by(notices.c.state))
    return {state: count for state, count in rows}  # noqa: C416 - a row is no pair to the type checker


def waiting(sql: Connection) -> int:
    """How many notices are not delivered yet and will be tried."""
    return int(sql.execute(select(func.count()).where(notices.c.next_at.is_not(None))).scalar_one())


def get(sql: Connection, id: str) -> Row[Any] | None:
    """One notice."""
    return sql.execute(select(notices).where(notices.c.id == id)).one_or_none()

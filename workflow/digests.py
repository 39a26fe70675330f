"""Daily digests: what comes for one recipient over one channel waits for his hour, and arrives as one message.

A digest is a notice of its own, with a key, a lease and attempts like any other; those that wait in it name it and are
not due themselves. Its words are written when it is first claimed, and with that it is closed: what comes later waits
in another. Whoever puts a notice into a digest, and whoever closes one, holds the recipient's row meanwhile, so that
nothing gets into a digest that is closed already.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection

from workflow.addressing import Letter, Post, hour_of
from workflow.core.calendar import local, micros
from workflow.core.errors import NotFound
from workflow.core.model import Micros
from workflow.directory import PARTY
from workflow.store import claims
from workflow.store.tables import OFFICE
from workflow.templates import write
from workflow.templates.facts import digest_facts
from workflow.templates.folders import DIGEST

MOST = 50  # notices in one digest; what is more goes into a second one


def waits(row: Any, letter: Letter) -> bool:
    """Whether the notice goes to somebody who takes his notices once a day, and may wait for it."""
    return letter.digest is not None and not row.urgent


def next_at(hour: str, now: Micros) -> Micros:
    """The next time that it is `hour` ("08:30") on the office's clock."""
    here = local(now)
    today = hour_of(here, hour)
    return micros(today if today > here else today + timedelta(days=1))


def put(sql: Connection, letter: Letter, now: Micros) -> str:
    """The key of the digest in which this letter waits; made where there is none yet. The recipient must be held."""
    assert letter.digest is not None
    at = next_at(letter.digest, now)
    whose = hashlib.sha256(f"{letter.recipient}\n{letter.channel}".encode()).hexdigest()[:16]
    for n in count(1):
        key = f"digest.{local(at):%Y%m%d-%H%M}.{whose}.{n}"
        row = claims.get(sql, key)
        if row is None:
            claims.add(sql, [_row(key, letter, at)])
            return key
        if row.state == "pending" and row.subject is None and claims.waiting_in(sql, key) < MOST:
            return key
    raise AssertionError(letter)  # pragma: no cover - count() does not end


def close(sql: Connection, row: Any, post: Post) -> Letter | None:
    """The words of the digest `row`, from now on the same whenever it is sent; None where nothing waits in it any more.

    The recipient must be held. Raises NotFound where he is no longer there, TemplateBroken.
    """
    waiting = claims.in_digest(sql, row.id)
    if not waiting:
        return None
    party = next((each for each in post.reached_by(row.recipient) if each.id == row.recipient), None)
    if party is None:
        raise NotFound(PARTY, row.recipient)
    ways = post.ways(party)
    channel = row.channel if row.channel in ways else next(iter(ways))
    source, name = post.templates.source("", DIGEST, party.language)
    written = write(source, name, digest_facts(waiting, party.name, row.at))
    return Letter(party.id, channel, ways[channel], party.language, written.subject, written.body, party.quiet)


def _row(key: str, letter: Letter, at: Micros) -> dict[str, Any]:
    """A digest in which nothing waits yet."""
    return {
        "id": key, "file": OFFICE, "seq": 0, "case_id": OFFICE, "party": letter.recipient, "template": DIGEST,
        "state": "pending", "attempt": 0, "next_at": at, "at": at, "recipient": letter.recipient,
        "channel": letter.channel, "address": letter.address, "language": letter.language,
    }  # fmt: skip

"""A step as somebody would write it without us: one role, one condition, one chained record, in plain Python.

The raw drivers, Core and the ORM share this; only how they read and write differs. The rows are those of the engine,
value for value: `tests/test_bench.py` compares them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.walk import NAME, VERSION, Leg

_write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_write_sorted = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode

# What a step reads, what it writes to the case, and the columns of a record and of a notice.
READ = ("state", "revision", "records", "head", "links", "created_by", "trail", "body")
MOVED = ("state", "origin", "outcome", "entered_at", "revision", "records", "head", "trail")
RECORD = ("file", "seq", "case_id", "at", "kind", "action", "source", "target", "actor", "leaf", "body")
NOTICE = ("id", "file", "seq", "case_id", "party", "template", "state", "attempt", "next_at")


class NotAllowed(Exception):
    """The step may not be taken."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a step writes: tuples in the order of MOVED, RECORD and NOTICE; on whose list it was, and is now."""

    moved: tuple[Any, ...]
    record: tuple[Any, ...]
    notices: list[tuple[Any, ...]]
    held: str
    holds: str | None
    seen: int
    links: int


def worked_out(case: str, row: Sequence[Any], leg: Leg, now: int, digest: str) -> Writing:
    """The step `leg` on the case with the columns READ in `row`."""
    state, revision, records, head, links, author, trail, body = row
    values = json.loads(body)
    facts = {"{author}": author, "{unit}": values["unit"]}
    by = facts.get(leg.by, leg.by)
    actor = leg.actor
    if state != leg.source or (by != actor.id and by != actor.unit and by not in actor.groups):
        raise NotAllowed(leg.action)
    if not (values["weight"] >= 10 and values["title"] != ""):
        raise NotAllowed(leg.action)
    told = [facts.get(party, party) for party in leg.told]
    who: dict[str, Any] = {"id": actor.id, "name": actor.name, "roles": [leg.role], "through": actor.through}
    if actor.unit:
        who["unit"] = actor.unit
    entry = {
        "v": 1,
        "log": "casework",
        "file": case,
        "case": case,
        "seq": records + 1,
        "prev": head,
        "at": now,
        "who": who,
        "lifecycle": {"name": NAME, "version": VERSION, "digest": digest},
        "kind": "move",
        "action": leg.action,
        "from": state,
        "to": leg.target,
        "out": [{"to": party, "template": leg.target} for party in told],
    }
    if leg.outcome:
        entry["outcome"] = leg.outcome
    text = _write_sorted(entry)
    leaf = hashlib.sha256(b"\x00" + text.encode()).hexdigest()
    past = json.loads(trail)
    after: dict[str, Any] = {"visits": {**past["visits"], leg.target: past["visits"].get(leg.target, 0) + 1}}
    holds = None if leg.next is None else facts.get(leg.next, leg.next)
    if holds is not None:
        after["waits"] = [holds]
    seq = records + 1
    return Writing(
        (leg.target, state, leg.outcome, now, revision + 1, seq, leaf, _write(after)),
        (case, seq, case, now, "move", leg.action, state, leg.target, actor.id, leaf, text),
        [(f"{case}.{seq}.{n}", case, seq, case, p, leg.target, "pending", 0, now) for n, p in enumerate(told, 1)],
        by,
        holds,
        records,
        links,
    )

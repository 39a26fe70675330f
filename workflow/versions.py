"""The published versions of a lifecycle, how many cases each holds, and retiring one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, update

from workflow.core.errors import NotFound, Retired
from workflow.core.model import ROOT, Actor, Micros, Text
from workflow.office.library import LIFECYCLE
from workflow.store.tables import cases, lifecycles
from workflow.store.work import Work

if TYPE_CHECKING:
    from workflow.engine import Engine


@dataclass(frozen=True, slots=True)
class Version:
    """One published version: its digest, when and by whom it was published and retired (microseconds UTC), and how
    many root cases follow it.
    """

    name: str
    version: int
    digest: str
    published_at: Micros
    published_by: str | None
    retired_at: Micros | None
    retired_by: str | None
    running: int
    ended: int


def versions(engine: Engine, name: str) -> tuple[Version, ...]:
    """Every version of the lifecycle, the oldest first. Raises NotFound with near names."""
    with engine.looking() as sql:
        found = _versions(sql, name)
    if not found:
        known = sorted({each.name for each in engine.lifecycles()})
        raise NotFound(LIFECYCLE, name, get_close_matches(name, known) or known[:8])
    return found


def retire(engine: Engine, name: str, version: int, actor: Actor) -> Version:
    """From now on the version opens no new case; what it has decided is replayed by it for ever.

    Retiring it again changes nothing. Raises NotFound, and Retired where it holds running cases.
    """
    known = versions(engine, name)
    if version not in [each.version for each in known]:
        raise NotFound(LIFECYCLE, f"{name} {version}", [f"{name} {each.version}" for each in known])
    return engine.carry_out(partial(_retire, engine, name, version, actor))


def _retire(engine: Engine, name: str, number: int, actor: Actor, work: Work) -> Version:
    sql = work.must_lock()
    this = lifecycles.c.name == name, lifecycles.c.version == number
    held = next(each for each in _versions(sql, name) if each.version == number)
    if held.retired_at is not None:
        return held
    if held.running:
        raise Retired(
            name,
            number,
            Text(
                f"“{name}”第 {number} 版还有 {held.running} 件在办，不能停用；请先迁到别的版本："
                f"casework lifecycle migrate plan {name} {number} 新版号",
                f"version {number} of {name!r} holds {held.running} running cases and cannot be retired; move them first: "
                f"casework lifecycle migrate plan {name} {number} VERSION",
            ),
        )
    facts = {"lifecycle": {"name": name, "version": number, "digest": held.digest}}
    engine.note_in_office(work, "retire", actor, facts)
    sql.execute(update(lifecycles).where(*this).values(retired_at=work.supply.now, retired_by=actor.id))
    return next(each for each in _versions(sql, name) if each.version == number)


def _versions(sql: Connection, name: str) -> tuple[Version, ...]:
    count = select(cases.c.version, cases.c.outcome, func.count()).where(
        cases.c.lifecycle == name, cases.c.kind == ROOT
    )
    held: Counter[tuple[int, bool]] = Counter()
    for version, outcome, n in sql.execute(count.group_by(cases.c.version, cases.c.outcome)):
        held[version, outcome is None] += n
    columns = lifecycles.c
    query = select(
        columns.version,
        columns.digest,
        columns.published_at,
        columns.published_by,
        columns.retired_at,
        columns.retired_by,
    )
    return tuple(
        Version(name, row.version, row.digest, row.published_at, row.published_by, row.retired_at, row.retired_by,
                held[row.version, True], held[row.version, False])
        for row in sql.execute(query.where(columns.name == name).order_by(columns.version))
    )  # fmt: skip

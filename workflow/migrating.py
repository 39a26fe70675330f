"""Running cases brought from one version of their lifecycle to another: planned, applied, and taken back.

Each case moves in a transaction of its own, under its lock, with an audit record. What has moved follows the new
version, so that whoever begins again after an interruption goes on where it stopped, and moves nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Select, exists, func, select

from workflow.core.errors import NotFound, VersionTaken
from workflow.core.fold import fold
from workflow.core.migrating import Forecast, Hop, Sort, forecast, hop
from workflow.core.model import (
    ENGINE_ACTOR,
    ROOT,
    Actor,
    Blocker,
    File,
    Lifecycle,
    Linked,
    Migration,
    Refusal,
    Text,
)
from workflow.core.personal import hide
from workflow.core.reckoning import reckon
from workflow.core.record import OF_NO_STEP, Record, migration_entry
from workflow.core.replaying import LifecycleOf, in_force
from workflow.core.run import Ran, Step, settle
from workflow.core.wording import minute
from workflow.core.written import chain
from workflow.office.library import retired
from workflow.store.carrying import carry_over
from workflow.store.hidden import told_history
from workflow.store.tables import cases, records
from workflow.store.work import Sheet, Work, links_of
from workflow.versions import versions

if TYPE_CHECKING:
    from workflow.engine import Engine

BATCH = 200  # cases whose names are read together
MOVABLE: frozenset[Sort] = frozenset(("same", "mapped"))
VERSION = Text("已发布的流程版本", "published version")
Undone = Literal["undone", "moved_on", "too_late"]


@dataclass(frozen=True, slots=True)
class Line:
    """What became, or would become, of one case: its sort, and the reasons where it differs or is held back.

    `seq` and `action` tell the first record that would have been another; `source` and `target` are states.
    """

    case: str
    number: str | None
    title: str | None
    sort: Sort | Undone
    source: str
    target: str | None = None
    reasons: tuple[Blocker, ...] = ()
    seq: int = 0
    action: str = ""
    moved: bool = False


def between(engine: Engine, name: str, source: int, target: int | Lifecycle) -> Hop:
    """The way from the version `source` of the lifecycle to `target`, a version or one that is not published yet.

    Raises NotFound, VersionTaken, and InputInvalid for versions between which nothing can move.
    """
    known = {each.version: each.digest for each in versions(engine, name)}
    for version in (source, target):
        if isinstance(version, int) and version not in known:
            raise NotFound(VERSION, f"{name} {version}", [f"{name} {each}" for each in known])
    if isinstance(target, int):
        target = engine.lifecycle(name, target)
    elif target.name == name and known.get(target.version, target.digest) != target.digest:
        raise VersionTaken(name, target.version)
    return hop(engine.lifecycle(name, source), target)


def count(engine: Engine, way: Hop) -> int:
    """How many running cases follow the version that is to be left."""
    with engine.looking() as sql:
        found: int = sql.execute(_running(way.old).with_only_columns(func.count())).scalar_one()
        return found


def plan(engine: Engine, way: Hop, *, case: str | None = None) -> Iterator[Line]:
    """What would become of each running case, or of the one named; nothing is written. Streams. Raises Retired."""
    _must_take_cases(engine, way.new, published=False)
    for number, title, standing, found in forecasts(engine, way, case=case):
        yield _line(standing.root.id, number, title, standing, found, moved=False)


def forecasts(
    engine: Engine, way: Hop, *, case: str | None = None
) -> Iterator[tuple[str | None, str | None, File, Forecast]]:
    """Each running case, or the one named, as it stands and as it would: number, title, the file, and what becomes of
    it. Nothing is written. Streams.
    """
    calendar, lifecycle_of = engine.calendar(), _lifecycles(engine, way)
    for id, number, title in _pages(engine, _running(way.old), case):
        with engine.looking() as sql:
            told = told_history(sql, id)
        standing = _folded(told, lifecycle_of)
        standing.linked = _linked(engine, way.old, standing)
        yield number, title, standing, forecast(way, standing, told, lifecycle_of, calendar, engine.now())


def apply(
    engine: Engine,
    way: Hop,
    actor: Actor,
    *,
    also: Collection[Sort] = (),
    note: str | None = None,
    case: str | None = None,
) -> Iterator[Line]:
    """Move each running case, or the one named, that stays as it was or moves as mapped, and those of the sorts `also`.

    What becomes of a case is found anew under its lock, so that nobody's work of the meantime is lost. Raises NotFound
    for a version that is not published, and Retired.
    """
    _must_take_cases(engine, way.new)
    allowed = MOVABLE | (frozenset(also) - {"held"})
    for id, number, title in _pages(engine, _running(way.old), case):
        line = engine.carry_out(partial(_move, engine, way, actor, allowed, note, id))
        if line is not None:
            yield replace(line, number=number, title=title)


def undo(engine: Engine, way: Hop, actor: Actor, *, note: str | None = None, case: str | None = None) -> Iterator[Line]:
    """Take back the migration of each case, or of the one named, to which nothing has happened since, for as long as
    the newer version allows it. Raises Retired.
    """
    _must_take_cases(engine, way.old)
    for id, number, title in _pages(engine, _came_over(way), case):
        line = engine.carry_out(partial(_take_back, engine, way, actor, note, id))
        if line is not None:
            yield replace(line, number=number, title=title)


def _must_take_cases(engine: Engine, lifecycle: Lifecycle, *, published: bool = True) -> None:
    known = {each.version: each for each in versions(engine, lifecycle.name)}.get(lifecycle.version)
    if known is not None and known.retired_at is not None:
        raise retired(lifecycle)
    if published and (known is None or known.digest != lifecycle.digest):
        raise NotFound(VERSION, f"{lifecycle.name} {lifecycle.version}")


# ---------------------------------------------------------------- one case at a time


def _move(
    engine: Engine, way: Hop, actor: Actor, allowed: Collection[Sort], note: str | None, id: str, work: Work
) -> Line | None:
    work.must_lock()
    sheet = work.sheet(id)
    if sheet is None or not sheet.file.root.open or sheet.file.root.version != way.old.version:
        return None  # somebody else ended or moved it in the meantime
    told, now = told_history(work.on.sql, id), work.supply.now
    found = forecast(way, sheet.file, told, _lifecycles(engine, way), work.supply.calendar, now)
    line = _line(id, None, None, sheet.file, found, moved=False)
    if found.after is None or found.sort not in allowed:
        return line
    entry = migration_entry(sheet.file, found.after, way.new, way.old, actor, now=now, note=note)
    refusal = _carry(work, sheet, entry, way.new, found.after.linked, actor)
    if refusal is not None:
        return replace(line, sort="held", target=None, reasons=refusal.blockers)
    return replace(line, moved=True)


def _take_back(engine: Engine, way: Hop, actor: Actor, note: str | None, id: str, work: Work) -> Line | None:
    work.must_lock()
    sheet = work.sheet(id)
    assert sheet is not None  # cases are never deleted
    told, now = told_history(work.on.sql, id), work.supply.now
    came = next((each for each in reversed(in_force(told)) if _is_hop(each, way)), None)
    if came is None:
        return None  # it was taken back before
    standing = sheet.file
    line = Line(id, None, None, "undone", standing.root.state, came["from"], moved=True)
    since = [each for each in told if each["seq"] > came["seq"] and each["kind"] not in OF_NO_STEP]
    if since:
        return replace(line, sort="moved_on", target=None, reasons=(_moved_on(since),), moved=False)
    names = way.new.migrate or Migration(way.old.version)
    until = reckon(came["at"], (names.undo,), work.supply.calendar, roll=False)
    if now >= until.due:
        text = Text(
            f"迁移已过撤回期限（{until.last.isoformat()}，migrate: undo: {names.undo}）",
            f"the time to take it back is over ({until.last.isoformat()}, `migrate: undo: {names.undo}`)",
        )
        late = Blocker("too_late", text)
        return replace(line, sort="too_late", target=None, reasons=(late,), moved=False)
    before = _folded(told[: came["seq"] - 1], _lifecycles(engine, way))
    entry = migration_entry(standing, before, way.old, way.new, actor, now=now, note=note, undoes=came["seq"])
    _carry(work, sheet, entry, way.old, {}, actor, rest=True)
    return line


def _carry(
    work: Work,
    sheet: Sheet,
    entry: Record,
    lifecycle: Lifecycle,
    linked: Mapping[str, Linked],
    actor: Actor,
    *,
    rest: bool = False,
) -> Refusal | None:
    """Write the record and all that follows from it; a refusal on the way, before anything is written.

    `rest`: leave the joins alone, for the case stands again where it stood.
    """
    before, followed = sheet.file, _followed(sheet.lifecycle, sheet.file).values()
    after = fold(before, entry, lifecycle)
    entry, hidden = hide(entry, lifecycle, work.supply.log, lambda id: after.case(id).kind, work.supply.new_salt)
    text, leaf = chain(entry, work.supply.log, before.records + 1, before.head)
    after.linked, after.records, after.head = linked, before.records + 1, leaf
    sheet.lifecycle = lifecycle
    gained = {name: other for name, other in _followed(lifecycle, after).items() if other not in followed}
    if gained:  # the case it leads to must know that it is followed from now on
        work.link(sheet, gained)
    refusal = work.carry_on(sheet, Ran(after, (Step(entry, text, leaf, (), (), hidden),)), actor)
    if refusal is None and not rest:
        following = settle(lifecycle, sheet.file, work.supply)
        refusal = work.carry_on(sheet, following, ENGINE_ACTOR) if isinstance(following, Ran) else following
    if refusal is None:
        work.write()
        renamed = [new for old, new in zip(before, after, strict=True) if old.kind != new.kind]
        carry_over(work.on.sql, sheet.file, lifecycle, work.supply.calendar, renamed)
    return refusal


def _followed(lifecycle: Lifecycle, file: File) -> dict[str, str]:
    links = links_of(lifecycle, file.root.values)
    return {name: other for name, other in links.items() if lifecycle.root.fields[name].follow}


# ---------------------------------------------------------------- which cases, and what is said of them


def _running(lifecycle: Lifecycle) -> Select[Any]:
    columns = cases.c
    return select(columns.id, columns.number, columns.title).where(
        columns.lifecycle == lifecycle.name,
        columns.version == lifecycle.version,
        columns.kind == ROOT,
        columns.outcome.is_(None),
    )


def _came_over(way: Hop) -> Select[Any]:
    """Cases of the lifecycle with a migration among their records; which one it was, the records tell."""
    migrated = exists().where(records.c.file == cases.c.id, records.c.kind == "migration")
    return select(cases.c.id, cases.c.number, cases.c.title).where(
        cases.c.lifecycle == way.old.name, cases.c.kind == ROOT, migrated
    )


def _pages(engine: Engine, query: Select[Any], case: str | None) -> Iterator[tuple[str, str | None, str | None]]:
    """The cases of `query` in the order of their ids, some at a time; or the one that is named, if it is among them."""
    if case is not None:
        query = query.where(cases.c.id == engine.case(case).root.id)
    after = ""
    while True:
        with engine.looking() as sql:
            rows = sql.execute(query.where(cases.c.id > after).order_by(cases.c.id).limit(BATCH)).all()
        yield from ((row.id, row.number, row.title) for row in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _lifecycles(engine: Engine, way: Hop) -> LifecycleOf:
    known = {way.old.version: way.old, way.new.version: way.new}
    return lambda version: known.get(version) or engine.lifecycle(way.old.name, version)


def _folded(told: tuple[Record, ...], lifecycle_of: LifecycleOf) -> File:
    file: File | None = None
    for entry in told:
        if "lifecycle" in entry:
            file = fold(file, entry, lifecycle_of(entry["lifecycle"]["version"]))
    assert file is not None
    return file


def _linked(engine: Engine, lifecycle: Lifecycle, file: File) -> dict[str, Linked]:
    return dict(engine.case(file.root.id).linked) if links_of(lifecycle, file.root.values) else {}


def _is_hop(entry: Record, way: Hop) -> bool:
    if entry["kind"] != "migration":
        return False
    return (entry["source"]["version"], entry["lifecycle"]["version"]) == (way.old.version, way.new.version)


def _line(id: str, number: str | None, title: str | None, standing: File, found: Forecast, *, moved: bool) -> Line:
    target = None if found.after is None else found.after.root.state
    return Line(
        id,
        number,
        title,
        found.sort,
        standing.root.state,
        target,
        found.reasons,
        found.seq,
        found.action,
        moved,
    )


def _moved_on(since: list[Record]) -> Blocker:
    last = since[-1]
    when = minute(last["at"])
    who = last["who"].get("name") or last["who"]["id"]
    text = Text(
        f"迁移后又有 {len(since)} 条记录，最近是 {who} 于 {when} 办理“{last['action']}”",
        f"{len(since)} records since the migration, last by {who} at {when} ({last['action']})",
    )
    return Blocker("moved_on", text)

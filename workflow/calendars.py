"""The office's working days: a year's notice is looked at (`diff`), then loaded (`load_notice`), and what is due moves.

Each region that was loaded lies over the country's days. Nothing is invented: a year without a notice is provisional.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, Calendar, micros
from workflow.core.model import Actor
from workflow.loading.day_notice import DayNotice, read_day_notice
from workflow.store.calendar_days import all_rows, calendar_of, replace_year, stored
from workflow.store.tables import timers
from workflow.store.work import Work
from workflow.timers import Moved, recalculate

if TYPE_CHECKING:
    from workflow.engine import Engine

PAGE = 200  # files looked at together
SOON = 60 * 24 * 3_600_000_000  # microseconds before the announced days end, from when on somebody must be told


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a notice did: the days it has, the version of the calendar now, and the due dates that moved."""

    notice: DayNotice
    version: str
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Announced:
    """How far the announced days reach; `ends_soon` within sixty days of their end."""

    version: str
    source: str
    first: int
    last: int
    ends_soon: bool


def diff(engine: Engine, path: str | Path) -> tuple[Moved, ...]:
    """The due dates that loading the notice in `path` would move; nothing is written. Raises LifecycleInvalid, NotFound."""
    notice = read_day_notice(path)
    with engine.looking() as sql:
        before, after = stored(sql), calendar_of([*_others(all_rows(sql), notice), *_rows(notice)])
    return tuple(_moved(engine, before, after))


def load_notice(engine: Engine, path: str | Path, actor: Actor) -> Loaded:
    """Load the notice in `path` in the place of what was there of its year and region, record that in the office's own
    chain, and work out anew what is due: each case whose due date moves records it and tells those it concerns.
    """
    notice = read_day_notice(path)
    engine.carry_out(partial(_load, engine, notice, actor))
    engine.forget_calendar()
    return Loaded(notice, engine.calendar().version, recalculate(engine))


def announced(engine: Engine) -> Announced:
    """Of which years the working days are announced, as the engine counts them now."""
    calendar = engine.calendar()
    end = micros(datetime(calendar.last + 1, 1, 1, tzinfo=OFFICE_ZONE)) if calendar.last else 0
    return Announced(calendar.version, calendar.source, calendar.first, calendar.last, engine.now() >= end - SOON)


def _load(engine: Engine, notice: DayNotice, actor: Actor, work: Work) -> None:
    work.must_lock()
    version = _version(notice)
    rows = [
        {"region": region, "day": day.isoformat(), "works": int(works), "source": source[:200], "version": version}
        for region, day, works, _, source in _rows(notice)
    ]
    replace_year(work.on.sql, notice.region, notice.year, rows)
    told: dict[str, Any] = {"region": notice.region, "year": notice.year, "source": notice.source, "version": version}
    engine.note_in_office(work, "calendar", actor, {"input": told})


def _version(notice: DayNotice) -> str:
    text = "\n".join(f"{day} {works:d}" for _, day, works, _, _ in _rows(notice))
    return f"{notice.region}-{notice.year}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _rows(notice: DayNotice) -> list[tuple[str, date, bool, str, str]]:
    days = [(day, False) for day in notice.off] + [(day, True) for day in notice.work]
    return [(notice.region, day, works, "", notice.source) for day, works in days]


def _others(rows: list[tuple[str, date, bool, str, str]], notice: DayNotice) -> list[tuple[str, date, bool, str, str]]:
    return [row for row in rows if (row[0], row[1].year) != (notice.region, notice.year)]


def _moved(engine: Engine, before: Calendar, after: Calendar) -> list[Moved]:
    found: list[Moved] = []
    last = ""
    while True:
        with engine.looking() as sql:
            query = select(timers.c.file).where(timers.c.file > last).distinct().order_by(timers.c.file).limit(PAGE)
            files = [file for (file,) in sql.execute(query)]
        if not files:
            return found
        for id in files:
            found += _moved_in(engine, id, before, after)
        last = files[-1]


def _moved_in(engine: Engine, id: str, before: Calendar, after: Calendar) -> list[Moved]:
    file = engine.case(id)
    lifecycle = engine.lifecycle(file.root.lifecycle, file.root.version)
    found = []
    for case in file:
        for deadline in lifecycle.clocks.get(case.kind, ()):
            facts = case.clocks.get(deadline.name)
            if not clocks.running(facts):
                continue
            was, due = clocks.reading(deadline, facts, before), clocks.reading(deadline, facts, after)
            if was is not None and due is not None and was.due != due.due:
                found.append(Moved(case.id, id, deadline.name, was.due, due.due, due.provisional))
    return found

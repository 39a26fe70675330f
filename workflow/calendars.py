"""The office's working days: a year's notice is looked at (`diff`), then loaded (`load_notice`), and what is due moves.

Each region that was loaded lies over the country's days. Nothing is invented: a year without a notice is provisional,
and somebody is told in time that its notice is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflow import incidents
from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, Calendar, micros
from workflow.core.errors import InputInvalid, Tampered
from workflow.core.model import Actor, Micros, Text
from workflow.incidents import Incident, Remedies
from workflow.loading.day_notice import DayNotice, read_day_notice
from workflow.store.calendar_days import all_rows, calendar_of, digest_of, drop_nonsense, replace_year, stored
from workflow.store.tables import timers
from workflow.store.work import Work
from workflow.timers import Moved, recalculate

if TYPE_CHECKING:
    from workflow.engine import Engine

PAGE = 200  # files looked at together
SOON = 60 * 24 * 3_600_000_000  # microseconds before the announced days end, from when on somebody must be told
OFTEN = 600_000_000  # microseconds after which a worker looks again, though it has seen no change
CALENDAR = "calendar"  # the kind of incident


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
    load = partial(_load, engine, notice, actor)
    try:
        engine.carry_out(load)
    except Tampered:  # no step of the engine can begin where days are that are none
        with engine.writing() as sql:
            drop_nonsense(sql)
        engine.carry_out(load)
    engine.forget_calendar()
    moved = recalculate(engine)
    foresee(engine)
    return Loaded(notice, engine.calendar().version, moved)


def announced(engine: Engine) -> Announced:
    """Of which years the working days are announced, as the engine counts them now."""
    calendar = engine.calendar()
    end = micros(datetime(calendar.last + 1, 1, 1, tzinfo=OFFICE_ZONE)) if calendar.last else 0
    return Announced(calendar.version, calendar.source, calendar.first, calendar.last, engine.now() >= end - SOON)


@dataclass(slots=True)
class Watch:
    """What a worker does about the calendar, round by round; costs nothing while nothing has changed.

    A step that was under way while a notice was loaded may still be counted by the calendar before it: so it looks
    again now and then, and not only when the version is another.
    """

    engine: Engine
    _version: str | None = None
    _looked: Micros = 0

    def look(self) -> tuple[Moved, ...]:
        """Count anew what another calendar gave, and foresee the end of the days. Raises StoreUnavailable."""
        version, now = self.engine.calendar().version, self.engine.now()
        if version == self._version and abs(now - self._looked) < OFTEN:
            return ()
        moved = recalculate(self.engine)
        foresee(self.engine)
        self._version, self._looked = version, now
        return moved


def foresee(engine: Engine) -> None:
    """Sixty days before the announced days end, the year whose notice is wanted becomes an incident, once; it ends
    when the notice is loaded.
    """
    there, now = announced(engine), engine.now()
    wanted = str(there.last + 1)
    for each in incidents.listed(engine):
        if each.kind == CALENDAR and each.about <= str(there.last):
            with engine.writing() as sql:
                incidents.end(sql, now, CALENDAR, each.about, Text(f"{each.about} 年的工作日已导入", "loaded"))
    if there.last and there.ends_soon:
        engine.carry_out(partial(_want, wanted, _ending(there.last), now))


def _want(year: str, text: Text, now: Micros, work: Work) -> None:
    sql = work.must_lock()
    if not incidents.known(sql, CALENDAR, year):
        incidents.report(sql, now, CALENDAR, year, text)


def _ending(last: int) -> Text:
    return Text(
        f"工作日只公布到 {last} 年底；{last + 1} 年放假通知发布后请用 casework calendar import 导入，"
        f"在此之前落在 {last + 1} 年的到期日都是暂定的",
        f"the working days are announced up to the end of {last}; when the notice for {last + 1} is issued, load it "
        f"with `casework calendar import`: until then every due date in {last + 1} is provisional",
    )


def _look_again(engine: Engine, incident: Incident) -> None:
    engine.forget_calendar()
    if engine.calendar().last < int(incident.about):
        raise InputInvalid(
            Text(
                f"{incident.about} 年的工作日还没有导入；请先运行 casework calendar import 文件",
                f"the working days of {incident.about} are not loaded; run `casework calendar import FILE` first",
            )
        )


def _leave(engine: Engine, incident: Incident) -> None:
    """Nobody is told of this year again."""


REMEDIES = {CALENDAR: Remedies(_look_again, _leave)}


def _load(engine: Engine, notice: DayNotice, actor: Actor, work: Work) -> None:
    work.must_lock()
    digest = digest_of((day.isoformat(), works) for _, day, works, _, _ in _rows(notice))
    version = f"{notice.region}-{notice.year}-{digest[:8]}"
    rows = [
        {"region": region, "day": day.isoformat(), "works": int(works), "source": source[:200], "version": version}
        for region, day, works, _, source in _rows(notice)
    ]
    replace_year(work.on.sql, notice.region, notice.year, rows)
    told: dict[str, Any] = {
        "region": notice.region, "year": notice.year, "source": notice.source, "version": version, "days": digest,
    }  # fmt: skip
    engine.note_in_office(work, "calendar", actor, {"input": told})


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
    for case, deadline, facts in clocks.of(lifecycle, file):
        if not clocks.running(facts):
            continue
        was, due = clocks.reading(deadline, facts, before), clocks.reading(deadline, facts, after)
        if was is not None and due is not None and was.due != due.due:
            found.append(Moved(case.id, id, deadline.name, was.due, due.due, due.provisional))
    return found

"""`calendar`: the office's working days, and what a date plus a duration comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import times
from workflow.cli.command import argument, command
from workflow.cli.desk import Desk, sqlite_file
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.table import print_table
from workflow.core.calendar import Calendar, china
from workflow.core.clocks import length_of
from workflow.core.errors import InputInvalid
from workflow.core.explaining import Line, explain_duration
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.timers import Moved

_FILE = click.Path(path_type=Path)
_MOVED = '`moved` is an array of `{"case", "file", "deadline", "was", "due", "provisional"}`.'


@command(
    argument("start", metavar="DATE", zh="起算日，如 2022-09-29", en="the day it begins, e.g. 2022-09-29"),
    argument("length", metavar="LENGTH", zh="时长：5bd（工作日）、10d（天）、3mo（月）、48h", en="how long: 5bd (working days), 10d, 3mo, 48h"),
    zh="逐日说明怎样算到期；没有数据库时按国务院公布的放假安排算。",
    en="Says day by day how the end is found; without a database by the announced days of China.",
    gives='`{"last", "due", "provisional", "calendar", "steps": [{"from", "to", "kind", "zh", "en"}]}`',
)  # fmt: skip
def due(desk: Desk, start: str, length: str) -> None:
    """What a date plus a duration is, and why."""
    duration = length_of(length)
    if duration is None:
        raise InputInvalid(
            Text(
                zh=f"“{length}”不是时长；请写成 5bd（工作日）、10d（天）、3mo（月）或 48h（小时）",
                en=f"{length!r} is no length; write 5bd (working days), 10d (days), 3mo (months) or 48h (hours)",
            )
        )
    calendar = _calendar(desk)
    end, lines = explain_duration(times.moment(start), duration, calendar)
    data = {
        "last": end.last.isoformat(),
        "due": times.iso(end.due),
        "provisional": end.provisional,
        "calendar": calendar.version,
        "steps": steps(lines),
    }
    desk.answer(data, lambda: tell(lines))


@command(
    argument("year", required=False, metavar="[YEAR]", type=click.IntRange(1, 9998), zh="哪一年（默认今年）", en="which year (this one)"),
    gives='`{"version", "source", "first", "last", "year", "provisional", "off", "work"}`; `off` and `work` are arrays of days.',
)  # fmt: skip
def show(desk: Desk, year: int | None) -> None:
    """The exceptions of a year, and how far the announced days reach."""
    calendar = _calendar(desk)
    shown = year or date.today().year  # noqa: DTZ011 - the day on this desk's clock
    days = [date(shown, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == shown]
    off = [day.isoformat() for day in days if day.weekday() < 5 and not calendar.works(day)]
    work = [day.isoformat() for day in days if day.weekday() >= 5 and calendar.works(day)]
    unsure = calendar.provisional(date(shown, 7, 1))
    data = {
        "version": calendar.version, "source": calendar.source, "first": calendar.first, "last": calendar.last,
        "year": shown, "provisional": unsure, "off": off, "work": work,
    }  # fmt: skip

    def human() -> None:
        click.echo(
            say(
                f"日历 {calendar.version}，已公布 {calendar.first}—{calendar.last} 年",
                f"calendar {calendar.version}, announced for {calendar.first}–{calendar.last}",
            )
        )
        if unsure:
            click.echo(
                say(
                    f"{shown} 年的放假安排尚未公布：只知道周末和日期固定的法定节日（暂定）",
                    f"{shown} is not announced: only weekends and fixed holidays are known (provisional)",
                )
            )
        click.echo(say("周一至周五中放假的：", "weekdays off: ") + (" ".join(off) or "—"))
        click.echo(say("周末中上班的：", "weekend days worked: ") + (" ".join(work) or "—"))

    desk.answer(data, human)


@command(
    argument("file", type=_FILE, metavar="FILE", zh="一年的放假通知（YAML）", en="a year's notice (YAML)"),
    zh="先用 calendar diff 看哪些到期日会变。导入记录在案，须用 --as；变动的到期日逐件记录并通知。",
    en="Look with `calendar diff` first. It is recorded, so it needs --as; each due date that moves is recorded and told.",
    gives='`{"region", "year", "version", "off", "work", "moved"}`; ' + _MOVED,
)
def import_(desk: Desk, file: Path) -> None:
    """Load a year's official notice of working days."""
    from workflow.calendars import load_notice

    actor = desk.actor()
    loaded = load_notice(desk.engine, file, actor)
    notice = loaded.notice
    data = {
        "region": notice.region, "year": notice.year, "version": loaded.version, "off": len(notice.off),
        "work": len(notice.work), "moved": _moved_json(loaded.moved),
    }  # fmt: skip

    def human() -> None:
        click.echo(
            say(
                f"已载入 {notice.region} {notice.year} 年：放假 {len(notice.off)} 天，调休上班 {len(notice.work)} 天",
                f"{notice.region} {notice.year} is loaded: {len(notice.off)} days off, {len(notice.work)} worked in exchange",
            )
        )
        _tell_moved(desk, loaded.moved)

    desk.answer(data, human)


@command(
    argument("file", type=_FILE, metavar="FILE", zh="一年的放假通知（YAML）", en="a year's notice (YAML)"),
    zh="只看不写。", en="Nothing is written.",
    gives='`{"moved"}`; ' + _MOVED,
)  # fmt: skip
def diff(desk: Desk, file: Path) -> None:
    """The due dates that a notice would move."""
    from workflow.calendars import diff as moved_by

    moved = moved_by(desk.engine, file)
    desk.answer({"moved": _moved_json(moved)}, lambda: _tell_moved(desk, moved))


def tell(lines: Sequence[Line]) -> None:
    """The way to an end, a sentence a line."""
    for line in lines:
        click.echo(click.style(said(line.text), bold=True) if line.kind == "due" else said(line.text))


def steps(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {"from": line.first.isoformat(), "to": line.last.isoformat(), "kind": line.kind, **both(line.text)}
        for line in lines
    ]


def _calendar(desk: Desk) -> Calendar:
    path = sqlite_file(desk.db)
    return china() if path is not None and not path.is_file() else desk.engine.calendar()


def _moved_json(moved: Sequence[Moved]) -> list[dict[str, Any]]:
    return [
        {
            "case": each.case, "file": each.file, "deadline": each.deadline, "was": times.iso(each.was),
            "due": times.iso(each.due), "provisional": each.provisional,
        }
        for each in moved
    ]  # fmt: skip


def _tell_moved(desk: Desk, moved: Sequence[Moved]) -> None:
    if not moved:
        click.echo(say("没有到期日变动。", "no due date moves."))
        return
    rows = []
    for each in moved:
        file = desk.engine.case(each.file)
        number = file.root.number or each.file[:16]
        rows.append(
            [number, file.case(each.case).holder or "", each.deadline, values_day(each.was), values_day(each.due)]
        )
    print_table(say("编号 承办 时限 原到期 新到期", "number holder deadline was due").split(), rows)


def values_day(due: int) -> str:
    """The last day of a period that has run out at `due`."""
    return times.stamp(due - 1)[:10]

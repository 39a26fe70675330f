"""How a due date came about, day by day, in sentences that can be read out on the phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.core import clocks
from workflow.core.calendar import Calendar, local
from workflow.core.clocks import Facts
from workflow.core.model import Deadline, Duration, Micros, Text
from workflow.core.reckoning import Day, Reckoned, reckon

Standing = Literal["running", "paused", "overdue", "on_time", "late"]

_WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
_UNITS = {"h": ("小时", "hour"), "d": ("天", "day"), "bd": ("个工作日", "working day"), "mo": ("个月", "month")}


@dataclass(frozen=True, slots=True)
class Line:
    """One or several days alike: `first` to `last`, what they were, and the sentence."""

    first: date
    last: date
    kind: str
    text: Text


@dataclass(frozen=True, slots=True)
class Account:
    """A clock and how its end was found. `end` is None where the clock stands still and nobody can know."""

    deadline: Deadline
    standing: Standing
    since: Micros
    ended: Micros | None
    end: Reckoned | None
    lines: tuple[Line, ...]
    calendar: str


def explain(deadline: Deadline, facts: Facts, calendar: Calendar, now: Micros) -> Account:
    """The clock of one case at `now`, with every day from its beginning to its end."""
    ended: Micros | None = facts.get("ended")
    stands = ended is None and clocks.paused(facts)
    as_if = clocks.reading(deadline, facts, calendar, now)
    assert as_if is not None
    standing: Standing
    if ended is not None:
        standing = "on_time" if ended < as_if.due else "late"
    else:
        standing = "paused" if stands else "overdue" if now >= as_if.due else "running"
    lines = (*_walked(as_if, calendar), *_end(as_if, calendar, stands=stands))
    return Account(deadline, standing, facts["since"], ended, None if stands else as_if, lines, calendar.version)


def explain_duration(since: Micros, duration: Duration, calendar: Calendar) -> tuple[Reckoned, tuple[Line, ...]]:
    """What the moment `since` and a duration come to, and why."""
    end = reckon(since, (duration,), calendar)
    return end, (*_walked(end, calendar), *_end(end, calendar, stands=False))


def _walked(end: Reckoned, calendar: Calendar) -> Iterator[Line]:
    working = isinstance(end.term, Duration) and end.term.unit == "bd"
    if isinstance(end.term, Duration) and end.term.unit == "h":
        began = end.days[0].day
        said = _length(end.term)
        yield Line(
            began,
            end.last,
            "counted",
            Text(f"{said.zh}，按钟点连续计算，不扣休息日", f"{said.en}, counted on the clock, days off included"),
        )
        return
    for run in _runs(end.days, calendar):
        yield _line(run, calendar, working=working)
    if isinstance(end.term, date):
        text = Text(f"期限是固定日期：{_zh(end.term)}", f"the deadline is a fixed date: {_en(end.term)}")
        yield Line(end.term, end.term, "fixed", text)


def _runs(days: Sequence[Day], calendar: Calendar) -> Iterator[list[Day]]:
    """Days in a row that are alike."""
    run: list[Day] = []
    for day in days:
        if run and (_alike(run[-1], calendar) != _alike(day, calendar) or day.n == 1):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _alike(day: Day, calendar: Calendar) -> tuple[str, bool]:
    return day.kind, day.kind == "counted" and _made_up(day.day, calendar)


def _made_up(day: date, calendar: Calendar) -> bool:
    return day.weekday() >= 5 and calendar.works(day)


def _line(run: list[Day], calendar: Calendar, *, working: bool) -> Line:
    first, last = run[0], run[-1]
    n = len(run)
    zh, en = _span(first.day, last.day)
    match first.kind:
        case "start":
            text = Text(f"{zh}：起算当天，不计", f"{en}: the day it began, not counted")
        case "counted":
            unit_zh = "个工作日" if working else "天"
            unit_en = "working day" if working else "day"
            nth_zh = f"第 {first.n} {unit_zh}" if n == 1 else f"第 {first.n} 至 {last.n} {unit_zh}"
            nth_en = f"{unit_en} {first.n}" if n == 1 else f"{unit_en}s {first.n} to {last.n}"
            made_up = working and _made_up(first.day, calendar)
            text = Text(
                f"{zh}：{'调休上班，' * made_up}{nth_zh}",
                f"{en}: {'worked in exchange for a holiday, ' * made_up}{nth_en}",
            )
        case "off":
            text = Text(f"{zh}：休息，不计（{n} 天）", f"{en}: off, not counted ({n} {_days(n)})")
        case "paused":
            text = Text(f"{zh}：停计，补还（{n} 天）", f"{en}: the clock stood still, given back ({n} {_days(n)})")
        case _:
            text = Text(
                f"期满遇休息日，顺延 {n} 天到 {_zh(last.day)}",
                f"the end falls on a day off and moves {n} {_days(n)} on, to {_en(last.day)}",
            )
    return Line(first.day, last.day, first.kind, text)


def _end(end: Reckoned, calendar: Calendar, *, stands: bool) -> Iterator[Line]:
    if end.provisional:
        year = end.last.year
        yield Line(
            end.last, end.last, "provisional",
            Text(
                f"{year} 年的放假安排尚未公布，暂按周末和日期固定的法定节日推算",
                f"the days off of {year} are not announced yet: only weekends and fixed holidays are known, so this is provisional",
            ),
        )  # fmt: skip
    if isinstance(end.term, Duration) and end.term.unit == "h":
        when_zh, when_en = f"{local(end.due):%Y-%m-%d %H:%M}", f"{local(end.due):%Y-%m-%d %H:%M}"
    else:
        when_zh, when_en = f"{_zh(end.last)} 24 时", f"the end of {_en(end.last)}"
    sure_zh, sure_en = ("（暂定）", " (provisional)") if end.provisional else ("", "")
    if stands:
        text = Text(
            f"现在停计；假如此刻恢复，到 {when_zh}{sure_zh}",
            f"it stands still; if it went on now, until {when_en}{sure_en}",
        )
    else:
        text = Text(f"到期：{when_zh}{sure_zh}", f"due: {when_en}{sure_en}")
    yield Line(end.last, end.last, "paused" if stands else "due", text)


def _length(duration: Duration) -> Text:
    zh, en = _UNITS[duration.unit]
    return Text(f"{duration.n} {zh}", f"{duration.n} {en}{'s' * (duration.n != 1)}")


def _days(n: int) -> str:
    return "day" if n == 1 else "days"


def _span(first: date, last: date) -> tuple[str, str]:
    if first == last:
        return _zh(first), _en(first)
    return f"{_zh(first)}至 {_zh(last)}", f"{_en(first)} to {_en(last)}"


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[0][day.weekday()]}）"


def _en(day: date) -> str:
    return f"{_WEEKDAYS[1][day.weekday()]} {day.isoformat()}"

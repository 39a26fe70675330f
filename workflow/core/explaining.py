"""How a due date came about, day by day, in sentences that can be read out on the phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Literal

from workflow.core import clocks
from workflow.core.calendar import Calendar, local
from workflow.core.clocks import Facts
from workflow.core.model import Deadline, Duration, Micros, State, Text
from workflow.core.reckoning import Day, Reckoned, reckon
from workflow.core.wording import length

Standing = Literal["running", "paused", "overdue", "on_time", "late"]

_WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


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
    paused: Micros | None  # since when it stands still
    end: Reckoned | None
    lines: tuple[Line, ...]
    calendar: str


def explain(
    deadline: Deadline, facts: Facts, calendar: Calendar, now: Micros, stopped_by: State | None = None
) -> Account:
    """The clock of one case at `now`, with every day from its beginning to its end; `stopped_by` is the state for
    which it stands still.
    """
    ended: Micros | None = facts.get("ended")
    end = clocks.reading(deadline, facts, calendar)
    as_if = end or clocks.reading(deadline, facts, calendar, now)
    assert as_if is not None
    standing: Standing
    if ended is not None:
        standing = "on_time" if ended < as_if.due else "late"
    else:
        standing = "paused" if end is None else "overdue" if now >= as_if.due else "running"
    paused = facts["pauses"][-1][0] if standing == "paused" else None
    stopped = () if paused is None else (_stopped(paused, stopped_by),)
    lines = (*_walked(as_if, calendar), *stopped, *_end(as_if, calendar, stands=end is None))
    return Account(deadline, standing, facts["since"], ended, paused, end, lines, calendar.version)


def explain_duration(since: Micros, duration: Duration, calendar: Calendar) -> tuple[Reckoned, tuple[Line, ...]]:
    """What the moment `since` and a duration come to, and why."""
    end = reckon(since, (duration,), calendar)
    return end, (*_walked(end, calendar), *_end(end, calendar, stands=False))


def _walked(end: Reckoned, calendar: Calendar) -> Iterator[Line]:
    if isinstance(end.term, Duration) and end.term.unit == "h":
        began = end.days[0].day
        said = length(end.term)
        yield Line(
            began,
            end.last,
            "counted",
            Text(f"{said.zh}，按钟点连续计算，不扣休息日", f"{said.en}, counted on the clock, days off included"),
        )
        return
    walked: Duration | date = end.term
    extensions = iter(end.extensions)
    days = end.days
    if isinstance(end.term, date):
        text = Text(f"期限是固定日期：{_zh(end.term)}", f"the deadline is a fixed date: {_en(end.term)}")
        yield Line(end.term, end.term, "fixed", text)
        days = days[1:]  # nothing is counted from the day it began
    counted = isinstance(end.term, date)
    for run in _runs(days):
        if run[0].n == 1:
            if counted:
                walked = next(extensions)
                said = length(walked)
                yield Line(run[0].day, run[0].day, "extended", Text(f"延期 {said.zh}：", f"extended by {said.en}:"))
            counted = True
        working = isinstance(walked, Duration) and walked.unit == "bd"
        for _, alike in groupby(run, key=lambda day: working and _made_up(day.day, calendar)):
            yield _line(list(alike), calendar, working=working)


def _runs(days: Sequence[Day]) -> Iterator[list[Day]]:
    """Days in a row of one kind, and of one term."""
    starts = [n for n, day in enumerate(days) if n == 0 or day.kind != days[n - 1].kind or day.n == 1]
    for first, following in pairwise([*starts, len(days)]):
        yield list(days[first:following])


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


def _stopped(since: Micros, state: State | None) -> Line:
    day = local(since).date()
    zh = en = ""
    if state is not None:
        zh = f"（“{state.label.say('zh') or state.name}”期间不计）"
        en = f" (not counted while {state.label.say('en') or state.name!r})"
    return Line(day, day, "stopped", Text(f"{_zh(day)}起停计{zh}", f"it stands still since {_en(day)}{en}"))


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
            f"假如此刻恢复，到 {when_zh}{sure_zh}",
            f"if it went on now, until {when_en}{sure_en}",
        )
    else:
        text = Text(f"到期：{when_zh}{sure_zh}", f"due: {when_en}{sure_en}")
    yield Line(end.last, end.last, "paused" if stands else "due", text)


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

"""When a period runs out: a pure function of its beginning, its terms, what stood still, and the calendar.

Days are walked one by one, and each is one of: the day it began (not counted), counted, off, standing still, or the end
moved on. A clock that stands still from day P to day R gives back the days after P up to and including R: the day on
which it stopped was used, the day on which it goes on is, like the first day, not counted. A day off within such a
pause is given back once, as a day of the pause.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from workflow.core.calendar import OFFICE_ZONE, Calendar, later, local, micros
from workflow.core.model import Duration, Micros

DayKind = Literal["start", "counted", "off", "paused", "moved"]
Pause: TypeAlias = "tuple[Micros, Micros]"

HOUR = 3_600_000_000
_DAY = timedelta(days=1)
_LAST = date(9998, 12, 31)  # whatever a lifecycle asks for, there is a day after it


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the walk: what it was, and for a counted one which it was, from 1, within its term."""

    day: date
    kind: DayKind
    n: int = 0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The end of a period: its last day, the moment at which it has run out, the way there, and how sure it is."""

    last: date
    due: Micros
    days: tuple[Day, ...]
    provisional: bool
    term: Duration | date  # of several terms, the one that decided
    extensions: tuple[Duration, ...] = ()


def reckon(
    since: Micros,
    terms: Sequence[Duration | date],
    calendar: Calendar,
    *,
    latest: bool = False,
    roll: bool = True,
    extensions: Sequence[Duration] = (),
    pauses: Sequence[Pause] = (),
    zone: ZoneInfo = OFFICE_ZONE,
) -> Reckoned:
    """The end of a period that begins at `since`: of several terms the earliest, or the `latest`, end.

    An extension is counted from the last day as it stood before any move to a working day. A fixed date does not wait
    for pauses. `roll`: an end on a day off moves to the next working day.
    """
    ends = [_end(since, term, calendar, roll, extensions, pauses, zone) for term in terms]
    return (max if latest else min)(ends, key=lambda end: end.due)


def _end(
    since: Micros,
    term: Duration | date,
    calendar: Calendar,
    roll: bool,
    extensions: Sequence[Duration],
    pauses: Sequence[Pause],
    zone: ZoneInfo,
) -> Reckoned:
    first = local(since, zone).date()
    if isinstance(term, Duration) and term.unit == "h":
        hours = term.n + sum(each.n for each in extensions if each.unit == "h")
        due = since + hours * HOUR + sum(max(end - begin, 0) for begin, end in pauses)
        last = local(due - 1, zone).date()
        return Reckoned(last, due, (Day(first, "start"),), False, term, tuple(extensions))
    still = {day for begin, end in pauses for day in _still(begin, end, zone)}
    days = [Day(first, "start")]
    if isinstance(term, Duration):
        last = _walk(first, term, calendar, still, days)
    else:
        last = term
    for extension in extensions:
        last = _walk(last, extension, calendar, still, days)
    while roll and last < _LAST and not calendar.works(last):
        last += _DAY
        days.append(Day(last, "moved"))
    working = any(isinstance(each, Duration) and each.unit == "bd" for each in (term, *extensions))
    unsure = [day.day for day in days] if working else [last] if roll else []
    due = micros(datetime.combine(last + _DAY, time(), zone))
    return Reckoned(last, due, tuple(days), any(calendar.provisional(day) for day in unsure), term, tuple(extensions))


def _walk(start: date, term: Duration, calendar: Calendar, still: set[date], days: list[Day]) -> date:
    """The last day of one term after `start`; every day on the way is noted."""
    working = term.unit == "bd"
    left = term.n if working else (later(start, term) - start).days
    day, n = start, 0
    while n < left and day < _LAST:
        day += _DAY
        if day in still:
            days.append(Day(day, "paused"))
        elif working and not calendar.works(day):
            days.append(Day(day, "off"))
        else:
            n += 1
            days.append(Day(day, "counted", n))
    return day


def _still(begin: Micros, end: Micros, zone: ZoneInfo) -> list[date]:
    first, last = local(begin, zone).date(), local(end, zone).date()
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def before(last: date, length: Duration, due: Micros, calendar: Calendar, zone: ZoneInfo = OFFICE_ZONE) -> Micros:
    """The moment of a reminder `length` before the end: the beginning of that day, or that many hours before."""
    if length.unit == "h":
        return due - length.n * HOUR
    day = last
    if length.unit == "bd":
        for _ in range(length.n):
            day -= _DAY
            while not calendar.works(day):
                day -= _DAY
    elif length.unit == "mo":
        months = last.year * 12 + last.month - 1 - length.n
        year, month = divmod(max(months, 12), 12)
        day = date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))
    else:
        day = last - timedelta(days=min(length.n, (last - date.min).days))
    return micros(datetime.combine(day, time(), zone))


def after(last: date, length: Duration, due: Micros, calendar: Calendar, zone: ZoneInfo = OFFICE_ZONE) -> Micros:
    """The moment `length` after the end: the midnight that ends that day, or that many hours after."""
    if length.unit == "h":
        return due + length.n * HOUR
    day = calendar.add(last, length, roll=False)
    return micros(datetime.combine(day + _DAY, time(), zone))

"""Working days as data, and what a date plus a duration is.

Counting follows 民法典 §§200–204: the day of the event is not counted, a month ends on the corresponding day or on
the month's last day, and a period that ends on a day off ends on the next working day. A period ends at 24:00 local.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from workflow.core import calendar_cn
from workflow.core.model import Duration, Micros

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_FAR = date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. `days` are the exceptions from Monday-to-Friday; a year outside `first`–`last` is provisional.

    `statutory` are the days (month, day) that the law itself makes holidays: all that is known of a year after `last`,
    beside its weekends.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    version: str = "weekdays"
    source: str = ""
    statutory: frozenset[tuple[int, int]] = frozenset()

    def works(self, day: date) -> bool:
        """Whether `day` is a working day, as far as is known."""
        exception = self.days.get(day)
        if exception is not None:
            return exception
        return day.weekday() < 5 and not (day.year > self.last and (day.month, day.day) in self.statutory)

    def provisional(self, day: date) -> bool:
        """Whether the year of `day` was not announced yet, so that only weekends are known."""
        return not self.first <= day.year <= self.last

    def add(self, start: date, duration: Duration, *, roll: bool = True) -> date:
        """The last day of a period of `duration` (d, bd, mo) that begins with an event on `start`."""
        if duration.unit == "bd":
            end = start
            for _ in range(duration.n):
                end = self._next(end + _DAY)
            return end
        end = later(start, duration)
        return self._next(end) if roll else end

    def _next(self, day: date) -> date:
        while not self.works(day):
            day += _DAY
        return day


@cache
def china() -> Calendar:
    """The announced working days of China."""
    days: dict[date, bool] = {}
    for year, (off, worked) in calendar_cn.YEARS.items():
        for texts, works in ((off, False), (worked, True)):
            days.update({date(year, int(text[:2]), int(text[2:])): works for text in texts.split()})
    years = calendar_cn.YEARS
    return Calendar(days, min(years), max(years), calendar_cn.VERSION, calendar_cn.SOURCE, calendar_cn.STATUTORY)


def due(start: Micros, duration: Duration, calendar: Calendar, zone: ZoneInfo = OFFICE_ZONE) -> Micros:
    """The moment at which a period that begins at `start` has run out: the local midnight that ends its last day.

    Hours (`h`) run on the clock, without regard to days off.
    """
    if duration.unit == "h":
        return start + duration.n * 3_600_000_000
    last = calendar.add(local(start, zone).date(), duration)
    return micros(datetime.combine(last + _DAY, time(), zone))


def local(moment: Micros, zone: ZoneInfo = OFFICE_ZONE) -> datetime:
    """A moment on the office's clock."""
    return (_EPOCH + timedelta(microseconds=moment)).astimezone(zone)


def micros(moment: datetime) -> Micros:
    """An aware datetime as microseconds UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def later(start: date, duration: Duration) -> date:
    """`start` and a number of calendar days or months: the corresponding day, or the last one of that month."""
    if duration.unit != "mo":
        return start + min(timedelta(days=duration.n), _FAR - start)
    years, month = divmod(start.year * 12 + start.month - 1 + duration.n, 12)
    if years > _FAR.year:
        return _FAR
    return date(years, month + 1, min(start.day, monthrange(years, month + 1)[1]))

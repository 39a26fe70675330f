"""Office time: moments as numbers of working days and back. A working day is eight hours, from nine to five."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta

from workflow.core.calendar import OFFICE_ZONE, Calendar, local, micros
from workflow.core.model import Micros

OPENS = 9 * 3600  # seconds after midnight
LENGTH = 8 * 3600
FARTHEST = 9000  # the last year that is walked to


class Hours:
    """The working days of a calendar, counted from the first day of a year."""

    def __init__(self, calendar: Calendar, first_year: int) -> None:
        self._calendar = calendar
        self._days: list[int] = []
        self._year = first_year

    def later(self, moment: Micros, days: float) -> Micros:
        """The moment when `days` working days have passed since `moment`; negative ones lie before it."""
        position = max(self.position(moment) + days, 0.0)
        whole = int(position)
        while len(self._days) <= whole and self._year < FARTHEST:
            self._add_year()
        day = date.fromordinal(self._days[min(whole, len(self._days) - 1)])
        at = datetime.combine(day, time(), OFFICE_ZONE) + timedelta(seconds=OPENS + (position - whole) * LENGTH)
        return micros(at)

    def position(self, moment: Micros) -> float:
        """How many working days have passed at `moment` since counting began."""
        at = local(moment)
        day = at.toordinal()
        while not self._days or self._days[-1] < day:
            self._add_year()
        index = bisect_left(self._days, day)
        if self._days[index] != day:
            return float(index)
        seconds = at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
        return index + min(max((seconds - OPENS) / LENGTH, 0.0), 1.0)

    def between(self, since: Micros, until: Micros) -> float:
        """Working days from `since` to `until`."""
        return self.position(until) - self.position(since)

    def _add_year(self) -> None:
        day, works = date(self._year, 1, 1), self._calendar.works
        while day.year == self._year:
            if works(day):
                self._days.append(day.toordinal())
            day += timedelta(days=1)
        self._year += 1

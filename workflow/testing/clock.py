"""A clock that stands still until it is told to go on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from workflow.core.calendar import OFFICE_ZONE, Calendar, china, due, local, micros
from workflow.core.model import Duration, Micros

MORNING = time(9, 0)


class FrozenClock:
    """Gives the same moment, in microseconds UTC, until it is set or advanced; it refuses to run backwards.

    A bare date means nine in the morning there, a naive time is one on the office's clock.
    """

    def __init__(self, at: date | datetime | Micros = date(2022, 1, 4)) -> None:
        self._now = moment_of(at)

    def __call__(self) -> Micros:
        return self._now

    def __repr__(self) -> str:
        return f"FrozenClock({local(self._now).isoformat()})"

    @property
    def today(self) -> date:
        """The day it is on the office's clock."""
        return local(self._now).date()

    def set(self, at: date | datetime | Micros) -> Micros:
        """Go to that moment and return it; ValueError for one that has passed."""
        moment = moment_of(at)
        if moment < self._now:
            raise ValueError(f"the clock cannot go back from {local(self._now)} to {local(moment)}")
        self._now = moment
        return moment

    def advance(
        self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0, microseconds: int = 0
    ) -> Micros:
        """Let time pass and return the new moment; ValueError for a negative length."""
        passed = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
        return self.set(self._now + passed // timedelta(microseconds=1))

    def in_working_days(self, n: int, calendar: Calendar | None = None) -> Micros:
        """Nine in the morning of the n-th working day from now."""
        last = due(self._now, Duration(n, "bd"), calendar or china()) - 1
        return micros(datetime.combine(local(last).date(), MORNING, OFFICE_ZONE))

    def advance_working_days(self, n: int, calendar: Calendar | None = None) -> Micros:
        """Go to nine in the morning of the n-th working day from now."""
        return self.set(self.in_working_days(n, calendar))


def moment_of(at: date | datetime | Micros) -> Micros:
    """The moment meant by a moment, a time on the office's clock, or a date (nine in the morning there)."""
    if isinstance(at, int):
        return at
    if not isinstance(at, datetime):
        at = datetime.combine(at, MORNING)
    return micros(at if at.tzinfo is not None else at.replace(tzinfo=OFFICE_ZONE))

"""The year as data: who does what to which case at which moment, before any engine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from workflow.core.calendar import OFFICE_ZONE, china, local, micros
from workflow.core.model import Json, Micros

_DAY = timedelta(days=1)
_CLOSING = time(18, 0)
_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the year. `case` is the plan's own name for a case; `part` and `key` name one of its parts.

    `action` "open" begins a case of `lifecycle`. `other` is the input that names another case of the plan. `starts`
    names the case that the step starts. `refused` is the blocker code of a command that the engine must refuse.
    """

    at: Micros
    case: str
    action: str
    actor: str
    input: Mapping[str, Json] = field(default_factory=dict)
    note: str | None = None
    part: str = ""
    key: str = ""
    lifecycle: str = ""
    behalf: str | None = None
    other: tuple[str, str] | None = None
    starts: str | None = None
    refused: str | None = None


class Story:
    """What happens to one case, in the order in which it happens, on working days and in office hours."""

    def __init__(self, case: str, random: Random) -> None:
        self.case = case
        self.steps: list[Step] = []
        self._random = random
        self._now: Micros = 0

    @property
    def day(self) -> date:
        """The day of the latest step."""
        return local(self._now).date()

    @staticmethod
    def day_of(step: Step) -> date:
        """The day of a planned step."""
        return local(step.at).date()

    def on(self, day: date) -> Story:
        """The next step is on `day` or, where that day is off, on the next working day; never before the latest step."""
        self._now = max(self._now, _office_hour(working_day(day), self._random))
        return self

    def after(self, least: int, most: int) -> Story:
        """The next step comes `least` to `most` working days after the latest."""
        day = self.day
        for _ in range(self._random.randint(least, most)):
            day = working_day(day + _DAY)
        return self.on(day)

    def do(
        self,
        action: str,
        actor: str,
        input: Mapping[str, Json] | None = None,
        note: str | None = None,
        *,
        at: tuple[str, str] = ("", ""),
        lifecycle: str = "",
        behalf: str | None = None,
        other: tuple[str, str] | None = None,
        starts: str | None = None,
        refused: str | None = None,
    ) -> Story:
        """Plan one command, a few minutes after the one before or on the day chosen by `on` and `after`.

        `at` names the kind and the key of the part that it is for; the root case where it is not given.
        """
        self._now += self._random.randint(3, 25) * _MINUTE
        if local(self._now).time() > _CLOSING:
            self._now = _office_hour(working_day(self.day + _DAY), self._random)
        self.steps.append(
            Step(
                at=self._now, case=self.case, action=action, actor=actor, input=dict(input or {}), note=note, part=at[0],
                key=at[1], lifecycle=lifecycle, behalf=behalf, other=other, starts=starts, refused=refused,
            )
        )  # fmt: skip
        return self


def working_day(day: date) -> date:
    """`day`, or the first working day after it."""
    calendar = china()
    while not calendar.works(day):
        day += _DAY
    return day


def _office_hour(day: date, random: Random) -> Micros:
    hour, minute = random.choice((8, 9, 10, 11, 14, 15, 16)), random.randint(0, 59)
    return micros(datetime.combine(day, time(hour, minute, random.randint(0, 59)), OFFICE_ZONE))

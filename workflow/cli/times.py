"""Moments as people at the office write and read them."""

from __future__ import annotations

import re
from datetime import datetime

from workflow.cli.language import say
from workflow.cli.values import day
from workflow.core.calendar import OFFICE_ZONE, local, micros
from workflow.core.errors import InputInvalid
from workflow.core.model import Micros, Text
from workflow.core.wording import minute

_MOMENT = re.compile(r"(?P<day>\S+?)(?:[ T](?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?))?")


def moment(text: str) -> Micros:
    """`2022-03-01`, `2022-03-01 14:30` (office time) or with an offset, as microseconds UTC; `InputInvalid` else.

    A day alone is its beginning.
    """
    match = _MOMENT.fullmatch(text.strip())
    written = f"{day(match['day'])} {(match['time'] or '00:00').zfill(5)}" if match else text
    try:
        at = datetime.fromisoformat(written)
        return micros(at if at.tzinfo is not None else at.replace(tzinfo=OFFICE_ZONE))
    except (ValueError, OverflowError):
        raise InputInvalid(
            Text(
                zh=f"“{text}”不是日期；请写成 2022-03-01 或 '2022-03-01 14:30'",
                en=f"{text!r} is not a date; write 2022-03-01 or '2022-03-01 14:30'",
            )
        ) from None


def stamp(at: Micros) -> str:
    """The minute on the office's clock: `2022-03-01 14:30`."""
    return minute(at)


def iso(at: Micros) -> str:
    """The second on the office's clock, with its offset, for programs."""
    return local(at).isoformat(timespec="seconds")


def waited(since: Micros, now: Micros) -> str:
    """For how many days, by the office's calendar."""
    days = (local(now).date() - local(since).date()).days
    if days <= 0:
        return say("今天", "today")
    return say(f"{days} 天", f"{days} day{'s'[: days != 1]}")

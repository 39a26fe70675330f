"""Moments are read and shown on the office's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflow.cli.language import speak
from workflow.cli.times import iso, moment, stamp, waited
from workflow.core.calendar import micros
from workflow.core.errors import InputInvalid

MARCH = micros(datetime(2022, 3, 1, 6, 30, tzinfo=UTC))
DAY = 86_400_000_000


@pytest.mark.parametrize(
    "text",
    ["2022-03-01 14:30", "2022-03-01T14:30", "2022年3月1日 14:30", "2022-03-01 14:30:00+08:00", "2022-03-01T06:30Z"],
)
def test_a_moment_is_read(text: str) -> None:
    assert MARCH == moment(text)


def test_a_day_is_its_beginning() -> None:
    assert "2022-03-01 00:00" == stamp(moment("2022/3/1"))


@pytest.mark.parametrize("text", ["", "yesterday", "2022-02-30", "2022-03-01 25:00", "99999-01-01"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputInvalid, match="is not a date"):
        moment(text)


def test_a_moment_is_shown() -> None:
    assert "2022-03-01 14:30" == stamp(MARCH)
    assert "2022-03-01T14:30:00+08:00" == iso(MARCH)


@pytest.mark.parametrize(("days", "zh", "en"), [(0, "今天", "today"), (1, "1 天", "1 day"), (12, "12 天", "12 days")])
def test_waiting_is_counted_in_days_of_the_office(days: int, zh: str, en: str) -> None:
    speak("zh")
    assert zh == waited(MARCH, MARCH + days * DAY)
    speak("en")
    assert en == waited(MARCH, MARCH + days * DAY)

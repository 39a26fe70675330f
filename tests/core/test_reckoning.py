"""What a period comes to: days not counted, holidays, months, pauses, extensions, years not announced."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from workflow.core.calendar import OFFICE_ZONE, china, local, micros
from workflow.core.model import Duration, Micros
from workflow.core.reckoning import HOUR, Day, after, before, reckon


def at(year: int, month: int, day: int, hour: int = 10) -> Micros:
    return micros(datetime(year, month, day, hour, tzinfo=OFFICE_ZONE))


MONTHS = Duration(3, "mo")
PAUSE_OVER_NATIONAL_DAY = (at(2022, 9, 28), at(2022, 10, 9))


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        (at(2022, 9, 29), Duration(5, "bd"), date(2022, 10, 11)),  # two worked weekend days count
        (at(2022, 9, 29, 23), Duration(1, "bd"), date(2022, 9, 30)),
        (at(2022, 7, 1), MONTHS, date(2022, 10, 8)),  # ends in the holiday: the next working day, a Saturday
        (at(2021, 11, 30), MONTHS, date(2022, 2, 28)),
        (at(2023, 11, 30), MONTHS, date(2024, 2, 29)),
        (at(2024, 2, 29), Duration(12, "mo"), date(2025, 2, 28)),
        (at(2022, 12, 31), Duration(1, "d"), date(2023, 1, 3)),
        (at(2022, 3, 1), Duration(7, "d"), date(2022, 3, 8)),
        (at(2022, 3, 1), date(2022, 10, 1), date(2022, 10, 8)),
    ],
)
def test_the_last_day(start: Micros, term: Duration | date, last: date) -> None:
    assert last == reckon(start, [term], china()).last


def test_a_period_left_where_it_ends() -> None:
    assert date(2022, 10, 1) == reckon(at(2022, 7, 1), [MONTHS], china(), roll=False).last


def test_it_runs_out_at_midnight_on_the_offices_clock() -> None:
    assert datetime(2022, 10, 12, tzinfo=OFFICE_ZONE) == local(
        reckon(at(2022, 9, 29), [Duration(5, "bd")], china()).due
    )


def test_hours_run_on_the_clock_and_wait_for_pauses() -> None:
    end = reckon(at(2022, 10, 1, 8), [Duration(24, "h")], china(), pauses=[(at(2022, 10, 1, 10), at(2022, 10, 1, 13))])

    assert at(2022, 10, 2, 11) == end.due
    assert not end.provisional
    assert (Day(date(2022, 10, 1), "start"),) == end.days


@pytest.mark.parametrize(("more", "last"), [(0, date(2022, 10, 1)), (1, date(2022, 10, 2))])
def test_hours_that_end_at_midnight_end_on_the_day_before(more: int, last: date) -> None:
    assert last == reckon(at(2022, 10, 1, 0) + more, [Duration(24, "h")], china()).last


def test_of_several_ends_the_earliest_or_the_latest() -> None:
    terms = [MONTHS, date(2022, 6, 30)]

    assert date(2022, 6, 1) == reckon(at(2022, 3, 1), terms, china()).last
    assert date(2022, 6, 30) == reckon(at(2022, 3, 1), terms, china(), latest=True).last


@pytest.mark.parametrize(
    ("term", "last"),
    [
        (Duration(5, "bd"), date(2022, 10, 12)),  # 27 and 28 used; 29 September to 9 October given back; 10 to 12
        (Duration(10, "d"), date(2022, 10, 17)),  # two days used; then eight from the 10th on
    ],
)
def test_a_pause_over_a_holiday_gives_each_day_back_once(term: Duration, last: date) -> None:
    end = reckon(at(2022, 9, 26), [term], china(), pauses=[PAUSE_OVER_NATIONAL_DAY])
    paused = [day.day for day in end.days if day.kind == "paused"]

    assert [date(2022, 9, 29), date(2022, 10, 9), 11] == [paused[0], paused[-1], len(paused)]
    assert last == end.last


def test_a_pause_within_one_day_gives_nothing_back() -> None:
    pauses = [(at(2022, 3, 3, 9), at(2022, 3, 3, 17))]

    assert date(2022, 3, 8) == reckon(at(2022, 3, 1), [Duration(5, "bd")], china(), pauses=pauses).last


def test_an_extension_is_counted_from_the_last_day_before_it_moved() -> None:
    end = reckon(at(2022, 7, 1), [MONTHS], china(), extensions=[Duration(1, "mo"), Duration(3, "bd")])

    assert date(2022, 11, 4) == end.last


@pytest.mark.parametrize(
    ("start", "term", "provisional"),
    [
        (at(2026, 11, 22), MONTHS, True),
        (at(2026, 9, 1), MONTHS, False),
        (at(2026, 12, 28), Duration(5, "bd"), True),
        (at(2026, 12, 28), date(2027, 3, 1), True),
    ],
)
def test_an_end_in_a_year_not_announced_is_provisional(start: Micros, term: Duration | date, provisional: bool) -> None:
    assert provisional == reckon(start, [term], china()).provisional


def test_a_year_not_announced_has_its_weekends_and_fixed_holidays() -> None:
    assert date(2027, 5, 3) == reckon(at(2027, 4, 30), [Duration(1, "d")], china()).last
    assert date(2027, 10, 4) == reckon(at(2027, 9, 30), [Duration(1, "bd")], china()).last


def test_no_length_is_too_long() -> None:
    assert date(9998, 12, 31) == reckon(at(2022, 1, 1), [Duration(99_999, "mo")], china()).last


@pytest.mark.parametrize(
    ("length", "moment"),
    [
        (Duration(15, "d"), at(2022, 9, 23, 0)),
        (Duration(3, "bd"), at(2022, 9, 28, 0)),
        (Duration(1, "mo"), at(2022, 9, 8, 0)),
        (Duration(2, "h"), at(2022, 10, 8, 22)),
    ],
)
def test_a_reminder_before_the_end(length: Duration, moment: Micros) -> None:
    end = reckon(at(2022, 7, 1), [MONTHS], china())

    assert moment == before(end.last, length, end.due, china())


@pytest.mark.parametrize(
    ("length", "moment"),
    [
        (Duration(1, "bd"), at(2022, 10, 10, 0)),
        (Duration(2, "d"), at(2022, 10, 11, 0)),
        (Duration(7, "d"), at(2022, 10, 16, 0)),  # a Saturday: a reminder does not wait for a working day
        (Duration(12, "h"), at(2022, 10, 9, 12)),
    ],
)
def test_what_follows_the_end(length: Duration, moment: Micros) -> None:
    end = reckon(at(2022, 7, 1), [MONTHS], china())

    assert moment == after(end.last, length, end.due, china())


def test_a_clock_that_was_set_back_within_a_pause_makes_nothing_due_earlier() -> None:
    start = at(2022, 3, 1)
    pauses = [(start + HOUR, start - HOUR)]

    assert start + 48 * HOUR == reckon(start, [Duration(48, "h")], china(), pauses=pauses).due

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

from workflow.core.calendar import OFFICE_ZONE, Calendar, china, due, local, micros
from workflow.core.model import Duration


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_every_day_since_2004_is_as_announced() -> None:
    wrong = [
        d for d in days(date(2004, 1, 1), date(2026, 12, 31)) if china().works(d) != chinese_calendar.is_workday(d)
    ]

    assert [] == wrong


def test_a_second_source_agrees_on_every_day_of_2022_to_2026() -> None:
    other = holidays.country_holidays("CN", years=range(2022, 2027))
    wrong = [d for d in days(date(2022, 1, 1), date(2026, 12, 31)) if china().works(d) != other.is_working_day(d)]

    assert [] == wrong


def test_a_year_without_a_notice_is_provisional() -> None:
    assert not china().provisional(date(2026, 12, 31))
    assert china().provisional(date(2027, 1, 1))
    assert china().provisional(date(2003, 12, 31))
    assert Calendar().provisional(date(2022, 1, 1))


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (
            date(2022, 9, 29),
            Duration(5, "bd"),
            date(2022, 10, 11),
        ),  # over the National Day, with two worked weekend days
        (date(2022, 3, 1), Duration(0, "bd"), date(2022, 3, 1)),
        (date(2021, 11, 30), Duration(3, "mo"), date(2022, 2, 28)),  # no 30 February: the month's last day
        (date(2023, 11, 30), Duration(3, "mo"), date(2024, 2, 29)),
        (date(2022, 3, 7), Duration(3, "mo"), date(2022, 6, 7)),
        (date(2022, 7, 1), Duration(3, "mo"), date(2022, 10, 8)),  # 1 October is a holiday: next working day
        (date(2022, 12, 31), Duration(12, "mo"), date(2024, 1, 2)),
        (date(2022, 4, 1), Duration(10, "d"), date(2022, 4, 11)),
        (date(2022, 4, 1), Duration(1, "d"), date(2022, 4, 2)),  # a Saturday that was worked
    ],
)
def test_the_first_day_is_not_counted_and_the_last_one_is_a_working_day(
    start: date, length: Duration, end: date
) -> None:
    assert end == china().add(start, length)


def test_a_period_can_be_left_to_end_on_a_holiday() -> None:
    assert date(2022, 10, 1) == china().add(date(2022, 7, 1), Duration(3, "mo"), roll=False)


def test_a_period_ends_at_midnight_on_the_offices_clock() -> None:
    start = micros(datetime(2022, 3, 7, 23, 30, tzinfo=OFFICE_ZONE))

    end = due(start, Duration(5, "bd"), china())

    assert datetime(2022, 3, 15, tzinfo=OFFICE_ZONE) == local(end)
    assert datetime(2022, 3, 14, 16, tzinfo=UTC) == local(end)


def test_a_period_in_another_zone_ends_at_its_midnight() -> None:
    honolulu = ZoneInfo("Pacific/Honolulu")
    start = micros(datetime(2022, 3, 7, 20, tzinfo=honolulu))  # the eighth in Beijing

    assert datetime(2022, 3, 9, tzinfo=honolulu) == local(due(start, Duration(1, "d"), china(), honolulu))


def test_hours_run_on_the_clock() -> None:
    assert 2 * 3_600_000_000 == due(0, Duration(2, "h"), china())

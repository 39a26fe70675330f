"""The clock of the kit."""

from datetime import UTC, date, datetime

import pytest

from workflow.testing import CountedIds, FrozenClock


def test_the_clock_stands_still_until_it_is_told_to_go_on():
    clock = FrozenClock(date(2022, 3, 1))

    assert clock() == clock()


def test_a_bare_date_is_nine_in_the_morning_at_the_office():
    clock = FrozenClock(date(2022, 3, 1))

    assert int(datetime(2022, 3, 1, 1, tzinfo=UTC).timestamp() * 1_000_000) == clock()


def test_advancing_adds_exactly_what_was_said():
    clock = FrozenClock(0)
    clock.advance(days=1, hours=2, minutes=3, seconds=4, microseconds=5)

    assert ((26 * 60 + 3) * 60 + 4) * 1_000_000 + 5 == clock()


def test_the_clock_refuses_to_run_backwards():
    clock = FrozenClock(date(2022, 3, 1))

    with pytest.raises(ValueError, match="cannot go back"):
        clock.set(date(2022, 2, 28))
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(seconds=-1)
    assert date(2022, 3, 1) == clock.today


def test_working_days_pass_over_the_spring_festival():
    clock = FrozenClock(date(2022, 1, 28))  # a Friday; 29 and 30 January are worked, then seven days off
    clock.advance_working_days(3)

    assert date(2022, 2, 7) == clock.today


def test_ids_count():
    ids = CountedIds("case-")

    assert ["case-000001", "case-000002"] == [ids(), ids()]

"""What an office did is learnt from its records, and simulated again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import median

import pytest

from workflow.core.calendar import china
from workflow.core.errors import NotFound
from workflow.core.model import Actor, Lifecycle
from workflow.engine import Engine
from workflow.simulating.fitting import fit
from workflow.simulating.habits import STAY, Habits, Pace
from workflow.simulating.simulation import Order, simulate
from workflow.testing import FrozenClock

DESK = Actor("clerk", groups=frozenset({"desk"}))


@pytest.fixture
def office(sqlite: str, make_engine: Callable[..., Engine], clock: FrozenClock, sound: Lifecycle) -> Engine:
    """Thirty errands: two of three done by `slow` in four days, the third declined by `fast` in one; one a week."""
    engine = make_engine(sqlite, calendar=china())
    engine.publish(sound.source)
    clock.set(date(2022, 3, 7))
    for number in range(30):
        unit, action, days = ("fast", "decline", 1) if number % 3 == 0 else ("slow", "do", 4)
        case = engine.open("errand", Actor("member"), {"title": "t"}).file.root
        sent = engine.fire(case.id, "send", DESK, {"units": [unit], "urgent": number % 2 == 0})
        clock.advance(days=days)
        engine.fire(sent.file.parts[0].id, action, Actor("someone", unit=unit))
        clock.advance(days=7 - days)
    return engine


def test_choices_lengths_and_values_are_those_of_the_records(office: Engine, sound: Lifecycle) -> None:
    learnt = fit(office, sound, Habits())

    assert (30, 120) == (learnt.cases, learnt.records)
    assert (20.0, 10.0) == (learnt.habits.weights["job", "open", "do"], learnt.habits.weights["job", "open", "decline"])
    assert 30.0 == learnt.habits.weights["", "out", STAY]
    assert (1.0, 4.0) == tuple(median(learnt.habits.pace("job", "open", each).numbers) for each in ("decline", "do"))
    assert {"slow": 20, "fast": 10} == learnt.habits.values["send.units"]
    assert {"true": 15, "false": 15} == learnt.habits.values["send.urgent"]
    assert 30 == len(learnt.habits.gaps)


def test_the_year_is_replayed_with_its_own_units_and_choices(office: Engine, sound: Lifecycle) -> None:
    learnt = fit(office, sound, Habits())

    figures = simulate(Order(sound, learnt.habits, china(), learnt.begins, cases=90)).figures

    assert {"send", "open", "do", "decline", "finish"} == {action for _, action in figures.taken}
    assert 45 <= figures.taken["job", "do"] <= 75  # 60 expected
    assert "2022-03" == min(figures.opened)


def test_what_is_given_goes_before_what_is_learnt(office: Engine, sound: Lifecycle) -> None:
    given = Habits(
        weights={("job", "", "decline"): 0.0}, paces={("job", "open", ""): Pace.parse("fixed 2bd")},
        arrivals=Pace.parse("fixed 1bd"),
    )  # fmt: skip

    habits = fit(office, sound, given).habits

    assert ("job", "open", "decline") not in habits.weights
    assert (2.0,) == habits.pace("job", "open", "do").numbers
    assert () == habits.gaps


def test_a_database_without_such_cases_has_nothing_to_teach(desk: Engine, sound: Lifecycle) -> None:
    with pytest.raises(NotFound, match="errand"):
        fit(desk, sound, Habits())

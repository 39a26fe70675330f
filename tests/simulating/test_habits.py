"""Habits are read from a file, with the place of everything that is wrong, and drawn as they say."""

from __future__ import annotations

from random import Random
from statistics import mean, median

import pytest

from workflow.core.errors import LifecycleInvalid
from workflow.core.model import Lifecycle
from workflow.loading import load_path
from workflow.shipped import shipped_definitions
from workflow.simulating.habits import STAY, Choices, Habits, Pace
from workflow.simulating.habits_file import parse_habits

HEAD = "casework-habits: 1\n"


def drawn(text: str) -> list[float]:
    chance = Random(1)
    pace = Pace.parse(text)
    return [pace.draw(chance) for _ in range(4000)]


def test_paces_are_distributed_as_they_say() -> None:
    assert {3.0} == set(drawn("fixed 3bd"))
    assert {0.5} == set(drawn("fixed 4h"))
    assert 1 <= min(drawn("uniform 1bd 5bd")) <= max(drawn("uniform 1bd 5bd")) <= 5
    assert mean(drawn("exponential 5bd")) == pytest.approx(5, rel=0.1)
    assert median(drawn("lognormal 3bd 10bd")) == pytest.approx(3, rel=0.1)
    assert sorted(drawn("lognormal 3bd 10bd"))[3600] == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3bd",
        "fixed",
        "fixed 3",
        "fixed 3 bd",
        "uniform 5bd 1bd",
        "lognormal 0bd 3bd",
        "normal 1bd 2bd",
        "fixed -1bd",
    ],
)
def test_what_is_no_pace_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Pace.parse(text)


def test_a_file_gives_weights_durations_and_values(sound: Lifecycle) -> None:
    habits = parse_habits(
        HEAD + "usual: fixed 1bd\nweights: {job.decline: 0.5}\ndurations: {job.open: fixed 4bd, send: fixed 2bd}\n"
        "values: {send.units: {unit-01: 3}, 'send.units[]': {2: 1}}\ngroups: {desk: 2}\nspeed: {unit-01: 0.5}\n",
        sound,
    )

    assert {("job", "", "decline"): 0.5} == habits.weights
    assert (4.0, 2.0, 1.0) == (
        habits.pace("job", "open", "do").numbers[0],
        habits.pace("", "asked", "send").numbers[0],
        habits.pace("", "out", "comment").numbers[0],
    )
    assert {"send.units": {"unit-01": 3.0}, "send.units[]": {"2": 1.0}} == habits.values
    assert ({"desk": 2}, {"unit-01": 0.5}) == (habits.groups, habits.speed)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("weights: {job.declin: 1}", ":2:11", "job.decline"),
        ("durations: {job.ope: fixed 3bd}", ":2:13", "job.open"),
        ("durations: {send: 3bd}", ":2:19", "fixed 3bd"),
        ("weights: {send: -1}", ":2:17", "0.5"),
        ("values: {send.urgent: {maybe: 1}}", ":2:24", "true"),
        ("values: {'send.units[]': {many: 1}}", ":2:27", "many"),
        ("groups: {dsk: 1}", ":2:10", "desk"),
        ("speed: {unit-01: 0}", ":2:18", "0"),
        ("weightz: {}", ":2:1", "weights"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(sound: Lifecycle, text: str, place: str, said: str) -> None:
    with pytest.raises(LifecycleInvalid) as wrong:
        parse_habits(HEAD + text + "\n", sound, file="habits.yaml")

    assert 1 == len(wrong.value.problems)
    assert f"habits.yaml{place}" == str(wrong.value.problems[0].place)
    assert said in wrong.value.problems[0].text.zh


def test_without_habits_people_go_towards_a_successful_end() -> None:
    choices = Choices(load_path(shipped_definitions() / "proposal.yaml"), Habits())
    submitted, handling = choices.of("", "submitted"), choices.of("assignment", "handling")

    assert ["file"] == [name for name, weight in submitted.items() if weight == 1]
    assert submitted["refuse"] == submitted["merge"] < handling["record_contact"] < handling["reply"]
    assert STAY in choices.of("", "assigned")
    assert STAY not in submitted

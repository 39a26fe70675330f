"""Each check sees the fault that it is for: a step that is right passes, the same step made wrong does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulating.conftest import BEGINS
from workflow.core.calendar import china
from workflow.core.model import Actor, File, Lifecycle, NoticeWanted
from workflow.core.run import Ran
from workflow.simulating.checks import broken, unchanged
from workflow.simulating.course import Course, Deed

HOUR = 3_600_000_000


@pytest.fixture
def step(sound: Lifecycle) -> tuple[Lifecycle, File, Ran]:
    """An errand is sent to two units: the file before, and what the command came to."""
    course = Course(sound, china(), 0)
    course.take(Deed(BEGINS, "open", Actor("member"), input={"title": "t"}))
    before = course.standing
    desk = Actor("clerk", groups=frozenset({"desk"}))
    came = course.take(Deed(BEGINS + HOUR, "send", desk, input={"units": ["u1", "u2"]}))
    assert isinstance(came, Ran)
    return sound, before, came


def codes(step: tuple[Lifecycle, File, Ran], came: Ran) -> list[str]:
    return [fault.code for fault in broken(step[0], step[1], came, china())]


def with_root(came: Ran, **changes: object) -> Ran:
    """The same, but for facts of the root case that differ."""
    root = came.file.root.copy()
    for name, value in changes.items():
        setattr(root, name, value)
    return replace(came, file=File(root, came.file.parts, {}, came.file.records, came.file.head))


def test_a_step_that_is_right_passes(step: tuple[Lifecycle, File, Ran]) -> None:
    assert [] == codes(step, step[2])


def test_a_file_that_its_records_do_not_give_is_found(step: tuple[Lifecycle, File, Ran]) -> None:
    assert ["fold"] == codes(step, with_root(step[2], values={"title": "other"}))


def test_a_state_without_its_outcome_is_found(step: tuple[Lifecycle, File, Ran]) -> None:
    assert "state" in codes(step, with_root(step[2], state="done"))


def test_a_part_that_is_open_under_a_case_that_has_ended_is_found(step: tuple[Lifecycle, File, Ran]) -> None:
    assert 2 == codes(step, with_root(step[2], state="done", outcome="successful")).count("open_parts")


def test_a_number_given_twice_is_found(step: tuple[Lifecycle, File, Ran]) -> None:
    came = step[2]
    parts = tuple(part.copy() for part in came.file.parts)
    for part in parts:
        part.number = "1"

    assert "number" in codes(step, replace(came, file=File(came.file.root, parts)))


def test_a_notice_to_nobody_is_found(step: tuple[Lifecycle, File, Ran]) -> None:
    came = step[2]
    lost = replace(came.steps[0], notices=(NoticeWanted("", "told", "no such holder"),))

    assert ["notice"] == codes(step, replace(came, steps=(lost,)))


@pytest.mark.parametrize(
    "facts",
    [{"since": 5, "ended": 4}, {"since": 5, "pauses": [[4, 6]]}, {"since": 5, "pauses": [[6, 5]]}],
    ids=["ends before it begins", "stands still before it begins", "goes on before it stops"],
)
def test_a_clock_that_contradicts_itself_is_found(step: tuple[Lifecycle, File, Ran], facts: dict[str, object]) -> None:
    from tests.simulating.test_walk import TEXT
    from workflow.loading import load

    timed = load(TEXT + "\ndeadlines:\n  due: {in: out, within: 2bd}\n", file="errand.yaml")
    came = with_root(step[2], clocks={"due": facts})

    assert "clock" in [fault.code for fault in broken(timed, step[1], came, china())]


def test_a_refusal_that_changes_the_file_is_found() -> None:
    assert ["changed"] == [fault.code for fault in unchanged("send", "before", "after")]
    assert [] == list(unchanged("send", "before", "before"))

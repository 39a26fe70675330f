"""A process that is killed with -9 at any moment of any command leaves a sound office; the command is repeated and is done once.

`make storm` kills at random, thousands of times, in the middle of an office's day.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.faults.house import DEEDS, Deed, House

MOST = 500  # moments of one command; there are far fewer


def test_a_command_killed_at_any_moment_is_done_once_when_it_is_repeated(
    kind: str, new_database: Callable[..., str], tmp_path: Path
) -> None:
    with House(new_database(kind), tmp_path) as house:
        kills = {deed.name: _every_kill(house, deed) for deed in DEEDS}

    print(f"\n{kind}: {sum(kills.values())} kills:", ", ".join(f"{name} {count}" for name, count in kills.items()))
    assert len(DEEDS) * 5 < sum(kills.values())


def _every_kill(house: House, deed: Deed) -> int:
    """How many moments the command had, at each of which it was killed once."""
    house.restore()
    before = house.state()
    answer = house.do(deed)
    after = house.state()
    done = after.without(deed.omitting)
    assert before != after

    for at in range(1, MOST):
        house.restore()
        life = house.life(deed, at)
        where = f"{deed.name}, killed at moment {at}"
        if not life.killed:
            assert at - 1 == life.points, where
            return life.points
        found = house.state()
        assert not deed.at_once or found in (before, after), where

        if deed.leases:
            house.later()
        again = house.do(deed)
        assert done == house.state().without(deed.omitting), where
        assert not deed.at_once or answer == again, where
        assert sum(house.delivered().values()) <= len(house.delivered()) + 1, where
    raise AssertionError(f"{deed.name} has no end")

"""One seed from its beginning to its end."""

from __future__ import annotations

from tests.simulator import promises
from tests.simulator.deeds import Deeds
from tests.simulator.world import World

STEPS = 60
EVERY = 30  # steps after which the promises are looked at


def simulate(seed: int, steps: int = STEPS) -> World:
    """The world as it is when all has come to rest. Raises AssertionError where a promise is broken, and whatever the
    engine raises that is no sentence for a person; its notes are what happened up to there.
    """
    world = World(seed)
    deeds = Deeds(world)
    world.draw = deeds.draw
    try:
        with world.begun():
            for world.step in range(1, steps + 1):
                world.go(deeds.draw())
                if world.step % EVERY == 0:
                    promises.hold(world)
            deeds.finish()
            promises.hold(world)
            promises.hold_at_last(world)
    except Exception as error:
        for line in (*world.trace[-12:], command(seed)):
            error.add_note(line)
        raise
    return world


def command(seed: int) -> str:
    """What shows that seed again."""
    return f'again: make simulate ARGS="--seed {seed}"'

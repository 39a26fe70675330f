"""How an office works, as far as its lifecycle does not say: how long things take, and what people choose."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from workflow.core.model import ENGINE, ORIGIN, Kind, Lifecycle, Transition
from workflow.core.paths import edges

_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)(bd|h)")
_SIZES = {"fixed": 1, "uniform": 2, "lognormal": 2, "exponential": 1}
_NINETY = 1.2815515655446004  # the 90th percentile of the normal distribution
HOURS = 8  # of one working day

STAY = ""  # what somebody chooses who lets the case wait for its join or its clock
FORWARD, EFFECTIVE, DETOUR, REMARK = 1.0, 0.25, 0.05, 0.02
LEAST = 1e-6  # what is never chosen as long as there is something else

Step: TypeAlias = tuple[str, str, str]  # kind, state ("" for any), action


@dataclass(frozen=True, slots=True)
class Pace:
    """How long something takes, in working days: a distribution, or lengths that were observed."""

    form: str
    numbers: tuple[float, ...]

    @classmethod
    def parse(cls, text: str) -> Pace:
        """From `fixed 3bd`, `uniform 1bd 5bd`, `lognormal 3bd 10bd` (median and 90th percentile) or `exponential 5bd`
        (mean); lengths in working days (`bd`) or hours (`h`, eight to the day). ValueError for anything else.
        """
        form, *lengths = text.split()
        found = [_LENGTH.fullmatch(length) for length in lengths]
        if len(found) != _SIZES.get(form):
            raise ValueError(text)
        numbers = tuple(float(m[1]) / (HOURS if m[2] == "h" else 1) for m in found if m is not None)
        rising = form not in ("uniform", "lognormal") or (len(numbers) == 2 and numbers[0] <= numbers[1])
        if len(numbers) != len(found) or not rising or (form == "lognormal" and numbers[0] == 0):
            raise ValueError(text)
        return cls(form, numbers)

    def draw(self, chance: Random) -> float:
        """One length, in working days."""
        numbers = self.numbers
        match self.form:
            case "fixed":
                return numbers[0]
            case "uniform":
                return chance.uniform(*numbers)
            case "lognormal":
                return chance.lognormvariate(math.log(numbers[0]), math.log(numbers[1] / numbers[0]) / _NINETY)
            case "exponential":
                return chance.expovariate(1 / numbers[0]) if numbers[0] else 0.0
            case _:
                return chance.choice(numbers)


USUAL = Pace.parse("lognormal 3bd 10bd")
ARRIVALS = Pace.parse("exponential 0.25bd")  # about a thousand in a year


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of the people; whatever is not has a default that follows from the lifecycle itself.

    `weights` and `paces` are kept by `Step`; a pace may be of a state alone (action ""). `values` gives weights to
    the values of an input, by its path (`assignment.reply.class`); `path[]` to the length of a list. `gaps` are
    observed times between arrivals, in working days, to be replayed in their order instead of drawing `arrivals`.
    """

    weights: Mapping[Step, float] = field(default_factory=dict)
    paces: Mapping[Step, Pace] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    usual: Pace = USUAL
    arrivals: Pace = ARRIVALS
    gaps: tuple[float, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)  # how many people a group has
    members: int = 60
    units: int = 20
    speed: Mapping[str, float] = field(default_factory=dict)  # by party: 2 takes half the time

    def pace(self, kind: str, state: str, action: str) -> Pace:
        """How long it takes until somebody takes `action` in `state`."""
        known = self.paces
        return (
            known.get((kind, state, action)) or known.get((kind, "", action)) or known.get((kind, state, "")) or self.usual
        )  # fmt: skip

    def arrival(self, index: int, chance: Random) -> float:
        """Working days between the arrivals of the cases `index - 1` and `index`."""
        return self.gaps[index % len(self.gaps)] if self.gaps else self.arrivals.draw(chance)


class Choices:
    """What may be chosen in each state of a lifecycle, and with which weight.

    Where habits say nothing: what leads nearer to a successful end has the weight 1, an act with effects 0.25, what
    leads elsewhere 0.05, and what changes nothing 0.02. Where the engine leads on, people let the case wait (1).
    """

    def __init__(self, lifecycle: Lifecycle, habits: Habits) -> None:
        self._habits = habits
        self._of = {
            (kind.name, state): self._options(kind, state)
            for kind in (lifecycle.root, *lifecycle.parts.values())
            for state in kind.states
        }

    def of(self, kind: str, state: str) -> Mapping[str, float]:
        """The weights of the actions by people that are declared in this state; `STAY` is letting it wait."""
        return self._of[kind, state]

    def _options(self, kind: Kind, state: str) -> dict[str, float]:
        declared = kind.states[state]
        if declared.final is not None and not any(state in t.sources for t in kind.transitions.values()):
            return {}
        nearer = _nearer(kind, state)
        usual = {
            each.name: _usual(each, each.name in nearer)
            for each in kind.transitions.values()
            if state in each.sources and set(each.by) != {ENGINE}
        }
        if declared.edit:
            usual["edit"] = REMARK
        moving = [name for name in usual if name in kind.transitions and not kind.transitions[name].act]
        if not any(usual[name] == FORWARD for name in moving):
            led = declared.joins or any(state in t.sources and set(t.by) == {ENGINE} for t in kind.transitions.values())
            usual.update({STAY: FORWARD} if led else dict.fromkeys(moving, FORWARD))
        return {name: self._weight(kind.name, state, name, weight) for name, weight in usual.items()}

    def _weight(self, kind: str, state: str, action: str, usual: float) -> float:
        given = self._habits.weights
        known = given.get((kind, state, action))
        return max(given.get((kind, "", action), usual) if known is None else known, LEAST)


def _usual(transition: Transition, nearer: bool) -> float:
    if not transition.act:
        return FORWARD if nearer else DETOUR
    if transition.extends is not None:
        return DETOUR
    return EFFECTIVE if effective(transition) else REMARK


def linking(transition: Transition) -> bool:
    """Whether it needs another case to name."""
    return any(each.type == "case" and each.required for each in transition.asks)


def effective(transition: Transition) -> bool:
    """Whether it changes more than the record: it moves the case, or has effects, or extends a clock."""
    does = transition.effects
    return not transition.act or bool(does.set or does.open or does.close or does.numbers or does.start)


def _nearer(kind: Kind, state: str) -> set[str]:
    """The transitions by which the case comes nearer to a successful end, however many steps it then still has."""
    by_itself = {t.name for t in kind.transitions.values() if t.to != ORIGIN and not linking(t)}
    ways = [edge for edge in edges(kind) if edge.transition in by_itself]
    inner: set[str] = set()
    ring = {name for name, each in kind.states.items() if each.final == "successful"}
    while state not in ring:
        inner, ring = ring, ring | {edge.source for edge in ways if edge.target in ring}
        if inner == ring:
            return set()
    return {edge.transition for edge in ways if edge.source == state and edge.target in inner}

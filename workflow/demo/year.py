"""`plan_year` writes the year down as data; `build_year` takes it to an engine, command by command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from workflow.core.calendar import OFFICE_ZONE, local, micros
from workflow.core.errors import Refused
from workflow.core.model import Actor, Case, File, Json, Micros
from workflow.demo.county import UNITS, everybody
from workflow.demo.opinions import opinion_stories
from workflow.demo.plan import Step
from workflow.demo.proposals import proposal_stories
from workflow.demo.summary import Year, summary
from workflow.demo.texts import Papers
from workflow.demo.waiting import waiting_stories
from workflow.directory import Party
from workflow.shipped import shipped_definitions
from workflow.timers import fire_all

if TYPE_CHECKING:
    from workflow.engine import Engine

SEED = 2022
BEGINS = micros(datetime(2022, 1, 1, 8, 0, tzinfo=OFFICE_ZONE))
ENDS = micros(datetime(2022, 12, 31, 18, 0, tzinfo=OFFICE_ZONE))

Progress = Callable[[int, int, Micros], None]


class YearClock:
    """The clock and the ids of a demonstration: the same seed gives the same moments and the same ids."""

    def __init__(self, seed: int = SEED) -> None:
        self.now: Micros = BEGINS
        self._seed = seed
        self._drawn = 0

    def __call__(self) -> Micros:
        """The moment that was set last; the clock of the engine."""
        return self.now

    def set(self, moment: Micros) -> None:
        """Turn the clock to `moment`."""
        self.now = moment

    def new_id(self) -> str:
        """A time-ordered id in the form of a UUIDv7; the ids of the engine."""
        self._drawn += 1
        drawn = sha256(f"{self._seed}:{self._drawn}".encode()).hexdigest()
        return f"{self.now // 1000:012x}7{self._drawn % 0x1000:03x}{'89ab'[int(drawn[0], 16) % 4]}{drawn[1:16]}"


@cache
def plan_year(seed: int = SEED) -> tuple[Step, ...]:
    """Every command of the year, in the order of time. The same seed gives the same plan."""
    random = Random(seed)  # noqa: S311
    papers = Papers(random)
    proposals, converted = proposal_stories(random, papers)
    stories = proposals + opinion_stories(random, papers, converted) + waiting_stories(random, papers)
    steps = sorted((step for story in stories for step in story.steps), key=lambda step: step.at)
    return tuple(_with_letter_numbers(steps))


def plan_size(seed: int = SEED) -> int:
    """How many commands the year has: the length of a progress bar."""
    return len(plan_year(seed))


def build_year(
    engine: Engine, set_clock: Callable[[Micros], None], *, seed: int = SEED, progress: Progress | None = None
) -> Year:
    """Take the whole year through the public API of `engine`, and say what came out beside what the county printed.

    `engine` has a created, empty schema and reads the clock that `set_clock` turns (`YearClock` is one). `progress` is
    called after each command with how many are done, how many there are, and the moment of the command. Raises
    whatever the engine raises, and `AssertionError` where it allows a command that it must refuse.
    """
    set_clock(BEGINS)
    for name in ("opinion", "proposal"):
        engine.publish(shipped_definitions() / f"{name}.yaml")
    for body in everybody(Random(seed)):  # noqa: S311
        engine.people.add(Party(body.id, body.name, kind=body.kind, unit=body.unit, groups=body.groups))
    plan = plan_year(seed)
    book = _Book(engine)
    today = None
    for done, step in enumerate(plan, 1):
        set_clock(step.at)
        if local(step.at).date() != today:
            today = local(step.at).date()
            fire_all(engine)
        book.take(step)
        if progress is not None:
            progress(done, len(plan), step.at)
    set_clock(ENDS)
    extended, suspended = (
        book.file(next(step for step in plan if step.action == a)) for a in ("extend_reply_due", "suspend")
    )
    return summary(engine, commands=len(plan), refused=book.refused, extended=extended, suspended=suspended)


class _Book:
    """What the year has so far: the plan's names for cases, and each file as it stands."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._files: dict[str, File] = {}
        self._actors: dict[tuple[str, str | None], Actor] = {}
        self.refused = 0

    def take(self, step: Step) -> None:
        actor = self._actor(step.actor, step.behalf)
        if step.action == "open":
            self._files[step.case] = self._engine.open(step.lifecycle, actor, dict(step.input), note=step.note).file
            return
        given: dict[str, Json] = dict(step.input)
        if step.other is not None:
            field, other = step.other
            given[field] = self._files[other].root.id
        case = self._target(step)
        try:
            out = self._engine.fire(case.id, step.action, actor, given, note=step.note)
        except Refused as refused:
            if step.refused not in {blocker.code for blocker in refused.blockers}:
                raise
            self.refused += 1
            return
        if step.refused is not None:
            raise AssertionError(f"{step.case} {step.action} should have been refused: {step.refused}")
        self._files[step.case] = out.file
        if step.starts is not None:
            self._files[step.starts] = self._engine.case(out.started[0])

    def file(self, step: Step) -> File:
        """The file that the step was about, as it was left."""
        return self._files[step.case]

    def _target(self, step: Step) -> Case:
        """The root, or the open part that the step means; a join in another file may have opened it meanwhile."""
        file = self._files[step.case]
        if not step.part:
            return file.root
        part = _open_part(file, step)
        if part is None:
            file = self._files[step.case] = self._engine.case(file.root.id)
            part = _open_part(file, step)
        if part is None:
            raise LookupError(f"{step.case} has no open {step.part} {step.key}")
        return part

    def _actor(self, person: str, behalf: str | None) -> Actor:
        if (person, behalf) not in self._actors:
            self._actors[person, behalf] = self._engine.people.actor(person, on_behalf_of=behalf, through="demo")
        return self._actors[person, behalf]


def _open_part(file: File, step: Step) -> Case | None:
    fitting = [p for p in file.parts if p.kind == step.part and p.open and (not step.key or p.key == step.key)]
    return fitting[-1] if fitting else None


def _with_letter_numbers(steps: list[Step]) -> list[Step]:
    """Each unit numbers its replies (答复文号) in the order in which they leave the house."""
    sent: Counter[str] = Counter()
    out: list[Step] = []
    for step in steps:
        if step.part == "assignment" and step.action == "reply":
            sent[step.key] += 1
            letter = f"禾{UNITS[step.key][1]}函〔2022〕{sent[step.key]}号"
            step = replace(step, input={**step.input, "letter": letter})
        out.append(step)
    return out

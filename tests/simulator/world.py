"""A whole office in one process: people, workers, a sealer, a clock and the weather, and one chance that orders all of it.

A seed goes the same way on every machine: nothing is asked of the clock on the wall, of the
operating system or of the order of a set. Each process of the office is an engine of its own at the same file. Where it is
in no transaction another one may go first, down to a few of them within each other, as processes do to each other.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from tests.simulator.line import Killed, Line, Weather
from workflow import signing
from workflow.calendars import Watch
from workflow.core.errors import StoreUnavailable
from workflow.core.model import Actor, Lifecycle, Micros
from workflow.directory import Party
from workflow.engine import Engine
from workflow.loading import load as _load
from workflow.outbox import Policy
from workflow.ports import Notice, Reject, Retry
from workflow.sealing import Folder
from workflow.shipped import shipped_definitions
from workflow.simulating.habits import Habits
from workflow.simulating.people import People
from workflow.testing import CountedIds, FrozenClock

TESTS = Path(__file__).parents[1]
SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 24 * 3600 * SECOND
POLICY = Policy(lease=60, send_timeout=20, attempts=6, first_wait=30, longest_wait=600, patience=900)
HABITS = Habits(members=4, units=3, groups={})
OFTEN = 0.012  # the share of statements that something happens to, in bad weather
FIRST = 0.04  # the share of the moments outside of a transaction in which another process goes first
DEEPEST = 3  # processes within each other
GROUPS = ("proposal_committee", "dispatch_office")
OFFICES = {
    "ticket": (TESTS / "ticket.yaml", TESTS / "clocked.yaml"),
    "proposal": (shipped_definitions() / "opinion.yaml", shipped_definitions() / "proposal.yaml"),
}


def office_of(seed: int) -> str:
    """Which lifecycles the office of that seed has: every fourth works the shipped ones."""
    return "proposal" if seed % 4 == 0 else "ticket"


_read: dict[str, Lifecycle] = {}
_compiled: dict[Any, Any] = {}
_dialects: dict[str, sa.Dialect] = {}


def load(source: str, **options: Any) -> Lifecycle:
    """What was read once is not read again by each process."""
    key = f"{options.get('settings')}\n{source}"
    if key not in _read:
        _read[key] = _load(source, **options)
    return _read[key]


def _under_way(engine: Engine, office: str) -> None:
    """A few cases that stand where there is something to do, so that nobody begins with an empty desk."""
    desk, member = Actor("desk-1", groups=frozenset({"desk"})), Actor("member-01")
    units = [f"unit-{n:02}" for n in range(1, HABITS.units + 1)]
    if office == "ticket":
        errand = engine.open("errand", desk).case.id
        for unit in units[:2]:
            engine.fire(errand, "give", desk, {"unit": unit})
        ticket = engine.open("ticket", member, {"title": "路灯"}).case.id
        engine.fire(ticket, "send", member)
        engine.fire(ticket, "give", desk, {"units": units})
        engine.fire(engine.open("ticket", member, {"title": "行道树"}).case.id, "send", member)
        return
    paper = {"title": "关于路灯的提案", "problem": "夜里很暗", "suggestions": ["增设路灯"], "category": "society"}
    for _ in range(2):
        proposal = engine.open("proposal", member, paper).case.id
        engine.fire(proposal, "submit", member)
    committee, dispatcher = (Actor(f"{group}-1", groups=frozenset({group})) for group in GROUPS)
    engine.fire(proposal, "file", committee, {"handling": "lead_co", "category": "society"})
    given = [{"unit": unit, "part": part} for unit, part in zip(units, ("lead", "co"), strict=False)]
    engine.fire(proposal, "assign", dispatcher, {"units": given})


@cache
def furnished(office: str) -> tuple[bytes, dict[str, bytes], tuple[Lifecycle, ...]]:
    """A database with the lifecycles and the people of such an office, and a folder with a key."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "office.db"
        engine = Engine(f"sqlite:///{path}", clock=FrozenClock(), ids=CountedIds(), salts=lambda: "0" * 64)
        engine.create()
        for source in OFFICES[office]:
            engine.publish(source)
        lifecycles = tuple(engine.lifecycle(each.name, each.version) for each in engine.lifecycles())
        for n, party in enumerate(_parties(lifecycles)):
            hours = {"digest": "08:30"} if n % 5 == 1 else {"quiet": "22:00-07:00"} if n % 5 == 2 else {}
            engine.people.add(Party(**party, **hours))
        _under_way(engine, office)
        engine.close()
        signing.create(Path(name) / "seal", "office")
        return path.read_bytes(), {each.name: each.read_bytes() for each in (Path(name) / "seal").iterdir()}, lifecycles


def _parties(lifecycles: tuple[Lifecycle, ...]) -> Iterator[dict[str, Any]]:
    people = [People(each, HABITS) for each in lifecycles]
    for id in people[0].members:
        yield {"id": id, "name": id}
    for id in people[0].units:
        yield {"id": id, "name": id, "kind": "unit"}
    for group in dict.fromkeys(group for each in people for group in each.groups):
        for actor in next(each.groups[group] for each in people if group in each.groups):
            yield {"id": actor.id, "name": actor.id, "groups": (group,)}


Act = Callable[["Machine"], str]  # what one of the machines does; it says what came of it
Drawn = tuple[str, str, Act]  # the kind of machine it is for, and what it is called


@dataclass
class Machine:
    """One process of the office. It is killed now and then, and begins again with nothing in its memory."""

    world: World
    name: str
    busy: bool = False
    lives: int = 0
    engine: Engine = field(init=False)
    watch: Watch = field(init=False)
    leased: Micros = 0  # until when the worker's claim lasts: how far the clock will have gone forward by then
    stops: Micros = 0  # and by the time that passes, clocks aside

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.lives += 1
        line = partial(Line, self, self.world.weather)
        self._database = self.world.database({"factory": line})
        self.engine = Engine(self._database, clock=self.world.clock, ids=self.world.ids, salts=self.world.salt)
        self.watch = Watch(self.engine)

    def do(self, what: str, deed: Act) -> None:
        """Do something; what comes of it is noted."""
        self.busy = True
        try:
            came = deed(self)
        except Killed:
            came = "killed"
            self.end()
            self._begin()
        except StoreUnavailable as error:
            came = f"unavailable: {error.say('en')}"
        finally:
            self.busy = False
        self.world.note(f"{self.name} {what}: {came}")

    def others(self) -> None:
        """Another process may go first."""
        self.world.meanwhile(self.world.first)

    def struck(self, fault: str) -> None:
        """A fault has come over it."""
        self.world.figures[f"fault: {fault}"] += 1
        self.world.note(f"{self.name} struck: {fault}")

    def end(self) -> None:
        """Its connections are gone."""
        with suppress(Exception):
            self.engine.close()
        self._database.dispose()


@dataclass(frozen=True)
class Delivery:
    """One time that a channel took a notice: when it was handed over, and when the worker's claim ended, both by how far
    the clock had gone forward.
    """

    key: str
    begun: Micros
    until: Micros


class Channel:
    """The channel as one worker sees it: slow, down, doubling, refusing, or taking a notice and never saying so."""

    name = "desk"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def send(self, notice: Notice) -> None:
        world, chance = self._machine.world, self._machine.world.chance
        assert world.passed < self._machine.stops, f"{notice.key} is sent after the end of its own lease"
        if world.down and chance.random() < 0.8:
            raise Retry("down", after=chance.choice((None, 5, 10**6)))
        begun, until = world.gone, self._machine.leased
        mood = chance.random()
        if mood < 0.25:
            world.passes(chance.uniform(0.1, 0.95) * POLICY.send_timeout * SECOND)
            world.meanwhile(0.5 if world.first else 0)
        if mood > 0.985:
            raise Reject("nobody there")
        unheard = 0.25 < mood < 0.29  # then the claim ends with what the channel says of it
        world.deliveries.append(Delivery(notice.key, begun, world.gone if unheard else until))
        world.figures["deliveries"] += 1
        world.received[notice.key] += 2 if mood > 0.95 else 1
        if unheard:
            raise Retry("the answer was lost")
        if 0.29 < mood < 0.31 and not world.weather.calm:
            world.figures["fault: killed after a delivery"] += 1
            raise Killed


class World:
    """Everything that there is."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.office = office_of(seed)
        self.chance = Random(f"casework {seed}")
        self.weather = Weather(self.chance, OFTEN)
        self.weather.calm = self.chance.random() < 0.3
        self.now: Micros = FrozenClock()() + self.chance.randrange(300 * DAY)
        self.highest = self.now
        self.passed = self.gone = 0  # microseconds: time that passed, and how far the clock has gone forward
        self.seen: dict[Micros, tuple[Micros, Micros]] = {}  # what the clock said -> gone, passed
        self.depth = self.step = 0
        self.down, self.first = False, FIRST
        self.ids = CountedIds("n-")
        self.figures: Counter[str] = Counter()
        self.trace: list[str] = []
        self.received: Counter[str] = Counter()
        self.deliveries: list[Delivery] = []
        self.outside: dict[int, Any] = {}  # the checkpoints that somebody keeps elsewhere
        self.draw: Callable[[], Drawn] = lambda: ("", "nothing", lambda machine: "")
        self.orders: list[Order] = []

    # ------------------------------------------------------------ time

    def clock(self) -> Micros:
        """What every process reads; no two looks are at the same moment."""
        self.passes(1)
        self.seen.setdefault(self.now, (self.gone, self.passed))
        return self.now

    def salt(self) -> str:
        """32 bytes, hexadecimal."""
        return self.chance.randbytes(32).hex()

    def passes(self, length: float) -> None:
        """Time passes."""
        self.passed += int(length)
        self.jumps(int(length))

    def jumps(self, by: Micros) -> None:
        """The clock is set."""
        self.now += by
        self.gone += max(by, 0)
        self.highest = max(self.highest, self.now)

    # ------------------------------------------------------------ what happens

    def database(self, options: dict[str, Any]) -> sa.Engine:
        """The file, for one process; what one has compiled the others need not."""
        made = sa.create_engine(
            f"sqlite:///{self.path}", max_overflow=-1, connect_args={"check_same_thread": False, **options},
            execution_options={"compiled_cache": _compiled},
        )  # fmt: skip
        made.dialect = _dialects.setdefault("sqlite", made.dialect)  # what was compiled belongs to its dialect
        return made

    @contextmanager
    def begun(self) -> Iterator[None]:
        """The office is furnished, and virtual time stands in the place of the real one."""
        content, keys, self.lifecycles = furnished(self.office)
        with ExitStack() as stack:
            here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self.path, self.folder = here / "office.db", Folder(here / "seal")
            self.path.write_bytes(content)
            self.folder.path.mkdir()
            for name, text in keys.items():
                (self.folder.path / name).write_bytes(text)
            virtual = SimpleNamespace(
                monotonic=lambda: self.passed / SECOND, sleep=lambda length: self.passes(length * SECOND)
            )
            stack.enter_context(patch("workflow.outbox.time", virtual))
            stack.enter_context(patch("workflow.store.transactions.time", virtual))
            stack.enter_context(patch("workflow.store.transactions.random", self.chance))
            stack.enter_context(patch("workflow.loading.load", load))
            self.machines = [Machine(self, name) for name in ("desk-1", "desk-2", "worker-1", "worker-2", "admin")]
            for each in self.machines:
                stack.callback(each.end)
            yield

    def go(self, deed: Drawn) -> None:
        """One deed, by one of the machines whose kind it is for; nothing where they are all busy."""
        kind, what, act = deed
        free = [each for each in self.machines if each.name.startswith(kind) and not each.busy]
        if free:
            self.figures["steps"] += 1
            self.chance.choice(free).do(what, act)

    def meanwhile(self, share: float) -> None:
        """With that chance, another process does something now."""
        if not share or self.depth >= DEEPEST or self.chance.random() >= share:
            return
        self.depth += 1
        try:
            self.figures["overtakings"] += 1
            self.go(self.draw())
        finally:
            self.depth -= 1

    def note(self, line: str) -> None:
        """One more line of the trace."""
        self.trace.append(f"{self.step:3} {'· ' * self.depth}{self.now} {line}")

    @property
    def digest(self) -> str:
        """The trace in short: the same for the same seed, wherever it is run."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()


@dataclass
class Order:
    """A command as a person gave it, who sends it again with the same request id for as long as he does not know."""

    id: str
    name: str  # of the lifecycle, to open a case; else the case
    action: str
    actor: Any
    input: dict[str, Any]
    expect: int | None
    answer: tuple[str, str] | None = None  # "done" or "refused", and which record says so
    sent: int = 0

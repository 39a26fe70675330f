"""The course of one simulated case: what was done to it, one deed after the other, and what was wrong on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workflow.core.calendar import Calendar
from workflow.core.model import (
    OPEN,
    Actor,
    Case,
    Command,
    File,
    Json,
    Lifecycle,
    Linked,
    Micros,
    NumberWanted,
    Refusal,
)
from workflow.core.run import Ran, Supply, run, run_open, run_timer, settle
from workflow.simulating.checks import OWN_FAULTS, Fault, broken, refused_with, unchanged

LOG = "simulation"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens to the file at a moment: an actor's command, an event of a clock (`clock` true, `action`
    is its name), or, without either, that the case which it links to has moved (`other`: the field, and what is seen).

    `kind`, `key` and `round` say which case of the file is meant; that stays so when other deeds are left out.
    """

    at: Micros
    action: str
    actor: Actor | None = None
    kind: str = ""
    key: str = ""
    round: int = 1
    clock: bool = False
    input: Mapping[str, Json] = field(default_factory=dict)
    note: str | None = None
    other: tuple[str, Linked] | None = None
    refused: bool = False  # for a fault of the lifecycle's own


@dataclass(frozen=True, slots=True)
class Spell:
    """The time that one case spent in one state."""

    kind: str
    state: str
    since: Micros
    until: Micros


class Course:
    """The file as it stands, and everything that is counted of it."""

    def __init__(self, lifecycle: Lifecycle, calendar: Calendar, index: int) -> None:
        self.lifecycle = lifecycle
        self.calendar = calendar
        self.now: Micros = 0
        self.file: File | None = None
        self.deeds: list[Deed] = []
        self.faults: dict[tuple[str, str], Fault] = {}
        self.found: dict[tuple[str, str], int] = {}  # after how many deeds each fault was met
        self.spells: list[Spell] = []
        self.taken: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()  # commands whose input was never accepted
        self.numbers: list[str] = []
        self.records = 0
        self._index = index
        self._ids = 0
        self._sequences: Counter[str] = Counter()
        self._links: dict[str, Linked] = {}

    @property
    def standing(self) -> File:
        """The file; there is one once the case was opened."""
        assert self.file is not None
        return self.file

    @property
    def open(self) -> list[Case]:
        """The root case and the parts that have not ended."""
        return [case for case in self.standing if case.open]

    def find(self, deed: Deed) -> Case | None:
        """The case that the deed is about; None where there is no such part."""
        if not deed.kind:
            return self.standing.root
        wanted = (deed.kind, deed.key, deed.round)
        return next((p for p in self.standing.parts if (p.kind, p.key, p.round) == wanted), None)

    def take(self, deed: Deed) -> Ran | Refusal | None:
        """Let it happen; None where there is nothing that could. A refusal changes nothing."""
        self.now = deed.at
        before = self.file
        seen = repr(before)
        came = self._run(deed)
        if isinstance(came, Refusal):
            if any(blocker.code in OWN_FAULTS for blocker in came.blockers):
                self.deeds.append(replace(deed, refused=True))
                self.blame(*refused_with(self.lifecycle, came))
            self.blame(*unchanged(deed.action, seen, repr(self.file)))
        elif came is not None:
            self.deeds.append(deed)
            self._follow(before, came)
        elif deed.other is not None:
            self.deeds.append(deed)
        return came

    def blame(self, *faults: Fault) -> None:
        """Remember what is wrong, each kind of fault once."""
        for fault in faults:
            self.faults.setdefault(fault.signature, fault)
            self.found.setdefault(fault.signature, len(self.deeds))

    # ------------------------------------------------------------ one deed

    def _run(self, deed: Deed) -> Ran | Refusal | None:
        if deed.actor is not None and deed.action == OPEN:
            return run_open(self.lifecycle, Command(OPEN, deed.actor, deed.input, deed.note), self._supply())
        file = self.standing
        if deed.other is not None:
            name, linked = deed.other
            self._links[linked.id] = linked
            file = File(file.root, file.parts, {**file.linked, name: linked}, file.records, file.head)
            if deed.actor is None:
                self.file = file
                return settle(self.lifecycle, file, self._supply())
        case = self.find(deed)
        if case is None:
            return None
        if deed.actor is None:
            return run_timer(self.lifecycle, file, case.id, deed.action, self._supply())
        command = Command(deed.action, deed.actor, deed.input, deed.note)
        return run(self.lifecycle, file, case.id, command, self._supply())

    def _supply(self) -> Supply:
        return Supply(self.now, LOG, self._new_id, self._draw, self.calendar, self._links.get)

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._index}-{self._ids}"

    def _draw(self, wanted: NumberWanted) -> str:
        """Each case counts for itself, so that it is the same alone; the index keeps its numbers from all others'."""
        self._sequences[wanted.prefix] += 1
        return wanted.format((self._index + 1) * 1000 + self._sequences[wanted.prefix])

    # ------------------------------------------------------------ what came of it

    def _follow(self, before: File | None, came: Ran) -> None:
        drawn = {case.number for case in before} if before is not None else set()
        self.blame(*broken(self.lifecycle, before, came, self.calendar))
        for step in came.steps:
            self.records += 1
            if step.entry["kind"] != "timer":
                self.taken[self._kind_of(step.entry["case"], came.file), step.entry["action"]] += 1
        self.numbers += [case.number for case in came.file if case.number is not None and case.number not in drawn]
        old = {case.id: case for case in before} if before is not None else {}
        for case in came.file:
            was = old.get(case.id)
            if was is not None and was is not case and was.open and (was.state != case.state or not case.open):
                self.spells.append(Spell(was.kind, was.state, was.entered_at, self.now))
        self.file = came.file

    def _kind_of(self, id: str, file: File) -> str:
        return file.case(id).kind

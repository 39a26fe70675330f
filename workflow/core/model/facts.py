"""What an office has: cases with their parts, and who wants what done to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.core.model.moves import ENGINE
from workflow.core.model.texts import Json, Micros, Outcome


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: vouched for by the host. `on_behalf_of` names the party represented (代录入)."""

    id: str
    name: str = ""
    unit: str | None = None
    groups: frozenset[str] = frozenset()
    on_behalf_of: str | None = None
    through: str = "library"

    def parties(self) -> frozenset[str]:
        """Every party this actor speaks for: the one represented, or else himself, his unit and his groups."""
        if self.on_behalf_of is not None:
            return frozenset((self.on_behalf_of,))
        own = {self.id, *self.groups}
        if self.unit is not None:
            own.add(self.unit)
        return frozenset(own)


ENGINE_ACTOR = Actor(ENGINE, "引擎", through=ENGINE)


@dataclass(slots=True)
class Case:
    """A root case or a part, as it stands. Treated as a value: `fold` makes a new one."""

    id: str
    root: str
    lifecycle: str
    version: int
    kind: str
    state: str
    created_by: str
    opened_at: Micros
    entered_at: Micros
    key: str = ""
    round: int = 1
    number: str | None = None
    holder: str | None = None
    outcome: Outcome | None = None
    origin: str | None = None  # the state before this one, for `to: origin`
    values: dict[str, Json] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)  # how often each state was entered
    acted: dict[str, Micros] = field(default_factory=dict)  # when each rate-limited act was last done
    clocks: dict[str, Any] = field(default_factory=dict)  # what happened to its deadlines: see `workflow.core.clocks`
    revision: int = 0
    erased: tuple[str, ...] = ()  # personal fields whose values were erased: they are None since

    @property
    def open(self) -> bool:
        """Whether it still has a life to live: no final state reached, not closed from above."""
        return self.outcome is None

    def copy(self) -> Case:
        """The same facts in a new case; `dataclasses.replace` takes ten times as long, on every step."""
        return Case(
            self.id, self.root, self.lifecycle, self.version, self.kind, self.state, self.created_by, self.opened_at,
            self.entered_at, self.key, self.round, self.number, self.holder, self.outcome, self.origin, self.values,
            self.visits, self.acted, self.clocks, self.revision, self.erased,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linked:
    """What one case may see of another that a field of type `case` names."""

    id: str
    lifecycle: str
    state: str
    number: str | None
    open: bool


@dataclass(slots=True)
class File:
    """A root case, all its parts in the order they were opened, and what the root's links point to."""

    root: Case
    parts: tuple[Case, ...] = ()
    linked: Mapping[str, Linked] = field(default_factory=dict)  # field name -> the other case
    records: int = 0  # how many audit records the file has
    head: str = ""  # leaf hash of the last of them, hexadecimal

    def case(self, id: str) -> Case:
        """The root or the part with this id; KeyError where there is none."""
        if id == self.root.id:
            return self.root
        for part in self.parts:
            if part.id == id:
                return part
        raise KeyError(id)

    def __iter__(self) -> Iterator[Case]:
        yield self.root
        yield from self.parts


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done to one case. `happened` is when it took place, where that is not now."""

    action: str
    actor: Actor
    input: Mapping[str, Json] = field(default_factory=dict)
    note: str | None = None
    happened: Micros | None = None

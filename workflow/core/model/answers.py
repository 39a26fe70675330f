"""What comes of a command: everything that one move changes, or a refusal with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.core.model.texts import Json, Outcome, Text

BlockerCode = Literal[
    "not_offered", "role", "guard", "missing", "invalid", "too_late", "too_soon", "open_parts",
    "paused", "stale", "no_route", "invariant", "endless", "condition",
    "state_gone", "part_gone", "field_gone", "deadline_gone", "ended", "differs", "moved_on",  # of a case that is to change versions
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why not: a stable code, a sentence, and what it is about (a field, guard, role or part)."""

    code: BlockerCode
    text: Text
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A part that a move opens; its id is given by the engine."""

    part: str
    key: str
    round: int
    state: str
    holder: str | None
    set: Mapping[str, Json]
    created_by: str


@dataclass(frozen=True, slots=True)
class NumberWanted:
    """A number to be drawn from the sequence of `prefix`, for the case or for its `field`."""

    field: str | None
    prefix: str
    width: int
    suffix: str

    def format(self, seq: int) -> str:
        """The number whose place in the sequence is `seq` (from 1)."""
        return f"{self.prefix}{seq:0{self.width}d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Started:
    """Another root case that a move opens."""

    lifecycle: str
    link: str | None
    created_by: str
    set: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class NoticeWanted:
    """Tell `to` with `template`, as a copy where `cc`; one row each, delivered after the commit. `failed`: why nobody
    could be named.
    """

    to: str
    template: str
    failed: str | None = None
    cc: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Yes: everything that one command changes, before ids and numbers are drawn."""

    case: str
    action: str
    kind: Literal["open", "move", "act", "edit"]
    source: str
    target: str
    input: Mapping[str, Json]
    note: str | None = None
    roles: tuple[str, ...] = ()
    set: Mapping[str, Json] = field(default_factory=dict)
    outcome: Outcome | None = None
    opened: tuple[Opened, ...] = ()
    closed: tuple[str, ...] = ()  # ids of parts
    numbers: tuple[NumberWanted, ...] = ()
    started: tuple[Started, ...] = ()
    limited: bool = False  # an act with `at_most_every`: remember when


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, with every reason."""

    case: str
    action: str
    state: str
    blockers: tuple[Blocker, ...]

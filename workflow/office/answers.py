"""What the engine answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow.core.decide import Offer
from workflow.core.model import Blocker, Case, File, Micros, Text

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to.

    `case` and `file` stand as the command and all that followed from it left them; `records` are what it added to
    the file's history, `opened` the parts and `started` the ids of the root cases that it opened. The `receipt`
    (`case`, `seq`, `leaf`, `log`, `at`) proves the command later: `leaf` is the hash of its record.
    """

    case: Case
    file: File
    records: tuple[Record, ...]
    receipt: Record
    opened: tuple[Case, ...] = ()
    started: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """What stands in the way of an action, who may take it, and what the actor could do instead; `last` as in Refused."""

    blockers: tuple[Blocker, ...]
    who: tuple[str, ...]
    instead: tuple[Offer, ...]
    last: Record | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of a to-do list: a case or part, since when (microseconds UTC) it is in its state, and on whose list."""

    case: Case
    root_number: str | None
    title: str
    state: Text
    since: Micros
    party: str

    @property
    def after(self) -> tuple[Micros, str]:
        """What to give to `todo(after=…)` for the page behind this line."""
        return self.since, self.case.id


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a lifecycle as it was published; `new` is false where it had been before."""

    name: str
    version: int
    digest: str
    new: bool
    at: Micros

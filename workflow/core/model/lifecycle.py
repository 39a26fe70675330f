"""A whole lifecycle, and what it says beside its states: invariants, figures, and how cases come over to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.core.model.fields import Guard, Role, Setting
from workflow.core.model.moves import ANY, Kind
from workflow.core.model.telling import Deadline, NoticeRule
from workflow.core.model.texts import Duration, Expression, Json, Place, Text

Carrying = Literal["keep", "recompute", "restart", "drop"]  # what becomes of a running clock in the next version


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold after every command while the root case is in one of `states` (empty: always)."""

    name: str
    holds: Expression
    states: tuple[str, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Selector:
    """Which cases or parts a metric counts. All that is given must hold, as of the cut-off.

    `reached` a state, `now` in a state, `outcome`, `where` a field's value (its `means` where a code has one)
    is one of those listed; `on_time`, `overdue` and `due` (either of them) name deadlines by which it was judged so.
    `unless` takes away what it selects itself; `distinct` counts root cases with at least one such part instead of parts.
    """

    part: str | None = None
    reached: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_time: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    unless: Selector | None = None
    latest: bool = False
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A printed figure: `count`, or the rate `count` / `of`."""

    name: str
    count: Selector
    of: Selector | None = None
    label: Text = Text()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Tally:
    """A table of parts counted two ways: cases with at least one (条) and items (条次)."""

    name: str
    parts: tuple[str, ...]
    label: Text = Text()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Renaming:
    """What became of one kind of case in the next version: its name there, and old names of states and fields -> new."""

    kind: str
    states: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()  # old fields whose values are given up


@dataclass(frozen=True, slots=True)
class Migration:
    """`migrate:` — how cases of the version `version` come over; `kinds` by the name that they had there.

    Running clocks are `recompute`d where nothing is said of them: as if this version had always been in force.
    """

    version: int
    kinds: Mapping[str, Renaming] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)  # who acted in the old one counts as acting in the new one
    deadlines: Mapping[str, Carrying] = field(default_factory=dict)
    undo: Duration = Duration(14, "d")  # how long a migration can be taken back
    place: Place = Place()

    def of(self, kind: str) -> Renaming:
        """What became of that kind of case; the same, where nothing is said."""
        return self.kinds.get(kind) or Renaming(kind)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A whole lifecycle file, compiled. Immutable, shared by all threads."""

    name: str
    version: int
    root: Kind
    label: Text = Text()
    parts: Mapping[str, Kind] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)
    opened_by: tuple[str, ...] = (ANY,)
    proxies: tuple[str, ...] = ()  # roles that may act on behalf of others
    invariants: tuple[Invariant, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    counted_from: str | None = None  # the state whose first entry dates a case for reports; None: its opening
    deadlines: Json = None  # as they were written
    clocks: Mapping[str, tuple[Deadline, ...]] = field(default_factory=dict)  # the same, compiled, by kind of case
    expect: Json = None
    migrate: Migration | None = None
    digest: str = ""  # SHA-256 of the source text and the settings in force, hexadecimal
    source: str = ""
    file: str = ""
    # by kind of case: its personal fields, and what of that sort its commands ask for
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {kind.name: _personal(kind) for kind in (self.root, *self.parts.values())}
        object.__setattr__(self, "personal", {name: names for name, names in found.items() if names})

    def kind(self, name: str) -> Kind:
        """The root kind for "", else the part of that name."""
        return self.parts[name] if name else self.root

    def values(self) -> dict[str, Json]:
        """The settings in force, by name."""
        return {name: setting.value for name, setting in self.settings.items()}


def _personal(kind: Kind) -> frozenset[str]:
    asked = (field for transition in kind.transitions.values() for field in transition.asks)
    return frozenset(field.name for field in (*kind.fields.values(), *asked) if field.holds_personal)

"""The nouns everything else is written in.

Two families. *Declarations* are what a lifecycle file says, compiled and never changed:
`Lifecycle`, `Kind`, `State`, `Transition`, `Field`, `Role`, `Guard`, … *Facts* are what an office has:
`Case`, `File` (a root case and its parts), `Actor`, `Command`, and the answers `Move` and `Refusal`.

Every moment is an integer of microseconds UTC. Every text for a person is a `Text` in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Language = Literal["zh", "en"]
Outcome = Literal["successful", "unsuccessful", "cancelled"]
Micros = int

Carrying = Literal["keep", "recompute", "restart", "drop"]  # what becomes of a running clock in the next version

ROOT = ""  # the name of the root kind: a proposal itself, not one of its parts
ORIGIN = "origin"  # `to: origin`: back to the state the case was in before this one
ANY = "any"  # `by: [any]`, `in: any`, `from: any`
ENGINE = "engine"  # the actor of joins, deadlines and `take:`
EDIT = "edit"  # the action that changes fields where the state says `edit:`
OPEN = "open"  # the action that opens a root case


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label, in Chinese and in English. A missing language falls back to the other."""

    zh: str = ""
    en: str = ""

    def say(self, language: str = "zh") -> str:
        """The text in `language` ("zh" or "en"), or in the other one where it was not written."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a lifecycle file; line and column count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time with its unit: `d` calendar days, `bd` working days, `mo` months, `h` hours."""

    n: int
    unit: Literal["h", "d", "bd", "mo"]

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"


class Expression(Protocol):
    """A compiled CEL expression (see `workflow.core.expressions`)."""

    @property
    def source(self) -> str: ...

    def evaluate(self, scope: Any) -> Any:
        """The value in this scope; raises `ConditionFailed` where CEL answers with an error value."""


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class OpenedHolders:
    """As a recipient: whoever holds the parts of this kind that the step itself opened."""

    part: str


Recipient: TypeAlias = (
    "str | Expression | OpenedHolders"  # a role by its name; what gives a party, or several; or those
)

FieldType = Literal["text", "int", "bool", "date", "choice", "code", "list", "record", "party", "case"]


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a case or of a command.

    `choice` and `code` list what is allowed in `choices` (for `code` it was copied from a setting when the
    file was read), with `labels` for people and `means` for statistics. A `list` has its `item`, a `record`
    its `fields`. `min`/`max` bound the number of an `int`, the characters of a `text`, the items of a `list`.
    """

    name: str
    type: FieldType
    label: Text = Text()
    required: bool = False
    default: Json = None
    index: bool = False
    personal: bool = False
    min: int | None = None
    max: int | None = None
    choices: tuple[str, ...] = ()
    labels: Mapping[str, Text] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)
    item: Field | None = None
    fields: tuple[Field, ...] = ()
    lifecycle: str | None = None  # `case`: which lifecycle the other case follows
    follow: bool = False  # `case`: look at this case's joins again whenever the other case moves
    place: Place = Place()

    @property
    def holds_personal(self) -> bool:
        """Whether it is personal, or something within it is."""
        return (
            self.personal
            or (self.item is not None and self.item.holds_personal)
            or any(each.holds_personal for each in self.fields)
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that differs by place: declared with a default, overridden by a profile.

    `type` is int, text, bool, duration, date, list or codes. The value of a `codes` setting is
    `{code: {"label": {"zh":…, "en":…}, "means": str, …}}`; of a `duration` its text ("5bd").
    """

    name: str
    type: str
    value: Json
    label: Text = Text()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Role:
    """Who is X for this case: the members of `group`, or the party (or parties) that `party` evaluates to."""

    name: str
    group: str | None = None
    party: Expression | None = None
    any_of: tuple[str, ...] = ()
    label: Text = Text()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition, and the sentence for the person who meets it."""

    name: str
    when: Expression
    otherwise: Text
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Numbering:
    """Gives the case its number (`field` None) or fills a text field with one.

    `template` such as "{settings.term:03}-{settings.session}-{seq:03}" was cut at `{seq}` when the file was
    read: one sequence per evaluated prefix; gaps allowed, never reused.
    """

    field: str | None
    prefix: tuple[str | tuple[Expression, int], ...]  # literal text, or (expression, zero-padded width)
    width: int
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """`open:` — parts to open: one, or one for each item of `each` (bound to the name `loop`)."""

    part: str
    key: Expression | None = None  # without one the key is the next number as text
    holder: Expression | None = None
    each: Expression | None = None
    loop: str | None = None
    set: tuple[tuple[str, Expression], ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Starting:
    """`start:` — another root case to open in the same commit, linked from `link` (a field of type case)."""

    lifecycle: str
    link: str | None = None
    created_by: Expression | None = None
    set: tuple[tuple[str, Expression], ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Effects:
    """What a transition, act or route does besides moving the case, in this order.

    A number that the case (or the field) has already is kept: a number is given once.
    """

    set: tuple[tuple[str, Expression], ...] = ()
    open: tuple[Opening, ...] = ()
    close: tuple[str, ...] = ()
    numbers: tuple[Numbering, ...] = ()
    start: tuple[Starting, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One of the alternatives of a transition; exactly one must hold. `when` None is `else: true`."""

    when: Expression | None
    to: str
    effects: Effects = Effects()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Transition:
    """Something a person (or the engine) can do to a case.

    A *transition* moves the case to `to` or along one of `routes`; an *act* (`act` true) moves nothing.
    `asks` are the inputs named by `ask:`; `require` the case's own fields that must be filled by now, and may
    be given with the command. An ask that has the name of a field of the case is written to that field.
    """

    name: str
    sources: tuple[str, ...]  # flat states, already expanded from `any` and from nested states
    to: str | None = None
    by: tuple[str, ...] = ()
    label: Text = Text()
    asks: tuple[Field, ...] = ()
    require: tuple[str, ...] = ()
    note: Literal["required", "optional"] = "optional"
    guards: tuple[Guard, ...] = ()
    routes: tuple[Route, ...] = ()
    effects: Effects = Effects()
    within: Duration | None = None  # counted from the opening of the case or part
    act: bool = False
    at_most_every: Duration | None = None
    extends: str | None = None  # the act that extends the deadline of this name, by its input `length`
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Telling:
    """What a clock does at some moment: tell the parties `to`, and `cc` by a copy, with `template`; `after` is how long
    after the end.
    """

    to: tuple[Recipient, ...] = ()
    template: str = ""
    after: Duration | None = None
    cc: tuple[Recipient, ...] = ()
    urgent: bool = True
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Extension:
    """How a deadline may be extended: by which roles, to how much in all, how often."""

    by: tuple[str, ...]
    up_to: Duration
    times: int = 1
    note: Literal["required", "optional"] = "optional"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A named clock of one kind of case.

    It begins when the case is opened, when one of `start` or of `during` is entered, or with the action `action`; it
    ends when one of `until` is entered, all of `during` are left, or the case ends. Its length is the earliest (or
    `latest`) end of `terms`, or else the date in the case's own `field`. Where there is a `when` it begins only if that
    holds at that moment. `again`: what happens when it begins a second time.
    """

    name: str
    kind: str
    terms: tuple[Duration | date, ...] = ()
    field: str | None = None
    when: Expression | None = None
    label: Text = Text()
    start: tuple[str, ...] = ()
    action: str | None = None
    during: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    latest: bool = False
    roll: bool = True
    again: Literal["continue", "restart"] = "continue"
    warn: tuple[Duration, ...] = ()
    overdue: Telling | None = None
    escalate: tuple[Telling, ...] = ()
    repeat: Duration | None = None
    take: str | None = None
    extend: Extension | None = None
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Join:
    """Taken by the engine as soon as `when` holds."""

    when: Expression
    take: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class State:
    """A flat state. `name` of a nested one is dotted (`filing.checking`); `within` names its parents.

    `waits_for` are the roles on whose to-do list the case stands; None means the roles of every
    transition that leaves the state by a person's hand.
    """

    name: str
    label: Text = Text()
    final: Outcome | None = None
    edit: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    waits_for: tuple[str, ...] | None = None
    pauses: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Kind:
    """The small state machine of one kind of case: the root ("") or one of the parts."""

    name: str
    initial: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]  # acts too
    fields: Mapping[str, Field] = field(default_factory=dict)
    label: Text = Text()
    outlives: bool = False  # a part that may stay open when the root case has ended
    blind_until: Expression | None = None  # nobody but the holder reads its values before this holds
    place: Place = Place()
    machine: Any = field(default=None, init=False, repr=False, compare=False)  # see `workflow.core.kernel`


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold after every command while the root case is in one of `states` (empty: always)."""

    name: str
    holds: Expression
    states: tuple[str, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """`notices:` — after `after`, where `when` holds then, tell the parties that `to` comes to, and those of `cc` by a
    copy, with `template`. What is `urgent` waits for nobody's digest.
    """

    after: str  # an action of the root, or `part.action`
    to: tuple[Recipient, ...]
    template: str
    place: Place = Place()
    cc: tuple[Recipient, ...] = ()
    when: Expression | None = None
    urgent: bool = False


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


# ---------------------------------------------------------------- facts


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

"""What a lifecycle declares of moving: states, transitions and acts with all they bring about, kinds of case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workflow.core.model.fields import Field, Guard
from workflow.core.model.texts import Duration, Expression, Outcome, Place, Text

ROOT = ""  # the name of the root kind: a proposal itself, not one of its parts
ORIGIN = "origin"  # `to: origin`: back to the state the case was in before this one
ANY = "any"  # `by: [any]`, `in: any`, `from: any`
ENGINE = "engine"  # the actor of joins, deadlines and `take:`
EDIT = "edit"  # the action that changes fields where the state says `edit:`
OPEN = "open"  # the action that opens a root case


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

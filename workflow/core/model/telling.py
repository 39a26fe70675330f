"""What a lifecycle declares of clocks and notices: who is told what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from workflow.core.model.texts import Duration, Expression, Place, Text


@dataclass(frozen=True, slots=True)
class OpenedHolders:
    """As a recipient: whoever holds the parts of this kind that the step itself opened."""

    part: str


Recipient: TypeAlias = (
    "str | Expression | OpenedHolders"  # a role by its name; what gives a party, or several; or those
)


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

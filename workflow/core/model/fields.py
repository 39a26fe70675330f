"""What a lifecycle declares of values and persons: fields, settings, roles, and the conditions that they meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflow.core.model.texts import Expression, Json, Place, Text

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

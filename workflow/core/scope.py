"""What a condition sees: the names of `language.md`, looked up when an expression asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from workflow.core.model import Actor, Case, File, Json, Kind, Lifecycle, Linked, Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_LOOPS: Mapping[str, Any] = {}


class Scope:
    """One moment of one case: who asks, with what input, and everything in the file around it."""

    __slots__ = ("_parts", "actor", "case", "file", "input", "kind", "lifecycle", "loops", "now")

    def __init__(
        self,
        lifecycle: Lifecycle,
        file: File,
        case: Case,
        actor: Actor,
        input: Mapping[str, Json],
        now: Micros,
        loops: Mapping[str, Any] = _NO_LOOPS,
    ) -> None:
        self.lifecycle = lifecycle
        self.file = file
        self.case = case
        self.kind = lifecycle.kind(case.kind)
        self.actor = actor
        self.input = input
        self.now = now
        self.loops = loops
        self._parts: dict[str, list[dict[str, Any]]] = {}

    def looping(self, loops: Mapping[str, Any]) -> Scope:
        """The same scope with loop variables."""
        inner = Scope(self.lifecycle, self.file, self.case, self.actor, self.input, self.now, loops)
        inner._parts = self._parts
        return inner

    def value(self, root: str, name: str) -> Any:
        """The value of `root.name`, such as `case.title`; None where it is empty."""
        match root:
            case "case":
                return fact(self.case, self.kind, name)
            case "input":
                return self.input.get(name)
            case "parts":
                return self.parts(name)
            case "settings":
                return self.lifecycle.settings[name].value
            case "actor":
                return sorted(self.actor.groups) if name == "groups" else getattr(self.actor, name)
            case "parent":
                return fact(self.file.root, self.lifecycle.root, name)
            case "linked":
                other = self.file.linked.get(name)
                return {n: getattr(other, n, None) for n in Linked.__slots__}  # a link to nothing has null facts
            case _:
                return moment(self.now)

    def parts(self, name: str) -> list[dict[str, Any]]:
        """Every part of that kind, in the order of opening, with its built-in names and fields."""
        if name not in self._parts:
            kind = self.lifecycle.parts[name]
            of_kind = [part for part in self.file.parts if part.kind == name]
            last = {part.key: part.round for part in of_kind}
            self._parts[name] = [
                {
                    **{
                        field: part.values.get(field, [] if f.type == "list" else None)
                        for field, f in kind.fields.items()
                    },
                    "id": part.id,
                    "key": part.key,
                    "holder": part.holder,
                    "state": part.state,
                    "open": part.outcome is None,
                    "outcome": part.outcome,
                    "round": part.round,
                    "latest": part.round == last[part.key],
                    "number": part.number,
                    "created_by": part.created_by,
                }
                for part in of_kind
            ]
        return self._parts[name]


def fact(case: Case, kind: Kind, name: str) -> Any:
    """A field of the case, or one of its built-in names."""
    field = kind.fields.get(name)
    if field is not None:
        value = case.values.get(name)
        return [] if value is None and field.type == "list" else value
    if name == "opened_at":
        return moment(case.opened_at)
    return getattr(case, name)


def moment(micros: Micros) -> datetime:
    """Microseconds UTC as the datetime that CEL takes for a timestamp."""
    return _EPOCH + timedelta(microseconds=micros)

"""Cases that a command names: whoever writes a number means the case that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workflow.core.decide import accepted_fields
from workflow.core.model import EDIT, OPEN, ROOT, Command, Field, Json, Lifecycle


def with_ids(command: Command, lifecycle: Lifecycle, kind_name: str, id_of: Callable[[str], str]) -> Command:
    """The command with ids in its inputs of type case. Raises what `id_of` raises for a name of no case."""
    changed: dict[str, Json] = {}
    for field in _fields(command, lifecycle, kind_name):
        value = command.input.get(field.name)
        if field.type == "case" and isinstance(value, str) and value:
            changed[field.name] = id_of(value)
        elif field.type == "list" and field.item is not None and field.item.type == "case" and isinstance(value, list):
            changed[field.name] = [id_of(each) if isinstance(each, str) and each else each for each in value]
    return replace(command, input={**command.input, **changed}) if changed else command


def followed(command: Command, lifecycle: Lifecycle, kind_name: str) -> dict[str, str]:
    """The cases to which the command, whose names are ids by now, links the root case."""
    if kind_name != ROOT:
        return {}
    fields = lifecycle.root.fields
    return {
        name: value
        for name, value in command.input.items()
        if name in fields and fields[name].type == "case" and isinstance(value, str) and value
    }


def _fields(command: Command, lifecycle: Lifecycle, kind_name: str) -> tuple[Field, ...]:
    kind = lifecycle.kind(kind_name)
    if command.action in (OPEN, EDIT):
        return tuple(kind.fields.values())
    transition = kind.transitions.get(command.action)
    return accepted_fields(kind, transition) if transition is not None else ()

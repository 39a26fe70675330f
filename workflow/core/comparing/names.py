"""The older lifecycle told in the names of the newer one, so that what was only renamed is not taken for gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from workflow.core.model import (
    ROOT,
    Deadline,
    Effects,
    Extension,
    Kind,
    Lifecycle,
    Migration,
    NoticeRule,
    Numbering,
    OpenedHolders,
    Opening,
    Renaming,
    Role,
    Route,
    Selector,
    Starting,
    State,
    Tally,
    Telling,
    Transition,
)

# Which attribute holds names of what: by it itself, by each of its elements, or by the keys of a mapping.
_STATES = {
    (Kind, "initial"), (Kind, "states"), (State, "name"), (State, "within"), (Transition, "sources"), (Transition, "to"),
    (Route, "to"), (Deadline, "start"), (Deadline, "during"), (Deadline, "until"), (Selector, "reached"), (Selector, "now"),
}  # fmt: skip
_FIELDS = {
    (Kind, "fields"), (Transition, "require"), (Numbering, "field"), (Effects, "set"), (Starting, "link"),
    (Deadline, "field"), (Selector, "where"), (Tally, "where"),
}  # fmt: skip
_PARTS = {
    (Kind, "name"), (Lifecycle, "parts"), (Lifecycle, "clocks"), (Deadline, "kind"), (OpenedHolders, "part"), (Opening, "part"), (Effects, "close"),
    (Selector, "part"), (Tally, "parts"),
}  # fmt: skip
_ROLES = {
    (Transition, "by"), (State, "edit"), (State, "waits_for"), (Role, "name"), (Role, "any_of"), (Lifecycle, "roles"),
    (Lifecycle, "opened_by"), (Lifecycle, "proxies"), (Telling, "to"), (Telling, "cc"), (Extension, "by"),
    (NoticeRule, "to"), (NoticeRule, "cc"),
}  # fmt: skip


def mapping(old: Lifecycle, new: Lifecycle) -> Migration:
    """What `new` says became of the names of `old`, or the other way round; only where one name became one name."""
    if old.name != new.name:
        return Migration(old.version)
    if new.migrate is not None and new.migrate.version == old.version:
        return _certain(old, new, new.migrate)
    if old.migrate is not None and old.migrate.version == new.version:
        return inverted(_certain(new, old, old.migrate), old.version)
    return Migration(old.version)


def _certain(old: Lifecycle, new: Lifecycle, names: Migration) -> Migration:
    parts = _one_to_one({name: each.kind for name, each in names.kinds.items() if name}, old.parts, new.parts)
    kinds = {}
    for name in ("", *old.parts):
        there = parts.get(name, name)
        if there and there not in new.parts:
            continue
        said, was, now = names.of(name), old.kind(name), new.kind(there)
        kinds[name] = Renaming(
            there,
            _one_to_one(said.states, was.states, now.states),
            _one_to_one(said.fields, was.fields, now.fields),
        )
    return Migration(old.version, kinds, _one_to_one(names.roles, old.roles, new.roles))


def _one_to_one(names: Mapping[str, str], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    found = {a: b for a, b in names.items() if a in old and b in new and a not in new and b not in old}
    return {a: b for a, b in found.items() if list(found.values()).count(b) == 1}


def inverted(names: Migration, version: int = 0) -> Migration:
    """The way back."""

    def back(pairs: Mapping[str, str]) -> dict[str, str]:
        return {new: old for old, new in pairs.items()}

    kinds = {each.kind: Renaming(name, back(each.states), back(each.fields)) for name, each in names.kinds.items()}
    return Migration(version, kinds, back(names.roles))


def translated(old: Lifecycle, names: Migration) -> Lifecycle:
    """`old` under the names of the newer version. Conditions keep the words they were written in."""
    if not names.roles and all(
        name == each.kind and not each.states and not each.fields for name, each in names.kinds.items()
    ):
        return old
    told: Lifecycle = _Translation(names).of(old, ROOT)
    root = names.of(ROOT).states
    return replace(
        told,
        invariants=tuple(replace(each, states=tuple(root.get(s, s) for s in each.states)) for each in told.invariants),
        counted_from=root.get(told.counted_from or "", told.counted_from),
    )


@dataclass(frozen=True, slots=True)
class _Translation:
    names: Migration

    def of(self, value: Any, kind: str) -> Any:
        """The value with its names changed; `kind` is the kind of case whose states and fields it speaks of."""
        if hasattr(value, "evaluate") or isinstance(value, str):
            return value
        if is_dataclass(value) and not isinstance(value, type):
            return self._declaration(value, kind)
        if isinstance(value, Mapping):
            return {name: self.of(each, kind) for name, each in value.items()}
        if isinstance(value, tuple):
            return tuple(self.of(each, kind) for each in value)
        return value

    def _declaration(self, value: Any, kind: str) -> Any:
        kind = _kind_of(value, kind)
        found = {}
        for each in fields(value):
            if not each.init or (isinstance(value, Lifecycle) and each.name in ("migrate", "expect", "deadlines")):
                continue
            pairs = self._pairs(type(value), each.name, kind)
            found[each.name] = _said(self.of(getattr(value, each.name), kind), pairs)
        if isinstance(value, State):
            own = self.names.of(kind).fields
            found["edit"] = {role: tuple(own.get(f, f) for f in may) for role, may in found["edit"].items()}
        if isinstance(value, Kind):
            own = self.names.of(kind).fields
            found["fields"] = {n: replace(each, name=n) for n, each in found["fields"].items()}
            found["transitions"] = {n: _asking(each, own) for n, each in found["transitions"].items()}
        return replace(value, **found)

    def _pairs(self, type_: type, name: str, kind: str) -> Mapping[str, str]:
        where = type_, name
        if where in _STATES:
            return self.names.of(kind).states
        if where in _FIELDS:
            return self.names.of(kind).fields
        if where in _PARTS:
            return {old: each.kind for old, each in self.names.kinds.items()}
        return self.names.roles if where in _ROLES else {}


def _kind_of(value: Any, kind: str) -> str:
    if isinstance(value, Kind):
        return value.name
    if isinstance(value, Deadline):
        return value.kind
    return (value.part or ROOT) if isinstance(value, Selector) else kind


def _asking(transition: Transition, pairs: Mapping[str, str]) -> Transition:
    asks = tuple(replace(each, name=pairs.get(each.name, each.name)) for each in transition.asks)
    return replace(transition, asks=asks)


def _said(value: Any, pairs: Mapping[str, str]) -> Any:
    if not pairs:
        return value
    if isinstance(value, str):
        return pairs.get(value, value)
    if isinstance(value, Mapping):
        return {pairs.get(name, name): each for name, each in value.items()}
    if isinstance(value, tuple):
        return tuple(
            (pairs.get(each[0], each[0]), *each[1:]) if isinstance(each, tuple) else _said(each, pairs)
            for each in value
        )
    return value

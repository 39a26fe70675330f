"""Personal values leave a record before it is written, and come back when it is read by who may.

In the record stands the commitment (see `workflow.core.commitment`); value and salt are kept beside it. A commitment
whose value is not there any more was erased, and `fold` makes no value of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.core.commitment import KEY, commitment, committed
from workflow.core.model import Case, Json, Lifecycle, Text
from workflow.core.record import Record
from workflow.core.written import canonical

ERASED = Text("（已抹去）", "(erased)")  # what is shown where a value was
NOTHING: tuple[Json, ...] = (None, "", [])  # there is no value to hide, and that may be known
MARK = f'"{KEY}"'  # stands in the written form of every record that has a commitment


@dataclass(frozen=True, slots=True)
class Hidden:
    """One personal value as it is kept beside its record: of which case and field, its salt (hexadecimal) and its
    canonical JSON.
    """

    commitment: str
    case: str
    field: str
    salt: str
    value: str


def hide(
    entry: Record, lifecycle: Lifecycle, log: str, kind_of: Callable[[str], str], new_salt: Callable[[], str] | None
) -> tuple[Record, tuple[Hidden, ...]]:
    """The record with commitments in place of personal values, and what they hide. `log` is the origin of its log,
    `kind_of` says of which kind the case with an id is; without salts nothing is hidden. Raises InputInvalid for a value
    that has no written form.
    """
    if new_salt is None or not lifecycle.personal:
        return entry, ()
    found: list[Hidden] = []

    def change(case: str, name: str, value: Any) -> Any:
        if value in NOTHING or name not in lifecycle.personal.get(kind_of(case), ()):
            return value
        salt, text = new_salt(), canonical(value)
        hidden = Hidden(commitment(log, salt, text), case, name, salt, text)
        found.append(hidden)
        return {KEY: hidden.commitment}

    return _changed(entry, change), tuple(found)


def told(record: Record, known: Mapping[str, str]) -> Record:
    """The record with those values in their places that are `known`: canonical JSON by commitment."""

    def change(_case: str, _name: str, value: Any) -> Any:
        hidden = committed(value)
        return json.loads(known[hidden]) if hidden is not None and hidden in known else value

    return _changed(record, change) if known else record


def commitments(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Case, field and commitment of each personal value of a record."""
    for case, values in _places(record):
        for name, value in values.items():
            hidden = committed(value)
            if hidden is not None:
                yield case, name, hidden


def values_of(lifecycle: Lifecycle, case: Case) -> dict[str, Json]:
    """The personal fields of one case that have a value."""
    names = lifecycle.personal.get(case.kind, frozenset())
    return {name: value for name, value in case.values.items() if name in names and value not in NOTHING}


def _places(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for where in ("set", "input"):
        if where in record:
            yield record.get("case", ""), record[where]
    for where in ("opened", "cases"):
        for each in record.get(where, ()):
            if "set" in each:
                yield each["id"], each["set"]


def _changed(record: Record, change: Callable[[str, str, Any], Any]) -> Record:
    after = dict(record)
    for where in ("set", "input"):
        if where in record:
            after[where] = {name: change(record["case"], name, value) for name, value in record[where].items()}
    for where in ("opened", "cases"):
        if where in record:
            after[where] = [
                {**each, "set": {name: change(each["id"], name, value) for name, value in each["set"].items()}}
                if "set" in each
                else each
                for each in record[where]
            ]
    return after

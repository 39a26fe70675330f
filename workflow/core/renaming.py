"""A record of an older version told in the names of a newer one.

`renamed` goes one version further and changes names alone; `fitted` then leaves out what the newest version has no
word for, so that folding the records by that version gives the case as if it had always been in force. A state that
is gone is passed over: the case stays in the last one that there still is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.core.model import EDIT, Json, Kind, Lifecycle, Migration, Renaming
from workflow.core.record import Record

Kinds = Mapping[str, str]  # the kind of each case of the file by its id


def renamed(entry: Record, kinds: Kinds, names: Migration) -> Record:
    """The record in the names of the version that `names` leads to; `kinds` in those of the version before."""
    own = names.of(kinds.get(entry["case"], ""))
    found = {**entry, **_states(entry, own)}
    for chapter in ("set", "input"):
        if chapter in entry:
            found[chapter] = values(entry[chapter], own)
    if "roles" in entry["who"]:
        found["who"] = {**entry["who"], "roles": [names.roles.get(role, role) for role in entry["who"]["roles"]]}
    if "opened" in entry:
        found["opened"] = [_part(part, names.of(part["part"])) for part in entry["opened"]]
    if "cases" in entry:
        found["cases"] = [_part(case, names.of(kinds[case["id"]])) for case in entry["cases"]]
    return found


def values(given: Mapping[str, Json], names: Renaming) -> dict[str, Json]:
    """The values under the names that the next version has for them, without those that are given up."""
    return {names.fields.get(name, name): value for name, value in given.items() if name not in names.drop}


def _states(facts: Mapping[str, Any], names: Renaming) -> Record:
    places = ("from", "to", "state", "origin")
    return {place: names.states.get(facts[place], facts[place]) for place in places if place in facts}


def _part(facts: Record, names: Renaming) -> Record:
    found = {**facts, **_states(facts, names)}
    if "part" in facts:
        found["part"] = names.kind
    if "set" in facts:
        found["set"] = values(facts["set"], names)
    return found


def fitted(entry: Record, kinds: Kinds, lifecycle: Lifecycle) -> Record:
    """The record without what `lifecycle` has no word for; `kinds` in its names. Every kind of part must be one of its."""
    if entry["kind"] == "migration":
        found = [_fitted_case(case, kinds[case["id"]], lifecycle) for case in entry.get("cases", ())]
        return {**entry, "cases": found}
    kind = lifecycle.kind(kinds[entry["case"]])
    if entry["kind"] == "open":
        return {**entry, "to": entry["to"] if entry["to"] in kind.states else kind.initial}
    fitted = dict(entry)
    if "opened" in entry:
        fitted["opened"] = [_fitted_part(part, lifecycle.kind(part["part"])) for part in entry["opened"]]
    if (entry["kind"] == "move" and entry["to"] not in kind.states) or (
        entry["kind"] == "act" and entry["action"] not in kind.transitions
    ):
        fitted["kind"] = EDIT
    return fitted


def _fitted_part(part: Record, kind: Kind) -> Record:
    return part if part["state"] in kind.states else {**part, "state": kind.initial}


def _fitted_case(facts: Record, kind: str, lifecycle: Lifecycle) -> Record:
    """Of an earlier migration: how often a state was entered is known from the renamed records themselves."""
    found = {name: value for name, value in facts.items() if name != "visits"}
    if found.get("to") not in lifecycle.kind(kind).states:
        found.pop("to", None)
    if "clocks" in found:
        known = {deadline.name for deadline in lifecycle.clocks.get(kind, ())}
        found["clocks"] = {name: clock for name, clock in found["clocks"].items() if name in known}
    return found

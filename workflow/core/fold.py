"""`fold`: one record's facts applied to a file. The engine and the replay both go through here, so they cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.core import clocks
from workflow.core.commitment import committed
from workflow.core.model import Case, File, Lifecycle


def fold(file: File | None, entry: Mapping[str, Any], lifecycle: Lifecycle) -> File:
    """The file after `entry`; `file` is None before the record that opens it. Nothing given is changed.

    `records` and `head` are the chain's own and are not touched.
    """
    kind = entry["kind"]
    if kind == "open":
        root = _new_case(entry["case"], entry["case"], "", entry, entry, lifecycle)
        root.outcome = entry.get("outcome")
        _link(root, entry)
        return _kept(lifecycle, None, _open_parts(File(root), entry, lifecycle), entry)
    if file is None:
        raise LookupError("a file begins with the record that opens it")
    if kind == "timer":
        return _replaced(file, file.case(entry["case"]), clocks.fire(file.case(entry["case"]), entry))
    if kind == "migration":
        return _migrated(file, entry)
    if kind not in ("move", "act", "edit"):
        return file  # a refusal, a resolution: the record is all there is of it
    case = file.case(entry["case"])
    changed = case.copy()
    changed.revision += 1
    if "number" in entry:
        changed.number = entry["number"]
    if "set" in entry:
        changed.values = {**case.values, **entry["set"]}
        _erase(changed, entry["set"])
    if "limited" in entry:
        changed.acted = {**case.acted, entry["action"]: entry["at"]}
    if kind == "move":
        changed.state = entry["to"]
        changed.origin = case.state
        changed.entered_at = entry["at"]
        changed.outcome = entry.get("outcome")
        changed.visits = _visits(case.visits, case.state, entry["to"], lifecycle, case.kind)
    _link(changed, entry)
    after = File(file.root, file.parts, file.linked, file.records, file.head)
    if case is file.root:
        after.root = changed
    closed = entry.get("closed", ())
    if closed or case is not file.root:
        after.parts = tuple(changed if p is case else _close(p) if p.id in closed else p for p in file.parts)
    return _kept(lifecycle, file, _open_parts(after, entry, lifecycle), entry)


def _kept(lifecycle: Lifecycle, file: File | None, after: File, entry: Mapping[str, Any]) -> File:
    if lifecycle.clocks:
        clocks.keep(lifecycle, file, after, entry)
    return after


def _replaced(file: File, case: Case, changed: Case) -> File:
    after = File(file.root, file.parts, file.linked, file.records, file.head)
    if case is file.root:
        after.root = changed
    else:
        after.parts = tuple(changed if part is case else part for part in file.parts)
    return after


def _migrated(file: File, entry: Mapping[str, Any]) -> File:
    """The file in another version. The record says of each case what became different, so that no rule is asked."""
    facts = {each["id"]: each for each in entry.get("cases", ())}
    version = entry["lifecycle"]["version"]
    root, *parts = (_carried_over(case, version, facts.get(case.id, {})) for case in file)
    return File(root, tuple(parts), file.linked, file.records, file.head)


def _carried_over(case: Case, version: int, facts: Mapping[str, Any]) -> Case:
    after = case.copy()
    after.version = version
    after.revision += 1
    after.kind = facts.get("part", case.kind)
    after.state = facts.get("to", case.state)
    after.origin = facts.get("origin", case.origin)
    after.visits = facts.get("visits", case.visits)
    after.clocks = facts.get("clocks", case.clocks)
    gone = facts.get("gone", ())
    after.values = {name: value for name, value in case.values.items() if name not in gone} | facts.get("set", {})
    if "erased" in facts:
        after.erased = tuple(facts["erased"])
    _erase(after, facts.get("set", {}), kept=facts.get("erased", ()))
    return after


def _erase(case: Case, changes: Mapping[str, Any], kept: Sequence[str] = ()) -> None:
    """Of a commitment whose value is not told there is no value; a field that is written anew is erased no longer."""
    gone = [name for name, value in changes.items() if committed(value) is not None]
    if gone:
        case.values = {**case.values, **dict.fromkeys(gone)}
    if gone or case.erased:
        before = {name for name in case.erased if name not in changes or name in kept}
        case.erased = tuple(sorted(before.union(gone)))


def _link(case: Case, entry: Mapping[str, Any]) -> None:
    if "started" in entry:
        links = {s["link"]: s["id"] for s in entry["started"] if "link" in s}
        case.values = {**case.values, **links}


def _close(part: Case) -> Case:
    closed = part.copy()
    closed.outcome = "cancelled"
    closed.revision += 1
    return closed


def _open_parts(file: File, entry: Mapping[str, Any], lifecycle: Lifecycle) -> File:
    if "opened" in entry:
        parts = tuple(_new_case(o["id"], file.root.id, o["part"], o, entry, lifecycle) for o in entry["opened"])
        file.parts += parts
    return file


def _new_case(
    id: str, root: str, kind: str, facts: Mapping[str, Any], entry: Mapping[str, Any], lifecycle: Lifecycle
) -> Case:
    state = facts["state"] if kind else entry["to"]
    case = Case(
        id=id,
        root=root,
        lifecycle=entry["lifecycle"]["name"],
        version=entry["lifecycle"]["version"],
        kind=kind,
        state=state,
        created_by=facts["by"],
        opened_at=entry["at"],
        entered_at=entry["at"],
        key=facts.get("key", ""),
        round=facts.get("round", 1),
        holder=facts.get("holder"),
        values=dict(facts.get("set", {})),
        visits=_visits({}, None, state, lifecycle, kind),
        revision=1,
    )
    _erase(case, case.values)
    return case


def _visits(
    visits: Mapping[str, int], source: str | None, target: str, lifecycle: Lifecycle, kind: str
) -> dict[str, int]:
    """Entering a nested state enters its parents too, unless the case was inside them already."""
    states = lifecycle.kind(kind).states
    entered = {**visits, target: visits.get(target, 0) + 1}
    parents = states[target].within
    if parents:
        inside = states[source].within if source is not None and source in states else ()
        for name in parents:
            if name not in inside:
                entered[name] = entered.get(name, 0) + 1
    return entered

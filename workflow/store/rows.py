"""Rows and values: a file as it was read, and what has to be written after a command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.model import Case, Deadline, File, Json, Kind, Lifecycle
from workflow.core.roles import waiting
from workflow.core.run import Step
from workflow.core.written import GENESIS
from workflow.store.statements import RECORDED, SELECTED
from workflow.store.tables import LONGEST_INDEXED

LONG = 1_000  # characters of values from which on they leave the row that every step rewrites

Values = dict[str, Any]
_write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
_decode = json.JSONDecoder().raw_decode  # `loads` without looking for blanks that we did not write
_COLUMN = {name: number for number, name in enumerate(SELECTED)}
_CONTENTS = len(SELECTED)


@dataclass(slots=True)
class Kept:
    """What the tables hold of one case besides the case itself."""

    case: Case
    place: int
    waits: tuple[str, ...]
    body: str
    long: bool


@dataclass(slots=True)
class Loaded:
    """A file as it was read."""

    file: File
    kept: dict[str, Kept]
    links: int  # how often another case was linked to this one in order to follow it


@dataclass(slots=True)
class Changes:
    """What one command writes to one file. `seen` is how many records the file had; 0: it is new."""

    root: str
    seen: int = 0
    links: int = 0
    moved_root: Values | None = None
    moved: list[Values] = field(default_factory=list)
    opened: list[Values] = field(default_factory=list)
    contents: list[Values] = field(default_factory=list)
    contents_changed: list[Values] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    values_gone: list[Values] = field(default_factory=list)
    holders: list[Values] = field(default_factory=list)
    holders_changed: list[Values] = field(default_factory=list)
    holders_gone: list[Values] = field(default_factory=list)
    records: list[Values] = field(default_factory=list)
    personal: list[Values] = field(default_factory=list)
    notices: list[Values] = field(default_factory=list)
    timers: list[Values] = field(default_factory=list)
    timers_changed: list[Values] = field(default_factory=list)
    timers_gone: list[Values] = field(default_factory=list)
    request: Values | None = None


def loaded(rows: Sequence[Sequence[Any]]) -> Loaded:
    """The file of these rows of `Statements.load`, the root's first."""
    found = {row[0]: kept(row) for row in rows}
    cases = [each.case for each in found.values()]
    root = rows[0]
    file = File(cases[0], tuple(cases[1:]), records=root[_COLUMN["records"]], head=root[_COLUMN["head"]])
    return Loaded(file, found, root[_COLUMN["links"]])


def case_of(row: Sequence[Any]) -> Case:
    """The case of one row of `Statements.load`."""
    return kept(row).case


def kept(row: Sequence[Any]) -> Kept:
    """The case of one row, and what the tables hold of it besides."""
    (
        id, root, place, lifecycle, version, kind, key, round, number, holder, created_by, opened_at, state, origin,
        outcome, entered_at, revision, _, _, _, _, trail, body, contents,
    ) = row  # fmt: skip
    past, _ = _decode(trail)
    text = contents if body is None else body
    case = Case(
        id=id, root=root, lifecycle=lifecycle, version=version, kind=kind, state=state, created_by=created_by,
        opened_at=opened_at, entered_at=entered_at, key=key, round=round, number=number, holder=holder, outcome=outcome,
        origin=origin, values=_decode(text)[0], visits=past["visits"], acted=past.get("acted", {}),
        clocks=past.get("clocks", {}), revision=revision, erased=tuple(past.get("erased", ())),
    )  # fmt: skip
    return Kept(case, place, tuple(past.get("waits", ())), text, body is None)


def changes(
    before: Loaded | None, after: File, lifecycle: Lifecycle, steps: Iterable[Step], calendar: Calendar
) -> Changes:
    """Everything that differs between the tables and `after`, and the records and notices of `steps`."""
    root = after.root
    known = {} if before is None else before.kept
    found = Changes(root.id, *(() if before is None else (before.file.records, before.links)))
    for place, case in enumerate(after):
        old = known.get(case.id)
        if old is None:
            _open(found, case, place, after, lifecycle)
        elif case is root or case is not old.case or case.open:
            _move(found, old, case, after, lifecycle)
        if lifecycle.clocks and (old is None or case is not old.case):
            _time(found, None if old is None else old.case, case, lifecycle, calendar)
    for step in steps:
        _record(found, step)
    return found


def _open(found: Changes, case: Case, place: int, file: File, lifecycle: Lifecycle) -> None:
    waits = waiting(lifecycle, file, case.id)
    text = _write(case.values)
    long = len(text) > LONG
    found.opened.append(
        {
            "id": case.id,
            "root": case.root,
            "place": place,
            "lifecycle": case.lifecycle,
            "version": case.version,
            "kind": case.kind,
            "part_key": case.key,
            "round": case.round,
            "holder": case.holder,
            "created_by": case.created_by,
            "opened_at": case.opened_at,
            "links": 0,
            **_moving(case, file, lifecycle, waits, None if long else text),
        }
    )
    if long:
        found.contents.append({"case_id": case.id, "body": text})
    found.values += [
        {"case_id": case.id, "field": name, "value": value}
        for name, value in indexed(lifecycle.kind(case.kind), case.values)
    ]
    found.holders += [{"case_id": case.id, "party": party, "since": case.entered_at} for party in waits]


def _move(found: Changes, old: Kept, case: Case, file: File, lifecycle: Lifecycle) -> None:
    waits = waiting(lifecycle, file, case.id)
    root = case is file.root
    if not root and case is old.case and waits == old.waits:
        return
    text = old.body if case.values is old.case.values else _write(case.values)
    long = old.long or len(text) > LONG
    row = {"b_id": case.id, **_moving(case, file, lifecycle, waits, None if long else text)}
    if root:
        found.moved_root = {**row, "b_seen": found.seen, "b_links": found.links}
    else:
        found.moved.append(row)
    if long and text != old.body:
        if old.long:
            found.contents_changed.append({"b_case": case.id, "body": text})
        else:
            found.contents.append({"case_id": case.id, "body": text})
    if text != old.body:
        kind = lifecycle.kind(case.kind)
        was, now = indexed(kind, old.case.values), indexed(kind, case.values)
        found.values_gone += [{"b_case": case.id, "b_field": n, "b_value": v} for n, v in was if (n, v) not in now]
        found.values += [{"case_id": case.id, "field": n, "value": v} for n, v in now if (n, v) not in was]
    _hold(found, old, case, waits)


def _hold(found: Changes, old: Kept, case: Case, waits: tuple[str, ...]) -> None:
    """Bring the to-do list to `waits`; one who leaves and one who comes are one change of a row."""
    since = case.entered_at
    going = [party for party in old.waits if party not in waits]
    coming = [party for party in waits if party not in old.waits]
    swapped = list(zip(going, coming, strict=False))
    if since != old.case.entered_at:
        swapped += [(party, party) for party in waits if party in old.waits]
    found.holders_changed += [
        {"b_case": case.id, "b_party": leaves, "party": comes, "since": since} for leaves, comes in swapped
    ]
    found.holders_gone += [{"b_case": case.id, "b_party": party} for party in going[len(coming) :]]
    found.holders += [{"case_id": case.id, "party": party, "since": since} for party in coming[len(going) :]]


def _time(found: Changes, old: Case | None, case: Case, lifecycle: Lifecycle, calendar: Calendar) -> None:
    """Bring the timers of the case to what its clocks say now."""
    was = {} if old is None else old.clocks
    for deadline in lifecycle.clocks.get(case.kind, ()):
        before, facts = was.get(deadline.name), case.clocks.get(deadline.name)
        if facts is before:
            continue
        key = {"b_case": case.id, "b_deadline": deadline.name}
        if not clocks.running(facts):
            if clocks.running(before):
                found.timers_gone.append(key)
        elif clocks.running(before):
            found.timers_changed.append({**key, **timing(deadline, facts, calendar)})
        else:
            row = {"case_id": case.id, "deadline": deadline.name, "file": case.root}
            found.timers.append({**row, **timing(deadline, facts, calendar)})


def timing(deadline: Deadline, facts: clocks.Facts, calendar: Calendar) -> Values:
    """What the timer of a running clock holds: when it is due, and when it has something to tell next."""
    end = clocks.reading(deadline, facts, calendar)
    event = None if end is None else clocks.coming(deadline, facts, end, calendar)
    stuck = facts.get("stuck")
    return {
        "next_at": None if event is None else event.moment,
        "due_at": None if end is None else end.due,
        "provisional": int(end is not None and end.provisional),
        "calendar": calendar.version,
        "reason": None if stuck is None else "；".join(each["zh"] for each in stuck),
    }


def _moving(case: Case, file: File, lifecycle: Lifecycle, waits: tuple[str, ...], body: str | None) -> Values:
    root = case is file.root
    trail: dict[str, Any] = {"visits": case.visits}
    if case.acted:
        trail["acted"] = case.acted
    if case.clocks:
        trail["clocks"] = case.clocks
    if case.erased:
        trail["erased"] = list(case.erased)
    if waits:
        trail["waits"] = list(waits)
    return {
        "number": case.number,
        "state": case.state,
        "origin": case.origin,
        "outcome": case.outcome,
        "entered_at": case.entered_at,
        "revision": case.revision,
        "records": file.records if root else 0,
        "head": file.head if root else GENESIS,
        "title": title(lifecycle, case.values) if root else None,
        "trail": _write(trail),
        "body": body,
    }


def title(lifecycle: Lifecycle, values: Mapping[str, Json]) -> str | None:
    """What a root case is called in lists: its field `title`, or else its first text."""
    fields = lifecycle.root.fields
    name = "title" if "title" in fields else next((n for n, f in fields.items() if f.type == "text"), "")
    text = values.get(name)
    return text[:LONGEST_INDEXED] if isinstance(text, str) else None


def indexed(kind: Kind, values: Mapping[str, Json]) -> dict[tuple[str, str], None]:
    """The values by which the case can be found: of the fields marked `index`, and the links to other cases."""
    found: dict[tuple[str, str], None] = {}
    for name, declared in kind.fields.items():
        if declared.index or declared.type == "case":
            value = values.get(name)
            for each in value if isinstance(value, list) else (value,):
                if each is not None and not isinstance(each, (dict, list)):
                    found[name, as_indexed(each)] = None
    return found


def as_indexed(value: Json) -> str:
    """A value as it stands in `case_values`."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)[:LONGEST_INDEXED]


def _record(found: Changes, step: Step) -> None:
    row = record_row(step.entry, step.text, step.leaf)
    found.records.append(row)
    found.personal += [
        {
            "file": row["file"],
            "seq": row["seq"],
            "commitment": each.commitment,
            "case_id": each.case,
            "field": each.field,
            "salt": each.salt,
            "value": each.value,
        }
        for each in step.hidden
    ]
    for n, notice in enumerate(step.notices, 1):
        found.notices.append(
            {
                "id": f"{row['file']}.{row['seq']}.{n}",
                "file": row["file"],
                "seq": row["seq"],
                "case_id": row["case_id"],
                "party": notice.to,
                "template": notice.template,
                "state": "failed" if notice.failed else "pending",
                "attempt": 0,
                "next_at": row["at"],  # the failed ones too: the outbox makes an incident of them
                "reason": notice.failed,
                "cc": int(notice.cc),
                "urgent": int(notice.urgent),
            }
        )


def record_row(entry: Mapping[str, Any], text: str, leaf: str) -> Values:
    """A record as a row: the text that was hashed, and what it is looked up by."""
    return dict(zip(RECORDED, (*looked_up_by(entry), leaf, text), strict=True))


def looked_up_by(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a record is looked up by: the values of the first columns of its row, those of `RECORDED` but leaf and body."""
    file = entry["file"]
    return (
        file, entry["seq"], entry.get("case", file), entry["at"], entry["kind"], entry["action"], entry.get("from"),
        entry.get("to"), entry["who"]["id"],
    )  # fmt: skip

"""What the tables hold for later, the timers and the notices of a file, beside what its records promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from workflow.core import clocks
from workflow.core.calendar import Calendar, local
from workflow.core.model import File, Lifecycle, Micros
from workflow.office.standing import Difference
from workflow.store.rows import timing
from workflow.store.tables import OFFICE, cases, incidents, notices, timers

TIMER = "timer"  # the kind of incident that a timer becomes which cannot be fired
STATES = ("pending", "sent", "parked", "failed")  # of a notice; by state and file they have an index
_NONE = "—"

TOLD = ("file", "seq", "case_id", "party", "template", "at", "cc")  # what a record says of a notice, as its row has it

_NOTICE = (
    notices.c.id, *(notices.c[name] for name in TOLD),
    notices.c.state, notices.c.next_at, notices.c.sent_at, notices.c.recipient, notices.c.digest,
)  # fmt: skip
_SAID = slice(1, 1 + len(TOLD))  # of such a row

Called = Mapping[str, tuple[Any, ...]]  # the values of TOLD, by key


@dataclass(slots=True)
class Promised:
    """The rows of one file."""

    timers: dict[tuple[str, str], Any] = field(default_factory=dict)  # by case and deadline
    notices: list[Any] = field(default_factory=list)
    digests: frozenset[str] = frozenset()  # those that are on their way
    aside: set[tuple[str, str]] = field(default_factory=set)  # the timers of which an incident says that they stopped

    def outdated(self, calendar: Calendar) -> int:
        """How many of the timers were worked out by another calendar than this one."""
        return sum(row.calendar != calendar.version for row in self.timers.values())


def about(case: str, deadline: str) -> str:
    """What an incident of a timer is about."""
    return f"{case}/{deadline}"


def promised_of(sql: Connection, files: Sequence[str]) -> dict[str, Promised]:
    """The timers and notices of these files, by file."""
    found = {file: Promised() for file in files}
    query = select(timers, cases.c.root).join(cases, cases.c.id == timers.c.case_id).where(cases.c.root.in_(files))
    still = {}
    for row in sql.execute(query):
        key = (row.case_id, row.deadline)
        found[row.root].timers[key] = row
        if row.next_at is None and row.reason is not None:
            still[about(*key)] = key, found[row.root]
    if still:
        stopped = select(incidents.c.about).where(incidents.c.kind == TIMER, incidents.c.about.in_(still))
        for (name,) in sql.execute(stopped):
            key, promised = still[name]
            promised.aside.add(key)
    for row in sql.execute(select(*_NOTICE).where(notices.c.state.in_(STATES), notices.c.file.in_(files))).all():
        found[row.file].notices.append(row)
    within = {row.digest for each in found.values() for row in each.notices if row.digest is not None}
    due = select(notices.c.id).where(notices.c.file == OFFICE, notices.c.state.in_(("pending", "parked", "failed")))
    digests = frozenset(sql.execute(due).scalars()) if within else frozenset()
    for each in found.values():
        each.digests = digests
    return found


def called_for(entry: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The notices that a record calls for, by their keys: what their rows must say."""
    out = entry.get("out")
    if not out:
        return {}
    file, seq, at = entry["file"], entry["seq"], entry["at"]
    case = entry.get("case", file)
    return {
        f"{file}.{seq}.{n}": (file, seq, case, each.get("to", ""), each["template"], at, int("cc" in each))
        for n, each in enumerate(out, 1)
    }


# ---------------------------------------------------------------- timers


def timer_differences(
    promised: Promised, replayed: File, lifecycle: Lifecycle, calendar: Calendar
) -> Iterator[Difference]:
    """Where the timers differ from the clocks that the records come to.

    The due date of one that was worked out by another calendar is not looked at: a worker counts it anew.
    """
    wanted = {
        (case.id, deadline.name): timing(deadline, facts, calendar)
        for case, deadline, facts in clocks.of(lifecycle, replayed)
        if clocks.running(facts)
    }
    for key in sorted({*wanted, *promised.timers}):
        case, deadline = key
        row: Any = promised.timers.get(key)
        values = wanted.get(key)
        if values is None:
            yield Difference(case, f"timer {deadline}", _when(row.due_at), _NONE)
            continue
        if row is None:
            yield Difference(case, f"timer {deadline}", _NONE, _when(values["due_at"]))
            continue
        if row.file != replayed.root.id:
            yield Difference(case, f"timer {deadline}: file", row.file, replayed.root.id)
        names = ["due_at", "next_at", "provisional", "reason"]
        if key in promised.aside:
            names = ["due_at", "provisional"]
        if row.calendar != calendar.version:
            names = []
            if (row.due_at is None) != (values["due_at"] is None):  # whether it stands still is no matter of days
                yield Difference(case, f"timer {deadline}: due_at", _when(row.due_at), _when(values["due_at"]))
        for name in names:
            table, told = getattr(row, name), values[name]
            if table != told:
                show = _when if name.endswith("_at") else str
                yield Difference(case, f"timer {deadline}: {name}", show(table), show(told))


def _when(moment: Micros | None) -> str:
    """A moment on the office's clock; the microseconds too where there are any."""
    if moment is None:
        return _NONE
    try:
        return local(moment).isoformat(" ")
    except OverflowError:
        return str(moment)


# ---------------------------------------------------------------- notices


def notice_differences(promised: Promised, called: Called) -> Iterator[Difference]:
    """Where the notices differ from what the records call for: each has its row, and each row its record.

    One that was addressed to several has a row for each of the others, with a number more in its key. What became of
    a notice is the outbox's affair; only what it could never have come to is named.
    """
    rows = {row.id: row for row in promised.notices}
    for key in called.keys() - rows.keys():
        told = dict(zip(TOLD, called[key], strict=True))
        yield Difference(told["case_id"], f"notice {key}", _NONE, _to(told["template"], told["party"]))
    for key, row in sorted(rows.items()):
        facts = called.get(key) or (called.get(key.rpartition(".")[0]) if row.recipient is not None else None)
        if facts is None:
            yield Difference(row.case_id, f"notice {key}", _to(row.template, row.party), _NONE)
            continue
        if row[_SAID] != facts:
            for name, told in zip(TOLD, facts, strict=True):
                table = getattr(row, name)
                if table != told and not (name == "at" and table is None):
                    yield Difference(row.case_id, f"notice {key}: {name}", str(table), str(told))
        if row.state == "pending" and row.next_at is None and row.digest not in promised.digests:
            yield Difference(row.case_id, f"notice {key}: next_at", _NONE, "pending")
        if row.state == "sent" and (row.sent_at is None or row.recipient is None):
            yield Difference(row.case_id, f"notice {key}: sent_at, recipient", _NONE, "sent")


def _to(template: str, party: str) -> str:
    return f"{template} → {party}"

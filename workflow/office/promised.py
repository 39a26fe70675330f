"""What the tables hold for later, the timers and the notices of a file, beside what its records promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select

from workflow.core import clocks
from workflow.core.calendar import Calendar, local
from workflow.core.model import File, Lifecycle, Micros
from workflow.office.standing import Difference
from workflow.store.queries import Which
from workflow.store.rows import timing
from workflow.store.tables import OFFICE, cases, incidents, notices, timers

TIMER = "timer"  # the kind of incident that a timer becomes which cannot be fired
STATES = ("pending", "sent", "parked", "failed")  # of a notice; by state and file they have an index
_NONE = "—"

TOLD = ("file", "seq", "case_id", "party", "template", "cc", "at")  # what a record says of a notice, as its row has it

_NOTICE = (
    notices.c.id, *(notices.c[name] for name in TOLD),
    notices.c.state, notices.c.next_at, notices.c.sent_at, notices.c.recipient, notices.c.digest,
)  # fmt: skip

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


def promised_of(sql: Connection, which: Which) -> dict[str, Promised]:
    """The timers and notices of the files that are meant, by file; nothing of one that has none."""
    found: dict[str, Promised] = defaultdict(Promised)
    query = select(timers, cases.c.root).join(cases, cases.c.id == timers.c.case_id).where(which(cases.c.root))
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
    within = False
    for row in sql.execute(select(*_NOTICE).where(notices.c.state.in_(STATES), which(notices.c.file))).all():
        _, file, *_, digest = row
        found[file].notices.append(row)
        within = within or digest is not None
    if within:
        due = select(notices.c.id).where(notices.c.file == OFFICE, notices.c.state.in_(("pending", "parked", "failed")))
        digests = frozenset(sql.execute(due).scalars())
        for each in found.values():
            each.digests = digests
    return found


def called_for(entry: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The notices that a record calls for, by their keys: what their rows must say."""
    file, seq, at = entry["file"], entry["seq"], entry["at"]
    case = entry.get("case", file)
    return {
        f"{file}.{seq}.{n}": (file, seq, case, each.get("to", ""), each["template"], int("cc" in each), at)
        for n, each in enumerate(entry.get("out", ()), 1)
    }


# ---------------------------------------------------------------- timers


def timer_differences(
    promised: Promised, replayed: File, lifecycle: Lifecycle, calendar: Calendar
) -> Iterator[Difference]:
    """Where the timers differ from the clocks that the records come to.

    The due date of one that was worked out by another calendar is not looked at: a worker counts it anew.
    """
    if not lifecycle.clocks and not promised.timers:
        return
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
    for key in called.keys() - {row[0] for row in promised.notices}:
        told = dict(zip(TOLD, called[key], strict=True))
        yield Difference(told["case_id"], f"notice {key}", _NONE, _to(told["template"], told["party"]))
    for row in sorted(promised.notices, key=itemgetter(0)):
        # not by name, which takes ten times as long
        key, *said, at, state, next_at, sent_at, recipient, digest = row
        facts = called.get(key) or (called.get(key.rpartition(".")[0]) if recipient is not None else None)
        if facts is None:
            yield Difference(row.case_id, f"notice {key}", _to(row.template, row.party), _NONE)
            continue
        if (*said, facts[-1] if at is None else at) != facts:  # it is set when the notice is addressed
            for name, told in zip(TOLD, facts, strict=True):
                table = getattr(row, name)
                if table != told and (name, table) != ("at", None):
                    yield Difference(row.case_id, f"notice {key}: {name}", str(table), str(told))
        if state == "pending" and next_at is None and digest not in promised.digests:
            yield Difference(row.case_id, f"notice {key}: next_at", _NONE, "pending")
        if state == "sent" and (sent_at is None or recipient is None):
            yield Difference(row.case_id, f"notice {key}: sent_at, recipient", _NONE, "sent")


def _to(template: str, party: str) -> str:
    return f"{template} → {party}"

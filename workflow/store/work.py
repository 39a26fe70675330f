"""One command's work: the files it reads, what happens to them in memory, and the one writing at the end.

Nothing is written before everything is decided (but numbers are drawn, which may leave a gap), so that a refusal on
the way has nothing to undo.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy import Connection

from workflow.core.calendar import Calendar
from workflow.core.model import (
    ENGINE_ACTOR,
    OPEN,
    Actor,
    Blocker,
    Command,
    File,
    Lifecycle,
    Linked,
    Micros,
    NumberWanted,
    Refusal,
    Started,
    Text,
)
from workflow.core.record import Record
from workflow.core.run import Ran, Step, Supply, run_open, settle
from workflow.core.written import chain
from workflow.store import writing
from workflow.store.connections import Conversation
from workflow.store.rows import Loaded, changes, record_row
from workflow.store.writing import Prepared

MOST_RUNS = 1_000  # cases that one command may set in motion, one after the other


class NeedsLock(Exception):
    """The command turned out to need more than one statement to write; it must be begun again in a transaction."""


class Library(Protocol):
    """Published lifecycles, as the work asks for them; both raise NotFound, and `in_force` Retired."""

    def version(self, sql: Connection, name: str, version: int) -> Lifecycle:
        """Exactly that version."""

    def in_force(self, sql: Connection, name: str) -> Lifecycle:
        """The version that opens cases."""


@dataclass(slots=True)
class Sheet:
    """One file under work: as it was read, as it stands now, and its new records."""

    lifecycle: Lifecycle
    file: File
    before: Loaded | None = None
    steps: list[Step] = field(default_factory=list)
    told: Linked | None = None  # what the files that follow this one were last told of it


class Work:
    """One command on one connection. `locking` is false where the files are read without a lock and written at once."""

    def __init__(
        self,
        on: Conversation,
        statements: Prepared,
        library: Library,
        *,
        now: Micros,
        log: str,
        new_id: Callable[[], str],
        new_salt: Callable[[], str],
        calendar: Calendar,
        locking: bool = True,
    ) -> None:
        self.on = on
        self.locking = locking
        self.supply = Supply(now, log, new_id, self._draw, calendar, self._look, new_salt)
        self.sheets: dict[str, Sheet] = {}
        self._statements = statements
        self._library = library
        self._agenda: deque[Sheet] = deque()
        self._to_start: list[tuple[Sheet, Actor, str, Started]] = []
        self._held: set[str] = set()

    # ------------------------------------------------------------ reading

    def sheet(self, case_id: str) -> Sheet | None:
        """The file with this case, locked and read; None where there is no such case."""
        if self.locking:
            writing.lock(self.on, self._statements, case_id)
        before = writing.load(self.on, self._statements, case_id)
        if before is None:
            return None
        root = before.file.root
        sheet = self.sheets.get(root.id)
        if sheet is None:
            lifecycle = self._library.version(self.on.sql, root.lifecycle, root.version)
            sheet = self.sheets[root.id] = Sheet(lifecycle, before.file, before, told=_seen(before.file))
            links = links_of(lifecycle, root.values)
            if links:
                sheet.file = replace(sheet.file, linked=self._linked(links))
        return sheet

    def link(self, sheet: Sheet, given: Mapping[str, str]) -> None:
        """Let the file see the cases that a command links it to, before the command is decided."""
        self._hold(sheet.lifecycle, given.items())
        sheet.file = replace(sheet.file, linked={**sheet.file.linked, **self._linked(given)})

    def lifecycle(self, name: str, version: int) -> Lifecycle:
        """Exactly that version. Raises NotFound."""
        return self._library.version(self.on.sql, name, version)

    # ------------------------------------------------------------ what follows from a command

    def new_sheet(self, lifecycle: Lifecycle, file: File) -> Sheet:
        """The file of a case that is being opened."""
        sheet = self.sheets[file.root.id] = Sheet(lifecycle, file)
        return sheet

    def carry_on(self, sheet: Sheet, ran: Ran, actor: Actor) -> Refusal | None:
        """A command came to `ran`: open the cases to start, and look again at the joins that see other cases, until
        nothing more happens. A refusal on the way is a refusal of the whole.
        """
        self._took(sheet, ran, actor)
        for _ in range(MOST_RUNS):
            if self._to_start:
                refusal = self._start(*self._to_start.pop(0))
            elif self._agenda:
                refusal = self._look_around(self._agenda.popleft())
            else:
                return None
            if refusal is not None:
                return refusal
        return _endless()

    def _took(self, sheet: Sheet, ran: Ran, actor: Actor) -> None:
        sheet.file = ran.file
        sheet.steps += ran.steps
        self._agenda.append(sheet)
        for step in ran.steps:
            by = ENGINE_ACTOR if step.entry["who"]["id"] == ENGINE_ACTOR.id else actor
            self._to_start += [(sheet, by, id, started) for id, started in step.started]

    def _start(self, origin: Sheet, actor: Actor, id: str, started: Started) -> Refusal | None:
        lifecycle = self._library.in_force(self.on.sql, started.lifecycle)
        seen = _seen(origin.file)
        ran = run_open(lifecycle, Command(OPEN, actor), self.supply, started=started, origin=seen, id=id)
        if isinstance(ran, Refusal):
            return ran
        self._took(self.new_sheet(lifecycle, ran.file), ran, actor)
        return None

    def _look_around(self, sheet: Sheet) -> Refusal | None:
        """The joins of the file that see what it links to, and then of the files that follow it."""
        links = links_of(sheet.lifecycle, sheet.file.root.values)
        if links:
            was = links_of(sheet.lifecycle, sheet.before.file.root.values) if sheet.before is not None else {}
            self._hold(sheet.lifecycle, (link for link in links.items() if link not in was.items()))
            linked = self._linked(links)
            if linked != sheet.file.linked:
                sheet.file = replace(sheet.file, linked=linked)
                refusal = self._settle(sheet)
                if refusal is not None:
                    return refusal
        now = _seen(sheet.file)
        if now != sheet.told and (len(self.sheets) > 1 if sheet.before is None else sheet.before.links):
            sheet.told = now
            for follower in self._followers(sheet):
                refusal = self._settle(follower)
                if refusal is not None:
                    return refusal
        return None

    def _settle(self, sheet: Sheet) -> Refusal | None:
        ran = settle(sheet.lifecycle, sheet.file, self.supply)
        if isinstance(ran, Ran):
            self._took(sheet, ran, ENGINE_ACTOR)
            return None
        return ran

    def _followers(self, sheet: Sheet) -> Iterator[Sheet]:
        """The files that follow this one, locked; those that this command opened or linked among them."""
        root = sheet.file.root.id
        self.must_lock()
        rows = self.on.select(self._statements.followers, {"b_value": root})
        ids = dict.fromkeys([id for id, _ in rows] + [id for id, s in self.sheets.items() if id != root])
        for id in ids:
            follower = self.sheets.get(id) or self.sheet(id)
            links = {} if follower is None else links_of(follower.lifecycle, follower.file.root.values)
            if follower is not None and any(
                value == root and follower.lifecycle.root.fields[name].follow for name, value in links.items()
            ):
                follower.file = replace(follower.file, linked=self._linked(links))
                yield follower

    def _hold(self, lifecycle: Lifecycle, links: Iterable[tuple[str, str]]) -> None:
        """Count those links that are to be followed on the case they lead to, which locks it until we have ended.

        A step of that case which read it before will find the count changed, and begin again.
        """
        for name, other in links:
            if lifecycle.root.fields[name].follow and other not in self._held:
                self.must_lock()
                self._held.add(other)
                self.on.change(self._statements.follow, {"b_id": other})
                known = self.sheets.get(other)
                if known is not None and known.before is not None:
                    known.before.links += 1

    def _look(self, id: str) -> Linked | None:
        return self._linked({"": id}).get("")

    def _linked(self, links: Mapping[str, str]) -> dict[str, Linked]:
        found = {}
        for name, other in links.items():
            if other in self.sheets:
                found[name] = _seen(self.sheets[other].file)
                continue
            rows = self.on.select(self._statements.linked, {"id": other})
            if rows:
                id, lifecycle, state, number, outcome = rows[0]
                found[name] = Linked(id, lifecycle, state, number, outcome is None)
        return found

    def note(self, sheet: Sheet, entry: Record) -> Step:
        """Append a record that changes nothing of the case."""
        file = sheet.file
        text, leaf = chain(entry, self.supply.log, file.records + 1, file.head)
        step = Step(entry, text, leaf, (), ())
        sheet.file = replace(file, records=file.records + 1, head=leaf)
        sheet.steps.append(step)
        return step

    def note_in_office(self, entry: Record) -> Step:
        """Append a record to the office's own chain: of what belongs to no case."""
        seq, head = self.hold_office()
        text, leaf = chain(entry, self.supply.log, seq + 1, head)
        writing.append_office(self.on, self._statements, record_row(entry, text, leaf))
        return Step(entry, text, leaf, (), ())

    # ------------------------------------------------------------ timers

    def set_now(self, now: Micros) -> None:
        """It is `now`, whatever the engine's clock says: the moment that all machines agree on."""
        self.supply = replace(self.supply, now=now)

    def set_log(self, origin: str) -> None:
        """What is recorded from here on is of the log of that origin."""
        self.supply = replace(self.supply, log=origin)

    def hold_office(self) -> tuple[int, str]:
        """Length and head of the office's own chain; nobody else appends to it, or seals, until we have ended."""
        self.must_lock()
        return writing.office(self.on, self._statements)

    def set_timer(self, case: str, deadline: str, values: Mapping[str, object]) -> None:
        """Put a timer right."""
        self.must_lock()
        self.on.change(self._statements.change_timer, {"b_case": case, "b_deadline": deadline, **values})

    def set_aside_timer(self, case: str, deadline: str, reason: str) -> None:
        """Leave a timer alone until its case moves, and say why."""
        self.must_lock()
        values = {"b_case": case, "b_deadline": deadline, "reason": reason}
        self.on.change(self._statements.set_aside_timer, values)

    def drop_timer(self, case: str, deadline: str) -> None:
        """Take a timer away."""
        self.must_lock()
        self.on.change(self._statements.drop_timer, {"b_case": case, "b_deadline": deadline})

    # ------------------------------------------------------------ writing

    def write(self, request: Mapping[str, object] | None = None) -> None:
        """Write everything that happened; `request` remembers the answer. Raises Overtaken."""
        found = [
            changes(s.before, s.file, s.lifecycle, s.steps, self.supply.calendar)
            for s in self.sheets.values()
            if s.steps
        ]
        if request is not None:
            found[0].request = dict(request)
        if len(found) > 1:
            self.must_lock()
        self.on.committing = not self.locking  # then the one statement is the commit
        for each in found:
            writing.save(self.on, self._statements, each)

    def _draw(self, wanted: NumberWanted) -> str:
        self.must_lock()
        return wanted.format(writing.draw(self.on, self._statements, wanted.prefix))

    def must_lock(self) -> Connection:
        """More than one statement has to be written: the connection for them, in a transaction. Raises NeedsLock where
        that is not possible yet.
        """
        if not self.locking:
            raise NeedsLock
        return self.on.sql


def links_of(lifecycle: Lifecycle, values: Mapping[str, object]) -> dict[str, str]:
    """The root's fields of type case that have a value."""
    return {
        name: value
        for name, declared in lifecycle.root.fields.items()
        if declared.type == "case" and isinstance(value := values.get(name), str)
    }


def _seen(file: File) -> Linked:
    root = file.root
    return Linked(root.id, root.lifecycle, root.state, root.number, root.open)


def _endless() -> Refusal:
    return Refusal(
        "",
        OPEN,
        "",
        (
            Blocker(
                "endless",
                Text(
                    f"此操作牵动的件超过 {MOST_RUNS} 件仍未停止，请联系流程管理员",
                    f"this command set more than {MOST_RUNS} cases in motion; ask the lifecycle's administrator",
                ),
            ),
        ),
    )

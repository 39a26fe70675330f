"""The engine: cases on a database. `Engine.fire` is the path of one command; everything else serves or shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import sqlalchemy as sa

from workflow import incidents
from workflow.core.calendar import Calendar
from workflow.core.errors import Refused
from workflow.core.model import OPEN, Actor, Case, Command, Lifecycle, Micros, Refusal
from workflow.core.record import office_entry, refusal_entry
from workflow.core.run import run, run_open
from workflow.directory import Directory
from workflow.office import exporting, publishing
from workflow.office.almanac import Almanac
from workflow.office.answers import Outcome, Published, Record
from workflow.office.library import Library
from workflow.office.links import followed, with_ids
from workflow.office.reading import Reading
from workflow.office.refusals import BROKEN, last_move, refused, stale, stopped
from workflow.office.requests import Request, answered, outcome
from workflow.store import schema, writing
from workflow.store.carrying import fill_timers
from workflow.store.claims import database_clock
from workflow.store.connections import Connections, Conversation, Hosted, reachable
from workflow.store.ids import new_id, new_salt
from workflow.store.log import Origin
from workflow.store.tables import OFFICE
from workflow.store.transactions import carry_out
from workflow.store.work import Sheet, Work

__all__ = ["Engine", "Outcome"]

if TYPE_CHECKING:
    from workflow.office.findings import Verdict

T = TypeVar("T")


def system_clock() -> Micros:
    """Now, in microseconds UTC."""
    return time.time_ns() // 1000


class Engine(Reading):
    """Runs cases on one database; shared by all threads.

    `database` is an address (`sqlite:///casework.db`, `postgresql+psycopg://…`, `mariadb+pymysql://…`) or an engine of
    SQLAlchemy; `clock` gives now in microseconds UTC, `ids` new ids, greater each time, `salts` 32 random bytes in
    hexadecimal (they hide personal values in records); `origin` names the log in every record (without one: that of the
    records that are there, `casework` where there are none), and where it ends in `/sm3` its hash is SM3; `calendar`
    says which days are worked (without one: the database, which begins with those of China).

    A case is named by its id, its number, or an unambiguous beginning of either; a part as `NUMBER/part:key`.
    """

    def __init__(
        self,
        database: str | sa.Engine,
        *,
        clock: Callable[[], Micros] = system_clock,
        ids: Callable[[], str] = new_id,
        salts: Callable[[], str] = new_salt,
        origin: str | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        self._connections = Connections(database)
        self._statements = writing.prepared(self._connections.engine.dialect)
        self._library = Library()
        self._clock = clock
        self._ids = ids
        self._salts = salts
        self._origin = Origin(origin)
        self._almanac = Almanac(calendar)
        self._host = None
        self.people = Directory(self.looking)

    def create(self) -> None:
        """Make the tables, or bring them up to date; nothing happens where they are, and several may do it at once.
        Raises StoreUnavailable.
        """
        with reachable():
            schema.create(self._connections.engine, self._fill)

    def _fill(self, sql: sa.Connection, found: str) -> None:
        if found < "0002":  # before there were timers
            fill_timers(self._work(Hosted(sql), locking=False))

    def close(self) -> None:
        """Close the connections; the next command opens new ones."""
        self._connections.close()

    def on(self, connection: sa.Connection) -> Engine:
        """This engine inside the host's transaction: the same methods, and what they write is the host's to commit.

        A refusal raised here has been recorded in the host's transaction as well.
        """
        bound = copy(self)
        vars(bound).update(
            _host=Hosted(connection), _statements=writing.prepared(connection.dialect), people=Directory(bound.looking)
        )
        return bound

    # ------------------------------------------------------------ for the jobs beside the commands

    def moment(self) -> Micros:
        """Now by the clock that everybody at this database shares: the database's own. Where it is a file on this
        machine, or the engine was given another clock, what that one says.
        """
        if self._clock is not system_clock:
            return self._clock()
        with self.looking() as sql:
            return database_clock(sql) or self._clock()

    def carry_out(self, step: Callable[[Work], T]) -> T:
        """A step of such a job, in one transaction: begun again from the start after a collision."""
        return self._commit(step)

    def forget_calendar(self) -> None:
        """Read the calendar of the database anew: it has been changed."""
        self._almanac.forget()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection in a transaction: committed at the end (by the host, where the connection is its own)."""
        with self._conversation() as on:
            try:
                on.begin()
                yield on.sql
                on.commit()
            except BaseException:
                on.rollback()
                raise

    # ------------------------------------------------------------ commands

    def open(
        self,
        lifecycle: str,
        actor: Actor,
        input: Mapping[str, Any] | None = None,
        *,
        note: str | None = None,
        happened: Micros | None = None,
        request_id: str | None = None,
        version: int | None = None,
    ) -> Outcome:
        """Open a case of `lifecycle` (its newest version in force, or `version`) with `input` as its fields.

        `happened` is when it took place, if not now; the same `request_id` again gives the same answer. Raises
        Refused, NotFound, Retired, RequestReused, StoreUnavailable.
        """
        command = Command(OPEN, actor, dict(input or {}), note, happened)
        request = Request.of(request_id, lifecycle, command, version=version)
        return _raised(
            self._commit(partial(self._open, lifecycle, version, command, request), repeatable=request.id is not None)
        )

    def fire(
        self,
        case: str,
        action: str,
        actor: Actor,
        input: Mapping[str, Any] | None = None,
        *,
        note: str | None = None,
        expect: int | None = None,
        request_id: str | None = None,
        happened: Micros | None = None,
    ) -> Outcome:
        """Take `action` on a case: a transition, an act, or `edit` with the fields to change.

        `expect` is the revision of the case that the caller saw: another one raises Stale. `happened` is when it took
        place, if not now; the same `request_id` again gives the same answer. Raises Refused with every blocker,
        NotFound, Ambiguous, RequestReused, StoreUnavailable. Whatever is raised, nothing but the refusal is recorded.
        """
        command = Command(action, actor, dict(input or {}), note, happened)
        request = Request.of(request_id, case, command, expect=expect)
        return _raised(
            self._commit(partial(self._fire, case, command, expect, request), repeatable=request.id is not None)
        )

    def _fire(self, name: str, command: Command, expect: int | None, request: Request, work: Work) -> Outcome | Refused:
        seen = answered(work.on, self._statements, self._library, request)
        if seen is not None:
            return seen
        sheet, case = self._take_out(work, name)
        late = stale(work.on.sql, sheet.lifecycle, case, command, expect)
        if late is not None:
            return self._refuse(work, sheet, case, command, *late, request=request)
        command = self._linking(work, sheet, case, command)
        ran = run(sheet.lifecycle, sheet.file, case.id, command, work.supply, request.id)
        refusal = ran if isinstance(ran, Refusal) else work.carry_on(sheet, ran, command.actor)
        if refusal is not None:
            return self._refuse(work, sheet, case, command, refusal, request=request)
        work.write(request.row(case.id, sheet.steps, work.supply.now))
        return self._answer(sheet, case.id)

    def _open(
        self, name: str, version: int | None, command: Command, request: Request, work: Work
    ) -> Outcome | Refused:
        seen = answered(work.on, self._statements, self._library, request)
        if seen is not None:
            return seen
        lifecycle = self._library.in_force(work.on.sql, name, version)
        command = with_ids(command, lifecycle, "", self._id_of(work.on))
        ran = run_open(lifecycle, command, work.supply, request.id)
        if isinstance(ran, Refusal):
            return self._refuse_opening(work, lifecycle, command, ran, request)
        sheet = work.new_sheet(lifecycle, ran.file)
        refusal = work.carry_on(sheet, ran, command.actor)
        if refusal is not None:
            return self._refuse_opening(work, lifecycle, command, refusal, request)
        work.write(request.row(sheet.file.root.id, sheet.steps, work.supply.now))
        return self._answer(sheet, sheet.file.root.id)

    # ------------------------------------------------------------ the steps of the path

    def _commit(self, step: Callable[[Work], T], *, repeatable: bool = False) -> T:
        """Carry out `step` in one transaction: the host's, or one of ours that is begun again after a collision."""

        def on(conversation: Conversation, locking: bool) -> T:
            return step(self._work(conversation, locking=locking))

        if self._host is not None:
            with reachable():
                return on(self._host, True)
        return carry_out(self._connections, on, at_once=self._statements.at_once is not None, repeatable=repeatable)

    def _linking(self, work: Work, sheet: Sheet, case: Case, command: Command) -> Command:
        """The command with ids for the cases it names, and the file seeing those that it links to."""
        command = with_ids(command, sheet.lifecycle, case.kind, self._id_of(work.on))
        links = followed(command, sheet.lifecycle, case.kind)
        if links:
            work.link(sheet, links)
        return command

    def _refuse(
        self,
        work: Work,
        sheet: Sheet,
        case: Case,
        command: Command,
        refusal: Refusal,
        changes: tuple[Record, ...] = (),
        *,
        request: Request,
    ) -> Refused:
        """Forget what the command would have done, and record the refusal."""
        assert sheet.before is not None
        file = sheet.before.file
        broken = tuple(blocker for blocker in refusal.blockers if blocker.code in BROKEN)
        if broken:
            incidents.report(work.must_lock(), work.supply.now, "step", case.id, stopped(command, broken), file.root.id)
        entry = refusal_entry(
            case.id, case.state, command, refusal.blockers, sheet.lifecycle,
            file=file.root.id, now=work.supply.now, request=request.id,
        )  # fmt: skip
        undone = Sheet(sheet.lifecycle, file, sheet.before)
        work.sheets = {file.root.id: undone}
        last = last_move(work.on.sql, file.root.id, file.records, case.id, refusal.blockers)
        work.write(request.row(case.id, [work.note(undone, entry)], work.supply.now))
        return refused(Refusal(case.id, command.action, case.state, refusal.blockers), changes, last)

    def _refuse_opening(
        self, work: Work, lifecycle: Lifecycle, command: Command, refusal: Refusal, request: Request
    ) -> Refused:
        """Record the refusal in the office's own chain, for there is no case."""
        entry = refusal_entry(
            "", "", command, refusal.blockers, lifecycle, file=OFFICE, now=work.supply.now, request=request.id
        )
        step = work.note_in_office(entry)
        row = request.row("", [step], work.supply.now)
        if row is not None:
            work.on.change(self._statements.answer, row)
        return refused(Refusal("", OPEN, "", refusal.blockers))

    def _answer(self, sheet: Sheet, case_id: str) -> Outcome:
        return outcome(sheet.file, case_id, tuple(step.entry for step in sheet.steps), sheet.steps[0].leaf)

    # ------------------------------------------------------------ lifecycles

    def publish(
        self,
        source: str | Path | Lifecycle,
        *,
        settings: Mapping[str, object] | None = None,
        actor: Actor | None = None,
    ) -> Published:
        """Publish a lifecycle: a file's path, its text, or what `load` gave; `settings` are a place's over its defaults.

        Publishing the same again changes nothing. Raises LifecycleInvalid (a file that cannot be read, and what
        `workflow.checks` calls an error), VersionTaken, NotFound, StoreUnavailable.
        """
        lifecycle = publishing.read(source, settings)
        return self._commit(lambda work: publishing.publish(work, self._library, lifecycle, actor))

    # ------------------------------------------------------------ the audit trail

    @property
    def address(self) -> str | None:
        """Where another process reaches this database; None in the host's transaction, in memory, and for a host's engine."""
        return self._connections.address if self._host is None else None

    def verify(self, case: str | None = None, *, since: int = 0) -> Verdict:
        """Whether the audit trail agrees with itself and with the tables: of everything, of one file, or of the files
        that have a record behind position `since` of the log.

        Looks at one moment of the database, whatever is written meanwhile. `workflow.verifying` does it faster.
        """
        from workflow import audit

        with self._conversation() as on, on.snapshot():
            file = None if case is None else self._take_out(self._work(on, locking=False), case)[0].file.root.id
            calendar = audit.reckoned_by(partial(self._almanac.on, on.sql))
            return audit.verify(on.sql, partial(self._library.version, on.sql), self.origin, calendar, file, since)

    def export(self, out: TextIO, actor: Actor, case: str | None = None) -> int:
        """Write the records of everything, or of one file, to `out`: a line each, the very text that was hashed.

        Returns how many there were. That they were handed out is recorded in the office's own chain.
        """
        with self._conversation() as on, on.snapshot():
            file = None if case is None else self._take_out(self._work(on, locking=False), case)[0].file.root.id
            told = exporting.export(on.sql, out, self.origin, file)
        self._commit(lambda work: self.note_in_office(work, "export", actor, {"input": told}))
        count: int = told["records"]
        return count

    def note_in_office(self, work: Work, kind: str, actor: Actor, facts: Record) -> None:
        """Record what belongs to no case."""
        work.note_in_office(office_entry(kind, actor, facts, file=OFFICE, now=work.supply.now))


def _raised(answer: Outcome | Refused) -> Outcome:
    """A refusal is raised when it has been committed, not before."""
    if isinstance(answer, Refused):
        raise answer
    return answer

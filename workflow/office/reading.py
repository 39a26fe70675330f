"""What can be seen of the cases: lists, files, histories, and why something cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from workflow.core import decide, roles
from workflow.core.calendar import Calendar
from workflow.core.model import EDIT, Actor, Case, File, Json, Lifecycle, Micros, Text
from workflow.office.almanac import Almanac
from workflow.office.answers import Published, Record, Waiting, Why
from workflow.office.library import Library
from workflow.office.refusals import last_move
from workflow.store import log, queries
from workflow.store.connections import ConnectionLost, Connections, Conversation, Hosted, reachable
from workflow.store.naming import resolve
from workflow.store.work import Sheet, Work
from workflow.store.writing import Prepared

T = TypeVar("T")
ANYBODY = Actor("")  # `actor=` not given: the host itself looks, from whom nothing is withheld


class Reading:
    """The part of the engine that changes nothing."""

    _connections: Connections
    _statements: Prepared
    _library: Library
    _clock: Callable[[], Micros]
    _ids: Callable[[], str]
    _salts: Callable[[], str]
    _origin: log.Origin
    _almanac: Almanac
    _host: Hosted | None

    # ------------------------------------------------------------ one case

    def case(self, case: str, actor: Actor | None = ANYBODY) -> File:
        """The file that the case or part is in. With `actor` (None: somebody unknown), values that are blind to him
        are withheld: those of such a part are empty. Raises NotFound, Ambiguous.
        """
        sheet, _ = self._seen(case)
        return sheet.file if actor is ANYBODY else self._withheld(sheet, actor)[0]

    def history(self, case: str, actor: Actor | None = ANYBODY) -> tuple[Record, ...]:
        """The records of the file that the case or part is in, in order; of a part, those about it. Personal values
        stand in them as commitments.

        With `actor`, what is blind to him is withheld as in `case`; such records say `withheld`.
        """
        sheet, asked = self._seen(case)
        records = self._read(lambda on: tuple(queries.history(on.sql, sheet.file.root.id, until=sheet.file.records)))
        hidden = frozenset() if actor is ANYBODY else self._withheld(sheet, actor)[1]
        about = (r for r in records if asked.kind == "" or _concerns(r, asked.id))
        return tuple(_without(record, hidden) for record in about)

    def why(self, case: str, action: str, actor: Actor) -> Why:
        """What stands in the way of `action`, who may take it, and what `actor` could do with the case instead."""
        sheet, asked = self._seen(case)
        lifecycle, file, now, calendar = sheet.lifecycle, sheet.file, self._clock(), self.calendar()
        known = action == EDIT or action in lifecycle.kind(asked.kind).transitions
        blockers = decide.why(lifecycle, file, asked.id, action, actor, now, calendar)
        return Why(
            blockers=blockers,
            who=roles.who(lifecycle, file, asked.id, action) if known else (),
            instead=tuple(
                offer
                for offer in decide.offers(lifecycle, file, asked.id, actor, now, calendar)
                if offer.action != action and not offer.blockers
            ),
            last=self._read(lambda on: last_move(on.sql, file.root.id, file.records, asked.id, blockers)),
        )

    def offers(self, case: str, actor: Actor) -> tuple[decide.Offer, ...]:
        """Everything that state and role let `actor` try, with its inputs and what still stands in the way."""
        sheet, asked = self._seen(case)
        return decide.offers(sheet.lifecycle, sheet.file, asked.id, actor, self._clock(), self.calendar())

    # ------------------------------------------------------------ lists

    def todo(
        self, actor: Actor, *, after: Waiting | tuple[Micros, str] | None = None, limit: int = 50
    ) -> tuple[Waiting, ...]:
        """What waits for `actor`, his unit and his groups, longest waiting first; the next page with the last line as
        `after`.
        """
        start = after.after if isinstance(after, Waiting) else after
        return self._read(
            lambda on: tuple(
                Waiting(case, number, title or "", self._state(on.sql, case), since, party)
                for case, number, title, since, party in queries.todo(on.sql, actor.parties(), start, limit)
            )
        )

    def find(
        self,
        lifecycle: str | None = None,
        state: str | None = None,
        where: Mapping[str, Json] | None = None,
        text: str | None = None,
        after: Case | str | None = None,
        limit: int = 50,
    ) -> tuple[Case, ...]:
        """Root cases in the order of opening: of a lifecycle, in a state (or in one nested in it), with these values
        in fields marked `index`, with `text` in title or number; the next page with the last case as `after`.
        """
        return self._read(
            lambda on: tuple(
                queries.find(
                    on.sql,
                    lifecycle=lifecycle,
                    states=self._states(on.sql, lifecycle, state),
                    where=where or {},
                    text=text,
                    after=after.id if isinstance(after, Case) else after,
                    limit=limit,
                )
            )
        )

    def trails(self, lifecycle: str | None = None) -> Iterator[tuple[Record, ...]]:
        """The records of each file in order, file by file in the order of opening, for reports; streams."""
        with self.looking() as sql:
            yield from queries.trails(sql, lifecycle)

    # ------------------------------------------------------------ lifecycles

    def lifecycle(self, name: str, version: int | None = None) -> Lifecycle:
        """The newest published version, or that one. Raises NotFound with near names."""
        return self._read(lambda on: self._version(on.sql, name, version))

    def forget_lifecycle(self, name: str, version: int) -> None:
        """Read that version anew when it is next asked for: a host that rolls its publishing back says so."""
        self._library.forget(name, version)

    def lifecycles(self) -> tuple[Published, ...]:
        """Every published version, by name and version."""
        found = self._read(lambda on: self._library.all(on.sql))
        return tuple(Published(name, version, digest, new=False, at=at) for name, version, digest, at in found)

    def _version(self, sql: Connection, name: str, version: int | None) -> Lifecycle:
        return self._library.latest(sql, name) if version is None else self._library.version(sql, name, version)

    # ------------------------------------------------------------ how

    @property
    def origin(self) -> str:
        """The log that this engine writes and verifies: the one it was given, or that of the database's records."""
        return self._origin.known or self._read(lambda on: self._origin.on(on.sql))

    def now(self) -> Micros:
        """What the engine's clock says, in microseconds UTC."""
        return self._clock()

    def calendar(self) -> Calendar:
        """The working days in force: those the engine was given, or those of the database."""
        return self._read(lambda on: self._almanac.on(on.sql))

    @contextmanager
    def looking(self, *, at_one_moment: bool = False) -> Iterator[Connection]:
        """A connection to read with; all that is read is of one moment, whatever is written meanwhile, where asked for."""
        with self._conversation() as on, on.snapshot() if at_one_moment else nullcontext():
            yield on.sql

    @contextmanager
    def _conversation(self) -> Iterator[Conversation]:
        if self._host is not None:
            with reachable():
                yield self._host
        else:
            with self._connections.to_read() as own:
                yield own

    def _read(self, step: Callable[[Conversation], T]) -> T:
        """`step`, and once more where the connection turns out to have been cut since it was last used."""
        try:
            with self._conversation() as on:
                return step(on)
        except ConnectionLost:
            with self._conversation() as on:
                return step(on)

    def _seen(self, case: str) -> tuple[Sheet, Case]:
        return self._read(lambda on: self._take_out(self._work(on, locking=False), case))

    def _work(self, on: Conversation, *, locking: bool) -> Work:
        return Work(
            on, self._statements, self._library,
            now=self._clock(), log=self._origin.on(on.sql), new_id=self._ids, new_salt=self._salts,
            calendar=self._almanac.on(on.sql), locking=locking,
        )  # fmt: skip

    def _take_out(self, work: Work, name: str) -> tuple[Sheet, Case]:
        """The file of the case of that name, locked if the work locks, and the case in it."""
        sheet, id = work.sheet(name), name
        if sheet is None:
            id = self._id_of(work.on)(name)
            sheet = work.sheet(id)
            assert sheet is not None  # cases are never deleted
        return sheet, sheet.file.case(id)

    def _id_of(self, on: Conversation) -> Callable[[str], str]:
        return lambda name: resolve(on.sql, name, partial(self._library.version, on.sql))

    def _state(self, sql: Connection, case: Case) -> Text:
        state = self._library.version(sql, case.lifecycle, case.version).kind(case.kind).states[case.state]
        return state.label if state.label != Text() else Text(case.state, case.state)

    def _states(self, sql: Connection, lifecycle: str | None, state: str | None) -> tuple[str, ...]:
        """The state itself, or the states nested in it, by the newest version of the lifecycle (or of each)."""
        if state is None:
            return ()
        names = {name for name, *_ in self._library.all(sql)} if lifecycle is None else {lifecycle}
        nested = (
            leaf.name
            for name in sorted(names)
            for leaf in self._library.latest(sql, name).root.states.values()
            if state in leaf.within
        )
        return (state, *dict.fromkeys(nested))

    def _withheld(self, sheet: Sheet, actor: Actor | None) -> tuple[File, frozenset[str]]:
        """The file without what is blind to `actor`, and the ids of those parts."""
        file = sheet.file
        hidden = frozenset(p.id for p in file.parts if not roles.visible(sheet.lifecycle, file, p.id, actor))
        parts = tuple(replace(part, values={}) if part.id in hidden else part for part in file.parts)
        return replace(file, parts=parts), hidden


def _concerns(record: Record, part: str) -> bool:
    return (
        record["case"] == part
        or record["kind"] == "migration"
        or part in record.get("closed", ())
        or any(opened["id"] == part for opened in record.get("opened", ()))
    )


def _without(record: Record, hidden: frozenset[str]) -> Record:
    """The record without the values of parts that are hidden."""
    shown = dict(record)
    if record["case"] in hidden and not {"set", "input", "note"}.isdisjoint(record):
        shown = {name: value for name, value in record.items() if name not in ("set", "input", "note")}
        shown["withheld"] = True
    for each in ("opened", "cases"):
        if any(part["id"] in hidden and "set" in part for part in record.get(each, ())):
            shown[each] = [
                {name: value for name, value in part.items() if name != "set" or part["id"] not in hidden}
                for part in record[each]
            ]
            shown["withheld"] = True
    return shown

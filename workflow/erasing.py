"""Personal data of one person, erased: the records stay what they were, and so does every proof of them.

What is erased of a person: the personal values of the cases that he opened, personal values anywhere that name him, the
words of kept notices and incidents in which these stand, and his entry in the directory, of which the id is left, for the
records name him by it. Each file is done in a transaction of its own with a record that says who, why and which
commitments, so that whoever begins again after an interruption goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from workflow import directory
from workflow.core.errors import InputInvalid
from workflow.core.fold import fold
from workflow.core.model import Actor, Case, File, Json, Text
from workflow.core.personal import ERASED, NOTHING
from workflow.core.record import resolution_entry
from workflow.core.written import canonical
from workflow.incidents import check_note
from workflow.office.requests import FORGOTTEN
from workflow.store.hidden import told_history
from workflow.store.tables import OFFICE, cases, incidents, notices, people, personal, records, requests

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work

_SHORTEST = 2  # characters of a word that is looked for in texts


@dataclass(frozen=True, slots=True)
class Line:
    """What would be, or was, erased in one file: the fields, how many values, and how many cannot be for they stand in
    records that are older than commitments.
    """

    case: str
    number: str | None
    open: bool
    fields: tuple[str, ...]
    values: int
    plain: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it. `entry`: the person's entry in the directory goes too."""

    person: str
    lines: tuple[Line, ...]
    entry: bool

    @property
    def values(self) -> int:
        """How many values there are to erase."""
        return sum(line.values for line in self.lines)

    @property
    def plain(self) -> int:
        """How many stand in plain text in old records."""
        return sum(line.plain for line in self.lines)

    @property
    def running(self) -> tuple[Line, ...]:
        """The files that are not ended."""
        return tuple(line for line in self.lines if line.open and line.values)


def plan(engine: Engine, person: str, *, case: str | None = None, field: str | None = None) -> Plan:
    """What `erase` would erase of `person`; with `case` in that file alone, with `field` of that field alone, and then
    without the directory. Nothing is written. Raises NotFound.
    """
    file = engine.case(case).root.id if case is not None else None
    with engine.looking(at_one_moment=True) as sql:
        found = {id: list(rows) for id, rows in groupby(_rows(sql, person, file, field), key=lambda row: row.file)}
        opened = select(cases.c.root).where(cases.c.created_by == person)
        mine = set(sql.execute(opened if file is None else opened.where(cases.c.root == file)).scalars())
        entry = sql.execute(select(people.c.id).where(people.c.id == person)).first() is not None
    if not (found or mine or entry):
        engine.people.get(person)  # raises NotFound with near names
    lines = [_line(engine, id, person, found.get(id, []), field) for id in sorted(mine | found.keys())]
    kept = tuple(line for line in lines if line.values or line.plain)
    return Plan(person, kept, entry and case is None and field is None)


def erase(
    engine: Engine,
    person: str,
    actor: Actor,
    note: str,
    *,
    case: str | None = None,
    field: str | None = None,
    even_open: bool = False,
) -> Plan:
    """Erase it, and record that `actor` did so and why (`note`); gives what was erased.

    Raises InputInvalid without a reason, and where a case is still open unless `even_open`; NotFound.
    """
    check_note(note)
    wanted = plan(engine, person, case=case, field=field)
    if wanted.running and not even_open:
        raise _still_open(wanted.running)
    done = []
    for line in wanted.lines:
        count = engine.carry_out(partial(_erase, person, line.case, field, actor, note))
        done.append(Line(line.case, line.number, line.open, line.fields, count, line.plain))
    if wanted.entry:
        engine.carry_out(partial(_forget, engine, person, actor, note))
    return Plan(person, tuple(done), wanted.entry)


def _still_open(running: Sequence[Line]) -> InputInvalid:
    named = [line.number or line.case for line in running[:5]]
    zh, en = "、".join(named), ", ".join(named)
    return InputInvalid(
        Text(
            f"有 {len(running)} 件尚未办结（{zh}），办理还需要联系方式；请办结后再抹去，或用 --even-open 一并抹去",
            f"{len(running)} cases are still open ({en}) and may need these data; erase when they have ended, or take "
            "--even-open",
        )
    )


# ---------------------------------------------------------------- which values


def _rows(sql: Connection, person: str, file: str | None, field: str | None) -> Iterator[Row[Any]]:
    """The values of cases that the person opened, and those that name him, file by file."""
    of_his = personal.c.case_id.in_(select(cases.c.id).where(cases.c.created_by == person))
    query = select(personal).where(or_(of_his, personal.c.value.contains(canonical(person), autoescape=True)))
    if file is not None:
        query = query.where(personal.c.file == file)
    if field is not None:
        query = query.where(personal.c.field == field)
    his = set(sql.execute(select(cases.c.id).where(cases.c.created_by == person)).scalars())
    for row in sql.execute(query.order_by(personal.c.file, personal.c.seq)).all():
        if row.case_id in his or person in _words(json.loads(row.value)):
            yield row


def _words(value: Json) -> Iterator[str]:
    """The texts and numbers within a value, as a text would have them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _line(engine: Engine, id: str, person: str, rows: Sequence[Row[Any]], field: str | None) -> Line:
    file = engine.case(id)
    lifecycle = engine.lifecycle(file.root.lifecycle, file.root.version)
    kept = {(row.case_id, row.field, row.value) for row in rows}
    plain = sum(
        value not in NOTHING and (case.id, name, canonical(value)) not in kept
        for case in file
        if case.created_by == person
        for name, value in case.values.items()
        if name in lifecycle.personal.get(case.kind, ()) and field in (None, name)
    )
    fields = tuple(sorted({row.field for row in rows}))
    return Line(id, file.root.number, any(case.open for case in file), fields, len(rows), plain)


# ---------------------------------------------------------------- one file at a time


def _erase(person: str, id: str, field: str | None, actor: Actor, note: str, work: Work) -> int:
    """How many values were erased in the file."""
    work.must_lock()
    sheet = work.sheet(id)
    assert sheet is not None  # cases are never deleted
    sql, root = work.on.sql, sheet.file.root
    rows = list(_rows(sql, person, id, field))
    if not rows:
        return 0
    hidden = sorted({row.commitment for row in rows})
    sql.execute(delete(personal).where(personal.c.file == id, personal.c.commitment.in_(hidden)))
    sheet.file = _without(work, sheet.file)
    entry = resolution_entry(
        "erase", actor, note, {"person": person, "fields": sorted({row.field for row in rows})},
        file=id, now=work.supply.now, case=id, state=root.state, lifecycle=sheet.lifecycle, kind="erasure", erased=hidden,
    )  # fmt: skip
    work.note(sheet, entry)
    work.write()
    sql.execute(update(requests).where(requests.c.file == id).values(fingerprint=FORGOTTEN))
    words = {word for row in rows for word in _words(json.loads(row.value))}
    words |= set(sql.execute(select(people.c.name).where(people.c.id.in_(words))).scalars())
    _blot(sql, words, notices.c.file == id, incidents.c.file == id)
    return len(rows)


def _without(work: Work, file: File) -> File:
    """The file as its records tell it now: what they cannot tell any more is gone."""
    folded: File | None = None
    for record in told_history(work.on.sql, file.root.id):
        version = record["lifecycle"]
        folded = fold(folded, record, work.lifecycle(version["name"], version["version"]))
    assert folded is not None
    root, *parts = (_emptied(case, folded.case(case.id)) for case in file)
    return File(root, tuple(parts), file.linked, file.records, file.head)


def _emptied(case: Case, folded: Case) -> Case:
    gone = [name for name in folded.erased if name not in case.erased]
    if not gone:
        return case
    after = case.copy()
    after.values, after.erased = {**case.values, **dict.fromkeys(gone)}, folded.erased
    return after


def _blot(sql: Connection, words: Iterable[str], of_notices: Any, of_incidents: Any) -> None:
    """Take these words out of what is kept of notices and incidents.

    A worker who is writing or sending such a notice at this moment is not believed any more: it is addressed anew.
    """
    looked_for = sorted({word for word in words if len(word) >= _SHORTEST}, key=len, reverse=True)
    held = notices.c.state == "pending", notices.c.worker.is_not(None)
    again = {"attempt": notices.c.attempt + 1, "worker": None}
    sql.execute(update(notices).where(of_notices, *held).values(again))
    digests = select(notices.c.digest).where(of_notices, notices.c.digest.is_not(None))
    found = select(notices).where(or_(of_notices, notices.c.id.in_(digests)))
    for row in sql.execute(found).all():
        _rewrite(sql, notices, row, ("subject", "body", "reason"), looked_for)
    for row in sql.execute(select(incidents).where(of_incidents)).all():
        _rewrite(sql, incidents, row, ("zh", "en", "note"), looked_for)


def _rewrite(sql: Connection, table: Any, row: Row[Any], columns: Sequence[str], words: Sequence[str]) -> None:
    changed = {}
    for name in columns:
        text = before = getattr(row, name)
        for word in words if text else ():
            text = text.replace(word, ERASED.en if name == "en" else ERASED.zh)
        if text != before:
            changed[name] = text
    if changed:
        sql.execute(update(table).where(table.c.id == row.id).values(changed))


# ---------------------------------------------------------------- the directory


def _forget(engine: Engine, person: str, actor: Actor, note: str, work: Work) -> None:
    """Leave of the person the id, and record it in the office's own chain."""
    sql = work.must_lock()
    entry = {"input": {"person": person}, "note": note, "erased": []}
    engine.note_in_office(work, "erasure", actor, entry)
    words = directory.forget(sql, person)
    to_him = or_(notices.c.party == person, notices.c.recipient == person)
    _blot(sql, words, to_him, or_(incidents.c.file.is_(None), incidents.c.file == OFFICE, *_about(sql, person)))
    sql.execute(update(notices).where(notices.c.recipient == person).values(address=None))
    waiting = {"state": "parked", "next_at": None, "worker": None, "digest": None, "reason": ERASED.zh}
    sql.execute(update(notices).where(notices.c.recipient == person, notices.c.state == "pending").values(waiting))
    refused = select(records.c.seq).where(records.c.file == OFFICE, records.c.actor == person)
    mine = requests.c.file == OFFICE, requests.c.seq.in_(refused)
    sql.execute(update(requests).where(*mine).values(fingerprint=FORGOTTEN))


def _about(sql: Connection, person: str) -> list[Any]:
    files = sql.execute(select(notices.c.file).where(notices.c.recipient == person).distinct()).scalars().all()
    return [incidents.c.file.in_(files)] if files else []

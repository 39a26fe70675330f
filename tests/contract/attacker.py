"""Somebody who may write everything in the database and has our source, but not the key.

What he does to the records he may leave as it is, or work out everything anew that needs no key: hashes, chains, columns,
positions, and the tables that follow from the records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from workflow.core.fold import fold
from workflow.core.written import GENESIS, canonical, leaf
from workflow.engine import Engine
from workflow.office.promised import TOLD, called_for
from workflow.store import writing
from workflow.store.rows import changes, record_row
from workflow.store.tables import (
    OFFICE,
    case_values,
    cases,
    chains,
    contents,
    holders,
    metadata,
    notices,
    records,
    requests,
    timers,
)

Rows = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Stored:
    """A record as the attacker has it in hand."""

    file: str
    seq: int
    entry: dict[str, Any]
    position: int
    leaf: str

    def row(self) -> dict[str, Any]:
        return {**record_row(self.entry, canonical(self.entry), self.leaf), "file": self.file, "seq": self.seq,
                "position": self.position}  # fmt: skip


Attack = Callable[[list[Stored], str], list[Stored]]  # the records, and the file that he is after


def read(engine: Engine) -> list[Stored]:
    with engine.looking() as sql:
        rows = sql.execute(sa.select(records).order_by(records.c.file, records.c.seq)).all()
    return [Stored(row.file, row.seq, json.loads(row.body), row.position, row.leaf) for row in rows]


def write(engine: Engine, stored: Iterable[Stored]) -> None:
    with engine.writing() as sql:
        sql.execute(sa.delete(records))
        sql.execute(sa.insert(records), [each.row() for each in stored])


def recompute(engine: Engine, stored: list[Stored]) -> None:
    """Make everything agree with these records that can be made to agree without the key."""
    stored = sorted(stored, key=lambda each: (each.file, each.seq))
    for _, own in groupby(stored, key=lambda each: each.file):
        head = GENESIS
        for seq, each in enumerate(own, 1):
            each.seq = each.entry["seq"] = seq
            each.entry["file"] = each.file
            each.entry["prev"] = head
            each.leaf = head = leaf(canonical(each.entry), each.entry["log"])
    for position, each in enumerate(sorted((s for s in stored if s.position), key=lambda s: s.position), 1):
        each.position = position
    write(engine, stored)
    for file, own in groupby(stored, key=lambda each: each.file):
        _rebuild(engine, file, list(own))


def _rebuild(engine: Engine, file: str, own: list[Stored]) -> None:
    with engine._conversation() as on:
        on.begin()
        if file == OFFICE:
            on.sql.execute(sa.update(chains).values(records=len(own), head=own[-1].leaf))
        else:
            standing = None
            for each in own:
                version = each.entry["lifecycle"]
                lifecycle = engine.lifecycle(version["name"], version["version"])
                standing = fold(standing, each.entry, lifecycle)
            assert standing is not None
            standing.records, standing.head = len(own), own[-1].leaf
            ids = sa.select(cases.c.id).where(cases.c.root == file)
            for table in (contents, case_values, holders, timers):
                on.sql.execute(sa.delete(table).where(table.c.case_id.in_(ids)))
            on.sql.execute(sa.delete(notices).where(notices.c.file == file))
            if rows := [_notice(key, facts) for each in own for key, facts in called_for(each.entry).items()]:
                on.sql.execute(sa.insert(notices), rows)
            on.sql.execute(sa.delete(cases).where(cases.c.root == file))
            calendar = engine._almanac.on(on.sql)
            writing.save(on, engine._statements, changes(None, standing, lifecycle, (), calendar))
        on.commit()


def _notice(key: str, facts: tuple[Any, ...]) -> dict[str, Any]:
    """The row of a notice that was not sent yet."""
    told = dict(zip(TOLD, facts, strict=True))
    return {**told, "id": key, "state": "pending", "attempt": 0, "tries": 0, "next_at": told["at"]}


def remove_file(engine: Engine, file: str) -> None:
    """No trace of a case in the tables."""
    with engine.writing() as sql:
        ids = [id for (id,) in sql.execute(sa.select(cases.c.id).where(cases.c.root == file))]
        for beside in (notices, requests):
            sql.execute(sa.delete(beside).where(beside.c.file == file))
        for table in (contents, case_values, holders, timers):
            sql.execute(sa.delete(table).where(table.c.case_id.in_(ids)))
        sql.execute(sa.delete(cases).where(cases.c.root == file))


def backup(engine: Engine) -> Rows:
    with engine.looking() as sql:
        return {t.name: [dict(row._mapping) for row in sql.execute(sa.select(t))] for t in metadata.sorted_tables}


def restore(engine: Engine, rows: Rows) -> None:
    with engine.writing() as sql:
        for table in metadata.sorted_tables:
            sql.execute(sa.delete(table))
            if rows[table.name]:
                sql.execute(sa.insert(table), rows[table.name])


# ------------------------------------------------------------ what he does to the records


def _of(stored: list[Stored], file: str) -> list[Stored]:
    return [each for each in stored if each.file == file]


def update(stored: list[Stored], file: str) -> list[Stored]:
    """He lets somebody have said something else."""
    _of(stored, file)[3].entry["note"] = "fine"
    return stored


def delete(stored: list[Stored], file: str) -> list[Stored]:
    return [each for each in stored if each is not _of(stored, file)[3]]


def insert(stored: list[Stored], file: str) -> list[Stored]:
    """He writes down something that nobody did, between two things that somebody did."""
    for each in reversed(_of(stored, file)[4:]):
        each.seq += 1
    model = _of(stored, file)[3]
    made = Stored(file, 5, {**model.entry, "note": "never said", "seq": 5}, max(s.position for s in stored) + 1, "")
    made.leaf = leaf(canonical(made.entry), made.entry["log"])
    return [*stored, made]


def reorder(stored: list[Stored], file: str) -> list[Stored]:
    one, other = _of(stored, file)[3:5]
    one.entry, other.entry = other.entry, one.entry
    return stored


def swap(stored: list[Stored], file: str) -> list[Stored]:
    """Two cases change their remarks."""
    other = next(each for each in stored if each.file not in (file, OFFICE) and each.entry["action"] == "comment")
    mine = _of(stored, file)[3]
    mine.entry["note"], other.entry["note"] = other.entry["note"], mine.entry["note"]
    return stored


def cut_case(stored: list[Stored], file: str) -> list[Stored]:
    """The last record of a case."""
    return [each for each in stored if each is not _of(stored, file)[-1]]


def remove_case(stored: list[Stored], file: str) -> list[Stored]:
    return [each for each in stored if each.file != file]


def cut_log(stored: list[Stored], file: str) -> list[Stored]:
    """The last records of the log, of whichever case, as long as something of each case is left."""
    last = sorted((s for s in stored if s.seq > 3 and s.file != OFFICE), key=lambda s: s.position)[-2:]
    return [each for each in stored if each not in last]


def rewrite(stored: list[Stored], file: str) -> list[Stored]:
    """All of it: another name in every record."""
    for each in stored:
        if each.file != OFFICE:
            each.entry["who"]["name"] = "Somebody else"
    return stored


ATTACKS: tuple[Attack, ...] = (update, delete, insert, reorder, swap, cut_case, remove_case, cut_log, rewrite)

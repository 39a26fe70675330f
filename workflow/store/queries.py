"""What people ask for: lists, a page at a time, each by one query on an index; and the records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, func, or_, select, union_all

from workflow.core.model import Case, Json, Micros
from workflow.store.rows import as_indexed, case_of
from workflow.store.tables import case_values, cases, contents, holders, records

Record = dict[str, Any]
BATCH = 1_000  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Span:
    """The files from `first` up to `behind`, which is not among them; None: to the end."""

    first: str = ""
    behind: str | None = None


EVERY_FILE = Span()

Which = Callable[[ColumnElement[str]], ColumnElement[bool]]  # of a column with files: whether they are meant


def one_of(files: Sequence[str]) -> Which:
    """Those files."""
    return lambda column: column.in_(files)


def from_to(first: str, last: str) -> Which:
    """Every file between these two, and they themselves: one range of an index."""
    return lambda column: (column >= first) & (column <= last)


def find(
    sql: Connection,
    *,
    lifecycle: str | None,
    states: Sequence[str],
    where: Mapping[str, Json],
    text: str | None,
    after: str | None,
    limit: int,
) -> list[Case]:
    """Root cases in the order of their ids, which is that of their opening; those after the id `after`."""
    query = _cases().where(cases.c.kind == "")
    if lifecycle is not None:
        query = query.where(cases.c.lifecycle == lifecycle)
    if states:
        query = query.where(cases.c.state == states[0] if len(states) == 1 else cases.c.state.in_(states))
    for name, value in where.items():
        query = query.where(
            cases.c.id.in_(  # not EXISTS, for which SQLite goes through every case
                select(case_values.c.case_id).where(
                    case_values.c.value == as_indexed(value), case_values.c.field == name
                )
            )
        )
    if text:
        query = query.where(
            or_(cases.c.title.contains(text, autoescape=True), cases.c.number.contains(text, autoescape=True))
        )
    if after is not None:
        query = query.where(cases.c.id > after)
    return [case_of(row) for row in sql.execute(query.order_by(cases.c.id).limit(limit))]


def todo(
    sql: Connection, parties: Iterable[str], after: tuple[Micros, str] | None, limit: int
) -> list[tuple[Case, str | None, str | None, Micros, str]]:
    """Cases and parts on the lists of these parties, longest waiting first: with root number, root title, since when
    and on whose list; those after the moment and case of `after`. A case on several of the lists comes once.
    """
    known = sorted(parties)
    if not known:
        return []
    values: dict[str, object] = {f"party_{n}": party for n, party in enumerate(known)}
    if after is not None:
        values |= {"since": after[0], "case": after[1]}
    found: dict[str, tuple[Case, str | None, str | None, Micros, str]] = {}
    for row in sql.execute(_waiting(len(known), after is not None), {**values, "most": limit}).all():
        *case, number, title, since, party = row
        found.setdefault(case[0], (case_of(case), number, title, since, party))
    return list(found.values())[:limit]


@cache
def _waiting(parties: int, further: bool) -> Select[Any]:
    """A page of the lists of so many parties: the first, or a `further` one. Built once; building takes longer than asking."""
    pages = []
    for n in range(parties):
        party = holders.c.party == bindparam(f"party_{n}")
        page = select(holders.c.case_id, holders.c.party, holders.c.since).where(party)
        if further:
            page = page.where(
                holders.c.since >= bindparam("since"),  # one range of the index; the rest is about equal moments
                or_(holders.c.since > bindparam("since"), holders.c.case_id > bindparam("case")),
            )
        # wrapped, for SQLite takes no ORDER BY within a UNION
        ordered = page.order_by(holders.c.since, holders.c.case_id).limit(bindparam("most", type_=Integer)).subquery()
        pages.append(select(ordered))
    held = union_all(*pages).subquery()
    root = cases.alias("root_case")
    return (
        _cases()
        .add_columns(root.c.number, root.c.title, held.c.since, held.c.party)
        .join(held, held.c.case_id == cases.c.id)
        .join(root, root.c.id == cases.c.root)
        .order_by(held.c.since, held.c.case_id, held.c.party)
    )


def _cases() -> Select[Any]:
    return select(cases, contents.c.body.label("contents")).select_from(
        cases.outerjoin(contents, contents.c.case_id == cases.c.id)
    )


def history(
    sql: Connection, file: str, *, since: int = 1, until: int | None = None, newest_first: bool = False
) -> Iterator[Record]:
    """The records of one file in order, or from the last one back."""
    values = {"file": file, "since": since, **({} if until is None else {"until": until})}
    for (body,) in sql.execute(_bodies(until is not None, newest_first), values):
        yield json.loads(body)


@cache
def _bodies(until: bool, newest_first: bool) -> Select[Any]:
    """Built once: building takes as long as asking."""
    query = select(records.c.body).where(records.c.file == bindparam("file"), records.c.seq >= bindparam("since"))
    if until:
        query = query.where(records.c.seq <= bindparam("until"))
    return query.order_by(records.c.seq.desc() if newest_first else records.c.seq)


def stored_records(sql: Connection, file: str | None = None, span: Span = EVERY_FILE) -> Iterator[Row[Any]]:
    """Every row of the records, file by file and in order, a batch at a time; of one file, or of a span of them."""
    last = (file if file is not None else span.first, 0)
    while True:
        query = select(records).order_by(records.c.file, records.c.seq).limit(BATCH)
        if file is not None:
            query = query.where(records.c.file == file, records.c.seq > last[1])
        else:
            query = query.where(
                records.c.file >= last[0],
                or_(records.c.file > last[0], records.c.seq > last[1]),
            )
            if span.behind is not None:
                query = query.where(records.c.file < span.behind)
        rows = sql.execute(query).all()
        yield from rows
        if len(rows) < BATCH:
            return
        last = (rows[-1].file, rows[-1].seq)


def spans(sql: Connection, most: int, least: int) -> list[Span]:
    """All files in at most so many spans of about as many files, none with much fewer than `least` records."""
    count = sql.execute(select(func.count()).select_from(records)).scalar_one()
    wanted = max(1, min(most, count // least))
    roots = select(cases.c.id).where(cases.c.kind == "").order_by(cases.c.id).limit(1)
    files = sql.execute(select(func.count()).select_from(cases).where(cases.c.kind == "")).scalar_one()
    cuts = [sql.execute(roots.offset(files * n // wanted)).scalar() for n in range(1, wanted)]
    return [Span(first or "", behind) for first, behind in pairwise(["", *cuts, None])]


def trails(sql: Connection, lifecycle: str | None = None) -> Iterator[tuple[Record, ...]]:
    """The records of each file in order, file by file in the order of their opening; of one lifecycle, or of all."""
    after = ""
    while True:
        roots = select(cases.c.id).where(cases.c.kind == "", cases.c.id > after)
        if lifecycle is not None:
            roots = roots.where(cases.c.lifecycle == lifecycle)
        ids = [id for (id,) in sql.execute(roots.order_by(cases.c.id).limit(200))]
        if not ids:
            return
        query = select(records.c.file, records.c.body).where(records.c.file.in_(ids))
        trail: dict[str, list[Record]] = {id: [] for id in ids}
        for file, body in sql.execute(query.order_by(records.c.file, records.c.seq)):
            trail[file].append(json.loads(body))
        for id in ids:
            yield tuple(trail[id])
        after = ids[-1]


def leaf_of(sql: Connection, file: str, seq: int) -> str:
    """The leaf hash of one record."""
    leaf: str = sql.execute(select(records.c.leaf).where(records.c.file == file, records.c.seq == seq)).scalar_one()
    return leaf

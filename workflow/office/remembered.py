"""The requests that the office remembers, each by its id, beside the records that name them.

A request that was forgotten would be carried out again when it is sent again; one that is remembered with the records of
another would not be carried out at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from workflow.core.model import Text
from workflow.office.findings import Finding
from workflow.office.standing import Difference
from workflow.store.queries import BATCH
from workflow.store.tables import OFFICE, records, requests

Asked = Mapping[Any, tuple[str, int]]  # the file and the number of the record, by the id of the request that it names

_last = records.alias("last_record")
_page = (
    select(requests, records.c.case_id.label("named"), records.c.body, _last.c.seq.label("ends"))
    .select_from(
        requests.outerjoin(records, (records.c.file == requests.c.file) & (records.c.seq == requests.c.seq)).outerjoin(
            _last, (_last.c.file == requests.c.file) & (_last.c.seq == requests.c.last)
        )
    )
    .where(requests.c.id > bindparam("after"))
    .order_by(requests.c.id)
    .limit(BATCH)
)


def forgotten(sql: Connection, asked: Asked) -> Iterator[tuple[str, Difference]]:
    """Of these requests, which records name, those that are not remembered; each with the file of its record."""
    ids = [id for id in asked if isinstance(id, str) and id.isprintable()]  # no other was ever taken: see `Request.of`
    kept: set[str] = set()
    for first in range(0, len(ids), BATCH):
        query = select(requests.c.id).where(requests.c.id.in_(ids[first : first + BATCH]))
        kept |= {*sql.execute(query).scalars()}
    for id, (file, seq) in asked.items():
        if id not in kept:
            yield file, Difference(file, f"request {id}", "—", f"record {seq}")


def misplaced(sql: Connection) -> Iterator[Finding]:
    """The requests that are remembered with records that do not name them."""
    after = ""
    while rows := sql.execute(_page, {"after": after}).all():
        for row in rows:
            if not _names(row):
                text = Text(
                    f"请求 {row.id} 记在第 {row.seq} 至 {row.last} 条记录名下，而那里没有它",
                    f"the request {row.id} is remembered with the records {row.seq} to {row.last}, which are not its own",
                )
                yield Finding("untold", text, row.file, row.seq)
        after = rows[-1].id


def _names(row: Any) -> bool:
    """Whether the record of the request names it, and its answer ends with a record that is there."""
    if row.body is None or row.ends is None or row.last < row.seq:
        return False
    if row.file != OFFICE and row.case_id != row.named:
        return False
    try:
        return bool(json.loads(row.body)["request"] == row.id)
    except (LookupError, TypeError, ValueError):
        return False

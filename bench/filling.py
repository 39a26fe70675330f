"""An office as large as one likes: copies of a few cases, each with an id and hashes of its own, in every table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from workflow import Engine
from workflow.core.written import GENESIS, leaf
from workflow.store.tables import case_values, cases, contents, holders, notices, records

UNITS = 200  # of a large office
AT_ONCE = 500  # files that are written together
_OWNED = {cases: "root", contents: "case_id", case_values: "case_id", holders: "case_id", notices: "file"}

ORIGIN = "casework"  # of an engine that was given none

Row = dict[str, Any]


def numbered(n: int) -> str:
    """The id of the nth copy."""
    return f"{n:032x}"


def copy(
    engine: Engine, templates: Sequence[str], files: int, renamed: Callable[[int], Mapping[str, str]] = lambda n: {}
) -> int:
    """The files 1 to `files`, each a copy of one of `templates` in turn; how many records they have.

    `renamed(n)` says which words stand as others in the nth. The trail of each copy is good.
    """
    with engine.looking() as sql:
        told = [_told(sql, template) for template in templates]
        owned = [_owned(sql, template) for template in templates]
    count = 0
    for first in range(1, files + 1, AT_ONCE):
        rows: dict[sa.Table, list[Row]] = {table: [] for table in (*_OWNED, records)}
        for n in range(first, min(first + AT_ONCE, files + 1)):
            which = n % len(templates)
            _copied(rows, told[which], owned[which], {templates[which]: numbered(n), **renamed(n)})
        with engine.writing() as sql:
            for table, copied in rows.items():
                if copied:
                    sql.execute(sa.insert(table), copied)
        count += len(rows[records])
    return count


def _told(sql: sa.Connection, template: str) -> list[Row]:
    query = sa.select(records).where(records.c.file == template).order_by(records.c.seq)
    return [row._asdict() for row in sql.execute(query)]


def _owned(sql: sa.Connection, template: str) -> dict[sa.Table, list[Row]]:
    return {
        table: [row._asdict() for row in sql.execute(sa.select(table).where(table.c[key] == template))]
        for table, key in _OWNED.items()
    }


def _copied(
    rows: dict[sa.Table, list[Row]], told: Sequence[Row], owned: Mapping[sa.Table, list[Row]], words: Mapping[str, str]
) -> None:
    """One more file, chained anew."""
    head = GENESIS
    for row in told:
        body = _said(row["body"], words).replace(f'"prev":"{json.loads(row["body"])["prev"]}"', f'"prev":"{head}"')
        head = leaf(body, ORIGIN)
        rows[records].append({**_renamed(row, words), "body": body, "leaf": head})
    for table, template in owned.items():
        rows[table] += [_renamed(row, words) | ({"head": head} if table is cases else {}) for row in template]


def _renamed(row: Row, words: Mapping[str, str]) -> Row:
    return {name: _said(value, words) if isinstance(value, str) else value for name, value in row.items()}


def _said(text: str, words: Mapping[str, str]) -> str:
    for word, other in words.items():
        text = text.replace(word, other)
    return text

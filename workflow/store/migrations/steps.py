"""The steps that migrations are made of. Each looks whether it has been done.

On MariaDB and SQLite a change of the schema is not part of a transaction: a migration that was killed in the middle is
begun again from its first step, and finds some of its steps done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.store import mariadb


def bytewise(length: int) -> sa.String:
    """A text that is compared byte by byte on every database."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def long_text() -> sa.Text:
    """A text of any length. What MariaDB calls a text ends at 64 KiB."""
    from sqlalchemy.dialects.mysql import LONGTEXT

    return sa.Text().with_variant(LONGTEXT(), *mariadb.DIALECTS)


def create_table(name: str, *parts: sa.schema.SchemaItem, **options: Any) -> None:
    """Create a table, with the options that its database needs besides `options`."""
    if not columns_of(name):
        options |= mariadb.table_options(op.get_bind().dialect)
        op.create_table(name, *parts, **options)


def drop_table(name: str) -> None:
    """Drop a table."""
    if columns_of(name):
        op.drop_table(name)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column to a table."""
    if column.name not in columns_of(table):
        op.add_column(table, column)


def drop_column(table: str, name: str) -> None:
    """Drop a column of a table."""
    if name in columns_of(table):
        op.drop_column(table, name)


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Create an index."""
    if name not in _indexes(table):
        op.create_index(name, table, columns, unique=unique)


def drop_index(name: str, table: str) -> None:
    """Drop an index."""
    if name in _indexes(table):
        op.drop_index(name, table)


def fill(table: str, rows: list[dict[str, Any]]) -> None:
    """Put the first rows into a table that has none."""
    filled = sa.table(table, *(sa.column(name) for name in rows[0]))
    if op.get_bind().execute(sa.select(sa.literal(1)).select_from(filled).limit(1)).first() is None:
        op.bulk_insert(filled, rows)


def columns_of(table: str) -> frozenset[str]:
    """The names of a table's columns; none where there is no such table."""
    seen = sa.inspect(op.get_bind())
    return frozenset(column["name"] for column in seen.get_columns(table)) if seen.has_table(table) else frozenset()


def _indexes(table: str) -> frozenset[str | None]:
    seen = sa.inspect(op.get_bind())
    return frozenset(index["name"] for index in seen.get_indexes(table)) if seen.has_table(table) else frozenset()

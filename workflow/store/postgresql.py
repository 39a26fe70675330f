"""PostgreSQL: everything that a step writes as one statement, so that it is one round trip.

The update of the root's row comes first, and all else hangs on it: where it finds the file changed, nothing is
written and the statement answers 0. Which of the other writings there are gives a statement its shape; each shape is
put together once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import BigInteger, Dialect, Integer, Table, text

from workflow.store.rows import Changes, Values
from workflow.store.statements import MOVING, TIMING, Statement
from workflow.store.tables import case_values, cases, contents, holders, notices, personal, records, requests, timers

_INSERTS = {
    "opened": cases, "contents": contents, "values": case_values, "holders": holders, "records": records,
    "personal": personal, "notices": notices, "timers": timers, "requests": requests,
}  # fmt: skip
_FITS = "t.case_id = u.b_case"
_UPDATES = {  # what is changed: its table, where, and to what
    "moved": (cases, "t.id = u.b_id", MOVING),
    "contents_changed": (contents, _FITS, ("body",)),
    "holders_changed": (holders, f"{_FITS} AND t.party = u.b_party", ("party", "since")),
    "timers_changed": (timers, f"{_FITS} AND t.deadline = u.b_deadline", TIMING),
}
_DELETES = {
    "values_gone": (case_values, f"{_FITS} AND t.field = u.b_field AND t.value = u.b_value"),
    "holders_gone": (holders, f"{_FITS} AND t.party = u.b_party"),
    "timers_gone": (timers, f"{_FITS} AND t.deadline = u.b_deadline"),
}
_COLUMN_OF = {
    "b_id": "id",
    "b_case": "case_id",
    "b_party": "party",
    "b_field": "field",
    "b_value": "value",
    "b_deadline": "deadline",
}
FEW = 4  # rows that are written out value by value; more come as arrays, which the driver is slow to make
Shape = tuple[bool, tuple[tuple[str, int], ...]]


class AtOnce:
    """The one-statement writing, for one driver of PostgreSQL."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Shape, Statement] = {}

    def ready(self, found: Changes) -> tuple[Statement, Values]:
        """The statement that writes all of `found`, and its parameters. Its one row is 1, or 0 where it was overtaken."""
        sets = dict(_sets(found))
        shape = (found.moved_root is not None, tuple([(n, len(r) if len(r) <= FEW else 0) for n, r in sets.items()]))
        statement = self._known.get(shape)
        if statement is None:
            columns = {name: (count, tuple(sets[name][0])) for name, count in shape[1]}
            statement = self._known[shape] = Statement(text(_sql(shape[0], columns)), self._dialect)
        values: Values = dict(found.moved_root or {})
        for name, rows in sets.items():
            if len(rows) <= FEW:
                for number, row in enumerate(rows):
                    values.update({f"{name}{number}_{column}": value for column, value in row.items()})
            else:
                values.update({f"{name}_{column}": [row[column] for row in rows] for column in rows[0]})
        return statement, values


def _sets(found: Changes) -> Iterator[tuple[str, Sequence[Values]]]:
    for name in (*_UPDATES, *_DELETES, *_INSERTS):
        rows = getattr(found, name) if name != "requests" else [found.request] if found.request else []
        if rows:
            yield name, rows


def _sql(moves_root: bool, sets: dict[str, tuple[int, tuple[str, ...]]]) -> str:
    if moves_root:
        changes = ", ".join(f"{name} = :{name}" for name in MOVING)
        first = f"UPDATE cases SET {changes} WHERE id = :b_id AND records = :b_seen AND links = :b_links RETURNING id"  # noqa: S608 - of constants
    else:
        first = "SELECT 1 AS id"
    steps = [f"root_row AS ({first})"]
    steps += [f"{name}_set AS ({_step(name, *rows)})" for name, rows in sets.items()]
    return f"WITH {', '.join(steps)} SELECT count(*) FROM root_row"  # noqa: S608 - of constants


def _step(name: str, count: int, columns: tuple[str, ...]) -> str:
    """`count` rows, or any number where it is 0."""
    table = _table(name)
    if count:
        few = ", ".join(
            f"({', '.join(f'CAST(:{name}{n}_{column} AS {_type(table, column)})' for column in columns)})"
            for n in range(count)
        )
        rows = f"(VALUES {few}) AS u({', '.join(columns)})"
    else:
        arrays = ", ".join(f"CAST(:{name}_{column} AS {_type(table, column)}[])" for column in columns)
        rows = f"unnest({arrays}) AS u({', '.join(columns)})"
    if name in _INSERTS:
        return f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT u.* FROM {rows}, root_row"  # noqa: S608
    if name in _DELETES:
        return f"DELETE FROM {table.name} t USING {rows}, root_row WHERE {_DELETES[name][1]}"  # noqa: S608
    _, where, names = _UPDATES[name]
    changes = ", ".join(f"{column} = u.{column}" for column in names)
    return f"UPDATE {table.name} t SET {changes} FROM {rows}, root_row WHERE {where}"  # noqa: S608


def _table(name: str) -> Table:
    if name in _INSERTS:
        return _INSERTS[name]
    return _DELETES[name][0] if name in _DELETES else _UPDATES[name][0]


def _type(table: Table, column: str) -> str:
    kind = table.c[_COLUMN_OF.get(column, column)].type
    if isinstance(kind, BigInteger):
        return "bigint"
    return "integer" if isinstance(kind, Integer) else "text"

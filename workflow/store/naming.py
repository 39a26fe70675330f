"""Which case is meant: by id, by number, or by the beginning of either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from sqlalchemy import Connection, select

from workflow.core.errors import Ambiguous, NotFound
from workflow.core.model import Lifecycle, Text
from workflow.store.tables import LONGEST_INDEXED, case_values, cases

SHORTEST = 3  # characters of a beginning
SHOWN = 8
_LAST = "\U0010ffff"  # sorts behind everything
CASE = Text("这一件", "case")


def resolve(sql: Connection, name: str, lifecycle_of: Callable[[str, int], Lifecycle]) -> str:
    """The id of the case that `name` names.

    In this order: its id; its number; a number in one of its fields (`number: {field: …}`); the beginning, of at
    least three characters, of a number or id. A part is `NUMBER/part` or `NUMBER/part:key`: the open one, or else the
    one opened last. Raises NotFound with near names, Ambiguous.
    """
    found = _exact(sql, name, lifecycle_of)
    if not found and "/" in name:
        root, _, part = name.rpartition("/")
        found = _parts(sql, resolve(sql, root, lifecycle_of), part)
    if not found and len(name) >= SHORTEST:
        found = _beginning(sql, name, lifecycle_of)
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise Ambiguous(name, sorted(found.values())[:SHOWN])
    raise NotFound(CASE, name, _near(sql, name))


def _exact(sql: Connection, name: str, lifecycle_of: Callable[[str, int], Lifecycle]) -> dict[str, str]:
    """Ids with what to call them, as in all that follow."""
    if len(name) > LONGEST_INDEXED:
        return {}
    found = sql.execute(select(cases.c.id).where(cases.c.id == name)).all()
    found = found or sql.execute(select(cases.c.id).where(cases.c.number == name).limit(SHOWN)).all()
    if found:
        return {id: id for (id,) in found}
    return _by_value(sql, case_values.c.value == name, lifecycle_of)


def _by_value(sql: Connection, fits: object, lifecycle_of: Callable[[str, int], Lifecycle]) -> dict[str, str]:
    rows = sql.execute(
        select(cases.c.id, cases.c.lifecycle, cases.c.version, case_values.c.field, case_values.c.value)
        .join(case_values, case_values.c.case_id == cases.c.id)
        .where(fits)  # type: ignore[arg-type]
        .order_by(case_values.c.value)
        .limit(100)
    ).all()
    return {
        id: value for id, name, version, field, value in rows if field in number_fields(lifecycle_of(name, version))
    }


def number_fields(lifecycle: Lifecycle) -> frozenset[str]:
    """The fields that some transition fills with a number."""
    return frozenset(
        numbering.field
        for kind in (lifecycle.root, *lifecycle.parts.values())
        for transition in kind.transitions.values()
        for effects in (transition.effects, *(route.effects for route in transition.routes))
        for numbering in effects.numbers
        if numbering.field is not None
    )


def _beginning(sql: Connection, name: str, lifecycle_of: Callable[[str, int], Lifecycle]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in (cases.c.number, cases.c.id):
        rows = sql.execute(
            select(cases.c.id, column)
            .where(column >= name, column < name + _LAST, cases.c.kind == "")
            .order_by(column)
            .limit(SHOWN)
        )
        found |= {id: called for id, called in rows}  # noqa: C416 - a row is no pair to the type checker
    value = case_values.c.value
    found.update(_by_value(sql, (value >= name) & (value < name + _LAST), lifecycle_of))
    return found


def _parts(sql: Connection, root: str, part: str) -> dict[str, str]:
    kind, _, key = part.partition(":")
    fits = [cases.c.root == root, cases.c.kind == kind, cases.c.kind != ""]
    if key:
        fits.append(cases.c.part_key == key)
    rows: Sequence[tuple[str, str, str, str | None]] = [
        (id, kind, key, outcome)
        for id, kind, key, outcome in sql.execute(
            select(cases.c.id, cases.c.kind, cases.c.part_key, cases.c.outcome).where(*fits).order_by(cases.c.place)
        )
    ]
    live = [row for row in rows if row[3] is None]
    last = {(row[1], row[2]): row for row in rows}.values()
    return {id: f"{kind}:{key}" for id, kind, key, _ in live or last}


def _near(sql: Connection, name: str) -> list[str]:
    for length in (len(name) - 1, len(name) // 2, 1):
        start = name[: max(length, 0)]
        if start:
            rows = sql.execute(
                select(cases.c.number).where(cases.c.number >= start, cases.c.number < start + _LAST).limit(200)
            )
            near = get_close_matches(name, [number for (number,) in rows], n=3)
            if near:
                return near
    return []

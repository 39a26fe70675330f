"""What the tables say of a file, beside what its records come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select

from workflow.core.model import Case, File, Lifecycle, Linked, Text
from workflow.core.roles import waiting
from workflow.core.written import GENESIS
from workflow.store.queries import Which
from workflow.store.rows import indexed, kept, title
from workflow.store.tables import case_values, cases, contents, holders
from workflow.store.work import links_of

_FACTS = tuple(f.name for f in fields(Case))
_NONE: Set[object] = frozenset()
_SHOWN = 120  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` of the case is one thing in the tables and another when replayed."""

    case: str
    what: str
    table: str
    replayed: str

    @property
    def text(self) -> Text:
        """The same as a sentence."""
        return Text(
            f"{self.case} 的 {self.what}：表中为 {self.table}，按记录应为 {self.replayed}",
            f"{self.what} of {self.case}: the tables say {self.table}, the records {self.replayed}",
        )


@dataclass(slots=True)
class Standing:
    """The rows of one file."""

    rows: Sequence[Any]
    values: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    holders: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    linked: Mapping[str, Linked] = field(default_factory=dict)  # by case id

    @property
    def records(self) -> int:
        """How many records the root's row counts."""
        count: int = self.rows[0].records
        return count

    @property
    def head(self) -> str:
        """The leaf of the last record, as the root's row has it."""
        head: str = self.rows[0].head
        return head


def kept_of(sql: Connection, which: Which) -> dict[str, Standing]:
    """The rows of the files that are meant, by file; one that is not there is left out."""
    query = (
        select(cases, contents.c.body.label("contents"))
        .select_from(cases.outerjoin(contents, contents.c.case_id == cases.c.id))
        .where(which(cases.c.root))
        .order_by(cases.c.root, cases.c.place)
    )
    found = {file: Standing(tuple(rows)) for file, rows in groupby(sql.execute(query).all(), key=itemgetter(1))}
    file_of = {row[0]: each for each in found.values() for row in each.rows}
    valued = select(case_values).join(cases, cases.c.id == case_values.c.case_id).where(which(cases.c.root))
    for case, name, value in sql.execute(valued).all():
        file_of[case].values.setdefault(case, set()).add((name, value))
    held = select(holders).join(cases, cases.c.id == holders.c.case_id).where(which(cases.c.root))
    for case, party, since in sql.execute(held).all():
        file_of[case].holders.setdefault(case, set()).add((party, since))
    linked = select(cases.c.id, cases.c.lifecycle, cases.c.state, cases.c.number, cases.c.outcome).where(
        cases.c.id.in_(valued.with_only_columns(case_values.c.value))
    )
    others = {
        row.id: Linked(row.id, row.lifecycle, row.state, row.number, row.outcome is None) for row in sql.execute(linked)
    }
    for each in found.values():
        each.linked = others
    return found


def differences(
    standing: Standing, replayed: File, lifecycle_of: Callable[[str, int], Lifecycle]
) -> Iterator[Difference]:
    """Where the tables differ from the file that the records come to."""
    root = replayed.root
    lifecycle = lifecycle_of(root.lifecycle, root.version)
    links = links_of(lifecycle, root.values)
    file = File(root, replayed.parts, {n: standing.linked[id] for n, id in links.items() if id in standing.linked})
    rows = standing.rows
    table = [kept(row) for row in rows]
    yield from _differ(
        root.id,
        ("cases", [each.case.id for each in table], [case.id for case in file]),
        ("title", rows[0].title, title(lifecycle, root.values)),
        ("places", [each.place for each in table], [*range(len(rows))]),
    )
    for row in rows[1:]:
        yield from _differ(row.id, ("records, head", (row.records, row.head), (0, GENESIS)))
    told = {case.id: case for case in file}
    for each in table:
        case = told.get(each.case.id)
        if case is None:
            continue
        if each.case != case:
            hidden = lifecycle.personal.get(case.kind, frozenset())
            facts = ((name, getattr(each.case, name), getattr(case, name)) for name in _FACTS)
            yield from _differ(case.id, *facts, hidden=hidden)
        waits = waiting(lifecycle, file, case.id)
        held = {(party, case.entered_at) for party in waits}
        yield from _differ(
            case.id,
            ("waits", each.waits, waits),
            ("holders", standing.holders.get(case.id, _NONE), held),
            ("case_values", standing.values.get(case.id, _NONE), {*indexed(lifecycle.kind(case.kind), case.values)}),
        )


def _differ(
    case: str, *compared: tuple[str, object, object], hidden: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Of what was compared, each with what the tables say and what was replayed, that which differs; with the values of
    `hidden` fields left out of what is said.
    """
    for what, table, replayed in compared:
        if table != replayed:
            yield Difference(case, what, _shown(table, hidden), _shown(replayed, hidden))


def _shown(what: object, hidden: frozenset[str]) -> str:
    if isinstance(what, Set):
        what = sorted(what)
    if isinstance(what, dict) and not hidden.isdisjoint(what):
        what = {name: "…" if name in hidden and value is not None else value for name, value in what.items()}
    return str(what)[:_SHOWN]

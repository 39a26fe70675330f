"""The hot statements: what a step needs, as Core constructs, compiled once for each engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Dialect, Table, bindparam, delete, insert, null, select, update
from sqlalchemy.sql import ClauseElement

from workflow.store.tables import (
    case_values,
    cases,
    chains,
    contents,
    holders,
    notices,
    numbers,
    personal,
    records,
    requests,
    timers,
)

# What a step may change of a case; the rest is written once.
MOVING = (
    "number", "state", "origin", "outcome", "entered_at", "revision", "records", "head", "title", "trail", "body",
)  # fmt: skip
# What a step writes of a notice; the rest is the outbox's.
CALLED_FOR = (
    "id", "file", "seq", "case_id", "party", "template", "state", "attempt", "next_at", "reason", "cc", "urgent",
)  # fmt: skip
# What a step writes of a record; its place in the log is the sealer's.
RECORDED = tuple(column.name for column in records.columns if column.name != "position")
TIMING = ("next_at", "due_at", "provisional", "calendar", "reason")  # what may change of a timer
SELECTED = tuple(column.name for column in cases.columns)


class Statement:
    """One statement in the words of one driver. `bind` gives the parameters as the driver takes them."""

    __slots__ = ("_fixed", "_names", "sql")

    def __init__(self, construct: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = construct.compile(dialect=dialect)
        self.sql: str = str(compiled)
        self._names: tuple[str, ...] | None = None if compiled.positiontup is None else tuple(compiled.positiontup)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, values: Mapping[str, Any]) -> Any:
        if self._fixed:
            values = {**self._fixed, **values}
        if self._names is None:
            return values
        return tuple([values[name] for name in self._names])


class Statements:
    """All of them, for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        def ready(construct: ClauseElement) -> Statement:
            return Statement(construct, dialect)

        def insertion(table: Table, names: Sequence[str] = ()) -> Statement:
            columns = names or tuple(column.name for column in table.columns)
            return ready(insert(table).values({name: bindparam(name) for name in columns}))

        root_of = select(cases.c.root).where(cases.c.id == bindparam("id")).scalar_subquery()
        of_case: BindParameter[str] = bindparam("b_case")
        self.dialect = dialect
        self.locking = dialect.name != "sqlite"  # SQLite has one writer at a time
        self.lock = ready(select(cases.c.id).where(cases.c.id == root_of).with_for_update())
        self.load = ready(
            select(cases, contents.c.body.label("contents"))
            .select_from(cases.outerjoin(contents, contents.c.case_id == cases.c.id))
            .where(cases.c.root == root_of)
            .order_by(cases.c.place)
        )
        moving: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in MOVING}
        self.move_root = ready(
            update(cases)
            .values(moving)
            .where(
                cases.c.id == bindparam("b_id"),
                cases.c.records == bindparam("b_seen"),
                cases.c.links == bindparam("b_links"),
            )
        )
        self.follow = ready(update(cases).values(links=cases.c.links + 1).where(cases.c.id == bindparam("b_id")))
        self.linked = ready(
            select(cases.c.id, cases.c.lifecycle, cases.c.state, cases.c.number, cases.c.outcome).where(
                cases.c.id == bindparam("id")
            )
        )
        self.followers = ready(
            select(case_values.c.case_id, case_values.c.field)
            .where(case_values.c.value == bindparam("b_value"))
            .order_by(case_values.c.case_id)
        )
        self.move_part = ready(update(cases).values(moving).where(cases.c.id == bindparam("b_id")))
        self.open_case = insertion(cases)
        self.write_contents = insertion(contents)
        self.change_contents = ready(
            update(contents).values(body=bindparam("body")).where(contents.c.case_id == bindparam("b_case"))
        )
        self.add_value = insertion(case_values)
        self.drop_value = ready(
            delete(case_values).where(
                case_values.c.case_id == of_case,
                case_values.c.field == bindparam("b_field"),
                case_values.c.value == bindparam("b_value"),
            )
        )
        self.add_holder = insertion(holders)
        holding = (holders.c.case_id == of_case, holders.c.party == bindparam("b_party"))
        self.change_holder = ready(
            update(holders).values(party=bindparam("party"), since=bindparam("since")).where(*holding)
        )
        self.drop_holder = ready(delete(holders).where(*holding))
        self.add_timer = insertion(timers)
        timing = (timers.c.case_id == of_case, timers.c.deadline == bindparam("b_deadline"))
        self.change_timer = ready(update(timers).values({n: bindparam(n) for n in TIMING}).where(*timing))
        self.set_aside_timer = ready(update(timers).values(next_at=null(), reason=bindparam("reason")).where(*timing))
        self.drop_timer = ready(delete(timers).where(*timing))
        self.append = insertion(records, RECORDED)
        self.notify = insertion(notices, CALLED_FOR)
        self.hide = insertion(personal)
        self.next_number = ready(
            update(numbers).values(last=numbers.c.last + 1).where(numbers.c.prefix == bindparam("b_prefix"))
        )
        self.last_number = ready(select(numbers.c.last).where(numbers.c.prefix == bindparam("b_prefix")))
        self.first_number = insertion(numbers)
        self.answered = ready(select(requests).where(requests.c.id == bindparam("b_request")))
        self.answer = insertion(requests)
        self.chain = ready(
            select(chains.c.records, chains.c.head).where(chains.c.file == bindparam("b_file")).with_for_update()
        )
        self.begin_chain = insertion(chains)
        self.lengthen = ready(
            update(chains)
            .values(records=bindparam("records"), head=bindparam("head"))
            .where(chains.c.file == bindparam("b_file"), chains.c.records == bindparam("b_seen"))
        )

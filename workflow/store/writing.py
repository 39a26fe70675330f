"""Reading a file, and writing what a command changed: the statements of a step, in their order."""

from __future__ import annotations

from sqlalchemy import Dialect

from workflow.core.errors import WorkflowError
from workflow.core.model import Text
from workflow.core.written import GENESIS
from workflow.store.connections import Conversation
from workflow.store.postgresql import AtOnce
from workflow.store.rows import Changes, Loaded, Values, loaded
from workflow.store.statements import Statements
from workflow.store.tables import OFFICE


class Prepared(Statements):
    """The statements of one dialect, and the one that writes all at once where the dialect has it."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.at_once = AtOnce(dialect) if dialect.name == "postgresql" else None


_prepared: dict[tuple[str, str], Prepared] = {}


def prepared(dialect: Dialect) -> Prepared:
    """The statements for this dialect and driver, compiled when first asked for."""
    key = (dialect.name, dialect.driver)
    if key not in _prepared:
        _prepared[key] = Prepared(dialect)
    return _prepared[key]


class Overtaken(WorkflowError):
    """Somebody else changed the file between reading and writing; nothing was written. The command is tried again."""

    exit_code = 4

    def __init__(self) -> None:
        super().__init__(
            Text(
                zh="此件刚被他人更改，本次没有写入；请重试",
                en="somebody else changed this case just now; nothing was written; try again",
            )
        )


def load(on: Conversation, statements: Prepared, case_id: str) -> Loaded | None:
    """The file that the case or part is in; None where there is no such case."""
    rows = on.select(statements.load, {"id": case_id})
    return loaded(rows) if rows else None


def lock(on: Conversation, statements: Prepared, case_id: str) -> None:
    """Nobody else may write this file, whichever of its cases is named, until we have ended."""
    if statements.locking:
        on.select(statements.lock, {"id": case_id})


def save(on: Conversation, statements: Prepared, found: Changes) -> None:
    """Write everything. Raises Overtaken, before anything else is written, where the file is not as it was read."""
    s = statements
    if s.at_once is not None:
        statement, values = s.at_once.ready(found)
        if on.select(statement, values)[0][0] != 1:
            raise Overtaken
        return
    if found.moved_root is not None and on.change(s.move_root, found.moved_root) != 1:
        raise Overtaken
    for statement, rows in (
        (s.open_case, found.opened),
        (s.move_part, found.moved),
        (s.write_contents, found.contents),
        (s.change_contents, found.contents_changed),
        (s.drop_value, found.values_gone),
        (s.add_value, found.values),
        (s.drop_holder, found.holders_gone),
        (s.change_holder, found.holders_changed),
        (s.add_holder, found.holders),
        (s.drop_timer, found.timers_gone),
        (s.change_timer, found.timers_changed),
        (s.add_timer, found.timers),
        (s.append, found.records),
        (s.hide, found.personal),
        (s.notify, found.notices),
    ):
        if rows:
            on.change_all(statement, rows)
    if found.request is not None:
        on.change(s.answer, found.request)


def draw(on: Conversation, statements: Prepared, prefix: str) -> int:
    """The next number of the sequence of `prefix`, from 1. Nobody else draws from it until we have ended."""
    values = {"b_prefix": prefix}
    if on.change(statements.next_number, values) == 0:
        on.change(statements.first_number, {"prefix": prefix, "last": 1})
        return 1
    last: int = on.select(statements.last_number, values)[0][0]
    return last


def office(on: Conversation, statements: Prepared) -> tuple[int, str]:
    """How many records the office's own chain has, and the leaf of the last; nobody else appends until we have ended."""
    rows = on.select(statements.chain, {"b_file": OFFICE})
    if rows:
        return rows[0][0], rows[0][1]
    on.change(statements.begin_chain, {"file": OFFICE, "records": 0, "head": GENESIS})
    return 0, GENESIS


def append_office(on: Conversation, statements: Prepared, row: Values) -> None:
    """Append one record to the office's own chain, as `office` left it."""
    seen = row["seq"] - 1
    values = {"b_file": OFFICE, "b_seen": seen, "records": row["seq"], "head": row["leaf"]}
    if on.change(statements.lengthen, values) != 1:
        raise Overtaken
    on.change(statements.append, row)

"""Personal values, told to who may know them; that they were told is recorded.

On the command line everybody sees a case without them. Whoever has one of the lifecycle's roles in the case, or opened
it, may ask for them; the answer is written down in the file's own chain before it is given, and so is a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from workflow.core.errors import Refused
from workflow.core.model import Actor, Blocker, Command, File, Json, Lifecycle, Micros, Refusal, Text
from workflow.core.personal import values_of
from workflow.core.record import refusal_entry, resolution_entry
from workflow.core.roles import held, visible
from workflow.core.scope import Scope
from workflow.store.hidden import hidden_in

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Sheet, Work

_NOT_HIS = Blocker(
    "role",
    Text(
        "只有这一件的提出者，以及在其中担任角色的人（经办、承办、审核等）可以看个人信息",
        "personal values are for who opened the case and for those who have a role in it",
    ),
)

Told = Mapping[str, Mapping[str, Json]]  # by case, the personal fields that have a value
T = TypeVar("T")
Choice = Callable[["Work", "Sheet", frozenset[str]], tuple[T, set[str]]]  # what is told of which cases, and its fields


def disclose(engine: Engine, case: str, actor: Actor) -> Told:
    """The personal values of the file that the case or part is in, by case id and field; recorded as a reading.

    Where there are none nothing is recorded. Raises Refused, which is recorded too, NotFound, Ambiguous.
    """

    def choose(_work: Work, sheet: Sheet, seen: frozenset[str]) -> tuple[Told, set[str]]:
        values = {each.id: values_of(sheet.lifecycle, each) for each in sheet.file if each.id in seen}
        return values, {name for found in values.values() for name in found}

    return _told(engine, case, actor, "read", choose)


def openings(engine: Engine, case: str, actor: Actor) -> list[dict[str, Any]]:
    """The personal values of all records of the file, also those written over since, with what proves them: seq,
    commitment, field, salt and value (canonical JSON). Recorded as a reading; raises like `disclose`.
    """

    def choose(work: Work, sheet: Sheet, seen: frozenset[str]) -> tuple[list[dict[str, Any]], set[str]]:
        rows = [row for row in hidden_in(work.on.sql, sheet.file.root.id) if row.case_id in seen]
        columns = ("seq", "commitment", "field", "salt", "value")
        return [{name: getattr(row, name) for name in columns} for row in rows], {row.field for row in rows}

    return _told(engine, case, actor, "prove", choose)


def _told(engine: Engine, case: str, actor: Actor, what: str, choose: Choice[T]) -> T:
    answer = engine.carry_out(partial(_tell, engine.case(case).root.id, actor, what, choose))
    if isinstance(answer, Refused):
        raise answer
    return answer


def _tell(id: str, actor: Actor, what: str, choose: Choice[T], work: Work) -> T | Refused:
    sheet = work.sheet(id)
    assert sheet is not None  # cases are never deleted
    lifecycle, root, now = sheet.lifecycle, sheet.file.root, work.supply.now
    if not may(lifecycle, sheet.file, actor, now):
        refusal = Refusal(id, what, root.state, (_NOT_HIS,))
        command = Command(what, actor)
        work.note(sheet, refusal_entry(id, root.state, command, refusal.blockers, lifecycle, file=id, now=now))
        work.write()
        return Refused(refusal)
    seen = frozenset(each.id for each in sheet.file if visible(lifecycle, sheet.file, each.id, actor))
    found, fields = choose(work, sheet, seen)
    if fields:
        entry = resolution_entry(
            what, actor, "", {"fields": sorted(fields)},
            file=id, now=now, case=id, state=root.state, lifecycle=lifecycle, kind="reading",
        )  # fmt: skip
        work.note(sheet, entry)
        work.write()
    return found


def may(lifecycle: Lifecycle, file: File, actor: Actor, now: Micros) -> bool:
    """Whether `actor` may know the personal values of the file."""
    return file.root.created_by in actor.parties() or any(
        held(lifecycle, lifecycle.roles, actor, Scope(lifecycle, file, case, actor, {}, now)) for case in file
    )

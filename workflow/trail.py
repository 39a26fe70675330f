"""What a person writes into the audit trail itself: with which hash it begins, and what explains something in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from workflow.core.errors import InputInvalid
from workflow.core.hashing import SM3, hash_name
from workflow.core.model import Actor, Text
from workflow.core.record import ANNOTATE
from workflow.core.run import Step
from workflow.incidents import check_note, note_resolution
from workflow.office.findings import Annotation, Finding
from workflow.office.publishing import HOST
from workflow.store.log import NEW
from workflow.store.tables import OFFICE

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work

OF_TABLES = frozenset(("tables", "end", "missing"))  # findings about what the tables say, and not about one record


def begin(engine: Engine, hash: Literal["sha256", "sm3"]) -> None:
    """Choose the hash of the log before anything is recorded: the first record says it, and it stays. Nothing happens
    where the log has that hash already.

    Raises InputInvalid where the log began with the other one, or the engine was given an origin that says the other.
    """

    def step(work: Work) -> None:
        length, _ = work.hold_office()
        if length == 0 and engine.origin == NEW:
            work.set_log(NEW + SM3 if hash == "sm3" else NEW)
            engine.note_in_office(work, "begin", HOST, {"input": {"hash": hash}})
        elif hash_name(engine.origin) != hash:
            raise InputInvalid(_begun(engine.origin, hash))

    engine.carry_out(step)


def _begun(origin: str, hash: str) -> Text:
    used = hash_name(origin)
    return Text(
        f"日志“{origin}”用的是 {used}，不能改用 {hash}；要用 {hash}，请另建数据库：casework --db … init --log-hash {hash}",
        f"the hash of the log {origin!r} is {used} and cannot become {hash}; for {hash} make another database: "
        f"casework --db … init --log-hash {hash}",
    )


def annotate(engine: Engine, case: str | None, actor: Actor, note: str, about: int | None = None) -> Step:
    """Record what explains the record `about` of the file that `case` is in (None: of the office's own chain); without
    `about`, what explains the tables, or the log as a whole. Nothing is changed by it.

    Raises NotFound, and InputInvalid without a note or where there never was such a record.
    """
    check_note(note)
    root = "" if case is None else engine.case(case).root.id

    def step(work: Work) -> Step:
        sheet = work.sheet(root) if root else None
        length = sheet.file.records if sheet is not None else work.hold_office()[0]
        if about is not None and not 0 < about <= length:
            raise InputInvalid(
                Text(
                    f"没有第 {about} 条记录：共 {length} 条，从 1 数起（casework audit verify 会指出是哪一条）",
                    f"there is no record {about}: there are {length}, counted from 1 (`casework audit verify` names them)",
                )
            )
        told = {} if about is None else {"record": about}
        return note_resolution(work, root, ANNOTATE, actor, note, told)

    return engine.carry_out(step)


def explaining(finding: Finding, annotations: Iterable[Annotation]) -> list[Annotation]:
    """What people wrote about the record, or the tables, that a finding is about; about the log as a whole they wrote
    in the office's own chain.
    """
    of_one_record = finding.seq and finding.code not in OF_TABLES
    about = finding.seq if of_one_record else None
    return [each for each in annotations if (each.file, each.about) == (finding.file or OFFICE, about)]

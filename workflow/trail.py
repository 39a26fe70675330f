"""What a person writes into the audit trail itself: with which hash it begins, and what explains something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workflow.core.errors import InputInvalid
from workflow.core.hashing import SM3, hash_name
from workflow.core.model import Text
from workflow.engine import HOST
from workflow.office.reading import ORIGIN

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work


def begin(engine: Engine, hash: Literal["sha256", "sm3"]) -> None:
    """Choose the hash of the log before anything is recorded: the first record says it, and it stays. Nothing happens
    where the log has that hash already.

    Raises InputInvalid where the log began with the other one, or the engine was given an origin that says the other.
    """

    def step(work: Work) -> None:
        length, _ = work.hold_office()
        if length == 0 and engine.origin == ORIGIN:
            work.set_log(ORIGIN + SM3 if hash == "sm3" else ORIGIN)
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

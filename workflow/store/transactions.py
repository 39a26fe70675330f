"""Begin, commit, and begin again: how a command meets the database's accidents.

Every accident has one of three ends: the command is carried out from the start again; the caller is told that nothing
was done; or, where the answer to a COMMIT was lost, that it is not known, unless a request id lets us look.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, ResourceClosedError

from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text
from workflow.store.connections import Connections, Conversation, Own
from workflow.store.failures import unavailable
from workflow.store.work import NeedsLock
from workflow.store.writing import Overtaken

T = TypeVar("T")
ATTEMPTS = 12


def carry_out(
    connections: Connections, step: Callable[[Conversation, bool], T], *, at_once: bool, repeatable: bool
) -> T:
    """`step(conversation, locking)` in a transaction of ours, from the start again after a collision.

    `at_once`: the first attempt reads without a transaction, for it may be able to write all in one statement.
    `repeatable`: the step finds by a request id what it did before, so that a lost answer is no loss.
    Raises StoreUnavailable, and what `step` raises.
    """
    locking = not at_once
    left = ATTEMPTS
    while True:
        left -= 1
        with connections.use() as on:
            on.committing = False
            try:
                return _transaction(on, step) if locking else step(on, False)
            except NeedsLock:
                locking = True
                continue
            except Overtaken:
                locking = True
                if not left:
                    raise
            except (connections.driver_error, DBAPIError, ResourceClosedError) as error:
                _judge(connections, on, error, repeatable and left > 0, left)
                locking = True
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - so that those who met do not meet again


def _transaction(on: Own, step: Callable[[Conversation, bool], T]) -> T:
    try:
        on.begin()  # within: whoever is interrupted right behind it must not keep the lock
        answer = step(on, True)
        on.committing = True
        on.commit()
    except BaseException:
        on.rollback()
        raise
    return answer


def _judge(connections: Connections, on: Own, error: Exception, repeatable: bool, left: int) -> None:
    """Returns where the command should be carried out again; else raises StoreUnavailable."""
    cause = getattr(error, "orig", None) or error
    lost = connections.lost(cause, on)
    if lost:
        connections.forget()
    if on.committing and (lost or not connections.answered(cause)):
        if repeatable:
            return
        raise StoreUnavailable(
            Text(
                zh="提交时与数据库的连接中断，不知是否已办成；请先查看此件再决定是否重办",
                en="the answer to the commit was lost: it is not known whether it was done; look at the case before "
                "doing it again",
            )
        ) from error
    if left and (lost or connections.collided(cause)):
        return
    raise unavailable(cause) from error

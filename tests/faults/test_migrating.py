"""A migration that is killed with -9 at any of its commits, and begun again, comes to what one does that was not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow.engine import Engine
from workflow.migrating import apply, between, undo
from workflow.store.connections import Own
from workflow.store.tables import metadata
from workflow.testing import CountedIds, FrozenClock

TICKET = (Path(__file__).parents[1] / "ticket.yaml").read_text(encoding="utf-8")
CASES = 3
When = Literal["before", "after"]


def on(url: str) -> Engine:
    return Engine(url, clock=FrozenClock(), ids=CountedIds())


def prepared(url: str) -> None:
    """Cases under version 1, some with parts, and version 2."""
    engine = on(url)
    engine.create()
    engine.publish(TICKET)
    for n in range(CASES):
        case = engine.open("ticket", ANN, {"title": f"lamp {n}"}).case.id
        engine.fire(case, "send", ANN)
        if n:
            engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    renamed = TICKET.replace("version: 1\n", "version: 2\n").replace("answer", "reply_text")
    engine.publish(renamed + "migrate: {from: 1, parts: {task: {fields: {answer: reply_text}}}}\n")
    engine.close()


def migrated(url: str) -> None:
    engine = on(url)
    list(apply(engine, between(engine, "ticket", 1, 2), DAN))
    engine.close()


def taken_back(url: str) -> None:
    engine = on(url)
    list(undo(engine, between(engine, "ticket", 1, 2), DAN))
    engine.close()


def killed(work: Callable[[str], None], url: str, at: int, when: When) -> int:
    """Another process that works until its commit number `at` (from 1), and is killed there; the signal that ended it."""
    child = os.fork()
    if child == 0:
        commit, count = Own.commit, 0

        def counting(own: Own) -> None:
            nonlocal count
            count += 1
            if count == at and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            commit(own)
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

        Own.commit = counting  # type: ignore[method-assign]
        try:
            work(url)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table; and that the trail agrees with it."""
    engine = on(url)
    assert engine.verify().good
    with engine.looking() as sql:
        found = {each.name: sorted(map(str, sql.execute(sa.select(each)).all())) for each in metadata.sorted_tables}
    engine.close()
    return found


def test_a_migration_killed_at_any_commit_loses_and_doubles_nothing(
    kind: str, new_database: Callable[..., str]
) -> None:
    template = new_database(kind)
    prepared(template)
    _every_kill(migrated, kind, template, new_database)


def test_taking_back_killed_at_any_commit_loses_and_doubles_nothing(
    kind: str, new_database: Callable[..., str]
) -> None:
    template = new_database(kind)
    prepared(template)
    migrated(template)
    _every_kill(taken_back, kind, template, new_database)


def _every_kill(work: Callable[[str], None], kind: str, template: str, new_database: Callable[..., str]) -> None:
    unkilled = new_database(kind, template)
    work(unkilled)
    expected = content(unkilled)
    assert expected != content(template)
    for at in range(1, CASES + 1):
        for when in ("before", "after"):
            url = new_database(kind, template)
            assert -signal.SIGKILL == killed(work, url, at, when)
            assert expected != content(url) or (at, when) == (CASES, "after")
            work(url)
            assert expected == content(url)
    assert 0 == killed(work, new_database(kind, template), CASES + 1, "before")

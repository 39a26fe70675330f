"""Whoever writes what has changed meanwhile, writes nothing."""

from __future__ import annotations

import pytest

from tests.conftest import ANN
from workflow.core.calendar import china
from workflow.engine import Engine
from workflow.store import writing
from workflow.store.rows import Changes, changes
from workflow.store.writing import Overtaken, Prepared


def stale_changes(engine: Engine, statements: Prepared, seen: int, links: int) -> Changes:
    case = engine.open("ticket", ANN, {"title": "Broken lamp"}).case.id
    with engine._connections.use() as on:
        before = writing.load(on, statements, case)
    assert before is not None
    found = changes(before, before.file, engine.lifecycle("ticket"), (), china())
    assert found.moved_root is not None
    found.moved_root |= {"b_seen": seen, "b_links": links}
    return found


@pytest.mark.parametrize(("seen", "links"), [(0, 0), (2, 0), (1, 1)])
def test_a_file_that_was_overtaken_is_not_written(engine: Engine, seen: int, links: int) -> None:
    statements = writing.prepared(engine._connections.engine.dialect)
    found = stale_changes(engine, statements, seen, links)
    found.holders.append({"case_id": found.root, "party": "eve", "since": 1})

    with engine._connections.use() as on, pytest.raises(Overtaken):
        writing.save(on, statements, found)
    assert engine.verify().good


def test_an_office_chain_that_was_overtaken_is_not_written(engine: Engine) -> None:
    statements = writing.prepared(engine._connections.engine.dialect)

    with engine._connections.use() as on, pytest.raises(Overtaken):
        writing.append_office(on, statements, {"seq": 9, "leaf": "0" * 64})
    assert engine.verify().good

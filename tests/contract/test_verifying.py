"""Looking at everything by several processes finds what one finds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.conftest import ANN
from workflow.engine import Engine
from workflow.proving import prove
from workflow.store.queries import spans, stored_records
from workflow.store.tables import cases, records
from workflow.verifying import verify

FILES = 7


@pytest.fixture
def filled(engine: Engine) -> Engine:
    for n in range(FILES):
        engine.fire(engine.open("ticket", ANN, {"title": f"lamp {n}"}).case.id, "send", ANN)
    return engine


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_spans_hold_every_record_once_and_in_order(filled: Engine, most: int) -> None:
    with filled.looking() as sql:
        whole = [(row.file, row.seq) for row in stored_records(sql)]
        found = spans(sql, most, 1)
        assert whole == [(row.file, row.seq) for each in found for row in stored_records(sql, span=each)]
        assert min(most, len(whole)) == len(found)


def test_a_small_database_is_one_span(filled: Engine) -> None:
    with filled.looking() as sql:
        assert 1 == len(spans(sql, 8, 100))


def test_several_processes_find_what_one_finds(filled: Engine) -> None:
    assert (filled.verify(), prove(filled, ())) == verify(filled, 2, least=2)
    _, second, *_, last = [case.id for case in filled.find()]
    with filled.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == second, records.c.seq == 2).values(actor="eve"))
        sql.execute(sa.update(cases).where(cases.c.id == last).values(state="nowhere"))
        sql.execute(sa.delete(records).where(records.c.file == "office"))
    alone, (together, _) = filled.verify(), verify(filled, 2, least=2)
    assert {"columns", "tables", "untold"} == {each.code for each in together.findings}
    assert alone == together


def test_in_the_hosts_transaction_one_process_looks(filled: Engine) -> None:
    with filled.writing() as sql:
        bound = filled.on(sql)
        bound.open("ticket", ANN, {"title": "uncommitted"})
        assert FILES + 2 == verify(bound, 2, least=1)[0].files

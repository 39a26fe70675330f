"""Whatever is changed behind the engine's back is found, and named."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from workflow.core.written import canonical, leaf
from workflow.engine import Engine
from workflow.office.findings import Verdict
from workflow.store.tables import OFFICE, case_values, cases, chains, contents, holders, lifecycles, records
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}


@pytest.fixture
def file(desk: Engine, clock: FrozenClock) -> str:
    """A file with a few records, an hour apart, and some others around it."""
    first = desk.open("ticket", ANN, LAMP).case.id
    for step in (
        lambda: desk.fire(first, "send", ANN),
        lambda: desk.fire(first, "give", DAN, {"units": ["u1", "u2"]}),
        lambda: desk.fire(f"{first}/task:u1", "reply", of_unit("u1"), {"answer": "yes", "result": "A"}),
        lambda: desk.fire(first, "comment", DAN, note="hurry"),
        lambda: desk.open("ticket", ANN, {**LAMP, "story": "long " * 500}),
    ):
        clock.advance(hours=1)
        step()
    return first


def tamper(engine: Engine, *statements: sa.Executable) -> Verdict:
    with engine.looking() as sql:
        for statement in statements:
            sql.execute(statement)
    return engine.verify()


def body(engine: Engine, file: str, seq: int) -> dict[str, object]:
    with engine.looking() as sql:
        text = sql.execute(sa.select(records.c.body).where(records.c.file == file, records.c.seq == seq)).scalar_one()
    found: dict[str, object] = json.loads(text)
    return found


def found(verdict: Verdict) -> list[tuple[str, int]]:
    return [(finding.code, finding.seq) for finding in verdict.findings]


def one(file: str, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(records.c.file == file, records.c.seq == seq)


def test_what_nobody_touched_is_good(desk: Engine, file: str) -> None:
    verdict = desk.verify()

    assert (True, 3, 7) == (verdict.good, verdict.files, verdict.records)


def test_an_empty_database_is_good(sqlite: str, make_engine: Callable[..., Engine]) -> None:
    assert Verdict(0, 0, ()) == make_engine(sqlite).verify()


def test_a_part_that_no_record_tells_of_is_named(desk: Engine, file: str) -> None:
    stray = sa.select(cases).where(cases.c.root == file, cases.c.place == 1).subquery()
    columns = [
        stray.c[c.name] if c.name not in ("id", "place") else sa.literal("stray" if c.name == "id" else 9)
        for c in cases.c
    ]
    verdict = tamper(desk, sa.insert(cases).from_select([c.name for c in cases.c], sa.select(*columns)))

    assert ("tables", 5) == found(verdict)[0]
    assert "stray" in verdict.findings[0].text.en


def test_one_file_can_be_looked_at(desk: Engine, file: str) -> None:
    assert (1, 5) == ((v := desk.verify("T-001")).files, v.records)


def test_a_changed_record_is_named_with_time_and_actor(desk: Engine, file: str, clock: FrozenClock) -> None:
    changed = body(desk, file, 4) | {"set": {"answer": "no"}}
    verdict = tamper(desk, sa.update(records).where(one(file, 4)).values(body=canonical(changed)))

    assert ("changed", file, 4, "u1-clerk") == (
        (first := verdict.findings[0]).code,
        first.file,
        first.seq,
        first.actor,
    )
    assert first.at == body(desk, file, 4)["at"]
    assert "改动" in first.text.zh


def test_a_record_changed_together_with_its_hash_is_named_by_the_next(desk: Engine, file: str) -> None:
    text = canonical(body(desk, file, 2) | {"note": "I never said so"})
    verdict = tamper(desk, sa.update(records).where(one(file, 2)).values(body=text, leaf=leaf(text, "casework")))

    assert [("chain", 2)] == found(verdict)
    assert "ann" == verdict.findings[0].actor


def test_the_last_record_changed_together_with_its_hash_is_named_by_the_tables(desk: Engine, file: str) -> None:
    text = canonical(body(desk, file, 5) | {"note": "no hurry"})
    verdict = tamper(desk, sa.update(records).where(one(file, 5)).values(body=text, leaf=leaf(text, "casework")))

    assert [("end", 5)] == found(verdict)


def test_a_first_record_that_follows_from_something_is_named(desk: Engine, file: str) -> None:
    text = canonical(body(desk, file, 1) | {"prev": "1" * 64})
    verdict = tamper(desk, sa.update(records).where(one(file, 1)).values(body=text, leaf=leaf(text, "casework")))

    assert [("chain", 1), ("chain", 1)] == found(verdict)


def test_a_deleted_record_is_named(desk: Engine, file: str) -> None:
    assert ("gap", 4) == found(tamper(desk, sa.delete(records).where(one(file, 3))))[0]


def test_deleted_last_records_are_named_by_the_tables(desk: Engine, file: str) -> None:
    verdict = tamper(desk, sa.delete(records).where(records.c.file == file, records.c.seq > 4))

    assert ("end", 4) == found(verdict)[0]


def test_a_file_without_records_is_named(desk: Engine, file: str) -> None:
    assert [("untold", 0)] == found(tamper(desk, sa.delete(records).where(records.c.file == file)))


def test_records_without_a_file_are_named(desk: Engine, file: str) -> None:
    verdict = tamper(desk, sa.delete(cases).where(cases.c.root == file))

    assert ["missing", *["untold"] * 5] == [finding.code for finding in verdict.findings]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "done"),
        ("outcome", "successful"),
        ("created_by", "eve"),
        ("number", "T-999"),
        ("title", "x"),
        ("opened_at", 1),
    ],
)
def test_an_edited_case_is_named(desk: Engine, file: str, column: str, value: object) -> None:
    verdict = tamper(desk, sa.update(cases).where(cases.c.id == file).values({column: value}))

    assert ("tables", 5) == found(verdict)[0]
    assert column in verdict.findings[0].text.en


def test_an_edited_part_is_named(desk: Engine, file: str) -> None:
    part = desk.case(file).parts[1].id
    verdict = tamper(desk, sa.update(cases).where(cases.c.id == part).values(holder="u9"))

    assert ("tables", 5) == found(verdict)[0]


@pytest.mark.parametrize(
    "change",
    [
        sa.update(case_values).values(value="x"),
        sa.delete(case_values),
        sa.update(holders).values(since=1),
        sa.delete(holders),
        sa.insert(holders).values(case_id="nobody", party="u1", since=1),
        sa.update(contents).values(body="{}"),
        sa.update(cases).where(cases.c.kind != "").values(body='{"answer":"maybe"}'),
        sa.update(cases).where(cases.c.kind == "").values(trail="{"),
        sa.delete(cases).where(cases.c.kind != ""),
        sa.delete(cases).where(cases.c.kind == ""),
        sa.update(lifecycles).values(digest="0" * 64),
        sa.update(chains).values(records=7),
        sa.delete(chains),
        sa.delete(records).where(records.c.file == OFFICE),
        sa.update(records).where(records.c.file == OFFICE).values(actor="eve"),
        sa.update(records).where(records.c.seq == 2).values(target="done"),
        sa.update(records).where(records.c.seq == 2).values(at=1),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_the_tables_is_found(desk: Engine, file: str, change: sa.Executable) -> None:
    assert not tamper(desk, change).good


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"file":1}', "null"])
def test_a_record_that_is_nonsense_is_a_finding_and_no_accident(desk: Engine, file: str, text: str) -> None:
    verdict = tamper(desk, sa.update(records).where(one(file, 3)).values(body=text))

    assert [("changed", 3), ("unreadable", 3)] == found(verdict)[:2]


@pytest.mark.parametrize(
    "change",
    [
        {"lifecycle": {"name": "none", "version": 1, "digest": ""}},
        {"lifecycle": {"name": "ticket"}},
        {"lifecycle": {"name": "ticket", "version": 1, "digest": "0"}},
        {"to": "nowhere"},
        {"case": "nobody"},
        {"log": "another"},
    ],
)
def test_a_record_that_cannot_have_been_is_found(desk: Engine, file: str, change: dict[str, object]) -> None:
    text = canonical(body(desk, file, 2) | change)
    verdict = tamper(desk, sa.update(records).where(one(file, 2)).values(body=text, leaf=leaf(text, "casework")))

    assert {"replay", "lifecycle", "log"} & {finding.code for finding in verdict.findings}


def test_a_changed_lifecycle_is_found(sqlite: str, desk: Engine, file: str, make_engine: Callable[..., Engine]) -> None:
    tamper(desk, sa.update(lifecycles).values(source=lifecycles.c.source + "\n# changed\n"))

    assert not make_engine(sqlite).verify().good


def test_a_large_database_is_read_a_batch_at_a_time(desk: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.audit.BATCH", 3)
    monkeypatch.setattr("workflow.store.queries.BATCH", 4)
    for _ in range(10):
        desk.fire(desk.open("ticket", ANN, LAMP).case.id, "send", ANN)

    assert Verdict(21, 11, ()) == desk.verify()

"""What a step costs, counted: statements, commits and compilations are exact where seconds are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.compiler import Compiled

from tests.conftest import ANN, DAN
from workflow.engine import Engine
from workflow.store.connections import Own
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}


class Counting:
    """A driver's connection that counts."""

    def __init__(self, raw: Any, seen: list[str]) -> None:
        self._raw = raw
        self._seen = seen

    def cursor(self) -> Counting:
        return Counting(self._raw.cursor(), self._seen)

    def execute(self, sql: str, *values: Any) -> Any:
        self._seen.append(sql)
        return self._raw.execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> Any:
        self._seen.append(sql)
        return self._raw.executemany(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine], Any]:
    """What was sent to the database and how often something was compiled within the block."""
    compiled: list[object] = []
    compile_one = Compiled.__init__

    def counted(self: Compiled, *args: Any, **options: Any) -> None:
        compiled.append(self)
        compile_one(self, *args, **options)

    monkeypatch.setattr(Compiled, "__init__", counted)

    @contextmanager
    def count(engine: Engine) -> Iterator[tuple[list[str], list[object]]]:
        seen: list[str] = []
        with engine._connections.use() as own:
            assert isinstance(own, Own)
            raw, own.raw = own.raw, Counting(own.raw, seen)
            compiled.clear()
            yield seen, compiled
            own.raw = raw

    return count


def written(seen: list[str]) -> list[str]:
    return [sql for sql in seen if sql.split()[0] not in ("BEGIN", "COMMIT")]


def warm(engine: Engine) -> str:
    """Whatever is compiled when it is first used has been used."""
    for _ in range(2):
        case = engine.open("ticket", ANN, LAMP).case.id
        engine.fire(case, "send", ANN)
        engine.fire(case, "comment", ANN, note="x")
    return engine.open("ticket", ANN, LAMP).case.id


def test_a_plain_step_on_sqlite_is_five_statements_and_one_commit(desk: Engine, counting: Any) -> None:
    case = warm(desk)
    desk.fire(case, "send", ANN)
    with counting(desk) as (seen, compiled):
        desk.fire(case, "withdraw", ANN, note="x")

    assert (1, 1) == (seen.count("BEGIN IMMEDIATE"), seen.count("COMMIT"))
    assert len(written(seen)) <= 5
    assert [] == compiled


def test_a_step_with_notices_and_todo_lists_is_five_statements(desk: Engine, clock: FrozenClock, counting: Any) -> None:
    text = desk.lifecycle("ticket").source.replace("version: 1", "version: 2")
    desk.publish(text.replace(', number: "{settings.letter}-{seq:03}"', ""))
    case = warm(desk)
    clock.advance(hours=1)
    with counting(desk) as (seen, compiled):
        desk.fire(case, "send", ANN)

    words = [" ".join(sql.split()[:3]) for sql in written(seen)]
    assert ["UPDATE cases SET", "UPDATE holders SET", "INSERT INTO records", "INSERT INTO notices"] == words[1:]
    assert [] == compiled


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_plain_step_on_postgresql_is_two_round_trips(engine: Engine, counting: Any) -> None:
    case = warm(engine)
    with counting(engine) as (seen, compiled):
        engine.fire(case, "comment", ANN, note="x")

    assert ["SELECT", "WITH"] == [sql.split()[0] for sql in seen]
    assert [] == compiled


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_step_that_needs_the_lock_begins_again(engine: Engine, counting: Any) -> None:
    case = warm(engine)
    with counting(engine) as (seen, _):
        engine.fire(case, "send", ANN)

    assert ["SELECT", "BEGIN", "SELECT", "SELECT", "UPDATE", "SELECT", "WITH", "COMMIT"] == [
        sql.split()[0] for sql in seen
    ]


def test_a_case_with_many_records_is_not_slower(desk: Engine, counting: Any) -> None:
    case = warm(desk)
    for _ in range(30):
        desk.fire(case, "comment", DAN, note="x")
    with counting(desk) as (seen, _):
        desk.fire(case, "comment", DAN, note="x")

    assert ["SELECT", "UPDATE", "INSERT"] == [sql.split()[0] for sql in written(seen)]


def test_a_list_is_one_query(desk: Engine) -> None:
    warm(desk)
    desk.todo(DAN)  # reads the lifecycle that it shows labels of
    seen: list[str] = []
    sa.event.listen(desk._connections.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    assert 3 == len(desk.todo(DAN))
    assert 1 == len(seen)
    assert 3 == len(desk.find("ticket", where={"urgent": False}))
    assert 2 == len(seen)


@pytest.mark.parametrize("kind", ["mariadb"], indirect=True)
def test_a_step_on_mariadb_is_six_statements_and_more_where_it_writes_more(engine: Engine, counting: Any) -> None:
    case = warm(engine)
    with counting(engine) as (plain, compiled):
        engine.fire(case, "comment", ANN, note="x")
    with counting(engine) as (numbered, _):
        engine.fire(case, "send", ANN)

    assert ["BEGIN", "SELECT", "SELECT", "UPDATE", "INSERT", "COMMIT"] == [sql.split()[0] for sql in plain]
    assert ["UPDATE numbers", "SELECT numbers.last"] == [" ".join(sql.split()[:2]) for sql in numbered[3:5]]
    assert 9 == len(numbered)
    assert [] == compiled

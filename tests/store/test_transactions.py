"""What becomes of a command when the database has an accident."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow.core.errors import StoreUnavailable
from workflow.engine import Engine
from workflow.store import databases, transactions, writing
from workflow.store.connections import Own
from workflow.store.writing import Overtaken

LAMP = {"title": "Broken lamp"}


def cut(engine: Engine) -> None:
    """The connection of this thread is cut behind the engine's back."""
    with engine._connections.use() as own:
        own.raw.close()


def test_a_connection_that_was_cut_is_renewed(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    cut(engine)
    assert "sent" == engine.fire(case, "send", ANN).case.state
    cut(engine)
    assert "sent" == engine.case(case).root.state
    cut(engine)
    assert [case] == [line.case.id for line in engine.todo(DAN)]
    cut(engine)
    assert 1 == len(engine.find())


@pytest.fixture
def lost_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The next commit is carried out, and its answer is lost."""

    def lose() -> None:
        commit, select = Own.commit, Own.select

        def committed(own: Own) -> None:
            commit(own)
            monkeypatch.undo()
            own.raw.close()
            commit(own)

        def selected(own: Own, statement: Any, values: Any) -> list[Any]:
            rows = select(own, statement, values)
            if statement.sql.startswith("WITH") and not own.sql.in_nested_transaction() and own.committing:
                monkeypatch.undo()
                own.raw.close()
                select(own, statement, values)
            return rows

        monkeypatch.setattr(Own, "commit", committed)
        monkeypatch.setattr(Own, "select", selected)

    return lose


def test_without_a_request_id_a_lost_answer_is_not_known(engine: Engine, lost_answer: Callable[[], None]) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    lost_answer()

    with pytest.raises(StoreUnavailable, match="not known"):
        engine.fire(case, "comment", ANN, note="x")

    assert ["open", "comment"] == [record["action"] for record in engine.history(case)]


def test_with_a_request_id_a_lost_answer_is_looked_up(engine: Engine, lost_answer: Callable[[], None]) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    lost_answer()

    outcome = engine.fire(case, "comment", ANN, note="x", request_id="r1")

    assert 2 == outcome.receipt["seq"]
    assert ["open", "comment"] == [record["action"] for record in engine.history(case)]


def test_a_collision_is_carried_out_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    save, left = writing.save, [Overtaken(), Overtaken()]

    def colliding(*args: Any) -> None:
        if left:
            raise left.pop()
        save(*args)

    monkeypatch.setattr(writing, "save", colliding)

    assert "sent" == engine.fire(case, "send", ANN).case.state


def test_too_many_collisions_are_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    monkeypatch.setattr(transactions, "ATTEMPTS", 2)

    def overtaken(*args: Any) -> None:
        raise Overtaken

    monkeypatch.setattr(writing, "save", overtaken)

    with pytest.raises(Overtaken) as said:
        engine.fire(case, "send", ANN)
    assert "重试" in said.value.say("zh")


def test_ids_that_repeat_are_an_error_that_ends(
    database: str, make_engine: Callable[..., Engine], ticket_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "ATTEMPTS", 2)
    engine = make_engine(database, ids=lambda: "always the same")
    engine.publish(ticket_text)
    engine.open("ticket", ANN, LAMP)

    with pytest.raises(StoreUnavailable):
        engine.open("ticket", ANN, LAMP)
    assert engine.verify().good


def test_a_database_that_stays_locked_is_said(
    sqlite: str, make_engine: Callable[..., Engine], ticket_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "BUSY_TIMEOUT", 50)
    engine = make_engine(sqlite)
    engine.publish(ticket_text)
    other = sqlite3.connect(sa.make_url(sqlite).database or "")
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match="locked"):
        engine.open("ticket", ANN, LAMP)
    other.close()

    assert 1 == engine.open("ticket", ANN, LAMP).receipt["seq"]


def test_an_error_at_the_commit_that_the_database_answers_is_no_riddle(
    desk: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(own: Own) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    monkeypatch.setattr(Own, "commit", full)
    with pytest.raises(StoreUnavailable, match="full"):
        desk.open("ticket", ANN, LAMP)
    monkeypatch.undo()

    assert () == desk.find()


def test_something_that_is_no_accident_of_the_database_comes_through(
    desk: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(writing, "save", broken)
    with pytest.raises(ZeroDivisionError):
        desk.open("ticket", ANN, LAMP)
    monkeypatch.undo()

    assert () == desk.find()


def test_a_query_the_database_refuses_is_one_clear_error(engine: Engine) -> None:
    with pytest.raises(StoreUnavailable), engine.looking() as sql:
        sql.exec_driver_sql("SELECT nothing FROM nowhere")

    assert () == engine.find()


def test_the_hosts_connection_has_clear_errors_too(engine: Engine, database: str) -> None:
    host = sa.create_engine(database)
    with host.connect() as connection:
        connection.exec_driver_sql("DROP TABLE holders")
        with pytest.raises(StoreUnavailable):
            engine.on(connection).open("ticket", ANN, LAMP)
        connection.rollback()
    host.dispose()

"""Each thread has its connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.conftest import ANN
from workflow.core.errors import StoreUnavailable
from workflow.engine import Engine
from workflow.store.connections import ConnectionLost, Own
from workflow.store.work import Work

LAMP = {"title": "Broken lamp"}


def test_sqlite_is_durable_and_lets_readers_read(desk: Engine) -> None:
    with desk.looking() as sql:
        told = {
            name: sql.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000} == told


def test_a_thread_that_ends_gives_its_connection_back(engine: Engine) -> None:
    engine.open("ticket", ANN, LAMP)
    for _ in range(30):
        thread = threading.Thread(target=engine.find)
        thread.start()
        thread.join()

    assert 1 == engine._connections.engine.pool.checkedout()  # type: ignore[attr-defined]


def test_many_threads_at_once_each_have_one(engine: Engine) -> None:
    found: list[int] = []
    gate = threading.Barrier(20)

    def look() -> None:
        gate.wait()
        found.append(len(engine.find()))
        gate.wait()

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [0] * 20 == found


def test_an_engine_that_was_closed_opens_again(engine: Engine) -> None:
    engine.open("ticket", ANN, LAMP)
    engine.close()

    assert 1 == len(engine.find())


def test_an_engine_of_the_hosts_is_left_open(
    database: str, make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    host = sa.create_engine(database)
    engine = make_engine(host)
    engine.publish(ticket_text)
    engine.open("ticket", ANN, LAMP)
    engine.close()

    with host.connect() as connection:
        assert 1 == connection.execute(sa.text("SELECT count(*) FROM cases")).scalar()
        assert "AUTOCOMMIT" != connection.get_isolation_level()
    host.dispose()


def test_a_pool_that_is_empty_is_said(sqlite: str, make_engine: Callable[..., Engine]) -> None:
    host = sa.create_engine(sqlite, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with host.connect(), pytest.raises(StoreUnavailable):
        make_engine(host).find()
    host.dispose()


def test_a_database_in_memory_is_shared_by_the_threads(make_engine: Callable[..., Engine], ticket_text: str) -> None:
    engine = make_engine("sqlite://")
    engine.create()
    engine.publish(ticket_text)
    threads = [threading.Thread(target=engine.open, args=("ticket", ANN, LAMP)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(engine.find())
    assert engine.verify().good


def test_a_connection_that_was_never_made_can_be_forgotten(desk: Engine) -> None:
    desk._connections.close()
    desk._connections.forget()

    assert () == desk.find()


def test_a_connection_that_is_dropped_within_a_reading_is_said_to_be_lost(desk: Engine) -> None:
    """A reading within a reading finds the connection cut, renews it and goes on; the outer one cannot."""
    desk.open("ticket", ANN, LAMP)

    with pytest.raises(ConnectionLost), desk.looking() as sql:
        desk._connections.forget()
        assert 1 == len(desk.find())
        sql.execute(sa.text("SELECT 1"))

    assert 1 == len(desk.find())


def test_a_step_whose_connection_is_dropped_within_it_is_begun_again(desk: Engine) -> None:
    begun = []

    def step(work: Work) -> int:
        begun.append(work)
        if len(begun) == 1:
            desk._connections.forget()
        return work.on.sql.execute(sa.text("SELECT 1")).scalar_one()  # type: ignore[no-any-return]

    assert 1 == desk.carry_out(step)
    assert 2 == len(begun)


def test_whoever_is_interrupted_behind_the_beginning_keeps_no_lock(desk: Engine, sqlite: str) -> None:
    begin = Own.begin

    def interrupted(own: Own) -> None:
        begin(own)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Own, "begin", interrupted)
        desk.open("ticket", ANN, LAMP)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Own, "begin", interrupted)
        with desk.writing():
            pass

    with desk.looking() as sql:
        assert not sql.connection.in_transaction  # type: ignore[attr-defined]

"""Each thread has its connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.conftest import ANN
from workflow.core.errors import StoreUnavailable
from workflow.engine import Engine

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

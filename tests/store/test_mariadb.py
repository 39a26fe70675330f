"""What is asked of a session of MariaDB, and what its errors mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN
from workflow.core.errors import StoreUnavailable
from workflow.engine import Engine
from workflow.store import claims, mariadb
from workflow.store.connections import Connections
from workflow.store.failures import code_of
from workflow.store.tables import metadata

pytestmark = pytest.mark.parametrize("kind", ["mariadb"], indirect=True)
LAMP = {"title": "Broken lamp"}


def columns(engine: Engine, what: str) -> list[Any]:
    tables = ", ".join(f"'{name}'" for name in metadata.tables)
    query = (
        f"SELECT {what} FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({tables})"
    )
    with engine.looking() as sql:
        return list(sql.exec_driver_sql(query))


# ------------------------------------------------------------ the session and the tables


def test_our_sessions_read_what_is_committed(engine: Engine) -> None:
    with engine.looking() as sql:
        assert "READ-COMMITTED" == sql.exec_driver_sql("SELECT @@SESSION.tx_isolation").scalar()


def test_a_session_of_the_hosts_goes_back_as_it_was(database: str, make_engine: Callable[..., Engine]) -> None:
    host = sa.create_engine(database)
    with host.connect() as connection:
        before = connection.exec_driver_sql("SELECT @@SESSION.tx_isolation, @@autocommit, CONNECTION_ID()").one()
    engine = make_engine(host)
    engine.find()
    engine.close()

    with host.connect() as connection:
        after = connection.exec_driver_sql("SELECT @@SESSION.tx_isolation, @@autocommit, CONNECTION_ID()").one()
    host.dispose()
    assert before == after


def test_who_waits_too_long_for_another_to_change_the_tables_is_told_so(
    engine: Engine, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mariadb, "_ALONE", mariadb._ALONE.replace("600", "0"))
    other = sa.create_engine(database)
    with other.connect() as busy, mariadb.alone(busy), pytest.raises(StoreUnavailable, match="run this again"):
        engine.create()
    other.dispose()

    engine.create()


def test_every_text_is_compared_byte_by_byte_and_none_is_short(engine: Engine) -> None:
    found = columns(engine, "column_type, collation_name")

    assert {"utf8mb4_nopad_bin"} == {collation for _, collation in found if collation is not None}
    assert set() == {kind for kind, _ in found} & {"text", "mediumtext", "tinytext"}


def test_the_collation_of_the_database_itself_does_not_matter(
    new_database: Callable[[str], str], kind: str, make_engine: Callable[..., Engine]
) -> None:
    url = new_database(kind)
    server = sa.create_engine(url)
    with server.connect() as sql:
        sql.exec_driver_sql("ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci")
    server.dispose()
    engine = make_engine(url)
    engine.create()

    assert {"utf8mb4_nopad_bin", None} == {row[0] for row in columns(engine, "collation_name")}


def test_a_table_that_compares_loosely_is_refused_with_what_to_do(engine: Engine, database: str) -> None:
    def convert(collation: str) -> None:
        with engine.looking() as sql:
            sql.exec_driver_sql(f"ALTER TABLE people CONVERT TO CHARACTER SET utf8mb4 COLLATE {collation}")

    convert("utf8mb4_general_ci")
    with pytest.raises(
        StoreUnavailable, match="ALTER TABLE people CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_nop"
    ):
        Engine(database).find()
    convert("utf8mb4_nopad_bin")

    again = Engine(database)
    assert () == again.find()
    again.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"init_command": "SET SESSION sql_mode = ''"}, "sql_mode .empty. is not strict"),
        ({"init_command": "SET SESSION sql_mode = 'ANSI_QUOTES'"}, "sql_mode .ANSI_QUOTES. is not strict"),
        ({"charset": "latin1"}, "take `charset` out of the address"),
    ],
)
def test_a_session_that_would_lose_something_is_refused(
    database: str, arguments: dict[str, str], sentence: str
) -> None:
    host = sa.create_engine(database, connect_args=arguments)

    with pytest.raises(StoreUnavailable, match=sentence):
        Engine(host).find()
    assert 0 == host.pool.checkedout()  # type: ignore[attr-defined]
    host.dispose()


def test_a_connection_that_counts_only_what_it_changed_is_refused(database: str) -> None:
    import pymysql

    url = sa.make_url(database)
    host = sa.create_engine(
        "mariadb+pymysql://",
        creator=lambda: pymysql.connect(
            host=url.host, port=url.port or 3306, user=url.username, password=url.password or "", database=url.database
        ),
    )

    with pytest.raises(StoreUnavailable, match="FOUND_ROWS"):
        Engine(host).find()
    host.dispose()


def test_a_server_that_is_too_old_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mariadb.OLDEST, "mariadb", (99, 1))

    with pytest.raises(StoreUnavailable, match=r"it must be 99\.1 or later"):
        Engine(database).find()


def test_it_may_be_called_mysql(
    database: str, make_engine: Callable[..., Engine], ticket_text: str, kind: str, new_database: Callable[[str], str]
) -> None:
    engine = make_engine(new_database(kind).replace("mariadb+pymysql", "mysql+pymysql"))
    engine.create()
    engine.publish(ticket_text)
    engine.open("ticket", ANN, LAMP)

    assert engine.verify().good
    assert {"utf8mb4_nopad_bin", None} == {row[0] for row in columns(engine, "collation_name")}


# ------------------------------------------------------------ statements


def test_a_claim_is_one_range_of_one_index(engine: Engine) -> None:
    for _ in range(30):
        engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN)
    with engine.looking() as sql:
        for query in (claims._due, claims._early, claims._look):
            compiled = query.compile(dialect=sql.dialect, compile_kwargs={"render_postcompile": True})
            values = {**compiled.params, "now": 1, "far": 1, "most": 5}
            plan = sql.exec_driver_sql(f"EXPLAIN {compiled}", values).mappings().one()
            assert ("range", "ix_notices_next_at") == (plan["type"], plan["key"])


def test_whoever_claims_passes_over_what_another_has(
    engine: Engine, database: str, make_engine: Callable[..., Engine]
) -> None:
    for _ in range(4):
        engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN)
    now = engine.moment()
    with engine.writing() as one, make_engine(database).writing() as other:
        first = claims.claim(one, now, "one", now + 1, 2)
        second = claims.claim(other, now, "other", now + 1, 10)

    assert (2, 2) == (len(first), len(second))
    assert set() == {row.id for row in first} & {row.id for row in second}


def test_an_update_that_changes_nothing_counts_its_row(engine: Engine) -> None:
    with engine.writing() as sql:
        found = sql.exec_driver_sql("UPDATE lifecycles SET version = 1 WHERE name = 'ticket'").rowcount

    assert 1 == found


# ------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("code", "collided", "answered"),
    [
        (1213, True, True),  # deadlock
        (1205, True, True),  # waited too long for a lock
        (1020, True, True),  # changed since it was read
        (1406, False, True),  # too long
        (1053, False, False),  # the server shuts down
        (1927, False, False),  # killed
        (2006, False, False),  # gone
        (2013, False, False),  # lost in the middle
        (4031, False, True),
        (0, False, False),  # the driver's own
    ],
)
def test_an_error_says_whether_it_was_a_collision_and_whether_it_was_an_answer(
    database: str, code: int, collided: bool, answered: bool
) -> None:
    import pymysql

    connections = Connections(database)
    error = pymysql.err.OperationalError(code, "…", sqlstate="HY000")

    assert (str(code), collided, answered) == (
        code_of(error), connections.collided(error), connections.answered(error),
    )  # fmt: skip
    connections.close()


def test_two_who_lock_crosswise_both_get_through(
    engine: Engine, database: str, make_engine: Callable[..., Engine]
) -> None:
    """A real deadlock: one of the two is told 1213, and begins again."""
    import threading

    cases = [engine.open("ticket", ANN, LAMP).case.id for _ in range(2)]
    gate, met = threading.Barrier(2), []

    def crosswise(order: list[str]) -> None:
        def step(work: Any) -> None:
            met.append(order[0])
            work.sheet(order[0])
            if len(met) <= 2:
                gate.wait(20)
            work.sheet(order[1])

        make_engine(database).carry_out(step)

    threads = [threading.Thread(target=crosswise, args=(order,)) for order in (cases, cases[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert 3 == len(met)

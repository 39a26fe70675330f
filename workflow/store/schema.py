"""The schema in the database: made and brought up to date by Alembic, and checked before anything is done with it.

Alembic is slow to import and is needed only to change the schema, so it is imported there alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text
from workflow.store import mariadb
from workflow.store.databases import manners
from workflow.store.tables import metadata

HEAD = "0007"  # the newest migration that this release knows
VERSION_TABLE = "casework_version"  # our own, so that the host's Alembic and ours do not meet


def create(engine: Engine, filling: Callable[[Connection, str], None] | None = None) -> None:
    """Make the tables, or bring them up to date, whole or not at all (on MariaDB: to be gone on with, after a kill);
    nothing happens where they are. Of several who begin at once, one does it and the others wait until it is done.

    `filling` is handed the connection and the version that was there when old tables have been brought up to date, to
    fill what cannot be filled by SQL. Raises StoreUnavailable where a newer release has been here.
    """
    from alembic import command
    from alembic.config import Config

    with engine.connect() as connection, connection.begin(), manners(connection.dialect).alone(connection):
        found = version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise other(found)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.attributes["connection"] = connection
        config.attributes["version_table"] = VERSION_TABLE
        with mariadb.underway(connection, VERSION_TABLE, found):
            command.upgrade(config, "head")
            if found is not None and filling is not None:
                filling(connection, found)


def check(connection: Connection) -> None:
    """Raises StoreUnavailable where the tables are missing, old, of a newer release, or compare texts loosely."""
    found = version(connection)
    if found != HEAD:
        raise other(found)
    mariadb.check_tables(connection, sorted(metadata.tables))


def version(connection: Connection) -> str | None:
    """The newest migration that was run on this database; None where none was. Where bringing it up to date was
    broken off, the one that it was begun from.
    """
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return mariadb.begun(connection, VERSION_TABLE) or found


def other(found: str | None) -> StoreUnavailable:
    """The error for a schema that is not this release's, with what to do about it."""
    if found is None:
        return StoreUnavailable(
            Text(
                zh="数据库里还没有 casework 的表；请先运行 casework init",
                en="the database has no tables of casework yet; run `casework init` first",
            )
        )
    if found > HEAD:
        return StoreUnavailable(
            Text(
                zh=f"数据库结构版本 {found} 比本程序（{HEAD}）新；请升级 casework",
                en=f"the database has schema {found}, newer than this release ({HEAD}); upgrade casework",
            )
        )
    return StoreUnavailable(
        Text(
            zh=f"数据库结构版本 {found} 旧于本程序（{HEAD}）；请运行 casework init 升级",
            en=f"the database has schema {found}, older than this release ({HEAD}); run `casework init` to upgrade it",
        )
    )

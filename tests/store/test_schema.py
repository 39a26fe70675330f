"""The schema is what the migrations make, and is looked at before anything is done with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.mysql import LONGTEXT

import workflow.store
from workflow.core.calendar import china
from workflow.core.errors import StoreUnavailable
from workflow.engine import Engine
from workflow.store import schema
from workflow.store.tables import metadata


def test_the_sum_of_the_migrations_is_the_metadata(database: str) -> None:
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": _other_type}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()

    assert [] == differences


def _other_type(
    context: object, found: object, declared: object, in_database: object, in_metadata: object
) -> bool | None:
    """A text of any length is called LONGTEXT on MariaDB; the rest is Alembic's to compare."""
    return False if isinstance(in_database, LONGTEXT) and isinstance(in_metadata, sa.Text) else None


@pytest.mark.parametrize("kind", ["mariadb"], indirect=True)
def test_a_change_of_the_schema_that_is_killed_at_any_step_goes_on(
    kind: str, new_database: Callable[[str], str], make_engine: Callable[..., Engine]
) -> None:
    """There what was done stays done; elsewhere all of it is one transaction."""
    url = new_database(kind)
    steps = 0
    while steps < 100:
        steps += 1
        server = sa.create_engine(url)

        def kill(*arguments: Any) -> None:
            if arguments[2].split()[0] in ("CREATE", "ALTER", "DROP") and "COMMENT" not in arguments[2]:
                raise KeyboardInterrupt

        sa.event.listen(server, "after_cursor_execute", kill)
        try:
            schema.create(server)
            break
        except KeyboardInterrupt:
            continue
        finally:
            server.dispose()

    assert 30 < steps < 90
    test_the_sum_of_the_migrations_is_the_metadata(url)
    assert china().days == make_engine(url).calendar().days


def test_the_newest_migration_is_the_one_this_release_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(workflow.store.__file__).parent / "migrations"))

    assert [schema.HEAD] == ScriptDirectory.from_config(config).get_heads()


def test_the_schema_can_be_undone(kind: str, new_database: Callable[[str], str]) -> None:
    from alembic import command

    engine = sa.create_engine(new_database(kind))
    schema.create(engine)
    config = Config()
    config.set_main_option("script_location", str(Path(workflow.store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes.update(connection=connection, version_table=schema.VERSION_TABLE)
        command.downgrade(config, "base")
    with engine.connect() as connection:
        left = sa.inspect(connection).get_table_names()
    engine.dispose()

    assert [schema.VERSION_TABLE] == left


def test_creating_again_changes_nothing(kind: str, new_database: Callable[[str], str], ticket_text: str) -> None:
    engine = Engine(new_database(kind))
    engine.create()
    engine.publish(ticket_text)
    engine.create()

    assert ["ticket"] == [published.name for published in engine.lifecycles()]
    engine.close()


def test_a_database_without_the_tables_says_what_to_do(kind: str, new_database: Callable[[str], str]) -> None:
    engine = Engine(new_database(kind))

    with pytest.raises(StoreUnavailable, match="casework init"):
        engine.find()
    engine.close()


def test_a_database_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="casework init"):
        Engine(f"sqlite:///{tmp_path}/none.db").find()

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("found", "hint"), [("9999", "upgrade casework"), ("0000", "casework init")])
def test_a_database_of_another_release_says_what_to_do(sqlite: str, found: str, hint: str) -> None:
    other = sa.create_engine(sqlite)
    with other.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '{found}'")
    other.dispose()

    with pytest.raises(StoreUnavailable, match=hint):
        Engine(sqlite).find()


def test_the_tables_of_a_newer_release_are_left_alone(sqlite: str) -> None:
    other = sa.create_engine(sqlite)
    with other.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    other.dispose()

    with pytest.raises(StoreUnavailable, match="newer"):
        Engine(sqlite).create()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mongodb://host/db",
        "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "sqlite:////no/such/folder/x.db",
    ],
)
def test_an_address_of_nothing_is_one_clear_error(url: str) -> None:
    with pytest.raises(StoreUnavailable):
        Engine(url).create()


def test_what_is_no_database_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is no database, but it is long enough to look like one" * 100)

    with pytest.raises(StoreUnavailable):
        Engine(f"sqlite:///{path}").find()


def test_names_are_portable() -> None:
    tables = metadata.tables.values()
    names = (
        [t.name for t in tables]
        + [c.name for t in tables for c in t.columns]
        + [i.name for t in tables for i in t.indexes]
    )

    assert [] == [name for name in names if name is None or len(name) > 30 or name != name.lower()]


def test_using_a_database_imports_no_alembic(sqlite: str) -> None:
    code = f"import sys; from workflow import Engine; Engine({sqlite!r}).find(); sys.exit('alembic' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode

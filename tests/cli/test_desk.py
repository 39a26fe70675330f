"""What `--db` names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Casework
from workflow.cli.desk import Desk, sqlite_file
from workflow.core.errors import InputInvalid
from workflow.store.addresses import address


@pytest.mark.parametrize(
    ("db", "url", "file"),
    [
        ("office.db", "sqlite:///office.db", Path("office.db")),
        ("/srv/办公室.db", "sqlite:////srv/办公室.db", Path("/srv/办公室.db")),
        ("sqlite:///office.db", "sqlite:///office.db", Path("office.db")),
        ("sqlite://", "sqlite://", None),
        ("postgresql://li@host/office", "postgresql+psycopg://li@host/office", None),
        ("postgres://host/office", "postgresql+psycopg://host/office", None),
        ("postgresql+psycopg://host/office", "postgresql+psycopg://host/office", None),
        ("mariadb://li@host/office", "mariadb+pymysql://li@host/office", None),
        ("mysql://host/office", "mysql+pymysql://host/office", None),
        ("mariadb+pymysql://host/office", "mariadb+pymysql://host/office", None),
    ],
)
def test_a_path_or_an_address_names_a_database(db: str, url: str, file: Path | None) -> None:
    assert (url, file) == (address(db), sqlite_file(db))


@pytest.mark.parametrize("args", [["--db", "asked.db", "list"], ["list", "--db", "asked.db"]])
def test_what_the_command_line_names_goes_before_the_environment(
    run: Casework, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.setenv("CASEWORK_DB", "other.db")

    assert "asked.db" in run(*args).err


@pytest.mark.parametrize(
    ("driver", "db", "extra"), [("pymysql", "mariadb://h/o", "mariadb"), ("psycopg", "postgresql://h/o", "postgresql")]
)
def test_a_driver_that_is_not_installed_is_told(
    run: Casework, monkeypatch: pytest.MonkeyPatch, driver: str, db: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)

    said = run("list", "--db", db)
    assert (6, True) == (said.code, f"pip install 'casework[{extra}]'" in said.err)


def test_a_name_that_an_address_cannot_hold_is_refused() -> None:
    with pytest.raises(InputInvalid, match="cannot have"):
        address("what?.db")


def test_a_password_is_not_shown() -> None:
    assert "postgresql://li:***@host/office" == Desk(db="postgresql://li:secret@host/office").shown_db

"""What `--db` names."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    ],
)
def test_a_path_or_an_address_names_a_database(db: str, url: str, file: Path | None) -> None:
    assert (url, file) == (address(db), sqlite_file(db))


def test_a_name_that_an_address_cannot_hold_is_refused() -> None:
    with pytest.raises(InputInvalid, match="cannot have"):
        address("what?.db")


def test_a_password_is_not_shown() -> None:
    assert "postgresql://li:***@host/office" == Desk(db="postgresql://li:secret@host/office").shown_db

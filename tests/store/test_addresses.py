"""The address of a database: what of it is shown, in every sentence that names it."""

from __future__ import annotations

import pytest

from workflow.core.errors import WorkflowError
from workflow.store.addresses import address, shown
from workflow.store.connections import Connections

PASSWORD = "geheim-4711"
WITH_PASSWORD = [
    f"mysqll://root:{PASSWORD}@h/db",  # no such dialect
    f"oracle://root:{PASSWORD}@h/db",  # no such driver here
    f"postgresql://u:{PASSWORD}@127.0.0.1:1/db",
    f"postgresql://u:{PASSWORD}@127.0.0.1:port/db",
    f"postgresql://u:a@{PASSWORD}@127.0.0.1:1/db",
    f"postgresql://u:a/{PASSWORD}@127.0.0.1:1/db",
    f"postgresql://u:a:{PASSWORD}@127.0.0.1:1/db",
    f"postgresql://u@127.0.0.1:1/db?password={PASSWORD}",
    f"postgresql://u:{PASSWORD}@127.0.0.1:1/db?nonsense=1",
    f"postgresql://u:{PASSWORD}",  # its host was forgotten
    f"postgresql:/u:{PASSWORD}@h/db",  # one slash: taken for a file
    f"postgresql:/u:{PASSWORD}@h/db?x=1",
    f"://u:{PASSWORD}@h",
]


@pytest.mark.parametrize("database", WITH_PASSWORD)
def test_no_sentence_repeats_the_password_of_an_address(database: str) -> None:
    assert PASSWORD not in shown(database)

    with pytest.raises(WorkflowError) as caught, Connections(address(database)).use():
        pass

    causes = [caught.value, caught.value.__cause__]
    assert [] == [str(each) for each in causes if each is not None and PASSWORD in str(each)]
    assert PASSWORD not in caught.value.text.zh + caught.value.text.en


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ("postgresql://li:secret@host/office", "postgresql://li:***@host/office"),
        ("postgresql://host:5432/office", "postgresql://host:5432/office"),
        ("postgresql://host/office?sslmode=require", "postgresql://host/office?…"),
        ("sqlite:///casework.db", "sqlite:///casework.db"),
        ("sqlite:///C:/office/casework.db", "sqlite:///C:/office/casework.db"),
        ("./li@office.db", "./li@office.db"),
    ],
)
def test_what_is_no_secret_can_be_read(database: str, expected: str) -> None:
    assert expected == shown(database)


def test_a_port_that_is_no_number_is_told() -> None:
    with pytest.raises(WorkflowError, match="the port must be a number"):
        Connections("postgresql+psycopg://host:port/office")

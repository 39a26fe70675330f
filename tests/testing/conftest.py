"""A host of its own, with a lifecycle that is not ours: the kit as a stranger uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd import step

from workflow.testing import FrozenClock, Office
from workflow.testing.steps import *  # noqa: F403
from workflow.testing.steps import said_as


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office.on(f"sqlite:///{tmp_path}/desk.db", FrozenClock())
    office.publish(Path(__file__).with_name("helpdesk.yaml"))
    office.person("desk01", ["desk"])
    yield office
    office.engine.close()


@said_as(step, '{who} reports "{case}"')
def _(office: Office, who: str, case: str) -> None:
    office.open("helpdesk", case, by=who, title=case)

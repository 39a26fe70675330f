"""What the plug-in for pytest adds where lifecycles are configured: all steps, and the fixture `office`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workflow.testing.office import Office
from workflow.testing.stage import Stage
from workflow.testing.steps import *  # noqa: F403
from workflow.testing.trying import plan


@pytest.fixture(scope="session")
def casework_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The lifecycles of `casework_lifecycles`, published on a database in memory."""
    stage = Stage(plan(request.config.getini("casework_lifecycles")).lifecycles)
    yield stage
    stage.close()


@pytest.fixture
def office(casework_stage: Stage) -> Iterator[Office]:
    """An office that works by them, in which nothing has happened yet."""
    with casework_stage.office() as office:
        yield office

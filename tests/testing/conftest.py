"""A host of its own, with a lifecycle that is not ours: the kit as a stranger uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow.testing import FrozenClock, Office, Stage
from workflow.testing.features import parse
from workflow.testing.scenarios import Played, play, understood
from workflow.testing.steps import *  # noqa: F403

HELPDESK = Path(__file__).with_name("helpdesk.yaml")
TESTS = Path(__file__).parents[1]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office.on(f"sqlite:///{tmp_path}/desk.db", FrozenClock())
    office.publish(HELPDESK)
    office.person("desk01", ["desk"])
    yield office
    office.engine.close()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Our small lifecycles, to play scenarios on."""
    stage = Stage([HELPDESK, TESTS / "clocked.yaml"])
    yield stage
    stage.close()


def played(stage: Stage, steps: str, language: str = "zh-CN") -> Played:
    """One scenario of these steps, played."""
    scenario = {"zh-CN": "功能: f\n场景: s", "en": "Feature: f\nScenario: s"}[language]
    feature = parse(f"# language: {language}\n{scenario}\n{steps}", "f.feature")
    understood([feature])
    return play(stage, feature, feature.scenarios[0])

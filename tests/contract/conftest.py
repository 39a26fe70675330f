"""What the contract tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.sending import Office
from workflow import signing
from workflow.directory import Party
from workflow.engine import Engine
from workflow.sealing import Folder


@pytest.fixture
def office(engine: Engine) -> Office:
    """An office with a desk, where dan works, and with ann, who sends tickets."""
    engine.people.add(Party("dan", "丹", groups=("desk",)))
    engine.people.add(Party("ann", "安"))
    return Office(engine)


@pytest.fixture
def counter(database: str, make_engine: Callable[..., Engine]) -> Engine:
    """A counter where people leave personal data, dan at it; ann is in the directory."""
    engine = make_engine(database)
    engine.publish((Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8"))
    engine.people.add(Party("ann", "安妮", channels={"post": "ann@example.org"}))
    engine.people.add(Party("dan", "丹", groups=("desk",)))
    return engine


@pytest.fixture
def outside(tmp_path: Path) -> Folder:
    """The seal, and what was signed, on another machine."""
    signing.create(tmp_path / "outside", "office")
    return Folder(tmp_path / "outside")

"""What the contract tests share."""

from __future__ import annotations

import pytest

from tests.contract.sending import Office
from workflow.directory import Party
from workflow.engine import Engine


@pytest.fixture
def office(engine: Engine) -> Office:
    """An office with a desk, where dan works, and with ann, who sends tickets."""
    engine.people.add(Party("dan", "丹", groups=("desk",)))
    engine.people.add(Party("ann", "安"))
    return Office(engine)

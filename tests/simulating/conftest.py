"""An errand with two planted faults, the same without them, and a way to simulate either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.model import Lifecycle
from workflow.loading import load
from workflow.simulating.habits import Habits
from workflow.simulating.simulation import Order

ERRAND = Path(__file__).with_name("errand.yaml")
BEGINS = micros(datetime(2022, 1, 4, 9, tzinfo=OFFICE_ZONE))

MakeOrder = Callable[..., Order]


@pytest.fixture(scope="session")
def planted() -> Lifecycle:
    """With the faults."""
    return load(ERRAND.read_text("utf-8"), file="errand.yaml")


@pytest.fixture(scope="session")
def sound() -> Lifecycle:
    """Without them: any job that has ended will do, and an errand may be urgent."""
    text = ERRAND.read_text("utf-8").replace('j.state == "done"', "!j.open").replace("case.urgent != true", "true")
    return load(text, file="errand.yaml")


@pytest.fixture
def order() -> MakeOrder:
    """`order(lifecycle, habits, cases=…, seed=…)`: what to simulate, from January 2022 on."""

    def make(lifecycle: Lifecycle, habits: Habits | None = None, **given: int) -> Order:
        return Order(lifecycle, habits or Habits(), china(), BEGINS, **given)

    return make

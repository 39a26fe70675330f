"""The lifecycles that an office starts from come through a simulation without a fault."""

from __future__ import annotations

import pytest

from tests.simulating.conftest import MakeOrder
from workflow.core.model import Lifecycle
from workflow.loading import load_path
from workflow.shipped import shipped_definitions
from workflow.simulating.report import report
from workflow.simulating.simulation import simulate


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_300_cases_end_and_nothing_is_wrong(name: str, order: MakeOrder) -> None:
    done = simulate(order(load_path(shipped_definitions() / f"{name}.yaml"), cases=300))
    data = report(done)

    assert [] == data["findings"]
    assert (300, 0, 0) == (data["cases"], data["unfinished"], data["unopened"])
    assert [] == data["never_accepted"]
    assert sum(each["cases"] for each in data["outcomes"]) == 300
    assert len(data["never_taken"]) <= 5, data["never_taken"]  # seldom ways: the rest was walked


def test_cases_are_merged_and_follow_their_lead(order: MakeOrder) -> None:
    proposal: Lifecycle = load_path(shipped_definitions() / "proposal.yaml")

    taken = simulate(order(proposal, cases=150)).figures.taken

    assert taken["", "merge"] > 0
    assert taken["", "answer_merged"] > 0

import threading

import pytest
from transitions import MachineError

from workflow.core.kernel import step
from workflow.core.model import Lifecycle


def test_the_machine_moves_a_token(matter: Lifecycle) -> None:
    assert "review.first" == step(matter.root, "draft", "submit", "review.first")
    assert "at_work" == step(matter.root, "at_work", "urge", "at_work")
    assert "draft" == step(matter.root, "draft", "edit", "draft")


def test_the_target_lets_one_route_through(matter: Lifecycle) -> None:
    assert ["done", "at_work", "dropped"] == [
        step(matter.root, "gathered", "decide", t) for t in ("done", "at_work", "dropped")
    ]


def test_a_way_that_the_lifecycle_does_not_have_is_an_error(matter: Lifecycle) -> None:
    with pytest.raises(MachineError):
        step(matter.root, "done", "submit", "review.first")
    with pytest.raises(LookupError):
        step(matter.root, "draft", "submit", "done")


def test_the_machine_is_built_once_and_shared_by_threads(matter: Lifecycle) -> None:
    machines = []
    wrong = []

    def walk() -> None:
        states = {step(matter.root, "gathered", "decide", "done") for _ in range(200)}
        wrong.extend(states - {"done"})
        machines.append(matter.root.machine)

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == wrong
    assert 1 == len({id(machine) for machine in machines})

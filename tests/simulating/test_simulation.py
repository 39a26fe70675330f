"""A simulation finds what is wrong, says it shortly, and is the same every time."""

from __future__ import annotations

import pytest

from tests.simulating.conftest import MakeOrder
from workflow.core.model import Lifecycle
from workflow.simulating.report import course, report
from workflow.simulating.simulation import Simulated, arrivals, simulate, walk_alone


@pytest.fixture(scope="module")
def found(planted: Lifecycle) -> Simulated:
    from tests.simulating.conftest import BEGINS
    from workflow.core.calendar import china
    from workflow.simulating.habits import Habits
    from workflow.simulating.simulation import Order

    return simulate(Order(planted, Habits(), china(), BEGINS, seed=1, cases=60))


def finding(found: Simulated, code: str):  # type: ignore[no-untyped-def]
    return next(each for each in found.findings if each.fault.code == code)


def test_a_join_that_starves_is_found_where_it_stands_in_the_file(found: Simulated) -> None:
    fault = finding(found, "starved").fault

    assert ("out", "errand.yaml", 17) == (fault.about, fault.place.file, fault.place.line)


def test_what_starves_the_join_is_told_in_the_fewest_steps(found: Simulated) -> None:
    told = finding(found, "starved")

    assert ["open", "send", "decline"] == [deed.action for deed in told.course]
    assert 1 == len(told.course[1].input["units"])
    assert told.length > len(told.course)


def test_a_broken_invariant_is_found_with_the_input_that_breaks_it(found: Simulated) -> None:
    told = finding(found, "invariant")

    assert ["open", "send"] == [deed.action for deed in told.course]
    assert (True, True) == (told.course[1].input["urgent"], told.course[1].refused)


def test_nothing_else_is_found(found: Simulated) -> None:
    assert {"starved", "invariant"} == {each.fault.code for each in found.findings}


def test_the_case_that_shows_a_fault_shows_it_again_alone(found: Simulated) -> None:
    for each in found.findings:
        assert each.fault.signature in walk_alone(found.order, each.first).faults


def test_without_the_faults_every_case_comes_to_its_end(sound: Lifecycle, order: MakeOrder) -> None:
    done = simulate(order(sound, cases=60))

    assert () == done.findings
    assert {("done", "successful"): 60} == dict(done.figures.outcomes)


def test_the_same_seed_gives_the_same_report(planted: Lifecycle, order: MakeOrder) -> None:
    first, second = (report(simulate(order(planted, cases=45, seed=7))) for _ in range(2))

    assert first == second


def test_another_seed_gives_another(planted: Lifecycle, order: MakeOrder) -> None:
    assert report(simulate(order(planted, cases=45, seed=7))) != report(simulate(order(planted, cases=45, seed=8)))


def test_several_processes_give_what_one_gives(planted: Lifecycle, order: MakeOrder) -> None:
    wanted = order(planted, cases=45, seed=3)

    assert report(simulate(wanted)) == report(simulate(wanted, jobs=2))


def test_a_case_is_the_same_among_few_and_among_many(planted: Lifecycle, order: MakeOrder) -> None:
    few, many = walk_alone(order(planted, cases=5), 4), walk_alone(order(planted, cases=500), 4)

    assert course(few.deeds) == course(many.deeds)


def test_arrivals_do_not_depend_on_how_many_follow(planted: Lifecycle, order: MakeOrder) -> None:
    wanted = order(planted)

    assert arrivals(wanted, 50)[:10] == arrivals(wanted, 10)
    assert sorted(arrivals(wanted, 50)) == arrivals(wanted, 50)


def test_progress_counts_to_the_end(sound: Lifecycle, order: MakeOrder) -> None:
    told: list[tuple[int, int]] = []

    simulate(order(sound, cases=45), progress=lambda done, of: told.append((done, of)))

    assert [(20, 45), (40, 45), (45, 45)] == told

"""What nobody can end, nobody attends to or nobody can open is said, and time runs by the office's hours."""

from __future__ import annotations

from tests.simulating.conftest import ERRAND, MakeOrder
from workflow.core.calendar import china, local
from workflow.core.model import Lifecycle
from workflow.loading import load
from workflow.simulating.habits import Habits, Pace
from workflow.simulating.simulation import simulate, walk_alone

TEXT = ERRAND.read_text("utf-8").replace('j.state == "done"', "!j.open").replace("case.urgent != true", "true")


def changed(old: str, new: str) -> Lifecycle:
    assert old in TEXT
    return load(TEXT.replace(old, new), file="errand.yaml")


def codes(lifecycle: Lifecycle, order: MakeOrder) -> set[tuple[str, str]]:
    return {each.fault.signature for each in simulate(order(lifecycle, cases=12)).findings}


def test_a_state_that_only_a_guard_that_never_holds_leaves_is_a_dead_end(order: MakeOrder) -> None:
    lifecycle = changed(
        "from: asked\n    to: out", "from: asked\n    if: [{when: case.title == 'x', else: 不行}]\n    to: out"
    )

    assert {("dead_end", "asked")} == codes(lifecycle, order)


def test_a_case_on_nobodys_list_is_found(order: MakeOrder) -> None:
    lifecycle = changed("asked: {label: {zh: 已提出, en: Asked}, waits_for: [desk]}", "asked: {waits_for: []}")

    assert {("nobody", "asked")} == codes(lifecycle, order)


def test_a_deadline_that_takes_a_transition_leads_a_case_on(order: MakeOrder) -> None:
    late = TEXT.replace("to: declined, by: [unit]", "to: declined, by: [unit, engine]")
    lifecycle = load(
        late + "\ndeadlines:\n  due: {of: job, in: open, within: 2bd, overdue: {take: decline}}\n", file="errand.yaml"
    )
    slow = Habits(paces={("job", "", "do"): Pace.parse("fixed 9bd"), ("job", "", "decline"): Pace.parse("fixed 9bd")})

    done = simulate(order(lifecycle, slow, cases=10))

    assert () == done.findings
    assert {("due", False)} == {(name, kept) for name, _, kept in done.figures.kept}


def test_a_case_that_nobody_may_open_is_counted(order: MakeOrder) -> None:
    lifecycle = changed(
        "invariants:", "opened_by: [unit]\ninvariants:"
    )  # a unit is the holder of a part: nobody for a case that is not there yet

    assert 12 == simulate(order(lifecycle, cases=12)).figures.unopened


def test_a_group_opens_what_only_it_may_open(order: MakeOrder) -> None:
    lifecycle = changed("invariants:", "opened_by: [desk]\ninvariants:")

    course = walk_alone(order(lifecycle), 0)

    assert course.deeds[0].actor is not None
    assert {"desk"} == set(course.deeds[0].actor.groups)


def test_people_act_on_working_days_between_nine_and_five(sound: Lifecycle, order: MakeOrder) -> None:
    for index in range(20):
        for deed in walk_alone(order(sound), index).deeds:
            at = local(deed.at)
            assert china().works(at.date())
            assert 9 * 60 <= at.hour * 60 + at.minute <= 17 * 60


def test_habits_decide_what_is_chosen_and_how_long_it_takes(sound: Lifecycle, order: MakeOrder) -> None:
    habits = Habits(
        weights={("job", "", "do"): 0.0, ("job", "", "decline"): 1.0},
        usual=Pace.parse("fixed 2bd"),
        values={"send.units": {"unit-05": 1.0}, "send.units[]": {"1": 1.0}},
    )

    figures = simulate(order(sound, habits, cases=20)).figures

    assert (0, 20) == (figures.taken["job", "do"], figures.taken["job", "decline"])
    assert {("", "asked", 20), ("", "out", 20), ("job", "open", 20)} == set(figures.spells)


def test_a_fast_unit_needs_less_time(sound: Lifecycle, order: MakeOrder) -> None:
    habits = Habits(
        usual=Pace.parse("fixed 2bd"),
        values={"send.units": {"unit-05": 1.0}, "send.units[]": {"1": 1.0}},
        speed={"unit-05": 4.0},
    )

    assert ("job", "open", 5) in simulate(order(sound, habits, cases=3)).figures.spells

"""What a new version would mean for the running cases, counted on every database, without writing a word."""

from __future__ import annotations

import pytest

from tests.conftest import ANN, DAN, of_unit
from tests.contract.test_migrating import ERRAND, content, second
from workflow.comparing import Consequences, consequences, running, touched
from workflow.core.comparing import Change, compare
from workflow.core.errors import InputInvalid
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.loading import load

DESK = Actor("dora", "Dora", groups=frozenset(("desk",)))
DAY = 86_400_000_000


@pytest.fixture
def errands(engine: Engine) -> Engine:
    """Seven errands with a task each at u1; the third is resting, the seventh is over."""
    engine.publish(ERRAND)
    for n in range(7):
        case = engine.open("errand", ANN).case.id
        engine.fire(case, "give", DESK, {"unit": "u1"})
        if n == 2:
            engine.fire(case, "rest", DESK)
        if n == 6:
            engine.fire(case, "finish", DESK)
    return engine


def looked(engine: Engine, text: str) -> tuple[tuple[Change, ...], Consequences]:
    old, new = engine.lifecycle("errand"), load(text)
    return compare(old, new), consequences(engine, old, new)


def counted(engine: Engine, found: tuple[Change, ...]) -> dict[str, int | None]:
    held = running(engine, engine.lifecycle("errand"))
    return {each.about: held.of(each.concerns) for each in found}


def test_each_difference_counts_the_running_cases_that_it_concerns(errands: Engine) -> None:
    text = second(
        ERRAND, ("default: 3mo", "default: 2mo"), ("check: {from: sent, to: checking, by: [desk]}", "check: {from: sent, to: checking, by: [boss]}"),
        ("sign: {from: unsigned, to: handling, by: [unit]}", "sign: {from: unsigned, to: handling, by: [unit], note: required}"),
        ("label: {zh: 交办事项", "label: {zh: 交办的事"),
    )  # fmt: skip
    found = compare(errands.lifecycle("errand"), load(text))

    assert {
        "settings.within.value": 6,
        "parts.task.deadlines.reply_due.within": 6,
        "transitions.check": 5,
        "parts.task.transitions.sign.note": 6,
        "label": None,
    } == counted(errands, found)


def test_due_dates_that_would_move_are_counted_and_five_are_shown(errands: Engine) -> None:
    before = content(errands)
    changes, found = looked(errands, second(ERRAND, ("default: 3mo", "default: 2mo")))
    dates = found.due["task", "reply_due"]

    assert touched(changes)
    assert (6, 0, 5, 0, 0, 5) == (found.looked, found.held, dates.moved, dates.begun, dates.gone, len(dates.examples))
    assert [("task", "reply_due")] == list(found.due)
    assert all(each.was - each.due > 27 * DAY for each in dates.examples if each.was and each.due)
    assert {"u1"} == {each.holder for each in dates.examples}
    assert before == content(errands)


def test_the_dates_are_those_that_a_migration_then_gives(errands: Engine) -> None:
    from workflow.migrating import apply, between
    from workflow.store.tables import timers

    text = second(ERRAND, ("default: 3mo", "default: 2mo"))
    told = {each.case: each.due for each in looked(errands, text)[1].due["task", "reply_due"].examples}
    errands.publish(text)
    list(apply(errands, between(errands, "errand", 1, 2), DESK))
    with errands.looking() as sql:
        rows = sql.execute(timers.select().where(timers.c.deadline == "reply_due")).all()

    assert told == {row.case_id: row.due_at for row in rows if row.case_id in told}


def test_clocks_that_begin_or_fall_away_are_told_as_such(errands: Engine) -> None:
    less = second(ERRAND, ("  plan_due: {latest: [settings.by_day, 1mo], until: done}\n", ""), migrate="{from: 1, deadlines: {plan_due: drop}}")  # fmt: skip
    more = second(ERRAND, ("  act_due:", "  end_due: {from: opened, until: done, within: 9d}\n  act_due:"))

    assert (0, 0, 6) == _dates(looked(errands, less)[1], "plan_due")
    assert (0, 6, 0) == _dates(looked(errands, more)[1], "end_due")


def _dates(found: Consequences, name: str) -> tuple[int, int, int]:
    dates = found.due["", name]
    return dates.moved, dates.begun, dates.gone


def test_to_do_lists_that_grow_or_shrink_are_counted_by_party(errands: Engine) -> None:
    _, found = looked(errands, second(ERRAND, ("sent: {label: {zh: 已交办, en: Sent}}", "sent: {label: {zh: 已交办, en: Sent}, waits_for: [boss]}")))  # fmt: skip

    assert ({"bosses": 5}, {"desk": 5}) == (found.appear, found.vanish)


def test_a_case_without_a_place_in_the_new_version_is_counted_apart(errands: Engine) -> None:
    gone = ERRAND.replace("resting", "asleep")
    _, found = looked(errands, gone)  # the same version, as it is while somebody writes it

    assert (6, 1, {}) == (found.looked, found.held, found.due)


def test_a_mapping_of_names_that_are_not_there_is_an_error(errands: Engine) -> None:
    wrong = second(ERRAND, migrate="{from: 1, states: {restign: resting}}")

    with pytest.raises(InputInvalid, match="restign"):
        looked(errands, wrong)


def test_answered_parts_and_other_versions_do_not_count(engine: Engine, ticket_text: str) -> None:
    for n in range(2):
        case = engine.open("ticket", ANN, {"title": str(n), "weight": 3}).case.id
        engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes", "result": "A"})
    engine.publish(second(ticket_text))
    engine.open("ticket", ANN, {"title": "new", "weight": 3})
    first, newest = (running(engine, engine.lifecycle("ticket", version)) for version in (1, 2))

    assert {("", "sent"): 1, ("", "out"): 1, ("task", "open"): 1} == first.states
    assert {("", "draft"): 1} == newest.states

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.loading.texts import LEAVE, broken, problems
from workflow.core.model import Duration, Field, Kind, Lifecycle, Place, Text, Transition
from workflow.loading import load


@pytest.fixture
def leave() -> Lifecycle:
    return load(LEAVE, file="leave.yaml")


def test_a_transition_carries_what_was_written(leave: Lifecycle) -> None:
    ask = leave.root.transitions["ask"]

    assert ("ask", ("draft",), "asked", ("applicant",)) == (ask.name, ask.sources, ask.to, ask.by)
    assert (("days", "ground"), "optional", False) == (ask.require, ask.note, ask.act)
    assert Place("leave.yaml", 31, 5) == ask.place


def test_an_act_is_kept_beside_the_transitions_and_marked(leave: Lifecycle) -> None:
    remind = leave.root.transitions["remind"]

    assert ["ask", "settle", "remind"] == list(leave.root.transitions)
    assert (True, "required", Duration(5, "bd"), None) == (remind.act, remind.note, remind.at_most_every, remind.to)


def test_a_guard_by_name_brings_its_condition_and_its_sentence(leave: Lifecycle) -> None:
    (guard,) = leave.root.transitions["ask"].guards

    assert ("short", "case.days < 10") == (guard.name, guard.when.source)
    assert Text(zh="不超过十天", en="Ten days at most") == guard.otherwise
    assert guard is leave.guards["short"]


def test_a_guard_may_be_written_where_it_is_used() -> None:
    lifecycle = load(LEAVE.replace("if: short", "if: [short, {when: case.reason != null, else: 须写理由}]"))

    guards = lifecycle.root.transitions["ask"].guards
    assert ["short", "ask_2"] == [guard.name for guard in guards]
    assert "须写理由" == guards[1].otherwise.zh


def test_routes_keep_their_order_and_else_has_no_condition(leave: Lifecycle) -> None:
    routes = leave.root.transitions["settle"].routes

    assert [("parts.opinion.all(p, p.yes)", "granted"), (None, "denied")] == [
        (route.when and route.when.source, route.to) for route in routes
    ]


def test_a_route_may_have_effects_of_its_own() -> None:
    lifecycle = load(LEAVE.replace("to: granted}", "to: granted, set: {reason: '\"x\"'}, close: opinion}"))

    effects = lifecycle.root.transitions["settle"].routes[0].effects
    assert (["reason"], ("opinion",)) == ([name for name, _ in effects.set], effects.close)


def test_an_ask_with_the_name_of_a_field_begins_as_that_field() -> None:
    lifecycle = load(
        LEAVE.replace("    if: short", "    ask: {days: {max: 5}, ground: , extra: {type: text, required: true}}")
    )

    days, ground, extra = lifecycle.root.transitions["ask"].asks
    own = lifecycle.root.fields
    assert replace(own["days"], max=5, place=days.place) == days
    assert replace(own["ground"], place=ground.place) == ground
    assert Field("extra", "text", required=True, place=extra.place) == extra


def test_an_ask_is_required_only_if_it_says_so() -> None:
    text = LEAVE.replace("days: {type: int,", "days: {required: true, type: int,")
    lifecycle = load(text.replace("    if: short", "    ask: {days: {}, ground: {required: true}}"))

    assert [False, True] == [field.required for field in lifecycle.root.transitions["ask"].asks]


def test_guards_see_what_comes_with_the_command() -> None:
    text = LEAVE.replace("case.days < 10", "input.days < 10 && input.extra == 'x'")

    assert ["condition"] == [p.code for p in problems(text)]
    assert [] == problems(text.replace("    if: short", "    if: short\n    ask: {extra: text}"))


def test_a_guard_is_checked_for_every_kind_that_uses_it() -> None:
    found = broken("ask: {yes: {required: true}}", "if: short")

    assert ["leave.yaml:20:15"] == [str(p.place) for p in found]
    assert "'opinion'" in found[0].text.en


@pytest.mark.parametrize("when", ["case.days < 10", "case.yes", "input.whatever == 3"])
def test_a_guard_that_nothing_uses_yet_is_right_if_it_is_right_somewhere(when: str) -> None:
    text = LEAVE.replace("guards:\n", f"guards:\n  spare: {{when: {when}, else: 不行}}\n")

    assert ["short", "spare"] == sorted(load(text).guards)


def test_a_guard_that_is_right_nowhere_is_told_though_nothing_uses_it() -> None:
    found = broken("guards:\n", "guards:\n  spare: {when: case.nothing, else: 不行}\n")

    assert ["leave.yaml:19:21"] == [str(p.place) for p in found]


def test_within_is_a_duration_or_a_setting() -> None:
    kind = load(LEAVE.replace("    if: short", "    within: settings.longest")).root
    assert Duration(5, "bd") == _ask(kind).within

    kind = load(LEAVE.replace("    if: short", "    within: 2mo")).root
    assert Duration(2, "mo") == _ask(kind).within


def test_a_case_that_has_ended_may_be_taken_up_again_where_the_file_says_so() -> None:
    lifecycle = load(LEAVE.replace("acts:\n", "  reopen: {from: [granted, denied], to: draft, by: head}\nacts:\n"))

    assert ("granted", "denied") == lifecycle.root.transitions["reopen"].sources


def _ask(kind: Kind) -> Transition:
    return kind.transitions["ask"]

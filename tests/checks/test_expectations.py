"""What `expect:` says is proved, or refuted by the shortest way."""

from __future__ import annotations

import pytest

from tests.checks.texts import found
from workflow.checks import SOUND


def refuted(expectation: str) -> list[str]:
    problems = found(text=SOUND + f"expect:\n  - {expectation}\n")
    return [problem.text.en for problem in problems if problem.code == "expectation_broken"]


@pytest.mark.parametrize(
    "expectation",
    [
        "{from: any, can_reach: [granted, denied]}",
        "{from: asked, can_reach: granted}",
        "{never: granted, without_passing: decided}",
        "{never: [granted, denied], without_passing: [asked]}",
        "{from: granted, never: [draft, asked, decided, denied]}",
        "{from: decided, never: denied, without_passing: [denied]}",
        "{of: opinion, from: any, can_reach: [given, none]}",
        "{of: opinion, from: given, never: none}",
    ],
)
def test_what_holds_is_silently_proved(expectation: str) -> None:
    assert [] == refuted(expectation)


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        (
            "{never: granted, without_passing: denied}",
            (
                "Granted (granted) can be reached without passing Denied (denied): Draft (draft) —Ask (ask)→ Asked (asked) "
                "—All opinions are in (settle)→ To be decided (decided) —Grant (grant)→ Granted (granted)"
            ),
        ),
        (
            "{from: [granted, asked], can_reach: denied}",
            (
                "Denied (denied) cannot be reached from Granted (granted); the way there: Draft (draft) —Ask (ask)→ Asked (asked) "
                "—All opinions are in (settle)→ To be decided (decided) —Grant (grant)→ Granted (granted)"
            ),
        ),
        ("{from: asked, never: draft}", "Draft (draft) can be reached: Asked (asked) —Recall (recall)→ Draft (draft)"),
        (
            "{of: opinion, never: none, without_passing: given}",
            "None given (none) can be reached without passing Given (given): Open (open) —Lapse (lapse)→ None given (none)",
        ),
    ],
)
def test_what_does_not_hold_is_refuted_by_the_shortest_way(expectation: str, expected: str) -> None:
    assert [expected] == refuted(expectation)


def test_a_state_around_others_means_those() -> None:
    nested = SOUND.replace(
        "  decided: {label: {zh: 待定, en: To be decided}}",
        "  decided: {label: {zh: 待定, en: To be decided}, initial: first, states: {first: {label: {zh: 一, en: One}}, "
        "second: {label: {zh: 二, en: Two}}}}",
    ).replace(
        "transitions:\n  ask:",
        "transitions:\n  on: {label: {zh: 下一步, en: On}, from: decided.first, to: decided.second, by: [head]}\n  ask:",
    )

    assert [] == found(text=nested + "expect: [{never: granted, without_passing: decided}]\n")

"""Conditions are really evaluated, and the finding says for which values."""

from __future__ import annotations

import pytest

from tests.checks.texts import found, told
from workflow.checks import check
from workflow.loading import load

GRANT = "  grant: {label: {zh: 批准, en: Grant}, from: decided, to: granted, by: [head]}"
ROUTES = "  grant: {label: {zh: 批准, en: Grant}, from: decided, by: [head], routes: [{when: 'A', to: granted}, {when: 'B', to: denied}]}"
GUARDED = GRANT[:-1] + ", if: [{when: 'A', else: {zh: 不行, en: No}}]}"
FIELDS = "  days: {type: int, required: true, min: 1, max: 30, label: {zh: 天数, en: Days}}"


def routes(first: str, second: str) -> list[str]:
    problems = found((GRANT, ROUTES.replace("A", first).replace("B", second)))
    return [f"{problem.code}: {problem.text.en}" for problem in problems]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("case.days < 10", "case.days >= 10"),
        ('parts.opinion.exists(o, o.view == "no")', '!parts.opinion.exists(o, o.view == "no")'),
        ("parts.opinion.size() == 0", "parts.opinion.size() > 0"),
        ('visits("asked") < 2', 'visits("asked") >= 2'),
        ("case.days < 10 && parts.opinion.all(o, !o.open)", "!(case.days < 10 && parts.opinion.all(o, !o.open))"),
    ],
)
def test_routes_that_fit_together_are_left_alone(first: str, second: str) -> None:
    assert [] == routes(first, second)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("case.days < 10", "case.days > 10", "gap_in_routes: no route of Grant (grant) holds, for example with case.days = 10"),
        ("case.days <= 10", "case.days >= 10", "overlapping_routes: routes 1 and 2 of Grant (grant) hold at once; for example with case.days = 10"),
        (
            'parts.opinion.exists(o, o.outcome == "successful")', 'parts.opinion.exists(o, o.outcome == "cancelled")',
            'gap_in_routes: no route of Grant (grant) holds, for example with parts.opinion = []',
        ),
        ('visits("asked") == 1', 'visits("asked") == 2', 'gap_in_routes: no route of Grant (grant) holds, for example with visits("asked") = 0'),
    ],
)  # fmt: skip
def test_a_gap_and_an_overlap_are_told_with_values(first: str, second: str, expected: str) -> None:
    assert expected in routes(first, second)


def test_an_overlap_that_a_guard_makes_impossible_is_none() -> None:
    text = ROUTES.replace("A", "case.days <= 10").replace("B", "case.days >= 10")

    guarded = text.replace("by: [head]", "by: [head], if: [{when: case.days != 10, else: {zh: 不行, en: No}}]")

    assert [] == told(found((GRANT, guarded)))


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("case.days <= 30", "always_true"),
        ("case.days > 30", "always_false"),
        ('parts.opinion.exists(o, o.state == "given" && o.open)', "always_false"),
        ("parts.opinion.all(o, o.open || o.outcome != null)", "always_true"),
        ("case.days / (case.days - 3) > 1", "failing_condition"),
        ('parts.opinion[0].view == "no"', "failing_condition"),
    ],
)
def test_what_a_condition_always_or_never_is(condition: str, code: str) -> None:
    assert [code] == [each for _, each in told(found((GRANT, GUARDED.replace("A", condition))))]


@pytest.mark.parametrize(
    "condition",
    [
        "case.days > 5",
        "parts.opinion.size() >= 3",
        'parts.opinion.filter(o, o.view == "no").size() > 1',
        "parts.opinion.exists(o, o.holder == actor.id)",
        'actor.unit == "x"',
        'visits("asked") < 3',
        "case.created_by != actor.id",
        "case.days + case.days < 40",
        "parts.opinion.size() <= 20",
        "parts.opinion.all(o, o.view == null || o.view.size() < 200)",
        'parts.opinion.all(o, o.view == null || o.view.matches("^[0-9]+$"))',
        "parts.opinion.all(o, o.round < 2)",
        'now < timestamp("2040-01-01T00:00:00Z")',
        "case.opened_at < now",
        'actor.groups.exists(g, g == "heads")',
    ],
)
def test_an_ordinary_condition_is_left_alone(condition: str) -> None:
    assert [] == told(found((GRANT, GUARDED.replace("A", condition))))


def test_a_field_that_may_be_empty_fails_unless_the_action_requires_it() -> None:
    rest = (FIELDS, FIELDS + "\n  rest: {type: int, index: true, label: {zh: 剩余, en: Left}}")
    guarded = GUARDED.replace("A", "case.rest > 3")

    assert ["failing_condition"] == [code for _, code in told(found(rest, (GRANT, guarded)))]
    assert [] == told(found(rest, (GRANT, guarded[:-1] + ", require: [rest]}")))
    assert [] == told(found(rest, (GRANT, GUARDED.replace("A", "case.rest != null && case.rest > 3"))))


def test_a_place_is_within_the_file_wherever_the_condition_stands() -> None:
    assert [("30:91", "always_true")] == told(found((GRANT, GUARDED.replace("A", "case.days > 0"))))


def test_one_condition_that_many_share_is_told_once() -> None:
    guard = ("states:\n  draft", "guards: {g: {when: case.days > 0, else: {zh: 不行, en: No}}}\nstates:\n  draft")
    deny = "from: decided, to: denied, by: [head], note: required"

    assert ["always_true"] == [
        code for _, code in told(found(guard, (GRANT, GRANT[:-1] + ", if: g}"), (deny, deny + ", if: g")))
    ]


def test_a_lifecycle_without_its_source_is_checked_all_the_same() -> None:
    from dataclasses import replace

    from workflow.checks import SOUND

    lifecycle = replace(load(SOUND.replace("case.holder", "case.holder")), source="")

    assert [] == check(lifecycle)

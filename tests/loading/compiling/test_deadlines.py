"""What a deadline may say of the cases that it is for, and what statistics may say of it."""

from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken
from workflow.core.model import Selector
from workflow.loading import load

TERM = "within: settings.longest, overdue"
GRANTED = "count: {reached: granted}, of: {reached: [granted, denied]}"
DATED = LEAVE.replace(
    "fields: {yes: {type: bool, default: false}}", "fields: {yes: {type: bool, default: false}, by: date}"
)


def test_a_deadline_may_be_for_some_cases_only() -> None:
    (deadline,) = load(LEAVE.replace(TERM, f"when: case.yes && parent.days > 3, {TERM}")).clocks["opinion"]

    assert "case.yes && parent.days > 3" == getattr(deadline.when, "source", None)
    assert None is load(LEAVE).clocks["opinion"][0].when


@pytest.mark.parametrize(
    ("when", "code", "sentence"),
    [
        ("case.yess", "condition", "yess"),
        ("parent.days", "condition", "这里需要是/否"),
        ("input.yes", "condition", "input"),
        ('""', "missing_value", "一个条件（CEL 表达式）"),
    ],
)
def test_its_condition_is_checked_when_the_file_is_read(when: str, code: str, sentence: str) -> None:
    (problem, *_) = broken(TERM, f"when: {when}, {TERM}")

    assert code == problem.code
    assert (55, "leave.yaml") == (problem.place.line, problem.place.file)


def test_a_deadline_may_be_a_date_of_the_case() -> None:
    (deadline,) = load(DATED.replace(TERM, "at: case.by, overdue")).clocks["opinion"]

    assert ("by", (), False) == (deadline.field, deadline.terms, deadline.roll)


@pytest.mark.parametrize(
    ("at", "code", "zh"),
    [
        ("case.bye", "unknown_name", "没有名为“bye”的字段；已有的字段：by；是否指“by”？"),
        ("case.yes", "wrong_type", "字段“yes”的类型是 bool；此处需要 date"),
        ("case", "bad_value", "“case”不能写在这里；应为日期、settings.某项，或 case.某字段，如 2022-06-30"),
    ],
)
def test_a_field_that_is_no_date_of_the_case_is_told(at: str, code: str, zh: str) -> None:
    (problem,) = broken(TERM, f"at: {at}, overdue", DATED)

    assert (code, zh) == (problem.code, problem.text.zh)


def test_hours_do_not_extend_a_date_of_the_case() -> None:
    (problem,) = broken(TERM, "at: case.by, extend: {by: [head], up_to: 5h}, overdue", DATED)

    assert "mixed_units" == problem.code


def test_a_metric_may_judge_by_deadlines_and_take_some_away() -> None:
    text = LEAVE.replace(
        GRANTED,
        "count: {part: opinion, on_time: opinion_due, not: {overdue: [opinion_due], in: open}}, of: {part: opinion, due: opinion_due}",
    )
    metric = load(text).metrics["granted_rate"]

    assert (
        Selector("opinion", on_time=("opinion_due",), unless=Selector(overdue=("opinion_due",), now=("open",)))
        == metric.count
    )
    assert Selector("opinion", due=("opinion_due",)) == metric.of


@pytest.mark.parametrize(
    ("count", "code", "said"),
    [
        ("{part: opinion, on_time: opinion_du}", "unknown_name", "opinion_due"),
        ("{overdue: opinion_due}", "unknown_name", "opinion_due"),
        ("{part: opinion, due: []}", "missing_value", "时限"),
        ("{part: opinion, not: {}}", "missing_key", "on_time"),
        ("{part: opinion, not: {latest: true}}", "unknown_key", "latest"),
    ],
)
def test_a_deadline_that_the_kind_does_not_have_is_told(count: str, code: str, said: str) -> None:
    found = broken(GRANTED, f"count: {count}")

    assert code in [problem.code for problem in found]
    assert said in "".join(problem.text.zh for problem in found)

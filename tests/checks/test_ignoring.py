"""A warning is accepted with a reason; an error never is."""

from __future__ import annotations

import pytest

from tests.checks.texts import found, told

HEAD = "  head: {group: heads, label: {zh: 领导, en: Head}}\n"
TYPIST = "  typist: {group: typists, label: {zh: 打字员, en: Typist}}"


def with_typist(line: str) -> list[tuple[str, str]]:
    return told(found((HEAD, HEAD + line + "\n")))


def test_a_warning_is_told_where_nobody_accepts_it() -> None:
    assert [("9:3", "unused_role")] == with_typist(TYPIST)


@pytest.mark.parametrize(
    "line",
    [
        f"{TYPIST}  # casework: ignore unused_role because the next version needs it",
        f"  # casework: ignore unused_role because the next version needs it\n{TYPIST}",
        f"  # casework: 忽略 unused_role 因为下一版要用\n  # 打字室\n{TYPIST}",
        f"{TYPIST}  # 打字室 # casework: ignore unused_role 因为：下一版要用",
    ],
)
def test_a_reason_accepts_it_on_the_line_or_above(line: str) -> None:
    assert [] == with_typist(line)


@pytest.mark.parametrize(
    "comment",
    [
        "# casework: ignore unused_role",
        "# casework: ignore unused_role because",
        "# casework: ignore unused_role later",
    ],
)
def test_without_a_reason_it_is_told_and_the_comment_too(comment: str) -> None:
    assert [("9:3", "unused_role"), ("9:59", "ignore_without_reason")] == with_typist(f"{TYPIST}  {comment}")


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("ignore unused_roll because it is needed", 'did you mean "unused_role"?'),
        ("ignore dead_end because it is meant", "'dead_end' is an error: it cannot be ignored, only put right"),
        ("ignore unused_guard because it is meant", "there is no 'unused_guard' to ignore here; delete the comment"),
        ("ignore because it is meant", "there is no check called 'because'"),
    ],
)
def test_a_comment_that_does_nothing_is_told(comment: str, expected: str) -> None:
    problems = found((HEAD, f"{HEAD}  # casework: {comment}\n"))

    assert ["useless_ignore"] == [problem.code for problem in problems]
    assert expected in problems[0].text.en


def test_an_error_stays_whatever_the_comment_says() -> None:
    end = "  denied: {label: {zh: 不同意, en: Denied}, final: unsuccessful}\n"
    stuck = "  denied: {label: {zh: 不同意, en: Denied}, waits_for: [head]}  # casework: ignore dead_end because it is meant\n"

    assert ["dead_end", "useless_ignore"] == [code for _, code in told(found((end, stuck)))]

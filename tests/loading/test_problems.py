from __future__ import annotations

import pytest

from workflow.core.errors import LifecycleInvalid
from workflow.core.model import Place, Text
from workflow.loading.problems import MANY, Problems, listed, meant_by, near, shortened


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("submitttd", ["draft", "submitted"], "submitted"),
        ("Submitted", ["draft", "submitted"], "submitted"),
        ("at-most-every", ["at_most_every"], "at_most_every"),
        ("checking", ["filing.checking", "draft"], "filing.checking"),
        ("标题", ["draft"], None),
        ("x", [], None),
    ],
)
def test_the_name_that_was_meant_is_guessed(written: str, known: list[str], meant: str | None) -> None:
    assert meant == near(written, known)


def test_among_very_many_names_none_is_guessed() -> None:
    assert near("s1", [f"s{n}" for n in range(MANY + 1)]) is None


def test_a_guess_is_a_question_in_both_languages() -> None:
    assert Text(zh="；是否指“draft”？", en='; did you mean "draft"?') == meant_by("drafft", ["draft"])
    assert Text() == meant_by("zzz", ["draft"])


def test_a_long_list_of_names_is_cut() -> None:
    assert ("a、b 等 3 个", "a, b and 1 more") == listed(["a", "b", "c"], most=2)


def test_a_quoted_text_is_one_short_line() -> None:
    assert "a b" == shortened("a\n  b")
    assert "abcde…" == shortened("abcdefgh", most=6)


def test_problems_are_raised_in_the_order_of_the_file_and_other_files_last() -> None:
    problems = Problems("b.yaml")
    problems.add(Place("", 9, 1), "later", "后", "later")
    problems.add(Place("", 2, 5), "sooner", "前", "sooner")
    problems.add(Place("", 2, 5), "sooner", "前", "sooner")
    problems.put(type(problems.found[0])(Place("a.yaml", 1, 1), "other", Text("别", "other")))

    with pytest.raises(LifecycleInvalid) as caught:
        problems.raise_if_any()

    assert ["b.yaml:2:5: sooner", "b.yaml:9:1: later", "a.yaml:1:1: other"] == [
        p.say("en") for p in caught.value.problems
    ]


def test_without_problems_nothing_is_raised() -> None:
    problems = Problems("a.yaml")

    problems.raise_if_any()

    assert not problems

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loading.texts import LEAVE, broken
from workflow.loading.nodes import Scalar, Table
from workflow.loading.positions import position
from workflow.loading.problems import Problems
from workflow.loading.reading import read


def where(text: str, marker: str) -> tuple[int, int]:
    """Where the file has `marker`, which the value of its first entry holds once."""
    node = read(text, "a.yaml", Problems())
    assert isinstance(node, Table)
    value = next(iter(node.entries.values()))
    assert isinstance(value, Scalar)
    before = value.text[: value.text.index(marker)]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return position(text.split("\n"), value, line, column)


@pytest.mark.parametrize(
    "text",
    [
        "a: one two @ three\n",
        "a:    案由 == @\n",
        "a: 'it''s @ here'\n",
        'a: "a\\"b\\u4e2d\\x41\\n @"\n',
        "a: one\n  two @ three\n",
        'a: "one \\\n  two\\x20@"\n',
        "a: 'one\n\n   two @'\n",
        'a: "one\n  two\n  @"\n',
        "a: |\n  one\n  two @\n",
        "a: |\n  one\n\n    two @\n",
        "a: >-\n  one &&\n  two @ three\n",
        "a: >\n    one\n\n    two\n    @\n",
        "a: |-\n\n  @\n",
        "{a: one @}\n",
    ],
)
def test_a_place_in_a_value_is_found_in_the_file(text: str) -> None:
    line, column = where(text, "@")

    assert "@" == text.split("\n")[line - 1][column - 1]


def test_the_end_of_a_value_is_the_place_behind_its_last_word() -> None:
    node = Scalar("a < ", "'", 1, 4)

    assert (1, 8) == position(["x: 'a < '", "y: 1"], node, 1, 5)


def test_a_line_that_the_value_does_not_have_is_its_beginning() -> None:
    assert (3, 4) == position(["", "", "x: abc"], Scalar("abc", "", 3, 4), 9, 1)


@given(st.text("ab '\\\"&<\n案", min_size=1, max_size=20), st.sampled_from(["'", '"']))
def test_every_character_of_a_quoted_value_is_found(text: str, quote: str) -> None:
    written = text.replace("'", "''") if quote == "'" else text.replace("\\", "\\\\").replace('"', '\\"')
    written = written.replace("\n", " " if quote == "'" else "\\n")
    file = f"k: {quote}@{written}{quote}\n"

    assert (1, 5) == where(file, "@")


@pytest.mark.parametrize(
    ("new", "at"),
    [
        ("when: 'case.days < 10 && case.reazon == null'", "20:34"),
        ('when: "case.reason == \\"a\\" && case.reazon == null"', "20:40"),
        ("when: >-\n      case.days < 10 &&\n      case.reazon == null", "22:11"),
        ("when: |\n      case.days < 10\n      && case.reazon == null", "22:14"),
        ("when: case.reason == '提案𠮷' && case.reazon == null", "20:39"),
        ("when: case.days < 10 &&\n      case.reazon == null", "21:11"),
    ],
)
def test_a_problem_in_a_condition_has_its_place_in_the_file(new: str, at: str) -> None:
    assert [f"leave.yaml:{at}"] == [str(p.place) for p in broken("when: case.days < 10", new, LEAVE)]

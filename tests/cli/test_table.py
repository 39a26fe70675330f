"""Tables align whatever language they hold."""

from __future__ import annotations

import click
from wcwidth import wcswidth

from workflow.cli.table import table

ROWS = [["011-1-023", "关于加强乡村教育的提案", "3"], ["7", "plain", "120"], ["011-1-9", "混 mixed 排", ""]]


def lines(**settings: object) -> list[str]:
    return [click.unstyle(each) for each in table(["编号", "title", "天"], ROWS, **settings)]  # type: ignore[arg-type]


def test_the_second_column_begins_at_the_same_terminal_column_in_every_row() -> None:
    starts = {
        wcswidth(each[: each.index(word)]) for each, word in zip(lines()[2:], ("关于", "plain", "混"), strict=True)
    }

    assert {11} == starts


def test_numbers_end_at_the_same_terminal_column() -> None:
    assert 1 == len({wcswidth(each) for each in lines(numbers=(2,))[2:4]})


def test_every_line_fits_the_terminal_when_one_column_gives_way() -> None:
    assert max(wcswidth(each.rstrip()) for each in lines(elastic=1, room=30)) <= 30


def test_what_is_piped_is_not_cut() -> None:
    assert any("关于加强乡村教育的提案" in each for each in lines(elastic=1))


def test_a_cell_cannot_break_its_row() -> None:
    shown = table(["a"], [["one\ntwo\x1b[2J"]])

    assert "one two�[2J" == shown[-1]

"""Text is measured as a terminal shows it."""

from __future__ import annotations

import pytest
from wcwidth import wcswidth

from workflow.cli.width import columns, cut, line, pad, plain, wrap

TEXTS = [
    "", "plain", "提案", "关于加强 21 世纪乡村教育的建议", "“引号”……—→·", "ｆｕｌｌ　ｗｉｄｔｈ", "e\u0301 combining", "𠮷野家", "한글", "かな", "☎ 电话",
    "zero\u200bwidth", "№ ①",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_columns_agree_with_wcwidth(text: str) -> None:
    assert wcswidth(text) == columns(text)


def test_padding_fills_to_terminal_columns() -> None:
    assert "提案  " == pad("提案", 6)
    assert "  提案" == pad("提案", 6, right=True)


@pytest.mark.parametrize(
    ("width", "expected"), [(10, "关于修路"), (8, "关于修路"), (7, "关于修…"), (6, "关于…"), (1, "…")]
)
def test_cutting_never_splits_a_wide_character(width: int, expected: str) -> None:
    shown = cut("关于修路", width)

    assert expected == shown
    assert columns(shown) <= width


def test_no_wrapped_line_is_wider_than_the_room_or_begins_with_a_closing_mark() -> None:
    text = "办件的流程引擎，先用 casework demo 看一个县的一年；再用 casework init 从头开始。" * 3

    lines = wrap(text, 30)

    assert text.replace(" ", "") == "".join(lines).replace(" ", "")
    assert all(columns(each) <= 31 for each in lines)
    assert not [each for each in lines if each[0] in "，；。"]


def test_english_is_wrapped_between_words() -> None:
    assert ["the quick", "brown fox"] == wrap("the quick brown fox", 10)


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    assert "�[31m红�[2Jdesrever�" == plain("\x1b[31m红\x1b[2Jdesrever\u202e")


def test_a_cell_is_one_line() -> None:
    assert "第一行 第二行" == line("第一行\n  第二行\t")

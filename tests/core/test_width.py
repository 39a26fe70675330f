"""How wide a line stands on a terminal, and where it may be broken."""

import pytest

from workflow.core.width import columns, wrap


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (0, ""),
        (4, "desk"),
        (4, "办理"),
        (6, "办理ok"),
        (2, "！"),
        (2, "𠮷"),
        (1, "e\u0301"),  # an accent stands on its letter
        (1, "1\u20dd"),  # so does a circle around it
        (1, "\u200bx"),  # a space of no width
        (2, "\u1112\u1161"),  # 하 from two signs: the vowel joins the consonant
        (3, "a\u00adb"),  # a soft hyphen is shown
        (2, "½é"),
    ],
)
def test_a_chinese_character_takes_two_columns_and_what_joins_another_none(width: int, text: str) -> None:
    assert width == columns(text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("send it to the desk", 11, ["send it to", "the desk"]),
        ("send it to", 10, ["send it to"]),
        ("提案已经办复", 8, ["提案已经", "办复"]),
        ("提案办复。重新审查", 8, ["提案办", "复。重新", "审查"]),  # no line begins with 。
        ("提案（办复）了", 6, ["提案", "（办", "复）了"]),  # nor ends with （
        ("T-001 已办复", 8, ["T-001 已", "办复"]),
        ("a\nb", 10, ["a", "b"]),
        ("a\n\nb", 10, ["a", "", "b"]),
        ("incomprehensibilities is long", 8, ["incomprehensibilities", "is long"]),
        ("  in  ", 10, ["in"]),
        ("", 10, []),
    ],
)
def test_lines_are_broken_between_words_and_between_characters(text: str, width: int, lines: list[str]) -> None:
    assert lines == wrap(text, width)

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.loading.characters import flaw, position


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0x00, "control"), (0x1B, "control"), (0x7F, "control"), (0x85, "control"), (0x2028, "control"), (0xFFFF, "control"),
        (0x200B, "zero_width"), (0x00AD, "zero_width"), (0x2060, "zero_width"), (0xFEFF, "zero_width"), (0x3164, "zero_width"),
        (0x202E, "bidi"), (0x2067, "bidi"), (0x200F, "bidi"), (0x061C, "bidi"),
        (0xD800, "control"), (0xE0041, "control"),
    ],
)  # fmt: skip
def test_a_character_that_cannot_be_seen_is_refused_where_it_stands(number: int, code: str) -> None:
    found = flaw(f"案{chr(number)}由")

    assert found is not None
    assert (1, code) == (found.index, found.code)
    assert f"U+{number:04X}" in found.text.zh


@pytest.mark.parametrize("text", ["提案：“甲”，乙。", "a\tb\nc\r\n", "𠮷野家", "葛\U000e0100", "é", "☑ → …", "👍"])
def test_what_people_write_is_allowed(text: str) -> None:
    assert flaw(text) is None


def test_a_character_in_another_spelling_is_told_with_the_usual_one() -> None:
    found = flaw("一行\n价格 cafe\u0301\n")

    assert found is not None
    assert (9, "not_normal") == (found.index, found.code)
    assert "“é”" in found.text.zh


@given(st.text())
def test_a_text_without_flaw_is_normal_and_holds_nothing_invisible(text: str) -> None:
    if flaw(text) is None:
        assert unicodedata.is_normalized("NFC", text)
        assert not [
            char for char in text if unicodedata.bidirectional(char) in {"LRO", "RLO", "LRI", "RLI", "PDF", "PDI"}
        ]
        assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cs"} and char not in "\t\n\r"]


def test_a_position_counts_from_one() -> None:
    assert [(1, 1), (1, 3), (2, 1), (3, 2)] == [position("ab\n\ncd", index) for index in (0, 2, 3, 5)]

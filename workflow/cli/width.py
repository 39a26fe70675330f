"""Text on a terminal: filled or cut to a number of columns, and without what could steer the terminal."""

from __future__ import annotations

import re

from workflow.core.width import columns, wrap

__all__ = ["columns", "cut", "line", "pad", "plain", "wrap"]

ELLIPSIS = "…"

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled with spaces to `width` columns, at its end or (`right`) before it."""
    space = " " * (width - columns(text))
    return space + text if right else text + space


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, its end replaced by an ellipsis where it is longer."""
    if columns(text) <= width:
        return text
    kept, used = "", columns(ELLIPSIS)
    for character in text:
        used += columns(character)
        if used > width:
            break
        kept += character
    return kept + ELLIPSIS


def plain(text: str) -> str:
    """`text` without what could steer a terminal or turn the reading direction; line breaks stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def line(text: str) -> str:
    """`text` on one line, safe to print."""
    return plain(" ".join(text.split()))

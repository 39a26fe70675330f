"""How wide text stands in a terminal, where a Chinese character takes two columns: measuring, cutting, wrapping.

`unicodedata` is compiled into Python; a library of character widths costs as much at start as click does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

ELLIPSIS = "…"

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_CLOSING = "，。；：、！？）」』】》”’…"
_PIECE = re.compile(rf"\s+|[“‘（《「]*[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+[{_CLOSING}]*")


def columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if east_asian_width(character) in "WF":
        return 2
    joins = category(character) in ("Mn", "Me", "Cf") and character != "\u00ad"
    return 0 if joins or "\u1160" <= character <= "\u11ff" else 1


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
        used += _columns(character)
        if used > width:
            break
        kept += character
    return kept + ELLIPSIS


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken between words and between Chinese characters.

    Its own line breaks stay. No line begins with a closing mark; a longer word stands on a line of its own.
    """
    return [line for paragraph in text.splitlines() for line in _wrap(paragraph, width)]


def _wrap(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(paragraph):
        if line and columns(line) + columns(piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece if line or piece.strip() else ""
    yield line.rstrip()


def plain(text: str) -> str:
    """`text` without what could steer a terminal or turn the reading direction; line breaks stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def line(text: str) -> str:
    """`text` on one line, safe to print."""
    return plain(" ".join(text.split()))

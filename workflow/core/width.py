"""How wide text stands where a Chinese character takes two columns: measuring and wrapping.

`unicodedata` is compiled into Python; a library of character widths costs as much at start as click does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

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

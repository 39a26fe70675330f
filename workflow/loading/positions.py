"""Where a character of a scalar's value stands in the file: quotes, escapes and folded lines undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow.loading.nodes import Scalar

_HEX = {"x": 2, "u": 4, "U": 8}


def position(lines: Sequence[str], node: Scalar, line: int, column: int) -> tuple[int, int]:
    """Line and column in the file of line and column (from 1) in the value of `node`.

    `lines` are those of the file. The answer is the beginning of the scalar where it cannot be told better.
    """
    values = node.text.split("\n")
    if line > len(values):
        return node.line, node.column
    wanted = sum(len(value) + 1 for value in values[: line - 1]) + column - 1
    spots = _block(lines, node) if node.style in ("|", ">") else _flow(lines, node)
    at, last = 0, (node.line, node.column)
    for char, *spot in spots:
        if at == len(node.text):
            break
        # A run of blanks in the file may be one blank, or a line end, in the value.
        if char.isspace() and not node.text[at].isspace():
            continue
        if at == wanted:
            return spot[0], spot[1]
        at += 1
        if not char.isspace():
            last = (spot[0], spot[1] + 1)
    return last


def _block(lines: Sequence[str], node: Scalar) -> Iterator[tuple[str, int, int]]:
    """The characters of a block scalar (| or >), which begins in the line below its mark."""
    indent: int | None = None
    for number in range(node.line, len(lines)):
        text = lines[number]
        if not text.strip():
            yield "\n", number + 1, 1
            continue
        own = len(text) - len(text.lstrip(" "))
        if indent is None:
            indent = own
        if own < indent:
            return
        for column in range(indent, len(text)):
            yield text[column], number + 1, column + 1
        yield "\n", number + 1, len(text) + 1


def _flow(lines: Sequence[str], node: Scalar) -> Iterator[tuple[str, int, int]]:
    """The characters of a plain or quoted scalar; an escape counts as the character it stands for."""
    column = node.column - 1 + (1 if node.style else 0)
    for number in range(node.line - 1, len(lines)):
        text = lines[number]
        while column < len(text):
            width, char = 1, text[column]
            if node.style == "'" and text.startswith("''", column):
                width = 2
            elif node.style == '"' and char == "\\":
                width, char = _escape(text, column)
            yield char, number + 1, column + 1
            column += width
        yield "\n", number + 1, len(text) + 1
        following_line = lines[number + 1] if number + 1 < len(lines) else ""
        column = len(following_line) - len(following_line.lstrip())


def _escape(text: str, column: int) -> tuple[int, str]:
    """How many characters an escape has, and what it stands for, as far as that matters here: a blank or not."""
    letter = text[column + 1 : column + 2]
    digits = text[column + 2 : column + 2 + _HEX.get(letter, 0)]
    if digits:
        return 2 + len(digits), chr(int(digits, 16))
    return 2, " " if letter in ("", "n", "t", "r", "N", "_") else letter

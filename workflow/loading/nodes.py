"""What a YAML text says, as a tree in which everything knows where it stands.

A scalar stays the text that was written; the type comes later, from its place in the language (see `shape`).
"""

from __future__ import annotations

from typing import TypeAlias


class Scalar:
    """One word, number or sentence: `text` as written, `style` its quotes ("" plain, ' " | >)."""

    __slots__ = ("column", "line", "style", "text", "value")

    def __init__(self, text: str, style: str, line: int, column: int) -> None:
        self.text = text
        self.style = style
        self.line = line
        self.column = column
        self.value: object = text  # after the shape was checked: in the type that its place asks for

    @property
    def empty(self) -> bool:
        """Nothing was written, as after the colon in `draft:`."""
        return not self.text and not self.style


class Table:
    """A mapping, in the order of the file; `keys` has the scalar of each key."""

    __slots__ = ("broken", "column", "entries", "keys", "line")

    def __init__(self, line: int, column: int) -> None:
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Scalar] = {}
        self.line = line
        self.column = column
        self.broken = False  # something else stood here: already reported, to be looked at no further


class Items:
    """A list."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


Node: TypeAlias = Scalar | Table | Items


def plain(node: Node) -> object:
    """The tree as ordinary dicts, lists and values."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Table):
        return {name: plain(child) for name, child in node.entries.items()}
    return [plain(child) for child in node.items]

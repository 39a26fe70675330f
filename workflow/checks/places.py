"""From a path of keys to line and column: the file is read once more, and only where something was found."""

from __future__ import annotations

from workflow.checks.subject import Where
from workflow.core.model import Place
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.problems import Problems, Spot
from workflow.loading.reading import read

_NAMED = frozenset(
    "acts deadlines expect fields guards invariants metrics parts roles settings states tallies transitions ask of edit "
    "set".split()
)  # fmt: skip


class Places:
    """Finds the places in the text of one lifecycle."""

    def __init__(self, source: str, file: str) -> None:
        self._file = file
        self._top: Node = read(source, file, Problems(file))

    def find(self, where: Where) -> Place:
        """Where the path leads: a name's key, or else the value itself; as far as there is such a path."""
        node: Node = self._top
        spot: Spot = node
        before: str | int = ""
        for step in where:
            if isinstance(node, Items) and isinstance(step, str) and len(node.items) == 1:
                node = node.items[0]  # one of something may be written as a list of one
            if isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
                node = spot = node.items[step]
            elif isinstance(node, Table) and isinstance(step, str) and step in node.entries:
                key, node = node.keys[step], node.entries[step]
                value = isinstance(node, Scalar) and not node.empty and before not in _NAMED
                spot = node if value else key
            elif step != 0:
                break
            before = step
        return Place(self._file, spot.line, spot.column)

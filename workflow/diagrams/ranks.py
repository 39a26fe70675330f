"""A graph in ranks: which node stands how far down, and in what order from left to right, so that few lines cross.

The classic way of layered drawings (Sugiyama, Tagawa and Toda 1981): rank by the longest way from the beginning, fill
long edges with bends, and order each rank by where its neighbours stand.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 24


@dataclass(slots=True, eq=False)
class Cell:
    """What takes up room in a rank: a node, the words on an edge, or (`bend`) an edge on its way past."""

    width: float
    height: float
    rank: int
    bend: bool = False
    box: bool = False
    ups: list[Cell] = field(default_factory=list, repr=False)
    downs: list[Cell] = field(default_factory=list, repr=False)
    x: float = 0.0  # of its middle
    y: float = 0.0


def ranked(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How far down each node stands, from 0: one further than whatever leads to it. The edges have no circles."""
    rank = dict.fromkeys(nodes, 0)
    into: dict[str, int] = dict.fromkeys(rank, 0)
    out: dict[str, list[str]] = {name: [] for name in rank}
    for source, target in edges:
        into[target] += 1
        out[source].append(target)
    ready = [name for name, count in into.items() if not count]
    for name in ready:
        for target in out[name]:
            rank[target] = max(rank[target], rank[name] + 1)
            into[target] -= 1
            if not into[target]:
                ready.append(target)
    return rank


def ordered(cells: Iterable[Cell]) -> list[list[Cell]]:
    """The ranks from the top, each from left to right with as few crossings as the sweeps could find."""
    ranks: list[list[Cell]] = []
    for cell in cells:
        while len(ranks) <= cell.rank:
            ranks.append([])
        ranks[cell.rank].append(cell)
    best, least = [list(rank) for rank in ranks], _crossings(ranks)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for rank, beside in _pairs(ranks, down=down):
            _sort(rank, beside, down=down)
        _swap(ranks)
        crossings = _crossings(ranks)
        if crossings < least:
            best, least = [list(rank) for rank in ranks], crossings
    return best


def _pairs(ranks: list[list[Cell]], *, down: bool) -> Iterable[tuple[list[Cell], list[Cell]]]:
    return zip(ranks[1:], ranks, strict=False) if down else zip(ranks[-2::-1], ranks[::-1], strict=False)


def _sort(rank: list[Cell], beside: list[Cell], *, down: bool) -> None:
    """Order a rank by the middle of each cell's neighbours in the rank beside it; who has none stays where it is."""
    at = _places(beside)
    middle: dict[Hashable, float] = {}
    for n, cell in enumerate(rank):
        places = [at[each] for each in (cell.ups if down else cell.downs)]
        middle[cell] = sum(places) / len(places) if places else n
    rank.sort(key=middle.__getitem__)


def _swap(ranks: list[list[Cell]]) -> None:
    """Change places with the neighbour wherever that leaves fewer crossings."""
    for n, rank in enumerate(ranks):
        above = _places(ranks[n - 1]) if n else {}
        below = _places(ranks[n + 1]) if n + 1 < len(ranks) else {}
        for i in range(len(rank) - 1):
            left, right = rank[i], rank[i + 1]
            if _between(left, right, above, below) > _between(right, left, above, below):
                rank[i], rank[i + 1] = right, left


def _between(left: Cell, right: Cell, above: Mapping[Cell, int], below: Mapping[Cell, int]) -> int:
    """How often the edges of two neighbours cross."""
    ups = sum(above[a] > above[b] for a in left.ups for b in right.ups)
    return ups + sum(below[a] > below[b] for a in left.downs for b in right.downs)


def _crossings(ranks: Sequence[list[Cell]]) -> int:
    count = 0
    for rank, beside in pairwise(ranks):
        at = _places(beside)
        ends = [sorted(at[each] for each in cell.downs) for cell in rank]
        passed: list[int] = []
        for targets in ends:
            count += sum(each > target for target in targets for each in passed)
            passed += targets
    return count


def _places(rank: Iterable[Cell]) -> dict[Cell, int]:
    return {cell: n for n, cell in enumerate(rank)}

"""Where everything stands in a drawing: boxes, the words on lines, and lines that pass through neither.

Pure geometry, in pixels: sizes in, places out, the same for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflow.diagrams.ranks import Cell, ordered, ranked

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]  # a cubic Bézier: where it begins, two handles, where it ends

BESIDE = 18.0  # between two neighbours
BEND = 10.0  # the room of a line on its way past
PORT = 16.0  # between two lines at a box
LOW, HIGH = 26.0, 96.0  # between two ranks
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Rect:
        """The same further right and down."""
        return Rect(self.x + x, self.y + y, self.width, self.height)

    def overlaps(self, other: Rect) -> bool:
        """Whether the two have an inner point in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge to be drawn, and how large the words on it are (0, 0: there are none)."""

    source: str
    target: str
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where one edge runs: curves one after the other in its own direction, broken where its words stand."""

    curves: tuple[tuple[Curve, ...], ...]
    words: Rect | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing with its upper left corner at 0, 0."""

    boxes: Mapping[str, Rect]
    wires: tuple[Drawn, ...]
    width: float
    height: float


def lay_out(boxes: Mapping[str, tuple[float, float]], wires: Sequence[Wire]) -> Layout:
    """Places for boxes (name -> width, height) and wires, in the order in which things go on.

    A wire to an earlier box is one that leads back, and runs upwards. None leads from a box to itself. A box grows in
    width where its lines would not find room on it.
    """
    order = {name: n for n, name in enumerate(boxes)}
    back = {n for n, wire in enumerate(wires) if order[wire.target] < order[wire.source]}
    turned = [(w.target, w.source) if n in back else (w.source, w.target) for n, w in enumerate(wires)]
    rank = ranked(boxes, turned)
    cells = {name: Cell(width, height, 2 * rank[name], box=True) for name, (width, height) in boxes.items()}
    chains = [
        _chain(cells[upper], cells[lower], wire, back=n in back)
        for n, ((upper, lower), wire) in enumerate(zip(turned, wires, strict=True))
    ]
    for cell in cells.values():
        cell.width = max(cell.width, PORT * max(len(cell.ups), len(cell.downs)))
    between = [cell for chain in chains for cell in chain[1:-1]]
    ranks = ordered([*cells.values(), *between])
    _place_across(ranks)
    tops = _place_down(ranks)
    left = min(cell.x - cell.width / 2 for row in ranks for cell in row)
    for row in ranks:
        for cell in row:
            cell.x -= left
    ports = _Ports(cells.values())
    drawn = []
    for n, (chain, wire) in enumerate(zip(chains, wires, strict=True)):
        curves, words = _drawn(chain, tops, ports, wire)
        drawn.append(Drawn(_reversed(curves) if n in back else curves, words))
    return Layout(
        {name: _rect(cell) for name, cell in cells.items()},
        tuple(drawn),
        max(cell.x + cell.width / 2 for row in ranks for cell in row),
        tops[-1][1],
    )


def _chain(upper: Cell, lower: Cell, wire: Wire, *, back: bool) -> list[Cell]:
    """The cells of an edge from the upper box to the lower; its words stand beside the box that it leaves."""
    words_at = lower.rank - 1 if back else upper.rank + 1
    chain = [upper]
    for rank in range(upper.rank + 1, lower.rank):
        spoken = rank == words_at and wire.height > 0
        chain.append(Cell(wire.width if spoken else BEND, wire.height if spoken else 0.0, rank, bend=not spoken))
    chain.append(lower)
    for above, below in pairwise(chain):
        above.downs.append(below)
        below.ups.append(above)
    return chain


# ---------------------------------------------------------------- across


def _place_across(ranks: Sequence[list[Cell]]) -> None:
    """Give each cell its x: near its neighbours above and below, a long line as straight as can be."""
    for row in ranks:
        _spread(row, [0.0] * len(row), [1.0] * len(row))
    for turn in range(ROUNDS):
        rows = ranks if turn % 2 == 0 else ranks[::-1]
        for row in rows:
            wanted, weights = [], []
            for cell in row:
                beside = [(each, _pull(cell, each)) for each in _looked_at(cell, turn)]
                weight = sum(pull for _, pull in beside)
                wanted.append(sum(each.x * pull for each, pull in beside) / weight if weight else cell.x)
                weights.append(weight or 0.1)
            _spread(row, wanted, weights)


def _looked_at(cell: Cell, turn: int) -> list[Cell]:
    if turn >= ROUNDS - 4:
        return [*cell.ups, *cell.downs]
    return (cell.ups or cell.downs) if turn % 2 == 0 else (cell.downs or cell.ups)


def _pull(one: Cell, other: Cell) -> float:
    return 8.0 if one.bend and other.bend else 3.0 if one.bend or other.bend else 1.0


def _spread(row: Sequence[Cell], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """As near to the wanted places as can be without changing the order or overlapping: pool adjacent violators."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + BESIDE)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * weight) / (heavy + weight)
            weight, count = heavy + weight, many + count
        pools.append((mean, weight, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for cell, mean, offset in zip(row, means, offsets, strict=True):
        cell.x = mean + offset


# ---------------------------------------------------------------- down


def _place_down(ranks: Sequence[list[Cell]]) -> list[tuple[float, float]]:
    """Give each cell its y; the top and the bottom of each rank. Where lines run far to the side there is more room."""
    tops: list[tuple[float, float]] = []
    y = 0.0
    for row in ranks:
        height = max(cell.height for cell in row)
        tops.append((y, y + height))
        for cell in row:
            cell.y = y + height / 2
        far = max((abs(cell.x - each.x) for cell in row for each in cell.downs), default=0.0)
        y += height + min(HIGH, LOW + far / 8)
    return tops


def _rect(cell: Cell) -> Rect:
    return Rect(cell.x - cell.width / 2, cell.y - cell.height / 2, cell.width, cell.height)


# ---------------------------------------------------------------- lines


class _Ports:
    """Where lines meet a box: side by side, in the order of where they come from."""

    def __init__(self, boxes: Iterable[Cell]) -> None:
        self.found: dict[tuple[Cell, Cell, bool], float] = {}
        for box in boxes:
            for below, others in ((False, box.ups), (True, box.downs)):
                there = sorted(others, key=lambda each: each.x)
                step = min(2 * PORT, box.width / max(len(there), 1))
                for n, other in enumerate(there):
                    self.found[box, other, below] = box.x + step * (n - (len(there) - 1) / 2)

    def at(self, cell: Cell, other: Cell, *, below: bool) -> float:
        """The x at which the line between the two meets `cell`."""
        return self.found.get((cell, other, below), cell.x)


def _drawn(
    chain: Sequence[Cell], tops: Sequence[tuple[float, float]], ports: _Ports, wire: Wire
) -> tuple[tuple[tuple[Curve, ...], ...], Rect | None]:
    """The curves of one edge from top to bottom; within a rank they run straight down, between ranks they swing."""
    words: Rect | None = None
    pieces: list[tuple[Curve, ...]] = []
    piece: list[Curve] = []
    for above, below in pairwise(chain):
        x, to = ports.at(above, below, below=True), ports.at(below, above, below=False)
        leaves, enters = tops[above.rank][1], tops[below.rank][0]
        half = (leaves + enters) / 2
        piece += _straight(x, above.y + above.height / 2, leaves)
        piece.append(((x, leaves), (x, half), (to, half), (to, enters)))
        piece += _straight(to, enters, below.y - below.height / 2)
        if not below.bend and not below.box:
            words = Rect(below.x - wire.width / 2, below.y - wire.height / 2, wire.width, wire.height)
        if not below.bend:
            pieces.append(tuple(piece))
            piece = []
    return tuple(pieces), words


def _straight(x: float, start: float, end: float) -> list[Curve]:
    if end - start < 0.5:
        return []
    third = (end - start) / 3
    return [((x, start), (x, start + third), (x, end - third), (x, end))]


def _reversed(pieces: tuple[tuple[Curve, ...], ...]) -> tuple[tuple[Curve, ...], ...]:
    return tuple(tuple((d, c, b, a) for a, b, c, d in reversed(piece)) for piece in reversed(pieces))

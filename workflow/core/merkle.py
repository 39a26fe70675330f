"""The Merkle tree of RFC 9162 over the leaf hashes of a log: its root, and the two proofs that it allows.

A node is known by the range of leaves that it covers, `(first, behind the last)`. A tree is never held: leaves stream
past once, and the nodes that somebody wants are kept. The proofs are checked without the leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

from workflow.core.hashing import Hash

Range = tuple[int, int]


def parent(left: bytes, right: bytes, hash: Hash = sha256) -> bytes:
    """The hash of a node whose children are `left` and `right`."""
    return hash(b"\x01" + left + right).digest()


def empty(hash: Hash = sha256) -> bytes:
    """The root of a tree without leaves."""
    return hash(b"").digest()


class Frontier:
    """The right edge of a tree: the roots of the full subtrees that make it up, the largest first.

    It is all that is needed to add a leaf (one hash for each on average) and to know the root. `hash` is the log's.
    """

    __slots__ = ("_hash", "nodes", "size")

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = (), hash: Hash = sha256) -> None:
        if len(nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees, not {len(nodes)}")
        self.size = size
        self.nodes = [*nodes]
        self._hash = hash

    def add(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        nodes, full = self.nodes, self.size
        while full & 1:
            leaf = parent(nodes.pop(), leaf, self._hash)
            full >>= 1
        nodes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.nodes:
            return empty(self._hash)
        found = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            found = parent(left, found, self._hash)
        return found


def gathered(
    leaves: Iterable[bytes], wanted: Collection[Range], hash: Hash = sha256
) -> tuple[int, bytes, dict[Range, bytes]]:
    """How many leaves there are, the root over them, and the hashes of those nodes of the tree that are `wanted`.

    One pass, with memory for the right edge and for what is wanted.
    """
    wanted = frozenset(wanted)
    found: dict[Range, bytes] = {}
    edge: list[tuple[int, int, bytes]] = []

    def keep(first: int, behind: int, node: bytes) -> tuple[int, int, bytes]:
        if (first, behind) in wanted:
            found[first, behind] = node
        return first, behind, node

    size = 0
    for leaf in leaves:
        edge.append(keep(size, size + 1, leaf))
        full = size
        while full & 1:
            _, behind, right = edge.pop()
            first, _, left = edge.pop()
            edge.append(keep(first, behind, parent(left, right, hash)))
            full >>= 1
        size += 1
    if not edge:
        return 0, empty(hash), found
    _, _, last = edge.pop()
    while edge:
        first, _, left = edge.pop()
        _, _, last = keep(first, size, parent(left, last, hash))
    return size, last, found


def inclusion(index: int, size: int) -> list[Range]:
    """The nodes that prove that leaf `index` (from 0) stands in a tree of `size` leaves (RFC 9162, 2.1.3.1)."""
    _within(0 <= index < size, index, size)
    path: list[Range] = []
    first, behind = 0, size
    while behind - first > 1:
        middle = first + _split(behind - first)
        if index < middle:
            path.append((middle, behind))
            behind = middle
        else:
            path.append((first, middle))
            first = middle
    return path[::-1]


def consistency(old: int, size: int) -> list[Range]:
    """The nodes that prove that the tree of the first `old` leaves grew into that of `size` (RFC 9162, 2.1.4.1)."""
    _within(0 < old <= size, old, size)
    path: list[Range] = []
    first, behind, whole = 0, size, True  # whole: the old tree is this very node, whose hash is known to the reader
    while old != behind:
        middle = first + _split(behind - first)
        if old <= middle:
            path.append((middle, behind))
            behind = middle
        else:
            path.append((first, middle))
            first, whole = middle, False
    if not whole:
        path.append((first, behind))
    return path[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, hash: Hash = sha256) -> bool:
    """Whether `proof` shows that `leaf` is the leaf `index` of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for node in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = parent(node, found, hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = parent(found, node, hash)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes], hash: Hash = sha256) -> bool:
    """Whether `proof` shows that nothing of the tree of `old` leaves was changed in that of `size` (2.1.4.2)."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size or not proof:
        return False
    nodes = [*proof] if old & (old - 1) else [old_root, *proof]
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = parent(node, before, hash), parent(node, after, hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = parent(after, node, hash)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _split(leaves: int) -> int:
    """How many of at least two leaves stand in the left subtree: the largest power of two below their number."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _within(fits: bool, index: int, size: int) -> None:
    if not fits:
        raise IndexError(f"{index} is not in a tree of {size} leaves")

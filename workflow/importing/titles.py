"""Titles that are the same, and titles that are nearly the same."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

ALIKE = 70  # per cent


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows with like titles: their lines, the titles, and how like they are in per cent (100: the same)."""

    line: int
    title: str
    other_line: int
    other_title: str
    likeness: int


class Titles:
    """Compares each new title with all before it, by the pairs of neighbouring characters that both have (Dice).

    Only titles that share a pair are looked at, so that thousands of titles are compared in seconds.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[int, str, str, Counter[str]]] = []
        self._having: dict[str, list[int]] = {}

    def add(self, line: int, title: str) -> Iterator[Pair]:
        """The pairs that `title` makes with titles before it, more than `ALIKE` per cent alike."""
        plain = _plain(title)
        pairs = Counter(plain[n : n + 2] for n in range(len(plain) - 1)) or Counter([plain])
        shared: Counter[int] = Counter()
        for pair, n in pairs.items():
            for index in self._having.get(pair, ()):
                shared[index] += min(n, self._seen[index][3][pair])
        size = pairs.total()
        for index, common in sorted(shared.items()):
            other_line, other_title, other_plain, other_pairs = self._seen[index]
            both = size + other_pairs.total()
            if 200 * common > ALIKE * both:
                likeness = 100 if plain == other_plain else min(99, 200 * common // both)
                yield Pair(line, title, other_line, other_title, likeness)
        for pair in pairs:
            self._having.setdefault(pair, []).append(len(self._seen))
        self._seen.append((line, title, plain, pairs))


def _plain(title: str) -> str:
    """Without spaces and without the difference between full and half width."""
    return "".join(unicodedata.normalize("NFKC", title).split())

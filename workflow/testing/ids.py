"""Ids that can be read in a test."""

from __future__ import annotations

from itertools import count


class CountedIds:
    """Gives `prefix` and the next number: "id-000001", "id-000002", … in the order of asking."""

    def __init__(self, prefix: str = "id-") -> None:
        self.prefix = prefix
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{self.prefix}{next(self._numbers):06d}"

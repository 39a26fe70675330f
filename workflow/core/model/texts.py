"""The smallest values: texts in both languages, places in a file, lengths of time, conditions.

Every moment is an integer of microseconds UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Language = Literal["zh", "en"]
Outcome = Literal["successful", "unsuccessful", "cancelled"]
Micros = int


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label, in Chinese and in English. A missing language falls back to the other."""

    zh: str = ""
    en: str = ""

    def say(self, language: str = "zh") -> str:
        """The text in `language` ("zh" or "en"), or in the other one where it was not written."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a lifecycle file; line and column count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time with its unit: `d` calendar days, `bd` working days, `mo` months, `h` hours."""

    n: int
    unit: Literal["h", "d", "bd", "mo"]

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"


class Expression(Protocol):
    """A compiled CEL expression (see `workflow.core.expressions`)."""

    @property
    def source(self) -> str: ...

    def evaluate(self, scope: Any) -> Any:
        """The value in this scope; raises `ConditionFailed` where CEL answers with an error value."""

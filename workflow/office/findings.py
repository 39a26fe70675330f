"""What verifying found: what is wrong and where, what people wrote about it, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workflow.core.model import Micros, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: in which file, at which record (0: in no record), when and by whom that was made."""

    code: str
    text: Text
    file: str
    seq: int = 0
    at: Micros | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person wrote to explain the record `about` of a file (None: what its tables say), in its record `seq`."""

    file: str
    seq: int
    about: int | None
    at: Micros
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many records of how many files were looked at, and all that is wrong with them.

    `outdated`: timers worked out by another calendar than the one in force. Their due dates are unproven until a
    worker has counted them anew. `annotations` are what people wrote about records and tables: said, not proven.
    `erased`: personal values that are gone as a record of their erasure says.
    """

    records: int
    files: int
    findings: tuple[Finding, ...]
    outdated: int = 0
    annotations: tuple[Annotation, ...] = ()
    erased: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def and_(self, found: Iterable[Finding]) -> Verdict:
        """The same with what else was found."""
        return replace(self, findings=(*self.findings, *found))

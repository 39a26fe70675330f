"""What comparing two lifecycles comes to: one sentence for each difference, and which cases it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflow.core.model import Place, Text

Severity = Literal["tightens", "loosens", "moves", "words"]
SEVERITIES: tuple[Severity, ...] = ("tightens", "loosens", "moves", "words")
MIRROR: dict[Severity, Severity] = {"tightens": "loosens", "loosens": "tightens", "moves": "moves", "words": "words"}
Sort = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Concern:
    """The running cases that a difference is about, in the names of the older side: those of the kind `kind`, in one of
    `states` (None: in any), whose clock `deadline` runs (None: whatever their clocks).
    """

    kind: str = ""
    states: tuple[str, ...] | None = None
    deadline: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `about` is a stable path such as `transitions.file.note`; `where` is its place in the newer file,
    or in the older one for what is gone; `concerns` is None where no running case is touched.
    """

    kind: Sort
    about: str
    text: Text
    where: Place
    severity: Severity
    concerns: Concern | None = None

"""The lifecycle of the examples, changed at one place, and what is then found."""

from __future__ import annotations

from workflow.checks import SOUND, check
from workflow.core.errors import Problem
from workflow.loading import load


def found(*changes: tuple[str, str], text: str = SOUND) -> list[Problem]:
    """What is found after each (old, new), where the old is there once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return check(load(text, file="leave.yaml"))


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    """Place and code of each."""
    return [(f"{each.place.line}:{each.place.column}", each.code) for each in problems]

"""What is wrong with a lifecycle that loads, or merely looks wrong: `check` says all of it, with places.

An *error* is certain: a case would stand still for ever, or an expectation of the author does not hold; such a
lifecycle is not published. A *warning* may be meant, and can be accepted with a reason. A *note* is for who asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow.checks import (
    clocks,
    conditions,
    expectations,
    fields,
    loaded,
    metrics,
    names,
    notices,
    parts,
    roles,
    states,
)
from workflow.checks.catalogue import CATALOGUE, SOUND, Check, Finding, Severity
from workflow.checks.ignoring import accepted
from workflow.checks.places import Places
from workflow.checks.subject import Subject
from workflow.core.errors import LifecycleInvalid, Problem
from workflow.core.model import Lifecycle, Place

MODULES = (states, roles, parts, conditions, clocks, notices, metrics, fields, names, expectations, loaded)


def check(lifecycle: Lifecycle, *, only: Severity | None = None) -> list[Problem]:
    """Everything found in `lifecycle`, in the order of its file; `only` one severity if so asked.

    What the author has accepted with a reason is left out.
    """
    subject = Subject(lifecycle)
    found = [
        (entry.code, finding)
        for entry in CATALOGUE.values()
        if entry.run is not None and only in (None, entry.severity)
        for finding in entry.run(subject)
    ]
    problems = _placed(found, lifecycle)
    if only is None:
        certain = {code for code, entry in CATALOGUE.items() if entry.severity == "error"}
        problems = accepted(problems, lifecycle.source, lifecycle.file, CATALOGUE, certain)
    return sorted(dict.fromkeys(problems), key=lambda each: (each.place.line, each.place.column))


def refuse_errors(lifecycle: Lifecycle) -> None:
    """Raises LifecycleInvalid with every error, where there is one: such a lifecycle is not published."""
    problems = check(lifecycle, only="error")
    if problems:
        raise LifecycleInvalid(problems)


def severity(code: str) -> Severity:
    """How grave a problem with this code is; what is not in the catalogue counts as an error."""
    return CATALOGUE[code].severity if code in CATALOGUE else "error"


def _placed(found: Iterable[tuple[str, Finding]], lifecycle: Lifecycle) -> list[Problem]:
    places: Places | None = None
    problems = []
    for code, finding in found:
        place = finding.where
        if not isinstance(place, Place):
            if lifecycle.source:
                places = places or Places(lifecycle.source, lifecycle.file)
                place = places.find(place)
            else:
                place = lifecycle.root.place
        problems.append(Problem(place, code, finding.text))
    return problems


__all__ = ["CATALOGUE", "MODULES", "SOUND", "Check", "Severity", "check", "refuse_errors", "severity"]

"""Problems as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which editors and CI systems read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workflow.checks.catalogue import CATALOGUE, Check
from workflow.core.errors import Problem
from workflow.core.model import Language

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
PAGE = "docs/checks.md"  # what explains a code, from the root of the project


def sarif(problems: Iterable[Problem], language: Language, *, version: str | None, base: Path) -> dict[str, Any]:
    """One run with a result for each problem, its texts in `language`, its files relative to `base` where they lie in it."""
    problems = list(problems)
    codes = list(dict.fromkeys(problem.code for problem in problems))
    driver: dict[str, Any] = {"name": "casework", "rules": [_rule(code, language) for code in codes]}
    if version is not None:
        driver["version"] = version
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes.index(each.code), language, base) for each in problems],
            }
        ],
    }


def _rule(code: str, language: Language) -> dict[str, Any]:
    check: Check | None = CATALOGUE.get(code)
    rule: dict[str, Any] = {"id": code, "helpUri": f"{PAGE}#{code}"}
    if check is not None:
        rule |= {
            "shortDescription": {"text": check.title.say(language)},
            "fullDescription": {"text": check.why.say(language)},
            "help": {"text": check.hint.say(language)},
        }
    return rule | {"defaultConfiguration": {"level": _level(code)}}


def _result(problem: Problem, rule: int, language: Language, base: Path) -> dict[str, Any]:
    place = problem.place
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _level(problem.code),
        "message": {"text": problem.text.say(language)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(place.file, base)}, "region": region}}],
    }


def _level(code: str) -> str:
    return CATALOGUE[code].severity if code in CATALOGUE else "error"


def _uri(file: str, base: Path) -> str:
    path = base / file
    return quote(path.relative_to(base).as_posix()) if path.is_relative_to(base) else path.as_uri()

"""The catalogue, the page, and what is really found say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from workflow.checks import CATALOGUE, SOUND, check
from workflow.checks.reference import example, page
from workflow.core.errors import LifecycleInvalid
from workflow.loading import load

CHECKOUT = Path(__file__).parents[2]
SHOWN = [code for code, entry in CATALOGUE.items() if entry.example]
TOO_LONG_TO_SHOW = {"too_long", "too_deep", "too_big", "too_many", "encoding", "more"}
IN_OTHER_FILES = {"template"}
IN_COMMENTS = {"ignore_without_reason", "useless_ignore"}


def codes(text: str) -> set[str]:
    """The codes of everything that is found in a text."""
    try:
        return {problem.code for problem in check(load(text, file="example.yaml"))}
    except LifecycleInvalid as invalid:
        return {problem.code for problem in invalid.problems}


def test_nothing_is_found_in_the_lifecycle_of_the_examples() -> None:
    assert set() == codes(SOUND)


@pytest.mark.parametrize("code", SHOWN)
def test_each_example_brings_about_its_finding_and_no_other(code: str) -> None:
    assert {code} == codes(example(CATALOGUE[code]))


def test_only_what_no_example_could_show_has_none() -> None:
    assert TOO_LONG_TO_SHOW | IN_OTHER_FILES | IN_COMMENTS == set(CATALOGUE) - set(SHOWN)


def test_the_page_is_what_the_catalogue_says() -> None:
    current = (CHECKOUT / "docs" / "checks.md").read_text("utf-8")

    assert page() == current, "run: python -m workflow.checks.reference docs/checks.md"


def test_everything_is_said_in_both_languages() -> None:
    texts = [(code, text) for code, entry in CATALOGUE.items() for text in (entry.title, entry.why, entry.hint)]

    assert [] == [code for code, text in texts if not (text.zh and text.en)]
    assert [] == [code for code, text in texts if not re.search("[\u4e00-\u9fff]", text.zh)]
    assert [] == [code for code, text in texts if re.search("[\u4e00-\u9fff]", text.en)]


def test_codes_are_words() -> None:
    assert [] == [code for code in CATALOGUE if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)]


def test_there_are_more_than_thirty_checks_besides_those_of_the_loader() -> None:
    assert 30 < sum(entry.run is not None for entry in CATALOGUE.values())


def said_by(folder: Path) -> set[str]:
    """Every code in the calls by which the modules of a folder report a problem."""
    found = set()
    for path in folder.rglob("*.py"):
        if path.name == "day_notice.py":  # the official notice of a year's holidays is no lifecycle
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(call, "func", None)
            if isinstance(call, ast.Call) and getattr(name, "attr", getattr(name, "id", "")) in REPORTING:
                texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found.update(text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)*", text))
    return found


REPORTING = {"add", "_refuse", "Problem", "Flaw"}


def test_every_code_that_the_loader_and_the_templates_give_is_in_the_catalogue() -> None:
    workflow = CHECKOUT / "workflow"
    given = said_by(workflow / "loading") | said_by(workflow / "templates")

    assert {"unknown_name", "duplicate_key", "silent_success", "template", "syntax"} <= given
    assert set() == given - set(CATALOGUE)

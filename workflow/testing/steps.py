"""The sentences of scenarios as steps of pytest-bdd, for a host that tests its lifecycles among its own tests.

In the `conftest.py` of the features:

    from workflow.testing.steps import *  # noqa: F403

    @pytest.fixture
    def office(tmp_path):
        office = Office.on(f"sqlite:///{tmp_path}/office.db")
        office.publish("definitions/proposal.yaml")
        return office

`docs/scenarios.md` has all the sentences. `said_as` makes more of them, for what only this office says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pytest_bdd import parsers, step

from workflow.testing import phrases
from workflow.testing.phrases import given, unquoted
from workflow.testing.sentences import sentences

_NOTE = ("说明", "note")


class _Spoken(parsers.StepParser):
    """A sentence as pytest-bdd asks for it."""

    def __init__(self, text: str, language: str) -> None:
        super().__init__(text)
        self._pattern = phrases.pattern(text, "zh" if language == "zh" else "en")

    def parse_arguments(self, name: str) -> dict[str, str] | None:
        match = self._pattern.fullmatch(name)
        if match is None:
            return None
        return {word: unquoted(said) for word, said in match.groupdict().items() if said is not None}

    def is_matching(self, name: str) -> bool:
        return self._pattern.fullmatch(name) is not None


def said_as(kind: Callable[[Any], Any], *texts: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One step under several texts; `kind` is `given`, `when`, `then`, or `step` for any of them."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for text in texts:
            function = kind(_Spoken(text, "zh"), stacklevel=2)(function)  # type: ignore[call-arg]
        return function

    return register


def rows(datatable: Sequence[Sequence[str]]) -> tuple[dict[str, str], str | None]:
    """The fields of a table of two columns, and its note."""
    texts = given("", datatable, None)
    notes = [texts.pop(name) for name in _NOTE if name in texts]
    return texts, notes[0] if notes else None


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """At the end of a scenario no refusal is left that nobody expected."""
    if "office" in request.fixturenames:
        request.getfixturevalue("office").expect_nothing_refused()


for _sentence in sentences():
    step(_Spoken(_sentence.text, _sentence.language))(_sentence.do)

"""Playing scenarios: each in an office of its own, step by step, until one does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from workflow.core.errors import InputInvalid, WorkflowError
from workflow.core.model import Language, Text
from workflow.testing.failing import RefusalLeft, StepFailed
from workflow.testing.features import Feature, Line, Scenario
from workflow.testing.office import Office
from workflow.testing.phrases import TIME, Sentence
from workflow.testing.sentences import sentences
from workflow.testing.stage import Stage

_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|\{\w+\}|\d+")
_DATE = re.compile(rf"\s*(?:{TIME})")


@dataclass(frozen=True, slots=True)
class Failure:
    """The step that does not hold, and why."""

    step: Line
    text: Text
    expected: Text | None = None
    actual: Text | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """What a scenario came to; `failure` is None where all of it holds."""

    feature: Feature
    scenario: Scenario
    failure: Failure | None

    @property
    def passed(self) -> bool:
        """Whether every step holds."""
        return self.failure is None


def understood(features: Sequence[Feature]) -> None:
    """Raises InputInvalid with every step that is no sentence of ours, its place and the nearest one, and every scenario
    without steps.
    """
    known = sentences()
    strange = [
        _strange(step, feature.language, known)
        for feature in features
        for step in dict.fromkeys(step for scenario in feature.scenarios for step in scenario.steps)
        if meant(step.text) is None
    ]
    strange += [
        Text(
            f"{each.place}: 情景“{each.name}”没有步骤；步骤以 假如、当、那么、而且 开头",
            f"{each.place}: the scenario {each.name!r} has no steps; a step begins with Given, When, Then or And",
        )
        for feature in features
        for each in feature.scenarios
        if not each.steps
    ]
    if strange:
        raise InputInvalid(Text("\n".join(t.zh for t in strange), "\n".join(t.en for t in strange)))


def play(stage: Stage, feature: Feature, scenario: Scenario, *watchers: Callable[[Office], None]) -> Played:
    """Play one scenario; each of `watchers` is shown the office at the end, before it is swept clean."""
    with stage.office() as office:
        failure = _played(office, scenario.steps)
        for watch in watchers:
            watch(office)
    return Played(feature, scenario, failure)


def meant(text: str) -> tuple[Sentence, dict[str, str]] | None:
    """The sentence that a step says, and what stands for its words; None where it is none of ours."""
    found = ((each, each.said(text)) for each in sentences())
    return next(((each, words) for each, words in found if words is not None), None)


def _played(office: Office, steps: Iterable[Line]) -> Failure | None:
    refused: Line | None = None
    for step in steps:
        before = office.refused
        try:
            _take(office, step)
        except RefusalLeft as left:  # an earlier step was refused: that is the one to look at
            return Failure(refused or step, left.text)
        except StepFailed as failed:
            return Failure(step, failed.text, failed.expected, failed.actual)
        except WorkflowError as error:
            return Failure(step, error.text)
        refused = refused if office.refused is before else step
    try:
        office.expect_nothing_refused()
    except RefusalLeft as left:
        assert refused is not None
        return Failure(refused, left.text)
    return None


def _take(office: Office, step: Line) -> None:
    found = meant(step.text)
    assert found is not None  # `understood` has looked at every step
    sentence, words = found
    more: dict[str, object] = {}
    wanted = sentence.do.__code__.co_varnames[: sentence.do.__code__.co_argcount]
    if step.table is not None and "datatable" in wanted:
        more["datatable"] = step.table
    if step.long is not None and "docstring" in wanted:
        more["docstring"] = step.long
    sentence.do(office, **words, **more)


def _strange(step: Line, language: Language, known: tuple[Sentence, ...]) -> Text:
    plain = {_bare(each.text.split("{input}")[0]): each.shown for each in known if each.language == language}
    near = get_close_matches(_bare(step.text), plain, n=1, cutoff=0.3)
    hint = Text(f"；最接近的是：{plain[near[0]]}", f"; the nearest is: {plain[near[0]]}") if near else Text()
    return Text(
        f"{step.place}: 没有这样的步骤：{step.text}{hint.zh}",
        f"{step.place}: there is no such step: {step.text}{hint.en}",
    )


def _bare(text: str) -> str:
    """A step or sentence without what differs from one to the next: what is quoted, dates, placeholders."""
    return _QUOTED.sub("{}", _DATE.sub("{}", text))

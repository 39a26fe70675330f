"""Steps for pytest-bdd that fit every lifecycle, each in Chinese and in English.

In the `conftest.py` of the features:

    from workflow.testing.steps import *  # noqa: F403

    @pytest.fixture
    def office(tmp_path):
        office = Office.on(f"sqlite:///{tmp_path}/office.db")
        office.publish("definitions/proposal.yaml")
        return office

Actions, states, parts and fields are called by their labels. A refusal that no `那么` / `Then` looks at fails the
scenario with the refusal's own sentence. A table under `填写：` / `with:` has a field and its value in each row; the
row `说明` / `note` is the note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from pytest_bdd import parsers, step, then

from workflow.core.model import Case
from workflow.testing.office import Office

_NOTE = ("说明", "note")
_NAME, _TEXT, _NUMBER = r"[^\s“”\"、，,：:]+?", r"[^“”\"]*?", r"\d+"
_AS_SAID = {
    "who": _NAME, "whose": _NAME, "other": _NAME, "letter": "[A-Z]", "rest": ".+",
    "n": _NUMBER, "of": _NUMBER, "items": _NUMBER, "year": _NUMBER, "month": _NUMBER, "day": _NUMBER,
}  # fmt: skip


def phrase(text: str) -> parsers.re:
    """A step's text, in which each `{word}` stands for something said: a name, a number, or a text in quotes."""
    pattern = re.sub(r"\\\{(\w+)\\\}", lambda m: f"(?P<{m[1]}>{_AS_SAID.get(m[1], _TEXT)})", re.escape(text))
    return parsers.re(pattern + "$")


def said_as(kind: Callable[[Any], Any], *texts: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One step under several texts; `kind` is `given`, `when`, `then`, or `step` for any of them."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        for text in texts:
            function = kind(phrase(text), stacklevel=2)(function)  # type: ignore[call-arg]
        return function

    return register


def rows(datatable: Sequence[Sequence[str]]) -> tuple[dict[str, str], str | None]:
    """The fields of a table of two columns, and its note."""
    texts = {row[0]: row[1] for row in datatable}
    notes = [texts.pop(name) for name in _NOTE if name in texts]
    return texts, notes[0] if notes else None


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """At the end of a scenario no refusal is left that nobody expected."""
    if "office" in request.fixturenames:
        request.getfixturevalue("office").expect_nothing_refused()


# ---------------------------------------------------------------- time


@said_as(step, "今天是{year}年{month}月{day}日", "it is {year}-{month}-{day}")
def _(office: Office, year: str, month: str, day: str) -> None:
    office.clock.set(date(int(year), int(month), int(day)))


@said_as(step, "过了{n}天", "{n} days pass")
def _(office: Office, n: str) -> None:
    office.clock.advance(days=int(n))


@said_as(step, "过了{n}个工作日", "{n} working days pass")
def _(office: Office, n: str) -> None:
    office.clock.advance_working_days(int(n))


# ---------------------------------------------------------------- what people do


@said_as(step, "{who}对“{case}”办理“{action}”", '{who} does "{action}" on "{case}"')
def _(office: Office, who: str, case: str, action: str) -> None:
    office.attempt(case, action, by=who)


@said_as(
    step, "{who}对“{case}”办理“{action}”，说明“{note}”", '{who} does "{action}" on "{case}" with the note "{note}"'
)
def _(office: Office, who: str, case: str, action: str, note: str) -> None:
    office.attempt(case, action, by=who, note=note)


@said_as(step, "{who}对“{case}”办理“{action}”，填写：", '{who} does "{action}" on "{case}" with:')
def _(office: Office, who: str, case: str, action: str, datatable: Sequence[Sequence[str]]) -> None:
    texts, note = rows(datatable)
    office.attempt(case, action, by=who, note=note, **office.input(case, action, texts))


@said_as(step, "{who}在“{case}”的“{part}”上办理“{action}”", '{who} does "{action}" on their "{part}" of "{case}"')
def _(office: Office, who: str, case: str, part: str, action: str) -> None:
    office.attempt(case, action, by=who, part=part, of=who)


@said_as(
    step,
    "{who}在“{case}”的“{part}”上办理“{action}”，填写：",
    '{who} does "{action}" on their "{part}" of "{case}" with:',
)
def _(office: Office, who: str, case: str, part: str, action: str, datatable: Sequence[Sequence[str]]) -> None:
    texts, note = rows(datatable)
    office.attempt(case, action, by=who, part=part, of=who, note=note, **office.input(case, action, texts, part))


@said_as(
    step,
    "{who}在“{case}”中{whose}的“{part}”上办理“{action}”",
    '{who} does "{action}" on the "{part}" of {whose} in "{case}"',
)
def _(office: Office, who: str, case: str, whose: str, part: str, action: str) -> None:
    office.attempt(case, action, by=who, part=part, of=whose)


@said_as(
    step,
    "{who}在“{case}”中{whose}的“{part}”上办理“{action}”，填写：",
    '{who} does "{action}" on the "{part}" of {whose} in "{case}" with:',
)
def _(
    office: Office, who: str, case: str, whose: str, part: str, action: str, datatable: Sequence[Sequence[str]]
) -> None:
    texts, note = rows(datatable)
    office.attempt(case, action, by=who, part=part, of=whose, note=note, **office.input(case, action, texts, part))


@said_as(step, "{who}代录入：{other}对“{case}”办理“{action}”", '{who}, for {other}, does "{action}" on "{case}"')
def _(office: Office, who: str, other: str, case: str, action: str) -> None:
    office.attempt(case, action, by=who, on_behalf_of=other)


# ---------------------------------------------------------------- what is so then


@said_as(then, "“{case}”是“{state}”状态", '"{case}" is "{state}"')
def _(office: Office, case: str, state: str) -> None:
    _is_in(office, office.case(case), case, state)


@said_as(then, "“{case}”中{whose}的“{part}”是“{state}”状态", 'the "{part}" of {whose} in "{case}" is "{state}"')
def _(office: Office, case: str, whose: str, part: str, state: str) -> None:
    _is_in(office, office.part(case, part, whose), f"{case}/{part}/{whose}", state)


def _is_in(office: Office, case: Case, called: str, state: str) -> None:
    office.expect_nothing_refused()
    names = office.state_names(case)
    assert state in names, f"“{called}”现在是“{names[0]}”，不是“{state}”"


@said_as(then, "被拒绝，因为“{sentence}”", 'it is refused: "{sentence}"')
def _(office: Office, sentence: str) -> None:
    said = office.expect_refusal()
    both_ways = (said.say("zh"), said.say("en"))
    assert any(sentence in words for words in both_ways), f"拒绝的理由是“{both_ways[0]}”，其中没有“{sentence}”"


@said_as(then, "“{case}”共有{n}件“{part}”", '"{case}" has {n} of "{part}"')
def _(office: Office, case: str, n: str, part: str) -> None:
    found = len(office.parts(case, part))
    assert int(n) == found, f"“{case}”有{found}件{part}，不是{n}件"


@said_as(then, "{who}的待办里有“{case}”", '"{case}" waits for {who}')
def _(office: Office, who: str, case: str) -> None:
    office.expect_nothing_refused()
    assert office.waits_for(case, who), f"{who}的待办里没有“{case}”"


@said_as(then, "{who}的待办里没有“{case}”", '"{case}" does not wait for {who}')
def _(office: Office, who: str, case: str) -> None:
    office.expect_nothing_refused()
    assert not office.waits_for(case, who), f"{who}的待办里不该有“{case}”"


@said_as(then, "“{case}”的“{field}”是“{text}”", 'the "{field}" of "{case}" is "{text}"')
def _(office: Office, case: str, field: str, text: str) -> None:
    _says(office, office.case(case), case, field, text)


@said_as(
    then,
    "“{case}”中{whose}的“{part}”的“{field}”是“{text}”",
    'the "{field}" of the "{part}" of {whose} in "{case}" is "{text}"',
)
def _(office: Office, case: str, whose: str, part: str, field: str, text: str) -> None:
    _says(office, office.part(case, part, whose), f"{case}/{part}/{whose}", field, text)


def _says(office: Office, case: Case, called: str, field: str, text: str) -> None:
    office.expect_nothing_refused()
    shown = (office.shown(case, field, "zh"), office.shown(case, field, "en"))
    assert text in shown, f"“{called}”的“{field}”是“{shown[0]}”，不是“{text}”"


@said_as(
    then, "记录里有{who}被拒绝的“{action}”（“{case}”）", 'the records of "{case}" hold the refused "{action}" of {who}'
)
def _(office: Office, who: str, case: str, action: str) -> None:
    refusals = [r for r in office.history(case) if r["kind"] == "refusal" and r["who"]["id"] == who]
    found = any(action in office.action_names(case, record) for record in refusals)
    assert found, f"“{case}”的记录里没有{who}被拒绝的“{action}”"

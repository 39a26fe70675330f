"""Where personal values get out of their field is found before anybody has written one."""

from __future__ import annotations

import pytest

from workflow.checks import check
from workflow.loading import load

TEXT = """
casework: 1
lifecycle: note
version: 1
initial: draft
fields: {title: text, phone: {type: text, personal: true}, safe: {type: text, personal: true}, copy: text, name: text}
states: {draft: {edit: {any: [title, phone, safe, name]}}, done: {final: successful}}
transitions:
  end: {from: draft, to: done, by: [any], ask: {line: {type: text, personal: true}}, EFFECT}
parts:
  task: {initial: open, fields: {reach: text, own: {type: text, personal: true}}, states: {open: {}, over: {final: successful}}, transitions: {go: {from: open, to: over, by: [any], note: required, ACT}}}
"""


def found(effect: str = "note: required", act: str = "label: {zh: 办, en: go}") -> list[str]:
    lifecycle = load(TEXT.replace("EFFECT", effect).replace("ACT", act))
    return [each.text.en for each in check(lifecycle) if each.code == "personal_in_the_open"]


@pytest.mark.parametrize(
    ("effect", "name", "place"),
    [
        ("set: {copy: case.phone}", "case.phone", "'copy'"),
        ("set: {copy: '\"tel. \" + input.line'}", "input.line", "'copy'"),
        ("open: {part: task, key: case.phone}", "case.phone", "'key'"),
        ("open: {part: task, key: case.name, set: {reach: case.phone}}", "case.phone", "'reach'"),
    ],
)
def test_a_copy_in_the_open_is_found(effect: str, name: str, place: str) -> None:
    (sentence,) = found(effect)
    assert f"the personal field {name} goes into {place}" in sentence


@pytest.mark.parametrize(
    "effect",
    [
        "set: {safe: case.phone}",
        "set: {safe: input.line}",
        "set: {copy: case.name}",
        "open: {part: task, key: case.name, set: {own: case.phone}}",
    ],
)
def test_a_copy_that_is_personal_too_is_well(effect: str) -> None:
    assert [] == found(effect)


def test_a_part_that_gives_away_what_it_has_from_the_case_is_found() -> None:
    assert 1 == len(found(act="set: {reach: parent.phone}"))
    assert 1 == len(found(act="set: {reach: case.own}"))
    assert [] == found(act="set: {own: parent.phone}")


def test_a_personal_title_is_found() -> None:
    text = TEXT.replace("EFFECT", "note: required").replace("ACT", "label: {zh: 办, en: go}")
    lifecycle = load(text.replace("title: text", "title: {type: text, personal: true}"))
    (sentence,) = [each.text.en for each in check(lifecycle) if each.code == "personal_in_the_open"]

    assert "goes into the title of the case" in sentence

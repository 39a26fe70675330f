"""The text keeps to the grammar of Mermaid's state diagrams, whatever the labels say."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from tests.loading.strategies import lifecycles
from workflow.core.paths import edges
from workflow.diagrams import mermaid
from workflow.loading import load, load_path
from workflow.shipped import shipped_definitions

ID = r"(?:case|part)_\w+"
# Words without anything that Mermaid reads itself: entities are written #NUMBER; and nothing else has # or ;
WORDS = r"(?:[^#;:\"{}<>\[\]%&\n\\]|#\d+;)+"
LINE = re.compile(
    rf'accTitle: {WORDS}|state "{WORDS}" as {ID}(?P<opens> \{{)?|(?:\[\*\]|{ID}) --> (?:\[\*\]|{ID})(?: : {WORDS})?'
    rf"|note right of {ID} : {WORDS}|(?P<closes>\}})"
)


def check(text: str) -> None:
    first, *lines = text.removesuffix("\n").split("\n")
    assert "stateDiagram-v2" == first
    depth, declared = 0, []
    for line in lines:
        match = LINE.fullmatch(line.strip())
        assert match, line
        depth += (match["opens"] is not None) - (match["closes"] is not None)
        assert depth in (0, 1)
        declared += re.findall(rf'" as ({ID})', line)
    assert depth == 0
    assert len(declared) == len(set(declared))
    used = set(re.findall(rf"(?:^|-->|of)\s*({ID})", text, re.MULTILINE))
    assert used <= set(declared)


@pytest.mark.parametrize("name", ["proposal", "opinion"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_shipped_keeps_to_the_grammar(name: str, language: Any) -> None:
    check(mermaid(load_path(shipped_definitions() / f"{name}.yaml"), language=language))


@settings(deadline=None)
@given(lifecycles())
def test_any_lifecycle_keeps_to_the_grammar_and_shows_every_way(written: dict[str, Any]) -> None:
    lifecycle = load(yaml.safe_dump(written, allow_unicode=True, sort_keys=False))
    text = mermaid(lifecycle)

    check(text)
    ways = [edge for kind in (lifecycle.root, *lifecycle.parts.values()) for edge in edges(kind)]
    assert len(ways) == len(re.findall(rf"{ID} --> {ID}", text))


def test_words_of_its_own_are_no_names() -> None:
    text = mermaid(
        load(
            "{casework: 1, lifecycle: x, version: 1, initial: state, states: {state: {label: 'a: b; %% \"c\" --> {d}'}, "
            "note: {}, class: {final: successful}}, transitions: {end: {from: state, to: note, by: any}, default: {from: note, to: class, by: any}}}"
        )
    )
    check(text)
    assert 'state "a#58; b#59; #37;#37; #34;c#34; #45;#45;#62; #123;d#125;" as case_state' in text


def test_the_way_back_is_a_note() -> None:
    text = mermaid(load_path(shipped_definitions() / "proposal.yaml"))
    assert "note right of case_suspended : 恢复（提案委员会） → 原状态" in text

"""What an author begins with can be published as it is, and a case goes through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import Actor, Engine
from workflow.core.errors import LifecycleInvalid
from workflow.core.model import Duration
from workflow.core.paths import edges, reachable
from workflow.editing.beginning import Beginning, begun, is_name
from workflow.editing.laying_out import laid_out
from workflow.loading import load

texts = st.text("提案社情民意 abc:#-?,'\"{}[]!&*%@1~", max_size=12).filter(lambda text: text == text.strip())
beginnings = st.builds(
    Beginning,
    st.sampled_from(["leave", "A1", "x_2", "true", "on"]),
    texts, texts, texts, texts, texts,
    units=st.booleans(),
    months=st.integers(1, 99),
    languages=st.sampled_from(["zh", "en", "both"]),
    comments=st.sampled_from(["zh", "en"]),
)  # fmt: skip


@settings(deadline=None)
@given(beginnings)
def test_whatever_is_answered_it_loads_and_says_so(answers: Beginning) -> None:
    text = begun(answers, schema="x.json")
    one = load(text)

    assert text.startswith("# yaml-language-server: $schema=x.json\n")
    assert text == laid_out(text)
    assert (answers.name, 1) == (one.name, 1 if one.version == 1 else 0)
    if answers.zh and answers.languages != "en":
        assert answers.zh == one.label.zh
    assert ("" == one.label.en) == (answers.languages == "zh")
    (clock,) = one.clocks["assignment" if answers.units else ""]
    assert (Duration(answers.months, "mo"),) == clock.terms
    ways = edges(one.root)
    assert set(one.root.states) == reachable(ways, [one.root.initial])


@pytest.mark.parametrize("comments", ["zh", "en"])
def test_each_chapter_has_a_comment(comments: Any) -> None:
    text = begun(Beginning("leave", units=True, comments=comments), schema="x")
    lines = text.splitlines()
    chapters = [
        name for name, value in yaml.safe_load(text).items() if isinstance(value, (dict, list)) and name != "label"
    ]

    assert [] == [name for name in chapters if not lines[lines.index(f"{name}:") - 1].startswith("# ")]


def test_a_name_that_is_none_is_known() -> None:
    assert [True, True, False, False, False, False] == [
        is_name(word) for word in ("leave", "a_1", "1a", "信访", "a-b", "a" * 41)
    ]


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(LifecycleInvalid):
        begun(Beginning("leave", zh="a\u202eb"), schema="x")


CLERK = Actor("clerk", groups=frozenset({"screeners", "handlers"}))
ANN = Actor("ann")
UNIT = Actor("u1-clerk", unit="u1")


@pytest.mark.parametrize("units", [True, False])
def test_a_case_goes_through_it(units: bool, sqlite: str, make_engine: Callable[..., Engine]) -> None:
    engine = make_engine(sqlite)
    engine.publish(begun(Beginning("leave", units=units), schema="x"))
    case = engine.open("leave", ANN, {"title": "t", "content": "c"}).case.id
    steps: list[tuple[str, Actor, dict[str, Any]]] = [("submit", ANN, {})]
    if units:
        steps += [("assign", CLERK, {"units": ["u1"]})]
    else:
        steps += [("accept", CLERK, {}), ("reply", CLERK, {"reply": "r"})]
    for action, who, input in steps:
        engine.fire(case, action, who, input)
    if units:
        (part,) = engine.case(case, CLERK).parts
        engine.fire(part.id, "sign", UNIT)
        engine.fire(part.id, "reply", UNIT, {"reply": "r"})
    engine.fire(case, "close", CLERK)

    assert "closed" == engine.case(case, CLERK).root.state

"""Hypothesis: random small lifecycles as plain dicts, and as the YAML an author might write for them.

`lifecycles()` gives the dict that `yaml.safe_dump` or `as_yaml` turns into a file; every one of them can be loaded.
"""

from __future__ import annotations

import string
from typing import Any

import yaml
from hypothesis import strategies as st

_LETTERS = string.ascii_lowercase
_RESERVED = frozenset(
    "any origin engine edit open as break const continue else false for function if import in let loop namespace null "
    "package return true var void while id state number holder key round outcome created_by opened_at latest lifecycle".split()
)  # fmt: skip

# `on`, `yes`, `no`, `y` and `null` are words like any other to us, and something else to many a YAML reader.
names = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=6), st.sampled_from(["on", "yes", "no", "y", "off", "e1", "x_2"])
).filter(lambda name: name not in _RESERVED)
sentences = st.text("提案社情民意已立案 abc:#-?,'\"{}[]!&*%@1", min_size=1, max_size=12).filter(
    lambda text: bool(text.strip()) and text not in {"~"}
)
labels = st.one_of(sentences, st.fixed_dictionaries({"zh": sentences}, optional={"en": sentences}))


@st.composite
def fields(draw: st.DrawFn) -> Any:
    """One field, in its short or its long form."""
    kind = draw(st.sampled_from(["text", "int", "bool", "date", "party", "choice", "list"]))
    if kind == "choice":
        return {"type": "choice", "of": draw(st.lists(names, min_size=1, max_size=3, unique=True))}
    if kind == "list":
        return {"type": "list", "item": {"type": draw(st.sampled_from(["text", "party", "int"]))}}
    return draw(st.sampled_from([kind, {"type": kind}, {"type": kind, "index": True, "label": "字段"}]))


@st.composite
def kinds(draw: st.DrawFn, parts: tuple[str, ...] = ()) -> dict[str, Any]:
    """The states, transitions, acts and fields of a root or a part; the last state is final."""
    states = draw(st.lists(names, min_size=2, max_size=6, unique=True))
    actions = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    declared = {name: draw(fields()) for name in draw(st.lists(names, max_size=3, unique=True))}
    found: dict[str, Any] = {
        "initial": states[0],
        "states": {name: draw(_state(declared)) for name in states[:-1]} | {states[-1]: {"final": "successful"}},
        "transitions": {name: draw(_transition(states, declared, parts)) for name in actions},
    }
    if declared:
        found["fields"] = declared
    return found


@st.composite
def _state(draw: st.DrawFn, declared: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = draw(st.fixed_dictionaries({}, optional={"label": labels}))
    if declared and draw(st.booleans()):
        state["edit"] = {"maker": list(declared)}
    return state


@st.composite
def _transition(draw: st.DrawFn, states: list[str], declared: dict[str, Any], parts: tuple[str, ...]) -> dict[str, Any]:
    some = st.lists(st.sampled_from(states[:-1]), min_size=1, max_size=3, unique=True)
    transition: dict[str, Any] = {
        "from": draw(st.one_of(some, st.sampled_from(states[:-1]), st.just("any"))),
        "to": draw(st.sampled_from(states)),
        "by": draw(st.sampled_from([["maker"], "maker", ["any"], ["maker", "keepers"]])),
    }
    transition |= draw(st.fixed_dictionaries({}, optional={"label": labels, "note": st.just("required")}))
    if declared and draw(st.booleans()):
        transition["require"] = draw(st.lists(st.sampled_from(list(declared)), min_size=1, unique=True))
    if parts and draw(st.booleans()):
        transition["open"] = {"part": draw(st.sampled_from(parts)), "holder": "case.created_by"}
    return transition


@st.composite
def lifecycles(draw: st.DrawFn) -> dict[str, Any]:
    """A whole lifecycle, with or without parts."""
    parts = tuple(draw(st.lists(names, max_size=2, unique=True)))
    found: dict[str, Any] = {"casework": 1, "lifecycle": draw(names), "version": draw(st.integers(1, 999_999))}
    found["roles"] = {"maker": {"is": "case.created_by"}, "keepers": {"group": draw(sentences)}}
    found |= draw(kinds(parts))
    if parts:
        found["parts"] = {name: draw(kinds()) for name in parts}
    found |= draw(st.fixed_dictionaries({}, optional={"label": labels}))
    return found


@st.composite
def as_yaml(draw: st.DrawFn, lifecycle: dict[str, Any]) -> str:
    """A file that says `lifecycle`, in one of the ways of writing YAML."""
    text: str = yaml.dump(
        lifecycle,
        Dumper=yaml.SafeDumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=draw(st.sampled_from([None, False, True])),
        default_style=None,
        width=draw(st.sampled_from([40, 80, 4_000])),
        indent=draw(st.sampled_from([2, 4])),
    )
    return text

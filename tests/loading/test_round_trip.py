from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.loading.strategies import as_yaml, lifecycles
from workflow.core.model import Field, Kind, Text
from workflow.loading import load


@given(lifecycles(), st.data())
def test_what_was_written_is_what_is_loaded(written: dict[str, Any], data: st.DataObject) -> None:
    lifecycle = load(data.draw(as_yaml(written)))

    assert (written["lifecycle"], written["version"]) == (lifecycle.name, lifecycle.version)
    assert _label(written) == lifecycle.label
    assert _kind(written) == _facts(lifecycle.root)
    assert list(written.get("parts", {})) == list(lifecycle.parts)
    for name, part in written.get("parts", {}).items():
        assert _kind(part) == _facts(lifecycle.parts[name])


@given(lifecycles(), st.data())
def test_the_digest_is_that_of_the_text_and_a_published_text_loads_the_same(
    written: dict[str, Any], data: st.DataObject
) -> None:
    text = data.draw(as_yaml(written))
    first, again = load(text), load(load(text).source, check=False)

    assert first.digest == again.digest
    assert _facts(first.root) == _facts(again.root)


def _kind(written: dict[str, Any]) -> dict[str, Any]:
    open_states = [name for name, state in written["states"].items() if "final" not in state]
    return {
        "initial": written["initial"],
        "states": [(name, _label(state), state.get("final")) for name, state in written["states"].items()],
        "edit": [{role: tuple(names) for role, names in s.get("edit", {}).items()} for s in written["states"].values()],
        "transitions": [
            (
                name,
                _label(action),
                tuple(open_states) if action["from"] == "any" else _many(action["from"]),
                action["to"],
                _many(action["by"]),
                action.get("note", "optional"),
                tuple(action.get("require", ())),
                [action["open"]["part"]] if "open" in action else [],
            )
            for name, action in written["transitions"].items()
        ],
        "fields": [_field(name, field) for name, field in written.get("fields", {}).items()],
    }


def _facts(kind: Kind) -> dict[str, Any]:
    return {
        "initial": kind.initial,
        "states": [(state.name, state.label, state.final) for state in kind.states.values()],
        "edit": [dict(state.edit) for state in kind.states.values()],
        "transitions": [
            (t.name, t.label, t.sources, t.to, t.by, t.note, t.require, [o.part for o in t.effects.open])
            for t in kind.transitions.values()
        ],
        "fields": [_field_facts(field) for field in kind.fields.values()],
    }


def _field(name: str, written: Any) -> tuple[Any, ...]:
    long = {"type": written} if isinstance(written, str) else written
    item = long["item"]["type"] if "item" in long else None
    return name, long["type"], long.get("index", False), tuple(long.get("of", ())), item


def _field_facts(field: Field) -> tuple[Any, ...]:
    return field.name, field.type, field.index, field.choices, field.item.type if field.item else None


def _label(written: dict[str, Any]) -> Text:
    label = written.get("label", "")
    return Text(zh=label) if isinstance(label, str) else Text(**label)


def _many(written: Any) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)

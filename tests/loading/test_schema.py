from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from tests.loading.strategies import lifecycles
from tests.loading.test_messages import ONE_MISTAKE
from tests.loading.texts import LEAVE
from workflow.loading.forms import Again, Anything, Either, Form, ListOf, Named, Record, Word
from workflow.loading.schema import json_schema, profile_schema, published
from workflow.loading.shape import LIFECYCLE, PROFILE
from workflow.loading.shape.fields import ItemForm

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SHAPE_CODES = {"unknown_key", "conflict", "wrong_kind"}


@pytest.mark.parametrize("path", published(), ids=lambda path: path.name)
def test_the_published_file_is_what_the_shape_says_today(path: object) -> None:
    expected = published()[path]  # type: ignore[index]

    assert expected == path.read_text(encoding="utf-8"), "run: python -m workflow.loading.schema"  # type: ignore[attr-defined]


def test_every_key_of_the_language_has_a_line_in_both_languages() -> None:
    silent = [name for form in (LIFECYCLE, PROFILE) for name, zh, en in _keys(form, set()) if not zh or not en]

    assert [] == silent


def test_a_key_is_described_for_the_editor() -> None:
    assert "最初的状态\nthe first state" == json_schema()["properties"]["initial"]["description"]


def test_a_state_may_hold_states_without_end() -> None:
    schema = json_schema()
    states = schema["$defs"][schema["properties"]["states"]["$ref"].rpartition("/")[2]]

    assert {"$ref": "#/$defs/states"} == {
        key: value for key, value in states["additionalProperties"]["properties"]["states"].items() if key == "$ref"
    }


@pytest.mark.parametrize("name", ["proposal", "opinion", "profiles/yongning", "profiles/sichuan"])
def test_the_files_we_ship_fit_the_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = profile_schema() if name.startswith("profiles/") else json_schema()
    written = yaml.safe_load((DEFINITIONS / f"{name}.yaml").read_text(encoding="utf-8"))

    assert [] == [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(written)]


@pytest.mark.parametrize("case", [c for c in ONE_MISTAKE if c[3] in SHAPE_CODES], ids=lambda case: case[1][:30])
def test_what_the_loader_refuses_for_its_shape_the_schema_refuses_too(case: tuple[str, ...]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    written = yaml.safe_load(LEAVE.replace(case[0], case[1]))

    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(written)


@given(lifecycles())
def test_what_the_loader_takes_the_schema_takes_too(written: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")

    assert [] == [e.message for e in jsonschema.Draft202012Validator(json_schema()).iter_errors(written)]


def test_unknown_keys_are_refused_everywhere() -> None:
    for schema in (json_schema(), profile_schema()):
        open_ones = [place for place, node in _objects(schema, "#") if node.get("additionalProperties", True) is True]

        assert [] == open_ones


def _keys(form: Form, seen: set[int]) -> list[tuple[str, str, str]]:
    if isinstance(form, Again):
        form = form.form()
    if id(form) in seen or isinstance(form, (Word, Anything, ItemForm)):
        return []
    seen.add(id(form))
    found: list[tuple[str, str, str]] = []
    inner: list[Form] = []
    if isinstance(form, Record):
        found = [(name, key.about.zh, key.about.en) for name, key in form.keys.items()]
        inner = [key.form for key in form.keys.values()]
    elif isinstance(form, (Named, ListOf)):
        inner = [form.form]
    elif isinstance(form, Either):
        inner = [option for option in (form.scalar, form.table, form.items) if option is not None]
    return found + [key for child in inner for key in _keys(child, seen)]


def _objects(node: object, place: str) -> list[tuple[str, dict[str, object]]]:
    found = []
    if isinstance(node, dict):
        if "properties" in node and "object" in str(node.get("type")):
            found.append((place, node))
        for name, child in node.items():
            found += _objects(child, f"{place}/{name}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            found += _objects(child, f"{place}/{number}")
    return found

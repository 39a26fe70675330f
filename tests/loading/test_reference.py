from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflow.core.errors import LifecycleInvalid
from workflow.loading import load, parse_profile
from workflow.loading.forms import Again, Either, Form, ListOf, Named, Record
from workflow.loading.reference import table, written
from workflow.loading.shape import LIFECYCLE, PROFILE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lifecycle-format.md").read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_what_the_shape_says_today() -> None:
    assert written(PAGE) == PAGE, "run: python -m workflow.loading.reference docs/lifecycle-format.md"


def test_every_key_of_the_language_is_on_the_page() -> None:
    assert [] == [name for form in (LIFECYCLE, PROFILE) for name in _keys(form, set()) if f"`{name}`" not in PAGE]


def test_the_examples_of_the_page_can_be_loaded() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    whole = next(example for example in examples if example.startswith("casework: 1"))
    profile = next(example for example in examples if example.startswith("casework-profile: 1"))

    lifecycle = load(whole, settings=parse_profile(profile)["leave"])

    assert 20 == lifecycle.root.fields["days"].max


def test_every_code_that_a_message_can_have_is_on_the_page() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow" / "loading").rglob("*.py"))
    codes = set(re.findall(r'^\s+"([a-z]+(?:_[a-z]+)*)",\n\s+f?["\'][^"\']*[\u4e00-\u9fff]', source, re.MULTILINE))

    assert {"unknown_name", "numbering", "circle", "too_deep"} <= codes
    assert [] == sorted(code for code in codes if f"`{code}`" not in PAGE)


def test_a_table_has_the_keys_of_a_record() -> None:
    assert table("guards").splitlines()[2].startswith("| `when` | a condition (a CEL expression), required | ")


def test_a_path_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(KeyError):
        table("states.label.zh")


def test_the_page_says_what_is_refused() -> None:
    with pytest.raises(LifecycleInvalid):
        load("casework: 1\nlifecycle: edit\nversion: 1\ninitial: any\nstates: {any: }\n")


def _keys(form: Form, seen: set[int]) -> list[str]:
    if isinstance(form, Again):
        form = form.form()
    if id(form) in seen:
        return []
    seen.add(id(form))
    inner: list[Form] = []
    found: list[str] = []
    if isinstance(form, Record):
        found, inner = list(form.keys), [key.form for key in form.keys.values()]
    elif isinstance(form, (Named, ListOf)):
        inner = [form.form]
    elif isinstance(form, Either):
        inner = [option for option in (form.scalar, form.table, form.items) if option is not None]
    return found + [name for child in inner for name in _keys(child, seen)]

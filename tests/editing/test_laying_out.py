"""One layout: comments stay, the meaning stays, and what is laid out stays as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loading.strategies import as_yaml, lifecycles
from workflow.core.errors import LifecycleInvalid
from workflow.core.model import Lifecycle, Place
from workflow.editing.laying_out import ORDER, laid_out
from workflow.editing.tree import parse
from workflow.loading import load
from workflow.loading.shape import LIFECYCLE
from workflow.shipped import shipped_definitions

UNTIDY = """\
# about the file

# of states
states:
   draft: {label: "草稿" , # why
     edit: {a: [title,x]} # more
     } # closing
   # between
   sent:   {}
# low
   done:
     final:   successful   # the end
     # foot of done
   # foot of states

casework: 1 # one
lifecycle:
   x   # named
label:
  zh: '甲：乙'


  en: "it's"   # apostrophe
guards:
  a:
    when: >-   # folded
         one
           two

         three
    # after
notices:
- after: go
  to: [ r,   s ]
-   {after: stay, to: "r"}
# the end
"""
TIDY = """\
# about the file

casework: 1                      # one
lifecycle: x                     # named

label:
  zh: '甲：乙'

  en: "it's"                     # apostrophe

guards:
  a:
    when: >-                     # folded
      one
        two

      three
    # after

# of states
states:
  draft:
    label: '草稿'                # why
    edit: {a: [title, x]}        # more
  # closing
  # between
  sent:   {}
  # low
  done:
    final:   successful          # the end
    # foot of done
  # foot of states

notices:
  - after: go
    to: [r, s]
  - {after: stay, to: 'r'}
# the end
"""


def facts(one: object) -> object:
    """A compiled lifecycle without its text and without where things stand."""
    if isinstance(one, Place):
        return None
    if is_dataclass(one):
        left_out = {"source", "digest", "machine"}
        return [facts(getattr(one, each.name)) for each in fields(one) if each.name not in left_out]
    if isinstance(one, dict):
        return [(key, facts(each)) for key, each in one.items()]
    if isinstance(one, (tuple, list)):
        return [facts(each) for each in one]
    return getattr(one, "source", one)


def the_same(before: Lifecycle, after: Lifecycle) -> bool:
    return facts(before) == facts(after)


def comments(text: str) -> Counter[str]:
    return Counter(each.text for each in parse(text).comments)


def test_an_untidy_file_becomes_a_tidy_one() -> None:
    assert TIDY == laid_out(UNTIDY)
    assert TIDY == laid_out(TIDY)
    assert comments(UNTIDY) == comments(TIDY)


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_what_is_shipped_is_laid_out(name: str) -> None:
    text = (shipped_definitions() / f"{name}.yaml").read_text("utf-8")
    assert text == laid_out(text)


@settings(deadline=None, max_examples=60)
@given(lifecycles(), st.data())
def test_the_meaning_stays_and_so_does_what_is_laid_out(written: dict[str, Any], data: st.DataObject) -> None:
    text = data.draw(as_yaml(written))
    result = laid_out(text)

    assert the_same(load(text), load(result))
    assert result == laid_out(result)


@settings(deadline=None, max_examples=60)
@given(lifecycles(), st.data())
def test_every_comment_stays_wherever_it_stands(written: dict[str, Any], data: st.DataObject) -> None:
    lines = data.draw(as_yaml(written)).splitlines()
    whole = [n for n, line in enumerate(lines) if line.rstrip().endswith(("}", "]", ":"))] or [0]
    for n in sorted(data.draw(st.sets(st.sampled_from(whole), max_size=4)), reverse=True):
        lines[n] = f"{lines[n]}  # beside {n}"
    for n in sorted(data.draw(st.sets(st.integers(0, len(lines)), max_size=4)), reverse=True):
        lines[n:n] = [" " * data.draw(st.integers(0, 6)) + f"# alone {n}"]
    text = "\n".join(lines) + "\n"
    try:
        before = load(text)
    except LifecycleInvalid:
        return  # the comment fell into a text of several lines
    result = laid_out(text)

    assert comments(text) == comments(result)
    assert the_same(before, load(result))
    assert result == laid_out(result)


def test_the_order_of_the_chapters_has_every_key_of_the_language() -> None:
    assert LIFECYCLE.keys.keys() == set(ORDER)


def test_lines_are_aligned_where_the_author_aligned_one() -> None:
    text = "a:\n  x:    {b: 1}\n  long: {b: 2}\n  much_longer: {b: 3}\n\n  y: {b: 4}\n  zz: {b: 5}\n"
    assert text == laid_out(text)
    assert "a:\n  x:    {b: 1}\n  yy:   {b: 2}\n" == laid_out("a:\n  x:    {b: 1}\n  yy: {b: 2}\n")


def test_a_comment_stands_in_its_column_also_behind_chinese() -> None:
    assert "a: {b: 中文}                     # why\n" == laid_out("a: {b: 中文} # why\n")


def test_line_ends_and_byte_order_mark_are_not_part_of_the_layout() -> None:
    assert "a: 1\nb: 2\n" == laid_out("\ufeffa: 1\r\nb:   2\r\n").replace("  ", " ").replace("  ", " ")


def test_quotes_stay_where_they_say_something() -> None:
    text = "a:\n  - '12'\n  - 12\n  - \"it's\"\n  - 'say \"it''s\"'\n  - \"tab\\t\"\n  - plain text\n"
    assert text == laid_out(text)


@pytest.mark.parametrize("text", ["a: {b: 1", "a: 1\na: 2\n", "a: &x 1\n", "", "a: 1\n\tb: 2\n"])
def test_what_cannot_be_read_is_not_laid_out(text: str) -> None:
    with pytest.raises(LifecycleInvalid) as wrong:
        laid_out(text, file="x.yaml")
    assert "x.yaml" == wrong.value.problems[0].place.file

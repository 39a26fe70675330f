"""The public API is small, sorted and complete."""

from __future__ import annotations

import workflow


def test_the_exported_names_are_sorted_and_at_most_fifteen() -> None:
    assert sorted(workflow.__all__) == workflow.__all__
    assert len(workflow.__all__) <= 15


def test_every_exported_name_can_be_used_and_is_documented() -> None:
    undocumented = [name for name in workflow.__all__ if not getattr(workflow, name).__doc__]

    assert [] == undocumented


def test_every_name_with_a_home_is_exported() -> None:
    assert workflow.__all__ == sorted(workflow._HOMES)


def test_a_name_that_is_not_there_is_an_ordinary_attribute_error() -> None:
    assert not hasattr(workflow, "Manager")

"""Lifecycles from YAML: `load` reads, checks and compiles a text, and says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workflow.core.model import Lifecycle
from workflow.loading.compiling import compile_lifecycle
from workflow.loading.nodes import Table
from workflow.loading.problems import Problems
from workflow.loading.profile import Overrides, parse_profile, read_profile
from workflow.loading.reading import canonical, decode, read, read_bytes
from workflow.loading.shape import LIFECYCLE


def load(
    text: str,
    *,
    file: str = "",
    settings: Mapping[str, object] | None = None,
    profile: str | None = None,
    check: bool = True,
) -> Lifecycle:
    """The lifecycle written in `text`.

    `file` is its name in messages; `settings` are values of a place over the defaults of the file (as
    `read_profile` gives them, or plain values or their texts), and `profile` names in messages where they come
    from. Without `check` conditions are not type-checked: for a text that was checked when it was published.
    Raises LifecycleInvalid with every problem of the file, each with its line and column.
    """
    text = canonical(text)
    problems = Problems(file)
    table = LIFECYCLE.check(read(text, file, problems), problems)
    if table is None:
        problems.raise_if_any()
    assert isinstance(table, Table)
    lifecycle = compile_lifecycle(table, text, problems, settings or {}, profile=profile or file, check=check)
    problems.raise_if_any()
    return lifecycle


def load_path(
    path: str | Path, *, settings: Mapping[str, object] | None = None, profile: str | None = None, check: bool = True
) -> Lifecycle:
    """The lifecycle in a file; see `load`. Raises NotFound where there is no such file."""
    data = read_bytes(path)
    return load(decode(data, str(path)), file=str(path), settings=settings, profile=profile, check=check)


__all__ = ["Overrides", "load", "load_path", "parse_profile", "read_profile"]

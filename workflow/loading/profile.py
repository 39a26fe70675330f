"""Profiles: what a place sets differently, `definitions/profiles/<place>.yaml`."""

from __future__ import annotations

from pathlib import Path

from workflow.core.model import Place
from workflow.loading.compiling.sheet import entries
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.problems import Problems
from workflow.loading.reading import canonical, decode, read, read_bytes
from workflow.loading.shape import PROFILE
from workflow.loading.words import INTEGER


class Overrides(dict[str, object]):
    """Settings by name, as plain values; `places` knows where each is written."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Place] = {}


def read_profile(path: str | Path) -> dict[str, Overrides]:
    """The settings of a place for each lifecycle it names; whether they fit is seen when the lifecycle is loaded.

    Raises LifecycleInvalid with every problem of the file, NotFound where there is no file.
    """
    data = read_bytes(path)
    return parse_profile(decode(data, str(path)), file=str(path))


def parse_profile(text: str, *, file: str = "") -> dict[str, Overrides]:
    """The same from a text; `file` is its name in messages."""
    problems = Problems(file)
    table = PROFILE.check(read(canonical(text), file, problems), problems)
    problems.raise_if_any()
    assert table is not None
    found: dict[str, Overrides] = {}
    for lifecycle, child in entries(entries(table).get("lifecycles")).items():
        settings = entries(child).get("settings")
        assert isinstance(settings, Table)
        overrides = found[lifecycle] = Overrides()
        for name, node in settings.entries.items():
            overrides[name] = _untyped(node)
            overrides.places[name] = problems.place(node)
    return found


def _untyped(node: Node) -> object:
    """A value whose type is not known here, by the rules of YAML 1.2: whole numbers, true, false, else text."""
    if isinstance(node, Scalar):
        if node.style:
            return node.text
        if INTEGER.fullmatch(node.text) and len(node.text) < 17:
            return int(node.text)
        return {"true": True, "false": False}.get(node.text, node.text)
    if isinstance(node, Table):
        return {name: _untyped(child) for name, child in node.entries.items()}
    return [_untyped(child) for child in node.items]

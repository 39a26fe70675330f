"""What a YAML text is made of and where each piece begins and ends, comments included: for whoever changes the text.

The reader of `workflow.loading` gives what a text means; here is what it looks like. Indexes count characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from workflow.loading.problems import Problems
from workflow.loading.reading import read

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(slots=True)
class Branch:
    """A value: a scalar (with its `quotes`: "" ' " | >), or the entries of a mapping or a list."""

    start: int
    end: int
    value: str = ""
    quotes: str | None = None
    flow: bool = False
    mapping: bool = False
    entries: list[Entry] = field(default_factory=list)

    @property
    def scalar(self) -> bool:
        """Whether it is a single value."""
        return self.quotes is not None

    def get(self, name: str) -> Branch | None:
        """The value under a key of a mapping."""
        return next((each.value for each in self.entries if each.key is not None and each.key.value == name), None)


@dataclass(slots=True)
class Entry:
    """A key with its value, or (`key` None) an item of a list."""

    key: Branch | None
    value: Branch

    @property
    def start(self) -> int:
        """Where it begins: at its key, or at the value of an item."""
        return self.value.start if self.key is None else self.key.start


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from `#` to the end of its line; `alone`: nothing else stands on that line."""

    start: int
    text: str
    alone: bool


@dataclass(slots=True)
class Source:
    """A text, the tree of it, and its comments in their order."""

    text: str
    root: Branch
    comments: list[Comment]
    lines: list[int]  # where each line begins

    def line(self, index: int) -> int:
        """The line of an index, from 0."""
        return bisect_right(self.lines, index) - 1

    def column(self, index: int) -> int:
        """The column of an index, from 0."""
        return index - self.lines[self.line(index)]


def parse(text: str, file: str = "") -> Source:
    """The pieces of a YAML text without byte order mark.

    Raises LifecycleInvalid where the loader could not read the text: what it refuses (tags, aliases, keys that are
    there twice, …) is not here to be moved about.
    """
    problems = Problems(file)
    read(text.replace("\r\n", "\n").replace("\r", "\n"), file, problems)
    problems.raise_if_any()
    builder = _Builder(text)
    starts = [0, *(n + 1 for n, char in enumerate(text) if char == "\n")]
    root = builder.document()
    return Source(text, root, list(_comments(text, builder.scalars)), starts)


class _Builder:
    """Takes the parser's events; its recursion is bounded by the depth that the reader allows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parser: Any = yaml.SafeLoader(text)
        self.scalars: list[tuple[int, int]] = []

    def document(self) -> Branch:
        """The one document of the stream."""
        while not isinstance(self.parser.peek_event(), (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            self.parser.get_event()
        return self._branch()

    def _branch(self) -> Branch:
        event: Any = self.parser.get_event()
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            block = event.style in ("|", ">")  # behind its mark a comment may stand
            self.scalars.append(
                (self.text.find("\n", start, end) if block and "\n" in self.text[start:end] else start, end)
            )
            return Branch(start, end, event.value, event.style or "")
        mapping = isinstance(event, yaml.MappingStartEvent)
        branch = Branch(start, start, flow=bool(event.flow_style), mapping=mapping)
        while not isinstance(self.parser.peek_event(), yaml.CollectionEndEvent):
            key = self._branch() if mapping else None
            branch.entries.append(Entry(key, self._branch()))
        closing: Any = self.parser.get_event()
        last = branch.entries[-1].value.end if branch.entries else start
        branch.end = closing.end_mark.index if branch.flow else last
        return branch


def _comments(text: str, scalars: list[tuple[int, int]]) -> Iterator[Comment]:
    """Every comment: what begins with `#` between scalars, for nothing else there can."""
    at = 0
    for start, end in [*scalars, (len(text), len(text))]:
        for found in _COMMENT.finditer(text, at, max(at, start)):
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            yield Comment(found.start(), found[0].rstrip(), not before.strip())
        at = max(at, end)

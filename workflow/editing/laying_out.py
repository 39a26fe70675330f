"""One layout for every lifecycle file: indents, spaces, quotes, blank lines, and the order of the chapters.

The author chooses what stands on one line in brackets and what stands in lines of its own, where a comment stands, and
whether lines are aligned; everything else has one form. A text that is laid out already stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from workflow.core.errors import InputInvalid
from workflow.core.model import Text
from workflow.core.width import columns
from workflow.editing.tree import Branch, Comment, Entry, Source, parse
from workflow.loading.reading import canonical

ORDER = (
    "casework", "lifecycle", "version", "label", "initial", "opened_by", "counted_from", "proxies", "settings", "roles",
    "fields", "guards", "states", "transitions", "acts", "parts", "deadlines", "notices", "metrics", "tallies",
    "invariants", "expect", "migrate",
)  # fmt: skip
STEP = 2
BESIDE = 33  # the column, from 0, of a comment beside what is shorter
_FOR_EDITORS = "# yaml-language-server:"


@dataclass(slots=True)
class Row:
    """A line of the result: its words, where the value begins (None: no key with a value on one line), its comment."""

    text: str
    comment: str = ""
    value_at: int | None = None
    column: int | None = None  # where the author had aligned the value, counted from the key
    blank_above: bool = False

    def __str__(self) -> str:
        if not self.comment:
            return self.text.rstrip()
        return f"{self.text}{' ' * max(BESIDE - columns(self.text), 2)}{self.comment}"


@dataclass(slots=True)
class Chapter:
    """A key of the file with everything under it, and the comments above."""

    name: str
    rows: list[Row]
    above: list[Row] = field(default_factory=list)


def laid_out(text: str, *, file: str = "") -> str:
    """The text of a lifecycle file in the one layout; `file` is its name in messages.

    Raises LifecycleInvalid where the text is no YAML that the loader can read.
    """
    source = parse(canonical(text), file)
    result = "\n".join(map(str, _Printer(source).rows())) + "\n"
    _check_the_same(source, parse(result, file), file)
    return result


class _Printer:
    """Writes the tree anew, taking the comments along in their order."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.comments = source.comments
        self.next = 0

    def rows(self) -> list[Row]:
        root = self.source.root
        if not root.mapping:
            rows = self._collection(root, 0, len(self.source.text)) if not root.scalar else [Row(self._word(root, 0))]
            return [*rows, *self._rest()]
        chapters = self._chapters(root)
        head = self._head(chapters[0]) if chapters else []
        order = {name: n for n, name in enumerate(ORDER)}
        if any(each.name == ORDER[0] for each in chapters):
            chapters.sort(key=lambda each: order.get(each.name, len(order)))
        rows = list(head)
        was_long = False
        for each in chapters:
            is_long = len(each.rows) > 1
            every = [*each.above, *each.rows]
            every[0] = replace(every[0], blank_above=bool(rows) and (every[0].blank_above or is_long or was_long))
            rows += every
            was_long = is_long
        return _spaced([*rows, *self._rest()])

    def _chapters(self, root: Branch) -> list[Chapter]:
        found = []
        for n, entry in enumerate(root.entries):
            assert entry.key is not None
            limit = root.entries[n + 1].start if n + 1 < len(root.entries) else len(self.source.text)
            above = self._leading(entry.start, 0)
            rows = self._entry(entry, 0, limit)
            found.append(Chapter(entry.key.value, _aligned(rows), above))
            rows[0].blank_above = self._blank_above(entry.start)
        return found

    def _head(self, first: Chapter) -> list[Row]:
        """What is written above the whole file stays there: down to a blank line, or all of it above `casework`."""
        rows = first.above
        end = len(rows) if first.name == ORDER[0] else 0
        for n, row in enumerate(rows):
            if row.text.startswith(_FOR_EDITORS) or (row.blank_above and n):
                end = max(end, n + (0 if row.blank_above and n else 1))
        if first.rows[0].blank_above:
            end = len(rows)
        first.above = rows[end:]
        return rows[:end]

    # ------------------------------------------------------------ comments

    def _taken(self, here: Callable[[Comment], bool]) -> list[Comment]:
        start = self.next
        while self.next < len(self.comments) and here(self.comments[self.next]):
            self.next += 1
        return self.comments[start : self.next]

    def _leading(self, before: int, indent: int) -> list[Row]:
        """The comments that stand before an index, each on its own line."""
        return self._as_rows(self._taken(lambda each: each.start < before), indent)

    def _as_rows(self, comments: Iterable[Comment], indent: int) -> list[Row]:
        return [
            Row(" " * indent + each.text, blank_above=each.alone and self._blank_above(each.start)) for each in comments
        ]

    def _rest(self) -> list[Row]:
        return self._leading(len(self.source.text) + 1, 0)

    def _blank_above(self, index: int) -> bool:
        line = self.source.line(index)
        text = self.source.text
        return line > 0 and not text[self.source.lines[line - 1] : self.source.lines[line]].strip()

    # ------------------------------------------------------------ collections and entries

    def _collection(self, branch: Branch, indent: int, limit: int, owner: int = -1) -> list[Row]:
        """The entries of a collection, each from a line of its own, and the comments that close it.

        `owner` is the column of the key above: what is no further in than that belongs to what follows.
        """
        rows: list[Row] = []
        for n, entry in enumerate(branch.entries):
            following = branch.entries[n + 1].start if n + 1 < len(branch.entries) else limit
            above = self._leading(entry.start, indent)
            own = self._entry(entry, indent, following)
            own[0].blank_above = self._blank_above(entry.start)
            if n == 0 and (above or own):
                (above or own)[0].blank_above = False
            rows += [*above, *own]
        column = max(self.source.column(branch.start), owner + 1)
        inside = self._taken(
            lambda each: (
                each.start < limit
                and (
                    each.start < branch.end
                    or (each.alone and not branch.flow and self.source.column(each.start) >= column)
                )
            )
        )
        return _aligned([*rows, *self._as_rows(inside, indent)])

    def _entry(self, entry: Entry, indent: int, limit: int) -> list[Row]:
        value = entry.value
        lead = " " * indent + ("- " if entry.key is None else f"{self._word(entry.key, indent)}:")
        if value.scalar or self._inline(value):
            return self._on_one(entry, lead, indent)
        first = value.entries[0].start
        if entry.key is None:
            rows = self._collection(value, indent + STEP, limit)
            rows[0].text = lead + rows[0].text[indent + STEP :]
            return rows
        line = self.source.line(entry.start)
        beside = self._taken(lambda each: each.start < first and self.source.line(each.start) == line)
        head = Row(lead, "".join(each.text for each in beside))
        return [head, *self._collection(value, indent + STEP, limit, self.source.column(entry.start))]

    def _on_one(self, entry: Entry, lead: str, indent: int) -> list[Row]:
        """A scalar, or brackets on one line; a comment that stood between the key and its value goes above."""
        value, source = entry.value, self.source
        block = value.quotes in ("|", ">")
        end = value.start if block else max(value.end, entry.start)
        last = source.line(end)
        found = self._taken(lambda each: source.line(each.start) <= last)
        above = self._as_rows(found[:-1], indent)
        comment = found[-1].text if found else ""
        if value.scalar:
            first, *more = self._scalar(value, indent)
        else:
            first, more = self._flow(value), []
        gap = "" if entry.key is None or not first else " "
        row = Row(lead + gap + first, "" if more and not block else comment)
        if entry.key is not None and first and not more:
            row.value_at = len(lead) + 1
            row.column = self._author_column(entry)
        rows = [*above, row, *(Row(each) for each in more)]
        if more and not block:
            rows[-1].comment = comment
        return rows

    def _author_column(self, entry: Entry) -> int | None:
        """How far behind its key the value stood, where there is more than one blank between."""
        assert entry.key is not None
        between = self.source.text[entry.key.end : entry.value.start]
        if "\n" in between or not re.fullmatch(r":\s{2,}", between):
            return None
        return entry.value.start - entry.key.start

    # ------------------------------------------------------------ words

    def _inline(self, branch: Branch) -> bool:
        """Whether a collection stays in brackets on one line."""
        return not branch.entries or (branch.flow and "\n" not in self.source.text[branch.start : branch.end])

    def _flow(self, branch: Branch) -> str:
        if branch.scalar:
            return self._word(branch, 0)
        inner = ", ".join(
            ("" if each.key is None else f"{self._word(each.key, 0)}: ") + self._flow(each.value)
            for each in branch.entries
        )
        return f"{{{inner}}}" if branch.mapping else f"[{inner}]"

    def _word(self, branch: Branch, indent: int) -> str:
        return self._scalar(branch, indent)[0]

    def _scalar(self, branch: Branch, indent: int) -> list[str]:
        """The lines of a scalar, the first without its indent."""
        written = self.source.text[branch.start : branch.end]
        inside = " " * (indent + STEP)
        if branch.quotes in ("|", ">"):
            mark, _, body = written.partition("\n")
            return [mark.partition("#")[0].rstrip(), *_reindented(body, inside, keep="+" in mark)]
        if "\n" in written:
            first, *more = (line.strip() for line in written.split("\n"))
            return [first, *((inside + line) if line else "" for line in more)]
        return [written if not branch.quotes else _quoted(branch.value, written)]


def _quoted(value: str, written: str) -> str:
    """A text in single quotes, or in double ones where it has single quotes itself."""
    if not value.isprintable():
        return written
    if "'" in value and not {'"', "\\"} & set(value):
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def _reindented(body: str, inside: str, *, keep: bool) -> list[str]:
    lines = body.split("\n")
    while lines and not lines[-1].strip() and not keep:
        lines.pop()
    if keep and lines and not lines[-1]:
        lines.pop()
    own = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [inside + line[own:] if line.strip() else "" for line in lines]


def _aligned(rows: list[Row]) -> list[Row]:
    """Where one of several lines in a row is aligned, all are, in the author's column; a longer key takes one blank."""
    for _, run in groupby(_numbered(rows), key=lambda pair: pair[0]):
        lines = [row for _, row in run]
        wanted = Counter(row.column for row in lines if row.column is not None)
        column = min((each for each, n in wanted.items() if n == max(wanted.values())), default=0)
        for row in lines:
            if row.value_at is not None and column:
                key, value = row.text[: row.value_at - 1], row.text[row.value_at :]
                width = len(row.text) - len(row.text.lstrip(" ")) + column
                row.text = f"{key}{' ' * max(width - columns(key), 1)}{value}"
            row.value_at = None
    return rows


def _numbered(rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """The rows, each with the number of the run that it belongs to."""
    number, found, before = 0, [], None
    for row in rows:
        if before is None or row.blank_above or row.value_at is None or before.value_at is None:
            number += 1
        found.append((number, row))
        before = row
    return found


def _spaced(rows: list[Row]) -> list[Row]:
    return [each for n, row in enumerate(rows) for each in ([Row("")] * (row.blank_above and n > 0) + [row])]


def _check_the_same(before: Source, after: Source, file: str) -> None:
    """Refuses a result that does not say what the author wrote; nobody should ever see this."""
    same_words = sorted(map(repr, _said(before.root))) == sorted(map(repr, _said(after.root)))
    same_comments = Counter(c.text for c in before.comments) == Counter(c.text for c in after.comments)
    if not (same_words and same_comments):
        raise InputInvalid(
            Text(
                zh=f"“{file}”的写法无法保证排版后意思不变，故未作改动；请把文件发给维护者",
                en=f'"{file}" is written in a way for which the layout cannot be proved to mean the same; nothing was '
                "changed: please send the file to the maintainers",
            )
        )


def _said(branch: Branch) -> list[object]:
    """What a tree says: the words, whether they stand in quotes, and in what order."""
    if branch.scalar:
        return [branch.value, bool(branch.quotes)]
    return [(branch.mapping, each.key and each.key.value, _said(each.value)) for each in branch.entries]

"""The few forms of which a language of YAML is made, each of which can check a node.

`check` says every problem, prunes what cannot be understood, puts the typed value into each scalar, and returns
the node to go on with (None: nothing of it can be used). The published JSON Schema is derived from the same
objects (see `schema`), so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workflow.core.model import Text
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.problems import Problems, listed, meant_by, near, shortened
from workflow.loading.syntax import wide_hint

MAPPING = Text(zh="一组“键: 值”", en="a mapping of keys and values")


class Form(Protocol):
    """What may stand at a place. `expected` completes the sentence "here is expected …"."""

    @property
    def expected(self) -> Text: ...

    def check(self, node: Node, problems: Problems) -> Node | None: ...


class Misread(Exception):
    """A scalar that is not written as its place asks; `text` says what is allowed, beyond `expected`."""

    def __init__(self, zh: str = "", en: str = "") -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar: `read` turns it into the value its place asks for, or raises `Misread`."""

    expected: Text
    read: Callable[[Scalar], object]
    schema: Mapping[str, object]

    def check(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, Scalar):
            return _wrong(self.expected, node, problems)
        try:
            node.value = self.read(node)
        except Misread as wrong:
            written = shortened(node.text)
            here_zh = f"“{written}”不能写在这里" if written else "此处缺少值"
            here_en = f'"{written}" cannot stand here' if written else "a value is missing here"
            problems.add(
                node,
                "bad_value" if written else "missing_value",
                f"{here_zh}；应为{self.expected.zh}{wrong.text.zh}",
                f"{here_en}; {self.expected.en} is expected{wrong.text.en}",
            )
            return None
        return node


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a `Record`: what its value is, and a line for whoever hovers over it in an editor."""

    form: Form
    about: Text
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys. Of each group in `one_of` exactly one key must be there, of `some_of` at least one."""

    keys: Mapping[str, Key]
    one_of: tuple[tuple[str, ...], ...] = ()
    some_of: tuple[tuple[str, ...], ...] = ()
    expected: Text = MAPPING
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "required", tuple(name for name, key in self.keys.items() if key.required))

    def check(self, node: Node, problems: Problems) -> Node | None:
        table = as_table(node)
        if table is None:
            zh, en = listed(self.keys)
            expected = (
                self.expected if self.expected is not MAPPING else Text(f"一组“键: 值”（{zh}）", f"a mapping ({en})")
            )
            return _wrong(expected, node, problems)
        entries, keys = table.entries, self.keys
        if not entries.keys() <= keys.keys():
            self._put_right(table, problems)
        pruned: list[str] = []
        for name, child in entries.items():
            key = keys[name]
            kept = key.form.check(child, problems)
            if kept is None:
                pruned.append(name)
            elif kept is not child:
                entries[name] = kept
        for name in self.required:
            if name not in entries:
                self._missing(table, (name,), problems)
        for group in self.some_of:
            if not any(name in entries for name in group):
                self._missing(table, group, problems)
        for group in self.one_of:
            self._check_one_of(table, group, problems)
        for name in pruned:
            del entries[name]
        return table

    def _put_right(self, table: Table, problems: Problems) -> None:
        """Tells the keys that are not known; what stands under one is taken for what it was meant to be."""
        for name in [name for name in table.entries if name not in self.keys]:
            key, value = table.keys[name], table.entries.pop(name)
            self._unknown(key, value, problems)
            empty = isinstance(value, Scalar) and value.empty
            meant = None if problems.full or empty else near(name, self.keys)
            if meant is not None and meant not in table.entries:
                table.entries[meant], table.keys[meant] = value, key

    def _unknown(self, key: Scalar, value: Node, problems: Problems) -> None:
        if problems.full:
            problems.more += 1
            return
        zh, en = listed(self.keys, most=40)
        meant = meant_by(key.text, self.keys)
        if not meant.zh and isinstance(value, Scalar) and value.empty:
            meant = Text(
                zh="；若是上一项文字的一部分，请把那段文字加引号",
                en="; if it is part of the text before it, put quotes around that text",
            )
        wide = wide_hint(key.text) if isinstance(value, Scalar) and value.empty else ("", "")
        if wide[0]:
            meant = Text(*wide)
        written = shortened(key.text)
        problems.add(
            key,
            "unknown_key",
            f"这里不认识“{written}”；此处可写：{zh}{meant.zh}",
            f'"{written}" is not known here; allowed here: {en}{meant.en}',
        )

    def _missing(self, table: Table, group: tuple[str, ...], problems: Problems) -> None:
        about = self.keys[group[0]].about
        hint = (f"（{about.zh}）", f" ({about.en})") if len(group) == 1 else ("", "")
        zh, en = "”或“".join(group), '" or "'.join(group)
        problems.add(table, "missing_key", f"此处缺少“{zh}”{hint[0]}", f'"{en}" is missing here{hint[1]}')

    def _check_one_of(self, table: Table, group: tuple[str, ...], problems: Problems) -> None:
        there = [name for name in group if name in table.entries]
        if not there:
            self._missing(table, group, problems)
        for name in there[1:]:
            problems.add(
                table.keys[name],
                "conflict",
                f"“{there[0]}”与“{name}”只能写一个；请删去其中之一",
                f'only one of "{there[0]}" and "{name}" may be written; delete one of them',
            )


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose keys are chosen by the author: states, fields, roles …; `name` says how a key is written."""

    name: Word
    form: Form
    expected: Text = Text(zh="一组“名称: 内容”", en="a mapping of names")
    keep: bool = False  # a name stays known although what stands under it cannot be used

    def check(self, node: Node, problems: Problems) -> Node | None:
        table = as_table(node)
        if table is None:
            return _wrong(self.expected, node, problems)
        entries = table.entries
        pruned: list[str] = []
        for name, child in entries.items():
            if self.name.check(table.keys[name], problems) is None:
                problems.refused.add(name)
                pruned.append(name)
            kept = self.form.check(child, problems)
            if kept is None and self.keep:
                kept = Table(child.line, child.column)
                kept.broken = True
            if kept is None:
                pruned.append(name)
            elif kept is not child:
                entries[name] = kept
        for name in pruned:
            entries.pop(name, None)
        return table


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one form."""

    form: Form
    expected: Text = Text(zh="一个列表", en="a list")
    least: int = 0  # how many there must be: 0 or 1

    def check(self, node: Node, problems: Problems) -> Node | None:
        if not isinstance(node, Items):
            return _wrong(self.expected, node, problems)
        if len(node.items) < self.least:
            zh, en = f"此列表是空的；应为{self.expected.zh}", f"this list is empty; {self.expected.en} is expected"
            problems.add(node, "missing_value", zh, en)
            return None
        checked = [self.form.check(child, problems) for child in node.items]
        node.items = [child for child in checked if child is not None]
        return node


@dataclass(frozen=True, slots=True)
class Either:
    """One form if a scalar stands here, another for a mapping, another for a list: never a guess by trial."""

    expected: Text
    scalar: Form | None = None
    table: Form | None = None
    items: Form | None = None

    def check(self, node: Node, problems: Problems) -> Node | None:
        form: Form | None
        if isinstance(node, Scalar):
            form = self.table if node.empty and _may_be_empty(self.table) else self.scalar
        else:
            form = self.table if isinstance(node, Table) else self.items
        return _wrong(self.expected, node, problems) if form is None else form.check(node, problems)


@dataclass(frozen=True, slots=True)
class Again:
    """A form that contains itself, by name."""

    name: str
    form: Callable[[], Form]

    @property
    def expected(self) -> Text:
        return self.form().expected

    def check(self, node: Node, problems: Problems) -> Node | None:
        return self.form().check(node, problems)


@dataclass(frozen=True, slots=True)
class Anything:
    """What is decided by another key beside it, and checked where that is known."""

    expected: Text = Text(zh="一个值", en="a value")

    def check(self, node: Node, problems: Problems) -> Node | None:
        return node


def _may_be_empty(form: Form | None) -> bool:
    """Whether nothing at all can stand for a mapping of this form."""
    return isinstance(form, Named) or (isinstance(form, Record) and not (form.required or form.one_of or form.some_of))


def one_or_many(form: Form, least: int = 0) -> Either:
    """One of `form`, or a list of them, of `least` 0 or 1."""
    expected = Text(zh=f"{form.expected.zh}，或其列表", en=f"{form.expected.en}, or a list of such")
    if isinstance(form, Either):
        return Either(expected, scalar=form.scalar, table=form.table, items=ListOf(form, expected, least))
    if isinstance(form, Word):
        return Either(expected, scalar=form, items=ListOf(form, expected, least))
    return Either(expected, table=form, items=ListOf(form, expected, least))


def as_table(node: Node) -> Table | None:
    """The mapping that stands here; nothing written counts as an empty one."""
    if isinstance(node, Table):
        return node
    if isinstance(node, Scalar) and node.empty:
        return Table(node.line, node.column)
    return None


def _wrong(expected: Text, node: Node, problems: Problems) -> Node | None:
    """Something of another kind stands here."""
    if isinstance(node, Scalar):
        if node.empty:
            there, code = Text(zh="此处缺少内容", en="nothing is written here"), "missing_value"
        else:
            there = Text(zh=f"此处是“{shortened(node.text)}”", en=f'here stands "{shortened(node.text)}"')
            code = "wrong_kind"
        wide = wide_hint(node.text) if not node.style else ("", "")
    else:
        table = isinstance(node, Table)
        there = Text(
            zh="此处是一组“键: 值”" if table else "此处是一个列表",
            en="here stands a mapping" if table else "here stands a list",
        )
        code, wide = "wrong_kind", ("", "")
    problems.add(
        node, code, f"{there.zh}；应为{expected.zh}{wide[0]}", f"{there.en}; {expected.en} is expected{wide[1]}"
    )
    return None

"""What is known of a file while it is compiled: names of every kind, settings, and where to put problems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.core.conditions import Vocabulary
from workflow.core.expressions import ExpressionProblem
from workflow.core.model import ANY, ENGINE, ROOT, Duration, Expression, Field, Place, Setting, Text
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.positions import position
from workflow.loading.problems import Problems, Spot
from workflow.loading.shape.base import ROLE_NAME, SETTING_NAME, STATE_NAME


@dataclass
class Leaf:
    """A flat state, with the table it was written as and those of the states around it, outermost first."""

    name: str
    table: Table
    around: tuple[tuple[str, Table], ...]


@dataclass
class KindSheet:
    """The names of the root ("") or of one part."""

    name: str
    table: Table
    fields: dict[str, Field] = field(default_factory=dict)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)  # a state with states in it -> its leaves
    entry: dict[str, str] = field(default_factory=dict)  # every state by name -> the leaf it is entered by
    actions: dict[str, tuple[Table, bool]] = field(default_factory=dict)  # name -> table, and whether it is an act
    extending: tuple[str, ...] = ()  # the acts that its deadlines bring along

    everything: tuple[str, ...] = ()  # all flat states
    unfinished: tuple[str, ...] = ()  # those that are not final


@dataclass
class Sheet:
    """Everything the chapters of the compiler share."""

    problems: Problems
    lines: Sequence[str]
    settings: dict[str, Setting] = field(default_factory=dict)
    roles: Mapping[str, Node] = field(default_factory=dict)
    guards: Mapping[str, Node] = field(default_factory=dict)
    kinds: dict[str, KindSheet] = field(default_factory=dict)
    parts: dict[str, KindSheet] = field(default_factory=dict)  # the kinds without the root
    deadlines: Mapping[str, Node] = field(default_factory=dict)
    vocabulary: Vocabulary | None = None

    def place(self, spot: Spot) -> Place:
        """Where `spot` is in the file."""
        return self.problems.place(spot)

    def known(self, node: Scalar, names: Collection[str], what: Text) -> bool:
        """Whether the name written at `node` is one of `names`; a problem where it is not."""
        if node.text in names:
            return True
        self.problems.unknown(node, what, node.text, names)
        return False

    def states_at(self, node: Node | None, kind: KindSheet, everything: tuple[str, ...]) -> tuple[str, ...]:
        """The flat states that a state, a list of states, or `any` (all of `everything`) stands for."""
        if isinstance(node, Scalar) and node.text == ANY:
            return everything
        found: dict[str, None] = {}
        for scalar in scalars(node):
            if scalar.text == ANY:
                found.update(dict.fromkeys(everything))
            elif scalar.text in kind.leaves:
                found[scalar.text] = None
            elif scalar.text in kind.groups:
                found.update(dict.fromkeys(kind.groups[scalar.text]))
            else:
                self.unknown_state(scalar, kind)
        return tuple(found)

    def unknown_state(self, node: Scalar, kind: KindSheet, *special: str) -> None:
        """Tells that the name at `node` is no state of `kind`, unless its states could not be read at all."""
        if "states" in kind.table.entries:
            self.problems.unknown(node, STATE_NAME, node.text, [*kind.entry, *special])

    def roles_at(self, node: Node | None, special: Sequence[str] = (ANY, ENGINE)) -> tuple[str, ...]:
        """The roles named at `node`; `special` are allowed besides those declared."""
        found = []
        for scalar in scalars(node):
            if scalar.text in special or scalar.text in self.roles:
                found.append(scalar.text)
            else:
                self.problems.unknown(scalar, ROLE_NAME, scalar.text, [*self.roles, *special])
        return tuple(found)

    def duration_at(self, node: Node | None) -> Duration | None:
        """A duration, written out or taken from a setting."""
        if not isinstance(node, Scalar):
            return None
        text = node.text
        if text.startswith("settings."):
            setting = self.setting_at(node, ("duration",))
            if setting is None or not isinstance(setting.value, str):
                return None  # what is wrong with it was told
            text = setting.value
        return duration(text)

    def setting_at(self, node: Scalar, types: Sequence[str]) -> Setting | None:
        """The setting that `settings.name` at `node` names, if its type is one of `types`."""
        name = node.text.removeprefix("settings.")
        setting = self.settings.get(name)
        if setting is None:
            self.problems.unknown(node, SETTING_NAME, name, self.settings)
        elif setting.type not in types and setting.type:
            wanted = "/".join(types)
            self.problems.add(
                node,
                "wrong_type",
                f"设置“{name}”的类型是 {setting.type}；此处需要 {wanted}",
                f'the setting "{name}" is of type {setting.type}; {wanted} is needed here',
            )
            return None
        return setting

    def condition(
        self,
        node: Node | None,
        kind: str = ROOT,
        input: Sequence[Field] = (),
        loop: Mapping[str, str] | None = None,
        want: str = "bool",
    ) -> Expression:
        """The CEL expression at `node`, compiled; one that cannot be used after its problems were told."""
        if not isinstance(node, Scalar):
            return BROKEN  # that it is missing was told when the shape was checked
        return self.expression(node, node.text, 0, kind, input, loop, want)

    def fitting(self, node: Scalar, kind: str) -> Expression | None:
        """The condition at `node`, if it is right for `kind`; nothing is told where it is not."""
        assert self.vocabulary is not None
        try:
            return self.vocabulary.compile(node.text, kind=kind)
        except ExpressionProblem:
            return None

    def expression(
        self,
        node: Scalar,
        source: str,
        offset: int,
        kind: str = ROOT,
        input: Sequence[Field] = (),
        loop: Mapping[str, str] | None = None,
        want: str = "bool",
    ) -> Expression:
        """The CEL expression `source`, which stands `offset` characters into the scalar `node`."""
        assert self.vocabulary is not None
        try:
            return self.vocabulary.compile(source, kind=kind, input=input, loop=loop, want=want)
        except ExpressionProblem as wrong:
            for line, column, text in wrong.problems:
                at = position(self.lines, node, line, column + (offset if line == 1 else 0))
                self.problems.add(Scalar("", "", *at), "condition", text.zh, text.en)
            return BROKEN


class _Broken:
    """Stands for an expression with problems, so that the rest of the file can be looked at."""

    source = ""

    def evaluate(self, scope: Any) -> Any:
        raise AssertionError(scope)  # a lifecycle with problems is never handed out


BROKEN = _Broken()
_NO_LABEL = Text()


def scalars(node: Node | None) -> list[Scalar]:
    """One scalar, or each of a list of them."""
    if isinstance(node, Scalar):
        return [node]
    return [item for item in node.items if isinstance(item, Scalar)] if isinstance(node, Items) else []


def tables(node: Node | None) -> list[Table]:
    """One mapping, or each of a list of them."""
    if isinstance(node, Table):
        return [node]
    return [item for item in node.items if isinstance(item, Table)] if isinstance(node, Items) else []


def entries(node: Node | None) -> dict[str, Node]:
    """What stands in a mapping; empty where there is none."""
    return node.entries if isinstance(node, Table) else {}


def words(node: Node | None) -> tuple[str, ...]:
    """The texts of one scalar or of a list."""
    return tuple(scalar.text for scalar in scalars(node))


def label(node: Node | None) -> Text:
    """A label: one text, which serves both languages, or one for each."""
    if isinstance(node, Scalar):
        return Text(zh=node.text)
    found = entries(node)
    return Text(str(_value(found.get("zh"), "")), str(_value(found.get("en"), ""))) if found else _NO_LABEL


def value(table: Table, name: str, default: object = None) -> object:
    """The typed value of a scalar entry."""
    return _value(table.entries.get(name), default)


def _value(node: Node | None, default: object) -> object:
    return node.value if isinstance(node, Scalar) else default


def duration(text: str) -> Duration:
    """A checked duration text as its number and unit."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return Duration(int(digits), text[len(digits) :])  # type: ignore[arg-type]

"""Notices, metrics, tallies, invariants, and what is read and kept for later: expectations, migration."""

from __future__ import annotations

from workflow.core.model import (
    ROOT,
    Field,
    Invariant,
    Json,
    Metric,
    NoticeRule,
    Selector,
    Tally,
    Text,
)
from workflow.loading.compiling.recipients import recipient
from workflow.loading.compiling.sheet import KindSheet, Sheet, entries, label, scalars, tables, value, words
from workflow.loading.nodes import Node, Scalar, Table, plain
from workflow.loading.shape.base import ACTION_NAME, FIELD_NAME, PART_NAME

_CHOICE = Text(zh="选项", en="choice")


def notices(sheet: Sheet, node: Node | None) -> tuple[NoticeRule, ...]:
    """Who is told of what."""
    actions = _actions(sheet)
    return tuple(_notice(sheet, table, actions) for table in tables(node))


def _notice(sheet: Sheet, table: Table, actions: dict[str, None]) -> NoticeRule:
    after = table.entries.get("after")
    kind = ROOT
    if isinstance(after, Scalar):
        part, _, _ = after.text.rpartition(".")
        kind = part if part in sheet.kinds else ROOT
        sheet.known(after, actions, ACTION_NAME)
    return NoticeRule(
        after=after.text if isinstance(after, Scalar) else "",
        to=tuple(recipient(sheet, scalar, kind) for scalar in scalars(table.entries.get("to"))),
        template=str(value(table, "template", "")),
        place=sheet.place(table),
    )


def _actions(sheet: Sheet) -> dict[str, None]:
    """Every action a notice can follow: `open` is the opening of the case itself."""
    found = ["open", "edit"]
    for kind in sheet.kinds.values():
        names = [*kind.actions, *kind.extending]
        found += [f"{kind.name}.{name}" if kind.name else name for name in names]
    return dict.fromkeys(found)


def invariants(sheet: Sheet, node: Node | None) -> tuple[Invariant, ...]:
    """What must hold after every command."""
    root = sheet.kinds[ROOT]
    return tuple(
        Invariant(
            name=name,
            holds=sheet.condition(entries(child).get("holds")),
            states=sheet.states_at(entries(child).get("in"), root, root.everything),
            place=sheet.place(child),
        )
        for name, child in entries(node).items()
    )


def metrics(sheet: Sheet, node: Node | None) -> dict[str, Metric]:
    """Printed figures."""
    found = {}
    for name, child in entries(node).items():
        own = entries(child)
        of = _selector(sheet, own["of"]) if "of" in own else None
        found[name] = Metric(name, _selector(sheet, own.get("count")), of, label(own.get("label")), sheet.place(child))
    return found


def _selector(sheet: Sheet, node: Node | None) -> Selector:
    if not isinstance(node, Table):
        return Selector()
    own = node.entries
    part = own.get("part")
    kind = sheet.kinds[ROOT]
    if isinstance(part, Scalar):
        if not sheet.known(part, sheet.parts, PART_NAME):
            return Selector()  # its states and fields are not known either
        kind = sheet.parts[part.text]
    else:
        for name in ("latest", "distinct"):
            if name in own:
                sheet.problems.add(
                    node.keys[name],
                    "not_here",
                    f"“{name}”只用于数子件；请先写 part",
                    f'"{name}" is for counting parts; write `part` first',
                )
    everything = kind.everything
    return Selector(
        part=part.text if isinstance(part, Scalar) else None,
        reached=sheet.states_at(own.get("reached"), kind, everything),
        now=sheet.states_at(own.get("in"), kind, everything),
        outcome=words(own.get("outcome")),
        where=_where(sheet, own.get("where"), [kind]),
        latest=bool(value(node, "latest", False)),
        distinct=bool(value(node, "distinct", False)),
    )


def _where(sheet: Sheet, node: Node | None, kinds: list[KindSheet]) -> dict[str, tuple[str, ...]]:
    """Fields and the values that count; each must be a field of one of `kinds`, and a value it can have."""
    if not isinstance(node, Table):
        return {}
    found = {}
    for name, child in node.entries.items():
        declared = [kind.fields[name] for kind in kinds if name in kind.fields]
        if not declared:
            names = dict.fromkeys(field for kind in kinds for field in kind.fields)
            sheet.problems.unknown(node.keys[name], FIELD_NAME, name, names)
        else:
            for scalar in scalars(child):
                _check_value(sheet, scalar, declared)
        found[name] = words(child)
    return found


def _check_value(sheet: Sheet, node: Scalar, declared: list[Field]) -> None:
    allowed: dict[str, None] = {}
    for field in declared:
        if field.type not in ("choice", "code"):
            return
        allowed.update(dict.fromkeys([*field.choices, *field.means.values()]))
    sheet.known(node, allowed, _CHOICE)


def tallies(sheet: Sheet, node: Node | None) -> dict[str, Tally]:
    """Tables of parts."""
    found = {}
    for name, child in entries(node).items():
        own = entries(child)
        parts = tuple(s.text for s in scalars(own.get("parts")) if sheet.known(s, sheet.parts, PART_NAME))
        where = _where(sheet, own.get("where"), [sheet.kinds[part] for part in parts])
        found[name] = Tally(name, parts, label(own.get("label")), where, sheet.place(child))
    return found


def expect(sheet: Sheet, node: Node | None) -> Json:
    """The expectations, with their states looked up, as they were written."""
    root = sheet.kinds[ROOT]
    for table in tables(node):
        own = table.entries
        for name in ("from", "can_reach", "never", "without_passing"):
            sheet.states_at(own.get(name), root, root.everything)
        for first, second in (("can_reach", "from"), ("never", "without_passing")):
            for name, other in ((first, second), (second, first)):
                if name in own and other not in own:
                    sheet.problems.add(
                        table.keys[name],
                        "missing_key",
                        f"“{name}”须与“{other}”一起写",
                        f'"{name}" goes together with "{other}"',
                    )
    return kept(node)


def migrate(sheet: Sheet, node: Node | None) -> Json:
    """How cases of an older version come over; what is new is looked up, what is old cannot be."""
    own = entries(node)
    for kind_name, moved in [
        (ROOT, own),
        *((name, entries(child)) for name, child in entries(own.get("parts")).items()),
    ]:
        if kind_name not in sheet.kinds:
            key = own["parts"].keys[kind_name]  # type: ignore[union-attr]
            sheet.known(key, sheet.parts, PART_NAME)
            continue
        kind = sheet.kinds[kind_name]
        for child in entries(moved.get("states")).values():
            sheet.states_at(child, kind, kind.everything)
        for child in entries(moved.get("fields")).values():
            if isinstance(child, Scalar):
                sheet.known(child, kind.fields, FIELD_NAME)
    return kept(node)


def kept(node: Node | None) -> Json:
    """What was written, as plain values; None where nothing was."""
    return None if node is None else plain(node)  # type: ignore[return-value]

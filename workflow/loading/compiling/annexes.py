"""Notices, metrics, tallies, invariants, and what is read and kept for later: expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from workflow.core.model import (
    ROOT,
    Deadline,
    Field,
    Invariant,
    Json,
    Metric,
    NoticeRule,
    Selector,
    Tally,
    Text,
)
from workflow.loading.compiling.recipients import recipients
from workflow.loading.compiling.sheet import KindSheet, Sheet, entries, label, scalars, tables, value, words
from workflow.loading.nodes import Node, Scalar, Table, plain
from workflow.loading.shape.base import ACTION_NAME, DEADLINE_NAME, FIELD_NAME, PART_NAME

Clocks: TypeAlias = "Mapping[str, tuple[Deadline, ...]]"  # by kind of case
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
        to=recipients(sheet, table.entries.get("to"), kind, opening=True),
        template=str(value(table, "template", "")),
        place=sheet.place(table),
        cc=recipients(sheet, table.entries.get("cc"), kind, opening=True),
        when=sheet.condition(table.entries["when"], kind) if "when" in table.entries else None,
        urgent=bool(value(table, "urgent", False)),
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


def metrics(sheet: Sheet, node: Node | None, clocks: Clocks) -> dict[str, Metric]:
    """Printed figures; `clocks` are the deadlines by which some of them judge."""
    found = {}
    for name, child in entries(node).items():
        own = entries(child)
        of = _selector(sheet, own["of"], clocks) if "of" in own else None
        count = _selector(sheet, own.get("count"), clocks)
        found[name] = Metric(name, count, of, label(own.get("label")), sheet.place(child))
    return found


def _selector(sheet: Sheet, node: Node | None, clocks: Clocks) -> Selector:
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
    return replace(
        _selected(sheet, own, kind, clocks),
        part=part.text if isinstance(part, Scalar) else None,
        unless=_selected(sheet, entries(own["not"]), kind, clocks) if "not" in own else None,
        latest=bool(value(node, "latest", False)),
        distinct=bool(value(node, "distinct", False)),
    )


def _selected(sheet: Sheet, own: Mapping[str, Node], kind: KindSheet, clocks: Clocks) -> Selector:
    def judged(name: str) -> tuple[str, ...]:
        known = [deadline.name for deadline in clocks.get(kind.name, ())]
        return tuple(s.text for s in scalars(own.get(name)) if sheet.known(s, known, DEADLINE_NAME))

    return Selector(
        reached=sheet.states_at(own.get("reached"), kind, kind.everything),
        now=sheet.states_at(own.get("in"), kind, kind.everything),
        outcome=words(own.get("outcome")),
        where=_where(sheet, own.get("where"), [kind]),
        on_time=judged("on_time"),
        overdue=judged("overdue"),
        due=judged("due"),
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
    for table in tables(node):
        own = table.entries
        of = own.get("of")
        if isinstance(of, Scalar) and not sheet.known(of, sheet.parts, PART_NAME):
            continue  # its states are not known either
        kind = sheet.parts[of.text] if isinstance(of, Scalar) else sheet.kinds[ROOT]
        for name in ("from", "can_reach", "never", "without_passing"):
            sheet.states_at(own.get(name), kind, kind.everything)
        for name, others in (
            ("can_reach", ("from",)),
            ("never", ("without_passing", "from")),
            ("without_passing", ("never",)),
        ):
            if name in own and not any(other in own for other in others):
                zh, en = "”或“".join(others), '" or "'.join(others)
                sheet.problems.add(
                    table.keys[name],
                    "missing_key",
                    f"“{name}”须与“{zh}”一起写",
                    f'"{name}" goes together with "{en}"',
                )
    return kept(node)


def kept(node: Node | None) -> Json:
    """What was written, as plain values; None where nothing was."""
    return None if node is None else plain(node)  # type: ignore[return-value]

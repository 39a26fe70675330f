"""States: nested ones made flat, names looked up, joins tied to their transitions."""

from __future__ import annotations

from typing import Any

from workflow.core.model import ENGINE, ORIGIN, Join, State
from workflow.loading.compiling.sheet import KindSheet, Leaf, Sheet, entries, label, scalars, tables, value, words
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.shape.base import DEADLINE_NAME, FIELD_NAME, STATE_NAME, TRANSITION_NAME


def flatten(sheet: Sheet, kind: KindSheet) -> None:
    """Finds the leaves of the nested states of `kind`, and by which leaf each state is entered."""
    # A list for a stack: how deep a file nests is its author's choice.
    outer_tables: dict[str, Table] = {}
    waiting: list[tuple[str, Node, tuple[tuple[str, Table], ...]]] = []

    def push(node: Node | None, prefix: str, around: tuple[tuple[str, Table], ...]) -> None:
        waiting.extend((prefix + name, child, around) for name, child in reversed(entries(node).items()))

    push(kind.table.entries.get("states"), "", ())
    while waiting:
        name, node, around = waiting.pop()
        table = node if isinstance(node, Table) else Table(node.line, node.column)
        if entries(table.entries.get("states")):
            kind.groups[name] = []
            outer_tables[name] = table
            push(table.entries["states"], f"{name}.", (*around, (name, table)))
            _check_group(sheet, name, table)
        else:
            kind.leaves[name] = Leaf(name, table, around)
            kind.entry[name] = name
            for outer, _ in around:
                kind.groups[outer].append(name)
    for name in reversed(kind.groups):  # inner ones first
        _find_entry(sheet, kind, name, outer_tables[name])
    kind.everything = tuple(kind.leaves)
    kind.unfinished = tuple(name for name, leaf in kind.leaves.items() if "final" not in leaf.table.entries)


def _check_group(sheet: Sheet, name: str, table: Table) -> None:
    if "final" in table.entries:
        sheet.problems.add(
            table.keys["final"],
            "not_here",
            f"“{name}”有下级状态，不能是终结状态；请把 final 写在下级状态里",
            f'"{name}" has states in it and cannot be final; write `final` on one of those',
        )
    if "initial" not in table.keys:
        sheet.problems.add(
            table,
            "missing_key",
            f"“{name}”有下级状态，须写 initial：先进入哪一个",
            f'"{name}" has states in it; `initial` must say which of them is entered first',
        )


def _find_entry(sheet: Sheet, kind: KindSheet, name: str, table: Table) -> None:
    initial = table.entries.get("initial")
    inner = entries(table.entries.get("states"))
    kind.entry[name] = kind.groups[name][0]
    if isinstance(initial, Scalar) and sheet.known(initial, inner, STATE_NAME):
        kind.entry[name] = kind.entry[f"{name}.{initial.text}"]


def target(sheet: Sheet, kind: KindSheet, node: Node | None, *, origin: bool = True) -> str:
    """The flat state that `to:` or `initial:` leads to; `origin` where that is allowed."""
    if not isinstance(node, Scalar):
        return ""
    if node.text == ORIGIN and origin:
        return ORIGIN
    if node.text not in kind.entry:
        sheet.unknown_state(node, kind, *((ORIGIN,) if origin else ()))
    return kind.entry.get(node.text, "")


def states(sheet: Sheet, kind: KindSheet) -> dict[str, State]:
    """The flat states of `kind`, compiled; what a state leaves out it has from the state around it."""
    return {name: _state(sheet, kind, leaf) for name, leaf in kind.leaves.items()}


def _state(sheet: Sheet, kind: KindSheet, leaf: Leaf) -> State:
    tables_in_order = [leaf.table, *(table for _, table in reversed(leaf.around))]

    def nearest(key: str) -> Node | None:
        return next((table.entries[key] for table in tables_in_order if key in table.entries), None)

    waits_for = nearest("waits_for")
    pauses = [s.text for s in scalars(nearest("pauses")) if sheet.known(s, sheet.deadlines, DEADLINE_NAME)]
    final: Any = value(leaf.table, "final")
    if "initial" in leaf.table.entries:
        sheet.problems.add(
            leaf.table.keys["initial"],
            "not_here",
            f"“{leaf.name}”没有下级状态，不能写 initial",
            f'"{leaf.name}" has no states in it; `initial` does not belong here',
        )
    return State(
        name=leaf.name,
        label=label(leaf.table.entries.get("label")),
        final=final,
        edit=_edit(sheet, kind, nearest("edit")),
        joins=tuple(
            _join(sheet, kind, leaf, join) for table in tables_in_order for join in tables(table.entries.get("join"))
        ),
        waits_for=None if waits_for is None else sheet.roles_at(waits_for, ()),
        pauses=tuple(pauses),
        within=tuple(name for name, _ in leaf.around),
        place=sheet.place(leaf.table),
    )


def _edit(sheet: Sheet, kind: KindSheet, node: Node | None) -> dict[str, tuple[str, ...]]:
    if not isinstance(node, Table):
        return {}
    found = {}
    for role, child in node.entries.items():
        sheet.roles_at(node.keys[role], ("any",))
        found[role] = tuple(s.text for s in scalars(child) if sheet.known(s, kind.fields, FIELD_NAME))
    return found


def _join(sheet: Sheet, kind: KindSheet, leaf: Leaf, table: Table) -> Join:
    take = table.entries.get("take")
    if isinstance(take, Scalar):
        table_taken, act = kind.actions.get(take.text, (None, True))
        if act or table_taken is None:
            transitions = [name for name, (_, is_act) in kind.actions.items() if not is_act]
            sheet.problems.unknown(take, TRANSITION_NAME, take.text, transitions)
        elif not table_taken.broken:
            _check_taken(sheet, leaf, take, table_taken.entries)
    return Join(
        when=sheet.condition(table.entries.get("when"), kind.name),
        take=take.text if isinstance(take, Scalar) else "",
        place=sheet.place(table),
    )


def _check_taken(sheet: Sheet, leaf: Leaf, take: Scalar, own: dict[str, Node]) -> None:
    by = words(own.get("by"))
    if "by" in own and ENGINE not in by:
        sheet.problems.add(
            take,
            "not_by_engine",
            f"“{take.text}”不由引擎执行（by: {'、'.join(by)}）；join 只能取 by: [engine] 的流转",
            f'"{take.text}" is not taken by the engine (by: {", ".join(by)}); a join takes a transition with by: [engine]',
        )
    sources = words(own.get("from"))
    here = {leaf.name, "any", *(name for name, _ in leaf.around)}
    if "from" in own and here.isdisjoint(sources):
        sheet.problems.add(
            take,
            "not_from_here",
            f"“{take.text}”不是从“{leaf.name}”出发的（from: {'、'.join(sources)}），在此永远不会发生",
            f'"{take.text}" does not start from "{leaf.name}" (from: {", ".join(sources)}); it could never be taken here',
        )


__all__ = ["flatten", "states", "target"]

"""Roles: who is who for the case at hand, checked for every kind of case in which somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.core.model import ROOT, Role
from workflow.loading.compiling.sheet import Sheet, entries, label, scalars, tables, value, words
from workflow.loading.nodes import Node, Table
from workflow.loading.shape.base import ROLE_NAME


def roles(sheet: Sheet, table: Table) -> dict[str, Role]:
    """The roles that the lifecycle `table` declares."""
    declared = entries(table.entries.get("roles"))
    others = {name: _others(sheet, child) for name, child in declared.items()}
    asked = _asked(sheet, table, others)
    found = {}
    for name, child in declared.items():
        party = None
        if "is" in entries(child):
            kinds = list(asked.get(name, {ROOT: None}))
            party, *_ = [sheet.condition(entries(child)["is"], kind, want="any") for kind in kinds]
        group: Any = value(child, "group") if isinstance(child, Table) else None
        found[name] = Role(name, group, party, others[name], label(entries(child).get("label")), sheet.place(child))
    _check_circles(sheet, found)
    return found


def _others(sheet: Sheet, child: Node) -> tuple[str, ...]:
    return tuple(s.text for s in scalars(entries(child).get("any_of")) if sheet.known(s, sheet.roles, ROLE_NAME))


def _asked(sheet: Sheet, table: Table, others: Mapping[str, Iterable[str]]) -> dict[str, dict[str, None]]:
    """For each role the kinds in which it is asked, by itself or through another role, in the order of the file."""
    asked: dict[str, dict[str, None]] = {}
    waiting: list[tuple[str, str]] = []
    for kind in sheet.kinds.values():
        names = [name for own, _ in kind.actions.values() for name in words(own.entries.get("by"))]
        states = [own for leaf in kind.leaves.values() for own in (leaf.table, *(outer for _, outer in leaf.around))]
        for own in states:
            names += [*entries(own.entries.get("edit")), *words(own.entries.get("waits_for"))]
        waiting += [(name, kind.name) for name in [*names, *words(table.entries.get("proxies"))]]
    for notice in tables(table.entries.get("notices")):
        part = str(value(notice, "after", "")).rpartition(".")[0]
        waiting += [(name, part if part in sheet.parts else ROOT) for name in words(notice.entries.get("to"))]
    waiting.reverse()
    while waiting:
        name, kind_name = waiting.pop()
        if kind_name not in asked.setdefault(name, {}):
            asked[name][kind_name] = None
            waiting += [(other, kind_name) for other in others.get(name, ())]
    return asked


def _check_circles(sheet: Sheet, roles: Mapping[str, Role]) -> None:
    """No role may be one of its own `any_of`, not even in a roundabout way."""
    waits: dict[str, set[str]] = {name: set(role.any_of) for name, role in roles.items()}
    users: dict[str, list[str]] = {name: [] for name in roles}
    for name, others in waits.items():
        for other in others:
            users[other].append(name)
    ready = [name for name, others in waits.items() if not others]
    while ready:
        settled = ready.pop()
        del waits[settled]
        for user in users[settled]:
            waits[user].discard(settled)
            if not waits[user]:
                ready.append(user)
    for name, role in roles.items():
        if name in waits:
            sheet.problems.add(
                role.place,
                "circle",
                f"角色“{name}”的 any_of 绕回了它自己：{'、'.join(role.any_of)}；请去掉其中之一",
                f'the role "{name}" leads back to itself by any_of: {", ".join(role.any_of)}; take one of them out',
            )

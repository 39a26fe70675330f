"""`migrate:` — what is new in it is looked up here; what is old can be only when cases are to come over."""

from __future__ import annotations

from typing import cast

from workflow.core.model import ROOT, Carrying, Duration, Migration, Renaming
from workflow.loading.compiling.sheet import KindSheet, Sheet, entries, scalars, value, words
from workflow.loading.compiling.states import target
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.shape.base import DEADLINE_NAME, FIELD_NAME, PART_NAME

UNDO = Duration(14, "d")


def migration(sheet: Sheet, node: Node | None, version: int) -> Migration | None:
    """How cases of an older version come over to `version`; None where nothing is said."""
    if not isinstance(node, Table):
        return None
    own = node.entries
    before = int(str(value(node, "from", 0)))
    if version and before >= version:
        sheet.problems.add(
            own["from"],
            "not_older",
            f"只能从更早的版迁来；此文件是第 {version} 版，from 应小于 {version}",
            f"cases come from an older version; this file is version {version}, so `from` is less than {version}",
        )
    kinds = {ROOT: _renaming(sheet, sheet.kinds[ROOT], node)}
    parts = own.get("parts")
    for name, child in entries(parts).items():
        assert isinstance(parts, Table)
        if sheet.known(parts.keys[name], sheet.parts, PART_NAME) and isinstance(child, Table):
            old = str(value(child, "from", name))
            if old in kinds:
                _twice(sheet, parts.keys[name], old)
            kinds[old] = _renaming(sheet, sheet.parts[name], child)
    return Migration(
        version=before,
        kinds=kinds,
        roles={
            old: names[0] for old, child in entries(own.get("roles")).items() if (names := sheet.roles_at(child, ()))
        },
        deadlines=_deadlines(sheet, own.get("deadlines")),
        undo=sheet.duration_at(own.get("undo")) or UNDO,
        place=sheet.place(node),
    )


def _renaming(sheet: Sheet, kind: KindSheet, node: Table) -> Renaming:
    fields: dict[str, str] = {}
    for old, child in entries(node.entries.get("fields")).items():
        if isinstance(child, Scalar) and sheet.known(child, kind.fields, FIELD_NAME):
            if child.text in fields.values():
                _twice(sheet, child, child.text)
            fields[old] = child.text
    for scalar in scalars(node.entries.get("drop")):
        if scalar.text in kind.fields or scalar.text in fields:
            sheet.problems.add(
                scalar,
                "not_gone",
                f"“{scalar.text}”在新版里还有（或已在 fields 里改名），不能写在 drop 里",
                f'"{scalar.text}" is still there (or renamed under `fields`); it cannot be dropped',
            )
    states = {
        old: target(sheet, kind, child, origin=False) for old, child in entries(node.entries.get("states")).items()
    }
    return Renaming(kind.name, states, fields, words(node.entries.get("drop")))


def _deadlines(sheet: Sheet, node: Node | None) -> dict[str, Carrying]:
    found: dict[str, Carrying] = {}
    for name, child in entries(node).items():
        assert isinstance(node, Table)
        if not isinstance(child, Scalar):
            continue
        found[name] = cast(Carrying, child.text)
        if child.text != "drop":
            sheet.known(node.keys[name], sheet.deadlines, DEADLINE_NAME)
        elif name in sheet.deadlines:
            sheet.problems.add(
                child,
                "not_gone",
                f"时限“{name}”在新版里还有；drop 只用于新版已无的时限，此处可写 keep、recompute 或 restart",
                f'the deadline "{name}" is still there; `drop` is for one that is gone: keep, recompute or restart',
            )
    return found


def _twice(sheet: Sheet, at: Scalar, name: str) -> None:
    sheet.problems.add(
        at, "duplicate", f"“{name}”在对照里写了两次；一个名称只能对照一次", f'"{name}" is mapped twice; once is enough'
    )

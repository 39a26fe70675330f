"""Puts the chapters together: names first, then everything that refers to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from workflow.core.conditions import Vocabulary
from workflow.core.model import ANY, ROOT, Deadline, Guard, Kind, Lifecycle
from workflow.loading.compiling import annexes
from workflow.loading.compiling.actions import Actions
from workflow.loading.compiling.deadlines import acts_of, deadlines, extending
from workflow.loading.compiling.fields import fields
from workflow.loading.compiling.migration import migration
from workflow.loading.compiling.roles import roles
from workflow.loading.compiling.sheet import KindSheet, Sheet, entries, label, value
from workflow.loading.compiling.states import flatten, states, target
from workflow.loading.compiling.values import settings
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.problems import Problems

MOST_MOVES = 100_000  # actions, counted once for each state they can be done in


def compile_lifecycle(
    table: Table, text: str, problems: Problems, given: Mapping[str, object], *, profile: str, check: bool
) -> Lifecycle:
    """The lifecycle that `table` describes, with the settings `given` over its own.

    Problems go to `problems`; where there are any the result is not to be used.
    """
    sheet = Sheet(problems, text.split("\n"))
    own = table.entries
    _declare(sheet, table, given, profile)
    sheet.vocabulary = Vocabulary(
        sheet.kinds[ROOT].fields,
        {name: kind.fields for name, kind in sheet.parts.items()},
        sheet.settings,
        states={name: kind.everything for name, kind in sheet.kinds.items()},
        check=check and not any(not setting.type for setting in sheet.settings.values()),
    )
    guards: dict[str, Guard] = {}
    clocks = deadlines(sheet, own.get("deadlines"))
    compiled = {name: _kind(sheet, kind, guards, clocks.get(name, ())) for name, kind in sheet.kinds.items()}
    _check_size(sheet, compiled)
    values = {name: setting.value for name, setting in sheet.settings.items()}
    counted_from = own.get("counted_from")
    version = int(str(value(table, "version", 0)))
    return Lifecycle(
        name=str(value(table, "lifecycle", "")),
        version=version,
        root=compiled.pop(ROOT),
        label=label(own.get("label")),
        parts=compiled,
        settings=sheet.settings,
        roles=roles(sheet, table),
        guards={**_unused_guards(sheet, guards), **guards},
        opened_by=sheet.roles_at(own.get("opened_by")) if "opened_by" in own else (ANY,),
        proxies=sheet.roles_at(own.get("proxies"), (ANY,)),
        invariants=annexes.invariants(sheet, own.get("invariants")),
        notices=annexes.notices(sheet, own.get("notices")),
        metrics=annexes.metrics(sheet, own.get("metrics"), clocks),
        tallies=annexes.tallies(sheet, own.get("tallies")),
        counted_from=target(sheet, sheet.kinds[ROOT], counted_from, origin=False) if counted_from else None,
        deadlines=annexes.kept(own.get("deadlines")),
        clocks=clocks,
        expect=annexes.expect(sheet, own.get("expect")),
        migrate=migration(sheet, own.get("migrate"), version),
        digest=digest(text, values),
        source=text,
        file=problems.file,
    )


def _check_size(sheet: Sheet, kinds: Mapping[str, Kind]) -> None:
    """`from: any` multiplies: many states times many transitions must not fill the memory."""
    moves = sum(len(transition.sources) for kind in kinds.values() for transition in kind.transitions.values())
    if moves > MOST_MOVES:
        sheet.problems.add(
            sheet.kinds[ROOT].table,
            "too_many",
            f"状态与动作的组合有 {moves} 种，最多 {MOST_MOVES} 种；请把流程拆小",
            f"states and actions combine in {moves} ways, {MOST_MOVES} at most; divide the lifecycle",
        )


def digest(text: str, values: Mapping[str, object]) -> str:
    """SHA-256, hexadecimal, of the canonical source text and the settings in force."""
    in_force = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{text}\0{in_force}".encode()).hexdigest()


def _declare(sheet: Sheet, table: Table, given: Mapping[str, object], profile: str) -> None:
    """Learns every name that something else may refer to."""
    own = table.entries
    declared: Node | None = own.get("settings")
    settings(sheet, declared if isinstance(declared, Table) else None, given, profile)
    sheet.roles = entries(own.get("roles"))
    sheet.guards = entries(own.get("guards"))
    sheet.deadlines = entries(own.get("deadlines"))
    named = {ROOT: table, **{name: part for name, part in entries(own.get("parts")).items() if isinstance(part, Table)}}
    for name, child in named.items():
        kind = sheet.kinds[name] = KindSheet(name, child, fields(sheet, child.entries.get("fields")))
        if name != ROOT:
            sheet.parts[name] = kind
        flatten(sheet, kind)
        _declare_actions(sheet, kind)
        _declare_extending(sheet, kind, own.get("deadlines"))


def _declare_actions(sheet: Sheet, kind: KindSheet) -> None:
    for chapter, act in (("transitions", False), ("acts", True)):
        node = kind.table.entries.get(chapter)
        for name, child in entries(node).items():
            if not isinstance(child, Table) or not isinstance(node, Table):
                continue
            if name in kind.actions:
                first = kind.table.entries["transitions"]
                line = first.keys[name].line if isinstance(first, Table) else 0
                sheet.problems.add(
                    node.keys[name],
                    "duplicate",
                    f"“{name}”既是流转（第 {line} 行）又是办理动作；请换一个名称",
                    f'"{name}" is a transition (line {line}) and an act; choose another name',
                )
            kind.actions[name] = (child, act)


def _declare_extending(sheet: Sheet, kind: KindSheet, node: Node | None) -> None:
    kind.extending = tuple(acts_of(node, kind.name))
    for name in kind.extending:
        if name in kind.actions:
            sheet.problems.add(
                kind.actions[name][0],
                "duplicate",
                f"“{name}”是时限的延期动作（extend）自带的名称；请换一个名称",
                f'"{name}" is the act that a deadline\'s `extend` brings along; choose another name',
            )


def _kind(sheet: Sheet, kind: KindSheet, guards: dict[str, Guard], clocks: tuple[Deadline, ...]) -> Kind:
    own = kind.table.entries
    blind = entries(own.get("blind")).get("until")
    return Kind(
        name=kind.name,
        initial=target(sheet, kind, own.get("initial"), origin=False),
        states=states(sheet, kind),
        transitions={**Actions(sheet, kind, guards).all(), **extending(clocks, kind)},
        fields=kind.fields,
        label=label(own.get("label")),
        outlives=bool(value(kind.table, "outlives", False)),
        blind_until=sheet.condition(blind, kind.name) if blind is not None else None,
        place=sheet.place(kind.table),
    )


def _unused_guards(sheet: Sheet, used: Mapping[str, Guard]) -> dict[str, Guard]:
    """Guards that no `if` names yet: right if they are right for any kind; what `input` would be, nobody knows."""
    found = {}
    for name, node in sheet.guards.items():
        when = entries(node).get("when")
        if name in used or not isinstance(when, Scalar):
            continue
        kinds = [] if "input." in when.text else list(sheet.kinds)
        expression = next((good for kind in kinds if (good := sheet.fitting(when, kind)) is not None), None)
        if expression is None:
            expression = sheet.condition(when) if kinds else Vocabulary({}, {}, {}, check=False).compile(when.text)
        found[name] = Guard(name, expression, label(entries(node).get("else")), sheet.place(node))
    return found

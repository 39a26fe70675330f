"""Transitions and acts: who may do what from where, with what guards, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workflow.core.model import Field, Guard, Route, Transition
from workflow.loading.compiling.effects import effects
from workflow.loading.compiling.fields import asks
from workflow.loading.compiling.sheet import KindSheet, Sheet, label, scalars, tables, value
from workflow.loading.compiling.states import target
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.shape.base import FIELD_NAME, GUARD_NAME


@dataclass
class Actions:
    """Compiles the transitions and acts of one kind."""

    sheet: Sheet
    kind: KindSheet
    guards: dict[str, Guard]  # the named ones, as first compiled

    def all(self) -> dict[str, Transition]:
        """Every transition and act, in the order of the file."""
        return {
            name: self._action(name, table, act=act)
            for name, (table, act) in self.kind.actions.items()
            if not table.broken
        }

    def _action(self, name: str, table: Table, *, act: bool) -> Transition:
        sheet, kind, own = self.sheet, self.kind, table.entries
        asked = asks(sheet, own.get("ask"), kind.fields)
        require = tuple(s.text for s in scalars(own.get("require")) if sheet.known(s, kind.fields, FIELD_NAME))
        taken = {field.name for field in asked}
        input = (*asked, *(kind.fields[name] for name in require if name not in taken))
        note: Any = value(table, "note", "optional")
        if act:
            sources = sheet.states_at(own.get("in"), kind, kind.everything)
        else:
            sources = sheet.states_at(own.get("from"), kind, kind.unfinished)
        return Transition(
            name=name,
            sources=sources,
            to=target(sheet, kind, own["to"]) if "to" in own else None,
            by=sheet.roles_at(own.get("by")),
            label=label(own.get("label")),
            asks=asked,
            require=require,
            note=note,
            guards=self._guards(name, own.get("if"), input),
            routes=self._routes(own.get("routes"), input),
            effects=effects(sheet, kind, table, input),
            within=sheet.duration_at(own.get("within")),
            act=act,
            at_most_every=sheet.duration_at(own.get("at_most_every")),
            place=sheet.place(table),
        )

    def _guards(self, action: str, node: Node | None, input: Sequence[Field]) -> tuple[Guard, ...]:
        items = node.items if isinstance(node, Items) else [] if node is None else [node]
        found = []
        for number, item in enumerate(items, 1):
            if isinstance(item, Table):
                found.append(self._guard(f"{action}_{number}", item, input))
            elif isinstance(item, Scalar) and self.sheet.known(item, self.sheet.guards, GUARD_NAME):
                declared = self.sheet.guards[item.text]
                if isinstance(declared, Table):
                    guard = self._guard(item.text, declared, input)
                    self.guards.setdefault(item.text, guard)
                    found.append(guard)
        return tuple(found)

    def _guard(self, name: str, table: Table, input: Sequence[Field]) -> Guard:
        return Guard(
            name=name,
            when=self.sheet.condition(table.entries.get("when"), self.kind.name, input),
            otherwise=label(table.entries.get("else")),
            place=self.sheet.place(table),
        )

    def _routes(self, node: Node | None, input: Sequence[Field]) -> tuple[Route, ...]:
        found: list[Route] = []
        last: Table | None = None
        for table in tables(node):
            if "else" in table.entries:
                if last is not None:
                    self.sheet.problems.add(
                        table,
                        "two_else",
                        f"只能有一条 else（第 {last.line} 行已有）；请给这一条写 when",
                        f"only one route may be `else` (there is one in line {last.line}); give this one a `when`",
                    )
                last = table
            when = None
            if "when" in table.entries:
                when = self.sheet.condition(table.entries["when"], self.kind.name, input)
            found.append(
                Route(
                    when=when,
                    to=target(self.sheet, self.kind, table.entries.get("to")),
                    effects=effects(self.sheet, self.kind, table, input),
                    place=self.sheet.place(table),
                )
            )
        return tuple(found)

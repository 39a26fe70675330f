"""A lifecycle as the checks look at it: what several of them need is worked out once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from workflow.checks.roads import Roads
from workflow.core.model import (
    ENGINE,
    ROOT,
    Deadline,
    Effects,
    Expression,
    Kind,
    Lifecycle,
    OpenedHolders,
    Opening,
    Recipient,
    Text,
    Transition,
)
from workflow.core.paths import Edge, edges

Where: TypeAlias = (
    "tuple[str | int, ...]"  # the keys (and numbers in lists) that lead from the top of the file to a place
)

_SETTING = re.compile(r"\bsettings\.(\w+)")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One expression of the file: where it stands, in which kind of case, and of which transition.

    `role` is what it is for: guard, route, join, blind, clock (whether a deadline begins), invariant, set, open, start,
    number, notice, deadline (whom it tells), role.
    """

    where: Where
    role: str
    kind: str
    expression: Expression
    transition: Transition | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """One `open:` of the file: where it stands, and the transition or act that does it."""

    where: Where
    kind: str
    transition: Transition
    opening: Opening


class Subject:
    """One lifecycle, with its graph, its expressions and where they stand."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.kinds: tuple[Kind, ...] = (lifecycle.root, *lifecycle.parts.values())

    # -- where things stand

    def at(self, kind: Kind | str, *keys: str | int) -> Where:
        """The path of something within a kind of case."""
        name = kind if isinstance(kind, str) else kind.name
        return ("parts", name, *keys) if name else keys

    def state_at(self, kind: Kind | str, state: str, *keys: str | int) -> Where:
        """The path of a state; a nested one stands within others."""
        inner: list[str | int] = []
        for name in state.split("."):
            inner += ["states", name]
        return self.at(kind, *inner, *keys)

    def action_at(self, kind: Kind | str, transition: Transition, *keys: str | int) -> Where:
        """The path of a transition or act; the act that extends a deadline stands with the deadline."""
        if transition.extends is not None:
            return ("deadlines", transition.extends, "extend")
        return self.at(kind, "acts" if transition.act else "transitions", transition.name, *keys)

    # -- the graph

    @cached_property
    def ways(self) -> dict[str, tuple[Edge, ...]]:
        """The edges of each kind."""
        return {kind.name: edges(kind) for kind in self.kinds}

    @cached_property
    def roads(self) -> dict[str, Roads]:
        """The same, each remembering where the case came from."""
        return {kind.name: Roads(kind, self.ways[kind.name]) for kind in self.kinds}

    @cached_property
    def entered(self) -> dict[str, set[str]]:
        """The states of each kind that can be entered."""
        return {kind.name: self.roads[kind.name].reachable() for kind in self.kinds}

    @cached_property
    def ending(self) -> dict[str, set[str]]:
        """The states of each kind from which an end can be reached."""
        return {
            kind.name: self.roads[kind.name].leading([s.name for s in kind.states.values() if s.final])
            for kind in self.kinds
        }

    @cached_property
    def leaving(self) -> dict[str, dict[str, list[Transition]]]:
        """The transitions (not acts) that leave each state of each kind."""
        found: dict[str, dict[str, list[Transition]]] = {}
        for kind in self.kinds:
            out = found[kind.name] = defaultdict(list)
            for transition in kind.transitions.values():
                if not transition.act:
                    for source in transition.sources:
                        out[source].append(transition)
        return found

    @cached_property
    def taken(self) -> dict[str, set[str]]:
        """The transitions of each kind that a join or a deadline takes."""
        found: dict[str, set[str]] = {}
        for kind in self.kinds:
            found[kind.name] = {join.take for state in kind.states.values() for join in state.joins}
            found[kind.name] |= {clock.take for clock in self.clocks(kind) if clock.take}
        return found

    def clocks(self, kind: Kind) -> tuple[Deadline, ...]:
        """The deadlines of a kind."""
        return self.lifecycle.clocks.get(kind.name, ())

    @cached_property
    def closed_from_above(self) -> set[str]:
        """The parts that some transition or act closes."""
        return {name for _, _, _, effects in self.effects() for name in effects.close}

    # -- effects and expressions

    def effects(self) -> Iterator[tuple[Where, Kind, Transition, Effects]]:
        """The effects of every transition and act, and of each of its routes, with their places."""
        for kind in self.kinds:
            for transition in kind.transitions.values():
                yield self.action_at(kind, transition), kind, transition, transition.effects
                for n, route in enumerate(transition.routes):
                    yield self.action_at(kind, transition, "routes", n), kind, transition, route.effects

    @cached_property
    def openings(self) -> tuple[Opened, ...]:
        """Every `open:` of the file."""
        return tuple(
            Opened((*where, "open", n), kind.name, transition, opening)
            for where, kind, transition, effects in self.effects()
            for n, opening in enumerate(effects.open)
        )

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every expression of the file."""
        return tuple(self._clauses())

    def _clauses(self) -> Iterator[Clause]:
        for kind in self.kinds:
            for state in kind.states.values():
                for n, join in enumerate(state.joins):
                    yield Clause(self.state_at(kind, state.name, "join", n, "when"), "join", kind.name, join.when)
            if kind.blind_until is not None:
                yield Clause(self.at(kind, "blind", "until"), "blind", kind.name, kind.blind_until)
            for transition in kind.transitions.values():
                yield from self._of_transition(kind, transition)
        for where, kind, transition, effects in self.effects():
            yield from _of_effects(where, kind.name, transition, effects)
        yield from self._of_annexes()

    def _of_transition(self, kind: Kind, transition: Transition) -> Iterator[Clause]:
        for n, guard in enumerate(transition.guards):
            named = guard.name in self.lifecycle.guards
            where = ("guards", guard.name, "when") if named else self.action_at(kind, transition, "if", n, "when")
            yield Clause(where, "guard", kind.name, guard.when, transition)
        for n, route in enumerate(transition.routes):
            if route.when is not None:
                where = self.action_at(kind, transition, "routes", n, "when")
                yield Clause(where, "route", kind.name, route.when, transition)

    def _of_annexes(self) -> Iterator[Clause]:
        own = self.lifecycle
        for name, role in own.roles.items():
            if role.party is not None:
                yield Clause(("roles", name, "is"), "role", ROOT, role.party)
        for invariant in own.invariants:
            yield Clause(("invariants", invariant.name, "holds"), "invariant", ROOT, invariant.holds)
        for n, notice in enumerate(own.notices):
            kind = notice.after.rpartition(".")[0]
            told = (("to", notice.to), ("cc", notice.cc))
            yield from (
                Clause(("notices", n, key), "notice", kind, each) for key, to in told for each in _worked_out(to)
            )
            if notice.when is not None:
                yield Clause(("notices", n, "when"), "notice", kind, notice.when)
        for clocks in own.clocks.values():
            for clock in clocks:
                if clock.when is not None:
                    yield Clause(("deadlines", clock.name, "when"), "clock", clock.kind, clock.when)
                for telling in (clock.overdue, *clock.escalate):
                    where = ("deadlines", clock.name, "overdue")
                    to = () if telling is None else (*telling.to, *telling.cc)
                    yield from (Clause(where, "deadline", clock.kind, each) for each in _worked_out(to))

    @cached_property
    def read(self) -> dict[str, set[str]]:
        """The fields of each kind that some expression reads, or a metric, a tally or a template's number."""
        found: dict[str, set[str]] = {kind.name: set() for kind in self.kinds}
        for clause in self.clauses:
            for _, root, name in names_of(clause.expression):
                if root == "case":
                    found[clause.kind].add(name)
                elif root in ("parent", "linked"):
                    found[ROOT].add(name)
                elif root == "parts" and name in found:
                    found[name].update(re.findall(r"\.\s*(\w+)", clause.expression.source))
        for metric in self.lifecycle.metrics.values():
            for selector in (metric.count, metric.of):
                while selector is not None:
                    found[selector.part or ROOT].update(selector.where)
                    selector = selector.unless
        for kind in self.kinds:
            found[kind.name].update(clock.field for clock in self.clocks(kind) if clock.field)
        return found

    @cached_property
    def written(self) -> dict[str, set[str]]:
        """The fields of each kind that somebody or something can fill after the opening, or that have a default."""
        found: dict[str, set[str]] = {}
        for kind in self.kinds:
            own = found[kind.name] = {name for name, field in kind.fields.items() if field.default is not None}
            for state in kind.states.values():
                own.update(name for names in state.edit.values() for name in names)
            for transition in kind.transitions.values():
                own.update(field.name for field in transition.asks)
                own.update(transition.require)
        for _, kind, _, effects in self.effects():
            found[kind.name].update(name for name, _ in effects.set)
            found[kind.name].update(number.field for number in effects.numbers if number.field)
            found[kind.name].update(starting.link for starting in effects.start if starting.link)
        for opened in self.openings:
            found[opened.opening.part].update(name for name, _ in opened.opening.set)
        return found

    @cached_property
    def settings_named(self) -> set[str]:
        """The settings that the file speaks of."""
        return set(_SETTING.findall(_COMMENT.sub("", self.lifecycle.source)))

    # -- words

    def called(self, kind: Kind | str, state: str) -> Text:
        """A state as people call it, with its name."""
        own = self.lifecycle.kind(kind) if isinstance(kind, str) else kind
        return named(own.states[state].label, state) if state in own.states else Text(state, state)

    def road(self, kind: Kind | str, way: tuple[Edge, ...], start: str) -> Text:
        """A way in words: 草稿（draft） —提交（submit）→ 已提交（submitted）."""
        own = self.lifecycle.kind(kind) if isinstance(kind, str) else kind
        first = self.called(own, start)
        zh, en = first.zh, first.en
        for edge in way:
            step, to = named(own.transitions[edge.transition].label, edge.transition), self.called(own, edge.target)
            zh += f" —{step.zh}→ {to.zh}"
            en += f" —{step.en}→ {to.en}"
        return Text(zh, en)


def _of_effects(where: Where, kind: str, action: Transition, effects: Effects) -> Iterator[Clause]:
    for name, expression in effects.set:
        yield Clause((*where, "set", name), "set", kind, expression, action)
    for n, opening in enumerate(effects.open):
        given = [("key", opening.key), ("holder", opening.holder), ("each", opening.each)]
        given += [("set", expression) for _, expression in opening.set]
        yield from (Clause((*where, "open", n, key), "open", kind, e, action) for key, e in given if e is not None)
    for starting in effects.start:
        given = [("created_by", starting.created_by), *(("set", expression) for _, expression in starting.set)]
        yield from (Clause((*where, "start", 0, key), "start", kind, e, action) for key, e in given if e is not None)
    for number in effects.numbers:
        for piece in number.prefix:
            if not isinstance(piece, str):
                yield Clause((*where, "number"), "number", kind, piece[0], action)


def names_of(expression: Expression) -> tuple[tuple[str, str, str], ...]:
    """The names that an expression reads, each as (whole, before the dot, behind it)."""
    found: Any = getattr(expression, "names", ())
    return tuple(found)


def named(label: Text, name: str) -> Text:
    """A label with its name, in both languages; the name alone where there is no label."""
    zh, en = label.say("zh"), label.say("en")
    return Text(f"{zh}（{name}）" if zh else name, f"{en} ({name})" if en else name)


def by_hand(transition: Transition) -> bool:
    """Whether a person can do it."""
    return any(name != ENGINE for name in transition.by)


def _worked_out(recipients: Iterable[Recipient]) -> Iterator[Expression]:
    """Those that are conditions on the case, not roles or what was just opened."""
    return (each for each in recipients if not isinstance(each, str | OpenedHolders))


def called(recipient: Recipient) -> str:
    """A recipient as it was written, near enough to tell two apart."""
    if isinstance(recipient, str):
        return recipient
    return f"opened {recipient.part}" if isinstance(recipient, OpenedHolders) else recipient.source

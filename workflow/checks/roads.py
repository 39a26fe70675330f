"""Ways that remember where a case came from, so that `to: origin` leads back there and nowhere else.

`workflow.core.paths.edges` lets a state with `to: origin` lead back to every state that leads into it: from suspended
to evaluating although the case was suspended when it was submitted. To prove that something can never be, such a state
is taken apart into one for each state before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workflow.core.model import ORIGIN, Kind
from workflow.core.paths import Edge, leading, reachable, shortest

_FROM = "\0"  # between a state and the one before it, where that matters


class Roads:
    """The ways through one kind of case, by its states' own names."""

    def __init__(self, kind: Kind, ways: Iterable[Edge]) -> None:
        ways = tuple(ways)
        back = {
            (t.name, n) for t in kind.transitions.values()
            for n, to in ((None, t.to), *((n, route.to) for n, route in enumerate(t.routes))) if to == ORIGIN
        }  # fmt: skip
        asking = {edge.source for edge in ways if (edge.transition, edge.route) in back}
        before: dict[str, list[str]] = {state: [""] if state == kind.initial else [] for state in asking}
        for edge in ways:
            if edge.target in asking and edge.source not in before[edge.target]:
                before[edge.target].append(edge.source)
        self._nodes = {state: [f"{state}{_FROM}{each}" for each in came] for state, came in before.items()}
        self._ways = [
            Edge(
                edge.transition,
                node,
                f"{edge.target}{_FROM}{edge.source}" if edge.target in asking else edge.target,
                edge.route,
            )
            for edge in ways
            for node in self._nodes.get(edge.source, [edge.source])
            if (edge.transition, edge.route) not in back or node.endswith(f"{_FROM}{edge.target}")
        ]
        self._start = self._of(kind.initial)[:1]

    def reachable(self, start: Collection[str] | None = None, *, without: Collection[str] = ()) -> set[str]:
        """The states that can be reached from `start` (None: the first state), past none of `without`."""
        begin = self._start if start is None else self._all(start)
        return {_state(node) for node in reachable(self._ways, begin, without=self._all(without))}

    def leading(self, goals: Collection[str]) -> set[str]:
        """The states from which one of `goals` can be reached."""
        return {_state(node) for node in leading(self._ways, self._all(goals))}

    def beyond(self, state: str, transitions: Collection[str]) -> set[str]:
        """The states that can be reached from `state`, one of `transitions` being the first step, without coming back to it."""
        own = set(self._of(state))
        first = {edge.target for edge in self._ways if edge.source in own and edge.transition in transitions}
        return {_state(node) for node in reachable(self._ways, first, without=own)}

    def shortest(
        self, start: str | None, goals: Collection[str], *, without: Collection[str] = ()
    ) -> tuple[Edge, ...] | None:
        """The fewest steps from `start` (None: the first state) to one of `goals` past none of `without`; None: there is no way."""
        barred = set(self._all(without))
        found = [
            way
            for node in (self._start if start is None else self._of(start))
            if node not in barred
            for way in [shortest(self._ways, node, self._all(goals), without=barred)]
            if way is not None
        ]
        best = min(found, key=len, default=None)
        return (
            None
            if best is None
            else tuple(Edge(e.transition, _state(e.source), _state(e.target), e.route) for e in best)
        )

    def _of(self, state: str) -> list[str]:
        return self._nodes.get(state, [state])

    def _all(self, states: Iterable[str]) -> list[str]:
        return [node for state in states for node in self._of(state)]


def _state(node: str) -> str:
    return node.partition(_FROM)[0]

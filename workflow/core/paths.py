"""The ways through a kind of case: which state leads where, by which transition, whatever conditions may say.

What cannot be reached here can never be; what can be reached here may still be refused by a guard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from workflow.core.model import ORIGIN, Kind, Transition


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a state to a state. `route` counts the routes of the transition from 0; None where it has none."""

    transition: str
    source: str
    target: str
    route: int | None = None


def targets(transition: Transition) -> tuple[str, ...]:
    """Where a transition leads, one state for each of its routes; nowhere for an act."""
    if transition.act:
        return ()
    return (transition.to,) if transition.to is not None else tuple(route.to for route in transition.routes)


def opened(transition: Transition) -> dict[str, None]:
    """The parts that a transition or act opens, by any of its routes."""
    effects = [transition.effects, *(route.effects for route in transition.routes)]
    return dict.fromkeys(opening.part for one in effects for opening in one.open)


def edges(kind: Kind) -> tuple[Edge, ...]:
    """Every way that the transitions of `kind` open, in the order of the file. Acts move nothing and are no edges.

    `to: origin` leads back to each state from which the state it leaves can be entered.
    """
    named = [
        Edge(each.name, source, target, n if each.routes else None)
        for each in kind.transitions.values()
        for source in each.sources
        for n, target in enumerate(targets(each))
    ]
    before: dict[str, dict[str, None]] = {}  # the states from which a state can be entered
    known: tuple[Edge, ...] = ()
    while True:
        ways = tuple(way for edge in named for way in _resolved(edge, before))
        if len(ways) == len(known):
            return ways
        for edge in ways:
            before.setdefault(edge.target, {})[edge.source] = None
        known = ways


def _resolved(edge: Edge, before: Mapping[str, Iterable[str]]) -> list[Edge]:
    if edge.target != ORIGIN:
        return [edge]
    return [Edge(edge.transition, edge.source, back, edge.route) for back in before.get(edge.source, ())]


def leaving(ways: Iterable[Edge]) -> dict[str, list[Edge]]:
    """The edges by the state that they leave."""
    found: dict[str, list[Edge]] = {}
    for edge in ways:
        found.setdefault(edge.source, []).append(edge)
    return found


def reachable(ways: Iterable[Edge], start: Collection[str], *, without: Collection[str] = ()) -> set[str]:
    """The states that can be reached from those of `start`, and these themselves; none of `without` is passed."""
    out = leaving(ways)
    seen = set(start) - set(without)
    waiting = deque(seen)
    while waiting:
        for edge in out.get(waiting.popleft(), ()):
            if edge.target not in seen and edge.target not in without:
                seen.add(edge.target)
                waiting.append(edge.target)
    return seen


def leading(ways: Iterable[Edge], goals: Collection[str]) -> set[str]:
    """The states from which one of `goals` can be reached, and these themselves."""
    return reachable([Edge(e.transition, e.target, e.source, e.route) for e in ways], goals)


def shortest(
    ways: Iterable[Edge], start: str, goals: Collection[str], *, without: Collection[str] = ()
) -> tuple[Edge, ...] | None:
    """The fewest edges from `start` to one of `goals` past none of `without`; of equal ones the first in the file.

    None where there is no way; empty where `start` is a goal itself.
    """
    if start in goals:
        return ()
    out = leaving(ways)
    came: dict[str, Edge | None] = {start: None}
    waiting = deque([start])
    while waiting:
        for edge in out.get(waiting.popleft(), ()):
            if edge.target in came or edge.target in without:
                continue
            came[edge.target] = edge
            if edge.target in goals:
                return _walked(came, edge)
            waiting.append(edge.target)
    return None


def _walked(came: Mapping[str, Edge | None], last: Edge) -> tuple[Edge, ...]:
    found = [last]
    while (edge := came[found[-1].source]) is not None:
        found.append(edge)
    return tuple(reversed(found))

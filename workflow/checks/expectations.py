"""Expectations, proved or refuted on the graph, with the shortest way that refutes it.

What conditions, roles and joins say is left aside: a way that the graph does not have can never be gone, so a proof
that something can *never* be holds; a way that it has may still be closed by a condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, Where
from workflow.core.model import ANY, ROOT, Kind, Text


@check(
    "expectation_broken",
    "error",
    Text("落空的期望", "An expectation that does not hold"),
    Text("expect 里写的期望不成立；消息里有最短的一条反例。", "What `expect` says does not hold; the message has the shortest way that shows it."),
    Text("改正流转使期望成立，或改正期望", "change the transitions so that it holds, or change the expectation"),
    "expect: [{never: granted, without_passing: denied}]",
)  # fmt: skip
def expectation_broken(subject: Subject) -> Iterator[Finding]:
    """Every expectation that the graph refutes."""
    expected = subject.lifecycle.expect
    for n, each in enumerate(expected if isinstance(expected, list) else []):
        if not isinstance(each, Mapping):
            continue
        kind = subject.lifecycle.kind(str(each.get("of") or ROOT))
        proof = _reaches if "can_reach" in each else _avoids
        text = proof(subject, kind, each)
        if text is not None:
            where: Where = ("expect", n, "can_reach" if "can_reach" in each else "never")
            yield Finding(where, text)


def _reaches(subject: Subject, kind: Kind, expected: Mapping[str, Any]) -> Text | None:
    roads = subject.roads[kind.name]
    goals = _states(kind, expected["can_reach"])
    entered = subject.entered[kind.name]
    anywhere = [name for name in kind.states if name in entered and not kind.states[name].final]
    start = anywhere if expected["from"] == ANY else _states(kind, expected["from"])
    able = roads.leading(goals)
    for state in start:
        if state not in able:
            called, wanted = subject.called(kind, state), _listed(subject, kind, goals)
            way = roads.shortest(None, [state]) or ()
            road = subject.road(kind, way, kind.initial)
            return Text(
                f"从“{called.zh}”到不了 {wanted.zh}；走到这里：{road.zh}",
                f"{wanted.en} cannot be reached from {called.en}; the way there: {road.en}",
            )
    return None


def _avoids(subject: Subject, kind: Kind, expected: Mapping[str, Any]) -> Text | None:
    roads = subject.roads[kind.name]
    never = _states(kind, expected["never"])
    passing = _states(kind, expected.get("without_passing", []))
    start = _states(kind, expected["from"]) if "from" in expected else None
    if roads.reachable(start, without=passing).isdisjoint(set(never) - set(passing)):
        return None
    begins: list[str | None] = [None] if start is None else [*start]
    ways = [(roads.shortest(state, never, without=passing), state or kind.initial) for state in begins]
    way, begin = min(((way, state) for way, state in ways if way is not None), key=lambda each: len(each[0]))
    road, past = subject.road(kind, way, begin), _listed(subject, kind, passing)
    end = subject.called(kind, way[-1].target if way else begin)
    beside = Text(f"不经过 {past.zh} ", f" without passing {past.en}") if passing else Text()
    return Text(f"{beside.zh}也能到“{end.zh}”：{road.zh}", f"{end.en} can be reached{beside.en}: {road.en}")


def _states(kind: Kind, written: object) -> list[str]:
    """The flat states that a name, a list of them, or `any` stands for; a state around others means those."""
    names = written if isinstance(written, list) else [written]
    if ANY in names:
        return list(kind.states)
    return [s.name for s in kind.states.values() if s.name in names or not set(s.within).isdisjoint(names)]


def _listed(subject: Subject, kind: Kind, names: list[str]) -> Text:
    called = [subject.called(kind, name) for name in names]
    return Text("、".join(each.zh for each in called), ", ".join(each.en for each in called))

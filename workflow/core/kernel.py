"""The state machine proper: one flat `transitions.Machine` for each kind of case, shared by all threads.

The machine is built once and never changed; a case passes through it as a throw-away token that carries only the
state it is in and the target that was decided. A transition with several routes is several transitions of the machine,
of which the token's target lets exactly one through. Nested states were made flat when the file was read.
"""

from __future__ import annotations

from typing import Any

from transitions import EventData, Machine

from workflow.core.model import EDIT, Kind
from workflow.core.paths import edges


class Token:
    """A case while the kernel moves it."""

    __slots__ = ("state", "target")

    def __init__(self, state: str, target: str) -> None:
        self.state = state
        self.target = target


def step(kind: Kind, state: str, action: str, target: str) -> str:
    """The state after `action`; raises `transitions.MachineError` where the kind has no such way."""
    machine = kind.machine or _build(kind)
    way = (state, action, target)
    if way not in machine.known:
        token = Token(state, target)
        if not machine.events[action].trigger(token):
            raise LookupError(f"{kind.name or 'root'}: {action} does not lead from {state} to {target}")
        machine.known[way] = token.state  # a token carries nothing else, so the answer is always this one
    found: str = machine.known[way]
    return found


def leads(kind: Kind, state: str, action: str, target: str) -> bool:
    """Whether `action` can move a case of this kind from `state` to `target`."""
    machine = kind.machine or _build(kind)
    return (state, action, target) in machine.ways


def _build(kind: Kind) -> Any:
    machine: Any = Machine(
        model=None,
        states=list(kind.states),
        initial=kind.initial,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for transition in kind.transitions.values():
        for source in transition.sources if transition.act else ():
            machine.add_transition(transition.name, source, None)
    ways = edges(kind)
    for edge in ways:
        machine.add_transition(edge.transition, edge.source, edge.target, conditions=_leads_to(edge.target))
    for state in kind.states.values():
        if state.edit:
            machine.add_transition(EDIT, state.name, None)
    machine.ways = {(edge.source, edge.transition, edge.target) for edge in ways}
    machine.known = {}
    object.__setattr__(kind, "machine", machine)  # the one late field of a frozen declaration
    return machine


def _leads_to(target: str) -> Any:
    def chosen(event: EventData) -> bool:
        token: Any = event.model
        return bool(token.target == target)

    return chosen

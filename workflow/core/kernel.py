"""The state machine proper: one flat `transitions.Machine` for each kind of case, shared by all threads.

The machine is built once and never changed; a case passes through it as a throw-away token that carries only the
state it is in and the target that was decided. A transition with several routes is several transitions of the machine,
of which the token's target lets exactly one through. Nested states were made flat when the file was read.
"""

from __future__ import annotations

from typing import Any

from transitions import EventData, Machine

from workflow.core.model import EDIT, ORIGIN, Kind, Transition


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


def targets(kind: Kind, transition: Transition) -> tuple[str, ...]:
    """Every state that `transition` can lead to; an act stays where it is and has none.

    `to: origin` leads back to any state from which one of its sources can be entered.
    """
    named = _named(transition)
    if ORIGIN in named:
        del named[ORIGIN]
        for other in kind.transitions.values():
            enters = _named(other)
            if other is not transition and (ORIGIN in enters or not enters.keys().isdisjoint(transition.sources)):
                named.update(dict.fromkeys(other.sources))
    return tuple(named)


def _named(transition: Transition) -> dict[str, None]:
    return dict.fromkeys([r.to for r in transition.routes] + ([transition.to] if transition.to else []))


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
        for source in transition.sources:
            if transition.act:
                machine.add_transition(transition.name, source, None)
            for target in targets(kind, transition):
                machine.add_transition(transition.name, source, target, conditions=_leads_to(target))
    for state in kind.states.values():
        if state.edit:
            machine.add_transition(EDIT, state.name, None)
    machine.known = {}
    object.__setattr__(kind, "machine", machine)  # the one late field of a frozen declaration
    return machine


def _leads_to(target: str) -> Any:
    def chosen(event: EventData) -> bool:
        token: Any = event.model
        return bool(token.target == target)

    return chosen

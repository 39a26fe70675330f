"""The one decision: may this command happen to this case, and what does it change?

`decide` is pure and total: the same arguments give the same answer, a `Move` or a `Refusal` with every blocker.
`fire`, `why`, `offers`, simulation and migration all ask here, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflow.core import blockers as no
from workflow.core import kernel, routing, wording
from workflow.core.calendar import Calendar
from workflow.core.clocks import LENGTH
from workflow.core.effects import NotPossible, draw
from workflow.core.input import accept, missing
from workflow.core.model import (
    EDIT,
    ENGINE_ACTOR,
    OPEN,
    ROOT,
    Actor,
    Blocker,
    Case,
    Command,
    Field,
    File,
    Json,
    Kind,
    Lifecycle,
    Micros,
    Move,
    Refusal,
    Route,
    Text,
    Transition,
)
from workflow.core.roles import held
from workflow.core.scope import Scope

_OPENING = Transition(OPEN, (), label=Text("新建", "open"))
_EDITING = Transition(EDIT, (), label=Text("修改", "edit"))


@dataclass(frozen=True, slots=True)
class Offer:
    """Something an actor may do to a case now: its inputs, and what still stands in the way."""

    action: str
    label: Text
    act: bool
    asks: tuple[Field, ...]
    note: str
    blockers: tuple[Blocker, ...]


def decide(
    lifecycle: Lifecycle, file: File, case_id: str, command: Command, now: Micros, calendar: Calendar
) -> Move | Refusal:
    """One command on one case of `file`. Raises KeyError only for a case that is not in the file."""
    case = file.case(case_id)
    verdict = _judge(lifecycle, file, case, command, now, calendar, trial=False)
    return verdict if isinstance(verdict, Move) else Refusal(case_id, command.action, case.state, verdict)


def opening(lifecycle: Lifecycle, command: Command, now: Micros, by: str, *, started: bool = False) -> Move | Refusal:
    """A new root case in the name of `by`, with `command.input` as its fields; the move has no case id yet.

    `started`: another case opens it, and whoever may take that transition may open what it starts.
    """
    kind = lifecycle.root
    case = Case("", "", lifecycle.name, lifecycle.version, "", kind.initial, by, now, now)
    blockers = no.for_moment(command, now)
    roles: tuple[str, ...] = ()
    if not started:
        scope = Scope(lifecycle, File(case), case, command.actor, {}, now)
        roles = held(lifecycle, lifecycle.opened_by, command.actor, scope)
        blockers += no.for_role(lifecycle, _OPENING, lifecycle.opened_by, command.actor, roles, scope)
    values, wrong = accept(list(kind.fields.values()), command.input)
    for field in kind.fields.values():
        if field.default is not None and values.get(field.name) is None:
            values[field.name] = field.default
    wrong_names = {b.about for b in wrong}
    needed = [f for f in kind.fields.values() if f.required and f.name not in wrong_names]
    blockers += wrong + missing(needed, values)
    if blockers:
        return Refusal("", OPEN, "", tuple(blockers))
    values = {name: value for name, value in values.items() if value is not None}
    final = kind.states[kind.initial].final
    return Move("", OPEN, "open", "", kind.initial, {}, command.note or None, roles, values, final)


def why(
    lifecycle: Lifecycle, file: File, case_id: str, action: str, actor: Actor, now: Micros, calendar: Calendar
) -> tuple[Blocker, ...]:
    """What stands in the way of `action` whatever its input; empty where it could be done with the right input."""
    verdict = _judge(lifecycle, file, file.case(case_id), Command(action, actor), now, calendar, trial=True)
    return () if isinstance(verdict, Move) else verdict


def offers(
    lifecycle: Lifecycle, file: File, case_id: str, actor: Actor, now: Micros, calendar: Calendar
) -> tuple[Offer, ...]:
    """Everything that state and role allow `actor` to try, in the order of the lifecycle."""
    case = file.case(case_id)
    kind = lifecycle.kind(case.kind)
    offered = []
    for action in (*kind.transitions, EDIT):
        blockers = why(lifecycle, file, case_id, action, actor, now, calendar)
        if any(b.code in ("not_offered", "role") for b in blockers):
            continue
        if action == EDIT:
            fields = _editable(lifecycle, case, kind, actor, Scope(lifecycle, file, case, actor, {}, now))[1]
            offered.append(Offer(EDIT, Text("修改", "Edit"), True, fields, "optional", blockers))
        else:
            transition = kind.transitions[action]
            scope = Scope(lifecycle, file, case, actor, {}, now)
            settled = _settled(lifecycle, case, kind, transition, actor, scope)
            asks = tuple(
                replace(f, required=f.required or f.name in transition.require)
                if case.values.get(f.name) in (None, [])
                else replace(f, required=False)
                for f in accepted_fields(kind, transition)
                if f.name not in settled
            )
            offered.append(Offer(action, transition.label, transition.act, asks, transition.note, blockers))
    return tuple(offered)


def accepted_fields(kind: Kind, transition: Transition) -> tuple[Field, ...]:
    """What may come with `transition`: what it asks, and the fields it requires."""
    asked = {field.name for field in transition.asks}
    return transition.asks + tuple(kind.fields[name] for name in transition.require if name not in asked)


def automatic(lifecycle: Lifecycle, file: File, now: Micros) -> tuple[str, Command] | None:
    """The next join that holds: the case and the command the engine must give. Raises ConditionFailed."""
    for case in file:
        if not case.open:
            continue
        for join in lifecycle.kind(case.kind).states[case.state].joins:
            if join.when.evaluate(Scope(lifecycle, file, case, ENGINE_ACTOR, {}, now)) is True:
                return case.id, Command(join.take, ENGINE_ACTOR)
    return None


# ---------------------------------------------------------------- the judgement, step by step


def _judge(
    lifecycle: Lifecycle, file: File, case: Case, command: Command, now: Micros, calendar: Calendar, *, trial: bool
) -> Move | tuple[Blocker, ...]:
    """The move, or every blocker. A `trial` has no input: what depends on input is not held against it."""
    kind = lifecycle.kind(case.kind)
    actor = command.actor
    scope = Scope(lifecycle, file, case, actor, {}, now)
    if command.action == EDIT:
        return _edit(lifecycle, case, kind, command, scope, now, trial)
    transition = kind.transitions.get(command.action)
    if transition is None:
        return (no.unknown_action(kind, case, command.action),)
    roles = held(lifecycle, transition.by, actor, scope)
    refused = no.for_role(lifecycle, transition, transition.by, actor, roles, scope)
    if not _offered(case, kind, transition):
        return (no.not_offered(kind, case, transition), *refused)

    blockers = refused + no.for_clocks(case, transition, now, calendar) + no.for_moment(command, now)
    values, written, faults = _input(kind, case, transition, command)
    if command.input:
        settled = _settled(lifecycle, case, kind, transition, actor, scope)
        faults += [no.settled(kind.fields[n]) for n in settled if n in written and written[n] != case.values[n]]
    if transition.extends is not None:
        asked = None if trial else values.get(LENGTH)
        blockers += no.for_extension(lifecycle, case, transition.extends, asked, calendar)
    if not trial:
        blockers += faults
        if transition.note == "required" and not (command.note or "").strip():
            blockers.append(Blocker("missing", Text("请写明理由", "a note with the reason is needed"), "note"))
    scope = Scope(lifecycle, file, case, actor, values, now)
    if written:  # conditions see the case with the input already in its fields
        scope.case = case.copy()
        scope.case.values = {**case.values, **written}
    unsure = trial or bool(faults)  # then nothing that reads the input can be judged
    blockers += routing.guard_blockers(transition, scope, unsure=unsure)
    route, fault = routing.route_of(transition, scope, unsure=unsure)
    if fault is not None:
        blockers.append(fault)
    if trial or blockers:
        return tuple(blockers)

    return _move(lifecycle, file, case, command, transition, route, scope, roles, values, written)


def _move(
    lifecycle: Lifecycle,
    file: File,
    case: Case,
    command: Command,
    transition: Transition,
    route: Route | None,
    scope: Scope,
    roles: tuple[str, ...],
    values: dict[str, Json],
    written: dict[str, Json],
) -> Move | tuple[Blocker, ...]:
    """Nothing stands in the way: where the case goes, and what else happens; or what cannot be had."""
    kind = scope.kind
    target = routing.target_of(kind, case, transition, route)
    if target is None:
        return (Blocker("no_route", Text("没有可以返回的状态", "there is no state to go back to"), transition.name),)
    final = None if transition.act else kind.states[target].final
    ends = final is not None
    try:
        drawn = draw(lifecycle, transition, route, scope, case, ends=ends)
    except NotPossible as problem:
        return (problem.blocker,)
    if ends and case.kind == ROOT:
        left = [p for p in file.parts if p.open and p.id not in drawn.closed and not lifecycle.parts[p.kind].outlives]
        if left or any(not lifecycle.parts[o.part].outlives for o in drawn.opened):
            return (no.open_parts(lifecycle, left),)
    return Move(
        case=case.id,
        action=transition.name,
        kind="act" if transition.act else "move",
        source=case.state,
        target=kernel.step(kind, case.state, transition.name, target),
        input=values,
        note=command.note or None,
        roles=roles,
        set={**written, **drawn.set},
        outcome=final,
        opened=drawn.opened,
        closed=drawn.closed,
        numbers=drawn.numbers,
        started=drawn.started,
        limited=transition.at_most_every is not None,
    )


def _edit(
    lifecycle: Lifecycle, case: Case, kind: Kind, command: Command, scope: Scope, now: Micros, trial: bool
) -> Move | tuple[Blocker, ...]:
    """Changing fields where the state lets somebody: an act with the fields as its input."""
    roles, fields = _editable(lifecycle, case, kind, command.actor, scope)
    edit = kind.states[case.state].edit
    if not case.open or not edit:
        return (
            Blocker(
                "not_offered",
                Text(
                    f"“{wording.state(kind, case.state).zh}”状态下不能修改内容",
                    f"nothing can be edited in the state {wording.state(kind, case.state).en!r}",
                ),
                EDIT,
            ),
        )
    blockers = no.for_role(lifecycle, _EDITING, edit, command.actor, roles, scope)
    blockers += no.for_moment(command, now)
    if trial or blockers:
        return tuple(blockers)
    values, wrong = accept(fields, command.input)
    wrong += missing([f for f in fields if f.required and f.name in values], values)
    if not command.input:
        wrong.append(Blocker("missing", Text("没有给出要修改的内容", "nothing to change was given"), None))
    if wrong:
        return tuple(wrong)
    return Move(
        case.id, EDIT, "edit", case.state, kernel.step(kind, case.state, EDIT, case.state), values, command.note or None,
        roles, values,
    )  # fmt: skip


def _editable(
    lifecycle: Lifecycle, case: Case, kind: Kind, actor: Actor, scope: Scope
) -> tuple[tuple[str, ...], tuple[Field, ...]]:
    edit = kind.states[case.state].edit
    roles = held(lifecycle, edit, actor, scope)
    return roles, tuple(kind.fields[name] for name in dict.fromkeys(n for role in roles for n in edit[role]))


def _offered(case: Case, kind: Kind, transition: Transition) -> bool:
    """A case closed from above has an outcome without a final state: nothing more happens to it."""
    closed_from_above = case.outcome is not None and kind.states[case.state].final is None
    return case.state in transition.sources and not closed_from_above


def _input(
    kind: Kind, case: Case, transition: Transition, command: Command
) -> tuple[dict[str, Json], dict[str, Json], list[Blocker]]:
    """The input in stored form, what of it is written to fields of the case, and what is wrong with it."""
    fields = accepted_fields(kind, transition)
    values, faults = accept(fields, command.input)
    for field in fields:
        if field.name not in values and field.name not in kind.fields:
            values[field.name] = field.default if field.default is not None else [] if field.type == "list" else None
    written: dict[str, Json] = {n: v for n, v in values.items() if n in kind.fields and v is not None}
    wrong = {b.about for b in faults}
    needed = [f for f in fields if f.name not in wrong and (f.required or f.name in transition.require)]
    faults += missing(needed, {**case.values, **values, **written})
    return values, written, faults


def _settled(
    lifecycle: Lifecycle, case: Case, kind: Kind, transition: Transition, actor: Actor, scope: Scope
) -> tuple[str, ...]:
    """What `require` asks for and somebody has filled already: it is for those to change who may edit it here.

    Whoever approves a leave of seven days must not make it three on the way.
    """
    asked = {field.name for field in transition.asks}
    filled = [n for n in transition.require if n not in asked and case.values.get(n) not in (None, [])]
    if not filled:
        return ()
    editable = {field.name for field in _editable(lifecycle, case, kind, actor, scope)[1]}
    return tuple(name for name in filled if name not in editable)

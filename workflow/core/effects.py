"""What a transition does besides moving the case: values, parts opened and closed, numbers, other cases started.

Everything is worked out on values; ids and sequence numbers are drawn later, by the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.core.errors import ConditionFailed
from workflow.core.input import accept, missing
from workflow.core.model import (
    Blocker,
    Case,
    Effects,
    Expression,
    Field,
    Json,
    Lifecycle,
    Numbering,
    NumberWanted,
    Opened,
    Opening,
    Route,
    Started,
    Starting,
    Text,
    Transition,
)
from workflow.core.scope import Scope


class NotPossible(Exception):
    """An effect that cannot be had; the command is refused with `blocker`."""

    def __init__(self, blocker: Blocker) -> None:
        super().__init__(blocker.text.en)
        self.blocker = blocker


@dataclass(slots=True)
class Drawn:
    """The effects of one move."""

    set: dict[str, Json]
    opened: tuple[Opened, ...] = ()
    closed: tuple[str, ...] = ()
    numbers: tuple[NumberWanted, ...] = ()
    started: tuple[Started, ...] = ()


_NONE = Effects()


def draw(
    lifecycle: Lifecycle, transition: Transition, route: Route | None, scope: Scope, case: Case, *, ends: bool
) -> Drawn:
    """The effects of the transition, then those of its route: set, open, close, number, start, in this order.

    `ends`: the move takes `case` to a final state, so that its own key is free again. Raises NotPossible.
    """
    groups = [e for e in (transition.effects, route.effects if route is not None else _NONE) if _any(e)]
    if not groups:
        return Drawn({})
    try:
        drawn = Drawn({})
        for effects in groups:
            scope = _set(effects.set, lifecycle, scope, drawn.set)
        closing = {name for effects in groups for name in effects.close}
        drawn.closed = tuple(
            part.id for part in scope.file.parts if part.kind in closing and part.open and part.id != case.id
        )
        free = {*drawn.closed, case.id} if ends else set(drawn.closed)
        for effects in groups:
            for opening in effects.open:
                drawn.opened += _open(lifecycle, opening, scope, free, drawn.opened)
            numbers = (_number(numbering, scope) for numbering in effects.numbers)
            drawn.numbers += tuple(number for number in numbers if number is not None)
            drawn.started += tuple(_start(starting, scope) for starting in effects.start)
        return drawn
    except ConditionFailed as failed:
        raise NotPossible(Blocker("condition", failed.text, transition.name)) from None


def _any(effects: Effects) -> bool:
    return bool(effects.set or effects.open or effects.close or effects.numbers or effects.start)


def _set(
    pairs: Sequence[tuple[str, Expression]], lifecycle: Lifecycle, scope: Scope, changes: dict[str, Json]
) -> Scope:
    """Each value is worked out with those before it in place."""
    fields = lifecycle.kind(scope.case.kind).fields
    for name, expression in pairs:
        value = _fit(fields[name], expression.evaluate(scope))
        changes[name] = value
        case = scope.case.copy()
        case.values = {**case.values, name: value}
        scope = Scope(lifecycle, scope.file, case, scope.actor, scope.input, scope.now)
    return scope


def _fit(field: Field, value: object) -> Json:
    values, wrong = accept([field], {field.name: value})
    if wrong:
        raise NotPossible(wrong[0])
    return values[field.name]


def _open(
    lifecycle: Lifecycle, opening: Opening, scope: Scope, free: set[str], before: Sequence[Opened]
) -> tuple[Opened, ...]:
    kind = lifecycle.parts[opening.part]
    same = [part for part in scope.file.parts if part.kind == opening.part]
    taken = {part.key for part in same if part.open and part.id not in free}
    taken |= {o.key for o in before if o.part == opening.part}
    opened: list[Opened] = []
    if opening.each is None:
        scopes = [scope]
    else:
        assert opening.loop is not None
        items = opening.each.evaluate(scope)
        scopes = [scope.looping({opening.loop: item}) for item in (items if isinstance(items, list) else [])]
    for inner in scopes:
        ordinal = len(same) + sum(o.part == opening.part for o in before) + len(opened) + 1
        key = str(ordinal) if opening.key is None else _text(opening.key, inner, opening.part)
        if key in taken:
            label = kind.label
            raise NotPossible(
                Blocker(
                    "invalid",
                    Text(
                        f"{label.zh or kind.name}“{key}”已有一件未结",
                        f"{label.en or kind.name} {key!r} is open already",
                    ),
                    opening.part,
                )
            )
        taken.add(key)
        values: dict[str, Json] = {f.name: f.default for f in kind.fields.values() if f.default is not None}
        values.update({name: _fit(kind.fields[name], e.evaluate(inner)) for name, e in opening.set})
        absent = missing([f for f in kind.fields.values() if f.required], values)
        if absent:
            raise NotPossible(absent[0])
        opened.append(
            Opened(
                part=opening.part,
                key=key,
                round=1 + max((part.round for part in same if part.key == key), default=0),
                state=kind.initial,
                holder=None if opening.holder is None else _text(opening.holder, inner, opening.part),
                set={name: value for name, value in values.items() if value is not None},
                created_by=scope.actor.on_behalf_of or scope.actor.id,
            )
        )
    return tuple(opened)


def _text(expression: Expression, scope: Scope, part: str) -> str:
    value = expression.evaluate(scope)
    if not isinstance(value, str) or not value:
        raise NotPossible(
            Blocker(
                "missing",
                Text(
                    f"“{expression.source}”没有值，无法建立“{part}”",
                    f"{expression.source!r} is empty; {part!r} cannot be opened",
                ),
                part,
            )
        )
    return value


def _number(numbering: Numbering, scope: Scope) -> NumberWanted | None:
    case = scope.case
    if (case.number if numbering.field is None else case.values.get(numbering.field)) is not None:
        return None
    pieces = [_piece(piece, scope) for piece in numbering.prefix]
    return NumberWanted(numbering.field, "".join(pieces), numbering.width, numbering.suffix)


def _piece(piece: str | tuple[Expression, int], scope: Scope) -> str:
    if isinstance(piece, str):
        return piece
    expression, width = piece
    value = expression.evaluate(scope)
    return f"{value:0{width}d}" if isinstance(value, int) and width else str(value)


def _start(starting: Starting, scope: Scope) -> Started:
    by = scope.case.created_by if starting.created_by is None else _text(starting.created_by, scope, starting.lifecycle)
    values = {name: expression.evaluate(scope) for name, expression in starting.set}
    return Started(starting.lifecycle, starting.link, by, values)

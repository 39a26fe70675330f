"""Audit records: the facts that each kind of them holds. How they are written down is in `written`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from workflow.core.model import (
    ENGINE_ACTOR,
    Actor,
    Blocker,
    Case,
    Command,
    File,
    Lifecycle,
    Micros,
    Move,
    NoticeWanted,
    NumberWanted,
)
from workflow.core.written import writable

OF_NO_STEP = frozenset({"refusal", "resolution", "reading", "erasure"})  # kinds that change nothing of a case
ANNOTATE = "annotate"  # the action of a resolution that explains a record, or what the tables say
LONGEST_NOTE = 10_000  # characters of the note of a resolution

Record = dict[str, Any]


def who(actor: Actor, roles: Iterable[str] = ()) -> Record:
    """The actor as a record keeps him: a snapshot, for people change offices."""
    return _present(
        id=actor.id,
        name=actor.name,
        unit=actor.unit,
        roles=list(roles),
        through=actor.through,
        **{"for": actor.on_behalf_of},
    )


def move_entry(
    move: Move,
    command: Command,
    lifecycle: Lifecycle,
    *,
    file: str,
    now: Micros,
    part_ids: Sequence[str] = (),
    numbers: Sequence[tuple[NumberWanted, str]] = (),
    started: Sequence[str] = (),
    request: str | None = None,
    by: str | None = None,
) -> Record:
    """The facts of one move. What the input wrote to fields stands under `set` and is not repeated under `input`.

    `part_ids`, `numbers` and `started` are what the engine drew for what the move asks; `by` is in whose name a root
    case is opened.
    """
    changes = dict(move.set)
    number = None
    for wanted, drawn in numbers:
        if wanted.field is None:
            number = drawn
        else:
            changes[wanted.field] = drawn
    opened = [
        _present(
            id=id, part=part.part, key=part.key, round=part.round, state=part.state, holder=part.holder,
            by=part.created_by, set=dict(part.set),
        )
        for id, part in zip(part_ids, move.opened, strict=True)
    ]  # fmt: skip
    begun = [_present(lifecycle=s.lifecycle, id=id, link=s.link) for id, s in zip(started, move.started, strict=True)]
    return _present(
        file=file,
        case=move.case or file,
        at=now,
        happened=command.happened if command.happened != now else None,
        who=who(command.actor, move.roles),
        lifecycle=_version(lifecycle),
        kind=move.kind,
        action=move.action,
        by=by,
        note=move.note,
        input={name: value for name, value in move.input.items() if name not in move.set and value is not None},
        set=changes,
        number=number,
        outcome=move.outcome,
        opened=opened,
        closed=list(move.closed),
        started=begun,
        limited=move.limited or None,
        request=request,
        to=move.target,
        **({"from": move.source} if move.kind != "open" else {}),
    )


def timer_entry(
    case: str,
    state: str,
    timer: Mapping[str, Any],
    blockers: Iterable[Blocker],
    lifecycle: Lifecycle,
    *,
    file: str,
    now: Micros,
) -> Record:
    """The facts of one event of a clock: which deadline, what, at which moment it was due, and the end it is about.

    `blockers` are the reasons why the transition that the clock wanted to take could not be.
    """
    return _present(
        file=file,
        case=case,
        at=now,
        happened=timer["moment"] if timer["moment"] != now else None,
        who=who(ENGINE_ACTOR),
        lifecycle=_version(lifecycle),
        kind="timer",
        action=timer["deadline"],
        timer=dict(timer),
        blockers=_reasons(blockers),
        **{"from": state},
    )


def migration_entry(
    before: File,
    after: File,
    lifecycle: Lifecycle,
    source: Lifecycle,
    actor: Actor,
    *,
    now: Micros,
    note: str | None = None,
    undoes: int | None = None,
) -> Record:
    """The facts of a file's coming from the version `source` to `lifecycle`: what became different of each case.

    `undoes` is the number of the record whose migration this one takes back.
    """
    return _present(
        file=before.root.id,
        case=before.root.id,
        at=now,
        who=who(actor),
        lifecycle=_version(lifecycle),
        source=_version(source),
        kind="migration",
        action="migrate" if undoes is None else "undo",
        note=note,
        undoes=undoes,
        cases=[facts for old, new in zip(before, after, strict=True) if len(facts := _difference(old, new)) > 1],
        to=after.root.state,
        **{"from": before.root.state},
    )


def _difference(old: Case, new: Case) -> Record:
    found: Record = {"id": old.id}
    if old.kind != new.kind:
        found |= {"was": old.kind, "part": new.kind}
    if old.erased != new.erased:
        found["erased"] = list(new.erased)
    if old.state != new.state:
        found |= {"from": old.state, "to": new.state}
    for name in ("origin", "visits", "clocks"):
        if getattr(old, name) != getattr(new, name):
            found[name] = getattr(new, name)
    changes = {name: value for name, value in new.values.items() if name not in old.values or old.values[name] != value}
    gone = [name for name in old.values if name not in new.values]
    return found | ({"set": changes} if changes else {}) | ({"gone": gone} if gone else {})


def refusal_entry(
    case: str,
    state: str,
    command: Command,
    blockers: Iterable[Blocker],
    lifecycle: Lifecycle | None,
    *,
    file: str,
    now: Micros,
    request: str | None = None,
) -> Record:
    """The facts of one refusal: what was tried, by whom, and every reason. Only the names of the input are kept."""
    return _present(
        file=file,
        case=case,
        at=now,
        who=who(command.actor),
        lifecycle=_version(lifecycle) if lifecycle else None,
        kind="refusal",
        action=writable(command.action),
        given=sorted(writable(str(name)) for name in command.input),
        blockers=_reasons(blockers),
        request=request,
        **{"from": state or None},
    )


def resolution_entry(
    action: str,
    actor: Actor,
    note: str,
    about: Mapping[str, Any],
    *,
    file: str,
    now: Micros,
    case: str = "",
    state: str = "",
    lifecycle: Lifecycle | None = None,
    kind: Literal["resolution", "reading", "erasure"] = "resolution",
    erased: Sequence[str] = (),
) -> Record:
    """The facts of what a person did with something that had stopped (or, by `kind`, of who has read personal values,
    or erased those with the commitments `erased`); it changes nothing of the case.
    """
    return _present(
        file=file,
        case=case,
        at=now,
        who=who(actor),
        lifecycle=_version(lifecycle) if lifecycle else None,
        kind=kind,
        action=action,
        note=writable(note, LONGEST_NOTE),
        input=dict(about),
        erased=sorted(erased),
        **{"from": state},
    )


def office_entry(kind: str, actor: Actor, facts: Mapping[str, Any], *, file: str, now: Micros) -> Record:
    """The facts of what was done that belongs to no case, as publishing does."""
    return {"file": file, "at": now, "who": who(actor), "kind": kind, "action": kind, **facts}


def notice_entries(notices: Iterable[NoticeWanted]) -> list[Record]:
    """The notices of a step as its record keeps them."""
    return [_present(to=n.to, template=n.template, failed=n.failed, cc=n.cc, urgent=n.urgent) for n in notices]


def _reasons(blockers: Iterable[Blocker]) -> list[Record]:
    return [
        _present(code=b.code, about=b.about and writable(b.about), zh=writable(b.text.zh), en=writable(b.text.en))
        for b in blockers
    ]


def _version(lifecycle: Lifecycle) -> Record:
    return {"name": lifecycle.name, "version": lifecycle.version, "digest": lifecycle.digest}


def _present(**facts: Any) -> Record:
    return {name: value for name, value in facts.items() if value or type(value) is int}

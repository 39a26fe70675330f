"""Who is X for this case: asked when it matters, never copied."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.core.errors import ConditionFailed
from workflow.core.model import ANY, EDIT, ENGINE, Actor, Case, File, Lifecycle, Role, Text
from workflow.core.scope import Scope

_NOBODY = Actor("")


def held(lifecycle: Lifecycle, names: Iterable[str], actor: Actor, scope: Scope) -> tuple[str, ...]:
    """Those of the roles `names` that `actor` has for the case of `scope`.

    Somebody who acts on another's behalf has the roles of the one represented, as far as they are his by name; the
    groups of the representative do not pass over.
    """
    speaks_for = actor.parties()
    return tuple(
        name
        for name in names
        if (name == ANY and actor.through != ENGINE)
        or (name == ENGINE and actor.id == ENGINE and actor.through == ENGINE)
        or not speaks_for.isdisjoint(parties(lifecycle, name, scope))
    )


def may_represent(lifecycle: Lifecycle, actor: Actor, scope: Scope) -> bool:
    """Whether `actor` may act on behalf of others: one of the lifecycle's `proxies`, in his own name."""
    himself = Actor(actor.id, actor.name, actor.unit, actor.groups)
    return bool(held(lifecycle, lifecycle.proxies, himself, scope))


def parties(lifecycle: Lifecycle, name: str, scope: Scope) -> tuple[str, ...]:
    """Everybody who has the role for the case of `scope`: ids of persons, units and groups."""
    role = lifecycle.roles.get(name)
    if role is None:
        return ()
    found: dict[str, None] = {}
    if role.group is not None:
        found[role.group] = None
    if role.party is not None:
        found.update(dict.fromkeys(_named(role, scope)))
    for other in role.any_of:
        found.update(dict.fromkeys(parties(lifecycle, other, scope)))
    return tuple(found)


def who(lifecycle: Lifecycle, file: File, case_id: str, action: str) -> tuple[str, ...]:
    """Everybody who may take `action` on the case by his role; ("any",) for anybody, () for the engine alone."""
    case = file.case(case_id)
    kind = lifecycle.kind(case.kind)
    names = kind.states[case.state].edit if action == EDIT else kind.transitions[action].by
    return _everybody(lifecycle, names, file, case)


def waiting(lifecycle: Lifecycle, file: File, case_id: str) -> tuple[str, ...]:
    """Everybody on whose to-do list the case stands: whom its state waits for; nobody when it has ended."""
    case = file.case(case_id)
    if not case.open:
        return ()
    kind = lifecycle.kind(case.kind)
    names = kind.states[case.state].waits_for
    if names is None:
        leaving = (t for t in kind.transitions.values() if not t.act and case.state in t.sources)
        names = tuple(dict.fromkeys(name for t in leaving for name in t.by))
    return tuple(p for p in _everybody(lifecycle, names, file, case) if p != ANY)


def visible(lifecycle: Lifecycle, file: File, case_id: str, actor: Actor | None) -> bool:
    """Whether `actor` (None: somebody unknown) may read the values of the case: a blind part is its holder's alone
    until its condition holds.
    """
    case = file.case(case_id)
    until = lifecycle.kind(case.kind).blind_until
    if until is None or (actor is not None and case.holder in actor.parties()):
        return True
    try:
        return until.evaluate(Scope(lifecycle, file, case, actor or _NOBODY, {}, 0)) is True
    except ConditionFailed:
        return False


def titles(lifecycle: Lifecycle, names: Iterable[str]) -> Text:
    """The roles as people call them."""
    zh, en = [], []
    for name in names:
        label = (
            lifecycle.roles[name].label
            if name in lifecycle.roles
            else Text("引擎", "the engine")
            if name == ENGINE
            else Text()
        )
        zh.append(f"{label.zh}（{name}）" if label.zh else name)
        en.append(label.en or name)
    return Text("、".join(zh), " or ".join(en))


def as_parties(value: object) -> tuple[str, ...]:
    """A value that names a party, or several, as a tuple of ids."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list):
        return tuple(v for v in value if isinstance(v, str) and v)
    return ()


def _everybody(lifecycle: Lifecycle, names: Iterable[str], file: File, case: Case) -> tuple[str, ...]:
    names = tuple(names)
    if ANY in names:
        return (ANY,)
    scope = Scope(lifecycle, file, case, _NOBODY, {}, 0)
    return tuple(dict.fromkeys(party for name in names for party in parties(lifecycle, name, scope)))


def _named(role: Role, scope: Scope) -> tuple[str, ...]:
    assert role.party is not None
    try:
        return as_parties(role.party.evaluate(scope))
    except ConditionFailed:
        return ()  # a role that cannot be worked out is nobody's

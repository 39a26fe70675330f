"""Who acts in a scenario: people who were introduced, and whoever has the role that is named instead."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.core.model import Actor, Case, File, Lifecycle
from workflow.core.roles import parties
from workflow.core.scope import Scope
from workflow.testing.words import one_called

_NOBODY = Actor("")


def groups_called(lifecycles: Iterable[Lifecycle], said: str) -> tuple[str, ...]:
    """The groups whose members have the role called `said` in one of the lifecycles; `said` itself is a group else."""
    found = [group for each in lifecycles if (role := one_called(each.roles, said)) for group in groups_of(each, role)]
    return tuple(dict.fromkeys(found)) or (said,)


def by_role(lifecycle: Lifecycle, said: str, file: File | None, case: Case | None) -> Actor | None:
    """Somebody who has the role called `said`: a member of its group, or the party it comes to for the case.

    None where no role is called so, or nobody has it yet.
    """
    role = one_called(lifecycle.roles, said)
    if role is None:
        return None
    groups = groups_of(lifecycle, role)
    if groups:
        return Actor(said, said, groups=frozenset(groups), through="test")
    if file is None or case is None:
        return None
    found = parties(lifecycle, role, Scope(lifecycle, file, case, _NOBODY, {}, 0))
    return Actor(found[0], found[0], through="test") if found else None


def groups_of(lifecycle: Lifecycle, name: str) -> tuple[str, ...]:
    """The groups whose members have the role by that alone."""
    role = lifecycle.roles[name]
    own = (role.group,) if role.group is not None else ()
    return own + tuple(group for other in role.any_of for group in groups_of(lifecycle, other))


def everybody(lifecycle: Lifecycle) -> tuple[str, ...]:
    """All the groups that roles of the lifecycle have."""
    return tuple(dict.fromkeys(role.group for role in lifecycle.roles.values() if role.group is not None))

"""Who may do what in which state: a lifecycle's `by:` as one table, and what a table of somebody else changes in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.core.model import ANY, ENGINE, Kind, Lifecycle, Transition


@dataclass(frozen=True, slots=True)
class Permission:
    """One row: an action in one of the states in which it can be done, and the roles that may do it."""

    kind: str
    state: str
    action: str
    by: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The action, by the kind of case and its name: that is where a lifecycle says who may."""
        return self.kind, self.action


def permissions(lifecycle: Lifecycle) -> tuple[Permission, ...]:
    """Every action in every state in which it can be done, in the order of the file, state by state."""
    return tuple(
        Permission(kind.name, state, action.name, action.by)
        for kind in kinds(lifecycle)
        for state in kind.states
        for action in kind.transitions.values()
        if state in action.sources
    )


def roles(lifecycle: Lifecycle) -> tuple[str, ...]:
    """Everybody whom `by:` can name: the declared roles, `any` and `engine`."""
    return (*lifecycle.roles, ANY, ENGINE)


def kinds(lifecycle: Lifecycle) -> tuple[Kind, ...]:
    """The root and the parts."""
    return (lifecycle.root, *lifecycle.parts.values())


def actions(lifecycle: Lifecycle) -> dict[tuple[str, str], Transition]:
    """Every transition and act that can be done in some state, by the kind of case and its name."""
    return {
        (kind.name, each.name): each for kind in kinds(lifecycle) for each in kind.transitions.values() if each.sources
    }


def changes(
    lifecycle: Lifecycle, wanted: Mapping[tuple[str, str], Iterable[str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The actions for which `wanted` names other roles than the lifecycle, with these: those that stay first, in their
    order, then the new ones in the order of the declaration.
    """
    found = {}
    known = actions(lifecycle)
    for key, names in wanted.items():
        now, chosen = known[key].by, set(names)
        if set(now) != chosen:
            stay = [name for name in now if name in chosen]
            found[key] = (*stay, *(name for name in roles(lifecycle) if name in chosen and name not in now))
    return found

"""Whom a step must tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core.clocks import MOVED, Event
from workflow.core.errors import ConditionFailed
from workflow.core.model import ENGINE_ACTOR, Actor, Expression, File, Lifecycle, Micros, NoticeWanted
from workflow.core.roles import as_parties, parties, waiting
from workflow.core.scope import Scope

DUE_SOON = "due_soon"  # the templates of what every clock can say
DUE_MOVED = "due_moved"


def recipients(
    lifecycle: Lifecycle, file: File, case_id: str, action: str, actor: Actor, now: Micros
) -> tuple[NoticeWanted, ...]:
    """The notices that `action` on one case calls for, as the file stands after it; nobody is told twice.

    A recipient that cannot be worked out is no reason to refuse the command: it becomes a notice to nobody that
    says why, for somebody to see.
    """
    if not lifecycle.notices:
        return ()
    case = file.case(case_id)
    name = f"{case.kind}.{action}" if case.kind else action
    wanted: dict[NoticeWanted, None] = {}
    for rule in lifecycle.notices:
        if rule.after != name:
            continue
        scope = Scope(lifecycle, file, case, actor, {}, now)
        wanted.update(dict.fromkeys(addressed(lifecycle, rule.to, rule.template, scope)))
    return tuple(wanted)


def told_by(lifecycle: Lifecycle, file: File, case_id: str, event: Event, now: Micros) -> tuple[NoticeWanted, ...]:
    """The notices of one event of a clock: to whom its declaration says; a reminder, and word that the end has moved,
    also to whom the case waits for.
    """
    case = file.case(case_id)
    scope = Scope(lifecycle, file, case, ENGINE_ACTOR, {}, now)
    wanted: dict[NoticeWanted, None] = {}
    template = event.telling.template if event.telling is not None else ""
    if event.name == MOVED or event.name.startswith("warn:"):
        template = DUE_MOVED if event.name == MOVED else DUE_SOON
        wanted.update({NoticeWanted(party, template): None for party in waiting(lifecycle, file, case_id)})
    if event.telling is not None:
        wanted.update(dict.fromkeys(addressed(lifecycle, event.telling.to, template, scope)))
    return tuple(wanted)


def addressed(
    lifecycle: Lifecycle, to: Iterable[str | Expression], template: str, scope: Scope
) -> Iterator[NoticeWanted]:
    """A notice to each of the parties that these roles and expressions come to."""
    for each in to:
        try:
            named = parties(lifecycle, each, scope) if isinstance(each, str) else as_parties(each.evaluate(scope))
        except ConditionFailed as failed:
            yield NoticeWanted("", template, failed.reason)
        else:
            for party in named:
                yield NoticeWanted(party, template)

"""Whom a step must tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflow.core.clocks import MOVED, Event
from workflow.core.errors import ConditionFailed
from workflow.core.model import (
    ENGINE_ACTOR,
    Actor,
    File,
    Lifecycle,
    Micros,
    NoticeRule,
    NoticeWanted,
    OpenedHolders,
    Recipient,
    Telling,
)
from workflow.core.roles import as_parties, parties, waiting
from workflow.core.scope import Scope

DUE_SOON = "due_soon"  # the templates of what every clock can say
DUE_MOVED = "due_moved"


def recipients(lifecycle: Lifecycle, file: File, entry: Mapping[str, Any], actor: Actor) -> tuple[NoticeWanted, ...]:
    """The notices that a step calls for, by its record `entry` and the file as it stands after it.

    A recipient that cannot be worked out is no reason to refuse the command: it becomes a notice to nobody that
    says why, for somebody to see.
    """
    if not lifecycle.notices:
        return ()
    case = file.case(entry["case"])
    name = f"{case.kind}.{entry['action']}" if case.kind else entry["action"]
    wanted: list[NoticeWanted] = []
    for rule in lifecycle.notices:
        if rule.after == name:
            scope = Scope(lifecycle, file, case, actor, {}, entry["at"])
            wanted += _by_rule(rule, scope, entry.get("opened", ()))
    return once(wanted)


def told_by(lifecycle: Lifecycle, file: File, case_id: str, event: Event, now: Micros) -> tuple[NoticeWanted, ...]:
    """The notices of one event of a clock: to whom its declaration says; a reminder, and word that the end has moved,
    also to whom the case waits for. Only what is over is urgent.
    """
    scope = Scope(lifecycle, file, file.case(case_id), ENGINE_ACTOR, {}, now)
    if event.name != MOVED and not event.name.startswith("warn:"):
        return () if event.telling is None else once(_told(event.telling, event.telling.template, scope))
    template = DUE_MOVED if event.name == MOVED else DUE_SOON
    wanted = [NoticeWanted(party, template) for party in waiting(lifecycle, file, case_id)]
    if event.telling is not None:
        wanted += [replace(each, urgent=False) for each in _told(event.telling, template, scope)]
    return once(wanted)


def once(wanted: Iterable[NoticeWanted]) -> tuple[NoticeWanted, ...]:
    """Nobody is told the same twice: who is told himself gets no copy, and what is urgent to him once is urgent."""
    found: dict[tuple[str, str, str | None], NoticeWanted] = {}
    for each in wanted:
        key = (each.to, each.template, each.failed)
        known = found.get(key, each)
        found[key] = replace(known, cc=known.cc and each.cc, urgent=known.urgent or each.urgent)
    return tuple(found.values())


def _by_rule(rule: NoticeRule, scope: Scope, opened: Sequence[Mapping[str, Any]]) -> Iterator[NoticeWanted]:
    try:
        if rule.when is not None and rule.when.evaluate(scope) is not True:
            return
    except ConditionFailed as failed:
        yield NoticeWanted("", rule.template, failed.reason)
        return
    yield from _told(rule, rule.template, scope, opened)


def _told(
    by: NoticeRule | Telling, template: str, scope: Scope, opened: Sequence[Mapping[str, Any]] = ()
) -> Iterator[NoticeWanted]:
    """A notice to each of the parties that `to` comes to, and a copy to those of `cc`."""
    for recipient, cc in [(each, False) for each in by.to] + [(each, True) for each in by.cc]:
        try:
            for party in _named(recipient, scope, opened):
                yield NoticeWanted(party, template, cc=cc, urgent=by.urgent)
        except ConditionFailed as failed:
            yield NoticeWanted("", template, failed.reason, cc)


def _named(recipient: Recipient, scope: Scope, opened: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    if isinstance(recipient, str):
        return parties(scope.lifecycle, recipient, scope)
    if isinstance(recipient, OpenedHolders):
        return tuple(part["holder"] for part in opened if part["part"] == recipient.part and "holder" in part)
    return as_parties(recipient.evaluate(scope))

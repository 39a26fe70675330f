"""Whom a step must tell."""

from __future__ import annotations

from workflow.core.errors import ConditionFailed
from workflow.core.model import Actor, File, Lifecycle, Micros, NoticeWanted
from workflow.core.roles import as_parties, parties
from workflow.core.scope import Scope


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
        for to in rule.to:
            try:
                named = parties(lifecycle, to, scope) if isinstance(to, str) else as_parties(to.evaluate(scope))
            except ConditionFailed as failed:
                wanted[NoticeWanted("", rule.template, failed.reason)] = None
            else:
                wanted.update({NoticeWanted(party, rule.template): None for party in named})
    return tuple(wanted)

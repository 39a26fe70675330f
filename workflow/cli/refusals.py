"""Why not, in words: the heading above the reasons, who could do it, and what the person can do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workflow.cli import names, phrases
from workflow.cli.desk import Desk
from workflow.cli.failures import Explained
from workflow.cli.language import said, say
from workflow.core import wording
from workflow.core.model import ANY, Blocker, Case, File, Lifecycle, Text

if TYPE_CHECKING:
    from workflow import Actor, Refused
    from workflow.office.answers import Why

MOST = 5  # names of a group


def explained(desk: Desk, refused: Refused, file: File, case: Case, action: str, actor: Actor) -> Exception:
    """The refusal, with who could do it and what the actor can do instead."""
    lifecycle = desk.engine.lifecycle(case.lifecycle, case.version)
    answer = desk.engine.why(case.id, action, actor)
    facts = {
        "case": phrases.case_json(file, case, lifecycle),
        "action": action,
        "who": list(answer.who),
        "instead": [phrases.offer_json(each) for each in answer.instead],
    }
    standing = replace(case, state=refused.refusal.state)  # it may have moved since it was read
    return Explained(
        refused,
        cannot(file, standing, lifecycle, action, refused.last),
        instead(desk, lifecycle, answer, refused.blockers),
        facts,
    )


def cannot(file: File, case: Case, lifecycle: Lifecycle, action: str, last: Mapping[str, Any] | None) -> str:
    """`不能“立案”：011-1-023 关于…（现为“已立案”，王敏 于 2022-03-01 14:30 办理）` — the heading above the reasons; `last`
    says who brought the case to its state.
    """
    kind = lifecycle.kind(case.kind)
    transition = kind.transitions.get(action)
    shown = names.label(transition.label, action) if transition else action
    what = f"{names.called(file, case)} {names.title(file.root, lifecycle)}".strip()
    state = names.state(kind, case.state)
    by = wording.by_whom(last) if last is not None else Text()
    return say(
        f"不能“{shown}”：{what}（现为“{state}”{by.zh and '，' + by.zh}）",
        f"cannot {shown!r}: {what} (it is {state!r} now{by.en and ', ' + by.en})",
    )


def instead(desk: Desk, lifecycle: Lifecycle, answer: Why, blockers: Sequence[Blocker]) -> list[str]:
    """Who could take the action, where the role is in the way, and what the person can do now."""
    lines = []
    if any(blocker.code == "role" for blocker in blockers):
        lines.append(_who(desk, lifecycle, answer.who))
    if answer.instead:
        return [*lines, say("你现在可以做：", "what you can do now:"), *phrases.offers(answer.instead)]
    return [*lines, say("你现在在这一件上没有可办的事。", "there is nothing for you to do on this case now.")]


def _who(desk: Desk, lifecycle: Lifecycle, parties: Sequence[str]) -> str:
    if not parties:
        return say("这一步由引擎自动进行。", "the engine takes this step by itself.")
    if ANY in parties:
        return say("任何人都可以办。", "anybody may do it.")
    known = {each.id: each for each in desk.engine.people.list()}
    groups = {role.group: said(role.label) for role in lifecycle.roles.values() if role.group}
    shown = []
    for id in parties:
        name = names.person(id, known[id].name) if id in known else groups.get(id) or id
        members = [each for each in known.values() if each.kind == "person" and id in (*each.groups, each.unit)]
        inside = names.persons([each.id for each in members[:MOST]], {each.id: each.name for each in members})
        more = say(" 等", " …") if len(members) > MOST else ""
        shown.append(f"{name}{say('：', ': ')}{inside}{more}" if members else name)
    return say("可以办的人：", "who could: ") + say("；", "; ").join(shown)

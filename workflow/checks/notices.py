"""Notices: that reach somebody, once, and are not forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.roles import unheld
from workflow.checks.subject import Subject, by_hand, called, named
from workflow.core.model import ANY, ENGINE, Kind, Text, Transition


@check(
    "notice_to_nobody",
    "warning",
    Text("发给谁也不是的通知", "A notice to nobody"),
    Text("通知的收件角色在那种案件里没有人担任：这条通知永远发不出去。",
         "Nobody can hold the role that is told, for that kind of case: the notice never goes out."),
    Text("改为有人担任的角色；子件的承办人写 parts.子件.holder", "name a role that somebody holds; for holders of a part write parts.NAME.holder"),
    "notices: [{after: ask, to: [advisor], template: asked}, {after: settle, to: [head], template: to_decide}]",
)  # fmt: skip
def notice_to_nobody(subject: Subject) -> Iterator[Finding]:
    """Recipients by role that come to nobody."""
    for n, notice in enumerate(subject.lifecycle.notices):
        kind = notice.after.rpartition(".")[0]
        told = [("to", m, each) for m, each in enumerate(notice.to)] + [
            ("cc", m, each) for m, each in enumerate(notice.cc)
        ]
        for key, m, name in told:
            if isinstance(name, str) and unheld(subject, name, kind):
                role = named(subject.lifecycle.roles[name].label, name)
                text = Text(
                    f"在“{notice.after}”之后没有人是“{role.zh}”，通知发不出去",
                    f"nobody is {role.en} after {notice.after!r}: the notice goes to nobody",
                )
                yield Finding(("notices", n, key, m), text)


@check(
    "duplicate_notice",
    "warning",
    Text("重复的通知", "The same notice twice"),
    Text("同一个动作之后，用同一样式通知同一方，写了两遍：对方会收到两份，或其中一条本该写别的动作。",
         "The same party is told of the same action with the same template twice: they get it twice, or one of the two was meant for another action."),
    Text("删去一条", "delete one of them"),
    """\
notices:
  - {after: ask, to: [parts.opinion.holder], template: asked}
  - {after: settle, to: [head], template: to_decide}
  - {after: settle, to: [head], template: to_decide}
  - {after: deny, to: [applicant], template: decided}
  - {after: grant, to: [applicant], template: decided}""",
)  # fmt: skip
def duplicate_notice(subject: Subject) -> Iterator[Finding]:
    """The same recipient, template and action in two notices."""
    seen: dict[tuple[str, ...], int] = {}
    for n, notice in enumerate(subject.lifecycle.notices):
        for m, to in enumerate(notice.to):
            key = (notice.after, notice.template, called(to), notice.when.source if notice.when is not None else "")
            first = seen.setdefault(key, n)
            if first != n:
                text = Text(f"与第 {first + 1} 条通知重复", f"this is the same as notice {first + 1}")
                yield Finding(("notices", n, "to", m), text)


@check(
    "untold_action",
    "note",
    Text("没有告诉接手人的动作", "An action of which the next one is not told"),
    Text("这个动作之后案件等另一方办理，而没有通知告诉他：他只能自己去看待办清单。",
         "After this action the case waits for somebody else, and no notice tells them: they must look at their to-do list."),
    Text("在 notices 里加一条，或保持这样", "write a notice, or leave it as it is"),
    "notices: [{after: ask, to: [parts.opinion.holder], template: asked}]\nstates: {decided: {waits_for: [head]}}\n"
    "transitions: {recall: {from: decided, by: [applicant], to: draft, close: null}, check: {label: {zh: 复核, en: Check again}, from: draft, to: decided, by: [applicant]}}",
)  # fmt: skip
def untold_action(subject: Subject) -> Iterator[Finding]:
    """Persons' transitions into a state of others, with no notice after them; where there are notices at all."""
    if not subject.lifecycle.notices:
        return
    told = {notice.after for notice in subject.lifecycle.notices}
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            name = f"{kind.name}.{transition.name}" if kind.name else transition.name
            if transition.act or not by_hand(transition) or name in told or transition.to not in kind.states:
                continue
            waiting = _waiting(subject, kind, transition)
            if waiting:
                action, roles = named(transition.label, transition.name), "、".join(waiting)
                text = Text(
                    f"“{action.zh}”之后等 {roles} 办，没有通知告诉他们",
                    f"{', '.join(waiting)} must go on after {action.en}, and no notice tells them",
                )
                yield Finding(subject.action_at(kind, transition), text)


def _waiting(subject: Subject, kind: Kind, transition: Transition) -> list[str]:
    """The roles that the state waits for, other than those who have just acted."""
    state = kind.states[str(transition.to)]
    waits = state.waits_for
    if waits is None:
        waits = tuple(name for out in subject.leaving[kind.name][state.name] for name in out.by)
    acted = set(transition.by)
    return [] if acted & set(waits) else [name for name in dict.fromkeys(waits) if name not in (ANY, ENGINE)]

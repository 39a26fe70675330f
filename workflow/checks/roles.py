"""Roles: who can hold them, what nobody may do, and what nobody uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, by_hand, named, names_of
from workflow.core.model import ANY, ENGINE, ROOT, Role, Text

_NOTHING = re.compile(r"""\s*(null|''|""|\[\s*\])\s*""")


def unheld(subject: Subject, name: str, kind: str) -> bool:
    """Whether nobody can ever have the role for a case of this kind."""
    role = subject.lifecycle.roles.get(name)
    if role is None:
        return False
    if role.group is not None:
        return False
    if role.party is not None:
        return _comes_to_nobody(subject, role, kind)
    return all(unheld(subject, other, kind) for other in role.any_of)


def _comes_to_nobody(subject: Subject, role: Role, kind: str) -> bool:
    assert role.party is not None
    source = role.party.source
    if _NOTHING.fullmatch(source):
        return True
    read = names_of(role.party)
    if len(read) != 1 or read[0][0] != source.strip():
        return False  # what an expression comes to, nobody knows before there is a case
    _, root, field = read[0]
    if root not in ("case", "parent"):
        return False
    own = kind if root == "case" else ROOT
    if field == "holder":
        openings = [opened for opened in subject.openings if opened.opening.part == own]
        return own == ROOT or (bool(openings) and all(opened.opening.holder is None for opened in openings))
    return own != ROOT and field in subject.lifecycle.kind(own).fields and field not in subject.written[own]


@check(
    "role_nobody_holds",
    "warning",
    Text("没有人能担任的角色", "A role that nobody can hold"),
    Text("角色所指的那一方永远是空的：例如主件没有承办人（case.holder），或子件打开时没有写 holder。",
         "The party that the role stands for is always empty: the case itself has no holder, say, or a part is opened without `holder`."),
    Text("用 group 或 is: case.created_by 指明是谁；子件请在 open 里写 holder",
         "say who it is with `group` or `is: case.created_by`; for a part write `holder` in its `open`"),
    "transitions: {deny: {by: [head, advisor]}}",
)  # fmt: skip
def role_nobody_holds(subject: Subject) -> Iterator[Finding]:
    """Roles in `by` that come to nobody, where others may do it still."""
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            empty = [name for name in transition.by if unheld(subject, name, kind.name)]
            if len(empty) == len(transition.by):
                continue  # see `nobody_may`
            for name in empty:
                role = named(subject.lifecycle.roles[name].label, name)
                text = Text(f"在这里没有人能是“{role.zh}”", f"nobody can be {role.en} here")
                yield Finding(subject.action_at(kind, transition, "by", transition.by.index(name)), text)


@check(
    "nobody_may",
    "error",
    Text("谁也做不了的动作", "An action that nobody may take"),
    Text("by 里的角色都不会有人担任，这个动作永远做不成。",
         "Nobody can ever hold any of the roles in `by`: the action can never be taken."),
    Text("把 by 改为有人担任的角色，或改正角色的声明", "name a role that somebody holds, or put the role right"),
    "transitions: {deny: {by: [advisor]}}",
)  # fmt: skip
def nobody_may(subject: Subject) -> Iterator[Finding]:
    """Actions all of whose roles come to nobody."""
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            if transition.by and all(unheld(subject, name, kind.name) for name in transition.by):
                roles = "、".join(transition.by)
                called = named(transition.label, transition.name)
                text = Text(
                    f"“{called.zh}”谁也做不了：没有人能担任 {roles}",
                    f"nobody can do {called.en}: nobody can hold {', '.join(transition.by)}",
                )
                yield Finding(subject.action_at(kind, transition, "by", 0), text)


@check(
    "never_taken",
    "warning",
    Text("引擎永远不会取的流转", "A transition that the engine never takes"),
    Text("它只由引擎做（by: [engine]），却没有汇合（join）或时限（overdue: take）叫引擎去做。",
         "Only the engine may take it (`by: [engine]`), and no join or deadline tells the engine to."),
    Text("写一个取它的 join 或 deadlines，或让人来做（by）", "write a join or a deadline that takes it, or let a person do it (`by`)"),
    "deadlines: {opinion_due: {overdue: {take: null, notify: late, to: [head]}}}",
)  # fmt: skip
def never_taken(subject: Subject) -> Iterator[Finding]:
    """Transitions of the engine alone that nothing asks for."""
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            if by_hand(transition) or transition.name in subject.taken[kind.name]:
                continue
            called = named(transition.label, transition.name)
            text = Text(
                f"“{called.zh}”只由引擎做，却没有汇合或时限取它",
                f"no join or deadline takes {called.en}, and no person may",
            )
            yield Finding(subject.action_at(kind, transition, "by", 0), text)


@check(
    "any_with_others",
    "warning",
    Text("任何人和角色写在一起", "Anybody, and roles besides"),
    Text("by 里有 any，任何人都能做，其余角色就不起作用了：多半是想限制而没有限制住。",
         "`by` has `any`: everybody may, and the other roles mean nothing. Probably it was meant to be narrower."),
    Text("去掉 any，或只写 any", "take `any` out, or write it alone"),
    "transitions: {grant: {by: [head, any]}}",
)  # fmt: skip
def any_with_others(subject: Subject) -> Iterator[Finding]:
    """`any` beside other persons' roles."""
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            if ANY in transition.by and set(transition.by) - {ANY, ENGINE}:
                called = named(transition.label, transition.name)
                text = Text(
                    f"“{called.zh}”任何人（any）都能做，其余角色不起作用",
                    f"anybody may do {called.en}; the other roles mean nothing",
                )
                yield Finding(subject.action_at(kind, transition, "by", 0), text)


@check(
    "unused_role",
    "warning",
    Text("没有用到的角色", "A role that nobody uses"),
    Text("声明了角色，却没有一处用它：多半是别处的名称写错了，或已经不需要。",
         "The role is declared and named nowhere: another name is probably wrong, or it is no longer needed."),
    Text("用上它，或删去", "use it, or delete it"),
    "roles: {typist: {group: typists, label: {zh: 打字员, en: Typist}}}",
)  # fmt: skip
def unused_role(subject: Subject) -> Iterator[Finding]:
    """Roles that no chapter names."""
    used = _used(subject)
    for name, role in subject.lifecycle.roles.items():
        if name not in used:
            called = named(role.label, name)
            yield Finding(("roles", name), Text(f"角色“{called.zh}”没有用到", f"the role {called.en} is not used"))


def _used(subject: Subject) -> set[str]:
    own = subject.lifecycle
    used = {*own.opened_by, *own.proxies}
    for kind in subject.kinds:
        for state in kind.states.values():
            used.update(state.edit, state.waits_for or ())
        for transition in kind.transitions.values():
            used.update(transition.by)
    for notice in own.notices:
        used.update(each for each in (*notice.to, *notice.cc) if isinstance(each, str))
    for clocks in own.clocks.values():
        for clock in clocks:
            for telling in (clock.overdue, *clock.escalate):
                used.update(each for each in ((*telling.to, *telling.cc) if telling else ()) if isinstance(each, str))
            used.update(clock.extend.by if clock.extend else ())
    for role in own.roles.values():
        used.update(role.any_of)
    return used

"""What people call the things of a lifecycle, in both languages: the words that pages, pictures and tables share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from workflow.core.calendar import local
from workflow.core.model import (
    ANY,
    ENGINE,
    ENGINE_ACTOR,
    ORIGIN,
    Deadline,
    Duration,
    Field,
    Kind,
    Lifecycle,
    Micros,
    Outcome,
    Text,
    Transition,
)

_UNITS = {"h": ("小时", "hour"), "d": ("天", "day"), "bd": ("个工作日", "working day"), "mo": ("个月", "month")}
OUTCOMES: dict[Outcome, Text] = {
    "successful": Text("办成", "successful"),
    "unsuccessful": Text("未成", "unsuccessful"),
    "cancelled": Text("取消", "cancelled"),
}
ANYBODY = Text("任何人", "anybody")
BY_ITSELF = Text("自动", "by itself")
WHERE_IT_WAS = Text("原状态", "where it was")


def named(label: Text, name: str) -> Text:
    """The label, or the name where there is none; both languages are filled."""
    return Text(label.say("zh") or name, label.say("en") or name)


def joined(texts: Iterable[Text]) -> Text:
    """Several names as one list."""
    texts = list(dict.fromkeys(texts))
    return Text("、".join(each.zh for each in texts), ", ".join(each.en for each in texts))


def role(lifecycle: Lifecycle, name: str) -> Text:
    """What people call a role."""
    if name == ANY:
        return ANYBODY
    if name == ENGINE:
        return BY_ITSELF
    return named(lifecycle.roles[name].label, name) if name in lifecycle.roles else Text(name, name)


def roles(lifecycle: Lifecycle, names: Iterable[str]) -> Text:
    """What people call several roles."""
    return joined(role(lifecycle, name) for name in names)


def state(kind: Kind, name: str) -> Text:
    """What people call a state, and the state that `origin` stands for."""
    if name == ORIGIN:
        return WHERE_IT_WAS
    return named(kind.states[name].label if name in kind.states else Text(), name)


def action(transition: Transition) -> Text:
    """What people call a transition or act."""
    return named(transition.label, transition.name)


def kind(lifecycle: Lifecycle, name: str) -> Text:
    """What people call a kind of case: the root ("") by the lifecycle's own label."""
    return named(lifecycle.kind(name).label, name) if name else named(lifecycle.label, lifecycle.name)


def length(term: Duration | date) -> Text:
    """A duration or a fixed day: "3 个月", "15 working days", "2022年6月30日"."""
    if isinstance(term, date):
        return Text(f"{term.year}年{term.month}月{term.day}日", term.isoformat())
    zh, en = _UNITS[term.unit]
    return Text(f"{term.n} {zh}", f"{term.n} {en}{'s' * (term.n != 1)}")


def limit(clock: Deadline, fields: Mapping[str, Field]) -> Text:
    """How long a deadline is: its lengths and dates, or the field that has the date."""
    if clock.field is not None:
        label = named(fields[clock.field].label, clock.field)
        return Text(f"“{label.zh}”所填日期", f'the date in "{label.en}"')
    return joined(map(length, clock.terms))


def minute(at: Micros) -> str:
    """The minute on the office's clock: `2022-03-01 14:30`."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def by_whom(record: Mapping[str, Any]) -> Text:
    """Who did what a record tells of, and when: "by 李强, 2022-03-01 14:30"."""
    who, when = record["who"], minute(record["at"])
    if who["id"] == ENGINE_ACTOR.id:
        return Text(f"{when} 自动办理", f"by itself, {when}")
    name = who.get("name") or who["id"]
    return Text(f"{name} 于 {when} 办理", f"by {name}, {when}")


def able(lifecycle: Lifecycle, name: str) -> frozenset[str]:
    """Every name in `by:` that whoever has the role `name` can act under: itself, `any`, and each `any_of` it is in."""
    found = {name, ANY}
    while more := {each.name for each in lifecycle.roles.values() if found.intersection(each.any_of)} - found:
        found |= more
    return frozenset(found) if name != ENGINE else frozenset({ENGINE})

"""Two versions of a lifecycle compared: not in lines, but in what becomes different for those who work by them.

`compare` is pure. What it finds is ordered by how much it matters: what is allowed to fewer, what is allowed to more,
what moves, and what is only said in other words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from workflow.core.comparing.change import MIRROR, SEVERITIES, Change, Concern, Severity, Sort
from workflow.core.comparing.names import inverted, mapping, translated
from workflow.core.comparing.permissions import actions, editing, prefix, ways
from workflow.core.comparing.saying import Speaker, difference, members, named, plain
from workflow.core.comparing.shapes import SHAPES, Attribute, Children
from workflow.core.model import (
    ROOT,
    Deadline,
    Field,
    Guard,
    Kind,
    Lifecycle,
    Migration,
    Place,
    Route,
    Setting,
    State,
    Text,
    Transition,
)

__all__ = ["SEVERITIES", "Change", "Concern", "Severity", "compare", "mapping"]

_PART = Text("分件", "part")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the comparison stands: its path, what it is called, whom it concerns, and how both sides speak."""

    about: str
    subject: Text
    before: Speaker
    after: Speaker
    concerns: Concern | None
    old: Place
    new: Place


def compare(old: Lifecycle, new: Lifecycle) -> tuple[Change, ...]:
    """Every difference from `old` to `new`, by severity and then as they stand in the file; none where both say the
    same, whatever their versions, comments and layout.

    What `migrate:` names as renamed is followed under its new name. Turned round, each difference has its mirror.
    """
    if old.digest and old.digest == new.digest:
        return ()
    names = mapping(old, new)
    back = inverted(names)
    told = translated(old, names)
    found = [*_renamed(old, new, names)]
    found += [replace(each, concerns=_in_old_names(each.concerns, back)) for each in _all(told, new)]
    return tuple(sorted(found, key=lambda each: (SEVERITIES.index(each.severity), each.where.line, each.where.column)))


def _all(old: Lifecycle, new: Lifecycle) -> Iterator[Change]:
    spot = _Spot("", Text("流程", "the lifecycle"), Speaker(old), Speaker(new), Concern(), Place(old.file, 1, 1), Place(new.file, 1, 1))  # fmt: skip
    yield from _compared(old, new, spot)
    used = {guard.name for side in (old, new) for kind in _kinds(side) for each in kind.transitions.values() for guard in each.guards}  # fmt: skip
    spare = Children("guards", Text("未用的条件", "unused condition"), lambda each: tuple(g for g in each.guards.values() if g.name not in used), added="words")  # fmt: skip
    yield from _children(spare, old, new, replace(spot, concerns=None))
    yield from _kind(old.root, new.root, old, new, spot)
    parts = Children("parts", _PART, lambda each: each.parts.values())
    for was, now in ((old.parts.get(name), new.parts.get(name)) for name in dict.fromkeys((*new.parts, *old.parts))):
        below = _below(spot, parts, was, now)
        if was is None or now is None:
            yield _whole(parts, below, now)
        else:
            yield from _kind(was, now, old, new, below)


def _kinds(lifecycle: Lifecycle) -> tuple[Kind, ...]:
    return (lifecycle.root, *lifecycle.parts.values())


def _kind(old: Kind, new: Kind, one: Lifecycle, other: Lifecycle, spot: _Spot) -> Iterator[Change]:
    before, after = Speaker(one, old.name), Speaker(other, new.name)
    subject = Text("本件", "the case")
    if new.name:
        called = after.called("part", new.name)
        subject = Text(f"分件{called.zh}", f"the part {called.en}")
    spot = replace(spot, before=before, after=after, concerns=Concern(old.name), about=prefix(new).rstrip("."))
    spot = replace(spot, subject=subject, old=old.place, new=new.place)
    if old is not new:
        who = actions(old, new, before, after), editing(old, new, before, after), ways(old, new, before, after)
        yield from chain(*who)
    own = replace(spot, subject=Text()) if not new.name else spot
    for attribute in SHAPES[Kind]:
        inner = own if isinstance(attribute, Children) else spot
        if not new.name and attribute.name in ("label", "outlives", "blind"):
            continue  # a part's alone
        yield from _attribute(attribute, old, new, inner)
    transitions = Children("transitions", Text("动作", "action"), lambda kind: tuple(t for t in kind.transitions.values() if t.extends is None))  # fmt: skip
    for was, now in _pairs(transitions, old, new):
        if was is not None and now is not None:  # what came or went is said by who can do it
            yield from _compared(was, now, _below(own, transitions, was, now))
    deadlines = Children("deadlines", Text("时限", "deadline"), lambda side: side.clocks.get(new.name, ()))
    yield from _children(deadlines, one, other, own)


# ---------------------------------------------------------------- one declaration


def _compared(old: Any, new: Any, spot: _Spot) -> Iterator[Change]:
    copied = isinstance(new, Field) and _copied(old, new, spot)
    for attribute in SHAPES[type(new)]:
        if not (copied and attribute.name in ("of", "labels", "means")):
            yield from _attribute(attribute, old, new, spot)


def _copied(old: Field, new: Field, spot: _Spot) -> bool:
    """Whether its choices are those of a setting, of which the difference is told already."""
    before, after = spot.before.lifecycle.settings, spot.after.lifecycle.settings
    return (old.type, new.type) == ("code", "code") and any(
        name in after
        and plain(after[name].value) != plain(setting.value)
        and (set(_codes(setting)), set(_codes(after[name]))) == (set(old.choices), set(new.choices))
        for name, setting in before.items()
    )


def _codes(setting: Setting) -> Iterable[str]:
    return setting.value if setting.type == "codes" and isinstance(setting.value, dict) else ()


def _attribute(attribute: Attribute | Children, old: Any, new: Any, spot: _Spot) -> Iterator[Change]:
    if isinstance(attribute, Children):
        yield from _children(attribute, old, new, spot)
        return
    was, now = attribute.get(old), attribute.get(new)
    if was is now or plain(was) == plain(now):
        return
    what = attribute.label
    became = difference(_finite(was), _finite(now), spot.before, spot.after, attribute.naming)
    text = Text(
        f"{spot.subject.zh}：{what.zh}{became.zh}", f"{spot.subject.en}: {what.en} {became.en}".replace(" :", ":")
    )
    yield _change("changed", f"{spot.about}.{attribute.name}", text, spot.new, _sense(attribute, was, now), spot)


def _change(sort: Sort, about: str, text: Text, where: Place, severity: Severity, spot: _Spot) -> Change:
    return Change(sort, about.lstrip("."), text, where, severity, None if severity == "words" else spot.concerns)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) else value


def _sense(attribute: Attribute, was: Any, now: Any) -> Severity:
    if attribute.more in ("words", "moves"):
        return attribute.more
    old, new = members(was), members(now)
    if old is not None and new is not None:
        come, gone = new.keys() - old.keys(), old.keys() - new.keys()
        if come and gone:
            return "moves"
        return attribute.more if come else MIRROR[attribute.more] if gone else "moves"
    if isinstance(was, (int, float)) and isinstance(now, (int, float)):
        return attribute.more if now > was else MIRROR[attribute.more]
    return attribute.more if was is None else MIRROR[attribute.more]  # what it belongs to came, or went


def _children(children: Children, old: Any, new: Any, spot: _Spot) -> Iterator[Change]:
    for was, now in _pairs(children, old, new):
        below = _below(spot, children, was, now)
        if was is None or now is None:
            yield _whole(children, below, now)
        else:
            yield from _compared(was, now, below)


def _pairs(children: Children, old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    was = {children.key(each): each for each in children.get(old)}
    now = {children.key(each): each for each in children.get(new)}
    for key in dict.fromkeys((*now, *was)):
        if was.get(key) is not now.get(key):
            yield was.get(key), now.get(key)


def _whole(children: Children, spot: _Spot, now: Any) -> Change:
    subject = spot.subject
    if now is not None:
        text = Text(f"新增{subject.zh}", f"new: {subject.en}")
        return _change("added", spot.about, text, spot.new, children.added, spot)
    text = Text(f"取消{subject.zh}", f"gone: {subject.en}")
    return _change("removed", spot.about, text, spot.old, MIRROR[children.added], spot)


def _below(spot: _Spot, children: Children, was: Any, now: Any) -> _Spot:
    """One declaration down: `“立案”（file）的条件“one_lead”`."""
    each = was if now is None else now
    key = children.key(each)
    called = _called(each, key)
    noun = children.noun
    zh, en = f"{noun.zh}{called.zh}", f"{noun.en} {called.en}".strip()
    if spot.subject.zh and spot.about:
        zh, en = f"{spot.subject.zh}的{zh}", f"{en} of {spot.subject.en}"
    return replace(
        spot,
        about=f"{spot.about}.{children.name}" + (f".{key}" if key else ""),
        subject=Text(zh, en),
        concerns=_concerns(spot.concerns, was, now),
        old=getattr(was, "place", spot.old),
        new=getattr(now, "place", spot.new),
    )


def _called(each: Any, key: str) -> Text:
    if isinstance(each, Route):
        return Text(f"（{key}）", f"({key})") if key else Text("（其余）", "(else)")
    if isinstance(each, Guard):
        return Text(f"“{each.otherwise.say('zh')}”", f'"{each.otherwise.say("en")}"')
    return named(getattr(each, "label", Text()), key) if key else Text()


def _concerns(parent: Concern | None, was: Any, now: Any) -> Concern | None:
    if parent is None:
        return None
    each = now if was is None else was
    if isinstance(each, State):
        return replace(parent, states=(each.name,))
    if isinstance(each, Transition):
        both = dict.fromkeys((*each.sources, *(now.sources if now is not None else ())))
        return replace(parent, states=tuple(both))
    if isinstance(each, Deadline):
        return replace(parent, deadline=each.name)
    if isinstance(each, Kind):
        return Concern(each.name)
    return parent if isinstance(each, (Field, Guard, Route)) or SHAPES.get(type(each)) else None


# ---------------------------------------------------------------- names


def _renamed(old: Lifecycle, new: Lifecycle, names: Migration) -> Iterator[Change]:
    for name, kind in names.kinds.items():
        was, now = old.kind(name), new.kind(kind.kind)
        where = prefix(now)
        if name != kind.kind:
            yield _rename(where.rstrip("."), _PART, name, kind.kind, was, now)
        for noun, chapter, pairs in (
            (Text("状态", "state"), "states", kind.states),
            (Text("字段", "field"), "fields", kind.fields),
        ):
            for a, b in pairs.items():
                yield _rename(f"{where}{chapter}.{b}", noun, a, b, getattr(was, chapter)[a], getattr(now, chapter)[b])
    for a, b in names.roles.items():
        yield _rename(f"roles.{b}", Text("角色", "role"), a, b, old.roles[a], new.roles[b])


def _rename(about: str, noun: Text, a: str, b: str, was: Any, now: Any) -> Change:
    old, new = named(was.label, a), named(now.label, b)
    text = Text(f"{noun.zh}{old.zh}改称{new.zh}", f"the {noun.en} {old.en} is called {new.en}")
    return Change("changed", about, text, now.place, "words")


def _in_old_names(concerns: Concern | None, back: Migration) -> Concern | None:
    if concerns is None:
        return None
    names = back.of(concerns.kind)
    states = concerns.states
    if states is not None:
        states = tuple(names.states.get(name, name) for name in states)
    return Concern(names.kind or ROOT, states, concerns.deadline)

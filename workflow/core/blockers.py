"""Every sentence that says no, except those about a single value (`workflow.core.input`)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from workflow.core import clocks, wording
from workflow.core.calendar import Calendar, due, local
from workflow.core.errors import ConditionFailed
from workflow.core.model import (
    Actor,
    Blocker,
    Case,
    Command,
    Duration,
    Field,
    Json,
    Kind,
    Lifecycle,
    Micros,
    Text,
    Transition,
)
from workflow.core.roles import may_represent, titles
from workflow.core.scope import Scope


def for_role(
    lifecycle: Lifecycle, action: Transition, by: Iterable[str], actor: Actor, roles: tuple[str, ...], scope: Scope
) -> list[Blocker]:
    """A blocker (`role`) where `actor` has none of the roles, or acts for somebody without being allowed to."""
    if roles and actor.on_behalf_of is None:
        return []
    blockers = []
    name = actor.name or actor.id
    if actor.on_behalf_of is not None and not may_represent(lifecycle, actor, scope):
        sentence = Text(f"{name}不能代他人办理", f"{name} may not act on behalf of others")
        blockers.append(Blocker("role", sentence, "proxies"))
    if not roles:
        what, allowed = wording.action(action), titles(lifecycle, by)
        sentence = Text(
            f"“{what.zh}”须由{allowed.zh}办理，{name}不是", f"{what.en!r} is for {allowed.en}; {name} is not"
        )
        blockers.append(Blocker("role", sentence, "role"))
    return blockers


def settled(field: Field) -> Blocker:
    """A blocker (`invalid`) for a field that somebody has filled already and that cannot be changed here."""
    return Blocker(
        "invalid",
        Text(
            f"“{field.label.zh or field.name}”已经填好，此时不能改",
            f"{field.label.en or field.name!r} is filled already and cannot be changed here",
        ),
        field.name,
    )


def for_moment(command: Command, now: Micros) -> list[Blocker]:
    """A blocker (`invalid`) where the command is said to have happened in the future."""
    if command.happened is not None and command.happened > now:
        return [
            Blocker("invalid", Text("发生时间不能晚于现在", "what happened cannot lie in the future"), "happened"),
        ]
    return []


def for_clocks(case: Case, transition: Transition, now: Micros, calendar: Calendar) -> list[Blocker]:
    """Blockers where the command comes too late (`within`) or too soon again (`at_most_every`)."""
    if transition.within is None and transition.at_most_every is None:
        return []
    blockers = []
    name = wording.action(transition)
    if transition.within is not None:
        end = due(case.opened_at, transition.within, calendar)
        if now >= end:
            last = local(end - 1).date().isoformat()
            blockers.append(
                Blocker(
                    "too_late",
                    Text(
                        f"“{name.zh}”须在 {_length(transition, 'within', 'zh')}内提出，已于 {last} 截止",
                        f"{name.en!r} had to come within {_length(transition, 'within', 'en')}; the last day was {last}",
                    ),
                    transition.name,
                )
            )
    last_time = case.acted.get(transition.name)
    if transition.at_most_every is not None and last_time is not None:
        again = due(last_time, transition.at_most_every, calendar)
        if now < again:
            day = local(again).date().isoformat()
            blockers.append(
                Blocker(
                    "too_soon",
                    Text(
                        f"“{name.zh}”每 {_length(transition, 'at_most_every', 'zh')}至多一次，{day} 起可再办",
                        f"{name.en!r} is allowed once every {_length(transition, 'at_most_every', 'en')}; again from {day}",
                    ),
                    transition.name,
                )
            )
    return blockers


def for_extension(lifecycle: Lifecycle, case: Case, name: str, length: Json, calendar: Calendar) -> list[Blocker]:
    """Blockers where the deadline cannot be extended, or not by `length` (None: whatever it may be)."""
    deadline = next(each for each in lifecycle.clocks[case.kind] if each.name == name)
    limit = deadline.extend
    assert limit is not None
    facts = case.clocks.get(name)
    if not clocks.running(facts):
        sentence = Text("这个时限没有在计，不能延期", "this deadline is not running; there is nothing to extend")
        return [Blocker("guard", sentence, name)]
    given = len(facts.get("extended", ()))
    if given >= limit.times:
        sentence = Text(
            f"最多延期 {limit.times} 次，已经用完", f"it may be extended {limit.times} times; that was done"
        )
        return [Blocker("guard", sentence, name)]
    if length is None:
        return []
    more = clocks.length_of(length)
    if more is None or (more.unit == "h") != (limit.up_to.unit == "h"):
        such = "2h" if limit.up_to.unit == "h" else "1mo、10bd"
        sentence = Text(f"延长多久须写成 {such} 这样", f"write the length like {such.replace('、', ' or ')}")
        return [Blocker("invalid", sentence, clocks.LENGTH)]
    now = facts["pauses"][-1][0] if clocks.paused(facts) else None
    asked = clocks.reading(deadline, facts, calendar, now, (more,))
    most = clocks.reading(deadline, {**facts, "extended": [str(limit.up_to)]}, calendar, now)
    if asked is not None and most is not None and asked.due > most.due:
        last = most.last.isoformat()
        sentence = Text(
            f"延期合计最多 {length_text(limit.up_to).zh}，最迟到 {last}",
            f"extensions come to {length_text(limit.up_to).en} at most, to {last} at the latest",
        )
        return [Blocker("invalid", sentence, clocks.LENGTH)]
    return []


_UNITS = {
    "h": ("小时", "hours"), "d": ("日", "days"), "bd": ("个工作日", "working days"), "mo": ("个月", "months"),
}  # fmt: skip


def _length(transition: Transition, which: str, language: str) -> str:
    duration = getattr(transition, which)
    zh, en = _UNITS[duration.unit]
    return f"{duration.n} {zh if language == 'zh' else en}"


def length_text(duration: Duration) -> Text:
    """A length of time in words."""
    zh, en = _UNITS[duration.unit]
    return Text(f"{duration.n} {zh}", f"{duration.n} {en[:-1] if duration.n == 1 else en}")


def undecided(sentence: Text, failed: ConditionFailed, about: str) -> Blocker:
    """A blocker (`condition`) for a guard that could not be decided: its sentence, and the reason."""
    return Blocker("condition", Text(f"{sentence.zh}（{failed.text.zh}）", f"{sentence.en} ({failed.text.en})"), about)


def unknown_action(kind: Kind, case: Case, action: str) -> Blocker:
    """A blocker (`not_offered`) for an action that the kind does not have, with what is near or possible."""
    here = [t.name for t in kind.transitions.values() if case.state in t.sources]
    near = get_close_matches(action, kind.transitions, n=1)
    zh = f"；是否指“{near[0]}”？" if near else f"；此时可办：{'、'.join(here) or '（无）'}"
    en = f"; did you mean {near[0]!r}?" if near else f"; possible now: {', '.join(here) or '(nothing)'}"
    return Blocker("not_offered", Text(f"没有“{action}”这个动作{zh}", f"there is no action {action!r}{en}"), action)


def not_offered(kind: Kind, case: Case, transition: Transition) -> Blocker:
    """A blocker (`not_offered`) for an action that the state does not offer, with where it is possible."""
    name, state = wording.action(transition), wording.state(kind, case.state)
    if not case.open:
        return Blocker(
            "not_offered", Text(f"已结束（{state.zh}），不能“{name.zh}”", f"it has ended ({state.en}); {name.en!r} is not possible"),
            transition.name,
        )  # fmt: skip
    zh = "、".join(wording.state(kind, s).zh for s in transition.sources)
    en = ", ".join(wording.state(kind, s).en for s in transition.sources)
    return Blocker(
        "not_offered",
        Text(
            f"现为“{state.zh}”，不能“{name.zh}”；须在：{zh}",
            f"it is {state.en!r} now; {name.en!r} is possible in: {en}",
        ),
        transition.name,
    )


def open_parts(lifecycle: Lifecycle, left: list[Case]) -> Blocker:
    """A blocker (`open_parts`) that names every part still open."""
    zh = "、".join(f"{lifecycle.parts[p.kind].label.zh or p.kind}（{p.holder or p.key}）" for p in left)
    en = ", ".join(f"{lifecycle.parts[p.kind].label.en or p.kind} ({p.holder or p.key})" for p in left)
    return Blocker("open_parts", Text(f"还有未完成的：{zh}", f"still open: {en}"), left[0].kind if left else None)

"""Who may do what in which state: the difference that people feel first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflow.core.comparing.change import Change, Concern, Severity
from workflow.core.comparing.saying import Speaker, named
from workflow.core.model import Kind, Place, Text, Transition
from workflow.core.paths import edges, leading, reachable

Grid = Mapping[str, frozenset[str]]  # role -> states


def actions(old: Kind, new: Kind, before: Speaker, after: Speaker) -> Iterator[Change]:
    """Roles that can, or can no longer, do something in some states. The acts that extend a deadline belong to it."""
    for name in dict.fromkeys((*new.transitions, *old.transitions)):
        was, now = old.transitions.get(name), new.transitions.get(name)
        if _extends(was) or _extends(now):
            continue
        place = (now or was or old).place
        yield from _granted(new, now, _grid(was), _grid(now), after, place, "loosens")
        yield from _granted(old, was, _grid(now), _grid(was), before, place, "tightens")


def _extends(transition: Transition | None) -> bool:
    return transition is not None and transition.extends is not None


def _grid(transition: Transition | None) -> Grid:
    """Who may do it where; an action that is given to nobody stands under the role ""."""
    if transition is None:
        return {}
    return {role: frozenset(transition.sources) for role in transition.by or ("",)}


def _granted(
    kind: Kind,
    transition: Transition | None,
    less: Grid,
    more: Grid,
    speaker: Speaker,
    place: Place,
    severity: Severity,
) -> Iterator[Change]:
    """What `more` allows and `less` does not, roles with the same states in one sentence."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for role, allowed in more.items():
        gained = allowed - less.get(role, frozenset())
        if gained or (not allowed and role not in less):
            groups.setdefault(tuple(name for name in kind.states if name in gained), []).append(role)
    for states, roles in groups.items():
        assert transition is not None
        who, where = _who(speaker, roles), _where(kind, states, speaker)
        what = named(transition.label, transition.name)
        text = Text(
            f"{_of_part(speaker).zh}{who.zh}在{where.zh}可以办{what.zh}",
            f"{who.en} can do {what.en} in {where.en}{_of_part(speaker).en}",
        )
        if severity == "tightens":
            text = Text(
                f"{_of_part(speaker).zh}{who.zh}在{where.zh}不能再办{what.zh}",
                f"{who.en} can no longer do {what.en} in {where.en}{_of_part(speaker).en}",
            )
        sort = "added" if severity == "loosens" else "removed"
        about = f"{prefix(kind)}{'acts' if transition.act else 'transitions'}.{transition.name}"
        yield Change(sort, about, text, place, severity, Concern(kind.name, states))  # type: ignore[arg-type]


def _who(speaker: Speaker, roles: Iterable[str]) -> Text:
    known = [role for role in roles if role]
    return speaker.list("role", known) if known else Text("（无人）", "(nobody)")


def _where(kind: Kind, states: tuple[str, ...], speaker: Speaker) -> Text:
    running = {name for name, state in kind.states.items() if state.final is None}
    if len(states) > 3 and running <= set(states):
        return Text("任何在办状态", "any state before the end")
    return speaker.list("state", states)


def prefix(kind: Kind) -> str:
    """Where the kind stands in the file."""
    return f"parts.{kind.name}." if kind.name else ""


def _of_part(speaker: Speaker) -> Text:
    if not speaker.kind:
        return Text()
    part = speaker.called("part", speaker.kind)
    return Text(f"分件{part.zh}：", f" of the part {part.en}")


def editing(old: Kind, new: Kind, before: Speaker, after: Speaker) -> Iterator[Change]:
    """Roles that can, or can no longer, change fields in a state that there is on both sides."""
    for name, state in new.states.items():
        if name not in old.states:
            continue
        was, now = old.states[name].edit, state.edit
        for role in dict.fromkeys((*now, *was)):
            for side, speaker, less, more in (("loosens", after, was, now), ("tightens", before, now, was)):
                fields = [field for field in more.get(role, ()) if field not in less.get(role, ())]
                if fields:
                    yield _edit(new, name, role, fields, speaker, state.place, side)  # type: ignore[arg-type]


def _edit(
    kind: Kind, state: str, role: str, fields: list[str], speaker: Speaker, place: Place, severity: Severity
) -> Change:
    who, where, what = speaker.called("role", role), speaker.called("state", state), speaker.list("field", fields)
    of = _of_part(speaker)
    may = severity == "loosens"
    text = Text(
        f"{of.zh}{who.zh}在{where.zh}{'可以' if may else '不能再'}修改{what.zh}",
        f"{who.en} {'can' if may else 'can no longer'} change {what.en} in {where.en}{of.en}",
    )
    about = f"{prefix(kind)}states.{state}.edit.{role}"
    return Change("added" if may else "removed", about, text, place, severity, Concern(kind.name, (state,)))


def ways(old: Kind, new: Kind, before: Speaker, after: Speaker) -> Iterator[Change]:
    """States that can be reached, or from which a case can come to its end, on one side only."""
    both = [name for name in new.states if name in old.states]
    for about, text, was, now in (
        ("reached", _REACHED, _reached(old), _reached(new)),
        ("ending", _ENDING, _ending(old), _ending(new)),
    ):
        for severity, gone, speaker in (("tightens", was - now, before), ("loosens", now - was, after)):
            names = [name for name in both if name in gone]
            if names:
                said, of = speaker.list("state", names), _of_part(speaker)
                zh, en = text[severity]
                yield Change(
                    "removed" if severity == "tightens" else "added",
                    f"{prefix(new)}states.{about}",
                    Text(of.zh + zh.format(said.zh), en.format(said.en) + of.en),
                    new.states[names[0]].place,
                    severity,  # type: ignore[arg-type]
                    Concern(new.name, tuple(names)),
                )


_REACHED = {
    "tightens": ("再也到不了{}", "nothing leads to {} any more"),
    "loosens": ("现在能到{}", "something leads to {} now"),
}
_ENDING = {
    "tightens": ("从{}再也到不了终结", "from {} a case can no longer come to an end"),
    "loosens": ("从{}现在能到终结", "from {} a case can come to an end now"),
}


def _reached(kind: Kind) -> set[str]:
    return reachable(edges(kind), [kind.initial])


def _ending(kind: Kind) -> set[str]:
    return leading(edges(kind), [name for name, state in kind.states.items() if state.final is not None])

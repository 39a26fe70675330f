"""What of a lifecycle the scenarios have reached, read from the audit trail: from what the engine really decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.errors import WorkflowError
from workflow.core.fold import fold
from workflow.core.model import (
    ANY,
    EDIT,
    ENGINE,
    OPEN,
    ORIGIN,
    ROOT,
    Actor,
    File,
    Kind,
    Lifecycle,
    Text,
    Transition,
)
from workflow.core.scope import Scope
from workflow.store.tables import records
from workflow.testing.office import Office

Sort = Literal["state", "action", "route", "guard", "join", "deadline", "notice", "role", "invariant"]
SORTS: dict[Sort, Text] = {
    "state": Text("状态", "states"),
    "action": Text("动作", "actions"),
    "route": Text("去向", "routes"),
    "guard": Text("条件（满足、不满足）", "guards (met, not met)"),
    "join": Text("汇合", "joins"),
    "deadline": Text("期限（按时、提醒、逾期）", "deadlines (kept, warned, overdue)"),
    "notice": Text("通知", "notices"),
    "role": Text("角色（外人被拒绝）", "roles (others refused)"),
    "invariant": Text("约束", "invariants"),
}
_HOW = {
    "met": Text("满足", "met"), "unmet": Text("不满足", "not met"), "kept": Text("按时", "kept"),
    "warned": Text("提醒", "warned"), "overdue": Text("逾期", "overdue"), "escalated": Text("逾期升级", "escalated"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that a scenario can reach: `name` in the kind of case `part` ("" is the root), and `how`.

    `how` is, of a guard, whether it was `met` or `unmet`; of a deadline `kept`, `warned`, `overdue`, `escalated`; of a
    route its place from 1, of a join the action it takes, of a notice its template.
    """

    sort: Sort
    part: str
    name: str
    how: str = ""

    def called(self, lifecycle: Lifecycle) -> Text:
        """What people call it."""
        kind = lifecycle.kind(self.part if self.part in lifecycle.parts else ROOT)
        label = _label(lifecycle, kind, self)
        zh, en = label.zh or label.en or self.name, label.en or label.zh or self.name
        if self.sort in ("state", "action", "route", "join", "deadline") and self.part:
            zh, en = f"{kind.label.zh or kind.name}·{zh}", f"{kind.label.en or kind.name} · {en}"
        how = _HOW.get(self.how)
        if how is None and self.how:
            how = _detail(lifecycle, kind, self)
        return Text(f"{zh}（{how.zh}）", f"{en} ({how.en})") if how else Text(zh, en)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one sort of aims were reached."""

    reached: int
    of: int

    @property
    def percent(self) -> float:
        """From 0 to 100; 100 where there is nothing to reach."""
        return 100.0 if self.of == 0 else 100.0 * self.reached / self.of


class Coverage:
    """The aims of one lifecycle, and how often each was reached."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.aims = tuple(aims(lifecycle))
        self.reached: Counter[Aim] = Counter()

    def watch(self, office: Office) -> None:
        """Count what was reached in an office: by every record of this lifecycle."""
        declared = set(self.aims)
        self.reached.update(aim for aim in _in_office(office, self.lifecycle.name) if aim in declared)

    @property
    def missing(self) -> tuple[Aim, ...]:
        """What was not reached, in the order of the file."""
        return tuple(aim for aim in self.aims if aim not in self.reached)

    def tallies(self) -> dict[Sort, Tally]:
        """By sort; those of which the lifecycle has none are left out."""
        return {
            sort: Tally(sum(aim in self.reached for aim in found), len(found))
            for sort in SORTS
            if (found := [aim for aim in self.aims if aim.sort == sort])
        }

    def total(self) -> Tally:
        """All together."""
        return Tally(sum(aim in self.reached for aim in self.aims), len(self.aims))


def total(coverages: Iterable[Coverage]) -> Tally:
    """Several lifecycles together."""
    found = [each.total() for each in coverages]
    return Tally(sum(each.reached for each in found), sum(each.of for each in found))


# ---------------------------------------------------------------- what there is to reach


def aims(lifecycle: Lifecycle) -> Iterator[Aim]:
    """Everything that scenarios can reach in a lifecycle, each once."""
    kinds = (lifecycle.root, *lifecycle.parts.values())
    for kind in kinds:
        yield from (Aim("state", kind.name, name) for name in kind.states)
        yield from (Aim("action", kind.name, name) for name in kind.transitions)
        for each in kind.transitions.values():
            yield from (Aim("route", kind.name, each.name, str(n + 1)) for n in range(len(each.routes)))
        for state in kind.states.values():
            yield from dict.fromkeys(Aim("join", kind.name, state.name, join.take) for join in state.joins)
    guards = dict.fromkeys(g.name for kind in kinds for t in kind.transitions.values() for g in t.guards)
    yield from (Aim("guard", "", name, how) for name in guards for how in ("met", "unmet"))
    for clock in (deadline for of_kind in lifecycle.clocks.values() for deadline in of_kind):
        hows = ("kept", *(("warned",) if clock.warn else ()), "overdue", *(("escalated",) if clock.escalate else ()))
        yield from (Aim("deadline", clock.kind, clock.name, how) for how in hows)
    yield from dict.fromkeys(Aim("notice", "", rule.after, rule.template) for rule in lifecycle.notices)
    yield from (Aim("role", "", name) for name in _roles(lifecycle))
    yield from (Aim("invariant", "", rule.name) for rule in lifecycle.invariants)


def _roles(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The roles that somebody can be refused for not having."""
    found = dict.fromkeys(lifecycle.opened_by)
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        found |= dict.fromkeys(name for each in kind.transitions.values() if ANY not in each.by for name in each.by)
        found |= dict.fromkeys(name for state in kind.states.values() for name in state.edit)
    return tuple(name for name in found if name in lifecycle.roles)


# ---------------------------------------------------------------- what was reached


def reached_by(
    lifecycle: Lifecycle, entry: Mapping[str, Any], before: File | None, after: File, actor: Actor | None = None
) -> Iterator[Aim]:
    """What one record of a file reached, between the file before it and after."""
    part = after.case(entry["case"]).kind
    kind = lifecycle.kind(part)
    if entry["kind"] == "refusal":
        yield from refused(lifecycle, kind, entry["action"], entry["from"], entry["blockers"])
        return
    if entry["kind"] == "timer":
        yield from _told(part, entry)
    elif entry["kind"] == OPEN:
        yield Aim("state", "", entry["to"])
    else:
        yield from _taken(lifecycle, kind, entry, before, actor)
    for opened in entry.get("opened", ()):
        yield Aim("state", opened["part"], opened["state"])
    told = {notice["template"] for notice in entry.get("out", ())}
    name = f"{part}.{entry['action']}" if part else entry["action"]
    yield from (
        Aim("notice", "", r.after, r.template) for r in lifecycle.notices if r.after == name and r.template in told
    )
    root = after.root.state
    yield from (
        Aim("invariant", "", rule.name) for rule in lifecycle.invariants if not rule.states or root in rule.states
    )


def refused(
    lifecycle: Lifecycle, kind: Kind, action: str, state: str, blockers: Iterable[Mapping[str, Any]]
) -> Iterator[Aim]:
    """What a refusal reached: guards that did not hold, and roles that somebody did not have."""
    transition = kind.transitions.get(action)
    guards = {guard.name for guard in transition.guards} if transition is not None else set()
    for blocker in blockers:
        if blocker["code"] in ("guard", "condition") and blocker.get("about") in guards:
            yield Aim("guard", "", blocker["about"], "unmet")
        if blocker["code"] == "role" and blocker.get("about") == "role":
            by = transition.by if transition is not None else tuple(kind.states[state].edit) if action == EDIT else ()
            yield from (Aim("role", "", name) for name in by)


def kept(
    lifecycle: Lifecycle, before: File | None, after: File, calendar: Calendar, wanted: Container[Aim] | None = None
) -> Iterator[Aim]:
    """The deadlines that ended between the two, in time; only of those `wanted`."""
    was = {case.id: case.clocks for case in before} if before is not None else {}
    for case in after:
        for each in lifecycle.clocks.get(case.kind, ()) if case.clocks else ():
            aim, facts = Aim("deadline", case.kind, each.name, "kept"), case.clocks.get(each.name, {})
            if "ended" not in facts or was.get(case.id, {}).get(each.name) == facts:
                continue
            if (wanted is None or aim in wanted) and clocks.kept_in_time(each, case, calendar, facts["ended"]):
                yield aim


def _told(part: str, entry: Mapping[str, Any]) -> Iterator[Aim]:
    event = str(entry["timer"]["event"]).partition(":")[0]
    how = {"warn": "warned", "overdue": "overdue", "escalate": "escalated"}.get(event)
    if how is not None:
        yield Aim("deadline", part, entry["timer"]["deadline"], how)


def _taken(
    lifecycle: Lifecycle, kind: Kind, entry: Mapping[str, Any], before: File | None, actor: Actor | None
) -> Iterator[Aim]:
    transition = kind.transitions.get(entry["action"])
    if transition is None:  # an edit
        return
    yield Aim("action", kind.name, transition.name)
    yield Aim("state", kind.name, entry["to"])
    yield from (Aim("guard", "", guard.name, "met") for guard in transition.guards)
    if transition.routes:
        n = _route(lifecycle, transition, entry, before, actor)
        if n is not None:
            yield Aim("route", kind.name, transition.name, str(n + 1))
    if entry["who"]["id"] == ENGINE and entry["who"].get("through") == ENGINE:
        joins = kind.states[entry["from"]].joins
        yield from (Aim("join", kind.name, entry["from"], j.take) for j in joins if j.take == transition.name)


def _route(
    lifecycle: Lifecycle, transition: Transition, entry: Mapping[str, Any], before: File | None, actor: Actor | None
) -> int | None:
    """Which of the routes was taken: the one that leads there; of several such, the one whose condition holds."""
    fits = [n for n, route in enumerate(transition.routes) if route.to in (entry["to"], ORIGIN)]
    if len(fits) < 2 or before is None:
        return fits[0] if fits else None
    case = before.case(entry["case"]).copy()
    written = {field.name for field in transition.asks} | set(transition.require)
    case.values = {**case.values, **{n: v for n, v in entry.get("set", {}).items() if n in written}}
    scope = Scope(lifecycle, before, case, actor or Actor(entry["who"]["id"]), entry.get("input", {}), entry["at"])
    for n in fits:
        when = transition.routes[n].when
        try:
            if when is not None and when.evaluate(scope) is True:
                return n
        except WorkflowError:
            continue
    return next((n for n in fits if transition.routes[n].when is None), None)


def _in_office(office: Office, name: str) -> Iterator[Aim]:
    files: dict[str, File] = {}
    with office.engine.looking() as sql:
        bodies = sql.execute(select(records.c.body).order_by(records.c.file, records.c.seq)).scalars().all()
    for body in bodies:
        entry = json.loads(body)
        if entry.get("lifecycle", {}).get("name") != name or entry["kind"] == "publish":
            continue
        lifecycle = office.engine.lifecycle(name, entry["lifecycle"]["version"])
        before = files.get(entry["file"])
        if before is None and entry["kind"] != OPEN:
            yield from _refused_opening(lifecycle, entry)
            continue
        after = files[entry["file"]] = fold(before, entry, lifecycle)
        yield from reached_by(lifecycle, entry, before, after, office.people.get(entry["who"]["id"]))
        yield from kept(lifecycle, before, after, office.engine.calendar())


def _refused_opening(lifecycle: Lifecycle, entry: Mapping[str, Any]) -> Iterator[Aim]:
    if any(blocker["code"] == "role" for blocker in entry.get("blockers", ())):
        yield from (Aim("role", "", name) for name in lifecycle.opened_by)


# ---------------------------------------------------------------- what it is called


def _label(lifecycle: Lifecycle, kind: Kind, aim: Aim) -> Text:
    if aim.sort in ("state", "join"):
        return kind.states[aim.name].label
    if aim.sort in ("action", "route"):
        return kind.transitions[aim.name].label
    if aim.sort == "deadline":
        return next(each.label for each in lifecycle.clocks[aim.part] if each.name == aim.name)
    if aim.sort == "role":
        return lifecycle.roles[aim.name].label
    if aim.sort == "guard":
        kinds = (lifecycle.root, *lifecycle.parts.values())
        return next(g.otherwise for k in kinds for t in k.transitions.values() for g in t.guards if g.name == aim.name)
    if aim.sort == "notice":
        part, _, action = aim.name.rpartition(".")
        return _action(lifecycle.kind(part), action)
    return Text()


def _detail(lifecycle: Lifecycle, kind: Kind, aim: Aim) -> Text:
    if aim.sort == "route":
        to = kind.transitions[aim.name].routes[int(aim.how) - 1].to
        label = kind.states[to].label if to in kind.states else Text()
        return Text(f"第 {aim.how} 个去向，到{label.zh or to}", f"route {aim.how}, to {label.en or to}")
    return _action(kind, aim.how) if aim.sort == "join" else Text(aim.how, aim.how)


def _action(kind: Kind, name: str) -> Text:
    label = kind.transitions[name].label if name in kind.transitions else Text()
    return Text(label.zh or name, label.en or name)

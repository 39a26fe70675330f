"""From one version of a lifecycle to another: what becomes of a running case, before anything is written.

`forecast` is pure, like `decide`: planning, and moving under the case's lock, ask the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.decide import automatic
from workflow.core.errors import ConditionFailed, InputInvalid
from workflow.core.input import accept, missing
from workflow.core.model import ROOT, Blocker, Case, File, Json, Kind, Lifecycle, Micros, Migration, Text
from workflow.core.record import Record
from workflow.core.renaming import values
from workflow.core.replaying import Difference, LifecycleOf, engine_first, replay, state_gone
from workflow.core.run import broken_invariants

Sort = Literal["same", "mapped", "differs", "held"]
SORTS: tuple[Sort, ...] = ("same", "mapped", "differs", "held")


@dataclass(frozen=True, slots=True)
class Hop:
    """From a version to another, by the names that the newer file maps."""

    old: Lifecycle
    new: Lifecycle
    names: Migration


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of one file. `after` is None where it is held back; `seq` and `action` tell the first record that
    would have been another.
    """

    sort: Sort
    after: File | None
    reasons: tuple[Blocker, ...] = ()
    seq: int = 0
    action: str = ""


def hop(old: Lifecycle, new: Lifecycle) -> Hop:
    """The way from `old` to `new`. Raises InputInvalid where they are no two versions of one lifecycle, or where the
    mapping of the newer one was written for another version or names what the older one does not have.
    """
    if (old.name, old.version) == (new.name, new.version):
        raise InputInvalid(
            Text(
                f"“{old.name}”第 {old.version} 版就是它自己；请写两个不同的版本",
                f"version {old.version} of {old.name!r} is the same on both sides; name two versions",
            )
        )
    if old.name != new.name:
        raise InputInvalid(
            Text(
                f"文件里是流程“{new.name}”，不是“{old.name}”；只能在同一流程的版本之间迁移",
                f"the file is of the lifecycle {new.name!r}, not {old.name!r}; cases move between versions of one lifecycle",
            )
        )
    names = new.migrate
    if names is None:
        return Hop(old, new, Migration(old.version))
    if names.version != old.version:
        raise InputInvalid(
            Text(
                f"{names.place}：第 {new.version} 版的 migrate 是从第 {names.version} 版写的，不是第 {old.version} 版；"
                f"请先迁到第 {names.version} 版，或另发一版写明 from: {old.version}",
                f"{names.place}: the `migrate` of version {new.version} is written from version {names.version}, not "
                f"{old.version}; migrate to version {names.version} first, or publish a version with `from: {old.version}`",
            )
        )
    for what, name, known in _unknown_names(old, names):
        near = get_close_matches(name, known) or sorted(known)
        raise InputInvalid(
            Text(
                f"{names.place}：migrate 里写的{what.zh}“{name}”在第 {old.version} 版中没有；那一版有：{'、'.join(near)}",
                f"{names.place}: the {what.en} {name!r} in `migrate` is not in version {old.version}; it has: {', '.join(near)}",
            )
        )
    return Hop(old, new, names)


def _unknown_names(old: Lifecycle, names: Migration) -> Iterator[tuple[Text, str, list[str]]]:
    named: list[tuple[Text, Sequence[str], list[str]]] = [
        (Text("旧子件", "old part"), [name for name in names.kinds if name], list(old.parts)),
        (Text("旧角色", "old role"), list(names.roles), list(old.roles)),
    ]
    for name, renaming in names.kinds.items():
        kind = old.parts.get(name) if name else old.root
        if kind is not None:
            named.append((Text("旧状态", "old state"), list(renaming.states), list(kind.states)))
            named.append((Text("旧字段", "old field"), [*renaming.fields, *renaming.drop], list(kind.fields)))
    declared = [deadline.name for deadlines in old.clocks.values() for deadline in deadlines]
    dropped = [name for name, way in names.deadlines.items() if way == "drop"]
    named.append((Text("旧时限", "old deadline"), dropped, declared))
    for what, used, known in named:
        yield from ((what, name, known) for name in used if name not in known)


def forecast(
    hop: Hop,
    standing: File,
    records: Sequence[Record],
    lifecycle_of: LifecycleOf,
    calendar: Calendar,
    now: Micros,
) -> Forecast:
    """What becomes of the file that stands as its `records` say; `lifecycle_of` gives the versions it has followed."""
    held = list(_held_by_shape(hop, standing))
    if held:
        return Forecast("held", None, tuple(held))
    mapped = frozenset(c.id for c in standing if c.open and c.state in hop.names.of(c.kind).states)
    fields = hop.names.of(ROOT).fields
    linked = {fields.get(name, name): other for name, other in standing.linked.items()}
    replayed, difference = replay(records, hop.new, hop.names, lifecycle_of, linked, calendar, mapped)
    cases = [_carried_over(hop, case, replayed.case(case.id), now) for case in standing]
    after = File(cases[0], tuple(cases[1:]), linked, standing.records, standing.head)
    held = [blocker for case in after for blocker in _held_by_values(hop.new, standing, case)]
    try:
        held += broken_invariants(hop.new, after, now)
        following = automatic(hop.new, after, now) if difference is None else None
    except ConditionFailed as failed:
        held.append(Blocker("condition", failed.text))
        following = None
    if held:
        return Forecast("held", None, tuple(held))
    if difference is None and following is not None and following[0] not in mapped:
        last = records[-1]
        difference = Difference(last["seq"], last["action"], following[0], (engine_first(following[1].action),))
    if difference is not None:
        return Forecast("differs", after, difference.blockers, difference.seq, difference.action)
    return Forecast("mapped" if mapped or _renamed(standing, after) else "same", after)


def _renamed(before: File, after: File) -> bool:
    return any(
        (old.kind, old.state, old.values) != (new.kind, new.state, new.values)
        for old, new in zip(before, after, strict=True)
    )


# ---------------------------------------------------------------- what holds a case back


def _held_by_shape(hop: Hop, standing: File) -> Iterator[Blocker]:
    """Where the case stands there is nothing in the new version, and nobody has said what became of it."""
    for case in standing:
        renaming = hop.names.of(case.kind)
        where = _where(hop.old, case)
        if renaming.kind and renaming.kind not in hop.new.parts:
            yield Blocker(
                "part_gone",
                Text(
                    f"{where.zh}新版没有子件“{renaming.kind}”；若已改名，请在 migrate: parts: 里写 from: {case.kind}",
                    f"{where.en}there is no part {renaming.kind!r} in the new version; if it has another name, write "
                    f"`from: {case.kind}` under `migrate: parts:`",
                ),
                case.kind,
            )
            continue
        kind = hop.new.kind(renaming.kind)
        name = renaming.states.get(case.state, case.state)
        if name not in kind.states:
            yield state_gone(name, where)
        else:
            yield from _wrong_end(hop, case, kind, name, where)
        yield from _lost_values(case, kind, values(case.values, renaming), renaming.fields, where)
        yield from _lost_clocks(hop, case, kind, where)


def _wrong_end(hop: Hop, case: Case, kind: Kind, name: str, where: Text) -> Iterator[Blocker]:
    """A migration neither ends a case nor takes up one that has ended."""
    ends = kind.states[name].final is not None
    if case.open and ends:
        yield Blocker(
            "ended",
            Text(
                f"{where.zh}在办，而新版的“{name}”是终结状态；迁移不能代替办结，请对照到在办的状态",
                f"{where.en}it is open, and {name!r} is final in the new version; a migration does not end a case",
            ),
            name,
        )
    elif not case.open and not ends and hop.old.kind(case.kind).states[case.state].final is not None:
        yield Blocker(
            "ended",
            Text(
                f"{where.zh}已终结，而新版的“{name}”不是终结状态；请对照到终结的状态",
                f"{where.en}it has ended, and {name!r} is not final in the new version; map it to one that is",
            ),
            name,
        )


def _lost_values(
    case: Case, kind: Kind, kept: Mapping[str, Json], fields: Mapping[str, str], where: Text
) -> Iterator[Blocker]:
    for name, value in kept.items():
        if name not in kind.fields and value not in (None, []):
            yield Blocker(
                "field_gone",
                Text(
                    f"{where.zh}字段“{name}”有值，而新版没有这个字段；请在 migrate 里改名（fields:）或放弃（drop:）",
                    f"{where.en}the field {name!r} has a value and is gone in the new version; rename it (`fields:`) or give "
                    "it up (`drop:`) under `migrate`",
                ),
                name,
            )
    for old, new in fields.items():
        if old != new and case.values.get(old) is not None and case.values.get(new) is not None and new not in fields:
            yield Blocker(
                "field_gone",
                Text(
                    f"{where.zh}“{old}”要改名为“{new}”，而“{new}”已有值",
                    f"{where.en}{old!r} is to become {new!r}, which has a value already",
                ),
                old,
            )


def _lost_clocks(hop: Hop, case: Case, kind: Kind, where: Text) -> Iterator[Blocker]:
    declared = {deadline.name for deadline in hop.new.clocks.get(kind.name, ())}
    for name, facts in case.clocks.items():
        if name not in declared and clocks.running(facts) and hop.names.deadlines.get(name) != "drop":
            yield Blocker(
                "deadline_gone",
                Text(
                    f"{where.zh}时限“{name}”在计，而新版没有；请在 migrate: deadlines: 里写 {name}: drop 表示不再计",
                    f"{where.en}the clock {name!r} is running and is gone in the new version; write `{name}: drop` under "
                    "`migrate: deadlines:` to give it up",
                ),
                name,
            )


def _held_by_values(new: Lifecycle, before: File, case: Case) -> Iterator[Blocker]:
    """Values that the new version would not take; a case that has ended is let be."""
    if not case.open:
        return
    kind = new.kind(case.kind)
    where = _where(new, case)
    given = {name: value for name, value in case.values.items() if value is not None}
    blockers = accept(list(kind.fields.values()), given)[1]
    blockers += missing([field for field in kind.fields.values() if field.required], given)
    for each in blockers:
        yield Blocker(each.code, Text(where.zh + each.text.zh, where.en + each.text.en), each.about)


def _where(lifecycle: Lifecycle, case: Case) -> Text:
    if not case.kind:
        return Text()
    label = lifecycle.parts[case.kind].label
    return Text(f"{label.zh or case.kind}“{case.key}”：", f"{label.en or case.kind} {case.key!r}: ")


# ---------------------------------------------------------------- the case in the new version


def _carried_over(hop: Hop, case: Case, replayed: Case, now: Micros) -> Case:
    renaming = hop.names.of(case.kind)
    kind = hop.new.kind(renaming.kind)
    kept = {name: v for name, v in values(case.values, renaming).items() if name in kind.fields}
    known = {renaming.fields.get(name, name) for name in hop.old.kind(case.kind).fields}
    added: dict[str, Json] = {
        f.name: f.default for f in kind.fields.values() if f.name not in known and f.default is not None
    }
    return replace(
        case,
        version=hop.new.version,
        kind=kind.name,
        state=renaming.states.get(case.state, case.state),
        origin=replayed.origin,
        values=kept | (added if case.open else {}),
        visits=replayed.visits,
        clocks=_clocks(hop, case, replayed, now),
        revision=case.revision + 1,
        erased=tuple(sorted({renaming.fields.get(name, name) for name in case.erased}.intersection(kept))),
    )


def _clocks(hop: Hop, case: Case, replayed: Case, now: Micros) -> dict[str, Any]:
    declared = {deadline.name: deadline for deadline in hop.old.clocks.get(case.kind, ())}
    found = {}
    for deadline in hop.new.clocks.get(replayed.kind, ()):
        name = deadline.name
        facts, before = replayed.clocks.get(name), case.clocks.get(name)
        way = hop.names.deadlines.get(name, "recompute")
        if way == "keep" and before is not None and name in declared:
            facts = clocks.with_period(declared[name], before) if clocks.running(before) else before
        elif way == "restart" and clocks.running(facts):
            facts = {"since": now, **({"pauses": [[now, None]]} if clocks.paused(facts) else {})}
        if facts is not None:
            found[name] = facts
    return found

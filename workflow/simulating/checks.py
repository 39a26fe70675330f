"""What must hold after every step, whatever the lifecycle says: each breach is a fault of the lifecycle or of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.fold import fold
from workflow.core.model import Case, File, Lifecycle, Place, Refusal, Text
from workflow.core.run import Ran
from workflow.core.written import read

OWN_FAULTS = frozenset({"condition", "no_route", "endless", "invariant"})  # the lifecycle's own, never the clerk's


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: a stable code, what it is about, a sentence, and where in the lifecycle's file."""

    code: str
    about: str
    text: Text
    place: Place = Place()

    @property
    def signature(self) -> tuple[str, str]:
        """Two faults with the same signature are the same fault, met twice."""
        return self.code, self.about


def refused_with(lifecycle: Lifecycle, refusal: Refusal) -> Iterator[Fault]:
    """The faults for which a command was refused that nobody could have given better."""
    invariants = {rule.name: rule.place for rule in lifecycle.invariants}
    for blocker in refusal.blockers:
        if blocker.code in OWN_FAULTS:
            about = f"{refusal.state}.{refusal.action}.{blocker.about or ''}"
            yield Fault(
                blocker.code,
                about,
                Text(
                    zh=f"在状态 {refusal.state or '（新开）'} 做 {refusal.action} 时：{blocker.text.zh}",
                    en=f"{refusal.action!r} in {refusal.state or 'nothing yet'!r}: {blocker.text.en}",
                ),
                invariants.get(blocker.about or "") or _place(lifecycle, refusal.action),
            )


def unchanged(action: str, before: str, after: str) -> Iterator[Fault]:
    """A refusal must leave the file as it was."""
    if before != after:
        yield Fault(
            "changed", action,
            Text(zh=f"“{action}”被拒绝，卷却变了", en=f"{action!r} was refused, and yet the file has changed"),
        )  # fmt: skip


def broken(lifecycle: Lifecycle, before: File | None, came: Ran, calendar: Calendar) -> Iterator[Fault]:
    """What is wrong with the file after a command, and with its records."""
    replayed = before
    for step in came.steps:
        replayed = fold(replayed, read(step.text), lifecycle)
        for notice in step.notices:
            if notice.failed is not None or not notice.to:
                about = f"{step.entry['action']}.{notice.template}"
                yield Fault(
                    "notice", about,
                    Text(zh=f"“{step.entry['action']}”后的通知“{notice.template}”没有收件人：{notice.failed or ''}",
                         en=f"the notice {notice.template!r} after {step.entry['action']!r} has no recipient: {notice.failed or ''}"),
                    _place(lifecycle, step.entry["action"]),
                )  # fmt: skip
    assert replayed is not None
    if replayed.root != came.file.root or replayed.parts != came.file.parts:
        yield Fault(
            "fold", came.steps[-1].entry["action"],
            Text(zh="按记录重放得不到同样的卷", en="replaying the records does not give the same file"),
        )  # fmt: skip
    for case in came.file:
        yield from _of_case(lifecycle, came.file, case)
    yield from _numbers(came.file)


def _of_case(lifecycle: Lifecycle, file: File, case: Case) -> Iterator[Fault]:
    kind = lifecycle.kind(case.kind)
    state = kind.states.get(case.state)
    where, shown = _where(lifecycle, case)
    if state is None or (state.final is not None and case.outcome not in (state.final, "cancelled")):
        yield Fault(
            "state", where,
            Text(zh=f"“{shown.zh}”不能有结果 {case.outcome}", en=f"{shown.en} cannot have the outcome {case.outcome}"),
        )  # fmt: skip
    if case.open and case is not file.root and not file.root.open and not kind.outlives:
        yield Fault(
            "open_parts", where,
            Text(zh=f"主件已终结，分件仍在“{shown.zh}”", en=f"the case has ended, and a part is still open: {shown.en}"),
            kind.place,
        )  # fmt: skip
    for deadline in lifecycle.clocks.get(case.kind, ()):
        if not _sound(case, case.clocks.get(deadline.name)):
            yield Fault(
                "clock", deadline.name,
                Text(zh=f"时限“{deadline.name}”自相矛盾（{shown.zh}）", en=f"the clock {deadline.name!r} contradicts itself: {shown.en}"),
                deadline.place,
            )  # fmt: skip


def _sound(case: Case, facts: clocks.Facts | None) -> bool:
    """Whether the moments of a clock stand in order, and none runs on in a case that has ended by its own state."""
    if facts is None:
        return True
    last = facts["since"]
    for begin, end in facts.get("pauses", ()):
        if begin < last or (end is not None and end < begin):
            return False
        last = begin if end is None else end
    if "ended" in facts:
        return bool(facts["ended"] >= last)
    return case.open


def _numbers(file: File) -> Iterator[Fault]:
    found: set[tuple[str, str]] = set()
    for case in file:
        if case.number is not None and (case.kind, case.number) in found:
            yield twice(case.number)
        found.add((case.kind, case.number or ""))


def twice(number: str) -> Fault:
    """The same number was given to two cases."""
    return Fault("number", "number", Text(zh=f"编号 {number} 给了两次", en=f"the number {number} was given twice"))


def unattended(lifecycle: Lifecycle, cases: Iterable[Case]) -> Iterator[Fault]:
    """These cases are open, stand on nobody's list, and no clock takes them on."""
    for case in cases:
        where, shown = _where(lifecycle, case)
        yield Fault(
            "nobody", where,
            Text(zh=f"“{shown.zh}”不在任何人的待办里，也没有时限会推动它", en=f"{shown.en} is on nobody's list, and no deadline takes it on"),
            lifecycle.kind(case.kind).states[case.state].place,
        )  # fmt: skip


def at_an_end(lifecycle: Lifecycle, case: Case, *, joins: bool) -> Fault:
    """Nothing goes on any more: the join of the case cannot hold (`joins`), or nobody can do anything."""
    where, shown = _where(lifecycle, case)
    return Fault(
        "starved" if joins else "dead_end", where,
        Text(zh=f"“{shown.zh}”在等汇合，但已没有什么能使汇合的条件成立", en=f"{shown.en} waits for a join that nothing under way can fulfil")
        if joins
        else Text(zh=f"“{shown.zh}”里谁也不能再办，也没有时限会推动它", en=f"{shown.en}: nobody can do anything, and no deadline takes it on"),
        lifecycle.kind(case.kind).states[case.state].place,
    )  # fmt: skip


def _where(lifecycle: Lifecycle, case: Case) -> tuple[str, Text]:
    """The state of the case by its key, `part.state`, and as people call it."""
    kind = lifecycle.kind(case.kind)
    key = f"{case.kind}.{case.state}".lstrip(".")
    label = kind.states[case.state].label if case.state in kind.states else Text()
    part = kind.label if kind.name else Text()
    zh, en = (" ".join(each.say(of) for each in (part, label) if each.say(of)) for of in ("zh", "en"))
    return key, Text(zh=f"{zh}（{key}）" if zh else key, en=f"{en} ({key})" if en else repr(key))


def _place(lifecycle: Lifecycle, action: str) -> Place:
    kinds = (lifecycle.root, *lifecycle.parts.values())
    return next((kind.transitions[action].place for kind in kinds if action in kind.transitions), Place())

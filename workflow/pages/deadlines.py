"""Deadlines in words: from when, how long, until what, and what happens where nothing was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.core import wording
from workflow.core.model import Deadline, Duration, Kind, Lifecycle, OpenedHolders, Recipient, Text
from workflow.core.wording import joined, named
from workflow.pages.rules import Rules


def sentences(lifecycle: Lifecycle, clock: Deadline) -> list[Text]:
    """What is to be known of one deadline; the first sentence is the rule itself."""
    kind = lifecycle.kind(clock.kind)
    rules = Rules(lifecycle, kind)
    return [
        _rule(clock, kind),
        *_counts(clock, rules),
        *_rolls(clock),
        *_warns(clock),
        *_overdue(clock, kind, rules),
        *_extends(lifecycle, clock),
        *_stands(lifecycle, clock),
    ]


def _rule(clock: Deadline, kind: Kind) -> Text:
    begins, limit = _begins(clock, kind), wording.limit(clock, kind.fields)
    if len(clock.terms) == 1 and isinstance(clock.terms[0], Duration):
        zh, en = f"自{begins.zh}起 {limit.zh}内", f"within {limit.en} of {begins.en}"
    else:
        zh, en = f"以{limit.zh}为限，", f"by {limit.en}"
    if len(clock.terms) > 1:
        zh += f"自{begins.zh}起算，取其中{'最晚' if clock.latest else '最早'}的，"
        en += f", counted from {begins.en}, whichever is {'latest' if clock.latest else 'earliest'}"
    if clock.during:
        states = joined(wording.state(kind, name) for name in clock.during)
        return Text(f"{zh}离开“{states.zh}”", f'{en}, to leave "{states.en}"')
    if clock.until:
        ends = joined(wording.state(kind, name) for name in clock.until)
        return Text(f"{zh.removesuffix('，')}，到“{ends.zh}”为止", f'{en}, until "{ends.en}"')
    return Text(f"{zh}办结", f"{en}, to end")


def _counts(clock: Deadline, rules: Rules) -> Iterator[Text]:
    """Whose clock runs at all."""
    if clock.when is not None:
        when = rules.said(clock.when.source)
        yield Text(f"只在{when.zh}时计", f"runs only if {when.en}")


def _begins(clock: Deadline, kind: Kind) -> Text:
    if clock.action is not None:
        label = wording.action(kind.transitions[clock.action])
        return Text(f"“{label.zh}”", f'"{label.en}"')
    states = clock.during or clock.start
    if states:
        label = joined(wording.state(kind, name) for name in states)
        return Text(f"进入“{label.zh}”", f'entering "{label.en}"')
    return Text("开件", "the opening")


def _rolls(clock: Deadline) -> Iterator[Text]:
    if clock.field is not None or any(not isinstance(term, Duration) or term.unit != "h" for term in clock.terms):
        if clock.roll:
            yield Text("期满日遇休息日，顺延到下一个工作日", "an end on a day off moves to the next working day")
        else:
            yield Text("期满日遇休息日不顺延", "an end on a day off stays")
    if clock.again == "restart" and (clock.during or clock.start or clock.action):
        yield Text("再次开始时重新计算", "where it begins again it is counted anew")


def _warns(clock: Deadline) -> Iterator[Text]:
    if clock.warn:
        terms = [wording.length(term) for term in clock.warn]
        yield Text(
            f"到期前 {'、'.join(t.zh for t in terms)}提醒经办的一方",
            f"whoever has to act is reminded {' and '.join(t.en for t in terms)} before the end",
        )


def _overdue(clock: Deadline, kind: Kind, rules: Rules) -> Iterator[Text]:
    if clock.overdue is not None:
        to = told(clock.overdue.to, clock.overdue.cc, rules)
        yield Text(f"逾期：通知{to.zh}", f"when overdue, told to: {to.en}")
    for each in clock.escalate:
        after, to = wording.length(each.after) if each.after else Text(), told(each.to, each.cc, rules)
        yield Text(f"逾期 {after.zh}仍未办：通知{to.zh}", f"{after.en} after the end, told to: {to.en}")
    if clock.repeat is not None:
        every = wording.length(clock.repeat)
        yield Text(f"此后每 {every.zh}再通知一次", f"told again every {every.en}")
    if clock.take is not None:
        label = wording.action(kind.transitions[clock.take])
        yield Text(f"逾期：系统自动“{label.zh}”", f'when overdue, "{label.en}" happens by itself')


def told(to: Iterable[Recipient], cc: Iterable[Recipient], rules: Rules) -> Text:
    """Who is told: roles, rules that give parties, the holders of what the step opened; `cc` by a copy."""
    who, copies = (joined(_recipient(each, rules) for each in each_of) for each_of in (to, cc))
    if not copies.zh:
        return who
    return Text(f"{who.zh}；抄送{copies.zh}", f"{who.en}; a copy to {copies.en}")


def _recipient(one: Recipient, rules: Rules) -> Text:
    if isinstance(one, OpenedHolders):
        part = wording.kind(rules.lifecycle, one.part)
        return Text(f"这一步所开“{part.zh}”的承办方", f'whoever holds the "{part.en}" that the step opened')
    return rules.party(one if isinstance(one, str) else one.source)


def _extends(lifecycle: Lifecycle, clock: Deadline) -> Iterator[Text]:
    if clock.extend is not None:
        by, most = wording.roles(lifecycle, clock.extend.by), wording.length(clock.extend.up_to)
        reason = clock.extend.note == "required"
        yield Text(
            f"可延期：由{by.zh}办理，共不超过 {most.zh}，最多 {clock.extend.times} 次{'，须写明理由' if reason else ''}",
            f"may be extended by {by.en}, by {most.en} in all, {clock.extend.times} "
            f"time{'s' * (clock.extend.times != 1)} at most{', with a reason' if reason else ''}",
        )


def _stands(lifecycle: Lifecycle, clock: Deadline) -> Iterator[Text]:
    """States in which it stands still: of its own kind, and of the root case."""
    kinds = dict.fromkeys(("", clock.kind))
    states = [
        wording.state(lifecycle.kind(kind), state.name)
        for kind in kinds
        for state in lifecycle.kind(kind).states.values()
        if clock.name in state.pauses
    ]
    if states:
        names = joined(states)
        yield Text(f"“{names.zh}”期间停计，过后补还", f'stands still while "{names.en}"; those days are given back')


def name_of(clock: Deadline) -> Text:
    """What people call the deadline."""
    return named(clock.label, clock.name)

"""Deadlines: that begin, end, speak, and never turn silence into a yes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, named
from workflow.core.model import ROOT, Deadline, Duration, Kind, Text
from workflow.core.paths import Edge, reachable

_DAYS = {"h": 1 / 24, "d": 1.0, "bd": 1.4, "mo": 30.0}  # about as long, for comparing what is written differently
_QUOTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*""")


def _all(subject: Subject) -> Iterator[tuple[Kind, Deadline]]:
    return ((kind, clock) for kind in subject.kinds for clock in subject.clocks(kind))


def _called(clock: Deadline) -> Text:
    return named(clock.label, clock.name)


@check(
    "deadline_never_starts",
    "warning",
    Text("从不起算的时限", "A deadline that never begins"),
    Text("时限从进入某状态或某动作起算，而那个状态到不了（或就是终结状态）、那个动作做不成：时限永远不会开始。",
         "The deadline begins with a state that is never entered (or that is an end), or with an action that is never taken."),
    Text("改正 from 或 in", "put `from` or `in` right"),
    "deadlines: {late_due: {label: {zh: 善后期限, en: Afterwards}, in: granted, within: 5d, overdue: {notify: late, to: [head]}}}",
)  # fmt: skip
def deadline_never_starts(subject: Subject) -> Iterator[Finding]:
    """Clocks whose beginning cannot come about."""
    for kind, clock in _all(subject):
        entered = {name for name in subject.entered[kind.name] if not kind.states[name].final}
        begins = clock.start or clock.during
        if clock.action is not None:
            begins = kind.transitions[clock.action].sources if clock.action in kind.transitions else ()
        if (begins or clock.action is not None) and entered.isdisjoint(begins):
            called = _called(clock)
            key = "in" if clock.during else "from"
            text = Text(f"时限“{called.zh}”永远不会起算", f"the deadline {called.en} never begins")
            yield Finding(("deadlines", clock.name, key), text)


@check(
    "deadline_never_ends",
    "warning",
    Text("等不到终点的时限", "A deadline whose end cannot come"),
    Text("时限起算以后，走不到 until 所写的状态：按时办了也要算逾期。",
         "Once the deadline has begun, no state of `until` can be reached: even who is in time is overdue."),
    Text("改正 until", "put `until` right"),
    "deadlines: {opinion_due: {of: null, in: null, from: decided, until: asked, overdue: {notify: late, to: [head], take: null}}, lapse_due: {label: {zh: 逾期, en: Lapse}, of: opinion, in: open, within: 9d, overdue: {take: lapse}}}\ntransitions: {recall: {to: denied}}",
)  # fmt: skip
def deadline_never_ends(subject: Subject) -> Iterator[Finding]:
    """Clocks with an `until` that cannot be reached from where they begin."""
    for kind, clock in _all(subject):
        if not clock.until:
            continue
        begins = clock.start or (kind.initial,)
        if clock.action is not None:
            begins = (
                tuple(e.target for e in subject.ways[kind.name] if e.transition == clock.action)
                or kind.transitions[clock.action].sources
            )
        if reachable(subject.ways[kind.name], begins).isdisjoint(clock.until):
            called = _called(clock)
            text = Text(
                f"时限“{called.zh}”起算以后到不了 {'、'.join(clock.until)}",
                f"once {called.en} has begun, {', '.join(clock.until)} cannot be reached",
            )
            yield Finding(("deadlines", clock.name, "until"), text)


@check(
    "pause_without_end",
    "warning",
    Text("不再恢复的停计", "A pause without an end"),
    Text("在这个状态时限停计，而从这里再也走不到时限会继续走的状态：停计等于取消了时限。",
         "The deadline stands still in this state, and no state in which it would run can be reached again: the pause abolishes it."),
    Text("写一条回到办理中的流转，或去掉 pauses", "write a transition back to where it runs, or take `pauses` out"),
    """\
states: {decided: {pauses: [answer_due]}}
transitions: {recall: {to: denied}}
deadlines: {answer_due: {label: {zh: 答复期限, en: Time to answer}, from: asked, within: 20d, overdue: {notify: late, to: [head]}}}""",
)  # fmt: skip
def pause_without_end(subject: Subject) -> Iterator[Finding]:
    """States that pause a clock of their own kind, from which it never runs again."""
    for kind in subject.kinds:
        own = {clock.name for clock in subject.clocks(kind)}
        pausing = {state.name: set(state.pauses) for state in kind.states.values() if state.pauses}
        for name, pauses in pausing.items():
            if name not in subject.entered[kind.name]:
                continue
            ahead = reachable(subject.ways[kind.name], [name]) - {name}
            for n, clock in enumerate(kind.states[name].pauses):
                runs = [s for s in ahead if not kind.states[s].final and clock not in pausing.get(s, ())]
                if clock in own and clock in pauses and not runs:
                    called = subject.called(kind, name)
                    text = Text(
                        f"时限“{clock}”在“{called.zh}”停计以后不会再走",
                        f"{clock!r} stands still in {called.en} and never runs again",
                    )
                    yield Finding(subject.state_at(kind, name, "pauses", n), text)


@check(
    "warn_too_early",
    "warning",
    Text("提醒早于起算", "A reminder before the beginning"),
    Text("提前提醒的时间不短于期限本身：一开始就提醒，或根本不提醒。",
         "The reminder comes no less early than the deadline is long: at once, or never."),
    Text("把 warn 写短", "make `warn` shorter"),
    "deadlines: {opinion_due: {warn: 8d}}",
)  # fmt: skip
def warn_too_early(subject: Subject) -> Iterator[Finding]:
    """Reminders as long as the shortest term, or longer."""
    for _, clock in _all(subject):
        terms = [_days(term) for term in clock.terms if isinstance(term, Duration)]
        for n, warn in enumerate(clock.warn):
            if terms and _days(warn) >= min(terms):
                called = _called(clock)
                text = Text(
                    f"时限“{called.zh}”只有 {clock.terms[0]}，却要提前 {warn} 提醒",
                    f"{called.en} has {clock.terms[0]}, and reminds {warn} before its end",
                )
                yield Finding(("deadlines", clock.name, "warn", n), text)


@check(
    "long_extension",
    "warning",
    Text("延期远长于期限", "An extension much longer than the term"),
    Text("可延的时间超过期限本身的两倍：多半是单位写错了。", "It can be extended by more than twice its own length: probably the unit is wrong."),
    Text("改正 up_to", "put `up_to` right"),
    "deadlines: {opinion_due: {extend: {by: [head], up_to: 5mo}}}",
)  # fmt: skip
def long_extension(subject: Subject) -> Iterator[Finding]:
    """Extensions of more than twice the longest term."""
    for _, clock in _all(subject):
        terms = [_days(term) for term in clock.terms if isinstance(term, Duration)]
        if clock.extend is not None and terms and _days(clock.extend.up_to) > 2 * max(terms):
            called = _called(clock)
            text = Text(
                f"时限“{called.zh}”是 {clock.terms[0]}，却可以延 {clock.extend.up_to}",
                f"{called.en} is {clock.terms[0]} long and can be extended by {clock.extend.up_to}",
            )
            yield Finding(("deadlines", clock.name, "extend", "up_to"), text)


def _days(duration: Duration) -> float:
    return duration.n * _DAYS[duration.unit]


@check(
    "mute_deadline",
    "warning",
    Text("不声不响的时限", "A deadline that says nothing"),
    Text("既不提醒（warn）也没有逾期的处理（overdue），也没有指标按它统计：到期没有人知道。",
         "It neither reminds (`warn`) nor does anything when it is over (`overdue`), and no metric judges by it: nobody notices."),
    Text("写 warn，或 overdue: {notify: …, to: […]}", "write `warn`, or `overdue: {notify: …, to: […]}`"),
    "deadlines: {answer_due: {label: {zh: 答复期限, en: Time to answer}, in: decided, within: 9d}}",
)  # fmt: skip
def mute_deadline(subject: Subject) -> Iterator[Finding]:
    """Clocks that nobody hears, and by which no metric judges."""
    selectors = [each for metric in subject.lifecycle.metrics.values() for each in (metric.count, metric.of) if each]
    selectors += [each.unless for each in selectors if each.unless is not None]
    counted = {name for each in selectors for name in (*each.on_time, *each.overdue, *each.due)}
    for _, clock in _all(subject):
        if clock.name in counted:
            continue
        if not clock.warn and clock.overdue is None and clock.take is None and not clock.escalate:
            called = _called(clock)
            text = Text(
                f"时限“{called.zh}”不提醒，逾期也不做什么",
                f"{called.en} neither reminds nor does anything when it is over",
            )
            yield Finding(("deadlines", clock.name), text)


@check(
    "silent_approval",
    "warning",
    Text("沉默算同意", "Silence that approves"),
    Text("时限一到，引擎替没有作声的人做了决定，而结果是同意。这样算：(一) 引擎由此自己一路走到办成的终结；(二) 此前还可能"
         "有别的结果，此后只剩办成；(三) 引擎把字段写成某个比率分子里的值（如“满意”）。不作声不是满意。",
         "When the time is up the engine decides for somebody who has said nothing, and decides yes. That is so where (1) the engine goes on by itself to an end with success; (2) other ends were possible before, and only success is left; (3) it writes a value that a rate counts in its numerator (satisfied, say). Silence is not satisfaction."),
    Text("让时限取一个另设的流转，到一个说明“逾期未答”的状态", "let it take a transition to a state that says there was no answer"),
    """\
states: {presumed: {label: {zh: 视为同意, en: Presumed}}}
transitions:
  presume: {label: {zh: 视为同意, en: Presume}, from: decided, to: presumed, by: [engine]}
  confirm: {label: {zh: 确认, en: Confirm}, from: presumed, to: granted, by: [head]}
deadlines: {decide_due: {label: {zh: 决定期限, en: Time to decide}, in: decided, within: 9d, overdue: {take: presume}}}
notices: [{after: ask, to: [parts.opinion.holder], template: asked}, {after: confirm, to: [applicant], template: decided}]""",
)  # fmt: skip
def silent_approval(subject: Subject) -> Iterator[Finding]:
    """Deadlines that take a transition towards nothing but success."""
    for kind, clock in _all(subject):
        transition = kind.transitions.get(clock.take or "")
        if transition is None:
            continue
        where, called = ("deadlines", clock.name, "overdue", "take"), _called(clock)
        written = _counted_value(
            subject, kind, [*transition.effects.set, *(s for r in transition.routes for s in r.effects.set)]
        )
        if written is not None:
            field, metric = written
            text = Text(
                f"时限“{called.zh}”逾期会把“{field}”写成指标“{metric}”分子里的值：不作声被算作同意",
                f"{called.en} writes into {field!r} what the metric {metric!r} counts: silence is taken for a yes",
            )
            yield Finding(where, text)
        elif _approves(subject, kind, transition.name):
            text = Text(
                f"时限“{called.zh}”逾期后由引擎做“{transition.name}”，此后只会办成：不作声被算作同意",
                f'when {called.en} is over the engine takes "{transition.name}", and then only success is left: '
                "silence is taken for a yes",
            )
            yield Finding(where, text)


def _approves(subject: Subject, kind: Kind, taken: str) -> bool:
    ways = subject.ways[kind.name]
    own = [edge for edge in ways if edge.transition == taken and edge.source in subject.entered[kind.name]]
    targets = {edge.target for edge in own}
    alone = {join.take for state in kind.states.values() for join in state.joins}
    by_itself = [edge for edge in ways if edge.transition in alone]
    if "successful" in _ends(kind, by_itself, targets) - {kind.states[target].final for target in targets}:
        return True
    before = _ends(kind, [edge for edge in ways if edge.transition != taken], {edge.source for edge in own})
    return _ends(kind, ways, targets) == {"successful"} != before and bool(before)


def _ends(kind: Kind, ways: list[Edge] | tuple[Edge, ...], start: set[str]) -> set[str | None]:
    return {kind.states[state].final for state in reachable(ways, start) if kind.states[state].final}


def _counted_value(subject: Subject, kind: Kind, pairs: list[tuple[str, object]]) -> tuple[str, str] | None:
    """The field that is set to a value which the numerator of a rate counts, and the rate."""
    for name, expression in pairs:
        literal = _QUOTED.fullmatch(getattr(expression, "source", ""))
        for metric in subject.lifecycle.metrics.values() if literal else ():
            counted = metric.count.where.get(name, ()) if (metric.count.part or ROOT) == kind.name and metric.of else ()
            value = literal[1] or literal[2] if literal else ""
            if value in counted or kind.fields[name].means.get(value) in counted:
                return name, metric.name
    return None

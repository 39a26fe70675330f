"""Conditions, evaluated on a few values of what they read: never, always, both at once, neither, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from workflow.checks.catalogue import Finding, check
from workflow.checks.sampling import Sample, Samples
from workflow.checks.subject import Clause, Subject, Where, named, names_of
from workflow.core.errors import ConditionFailed
from workflow.core.model import Expression, Kind, Text, Transition

_LITERAL = re.compile(r"\s*(true|false)\s*")


class Tried:
    """What came out for each sample of one condition."""

    def __init__(self, subject: Subject, clause: Clause) -> None:
        kind = subject.lifecycle.kind(clause.kind)
        samples = Samples(subject, kind, [clause.expression], clause.transition)
        self.exhaustive = samples.exhaustive
        self.values: set[bool] = set()
        self.failed: tuple[str, ConditionFailed] | None = None
        for sample in samples:
            came = samples.holds(clause.expression, sample)
            if isinstance(came, ConditionFailed):
                self.failed = self.failed or (samples.shown(sample), came)
            else:
                self.values.add(came is True)


@lru_cache(maxsize=1)  # three checks look at the same
def _tried(subject: Subject) -> tuple[tuple[Clause, Tried], ...]:
    """The guards, routes and joins that read something, each tried once although several transitions may use it."""
    known: dict[object, Tried] = {}
    found = []
    for clause in subject.clauses:
        if clause.role not in ("guard", "route", "join", "blind", "clock") or not _readable(clause):
            continue
        action = clause.transition
        given = (
            (action.require, action.asks, action.sources if "case.state" in clause.expression.source else ())
            if action
            else ()
        )
        key = (clause.kind, clause.expression.source, *map(str, given))
        if key not in known:
            known[key] = Tried(subject, clause)
        found.append((clause, known[key]))
    return tuple(found)


def _readable(clause: Clause) -> bool:
    """Whether it reads anything whose values can be tried."""
    return bool(names_of(clause.expression)) or "visit" in clause.expression.source


@check(
    "always_true",
    "warning",
    Text("恒成立的条件", "A guard that always holds"),
    Text("按所声明的字段类型和范围，这个条件怎样都成立，拦不住任何事：多半是比较的数或选项写错了。",
         "Whatever the declared fields may hold, this guard holds, and so stops nothing: a number or a choice in it is probably wrong."),
    Text("改正条件，或删去它", "put the condition right, or delete it"),
    """\
guards: {short: {when: case.days < 40, else: {zh: 天数太多, en: Too many days}}}
transitions: {ask: {if: [short]}}""",
)  # fmt: skip
def always_true(subject: Subject) -> Iterator[Finding]:
    """Guards that hold in every sample."""
    for clause, tried in _tried(subject):
        if clause.role == "guard" and tried.exhaustive and tried.values == {True} and tried.failed is None:
            source = clause.expression.source
            text = Text(
                f"条件“{source}”按所声明的类型恒成立，拦不住什么",
                f"{source!r} always holds for the declared fields, and stops nothing",
            )
            yield Finding(clause.where, text)


@check(
    "always_false",
    "warning",
    Text("恒不成立的条件", "A condition that never holds"),
    Text("按所声明的字段类型和范围，这个条件怎样都不成立：守卫会拦住一切，分路和汇合永远走不到。",
         "Whatever the declared fields may hold, this condition does not hold: a guard stops everything, a route or a join is never taken."),
    Text("改正条件里比较的数或选项", "put right the number or the choice that it compares with"),
    """\
guards: {long: {when: case.days > 40, else: {zh: 天数太少, en: Too few days}}}
transitions: {ask: {if: [long]}}""",
)  # fmt: skip
def always_false(subject: Subject) -> Iterator[Finding]:
    """Guards, routes and joins that hold in no sample."""
    for clause, tried in _tried(subject):
        if clause.role != "blind" and tried.exhaustive and tried.values == {False}:
            source = clause.expression.source
            text = Text(f"条件“{source}”按所声明的类型恒不成立", f"{source!r} never holds for the declared fields")
            yield Finding(clause.where, text)


@check(
    "failing_condition",
    "warning",
    Text("有时无法判断的条件", "A condition that sometimes fails"),
    Text("字段还空着（或列表为空）时，这个条件算不出结果；引擎不把它当作成立，会拒绝这一步。",
         "With a field still empty (or an empty list) this condition has no result; the engine never takes that for true, and refuses the step."),
    Text("先判断是否为空（case.x != null && …），或用 require、required 保证已填",
         "ask first whether it is empty (case.x != null && …), or make sure by `require` or `required` that it is filled"),
    """\
fields: {rest: {type: int, label: {zh: 剩余天数, en: Days left}}}
states: {draft: {edit: {applicant: [days, rest]}}}
guards: {enough: {when: case.rest >= case.days, else: {zh: 剩余天数不够, en: Not enough days left}}}
transitions: {grant: {if: [enough]}}""",
)  # fmt: skip
def failing_condition(subject: Subject) -> Iterator[Finding]:
    """Conditions that CEL cannot work out for some sample."""
    for clause, tried in _tried(subject):
        if tried.failed is not None:
            example, failed = tried.failed
            source = clause.expression.source
            text = Text(
                f"条件“{source}”有时算不出结果（{failed.reason}）；例如 {example}",
                f"{source!r} sometimes has no result ({failed.reason}); for example with {example}",
            )
            yield Finding(clause.where, text)


@check(
    "overlapping_routes",
    "warning",
    Text("重叠的分路", "Routes that overlap"),
    Text("有的情形下两条分路同时成立；引擎不猜走哪条，会拒绝这一步。",
         "In some cases two routes hold at once; the engine does not guess which is meant, and refuses the step."),
    Text("让各条分路的条件互不相容", "make the conditions of the routes exclude each other"),
    """\
transitions:
  grant:
    to: null
    routes:
      - {when: case.days <= 5, to: granted}
      - {when: case.days >= 5, to: denied}""",
)  # fmt: skip
def overlapping_routes(subject: Subject) -> Iterator[Finding]:
    """Transitions two of whose routes hold in one sample."""
    for kind, transition, example, holding in _routes(subject):
        if len(holding) > 1:
            first, second = holding[0] + 1, holding[1] + 1
            text = Text(
                f"“{_called(transition).zh}”的第 {first} 条和第 {second} 条分路会同时成立；例如 {example}",
                f"routes {first} and {second} of {_called(transition).en} hold at once; for example with {example}",
            )
            yield Finding(_route_at(subject, kind, transition, holding[1]), text)


@check(
    "gap_in_routes",
    "warning",
    Text("分路有缺口", "A gap in the routes"),
    Text("有的情形下没有一条分路成立，又没有 else；引擎会拒绝这一步。",
         "In some cases no route holds, and there is no `else`; the engine refuses the step."),
    Text("补一条分路，或写 {else: true, to: …}", "write a route for it, or `{else: true, to: …}`"),
    """\
transitions:
  grant:
    to: null
    routes:
      - {when: case.days < 5, to: granted}
      - {when: case.days > 5, to: denied}""",
)  # fmt: skip
def gap_in_routes(subject: Subject) -> Iterator[Finding]:
    """Transitions none of whose routes holds in some sample."""
    for kind, transition, example, holding in _routes(subject):
        if not holding:
            text = Text(
                f"“{_called(transition).zh}”有缺口：没有一条分路成立；例如 {example}",
                f"no route of {_called(transition).en} holds, for example with {example}",
            )
            yield Finding(subject.action_at(kind, transition, "routes"), text)


@lru_cache(maxsize=1)
def _routes(subject: Subject) -> tuple[tuple[Kind, Transition, str, list[int]], ...]:
    """Of each transition with routes a sample in which two hold, and one in which none does, where there are such."""
    return tuple(
        (kind, transition, example, holding)
        for kind in subject.kinds
        for transition in kind.transitions.values()
        if transition.routes
        for example, holding in _unclear(subject, kind, transition)
    )


def _unclear(subject: Subject, kind: Kind, transition: Transition) -> Iterator[tuple[str, list[int]]]:
    whens = [(n, route.when) for n, route in enumerate(transition.routes) if route.when is not None]
    guards = [guard.when for guard in transition.guards]
    samples = Samples(subject, kind, [*(when for _, when in whens), *guards], transition)
    otherwise = len(whens) < len(transition.routes)
    left = {"two", "none"} - ({"none"} if otherwise else set())
    for sample in samples:
        holding = _holding(samples, sample, whens)
        if holding is None or (len(holding) == 1) or not left:
            continue
        which = "two" if len(holding) > 1 else "none"
        if which in left and all(samples.holds(guard, sample) is True for guard in guards):
            left.discard(which)
            yield samples.shown(sample), holding


def _holding(samples: Samples, sample: Sample, whens: list[tuple[int, Expression]]) -> list[int] | None:
    """The numbers of the routes that hold; None where one of them fails, which is told elsewhere."""
    found = []
    for n, when in whens:
        came = samples.holds(when, sample)
        if isinstance(came, ConditionFailed):
            return None
        if came is True:
            found.append(n)
    return found


def _called(transition: Transition) -> Text:
    return named(transition.label, transition.name)


def _route_at(subject: Subject, kind: Kind, transition: Transition, n: int) -> Where:
    return subject.action_at(kind, transition, "routes", n, "when")


@check(
    "unused_guard",
    "warning",
    Text("没有用到的守卫条件", "A guard that nothing uses"),
    Text("声明了守卫条件，却没有一个动作的 if 用它：本该拦住的事没有拦住。",
         "The guard is declared, and no `if` names it: what it should stop is not stopped."),
    Text("在该拦的动作里写 if: [名称]，或删去", "name it in the `if` of the action it is for, or delete it"),
    "guards: {spare: {when: case.days < 20, else: {zh: 天数太多, en: Too many days}}}",
)  # fmt: skip
def unused_guard(subject: Subject) -> Iterator[Finding]:
    """Guards that no action names."""
    used = {guard.name for kind in subject.kinds for t in kind.transitions.values() for guard in t.guards}
    for name in subject.lifecycle.guards:
        if name not in used:
            yield Finding(("guards", name), Text(f"守卫条件“{name}”没有用到", f"the guard {name!r} is not used"))

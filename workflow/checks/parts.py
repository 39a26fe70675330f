"""Parts: what is never opened, never waited for, opened too late, and joins that may wait for ever."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.sampling import Samples
from workflow.checks.subject import Subject, by_hand, named, names_of
from workflow.core.expressions import without_texts
from workflow.core.model import ROOT, Kind, State, Text
from workflow.core.paths import reachable


def _called(subject: Subject, part: str) -> Text:
    return named(subject.lifecycle.parts[part].label, part)


@check(
    "never_opened",
    "warning",
    Text("从不打开的子件", "A part that is never opened"),
    Text("声明了子件，却没有一个动作用 open 打开它。", "The part is declared, and no action opens it."),
    Text("在某个流转或办理动作里写 open，或删去此子件", "write `open` in a transition or act, or delete the part"),
    """\
parts:
  visit:
    label: {zh: 走访, en: Visit}
    initial: planned
    outlives: true
    states: {planned: {label: {zh: 待走访, en: Planned}}, done: {label: {zh: 已走访, en: Done}, final: successful}}
    transitions: {go: {label: {zh: 走访, en: Go}, from: planned, to: done, by: [head]}}""",
)  # fmt: skip
def never_opened(subject: Subject) -> Iterator[Finding]:
    """Kinds of parts that no `open:` names."""
    opened = {each.opening.part for each in subject.openings}
    for name in subject.lifecycle.parts:
        if name not in opened:
            called = _called(subject, name)
            text = Text(f"没有动作打开子件“{called.zh}”", f"no action opens the part {called.en}")
            yield Finding(("parts", name), text)


@check(
    "never_waited_for",
    "warning",
    Text("没有人等的子件", "A part that nothing waits for"),
    Text("主件不等它（没有汇合或条件提到它），也不关它（close），它又不能比主件活得久（outlives）：还开着的子件会让主件办不结。",
         "Nothing waits for it (no join or condition speaks of it), nothing closes it, and it must not outlive the case: while one is open the case cannot end."),
    Text("写一个等它的 join，或在终结的流转里写 close，或给它写 outlives: true",
         "write a join that waits for it, `close` in the transition that ends the case, or `outlives: true`"),
    """\
transitions: {grant: {open: null}}
acts: {visit: {label: {zh: 走访, en: Visit}, in: asked, by: [head], open: {part: visit}}}
parts:
  visit:
    label: {zh: 走访, en: Visit}
    initial: planned
    states: {planned: {label: {zh: 待走访, en: Planned}}, done: {label: {zh: 已走访, en: Done}, final: successful}}
    transitions: {go: {label: {zh: 走访, en: Go}, from: planned, to: done, by: [head]}}""",
)  # fmt: skip
def never_waited_for(subject: Subject) -> Iterator[Finding]:
    """Parts that hold up the end of the case without anybody looking."""
    looked_at = {
        name
        for clause in subject.clauses
        if clause.role in ("join", "guard", "route", "invariant")
        for _, root, name in names_of(clause.expression)
        if root == "parts"
    }
    opened = {each.opening.part for each in subject.openings}
    for name, kind in subject.lifecycle.parts.items():
        if name in opened and not kind.outlives and name not in looked_at and name not in subject.closed_from_above:
            called = _called(subject, name)
            text = Text(
                f"主件既不等子件“{called.zh}”，也不关它；它开着时主件办不结",
                f"the case neither waits for the part {called.en} nor closes it; while one is open it cannot end",
            )
            yield Finding(("parts", name), text)


@check(
    "opened_at_the_end",
    "error",
    Text("终结时才打开的子件", "A part opened at the end"),
    Text("主件进入终结状态的同时打开一个不能比主件活得久的子件：引擎会拒绝，这一步永远做不成。",
         "A transition into a final state opens a part that must not outlive the case: the engine refuses, always."),
    Text("给该子件写 outlives: true，或在更早的流转里打开", "give the part `outlives: true`, or open it in an earlier transition"),
    """\
transitions: {grant: {open: {part: visit}}}
parts:
  visit:
    label: {zh: 走访, en: Visit}
    initial: planned
    states: {planned: {label: {zh: 待走访, en: Planned}}, done: {label: {zh: 已走访, en: Done}, final: successful}}
    transitions: {go: {label: {zh: 走访, en: Go}, from: planned, to: done, by: [head]}}
acts: {check: {label: {zh: 查看走访, en: Look}, in: decided, by: [head], if: [{when: '!parts.visit.exists(v, v.open)', else: {zh: 走访中, en: Still visiting}}]}}""",
)  # fmt: skip
def opened_at_the_end(subject: Subject) -> Iterator[Finding]:
    """Openings of parts that must end with the case, where the case has just ended."""
    root = subject.lifecycle.root
    for each in subject.openings:
        action, part = each.transition, subject.lifecycle.parts[each.opening.part]
        if each.kind != ROOT or action.act or part.outlives or each.opening.each is not None:
            continue
        through = [where for where in each.where if isinstance(where, int)]
        targets = [action.to] if action.to is not None else [route.to for route in action.routes]
        if action.to is None and "routes" in each.where:
            targets = [action.routes[through[0]].to]
        ends = [to for to in targets if to in root.states and root.states[to].final]
        if ends and len(ends) == len(targets):
            called, end = _called(subject, part.name), subject.called(root, ends[0])
            text = Text(
                f"“{action.name}”到“{end.zh}”就终结了，却还要打开子件“{called.zh}”",
                f'"{action.name}" ends the case in {end.en} and opens the part {called.en}',
            )
            yield Finding(each.where, text)


@check(
    "starving_join",
    "warning",
    Text("可能等不到的汇合", "A join that may starve"),
    Text("所有子件都已终结，汇合的条件却仍不成立，而这个状态又没有别的出路：案件会停住。",
         "All parts have ended, the condition of the join still does not hold, and there is no other way out: the case stands still."),
    Text("让条件也接受这种情形，或写一个由人做的流转离开此状态",
         "let the condition accept this case too, or write a transition by which a person can leave the state"),
    """\
states: {asked: {join: {when: 'parts.opinion.all(o, o.state == "given")', take: settle}}}
transitions: {recall: {from: decided}}""",
)  # fmt: skip
def starving_join(subject: Subject) -> Iterator[Finding]:
    """Joins on parts that are still false when every part has come to some end."""
    for kind in subject.kinds:
        for state in kind.states.values():
            if _may_wait(subject, kind, state):
                expressions = [join.when for join in state.joins]
                samples = Samples(subject, kind, expressions, sources=(state.name,), ended=True)
                for sample in samples:
                    if any(samples.holds(expression, sample) is not False for expression in expressions):
                        continue
                    example = samples.shown(sample)
                    text = Text(
                        f"子件都终结了，汇合仍可能不成立，“{subject.called(kind, state.name).zh}”就没有出路；例如 {example}",
                        f"with every part ended the join may still not hold, and nothing else leaves "
                        f"{subject.called(kind, state.name).en}; for example with {example}",
                    )
                    yield Finding(subject.state_at(kind, state.name, "join", 0, "when"), text)
                    break


def _may_wait(subject: Subject, kind: Kind, state: State) -> bool:
    """Whether only its joins, which look at parts, lead out of the state for good."""
    if not state.joins:
        return False
    taken = {clock.take for clock in subject.clocks(kind)}
    others = [out.name for out in subject.leaving[kind.name][state.name] if by_hand(out) or out.name in taken]
    if any(kind.states[name].final for name in subject.roads[kind.name].beyond(state.name, others)):
        return False
    acts = [each for each in kind.transitions.values() if each.act and state.name in each.sources]
    if any(effects for act in acts for effects in act.effects.open):
        return False  # somebody can open another part
    return all(root == "parts" or root == "settings" for j in state.joins for _, root, _ in names_of(j.when))


@check(
    "quorum_unreachable",
    "warning",
    Text("凑不齐的人数", "A quorum that cannot be reached"),
    Text("条件要求的子件件数，比能打开的件数还多，所以永远不成立。",
         "The condition asks for more parts than can ever be opened, and so never holds."),
    Text("减少要求的件数，或多打开几件", "ask for fewer, or open more"),
    """\
states: {asked: {join: {when: 'parts.opinion.filter(o, o.state == "given").size() >= 3', take: settle}}}
transitions:
  ask: {open: {part: opinion, each: '["h1", "h2"]', as: a, key: a, holder: a}, ask: null}
  recall: {to: denied}""",
)  # fmt: skip
def quorum_unreachable(subject: Subject) -> Iterator[Finding]:
    """Joins and conditions that hold only with more parts than the openings can give."""
    most = {part: _most(subject, part) for part in subject.lifecycle.parts}
    for clause in subject.clauses:
        counted = [name for _, root, name in names_of(clause.expression) if root == "parts" and most[name] is not None]
        if clause.role not in ("join", "guard", "route") or not counted:
            continue
        kind = subject.lifecycle.kind(clause.kind)
        few = Samples(subject, kind, [clause.expression], clause.transition, most=most)
        many = Samples(subject, kind, [clause.expression], clause.transition)
        if not few.exhaustive or any(few.holds(clause.expression, sample) is True for sample in few):
            continue
        if any(many.holds(clause.expression, sample) is True for sample in many):
            part = counted[0]
            text = Text(
                f"子件“{_called(subject, part).zh}”最多只能有 {most[part]} 件，这个条件永远不成立",
                f"there can be {most[part]} of the part {_called(subject, part).en} at most: this never holds",
            )
            yield Finding(clause.where, text)


def _most(subject: Subject, part: str) -> int | None:
    """How many parts of that kind there can be; None where that is not certain."""
    total = 0
    for each in subject.openings:
        if each.opening.part != part:
            continue
        kind, action = subject.lifecycle.kind(each.kind), each.transition
        again = (
            action.act
            or each.kind != ROOT
            or any(
                edge.transition == action.name and edge.source in _after(subject, kind, edge.target)
                for edge in subject.ways[kind.name]
            )
        )
        count = 1 if each.opening.each is None else _listed(each.opening.each.source)
        if again or count is None:
            return None
        total += count
    return total


def _after(subject: Subject, kind: Kind, state: str) -> set[str]:
    return reachable(subject.ways[kind.name], [state])


def _listed(source: str) -> int | None:
    """How many items a list written out in CEL has; None where it is something else."""
    bare = without_texts(source).strip()
    if not (bare.startswith("[") and bare.endswith("]")) or any(sign in bare[1:-1] for sign in "[({?"):
        return None
    return bare.count(",") + 1 if bare[1:-1].strip() else 0

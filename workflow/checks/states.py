"""States and transitions as a graph: what is never entered, never left, never ended, and goes round by itself."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, by_hand, names_of
from workflow.core.model import ENGINE, ORIGIN, Kind, Text, Transition
from workflow.core.paths import Edge, leaving, reachable, shortest


@check(
    "unreachable_state",
    "warning",
    Text("到不了的状态", "A state that is never entered"),
    Text("从最初的状态出发，没有任何流转能走到它：它要么多余，要么某个 to 写错了。",
         "No transition leads there from the first state: it is superfluous, or some `to` is wrong."),
    Text("写一个到此状态的流转，或删去此状态", "write a transition that leads there, or delete the state"),
    "states: {forgotten: {label: {zh: 遗忘, en: Forgotten}, final: cancelled}}",
)  # fmt: skip
def unreachable_state(subject: Subject) -> Iterator[Finding]:
    """States that cannot be reached from the initial one."""
    for kind in subject.kinds:
        for state in kind.states.values():
            if state.name not in subject.entered[kind.name]:
                called, start = subject.called(kind, state.name), subject.called(kind, kind.initial)
                text = Text(
                    f"从“{start.zh}”出发到不了状态“{called.zh}”", f"{called.en} is never entered from {start.en}"
                )
                yield Finding(subject.state_at(kind, state.name), text)


@check(
    "dead_end",
    "error",
    Text("走不出去的状态", "A state that nothing leaves"),
    Text("案件一到这里就永远停住：它不是终结状态（没有 final），却没有任何流转从它出发。",
         "A case stands still here for ever: the state is not final, and no transition leaves it."),
    Text("写一个从此状态出发的流转；若到此为止，请给它写上 final",
         "write a transition from here; if this is an end, give it `final`"),
    """\
states: {shelved: {label: {zh: 搁置, en: Shelved}, waits_for: [head]}}
transitions: {shelve: {label: {zh: 搁置, en: Shelve}, from: decided, to: shelved, by: [head]}}""",
)  # fmt: skip
def dead_end(subject: Subject) -> Iterator[Finding]:
    """Open states without a transition out of them; a part may also be closed from above."""
    for kind in subject.kinds:
        if kind.name in subject.closed_from_above:
            continue
        for state in kind.states.values():
            if (
                not state.final
                and state.name in subject.entered[kind.name]
                and not subject.leaving[kind.name][state.name]
            ):
                called = subject.called(kind, state.name)
                text = Text(
                    f"状态“{called.zh}”没有出路，案件会永远停在这里",
                    f"nothing leaves {called.en}: a case stays here for ever",
                )
                yield Finding(subject.state_at(kind, state.name), text)


@check(
    "never_ends",
    "error",
    Text("到不了终结的状态", "A state from which no end can be reached"),
    Text("从这里出发有路可走，却怎么走都到不了任何终结状态：案件永远办不结。",
         "There are ways out of it, but none ever comes to an end: the case is never finished."),
    Text("写一条通向终结状态的流转", "write a transition towards a final state"),
    """\
states:
  one: {label: {zh: 甲处, en: Desk one}}
  two: {label: {zh: 乙处, en: Desk two}}
transitions:
  pass_on: {label: {zh: 转办, en: Pass on}, from: decided, to: one, by: [head]}
  there: {label: {zh: 转乙处, en: To desk two}, from: one, to: two, by: [head]}
  back: {label: {zh: 转甲处, en: To desk one}, from: two, to: one, by: [head]}""",
)  # fmt: skip
def never_ends(subject: Subject) -> Iterator[Finding]:
    """States that are left, and never for good."""
    for kind in subject.kinds:
        if kind.name in subject.closed_from_above:
            continue
        stuck = subject.entered[kind.name] - subject.ending[kind.name]
        for state in kind.states:
            if state in stuck and subject.leaving[kind.name][state]:
                called = subject.called(kind, state)
                road = subject.road(kind, subject.roads[kind.name].shortest(None, [state]) or (), kind.initial)
                text = Text(
                    f"从状态“{called.zh}”怎么走都到不了终结；走到这里：{road.zh}",
                    f"no end can be reached from {called.en}; the way there: {road.en}",
                )
                yield Finding(subject.state_at(kind, state), text)


@check(
    "no_success",
    "warning",
    Text("没有办成的终结", "No end with success"),
    Text("这种案件没有任何 final: successful 的状态，统计里永远没有办成的。",
         "No state of this kind of case is `final: successful`: statistics will never show one that succeeded."),
    Text("给办成的终结状态写 final: successful", "write `final: successful` on the end that is a success"),
    "states: {granted: {final: unsuccessful}}",
)  # fmt: skip
def no_success(subject: Subject) -> Iterator[Finding]:
    """Kinds of cases that can end, and never with success."""
    for kind in subject.kinds:
        outcomes = {state.final for state in kind.states.values() if state.final}
        if outcomes and "successful" not in outcomes:
            name = kind.name or subject.lifecycle.name
            text = Text(f"“{name}”没有办成（successful）的终结状态", f"{name!r} has no end with success")
            yield Finding(subject.at(kind, "states"), text)


@check(
    "nobody_waits",
    "warning",
    Text("没有人在等的状态", "A state that nobody waits for"),
    Text("案件在这里不在任何人的待办清单上，也没有汇合或时限让引擎继续：它会被忘记。",
         "A case here is on nobody's to-do list, and no join or deadline goes on by itself: it is forgotten."),
    Text("写 waits_for: [角色]，或写由人做的流转、汇合（join）、会取流转的时限",
         "write `waits_for: [role]`, a transition for a person, a join, or a deadline that takes a transition"),
    "states: {decided: {waits_for: []}}",
)  # fmt: skip
def nobody_waits(subject: Subject) -> Iterator[Finding]:
    """Open states with an empty to-do list and nothing that goes on by itself."""
    for kind in subject.kinds:
        clocked = {
            source for clock in subject.clocks(kind) if clock.take for source in kind.transitions[clock.take].sources
        }
        for state in kind.states.values():
            out = subject.leaving[kind.name][state.name]
            waits = (
                state.waits_for
                if state.waits_for is not None
                else [name for t in out for name in t.by if name != ENGINE]
            )
            if state.final or waits or state.joins or state.name in clocked or not out:
                continue
            called = subject.called(kind, state.name)
            text = Text(f"状态“{called.zh}”不在任何人的待办清单上", f"{called.en} is on nobody's to-do list")
            yield Finding(subject.state_at(kind, state.name), text)


@check(
    "no_origin",
    "error",
    Text("无处可回", "Nothing to go back to"),
    Text("to: origin 是回到进入此状态之前的状态；而这个状态没有别的状态进得来，所以永远无处可回。",
         "`to: origin` goes back to the state before this one; but this one is entered from nowhere, so there is none."),
    Text("把 to 写成一个状态，或从 from 里去掉这个状态", "write a state for `to`, or take this state out of `from`"),
    "transitions: {recall: {to: denied}, send_back: {label: {zh: 退回, en: Send back}, from: draft, to: origin, by: [head]}}",
)  # fmt: skip
def no_origin(subject: Subject) -> Iterator[Finding]:
    """`to: origin` from states that are never entered from another."""
    for kind in subject.kinds:
        backs = [t for t in kind.transitions.values() if ORIGIN in (t.to, *(route.to for route in t.routes))]
        if not backs:
            continue
        entered = {edge.target for edge in subject.ways[kind.name] if edge.source in subject.entered[kind.name]}
        for transition in backs:
            for source in transition.sources:
                if source not in entered and source in subject.entered[kind.name]:
                    called = subject.called(kind, source)
                    text = Text(
                        f"“{transition.name}”要从“{called.zh}”退回原状态，但没有别的状态能到“{called.zh}”",
                        f'"{transition.name}" goes back from {called.en}, which is entered from nowhere',
                    )
                    yield Finding(subject.action_at(kind, transition, "from"), text)


@check(
    "back_to_nowhere",
    "warning",
    Text("退回到不在路上的状态", "Sent back to a state beside the road"),
    Text("案件从一个已进入的状态转到另一个，而后者除了被转来之外没有别的路到达、从它也回不到转出的地方：多半是 to 写错了。",
         "The case is sent to a state that is on no way from the first one, and from which there is no way back to where it was sent from: probably `to` is wrong."),
    Text("把 to 改为案件走过的状态，或写一条从那里回来的流转",
         "let `to` be a state the case has been in, or write a transition that comes back from there"),
    """\
states: {mended: {label: {zh: 补正, en: To be mended}}}
transitions:
  mend: {label: {zh: 退回补正, en: Send back to be mended}, from: decided, to: mended, by: [head], note: required}
  give_up: {label: {zh: 放弃, en: Give up}, from: mended, to: denied, by: [applicant]}
notices: [{after: mend, to: [applicant], template: mend}, {after: ask, to: [parts.opinion.holder], template: asked}]""",
)  # fmt: skip
def back_to_nowhere(subject: Subject) -> Iterator[Finding]:
    """Transitions with a reason, to an open state of somebody who had it before, from which nothing comes back."""
    for kind in subject.kinds:
        ways = subject.ways[kind.name]
        suspects = [edge for edge in ways if _sent_back(subject, kind, edge)]
        entries = leaving([Edge(e.transition, e.target, e.source) for e in ways])
        for edge in suspects:
            others = {e.target for e in entries.get(edge.target, ())} - {edge.source}
            if edge.target == kind.initial or others or edge.source in reachable(ways, [edge.target]):
                continue
            called, source = subject.called(kind, edge.target), subject.called(kind, edge.source)
            text = Text(
                f"“{edge.transition}”把案件从“{source.zh}”退到“{called.zh}”，从那里再也回不来",
                f'"{edge.transition}" sends the case from {source.en} back to {called.en}, and nothing comes back from there',
            )
            yield Finding(subject.action_at(kind, kind.transitions[edge.transition], "to"), text)


def _sent_back(subject: Subject, kind: Kind, edge: Edge) -> bool:
    """Whether it looks like sending back: with a reason, to an open state that waits for whoever brought it here."""
    transition = kind.transitions[edge.transition]
    if transition.note != "required" or kind.states[edge.target].final or not by_hand(transition):
        return False
    out = {name for each in subject.leaving[kind.name][edge.target] for name in each.by}
    waits = set(kind.states[edge.target].waits_for or out) - set(transition.by)
    before = {name for each in subject.leaving[kind.name][kind.initial] for name in each.by}
    return not waits.isdisjoint(before)


@check(
    "unbounded_loop",
    "warning",
    Text("没有上限的循环", "A loop without a bound"),
    Text("这几步都由引擎自动做，绕一圈又回到原处（如重新办理），条件里却没有限定次数：可能没完没了地重来。",
         "The engine takes all these steps by itself and comes round again (a redo, say), and no condition limits how often: it may go on for ever."),
    Text('在分路的条件里限定次数，如 && visits("assigned") < 2，或用一个计数的字段',
         'limit it in the condition of the route, as in && visits("assigned") < 2, or count in a field'),
    """\
states: {decided: {join: {when: 'parts.opinion.exists(o, o.outcome == "cancelled")', take: again}}}
transitions:
  again:
    label: {zh: 重新征求意见, en: Ask once more}
    from: decided
    to: asked
    by: [engine]
    open: {part: opinion, each: 'parts.opinion.filter(o, o.latest)', as: o, key: o.key, holder: o.key}""",
)  # fmt: skip
def unbounded_loop(subject: Subject) -> Iterator[Finding]:
    """Cycles of steps that joins take, none of whose conditions counts anything."""
    for kind in subject.kinds:
        joined = {join.take for state in kind.states.values() for join in state.joins}
        own = [
            e for e in subject.ways[kind.name] if e.transition in joined and not by_hand(kind.transitions[e.transition])
        ]
        own = [edge for edge in own if not _counts(subject, kind, edge)]
        for cycle in _cycles(own):
            road = subject.road(kind, cycle, cycle[0].source)
            back = kind.transitions[cycle[-1].transition]
            text = Text(
                f"引擎会自己绕圈，次数没有限定：{road.zh}",
                f"the engine goes round by itself, without a limit: {road.en}",
            )
            yield Finding(subject.action_at(kind, back), text)


def _counts(subject: Subject, kind: Kind, edge: Edge) -> bool:
    """Whether a condition of this step speaks of visits, rounds or a number."""
    transition: Transition = kind.transitions[edge.transition]
    asked = [guard.when for guard in transition.guards]
    asked += [j.when for j in kind.states[edge.source].joins if j.take == edge.transition and edge.route is None]
    if edge.route is not None:  # a route is limited by what keeps the others from being taken, too
        asked += [route.when for route in transition.routes if route.when is not None]
    for expression in asked:
        if "visits" in expression.source or "visited" in expression.source or ".round" in expression.source:
            return True
        for _, root, name in names_of(expression):
            own = subject.lifecycle.root.fields if root == "parent" else kind.fields
            if root in ("case", "parent") and name in own and own[name].type == "int":
                return True
    return False


def _cycles(ways: list[Edge]) -> Iterator[tuple[Edge, ...]]:
    """One shortest cycle through each knot of states, the last edge being the one that comes back."""
    while True:  # what only leads in, or only out, is on no cycle
        targets, sources = {edge.target for edge in ways}, {edge.source for edge in ways}
        kept = [edge for edge in ways if edge.source in targets and edge.target in sources]
        if len(kept) == len(ways):
            break
        ways = kept
    out = leaving(ways)
    done: set[str] = set()
    for start in out:
        if start in done:
            continue
        for edge in out[start]:
            back = shortest(ways, edge.target, [start])
            if back is not None:
                cycle = (edge, *back)
                done.update(each.source for each in cycle)
                yield cycle
                break

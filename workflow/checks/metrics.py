"""Figures: denominators that are always empty, and rates that come to more than one."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, named
from workflow.core.model import ROOT, Selector, Text


def _impossible(subject: Subject, selector: Selector) -> Text | None:
    """Why nothing can ever be counted; None where something can."""
    part = selector.part or ROOT
    if part and part not in {each.opening.part for each in subject.openings}:
        return Text(f"子件“{part}”从不打开", f"the part {part!r} is never opened")
    kind = subject.lifecycle.kind(part)
    for states in (selector.reached, selector.now):
        if states and subject.entered[part].isdisjoint(states):
            return Text(f"状态 {'、'.join(states)} 到不了", f"{', '.join(states)} is never entered")
    outcomes = {kind.states[name].final for name in subject.entered[part]}
    if part in subject.closed_from_above:
        outcomes.add("cancelled")
    if selector.outcome and outcomes.isdisjoint(selector.outcome):
        return Text(
            f"没有结果为 {'、'.join(selector.outcome)} 的终结", f"nothing ends as {', '.join(selector.outcome)}"
        )
    if (
        selector.outcome
        and selector.now
        and not any(kind.states[name].final in selector.outcome for name in selector.now)
    ):
        return Text("所列状态都没有所列的结果", "none of these states has one of these outcomes")
    for name in selector.where:
        if part and name not in subject.written[part]:
            return Text(f"字段“{name}”从来没有人填", f"the field {name!r} is never filled")
    return None


@check(
    "empty_metric",
    "warning",
    Text("数不到东西的指标", "A figure that is always empty"),
    Text("分母（或分子）所数的状态到不了、子件从不打开、字段没有人填：比率永远没有值，或永远是 0。",
         "What is counted can never be: the state is never entered, the part never opened, the field never filled. The rate never has a value, or is always 0."),
    Text("改正 count 或 of", "put `count` or `of` right"),
    "metrics: {rate: {label: {zh: 比率, en: Rate}, count: {in: granted}, of: {in: granted, outcome: unsuccessful}}}",
)  # fmt: skip
def empty_metric(subject: Subject) -> Iterator[Finding]:
    """Metrics whose numerator or denominator can have nothing in it."""
    for metric in subject.lifecycle.metrics.values():
        for key, selector, zh, en in (
            ("of", metric.of, "分母", "denominator"),
            ("count", metric.count, "分子", "numerator"),
        ):
            why = _impossible(subject, selector) if selector is not None else None
            if why is not None:
                called = named(metric.label, metric.name)
                text = Text(
                    f"指标“{called.zh}”的{zh}永远是空的：{why.zh}", f"the {en} of {called.en} is always empty: {why.en}"
                )
                yield Finding(("metrics", metric.name, key), text)
                break


@check(
    "rate_above_one",
    "warning",
    Text("可能超过 100 % 的比率", "A rate that can exceed 100 %"),
    Text("分子里有分母里没有的案件：有的路不经过分母的状态就到了分子的状态。",
         "The numerator has cases that the denominator has not: a state of the numerator can be reached without one of the denominator."),
    Text("让分母包括分子的一切（写上漏掉的状态）", "let the denominator have everything of the numerator (add the state that is missing)"),
    "metrics: {rate: {label: {zh: 批准率, en: Share granted}, count: {reached: [granted, denied]}, of: {reached: granted}}}",
)  # fmt: skip
def rate_above_one(subject: Subject) -> Iterator[Finding]:
    """Rates `reached` of `reached` over the same cases, where a way misses the denominator."""
    for metric in subject.lifecycle.metrics.values():
        count, of = metric.count, metric.of
        if of is None or not of.reached or not count.reached or (count.part, count.distinct) != (of.part, of.distinct):
            continue
        kind = subject.lifecycle.kind(of.part or ROOT)
        past = subject.roads[kind.name].reachable(without=of.reached)
        missed = [state for state in count.reached if state in past and state not in of.reached]
        if missed:
            called, state = named(metric.label, metric.name), subject.called(kind, missed[0])
            text = Text(
                f"指标“{called.zh}”可能超过 100 %：不经过分母的状态也能到“{state.zh}”",
                f"{called.en} can exceed 100 %: {state.en} can be reached past the states of the denominator",
            )
            yield Finding(("metrics", metric.name, "of"), text)

"""Counting: what a declared metric or tally selects in one file, and how a rate is printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workflow.core.calendar import Calendar
from workflow.core.clocks import kept_in_time
from workflow.core.model import ROOT, Case, Field, File, Json, Kind, Lifecycle, Metric, Micros, Selector, Tally, Text
from workflow.core.wording import named

COUNTING_RULE = Text(
    zh="按期：时限届满前结束的；逾期：届满后才结束的，或届满而未结束的。未到期、停计的不计；届满前取消（退办、撤案等）的不计。",
    en="in time: ended before the end of the period; overdue: ended after it, or not ended though it has run out. Not "
    "counted: what is not due yet, what stands still, and what was cancelled before the end.",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One file as it was at the cut-off `at`, with the version of the lifecycle and the calendar by which it is judged."""

    file: File
    lifecycle: Lifecycle
    calendar: Calendar
    at: Micros

    def in_time(self, case: Case, deadline: str) -> bool | None:
        """Whether the case met the deadline, by `COUNTING_RULE`; None where it does not count, or has no such deadline."""
        for each in self.lifecycle.clocks.get(case.kind, ()):
            if each.name == deadline:
                return kept_in_time(each, case, self.calendar, self.at)
        return None


def rate(count: int, of: int) -> str | None:
    """`count` in a hundred of `of`, rounded half up to two places: "95.35%". None where `of` is 0."""
    if of == 0:
        return None
    share = (Decimal(count) * 100 / Decimal(of)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{share}%"


def selected(selector: Selector, counted: Counted) -> tuple[str, ...]:
    """The ids that `selector` counts in this file: of the root, of its parts, or (`distinct`) of the root once.

    A part kind, a field or a deadline that its version of the lifecycle does not have selects nothing.
    """
    file, lifecycle = counted.file, counted.lifecycle
    kind = lifecycle.root if selector.part is None else lifecycle.parts.get(selector.part)
    if kind is None:
        return ()
    hits = tuple(case.id for case in _candidates(selector, file, kind) if _fits(selector, case, kind, counted))
    if selector.distinct:
        return (file.root.id,) if hits else ()
    return hits


def tallied(tally: Tally, counted: Counted) -> Iterator[tuple[str, str]]:
    """`(part kind, id)` of each item (条次) that the tally counts in this file.

    A part that came to nothing (outcome `cancelled`: sent back, recalled) is no item; what replaced it is.
    """
    for part in counted.file.parts:
        kind = counted.lifecycle.parts.get(part.kind)
        if part.kind not in tally.parts or kind is None or part.outcome == "cancelled":
            continue
        if _has_values(tally.where, part, kind):
            yield part.kind, part.id


def _candidates(selector: Selector, file: File, kind: Kind) -> Iterable[Case]:
    if kind.name == ROOT:
        return (file.root,)
    parts = [part for part in file.parts if part.kind == kind.name]
    if not selector.latest:
        return parts
    last = {part.key: part.round for part in sorted(parts, key=lambda part: part.round)}
    return [part for part in parts if part.round == last[part.key]]


def _fits(selector: Selector, case: Case, kind: Kind, counted: Counted) -> bool:
    if selector.reached and not any(_covers(kind, state, selector.reached) for state in case.visits):
        return False
    if selector.now and not _covers(kind, case.state, selector.now):
        return False
    if selector.outcome and case.outcome not in selector.outcome:
        return False
    if selector.unless is not None and _fits(selector.unless, case, kind, counted):
        return False
    return _judged(selector, case, counted) and _has_values(selector.where, case, kind)


def _judged(selector: Selector, case: Case, counted: Counted) -> bool:
    """Whether, for each of the three ways to name deadlines, one of those named judged the case so."""
    wanted = ((selector.on_time, (True,)), (selector.overdue, (False,)), (selector.due, (True, False)))
    return all(
        not names or any(counted.in_time(case, name) in verdicts for name in names) for names, verdicts in wanted
    )


def _covers(kind: Kind, state: str, names: tuple[str, ...]) -> bool:
    """Whether `state`, or a state that it lies within, is one of `names`."""
    if state in names:
        return True
    declared = kind.states.get(state)
    return declared is not None and any(parent in names for parent in declared.within)


def _has_values(where: Mapping[str, tuple[str, ...]], case: Case, kind: Kind) -> bool:
    return all(_worth(case, kind, name) & set(allowed) for name, allowed in where.items())


def _worth(case: Case, kind: Kind, name: str) -> set[str]:
    """The value of a field as statistics see it: a code and what it means; each item of a list."""
    field = kind.fields.get(name)
    value = case.values.get(name)
    items: list[Json] = value if isinstance(value, list) else [value]
    texts = {_text(item) for item in items if item is not None}
    means = {} if field is None else (field.means or (field.item.means if field.item else {}))
    return texts | {means[text] for text in texts if text in means}


def _text(value: Json) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


# ---------------------------------------------------------------- sentences


def definition(metric: Metric, lifecycle: Lifecycle) -> Text:
    """How a figure is computed, in a sentence: from the declaration, so that it cannot say anything else."""
    selectors = [metric.count] if metric.of is None else [metric.count, metric.of]
    phrases = [_phrase(each, lifecycle) for each in selectors]
    return Text(zh=" ÷ ".join(each.zh for each in phrases), en=" ÷ ".join(each.en for each in phrases))


def rule_of(metric: Metric) -> Text | None:
    """The rule by which the figure tells in time from overdue; None where it does not."""
    judging = _judges(metric.count) or (metric.of is not None and _judges(metric.of))
    return COUNTING_RULE if judging else None


def _judges(selector: Selector) -> bool:
    """Whether it depends on the counting rule of deadlines."""
    named = selector.on_time or selector.overdue or selector.due
    return bool(named) or (selector.unless is not None and _judges(selector.unless))


def _phrase(selector: Selector, lifecycle: Lifecycle) -> Text:
    kind = lifecycle.kind(selector.part or ROOT)
    what = named(kind.label if kind.name else lifecycle.label, kind.name or lifecycle.name)
    conditions = [
        *_conditions(selector, kind, lifecycle),
        *([Text(zh="最近一轮", en="latest round")] * selector.latest),
    ]
    if selector.unless is not None:
        without = _conditions(selector.unless, kind, lifecycle)
        zh, en = "且".join(text.say("zh") for text in without), " and ".join(text.say("en") for text in without)
        conditions.append(Text(zh=f"除去{zh}的", en=f"without those {en}"))
    zh = f"（{'，'.join(text.say('zh') for text in conditions)}）" if conditions else ""
    en = f" ({'; '.join(text.say('en') for text in conditions)})" if conditions else ""
    if selector.distinct:
        return Text(zh=f"至少有一项{what.say('zh')}{zh}的件数", en=f"cases with at least one {what.say('en')}{en}")
    return Text(zh=f"{what.say('zh')}{zh}数", en=f"{what.say('en')}{en}")


def _conditions(selector: Selector, kind: Kind, lifecycle: Lifecycle) -> list[Text]:
    """Each thing that must hold, as it is said."""
    outcomes = selector.outcome
    clocks = {each.name: each.label for each in lifecycle.clocks.get(kind.name, ())}
    return [
        *_named_phrase(Text(zh="到过", en="reached"), selector.reached, _labels(kind)),
        *_named_phrase(Text(zh="现为", en="now"), selector.now, _labels(kind)),
        *([Text(zh=f"结果为{'、'.join(outcomes)}", en=f"outcome {', '.join(outcomes)}")] * bool(outcomes)),
        *_named_phrase(Text(zh="按期：", en="in time for"), selector.on_time, clocks),
        *_named_phrase(Text(zh="逾期：", en="overdue for"), selector.overdue, clocks),
        *_named_phrase(Text(zh="按期或逾期：", en="in time or overdue for"), selector.due, clocks),
        *(_value_phrase(name, values, kind) for name, values in selector.where.items()),
    ]


def _labels(kind: Kind) -> dict[str, Text]:
    return {state.name: state.label for state in kind.states.values()}


def _named_phrase(lead: Text, names: tuple[str, ...], known: Mapping[str, Text]) -> list[Text]:
    if not names:
        return []
    labels = [named(known.get(name, Text()), name) for name in names]
    return [
        Text(
            zh=lead.zh + "、".join(t.say("zh") for t in labels),
            en=f"{lead.en} {', '.join(t.say('en') for t in labels)}",
        )
    ]


def _value_phrase(name: str, values: tuple[str, ...], kind: Kind) -> Text:
    field = kind.fields[name]
    label = named(field.label, name)
    labels = [_value_label(field, value) for value in values]
    return Text(
        zh=f"{label.say('zh')}为{'、'.join(t.say('zh') for t in labels)}",
        en=f"{label.say('en')} is {' or '.join(t.say('en') for t in labels)}",
    )


def _value_label(field: Field, value: str) -> Text:
    """What people call a value; for the meaning of a code, what they call the codes that have it."""
    codes = [code for code, meaning in field.means.items() if meaning == value] or [value]
    labels = [named(field.labels.get(code, Text()), code) for code in codes]
    return Text(zh="、".join(text.say("zh") for text in labels), en=", ".join(text.say("en") for text in labels))

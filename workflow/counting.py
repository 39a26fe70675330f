"""Counting: what a declared metric or tally selects in one file, and how a rate is printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from workflow.core.model import ROOT, Case, Field, File, Json, Kind, Lifecycle, Metric, Selector, Tally, Text


def rate(count: int, of: int) -> str | None:
    """`count` in a hundred of `of`, rounded half up to two places: "95.35%". None where `of` is 0."""
    if of == 0:
        return None
    share = (Decimal(count) * 100 / Decimal(of)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{share}%"


def selected(selector: Selector, file: File, lifecycle: Lifecycle) -> tuple[str, ...]:
    """The ids that `selector` counts in this file: of the root, of its parts, or (`distinct`) of the root once.

    The file is one replayed to the cut-off; `lifecycle` is the version that it follows. A part kind or a field
    that this version does not have selects nothing.
    """
    kind = lifecycle.root if selector.part is None else lifecycle.parts.get(selector.part)
    if kind is None:
        return ()
    hits = tuple(case.id for case in _candidates(selector, file, kind) if _fits(selector, case, kind))
    if selector.distinct:
        return (file.root.id,) if hits else ()
    return hits


def tallied(tally: Tally, file: File, lifecycle: Lifecycle) -> Iterator[tuple[str, str]]:
    """`(part kind, id)` of each item (条次) that the tally counts in this file.

    A part that came to nothing (outcome `cancelled`: sent back, recalled) is no item; what replaced it is.
    """
    for part in file.parts:
        kind = lifecycle.parts.get(part.kind)
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


def _fits(selector: Selector, case: Case, kind: Kind) -> bool:
    if selector.reached and not any(_covers(kind, state, selector.reached) for state in case.visits):
        return False
    if selector.now and not _covers(kind, case.state, selector.now):
        return False
    if selector.outcome and case.outcome not in selector.outcome:
        return False
    return _has_values(selector.where, case, kind)


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
    count = _phrase(metric.count, lifecycle)
    if metric.of is None:
        return count
    of = _phrase(metric.of, lifecycle)
    return Text(zh=f"{count.zh} ÷ {of.zh}", en=f"{count.en} ÷ {of.en}")


def _phrase(selector: Selector, lifecycle: Lifecycle) -> Text:
    kind = lifecycle.kind(selector.part or ROOT)
    what = _named(kind.label if kind.name else lifecycle.label, kind.name or lifecycle.name)
    conditions = [
        *_state_phrase(Text(zh="到过", en="reached"), selector.reached, kind),
        *_state_phrase(Text(zh="现为", en="now"), selector.now, kind),
        *(
            [Text(zh=f"结果为{'、'.join(selector.outcome)}", en=f"outcome {', '.join(selector.outcome)}")]
            * bool(selector.outcome)
        ),
        *([Text(zh="最近一轮", en="latest round")] * selector.latest),
        *(_value_phrase(name, values, kind) for name, values in selector.where.items()),
    ]
    zh = f"（{'，'.join(text.say('zh') for text in conditions)}）" if conditions else ""
    en = f" ({'; '.join(text.say('en') for text in conditions)})" if conditions else ""
    if selector.distinct:
        return Text(zh=f"至少有一项{what.say('zh')}{zh}的件数", en=f"cases with at least one {what.say('en')}{en}")
    return Text(zh=f"{what.say('zh')}{zh}数", en=f"{what.say('en')}{en}")


def _state_phrase(lead: Text, names: tuple[str, ...], kind: Kind) -> list[Text]:
    if not names:
        return []
    labels = [_named(kind.states[n].label if n in kind.states else Text(), n) for n in names]
    return [
        Text(
            zh=lead.zh + "、".join(t.say("zh") for t in labels),
            en=f"{lead.en} {', '.join(t.say('en') for t in labels)}",
        )
    ]


def _value_phrase(name: str, values: tuple[str, ...], kind: Kind) -> Text:
    field = kind.fields[name]
    label = _named(field.label, name)
    labels = [_value_label(field, value) for value in values]
    return Text(
        zh=f"{label.say('zh')}为{'、'.join(t.say('zh') for t in labels)}",
        en=f"{label.say('en')} is {' or '.join(t.say('en') for t in labels)}",
    )


def _value_label(field: Field, value: str) -> Text:
    """What people call a value; for the meaning of a code, what they call the codes that have it."""
    codes = [code for code, meaning in field.means.items() if meaning == value] or [value]
    labels = [_named(field.labels.get(code, Text()), code) for code in codes]
    return Text(zh="、".join(text.say("zh") for text in labels), en=", ".join(text.say("en") for text in labels))


def _named(label: Text, name: str) -> Text:
    return label if label.zh or label.en else Text(zh=name, en=name)

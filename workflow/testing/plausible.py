"""Values that a person might fill in: derived from the declared types, and varied where a condition looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, zip_longest

from workflow.core.calendar import local
from workflow.core.clocks import LENGTH
from workflow.core.decide import accepted_fields
from workflow.core.expressions import without_texts
from workflow.core.model import Case, Field, Json, Kind, Language, Lifecycle, Micros, Transition

PEOPLE = {"zh": ("甲", "乙", "丙", "丁"), "en": ("ann", "ben", "cat", "dan")}
STRANGER = {"zh": "路人", "en": "stranger"}
EVERYBODY = {"zh": "多面手", "en": "everybody"}  # one person in all the groups
MOST = 40  # ways to fill in one action
MOST_NUMBERS = 12
_LATER = timedelta(days=60)
_INTEGER = re.compile(r"(?<![\w.])\d{1,6}(?![\w.])")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the conditions of a lifecycle look at: the names in them, and the whole numbers they may compare with."""

    names: frozenset[str]
    numbers: tuple[int, ...]
    language: Language
    ends: frozenset[str] = frozenset()  # the dates on which deadlines end

    @classmethod
    def of(cls, lifecycle: Lifecycle, language: Language) -> Hints:
        """The hints in the file of a lifecycle."""
        sources = list(_sources(lifecycle))
        settings = [value for value in lifecycle.values().values() if type(value) is int]
        written = [int(n) for source in sources for n in _INTEGER.findall(without_texts(source))]
        near = {n + more for n in (*written, *settings) for more in (-1, 0, 1)}
        names = frozenset(word for source in sources for word in _WORD.findall(without_texts(source)))
        ends = {each.field for of_kind in lifecycle.clocks.values() for each in of_kind if each.field is not None}
        return cls(names | ends, tuple(sorted(near)), language, frozenset(ends))


def openings(lifecycle: Lifecycle, hints: Hints, now: Micros) -> Iterator[dict[str, Json]]:
    """Ways to fill in a new case; without what names another one, for there is none yet."""
    fields = tuple(each for each in lifecycle.root.fields.values() if each.type != "case")
    yield from _ways(fields, [f for f in fields if f.required and f.default is None], hints, now, {})


def inputs(
    kind: Kind,
    case: Case,
    transition: Transition,
    hints: Hints,
    now: Micros,
    others: Sequence[str] = (),
    longest: str | None = None,
) -> Iterator[dict[str, Json]]:
    """Ways to fill in an action, the plainest first; `others` are cases that a field of type case may name, `longest`
    is the length by which a deadline may be extended.

    None where something must be given that nothing stands for.
    """
    fields = accepted_fields(kind, transition)
    empty = [f for f in fields if case.values.get(f.name) in (None, [])]
    needed = [f for f in empty if f.required or f.name in transition.require]
    links: dict[str, Sequence[Json]] = {f.name: others for f in fields if f.type == "case"}
    if longest is not None:
        links[LENGTH] = [longest]
    if all(links.get(f.name, True) for f in needed):
        yield from _ways(fields, needed, hints, now, links)


def _ways(
    fields: Sequence[Field], needed: Sequence[Field], hints: Hints, now: Micros, links: Mapping[str, Sequence[Json]]
) -> Iterator[dict[str, Json]]:
    plain = {f.name: links[f.name][0] if f.name in links else plainest(f, hints, now) for f in needed}
    looked_at = [f for f in fields if f.name in links or f.name in hints.names or _inner(f) & hints.names]
    full = {f.name: plainest(f, hints, now) for f in looked_at if f.name not in plain and f.name not in links} | plain
    yield plain
    values = {f.name: links[f.name] if f.name in links else others(f, hints, now) for f in looked_at}
    ways = [
        [{**base, name: value} for value in found if value != base.get(name)]
        for base in ((plain, full) if full != plain else (plain,))
        for name, found in values.items()
    ]
    in_turn = (way for nth in zip_longest(*ways) for way in nth if way is not None)  # of each field some
    yield from islice(in_turn, MOST)


def plainest(field: Field, hints: Hints, now: Micros, nth: int = 1) -> Json:
    """One value of the type of the field."""
    match field.type:
        case "int":
            return max(field.min if field.min is not None else 1, min(1, field.max if field.max is not None else 1))
        case "bool":
            return True
        case "date":
            later = _LATER if field.name in hints.ends else timedelta()
            return (local(now).date() + later).isoformat()
        case "choice" | "code":
            return field.choices[0] if field.choices else None
        case "party":
            return PEOPLE[hints.language][nth % 4]
        case "list":
            item = replace(field.item or Field("item", "text"), label=field.label)
            return [plainest(item, hints, now, nth + n) for n in range(max(1, field.min or 1))]
        case "record":
            return {inner.name: plainest(inner, hints, now, nth) for inner in field.fields}
    text = (field.label.say(hints.language) or field.name).translate({ord(c): " " for c in '“”"、，,；;：:（）()|'})
    text = text if field.min is None else text.ljust(field.min, "…")
    return text if field.max is None else text[: field.max]


def others(field: Field, hints: Hints, now: Micros, nth: int = 1) -> list[Json]:
    """All the values worth trying, the plainest among them."""
    match field.type:
        case "bool":
            return [True, False]
        case "date":
            return [(local(now).date() + later).isoformat() for later in (timedelta(), _LATER)]
        case "choice" | "code":
            return list(field.choices)
        case "int":
            low, high = field.min if field.min is not None else 0, field.max if field.max is not None else 10**6
            ends = {n for n in (field.min, field.max) if n is not None}
            inside: list[Json] = [n for n in sorted({*ends, *hints.numbers}) if low <= n <= high]
            return inside[:MOST_NUMBERS]
        case "party":
            return list(PEOPLE[hints.language][:3])
        case "record":
            plain = plainest(field, hints, now, nth)
            assert isinstance(plain, dict)
            varied = [inner for inner in field.fields if inner.type in ("choice", "code", "bool")]
            return [{**plain, inner.name: value} for inner in varied for value in others(inner, hints, now)] or [plain]
        case "list":
            item = field.item or Field("item", "text")
            firsts, seconds = others(item, hints, now, 1), others(item, hints, now, 2)
            if item.type == "party":
                seconds = [plainest(item, hints, now, 2)]
            pairs = [(one, one) for one in firsts[:1]] + [(one, two) for one in firsts for two in seconds]
            return [*([one] for one in firsts), *([*pair] for pair in pairs)]
    return [plainest(field, hints, now, nth)]


def _inner(field: Field) -> set[str]:
    return {each.name for each in (field.item.fields if field.item is not None else field.fields)}


def _sources(lifecycle: Lifecycle) -> Iterator[str]:
    """The text of every condition."""
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        for each in kind.transitions.values():
            yield from (guard.when.source for guard in each.guards)
            yield from (route.when.source for route in each.routes if route.when is not None)
            effects = (each.effects, *(route.effects for route in each.routes))
            yield from (opening.each.source for e in effects for opening in e.open if opening.each is not None)
        yield from (join.when.source for state in kind.states.values() for join in state.joins)
    yield from (rule.holds.source for rule in lifecycle.invariants)
    yield from (rule.when.source for rule in lifecycle.notices if rule.when is not None)
    for deadline in (each for of_kind in lifecycle.clocks.values() for each in of_kind):
        yield from (deadline.when.source,) if deadline.when is not None else ()
    yield from (role.party.source for role in lifecycle.roles.values() if role.party is not None)

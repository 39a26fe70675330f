"""A small finite world for a condition: a few values for each name that it reads, and the condition really evaluated.

What matters to a condition are the constants in it. So a whole number is tried below, at and above each of them, a
choice as each that is named and one that is not, a list empty and with one and two items (and with as many as a
number in the condition says), a field that may be empty also as null. What holds for a sample is certain for that
sample; what holds for all of them is certain only for this small world, and is told as a warning.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from workflow.checks.subject import Subject, names_of
from workflow.core.errors import ConditionFailed
from workflow.core.expressions import without_texts
from workflow.core.model import ROOT, Expression, Field, Kind, Transition

MOST = 600  # samples of one condition; of a larger world some, spread evenly
FEW = 8  # values of one name, items of one list
LONGEST = 12  # items, where a condition counts them
LONG_TEXT = 5_000  # characters, where a condition counts them
LONG = 160  # characters of a value in a message

_TEXT = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")
_MEMBER = re.compile(r"\.\s*([A-Za-z_]\w*)")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")
_PLAIN_CALLS = frozenset({"all", "exists", "exists_one", "filter", "has", "map", "size", "visited", "visits"})
_SUM = re.compile(r"[+*/%-]")
_MOMENT = re.compile(r"(?<![\w.])now\b|\bopened_at\b")
_VISITS = re.compile(r"(?<![\w.])visit(?:s|ed)\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")")
_NOW = datetime(2022, 6, 30, 4, tzinfo=UTC)
_PEOPLE = ("甲", "乙")
_STRIDE = 1_000_003  # a prime: walks evenly through any product of small numbers

Sample = Mapping[str, Any]


class Samples:
    """The samples for conditions of one transition (or state): iterate over them, and ask what holds in one.

    `ended`: all parts have come to an end. `most`: how many parts of a kind there can be.
    """

    def __init__(
        self,
        subject: Subject,
        kind: Kind,
        expressions: Sequence[Expression],
        transition: Transition | None = None,
        *,
        sources: Sequence[str] = (),
        ended: bool = False,
        most: Mapping[str, int | None] | None = None,
    ) -> None:
        self._subject = subject
        self._kind = kind
        self._transition = transition
        self._ended = ended
        self._most = most or {}
        self._sources = tuple(sources or (transition.sources if transition is not None else kind.states))
        text = "\n".join(expression.source for expression in expressions)
        self._texts = tuple(dict.fromkeys(a or b for a, b in _TEXT.findall(text)))
        bare = without_texts(text)
        self._numbers = sorted({int(number) for number in _NUMBER.findall(bare)})
        self._members = frozenset(_MEMBER.findall(bare))
        self._needed = (
            set(transition.require) | {f.name for f in transition.asks if f.required} if transition else set()
        )
        self._asked = {field.name: field for field in transition.asks} if transition else {}
        self._domains = self._worlds(expressions)
        self._visits = self._visited(text)
        counts = [len(values) for values in (*self._domains.values(), *self._visits.values())]
        self._size = math.prod(counts)
        self.exhaustive = self._size <= MOST and not self._beyond(bare)

    def _beyond(self, bare: str) -> bool:
        """Whether a few values say little: moments, sums, patterns in texts, longer lists than are tried."""
        called = set(_CALLED.findall(bare))
        counts = "size" in called and any(number > LONGEST for number in self._numbers)
        return bool(called - _PLAIN_CALLS or _SUM.search(bare) or _MOMENT.search(bare) or counts)

    def __iter__(self) -> Iterator[Sample]:
        names = [*self._domains, *(f'visits("{state}")' for state in self._visits)]
        columns = [*self._domains.values(), *self._visits.values()]
        if self.exhaustive:
            for values in product(*columns):
                yield dict(zip(names, values, strict=True))
            return
        for n in range(MOST):
            at, sample = n * _STRIDE % self._size, {}
            for name, column in zip(names, columns, strict=True):
                at, which = divmod(at, len(column))
                sample[name] = column[which]
            yield sample

    def holds(self, expression: Expression, sample: Sample) -> Any:
        """What the condition comes to in this sample; ConditionFailed (the exception itself) where it fails."""
        try:
            return expression.evaluate(_Scope(sample, self._kind.name))
        except ConditionFailed as failed:
            return failed

    def shown(self, sample: Sample) -> str:
        """A sample as a person reads it, only what the condition looks at: `case.days = 10, parts.opinion = [{"open": true}]`."""
        return ", ".join(
            f"{name} = {self._shown(value)}" for name, value in sample.items() if not isinstance(value, datetime)
        )

    def _shown(self, value: Any) -> str:
        text = json.dumps(self._looked_at(value), ensure_ascii=False)
        return text if len(text) <= LONG else text[: LONG - 1] + "…"

    def _looked_at(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._looked_at(each) for each in value]
        return {k: v for k, v in value.items() if k in self._members} if isinstance(value, dict) else value

    # -- the values of each name

    def _worlds(self, expressions: Sequence[Expression]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for expression in expressions:
            for whole, root, name in names_of(expression):
                key = _own(self._kind, root, name) or whole
                if key not in found:
                    found[key] = self._values(root, name) or [None]
        return found

    def _values(self, root: str, name: str) -> list[Any]:
        match root:
            case "case":
                return self._of_case(self._kind, name)
            case "parent":
                return self._of_case(self._subject.lifecycle.root, name)
            case "input":
                field = self._asked.get(name) or self._kind.fields.get(name)
                return [None] if field is None else self._of_field(field, filled=_given(field) or name in self._needed)
            case "settings":
                return self._of_setting(name)
            case "parts":
                return self._lists(self._elements(self._subject.lifecycle.parts[name]), self._most.get(name))
            case "linked":
                return self._linked(name)
            case "actor":
                own: dict[str, list[Any]] = {
                    "groups": [[], list(self._texts) or ["甲"]],
                    "unit": [*self._people(), None],
                }
                return own.get(name) or self._people()
            case _:
                return [_NOW, _NOW + timedelta(days=400)]

    def _of_case(self, kind: Kind, name: str) -> list[Any]:
        if name in kind.fields:
            field = kind.fields[name]
            own = kind is self._kind and name in self._needed
            return self._of_field(field, filled=own or _given(field))
        if name == "state":
            return list(self._sources[:FEW]) if kind is self._kind else self._named(list(kind.states))
        built_in: dict[str, list[Any]] = {
            "id": ["甲", "1"], "key": self._keys(), "round": [1, 2], "open": [True], "outcome": [None],
            "opened_at": [_NOW - timedelta(days=30)], "number": [None, "1"], "holder": self._people(),
        }  # fmt: skip
        return built_in.get(name) or self._people()

    def _of_setting(self, name: str) -> list[Any]:
        setting = self._subject.lifecycle.settings[name]
        if setting.type == "bool":
            return [setting.value, not setting.value]
        if setting.type == "int" and isinstance(setting.value, int):
            return list(dict.fromkeys((setting.value, setting.value + 1, max(setting.value - 1, 0))))
        return [setting.value]

    def _of_field(self, field: Field, *, filled: bool) -> list[Any]:
        """A few values of a field; null too where it may be empty."""
        match field.type:
            case "bool":
                values: list[Any] = [False, True]
            case "int":
                values = self._whole(field)
            case "choice" | "code":
                values = self._named(list(field.choices))
            case "date":
                values = [
                    *(text for text in self._texts if re.fullmatch(r"\d{4}-\d\d-\d\d", text)),
                    "2022-01-31",
                    "2022-06-30",
                ]
            case "list":
                item = field.item or Field("item", "text")
                return [
                    items for items in self._lists(self._of_field(item, filled=True), field.max)
                    if len(items) >= (field.min or 0 if items else 1 if filled and field.default is None else 0)
                ]  # fmt: skip
            case "record":
                values = self._records(
                    {
                        each.name: self._of_field(each, filled=each.required)
                        for each in field.fields
                        if each.name in self._members
                    }
                )
            case "text" if "size" in self._members:
                values = [*self._people(), *("甲" * n for n in self._whole(field) if 1 < n <= LONG_TEXT)]
            case _:
                values = self._people()
        return values if filled else [*values, None]

    def _whole(self, field: Field) -> list[int]:
        near = {n + d for n in self._numbers for d in (-1, 0, 1)} or {0, 1, 2}
        near |= {setting.value + d for setting in self._subject.lifecycle.settings.values() for d in (-1, 0, 1)
                 if isinstance(setting.value, int) and setting.name in self._members}  # fmt: skip
        low, high = field.min, field.max
        near |= {bound for bound in (low, high) if bound is not None}
        fits = [n for n in sorted(near) if (low is None or n >= low) and (high is None or n <= high)]
        return _spread(fits, FEW)

    def _named(self, names: list[str]) -> list[str]:
        """The names that the condition speaks of, and one or two others."""
        spoken = [name for name in names if name in self._texts]
        others = [name for name in names if name not in self._texts]
        return [*spoken, *others[: 1 if spoken else FEW]][:FEW]

    def _people(self) -> list[str]:
        return _spread([*dict.fromkeys((*self._texts, *_PEOPLE))], FEW)

    def _keys(self) -> list[str]:
        """Keys are people as a rule, and codes where a condition compares them with one."""
        fields = [*self._kind.fields.values(), *self._asked.values()]
        codes = [code for field in fields if field.name in self._members for code in field.choices[:2]]
        return [*_PEOPLE, *codes][:FEW]

    def _linked(self, name: str) -> list[Any]:
        field = self._kind.fields.get(name) or self._subject.lifecycle.root.fields.get(name)
        own = self._subject.lifecycle
        if field is not None and field.lifecycle == own.name:
            others = {state.final: state.name for state in own.root.states.values() if state.name not in self._texts}
            spoken = [name for name in own.root.states if name in self._texts]
            states = [(name, own.root.states[name].final is None) for name in (*spoken, *others.values())]
        else:
            states = [(text, is_open) for text in (*self._texts, "other") for is_open in (True, False)]
        return [
            {"id": "2", "lifecycle": own.name, "state": state, "number": "2", "open": is_open}
            for state, is_open in dict.fromkeys(states)
        ]

    # -- parts and lists

    def _elements(self, kind: Kind) -> list[Any]:
        """A few parts of a kind: only what the condition looks at differs."""
        states = self._states_of(kind)
        looked = [field for field in kind.fields.values() if field.name in self._members]
        built_in: dict[str, list[Any]] = {
            "latest": [True, False], "holder": self._people(), "key": self._keys(), "created_by": self._people(),
            "round": [1, 2], "number": [None, "1"], "id": ["1", "甲"],
        }  # fmt: skip
        facts = {name: values for name, values in built_in.items() if name in self._members}
        facts |= {field.name: self._of_field(field, filled=_given(field)) for field in looked}
        found = [
            {"state": state, "open": kind.states[state].final is None, "outcome": kind.states[state].final, **each}
            for state in states
            for each in self._records(facts)
        ]
        blank = {"id": "1", "round": 1, "latest": True, "number": None, "created_by": "甲", "holder": "甲", "key": "甲"}
        blank |= {name: [] if field.type == "list" else None for name, field in kind.fields.items()}
        return [{**blank, **each} for each in _spread(found, FEW * 3)]

    def _states_of(self, kind: Kind) -> list[str]:
        entered = [name for name in kind.states if name in self._subject.entered[kind.name]]
        if self._ended:
            return [name for name in entered if kind.states[name].final]
        if not self._members & {"state", "open", "outcome"}:
            return entered[:1]
        one_each: dict[Any, str] = {}
        for name in entered:
            one_each.setdefault(kind.states[name].final, name)
        return list(dict.fromkeys([*(name for name in entered if name in self._texts), *one_each.values()]))

    def _records(self, facts: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
        rows = (dict(zip(facts, values, strict=True)) for values in product(*facts.values()))
        return _spread([row for _, row in zip(range(MOST), rows, strict=False)], FEW * 3)

    def _lists(self, items: list[Any], most: int | None = None) -> list[list[Any]]:
        """Empty, one, two, and as many as the condition counts."""
        pairs = [[a, b] for a in items for b in items]
        found = [[], *([item] for item in items), *_spread(pairs, FEW * 4)]
        counted = {n + d for n in self._numbers if n <= LONGEST for d in (0, 1)}
        found += [[item] * n for n in sorted(counted) if n > 2 for item in items[:FEW]]
        return [each for each in found if most is None or len(each) <= most]

    def _visited(self, text: str) -> dict[str, list[int]]:
        states = dict.fromkeys(a or b for a, b in _VISITS.findall(text))
        return {
            state: sorted({0, 1, *(n + d for n in self._numbers for d in (-1, 0, 1) if n + d >= 0)}) for state in states
        }


class _Scope:
    """What `CelExpression.evaluate` asks: values by name, and how often states were entered."""

    loops: Mapping[str, Any] = {}

    def __init__(self, sample: Sample, kind: str) -> None:
        self._sample = sample
        self._kind = kind
        self.case = self
        self.visits = {name[8:-2]: n for name, n in sample.items() if name.startswith('visits("')}

    def value(self, root: str, name: str) -> Any:
        if root == "parent" and self._kind == ROOT:
            root = "case"
        key = f"{root}.{name}" if name else root
        return self._sample[key]


def _given(field: Field) -> bool:
    """Whether it has a value from the beginning."""
    return field.required or field.default is not None


def _own(kind: Kind, root: str, name: str) -> str | None:
    """`parent.x` in the case itself is `case.x`."""
    return f"case.{name}" if root == "parent" and kind.name == ROOT else None


def _spread(values: list[Any], most: int) -> list[Any]:
    """At most so many of them, evenly from all."""
    if len(values) <= most:
        return values
    return [values[n * len(values) // most] for n in range(most)]

"""Between what people call things and the keys of a lifecycle: labels in either language, values as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from workflow.core.decide import accepted_fields
from workflow.core.model import Field, Json, Kind, Language, Lifecycle, Text

_YES = frozenset({"是", "同意", "yes", "true"})
_NO = frozenset({"否", "不同意", "no", "false"})
_BETWEEN = re.compile(r"[、,，;；]\s*")
_WITHIN = re.compile(r"[（）()\s]+")


class _Labelled(Protocol):
    @property
    def label(self) -> Text: ...


def action_named(kind: Kind, said: str) -> str:
    """The key of a transition or act; `said` itself where nothing is called so, for the engine to refuse."""
    return _key(kind.transitions, said) or said


def part_named(lifecycle: Lifecycle, said: str) -> str:
    """The key of a part; fails with a sentence where nothing is called so."""
    found = _key(lifecycle.parts, said)
    assert found is not None, f"{lifecycle.name} has no part called {said!r}; it has {', '.join(lifecycle.parts)}"
    return found


def all_names(key: str, label: Text) -> tuple[str, ...]:
    """Everything it may be called: as in Chinese, as in English, by its key."""
    return tuple(name for name in (label.zh, label.en, key) if name)


def asked(kind: Kind, action: str) -> tuple[Field, ...]:
    """What may come with the action; nothing for one that is not declared."""
    transition = kind.transitions.get(action)
    return () if transition is None else accepted_fields(kind, transition)


def filled(fields: Iterable[Field], texts: Mapping[str, str]) -> dict[str, Json]:
    """Values in the types of their fields, from texts by field name or label."""
    by_name = {field.name: field for field in fields}
    names = {called: field_named(by_name, called) for called in texts}
    return {names[called]: value(by_name[names[called]], text) for called, text in texts.items()}


def field_named(fields: Mapping[str, Field], said: str) -> str:
    """The key of a field; fails with a sentence where nothing is called so."""
    found = _key(fields, said)
    assert found is not None, f"there is no field called {said!r} here; there are {', '.join(fields) or 'none'}"
    return found


def value(field: Field, text: str) -> Json:
    """The value that `text` stands for: a choice by its label, 是 and 否, a list cut at commas, and a record of a few
    words in the order of its fields, such as 教育局（主办）.
    """
    text = text.strip()
    match field.type:
        case "int":
            return int(text) if re.fullmatch(r"-?\d+", text) else text
        case "bool":
            return True if text.lower() in _YES else False if text.lower() in _NO else text
        case "choice" | "code":
            return next((code for code, label in field.labels.items() if text in (label.zh, label.en)), text)
        case "list":
            item = field.item or Field("item", "text")
            return [value(item, each) for each in _BETWEEN.split(text) if each]
        case "record":
            words = [word for word in _WITHIN.split(text) if word]
            return {of.name: value(of, word) for of, word in zip(field.fields, words, strict=False)}
    return text


def said(field: Field, value: Json, language: Language = "zh") -> str:
    """A value as people read it: the label of a choice, yes or no, items with commas between; "" for none."""
    zh = language == "zh"
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, list):
        return ("、" if zh else ", ").join(said(field.item or field, each, language) for each in value)
    if isinstance(value, dict):
        return " ".join(said(of, value.get(of.name), language) for of in field.fields)
    if isinstance(value, str) and value in field.labels:
        return field.labels[value].say(language) or value
    return str(value)


def _key(things: Mapping[str, _Labelled], said: str) -> str | None:
    if said in things:
        return said
    return next((name for name, thing in things.items() if said in (thing.label.zh, thing.label.en)), None)

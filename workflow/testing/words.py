"""Between what people call things and the keys of a lifecycle: labels in either language, values as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Protocol

from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.decide import accepted_fields
from workflow.core.model import EDIT, Field, Json, Kind, Language, Lifecycle, Micros, Setting, Text
from workflow.testing.clock import MORNING
from workflow.testing.failing import StepFailed

_YES = frozenset({"是", "同意", "yes", "true"})
_NO = frozenset({"否", "不同意", "no", "false"})
_BETWEEN = re.compile(r"[、,，;；]\s*")
_WITHIN = re.compile(r"[（）()\s]+")


class _Labelled(Protocol):
    @property
    def label(self) -> Text: ...


def action_named(kind: Kind, said: str) -> str:
    """The key of a transition or act, or `edit`; `said` itself where nothing is called so, for the engine to refuse."""
    found = one_called(kind.transitions, said)
    return found or (EDIT if said in ("修改", "Edit") else said)


def part_named(lifecycle: Lifecycle, said: str) -> str:
    """The key of a part; raises StepFailed where nothing is called so."""
    return key_of(lifecycle.parts, said, Text("分件", "part"))


def all_names(key: str, label: Text) -> tuple[str, ...]:
    """Everything it may be called: as in Chinese, as in English, by its key."""
    return tuple(name for name in (label.zh, label.en, key) if name)


def asked(kind: Kind, action: str) -> tuple[Field, ...]:
    """What may come with the action; nothing for one that is not declared."""
    if action == EDIT:
        return tuple(kind.fields.values())
    transition = kind.transitions.get(action)
    return () if transition is None else accepted_fields(kind, transition)


def filled(fields: Iterable[Field], texts: Mapping[str, str]) -> dict[str, Json]:
    """Values in the types of their fields, from texts by field name or label."""
    by_name = {field.name: field for field in fields}
    names = {called: field_named(by_name, called) for called in texts}
    return {names[called]: value(by_name[names[called]], text) for called, text in texts.items()}


def field_named(fields: Mapping[str, Field], said: str) -> str:
    """The key of a field; raises StepFailed where nothing is called so."""
    return key_of(fields, said, Text("可填的字段", "field"))


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


def setting(declared: Setting, text: str) -> Json:
    """The value that `text` stands for in a setting."""
    kinds = {"int": "int", "bool": "bool", "list": "list"}
    return value(Field(declared.name, kinds.get(declared.type, "text")), text)  # type: ignore[arg-type]


def moment(text: str) -> Micros:
    """A date, with or without an hour, as the moment it means on the office's clock: nine in the morning, if not said.

    Raises StepFailed for a day that there is not.
    """
    year, month, day, hour, minute = ([int(number) for number in re.findall(r"\d+", text)] + [0, 0])[:5]
    if ":" not in text:
        hour = MORNING.hour
    try:
        return micros(datetime(year, month, day, hour, minute, tzinfo=OFFICE_ZONE))
    except ValueError:
        raise StepFailed(Text(f"没有“{text}”这一天", f"there is no such day as {text}")) from None


def key_of(things: Mapping[str, _Labelled], said: str, what: Text) -> str:
    """The key of what is called `said`, by key or label; raises StepFailed with what there is where nothing is."""
    found = one_called(things, said)
    if found is None:
        zh = [each.label.zh or key for key, each in things.items()]
        en = [each.label.en or key for key, each in things.items()]
        near = get_close_matches(said, [*zh, *en, *things], n=1, cutoff=0.5)
        raise StepFailed(
            Text(
                f"没有{what.zh}“{said}”" + (f"；是否指“{near[0]}”？" if near else f"；有：{'、'.join(zh) or '（无）'}"),
                f"there is no {what.en} called {said!r}"
                + (f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(en) or '(none)'}"),
            )
        )
    return found


def one_called(things: Mapping[str, _Labelled], said: str) -> str | None:
    """The key of the one thing called so; None where there is none. Raises StepFailed where several have the label."""
    if said in things:
        return said
    found = [key for key, thing in things.items() if said in (thing.label.zh, thing.label.en)]
    if len(found) > 1:
        raise StepFailed(
            Text(
                f"叫“{said}”的不止一个：{'、'.join(found)}；请写键",
                f"several are called {said!r}: {', '.join(found)}; write the key",
            )
        )
    return found[0] if found else None

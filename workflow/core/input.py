"""What comes with a command: every value checked against its declaration and brought into its stored form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from workflow.core.model import Blocker, Field, Json, Text

LARGEST = 2**53 - 1  # what every JSON reader keeps exactly
LONGEST_TEXT = 200_000  # characters, where a field says nothing
LONGEST_LIST = 10_000
_ALLOWED_CONTROLS = "\n\t"


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def accept(fields: Sequence[Field], given: Mapping[str, Any]) -> tuple[dict[str, Json], list[Blocker]]:
    """The values in stored form, and a blocker (`invalid`) for each that cannot be stored.

    Names that are not among `fields` are blockers too. An empty text, list or None stands for "no value".
    """
    by_name = {field.name: field for field in fields}
    values: dict[str, Json] = {}
    blockers: list[Blocker] = []
    for name, value in given.items():
        field = by_name.get(name)
        if field is None:
            blockers.append(Blocker("invalid", _unknown(name, by_name), name))
            continue
        try:
            values[name] = stored(field, value)
        except _Wrong as problem:
            wrong = _unspoken(problem, value) if field.holds_personal else problem
            zh, en = called(field, "zh"), called(field, "en")
            blockers.append(Blocker("invalid", Text(f"{zh}：{wrong.text.zh}", f"{en}: {wrong.text.en}"), name))
    return values, blockers


def _unspoken(wrong: _Wrong, value: Any) -> _Wrong:
    """The same without the value: it is personal, and what is said of it is recorded."""
    zh, en = wrong.text.zh, wrong.text.en
    for each in sorted({*_said_of(value)}, key=len, reverse=True):
        zh, en = zh.replace(each, "…"), en.replace(each, "…")
    return _Wrong(zh, en)


def _said_of(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    for each in inner:
        yield from _said_of(each)
    if isinstance(value, Mapping):
        yield from (repr(name) for name in value)
        yield from (f"“{name}”" for name in value)
    yield _shown(value)
    if isinstance(value, int):
        yield f" {value}"


def stored(field: Field, value: Any) -> Json:
    """`value` as it is stored in `field`; None where it is empty."""
    if value is None or value == "":
        return None
    match field.type:
        case "text" | "party" | "case":
            return _text(field, value)
        case "int":
            return _int(field, value)
        case "bool":
            if not isinstance(value, bool):
                raise _Wrong(f"应为 true 或 false，不是{_shown(value)}", f"must be true or false, not {_shown(value)}")
            return value
        case "date":
            return _date(value)
        case "choice" | "code":
            return _choice(field, value)
        case "list":
            return _list(field, value)
        case _:
            return _record(field, value)


def missing(fields: Iterable[Field], values: Mapping[str, Json]) -> list[Blocker]:
    """A blocker (`missing`) for each of `fields` that has no value."""
    return [
        Blocker("missing", Text(f"还缺“{called(field, 'zh')}”", f"{called(field, 'en')} is missing"), field.name)
        for field in fields
        if values.get(field.name) in (None, [])
    ]


def called(field: Field, language: str) -> str:
    """What people call the field: its label with its name, so that both can be found."""
    label = field.label.say(language)
    return (
        f"{label}（{field.name}）" if label and language == "zh" else f"{label} ({field.name})" if label else field.name
    )


def _unknown(name: str, known: Mapping[str, Field]) -> Text:
    near = get_close_matches(str(name), known, n=1)
    zh = f"；是否指“{near[0]}”？" if near else f"；这里可填：{'、'.join(known) or '（无）'}"
    en = f"; did you mean {near[0]!r}?" if near else f"; allowed here: {', '.join(known) or '(nothing)'}"
    return Text(f"这里没有“{name}”这一项{zh}", f"there is no field {str(name)!r} here{en}")


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"应为文字，不是{_shown(value)}", f"must be a text, not {_shown(value)}")
    text = unicodedata.normalize("NFC", value)
    for character in text:
        if (character < " " and character not in _ALLOWED_CONTROLS) or "\ud800" <= character <= "\udfff":
            code = f"U+{ord(character):04X}"
            raise _Wrong(f"含有不能保存的字符 {code}", f"has a character that cannot be stored, {code}")
    longest = field.max if field.max is not None else LONGEST_TEXT
    if len(text) > longest:
        raise _Wrong(f"最多 {longest} 个字，现有 {len(text)} 个", f"at most {longest} characters; it has {len(text)}")
    if field.min is not None and len(text) < field.min:
        raise _Wrong(
            f"至少 {field.min} 个字，现有 {len(text)} 个", f"at least {field.min} characters; it has {len(text)}"
        )
    return text


def _int(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Wrong(f"应为整数，不是{_shown(value)}", f"must be a whole number, not {_shown(value)}")
    low = field.min if field.min is not None else -LARGEST
    high = field.max if field.max is not None else LARGEST
    if not low <= value <= high:
        raise _Wrong(f"应在 {low} 到 {high} 之间，不是 {value}", f"must be between {low} and {high}, not {value}")
    return value


def _date(value: Any) -> str:
    try:
        return (value if type(value) is date else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        raise _Wrong(
            f"应为日期，如 2022-03-01，不是{_shown(value)}", f"must be a date such as 2022-03-01, not {_shown(value)}"
        ) from None


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.choices:
        near = get_close_matches(str(value), field.choices, n=1)
        zh = "、".join(_with_label(field, code, "zh") for code in field.choices)
        en = ", ".join(_with_label(field, code, "en") for code in field.choices)
        raise _Wrong(
            f"没有{_shown(value)}；可选：{zh}{f'；是否指“{near[0]}”？' if near else ''}",
            f"{_shown(value)} is not one of {en}{f'; did you mean {near[0]!r}?' if near else ''}",
        )
    return value


def _with_label(field: Field, code: str, language: str) -> str:
    label = field.labels[code].say(language) if code in field.labels else ""
    return f"{code} {label}" if label else code


def _list(field: Field, value: Any) -> list[Json]:
    if not isinstance(value, (list, tuple)):
        raise _Wrong(f"应为列表，不是{_shown(value)}", f"must be a list, not {_shown(value)}")
    longest = field.max if field.max is not None else LONGEST_LIST
    if len(value) > longest:
        raise _Wrong(f"最多 {longest} 项，现有 {len(value)} 项", f"at most {longest} items; it has {len(value)}")
    if value and field.min is not None and len(value) < field.min:
        raise _Wrong(f"至少 {field.min} 项，现有 {len(value)} 项", f"at least {field.min} items; it has {len(value)}")
    item = field.item or Field("item", "text")
    items: list[Json] = []
    for number, each in enumerate(value, 1):
        try:
            kept = stored(item, each)
        except _Wrong as wrong:
            raise _Wrong(f"第 {number} 项：{wrong.text.zh}", f"item {number}: {wrong.text.en}") from None
        if kept is None:
            raise _Wrong(f"第 {number} 项是空的", f"item {number} is empty")
        items.append(kept)
    return items


def _record(field: Field, value: Any) -> dict[str, Json]:
    if not isinstance(value, Mapping):
        raise _Wrong(f"应为一组“名称: 值”，不是{_shown(value)}", f"must be names with values, not {_shown(value)}")
    values, blockers = accept(field.fields, value)
    blockers += missing([f for f in field.fields if f.required], values)
    if blockers:
        raise _Wrong("；".join(b.text.zh for b in blockers), "; ".join(b.text.en for b in blockers))
    return {f.name: values.get(f.name, f.default) for f in field.fields}


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"

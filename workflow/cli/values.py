"""`field=value` as typed at a command line, turned into values of the declared types.

Whether a value is allowed is not decided here: what cannot be read as its type is handed on as it was typed, and the
engine says what is wrong with it together with everything else.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workflow.core.errors import InputInvalid
from workflow.core.model import Field, Text

Resolve = Callable[[Field, str], str]

YES = frozenset({"是", "对", "true", "yes", "y"})
NO = frozenset({"否", "不", "false", "no", "n"})
LARGEST_FILE = 1024 * 1024  # bytes

_ASSIGNMENT = re.compile(r"(?P<name>[^=＝]*?)\s*(?P<json>:?)[=＝](?P<value>.*)", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_SEVERAL = re.compile("[,，、;；]")
_APART = re.compile("[:：]")


def read(words: Iterable[str], fields: Sequence[Field], resolve: Resolve) -> dict[str, Any]:
    """The values of `field=value` words, by field name.

    A field is named by its key or its label. `field:=JSON` gives any value, `field=@file` the text of a file,
    `field=-` the text of standard input. A list takes the word several times, or its items between commas (texts
    excepted); the fields of a record stand between colons, in their order. `resolve` finds the id behind the name of
    a party or the number of a case. Raises `InputInvalid` for a word of another form.
    """
    values: dict[str, Any] = {}
    for word in words:
        match = _ASSIGNMENT.fullmatch(word)
        if match is None or not match["name"]:
            raise InputInvalid(
                Text(
                    zh=f"“{word}”看不懂；请写成 栏目=值，如 category=economy，值里有空格时整个加引号",
                    en=f"cannot make sense of {word!r}; write FIELD=VALUE, e.g. category=economy, in quotes if it has spaces",
                )
            )
        field = _field(match["name"], fields)
        value = _json(word, match["value"]) if match["json"] else text_of(match["value"])
        typed = _typed(field, value, resolve) if field is not None else value
        _put(values, match["name"] if field is None else field.name, typed, field)
    return values


def text_of(value: str) -> str:
    """The text meant by `value`: of the file in `@file`, of standard input in `-`, else itself (`@@x` is `@x`)."""
    if value == "-":
        return _tidy(sys.stdin.read(LARGEST_FILE))
    if value.startswith("@@"):
        return value[1:]
    if value.startswith("@") and len(value) > 1:
        return _tidy(_file(Path(value[1:])))
    return value


def day(text: str) -> str:
    """The ISO form of a date written `2022-3-1`, `2022/3/1`, `2022年3月1日` or `20220301`; anything else as it is."""
    match = _DATE.fullmatch(text.strip())
    try:
        return date(*(int(group) for group in match.groups() if group)).isoformat() if match else text
    except ValueError:
        return text


def _field(name: str, fields: Sequence[Field]) -> Field | None:
    by_key = (field for field in fields if field.name == name)
    by_label = (field for field in fields if name in (field.label.zh, field.label.en))
    return next(by_key, None) or next(by_label, None)


def _put(values: dict[str, Any], name: str, value: Any, field: Field | None) -> None:
    if name not in values:
        values[name] = value
    elif field is not None and field.type == "list" and isinstance(values[name], list) and isinstance(value, list):
        values[name] += value
    else:
        raise InputInvalid(Text(zh=f"“{name}”给了不止一次", en=f"{name!r} is given more than once"))


def _typed(field: Field, value: Any, resolve: Resolve) -> Any:
    """`value`, a text or something out of JSON, as the type of `field` wants it."""
    if field.type == "list":
        return _items(field, value, resolve)
    if field.type == "record":
        return _record(field, value, resolve)
    if not isinstance(value, str):
        return value
    match field.type:
        case "int":
            return int(value) if re.fullmatch(r"\s*[+-]?\d{1,20}\s*", value) else value
        case "bool":
            word = value.strip().lower()
            return word in YES if word in YES | NO else value
        case "date":
            return day(value)
        case "choice" | "code":
            return _code(field, value)
        case "party" | "case":
            return resolve(field, value) if value else value
        case _:
            return value


def _items(field: Field, value: Any, resolve: Resolve) -> Any:
    item = field.item or Field("item", "text")
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            value = _json(value, value)
        elif not value:
            value = []
        else:
            value = [value] if item.type == "text" else [part.strip() for part in _SEVERAL.split(value) if part.strip()]
    return [_typed(item, each, resolve) for each in value] if isinstance(value, list) else value


def _record(field: Field, value: Any, resolve: Resolve) -> Any:
    if isinstance(value, str):
        if value.lstrip().startswith("{"):
            value = _json(value, value)
        else:
            given = [part.strip() for part in _APART.split(value)]
            if len(given) > len(field.fields):
                order = ":".join(each.name for each in field.fields)
                raise InputInvalid(
                    Text(
                        zh=f"“{value}”的段数太多；应为 {order}",
                        en=f"{value!r} has too many pieces; it should be {order}",
                    )
                )
            value = {each.name: text for each, text in zip(field.fields, given, strict=False) if text}
    if not isinstance(value, dict):
        return value
    known = {each.name: each for each in field.fields}
    return {name: _typed(known[name], each, resolve) if name in known else each for name, each in value.items()}


def _code(field: Field, value: str) -> str:
    word = value.strip()
    if word in field.choices:
        return word
    wanted = word.casefold()
    for code in field.choices:
        label = field.labels.get(code, Text())
        if wanted in (code.casefold(), label.zh.casefold(), label.en.casefold()):
            return code
    return value


def _json(word: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputInvalid(
            Text(zh=f"“{word}”里的 JSON 写法不对：{error}", en=f"the JSON in {word!r} cannot be read: {error}")
        ) from None


def _file(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputInvalid(Text(zh=f"文件 {path} 超过 1 MiB", en=f"the file {path} is larger than 1 MiB"))
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputInvalid(
            Text(zh=f"文件 {path} 不是 UTF-8 文字", en=f"the file {path} is not text in UTF-8")
        ) from None
    except OSError as error:
        raise InputInvalid(
            Text(
                zh=f"读不到文件 {path}（{error.strerror}）；若“@”本来就是内容的开头，请写成 @@",
                en=f"cannot read the file {path} ({error.strerror}); if the text itself begins with @, write @@",
            )
        ) from None


def _tidy(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")

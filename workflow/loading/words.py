"""How the words of the language are written: names, numbers, durations, dates, conditions, references."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from workflow.core.model import Text
from workflow.loading.forms import Misread, Word
from workflow.loading.nodes import Scalar
from workflow.loading.problems import listed, meant_by

LARGEST = 2**53 - 1  # the largest whole number that every JSON reader keeps exactly

# Names that mean something already. The engine's own, CEL's own, and the built-in names of a case.
RESERVED_STATES = frozenset({"any", "origin"})
RESERVED_ROLES = frozenset({"any", "engine"})
RESERVED_ACTIONS = frozenset({"any", "edit", "open"})
RESERVED_WORDS = frozenset(
    "as break const continue else false for function if import in let loop namespace null package return true "
    "var void while".split()
)  # fmt: skip
BUILT_IN = frozenset(
    "id state number holder key round open outcome created_by opened_at latest lifecycle".split()
)  # fmt: skip
SCOPE = frozenset({"actor", "case", "input", "linked", "now", "parent", "parts", "settings", "visited", "visits"})

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_STATE_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}(\.[A-Za-z][A-Za-z0-9_]{0,39})*")
_CODE = re.compile(r"\S(.{0,38}\S)?")
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DURATION = re.compile(r"(0|[1-9][0-9]{0,4})(h|d|bd|mo)")
_SETTING = re.compile(r"settings\.[A-Za-z][A-Za-z0-9_]*")
_FIELD = re.compile(r"case\.[A-Za-z][A-Za-z0-9_]*")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_NAMED = Text(zh="一个名称", en="a name")
NAME_RULE = (
    "：以字母开头，只含英文字母、数字和下划线，不超过 40 个字符（中文请写在 label 里）",
    ": a letter, then letters, digits and _, 40 characters at most (write Chinese in the label)",
)


def _pattern(regex: re.Pattern[str]) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{regex.pattern}$"}


def _text(node: Scalar) -> str:
    if not node.style and node.text in _NULLS:
        raise Misread(
            "" if not node.text else "（若就是这几个字，请加引号）",
            "" if not node.text else " (put it in quotes if it is meant as text)",
        )
    return node.text


def _filled(node: Scalar) -> str:
    if not node.text.strip():
        raise Misread
    return _text(node)


TEXT = Word(Text(zh="文字", en="text"), _text, {"type": ["string", "number", "boolean"]})
FILLED = Word(Text(zh="文字", en="text"), _filled, {"type": ["string", "number", "boolean"]})
CONDITION = Word(
    Text(zh="一个条件（CEL 表达式）", en="a condition (a CEL expression)"), _filled, {"type": ["string", "boolean"]}
)
EXPRESSION = Word(Text(zh="一个 CEL 表达式", en="a CEL expression"), _filled, {"type": ["string", "number", "boolean"]})
TEMPLATE = Word(Text(zh="编号样式，如 \"{settings.term}-{seq:03}\"", en='a template such as "{settings.term}-{seq:03}"'), _filled, {"type": "string", "pattern": r"\{seq(:0?[1-9])?\}"})  # fmt: skip


def an(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def name(what: Text, reserved: frozenset[str] = frozenset()) -> Word:
    """The key of something the author names; `reserved` are words that are taken."""

    def read(node: Scalar) -> str:
        if _NAME.fullmatch(node.text) is None:
            raise Misread(*NAME_RULE)
        if node.text in reserved:
            raise Misread("：这个词已有固定含义，请换一个", ": this word has a meaning of its own, choose another")
        return node.text

    schema = _pattern(_NAME)
    if reserved:
        schema["not"] = {"enum": sorted(reserved)}
    return Word(Text(zh=f"{what.zh}的名称", en=f"the name of {an(what.en)}"), read, schema)


def refers(what: Text, hint_zh: str = "", hint_en: str = "") -> Word:
    """The name of something declared elsewhere; whether it exists is seen when the file is compiled.

    A hint is for what cannot be a name.
    """

    def read(node: Scalar) -> str:
        if _STATE_PATH.fullmatch(node.text) is None:
            several = re.split(r"\s*[,，、]\s*", node.text)
            if len(several) > 1 and all(map(_STATE_PATH.fullmatch, several)):
                names = ", ".join(several)
                raise Misread(f"；多个名称请写成列表：[{names}]", f"; several are written as a list: [{names}]")
            if not node.text or hint_zh:
                raise Misread(hint_zh, hint_en)
        return node.text

    return Word(Text(zh=f"{what.zh}的名称", en=f"the name of {an(what.en)}"), read, _pattern(_STATE_PATH))


def whole(least: int | None = None, most: int = LARGEST) -> Word:
    """A whole number, decimal, from `least` to `most`."""
    bounds_zh = f"（{least} 以上）" if least is not None else ""
    bounds_en = f" ({least} or more)" if least is not None else ""

    def read(node: Scalar) -> int:
        if node.style and INTEGER.fullmatch(node.text):
            raise Misread("：请去掉引号", ": take away the quotes")
        if INTEGER.fullmatch(node.text) is None:
            raise Misread("，如 12", ", such as 12")
        if len(node.text) > 17 or abs(int(node.text)) > most:
            raise Misread(f"：最大 {most}", f": {most} at most")
        value = int(node.text)
        if least is not None and value < least:
            raise Misread
        return value

    schema: dict[str, object] = {"type": "integer", "maximum": most, "minimum": -most if least is None else least}
    return Word(Text(zh=f"整数{bounds_zh}", en=f"a whole number{bounds_en}"), read, schema)


def exactly(number: int) -> Word:
    """One number and no other."""

    def read(node: Scalar) -> int:
        if node.text != str(number) or node.style:
            raise Misread
        return number

    return Word(Text(zh=str(number), en=str(number)), read, {"const": number})


def _bool(node: Scalar) -> bool:
    if node.style or node.text not in {"true", "false"}:
        raise Misread("（小写，不加引号）", " (small letters, no quotes)")
    return node.text == "true"


BOOL = Word(Text(zh="true 或 false", en="true or false"), _bool, {"type": "boolean"})


def choice(options: Sequence[str], what: Text = Text()) -> Word:
    """One of a few words."""
    zh, en = listed(options)

    def read(node: Scalar) -> str:
        if node.text not in options:
            meant = meant_by(node.text, options)
            raise Misread(meant.zh, meant.en)
        return node.text

    expected = Text(zh=f"{what.zh}以下之一：{zh}", en=f"{what.en}one of {en}")
    return Word(expected, read, {"type": "string", "enum": list(options)})


def _only_true(node: Scalar) -> bool:
    if node.text != "true":
        raise Misread
    return True


ONLY_TRUE = Word(Text(zh="true", en="true"), _only_true, {"const": True})


def _duration(node: Scalar) -> str:
    if _DURATION.fullmatch(node.text) is None:
        raise Misread(
            "：数字后紧跟单位 h（小时）、d（天）、bd（工作日）、mo（月），如 5bd",
            ": a number and its unit h (hours), d (days), bd (working days), mo (months), such as 5bd",
        )
    return node.text


def _setting(node: Scalar) -> str:
    if _SETTING.fullmatch(node.text) is None:
        raise Misread("，如 settings.reply_within", " such as settings.reply_within")
    return node.text


def _duration_or_setting(node: Scalar) -> str:
    return node.text if _SETTING.fullmatch(node.text) else _duration(node)


def _bound(node: Scalar) -> int | str:
    return node.text if _SETTING.fullmatch(node.text) else _COUNT.read(node)  # type: ignore[return-value]


def _date(node: Scalar) -> str:
    try:
        date = dt.date.fromisoformat(node.text)
    except ValueError:
        date = None
    if date is None or date.isoformat() != node.text:
        raise Misread("，如 2022-06-30", " such as 2022-06-30")
    return node.text


def _day(node: Scalar) -> str:
    if _SETTING.fullmatch(node.text) or _FIELD.fullmatch(node.text):
        return node.text
    return _date(node)


def _term(node: Scalar) -> str:
    if "-" in node.text and not _SETTING.fullmatch(node.text):
        return _date(node)
    return _duration_or_setting(node)


def _code(node: Scalar) -> str:
    if _CODE.fullmatch(node.text) is None:
        raise Misread("：1 到 40 个字符", ": 1 to 40 characters")
    return node.text


_COUNT = whole()
_DURATION_TEXT = Text(zh="时长", en="a duration")
DURATION = Word(_DURATION_TEXT, _duration, _pattern(_DURATION))
SETTING = Word(Text(zh="一项设置", en="a setting"), _setting, _pattern(_SETTING))
WITHIN = Word(Text(zh="时长，或 settings.某项", en="a duration, or settings.…"), _duration_or_setting, {"anyOf": [_pattern(_DURATION), _pattern(_SETTING)]})  # fmt: skip
BOUND = Word(Text(zh="整数，或 settings.某项", en="a whole number, or settings.…"), _bound, {"anyOf": [{"type": "integer"}, _pattern(_SETTING)]})  # fmt: skip
DATE = Word(Text(zh="日期", en="a date"), _date, {"type": "string", "format": "date"})
DAY = Word(Text(zh="日期、settings.某项，或 case.某字段", en="a date, settings.…, or case.…"), _day, {"anyOf": [{"type": "string", "format": "date"}, _pattern(_SETTING), _pattern(_FIELD)]})  # fmt: skip
TERM = Word(Text(zh="时长、日期，或 settings.某项", en="a duration, a date, or settings.…"), _term, {"anyOf": [_pattern(_DURATION), {"type": "string", "format": "date"}, _pattern(_SETTING)]})  # fmt: skip
CODE = Word(Text(zh="一个代码", en="a code"), _code, {"type": ["string", "number", "boolean"]})

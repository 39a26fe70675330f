"""The one written form of a record, and the hashes that chain them.

The written form is RFC 8785 (JSON canonicalisation) on a restricted value set: no floats, integers within ±(2^53−1),
strings in NFC, ASCII keys. The leaf hash is that of RFC 9162: the log's hash over 0x00 and the UTF-8 text. Each record
names the leaf of its file's previous record, so that a file is one chain from `GENESIS` on.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from workflow.core.errors import InputInvalid
from workflow.core.hashing import hash_of
from workflow.core.input import LARGEST
from workflow.core.model import Text

GENESIS = "0" * 64
VERSION = 1

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode

_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical(value: Any) -> str:
    """The one written form of `value`; raises InputInvalid for what has none."""
    if not _fine(value):
        _explain(value)
    return _encode(value)


def leaf(text: str, log: str) -> str:
    """The RFC 9162 leaf hash of a record's written form in the log of that origin, hexadecimal."""
    return hash_of(log)(b"\x00" + text.encode()).hexdigest()


def chain(entry: dict[str, Any], log: str, seq: int, prev: str) -> tuple[str, str]:
    """Give `entry` its place (`log`, `seq` from 1, `prev`) and return its written form and leaf hash."""
    entry["v"] = VERSION
    entry["log"] = log
    entry["seq"] = seq
    entry["prev"] = prev or GENESIS
    text = canonical(entry)
    return text, leaf(text, log)


def read(text: str) -> Mapping[str, Any]:
    """A record from its written form."""
    record: Mapping[str, Any] = json.loads(text)
    return record


def writable(text: str, most: int = 500) -> str:
    """Any text in a form a record can hold: what was refused must still be recorded."""
    return unicodedata.normalize("NFC", text[:most].encode("utf-8", "replace").decode())


def _fine(value: Any) -> bool:
    """Whether `value` has a written form; looked at on every step, so without a word about what is wrong."""
    kind = type(value)
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                return False
            if type(inner) is str:
                if not inner.isascii() and not _fine_text(inner):
                    return False
            elif inner is not None and not _fine(inner):
                return False
        return True
    if kind is list:
        return all(map(_fine, value))
    if kind is str:
        return _fine_text(value)
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    return value is None or kind is bool


def _fine_text(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and _SURROGATE.search(text) is None


def _explain(value: Any, where: str = "") -> None:
    """Raises InputInvalid for the first place in `value` that has no written form."""
    kind = type(value)
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise _unwritable(where, f"名称“{key}”须为 ASCII 文字", f"the key {key!r} must be an ASCII text")
            _explain(inner, f"{where}.{key}")
    elif kind is list:
        for number, inner in enumerate(value):
            _explain(inner, f"{where}[{number}]")
    elif kind is str:
        if _SURROGATE.search(value):
            raise _unwritable(where, "文字含有孤立的代理字符", "a text has a lone surrogate")
        if not unicodedata.is_normalized("NFC", value):
            raise _unwritable(where, "文字须为 NFC 规范形式", "a text must be in NFC")
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise _unwritable(where, f"整数 {value} 过大", f"the whole number {value} is too large")
    elif value is not None and kind is not bool:
        raise _unwritable(where, f"不能记录 {kind.__name__}", f"a {kind.__name__} cannot be recorded")


def _unwritable(where: str, zh: str, en: str) -> InputInvalid:
    name = where.removeprefix(".") or "value"
    return InputInvalid(Text(f"审计记录的“{name}”：{zh}", f"in the audit record, {name}: {en}"))

"""YAML text -> a tree of nodes with positions, and nothing else: no tags, no aliases, no types, no recursion.

The parser's events are taken one by one and counted, so that a poisoned file is refused while it is being read
and never reaches a place that could overflow. Raises `LifecycleInvalid` with one clear problem.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from workflow.core.errors import InputInvalid, LifecycleInvalid, NotFound, Problem
from workflow.core.model import Place, Text
from workflow.loading.characters import Flaw, flaw, position
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.problems import Problems, Spot, shortened
from workflow.loading.syntax import explained

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 64
MOST_EVENTS = 100_000  # words, and beginnings and ends of mappings and lists
LONGEST_SCALAR = 20_000  # characters

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_bytes(path: str | Path) -> bytes:
    """What is in a file, as far as it may be read. Raises NotFound where there is none, InputInvalid where it cannot be opened."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NotFound(Text(zh="文件", en="file"), str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputInvalid(
            Text(zh=f"无法读取文件“{path}”：{reason}", en=f'cannot read the file "{path}": {reason}')
        ) from None


def decode(data: bytes, file: str) -> str:
    """The text of a file in UTF-8; one in another encoding is refused with the place of the first wrong byte."""
    if len(data) > MOST_BYTES:
        _too_big(file)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        _refuse(file, 1, 1, "encoding", "文件是 UTF-16 编码；请另存为 UTF-8", "the file is in UTF-16; save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = position(before, len(before))
        _refuse(
            file,
            line,
            column,
            "encoding",
            f"此处不是 UTF-8 文字（字节 0x{data[error.start]:02X}），文件可能是 GBK 编码；请在编辑器里另存为 UTF-8",
            f"this is not UTF-8 text (byte 0x{data[error.start]:02X}), perhaps GBK; save the file as UTF-8 in your editor",
        )


def canonical(text: str) -> str:
    """The same text without byte order mark and with one kind of line end: what is hashed and published."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read(text: str, file: str, problems: Problems) -> Node:
    """The tree of one YAML document in canonical text; duplicate keys go to `problems`, the rest raises."""
    if len(text) > MOST_BYTES or (len(text) * 4 > MOST_BYTES and len(text.encode("utf-8", "replace")) > MOST_BYTES):
        _too_big(file)
    bad = flaw(text)
    if bad is not None:
        _refuse_flaw(file, bad, *position(text, bad.index))
    parser = _Parser(text)
    try:
        return _Builder(file, problems).build(parser)
    except yaml.MarkedYAMLError as error:
        line, column, said = explained(error, text)
        raise LifecycleInvalid([Problem(Place(file, line, column), "syntax", said)]) from None
    except yaml.YAMLError:
        _refuse(file, 1, 1, "syntax", "不是可读的 YAML 文件", "this is not a readable YAML file")
    finally:
        parser.dispose()


class _Builder:
    """Puts the events together, with a list for a stack."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.root: Node | None = None
        self.stack: list[Table | Items | None] = []  # what is around
        self.into: Table | Items | None = None
        self.key: Scalar | None = None
        self.documents = 0
        self.twin_depth = 0  # how deep the stack was when a key that is here twice was met; 0: not in such a one

    def build(self, parser: Any) -> Node:
        take: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        next_event, last = parser.get_event, yaml.StreamEndEvent
        event = None
        for _ in range(MOST_EVENTS):
            event = next_event()
            handle = take.get(type(event))
            if handle is not None:
                handle(event)
            elif type(event) is last:
                break
        else:
            self._refuse(
                _Spot(event),
                "too_many",
                f"内容超过 {MOST_EVENTS} 项；这不像是一个流程文件",
                f"more than {MOST_EVENTS} entries; this does not look like a lifecycle",
            )
        if self.root is None or (isinstance(self.root, Scalar) and self.root.empty):
            _refuse(self.file, 1, 1, "empty", "文件是空的", "the file is empty")
        return self.root

    def _scalar(self, event: Any) -> None:
        mark, style, text = event.start_mark, event.style or "", event.value
        node = Scalar(text, style, mark.line + 1, mark.column + 1)
        if event.tag is not None or event.anchor is not None:
            self._refuse_property(event)
        if style == '"' or len(text) > LONGEST_SCALAR:
            self._look_at(node)
        if type(self.into) is Table and self.key is None:
            self._remember(node, self.into)
        else:
            self._put(node)

    def _start(self, event: Any) -> None:
        mark = event.start_mark
        form = Table if type(event) is yaml.MappingStartEvent else Items
        node: Table | Items = form(mark.line + 1, mark.column + 1)
        if event.tag is not None or event.anchor is not None:
            self._refuse_property(event)
        if len(self.stack) >= MOST_DEPTH:
            self._refuse(
                node,
                "too_deep",
                f"嵌套超过 {MOST_DEPTH} 层；流程文件只需几层，请检查括号和缩进",
                f"nested more than {MOST_DEPTH} levels deep; a lifecycle needs a few: check brackets and indentation",
            )
        if type(self.into) is Table and self.key is None:
            self._refuse(node, "key", "键必须是一个词，不能是列表或表", "a key must be a word, not a list or a mapping")
        into, key = self.into, self.key
        twin = into.entries.get(key.text) if type(into) is Table and key is not None else None
        self._put(node)
        self.stack.append(into)
        self.into, self.key = node, None
        if type(twin) is Table and type(node) is Table:
            # Under a key that is here twice all names count, so that only the key itself is complained about.
            self.into = twin
            self.twin_depth = self.twin_depth or len(self.stack)

    def _end(self, event: Any) -> None:
        self.into, self.key = self.stack.pop(), None
        if len(self.stack) < self.twin_depth:
            self.twin_depth = 0

    def _put(self, node: Node) -> None:
        """Puts a node where it belongs: under the waiting key, at the end of the list, or at the root."""
        into, key = self.into, self.key
        if type(into) is Table and key is not None:
            if key.text not in into.keys:  # of a key that is here twice the first counts
                into.keys[key.text] = key
                into.entries[key.text] = node
            self.key = None
        elif type(into) is Items:
            into.items.append(node)
        else:
            self.root = node

    def _remember(self, key: Scalar, table: Table) -> None:
        """The key that the next node belongs to."""
        if not key.text:
            self._refuse(key, "key", "冒号前缺少键名", "there is no key before the colon")
        first = table.keys.get(key.text)
        if first is not None and not self.twin_depth:
            name = shortened(key.text)
            self.problems.add(
                key,
                "duplicate_key",
                f"键“{name}”重复（第 {first.line} 行已有）；同一处每个键只能写一次",
                f'the key "{name}" is here twice (first in line {first.line}); each key may be written once',
            )
        self.key = key

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(
                _Spot(event),
                "two_documents",
                "文件里有不止一份文档（---）；一个文件只能写一个流程",
                "the file has more than one document (---); one file holds one lifecycle",
            )
        if event.version or event.tags:
            self._refuse(
                _Spot(event),
                "directive",
                "不允许以 % 开头的 YAML 指令；请删去这一行",
                "YAML directives (lines that begin with %) are not allowed; delete that line",
            )

    def _look_at(self, node: Scalar) -> None:
        if len(node.text) > LONGEST_SCALAR:
            self._refuse(
                node,
                "too_long",
                f"这段文字超过 {LONGEST_SCALAR} 字；请写短",
                f"this text has more than {LONGEST_SCALAR} characters; make it shorter",
            )
        bad = flaw(node.text)  # an escape such as "\\u202e" was not in the text as it was written
        if bad is not None:
            _refuse_flaw(self.file, bad, node.line, node.column)

    def _alias(self, event: Any) -> None:
        name = shortened(event.anchor)
        self._refuse(
            _Spot(event),
            "alias",
            f"不允许引用别名“*{name}”；请把内容原样写出（以 * 开头的文字请加引号）",
            f'aliases such as "*{name}" are not allowed; write the content out '
            "(put quotes around a text that begins with *)",
        )

    def _refuse_property(self, event: Any) -> NoReturn:
        if event.tag is not None:
            tag = shortened(event.tag.replace("tag:yaml.org,2002:", "!!"))
            if not tag.startswith("!!"):
                self._refuse(
                    _Spot(event),
                    "tag",
                    f"以 ! 开头的文字或条件须加引号，如 '!case.open'；此处的“{tag}”会被当作 YAML 类型标签",
                    f"put quotes around a text or condition that begins with !, as in '!case.open'; \"{tag}\" here is read as a YAML tag",
                )
            self._refuse(
                _Spot(event),
                "tag",
                f"不允许类型标签“{tag}”；值的类型由它所在的位置决定，请删去以 ! 开头的词",
                f'tags such as "{tag}" are not allowed; the place of a value says its type: delete the word',
            )
        name = shortened(event.anchor)
        self._refuse(
            _Spot(event),
            "alias",
            f"不允许锚点“&{name}”；请把内容原样写出（以 & 开头的文字请加引号）",
            f'anchors such as "&{name}" are not allowed; write the content out '
            "(put quotes around a text that begins with &)",
        )

    def _refuse(self, spot: Spot, code: str, zh: str, en: str) -> NoReturn:
        _refuse(self.file, spot.line, spot.column, code, zh, en)


class _Spot:
    """Where an event begins."""

    def __init__(self, event: Any) -> None:
        self.line = event.start_mark.line + 1
        self.column = event.start_mark.column + 1


def _refuse(file: str, line: int, column: int, code: str, zh: str, en: str) -> NoReturn:
    raise LifecycleInvalid([Problem(Place(file, line, column), code, Text(zh=zh, en=en))])


def _refuse_flaw(file: str, bad: Flaw, line: int, column: int) -> NoReturn:
    raise LifecycleInvalid([Problem(Place(file, line, column), bad.code, bad.text)])


def _too_big(file: str) -> NoReturn:
    _refuse(
        file,
        1,
        1,
        "too_big",
        f"文件超过 {MOST_BYTES // 1024} KiB；这不像是一个流程文件",
        f"the file is larger than {MOST_BYTES // 1024} KiB; this does not look like a lifecycle",
    )

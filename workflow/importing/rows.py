"""A CSV file as rows with their lines: which encoding, how many, and what is wrong with the shape of one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from workflow.core.errors import InputInvalid
from workflow.core.model import Text
from workflow.spreadsheets import encoding

NEEDED = ("personnel_name", "proposal_number", "publish_time", "reason", "type", "content")
LONGEST_CELL = 1_000_000  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, and its cells by column; `wrong` where its shape is not that of the header."""

    line: int
    cells: Mapping[str, str]
    wrong: Text | None = None


class Rows:
    """The rows of the file at `path`, read as a stream; iterate as often as needed.

    `header` are the columns, among which must be those `needed`; `encoding` is "utf-8", "utf-8-sig" (with a byte order mark) or "gb18030" (GBK and its like); `count` is the number of
    rows below the header. Raises InputInvalid where the file cannot be read, is neither, or lacks a needed column.
    """

    def __init__(self, path: Path, needed: Sequence[str] = NEEDED) -> None:
        self.path = path
        self.needed = needed
        self.header: tuple[str, ...] = ()
        self.name = path.name
        try:
            self.encoding = encoding(path)
            self.count = sum(1 for _ in self)
        except OSError as error:
            raise InputInvalid(
                Text(zh=f"读不了文件 {path}：{error.strerror}", en=f"{path} cannot be read: {error.strerror}")
            ) from error

    def __iter__(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as text:
            yield from self._rows(text)

    def _rows(self, text: TextIO) -> Iterator[Row]:
        before = csv.field_size_limit(LONGEST_CELL)
        try:
            reader = csv.reader(text, strict=True)
            header = self._header(next(reader, []))
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Row(line, {}, _broken(error))
                    continue
                if cells:
                    yield _row(line, header, cells)
        finally:
            csv.field_size_limit(before)

    def _header(self, cells: list[str]) -> list[str]:
        header = [cell.strip() for cell in cells]
        self.header = tuple(header)
        missing = [name for name in self.needed if name not in header]
        if missing:
            raise InputInvalid(
                Text(
                    zh=f"{self.name} 第 1 行缺少列：{'、'.join(missing)}；需要的列：{'、'.join(self.needed)}",
                    en=f"line 1 of {self.name} lacks the columns {', '.join(missing)}; needed are {', '.join(self.needed)}",
                )
            )
        return header


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    named = dict(zip(header, cells, strict=False))
    if len(cells) == len(header):
        return Row(line, named)
    return Row(
        line,
        named,
        Text(
            zh=f"有 {len(cells)} 格，表头有 {len(header)} 列；多半是引号或逗号错位",
            en=f"it has {len(cells)} cells and the header {len(header)} columns; a quote or comma may be out of place",
        ),
    )


def _broken(error: csv.Error) -> Text:
    if "unexpected end" in str(error):
        return Text(
            zh="这里开始的引号直到文件末尾都没有合上，其后各行都未能读出",
            en="a quote that opens here is never closed; nothing after it could be read",
        )
    return Text(zh=f"这一行不合 CSV 格式：{error}", en=f"the row is no proper CSV: {error}")

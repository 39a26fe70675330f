"""CSV as spreadsheet programs write and read it: in which encoding, with which sign between cells, and safe to open."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from workflow.core.errors import InputInvalid
from workflow.core.model import Text

LARGEST = 4 * 1024 * 1024  # bytes of a file that is read as a whole
# What a spreadsheet program takes for the beginning of a formula; full-width signs count there as well.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK = 1 << 16


def encoding(path: Path) -> str:
    """ "utf-8", "utf-8-sig" (with a byte order mark) or "gb18030" (GBK and its like); InputInvalid where it is neither."""
    with path.open("rb") as raw:
        marked = raw.read(3) == codecs.BOM_UTF8
    for name in ("utf-8-sig",) if marked else ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise InputInvalid(
        Text(
            zh=f"{path.name} 既不是 UTF-8 也不是 GBK；请在表格软件里另存为“CSV UTF-8”",
            en=f"{path.name} is neither UTF-8 nor GBK; save it as “CSV UTF-8” in your spreadsheet program",
        )
    )


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as raw:
            while chunk := raw.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def table(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a file that have something in them, each with its line: cells between commas, semicolons or tabs.

    Raises InputInvalid where the file cannot be read, is neither UTF-8 nor GBK, or is no CSV.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputInvalid(
                Text(zh=f"{path} 超过 {LARGEST // 1024 // 1024} MiB，不像是导出的表", en=f"{path} is larger than {LARGEST // 1024 // 1024} MiB; this is no exported table")
            )  # fmt: skip
        with path.open(encoding=encoding(path), newline="") as file:
            text = file.read()
    except OSError as error:
        raise InputInvalid(
            Text(zh=f"读不了文件 {path}：{error.strerror}", en=f"{path} cannot be read: {error.strerror}")
        ) from None
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        while True:
            line = reader.line_num + 1
            row = next(reader, None)
            if row is None:
                return rows
            if any(cell.strip() for cell in row):
                rows.append((line, [_unguarded(cell) for cell in row]))
    except csv.Error as error:
        raise InputInvalid(
            Text(zh=f"{path}:{reader.line_num}: 不合 CSV 格式：{error}", en=f"{path}:{reader.line_num}: no proper CSV: {error}")
        ) from None  # fmt: skip


def written(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV that no spreadsheet program takes for formulas; to be saved in "utf-8-sig", which all of them know."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def _guarded(cell: str) -> str:
    """The cell behind an apostrophe where it would be a formula, also behind blanks, or has an apostrophe itself."""
    return f"'{cell}" if cell.startswith(_FORMULAS) or cell.lstrip().startswith((*_FORMULAS, "'")) else cell


def _unguarded(cell: str) -> str:
    return cell.strip().removeprefix("'").strip()

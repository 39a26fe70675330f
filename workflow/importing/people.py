"""People, units and groups from a CSV file: who they are, and where, when and how notices reach them.

What a row says stands in place of what the directory had; what the file has no column for stays as it was. Everything
that is wrong is told at once, by file and line, and then nobody is added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workflow.core.errors import InputInvalid
from workflow.core.model import Text
from workflow.directory import Party, check
from workflow.importing.rows import Row, Rows
from workflow.loading.problems import meant_by

COLUMNS = {
    "id": "id", "编号": "id", "name": "name", "姓名": "name", "名称": "name", "kind": "kind", "类型": "kind",
    "unit": "unit", "单位": "unit", "groups": "groups", "组": "groups", "小组": "groups",
    "language": "language", "语言": "language", "quiet": "quiet", "免打扰": "quiet",
    "digest": "digest", "汇总": "digest", "每日汇总": "digest",
    "email": "channel:email", "邮箱": "channel:email", "电子邮箱": "channel:email", "webhook": "channel:webhook",
}  # fmt: skip
CHANNEL = "channel:"
_CHANNEL = re.compile(r"(?:channel|渠道)[:：]\s*(\S+)")
_CODES = {
    "kind": {
        "": "person", "person": "person", "个人": "person", "unit": "unit", "单位": "unit", "group": "group", "组": "group",
    },
    "language": {"": "zh", "zh": "zh", "中文": "zh", "en": "en", "英文": "en", "English": "en"},
}  # fmt: skip
_FORMS = {
    "channel:email": (re.compile(r"[^@\s]+@[^@\s]+"), Text("邮箱地址（如 wang@example.cn）", "an e-mail address")),
    "channel:webhook": (re.compile(r"https?://\S+"), Text("网址（如 https://…）", "an address such as https://…")),
}
MOST = 20  # problems that are listed


def read_people(rows: Rows, known: Iterable[Party]) -> list[Party]:
    """The parties of a file, over those that are `known`. Raises InputInvalid with every line that is wrong."""
    there = {party.id: party for party in known}
    columns, wrong = _columns(rows.header)
    found: list[Party] = []
    problems = [(1, text) for text in wrong]
    if not wrong:
        lines = list(rows)
        units = {*there, *(row.cells[name] for row in lines for name in row.cells if columns.get(name) == "id")}
        for row in lines:
            try:
                found.append(_party(row, columns, there, units))
            except InputInvalid as invalid:
                problems.append((row.line, invalid.text))
        problems += _repeated(found, lines)
    if problems:
        raise _refused(rows.path, sorted(problems, key=lambda problem: problem[0]))
    return found


def _columns(header: Sequence[str]) -> tuple[dict[str, str], list[Text]]:
    """What each column of the file is, and what is wrong with them."""
    found: dict[str, str] = {}
    wrong: list[Text] = []
    for name in header:
        channel = _CHANNEL.fullmatch(name)
        what = COLUMNS.get(name) or (f"{CHANNEL}{channel[1]}" if channel else None)
        if what is None:
            meant = meant_by(name, COLUMNS)
            wrong.append(
                Text(
                    f"不认识的列“{name}”{meant.zh or '；可用的列见 casework people import --help'}",
                    f"there is no column {name!r}{meant.en or '; `casework people import --help` lists them'}",
                )
            )
        elif what in found.values():
            wrong.append(Text(f"列“{name}”重复了", f"the column {name!r} is there twice"))
        else:
            found[name] = what
    if not wrong and not {"id", "name"} <= set(found.values()):
        wrong.append(Text("首行须有 id,name（或 编号,姓名）", "the first line must have id,name"))
    return found, wrong


def _party(row: Row, columns: Mapping[str, str], there: Mapping[str, Party], units: Iterable[str]) -> Party:
    if row.wrong is not None:
        raise InputInvalid(row.wrong)
    cells = {columns[name]: cell.strip() for name, cell in row.cells.items()}
    if not cells["id"] or not cells["name"]:
        raise InputInvalid(Text("须有编号和名称", "an id and a name are needed"))
    given = dict(_values(cells))
    if given.get("unit") and given["unit"] not in units:
        meant = meant_by(given["unit"], units)
        raise InputInvalid(
            Text(
                f"没有单位“{given['unit']}”{meant.zh or '；请先登记，或写在同一文件里'}",
                f"there is no unit {given['unit']!r}{meant.en or '; add it first, or in the same file'}",
            )
        )
    before = there.get(cells["id"], Party(cells["id"], cells["name"]))
    channels = {**before.channels, **{n.removeprefix(CHANNEL): c for n, c in cells.items() if n.startswith(CHANNEL)}}
    party = replace(before, **given, channels={name: address for name, address in channels.items() if address})
    check(party)
    return party


def _values(cells: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The fields of a party as the cells have them; raises InputInvalid for a cell that cannot be meant."""
    for name, cell in cells.items():
        if name in _CODES:
            codes = _CODES[name]
            if cell not in codes:
                allowed = [code for code in codes if code]
                raise InputInvalid(
                    Text(f"“{cell}”不能用；可写 {'、'.join(allowed)}", f"{cell!r} is not one of {', '.join(allowed)}")
                )
            yield name, codes[cell]
        elif name in _FORMS and cell and not _FORMS[name][0].fullmatch(cell):
            form = _FORMS[name][1]
            raise InputInvalid(Text(f"“{cell}”不是{form.zh}", f"{cell!r} is not {form.en}"))
        elif name == "groups":
            yield name, tuple(each.strip() for each in cell.replace("；", ";").split(";") if each.strip())
        elif not name.startswith(CHANNEL):
            yield name, cell or None


def _repeated(found: Sequence[Party], lines: Sequence[Row]) -> Iterator[tuple[int, Text]]:
    twice = {id for id, times in Counter(party.id for party in found).items() if times > 1}
    for party, row in zip(found, lines, strict=False):
        if party.id in twice:
            yield (
                row.line,
                Text(f"编号“{party.id}”在文件里不止一次", f"the id {party.id!r} is in the file more than once"),
            )


def _refused(path: Path, problems: Sequence[tuple[int, Text]]) -> InputInvalid:
    zh = [f"{path}:{line}: {text.zh}" for line, text in problems[:MOST]]
    en = [f"{path}:{line}: {text.en}" for line, text in problems[:MOST]]
    if len(problems) > MOST:
        zh.append(f"……共 {len(problems)} 处")
        en.append(f"… {len(problems)} in all")
    return InputInvalid(Text("\n".join(zh), "\n".join(en)))

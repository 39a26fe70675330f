"""A year's official notice of working days, from YAML: `casework calendar import FILE`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workflow.core.model import Text
from workflow.loading import words
from workflow.loading.compiling.sheet import scalars, value
from workflow.loading.forms import Misread, Record, Word, one_or_many
from workflow.loading.nodes import Scalar, Table
from workflow.loading.problems import Problems
from workflow.loading.reading import canonical, decode, read, read_bytes
from workflow.loading.shape.base import key

BETWEEN = ".."
_DATE = r"\d{4}-\d{2}-\d{2}"


@dataclass(frozen=True, slots=True)
class DayNotice:
    """What a notice says of one year of one region: the days off, and the weekend days that are worked."""

    region: str
    year: int
    source: str
    off: tuple[dt.date, ...]
    work: tuple[dt.date, ...]


def _days(node: Scalar) -> str:
    ends = node.text.split(BETWEEN)
    try:
        dates = [dt.date.fromisoformat(end) for end in ends]
    except ValueError:
        dates = []
    if len(dates) not in (1, 2) or dates != sorted(dates) or [each.isoformat() for each in dates] != ends:
        raise Misread("，如 2027-10-01 或 2027-10-01..2027-10-07", ", such as 2027-10-01 or 2027-10-01..2027-10-07")
    return node.text


DAYS = Word(
    Text(zh="日期或起止日期", en="a day or a span of days"),
    _days,
    {"type": "string", "pattern": f"^{_DATE}(\\.\\.{_DATE})?$"},
)
NOTICE = Record(
    {
        "casework-calendar": key(words.exactly(1), "本格式的版本，写 1", "the version of this format: 1", required=True),
        "year": key(words.whole(1900, 9998), "哪一年", "which year", required=True),
        "region": key(words.name(Text(zh="地区", en="region")), "地区；不写为 cn（全国）", "the region; without it cn, the whole country"),
        "source": key(words.FILLED, "通知的名称和文号", "the notice: its title and number", required=True),
        "off": key(one_or_many(DAYS), "放假的日子（周末可写可不写）", "days off (weekends may be left out)", required=True),
        "work": key(one_or_many(DAYS), "调休上班的周末", "weekend days that are worked"),
    }
)  # fmt: skip


def read_day_notice(path: str | Path) -> DayNotice:
    """The notice in a file. Raises LifecycleInvalid with every problem and its place, NotFound where there is no file."""
    return parse_day_notice(decode(read_bytes(path), str(path)), file=str(path))


def parse_day_notice(text: str, *, file: str = "") -> DayNotice:
    """The same from a text; `file` is its name in messages."""
    problems = Problems(file)
    table = NOTICE.check(read(canonical(text), file, problems), problems)
    problems.raise_if_any()
    assert isinstance(table, Table)
    year = int(str(value(table, "year")))
    region = str(value(table, "region", "cn"))
    found: dict[dt.date, str] = {}
    for name in ("off", "work"):
        for scalar in scalars(table.entries.get(name)):
            for day in _each(scalar.text):
                _check(problems, scalar, name, day, year, region, found)
                found[day] = name
    problems.raise_if_any()
    return DayNotice(
        region,
        year,
        str(value(table, "source")),
        tuple(sorted(day for day, name in found.items() if name == "off")),
        tuple(sorted(day for day, name in found.items() if name == "work")),
    )


def _each(text: str) -> Iterator[dt.date]:
    first, _, last = text.partition(BETWEEN)
    day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
    while day <= end:
        yield day
        day += dt.timedelta(days=1)


def _check(
    problems: Problems, node: Scalar, name: str, day: dt.date, year: int, region: str, found: dict[dt.date, str]
) -> None:
    if day.year != year:
        problems.add(
            node,
            "wrong_year",
            f"{day} 不在 {year} 年；一个文件只写一年",
            f"{day} is not in {year}; a file is about one year",
        )
    if day in found:
        problems.add(node, "duplicate", f"{day} 写了两次，请核对通知", f"{day} is there twice; look at the notice")
    if name == "work" and region == "cn" and day.weekday() < 5:
        problems.add(
            node, "not_a_weekend", f"{day} 不是周六或周日，本来就上班；请核对通知",
            f"{day} is no Saturday or Sunday and is worked anyway; look at the notice",
        )  # fmt: skip

"""The working days that the database holds: of the country, and over them those of the office's region."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from workflow.core import calendar_cn
from workflow.core.calendar import Calendar, china
from workflow.core.errors import Tampered
from workflow.core.model import Text
from workflow.store.tables import calendar_days

COUNTRY = "cn"


def rows_of(calendar: Calendar, region: str = COUNTRY) -> list[dict[str, Any]]:
    """A calendar's exceptions from Monday to Friday as rows."""
    return [
        {"region": region, "day": day.isoformat(), "works": int(works), "source": calendar.source, "version": calendar.version}
        for day, works in calendar.days.items()
    ]  # fmt: skip


def stored(sql: Connection) -> Calendar:
    """The calendar of this database. Every region that was loaded lies over the country's days. Raises Tampered for a
    day that is none.

    Its version is another one as soon as a single row is another. Years are announced from the first one that has rows
    to the last one before a year that has none.
    """
    rows = sql.execute(select(calendar_days).order_by(calendar_days.c.region, calendar_days.c.day)).all()
    return calendar_of((row.region, _day(row), bool(row.works), row.version, row.source) for row in rows)


def calendar_of(rows: Iterable[tuple[str, date, bool, str, str]]) -> Calendar:
    """The calendar of such rows: region, day, whether it is worked, version, source."""
    ordered = sorted(rows, key=lambda row: (row[0] != COUNTRY, row[0], row[1]))
    if not ordered:
        return china()
    days = {day: works for _, day, works, _, _ in ordered}
    years = {day.year for region, day, *_ in ordered if region == COUNTRY}
    first = min(years, default=0)
    last = next(year for year in count(first) if year not in years) - 1 if years else 0
    seeded = {(COUNTRY, day, works) for day, works in china().days.items()}
    found = {(region, day, works) for region, day, works, _, _ in ordered}
    version = calendar_cn.VERSION
    if found != seeded:
        text = "\n".join(f"{region} {day} {works:d}" for region, day, works, *_ in ordered)
        version += "+" + hashlib.sha256(text.encode()).hexdigest()[:8]
    sources = dict.fromkeys(source for *_, source in ordered)
    return Calendar(days, first, last, version, "；".join(sources), calendar_cn.STATUTORY)


def digest_of(days: Iterable[tuple[str, bool]]) -> str:
    """The hash of the days of one year of one region, as in ISO 8601, each with whether it is worked; hexadecimal."""
    text = "\n".join(f"{day} {works:d}" for day, works in sorted(days, key=lambda each: (each[1], each[0])))
    return hashlib.sha256(text.encode()).hexdigest()


def replace_year(sql: Connection, region: str, year: int, rows: list[dict[str, Any]]) -> None:
    """Put the days of one year of one region in the place of what was there."""
    table = calendar_days
    of_year = (table.c.day >= f"{year}-01-01", table.c.day <= f"{year}-12-31")
    sql.execute(delete(table).where(table.c.region == region, *of_year))
    if rows:
        sql.execute(insert(table), rows)


def drop_nonsense(sql: Connection) -> None:
    """Remove the rows whose day is none: they say nothing, and no calendar can be read where they are."""
    table = calendar_days
    for row in sql.execute(select(table)).all():
        try:
            _day(row)
        except Tampered:
            sql.execute(delete(table).where(table.c.region == row.region, table.c.day == row.day))


def all_rows(sql: Connection) -> list[tuple[str, date, bool, str, str]]:
    """Every row: region, day, whether it is worked, version, source. Raises Tampered for a day that is none."""
    return [
        (row.region, _day(row), bool(row.works), row.version, row.source) for row in sql.execute(select(calendar_days))
    ]


def _day(row: Any) -> date:
    try:
        return date.fromisoformat(row.day)
    except ValueError:
        raise Tampered(
            Text(
                f"工作日表里 {row.region} 的“{row.day}”不是日期，有人直接改了库；请运行 casework audit verify，"
                "并用 casework calendar import 重新导入那一年的通知",
                f"the table of working days has {row.day!r} for {row.region}, which is no date: somebody changed the "
                "database by hand; run `casework audit verify`, and load that year's notice again with `casework calendar import`",
            )
        ) from None

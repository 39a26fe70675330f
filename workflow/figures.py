"""What a report consists of: a period, figures with their numerators and denominators, and tallies of two columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflow.core.calendar import local
from workflow.core.errors import InputInvalid
from workflow.core.model import Json, Language, Micros, Text

EMPTY = "—"  # a rate of nothing: neither 0 % nor 100 %


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` to `until`, both days included; None leaves that side open."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, year: int | None = None, since: date | None = None, until: date | None = None) -> Period:
        """A calendar year, or a span of days; `InputInvalid` for both at once and for a span that ends before it begins."""
        if year is not None:
            if since or until:
                raise InputInvalid(
                    Text(zh="请只给年份或起止日期之一", en="give either a year or a span of days, not both")
                )
            if not 1 <= year <= 9998:
                raise InputInvalid(
                    Text(zh=f"年份 {year} 不在 1 至 9998 之间", en=f"the year {year} is not between 1 and 9998")
                )
            return cls(date(year, 1, 1), date(year, 12, 31))
        if since and until and until < since:
            raise InputInvalid(
                Text(
                    zh=f"止日 {until} 早于起日 {since}；请对调",
                    en=f"the span ends ({until}) before it begins ({since})",
                )
            )
        return cls(since, until)

    def holds(self, moment: Micros) -> bool:
        """Whether the moment falls on one of these days, on the office's clock."""
        day = local(moment).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def __str__(self) -> str:
        """ "2022" for a calendar year, else an ISO 8601 interval with ".." for an open side."""
        if (
            self.since
            and self.until
            and (self.since, self.until) == (date(self.since.year, 1, 1), date(self.since.year, 12, 31))
        ):
            return f"{self.since.year:04d}"
        return f"{self.since or '..'}/{self.until or '..'}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure: a number, or the rate `count` / `of` in `value` (None where there is no `of`, or it is 0)."""

    id: str
    label: Text
    count: int
    of: int | None
    value: str | None
    definition: Text
    rule: Text | None = None  # by which it tells in time from overdue, where it does
    count_ids: tuple[str, ...] = ()
    of_ids: tuple[str, ...] = ()

    @property
    def printed(self) -> str:
        """What stands in the report: "95.35%", "140", or "—" for a rate of nothing."""
        if self.of is None:
            return str(self.count)
        return EMPTY if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a tally: `cases` (条) with at least one such part, and `items` (条次)."""

    part: str
    label: Text
    cases: int
    items: int
    case_ids: tuple[str, ...] = ()
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A tally: its rows in the order of the declaration."""

    id: str
    label: Text
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one lifecycle for one period, as recorded by the cut-off and judged by that version of the calendar."""

    lifecycle: str
    label: Text
    period: Period
    cut_off: Micros
    calendar: str
    cases: int
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()
    with_ids: bool = field(default=False, repr=False)

    def figure(self, id: str) -> Figure:
        """The figure of the metric with this id; KeyError where the lifecycle declares none."""
        return {figure.id: figure for figure in self.figures}[id]

    def row(self, tally: str, part: str) -> Row:
        """The line of a tally; KeyError where there is none."""
        return {(table.id, row.part): row for table in self.tables for row in table.rows}[tally, part]

    def as_json(self, language: Language = "zh") -> dict[str, Json]:
        """What `casework report --json` prints; `cut_off` is ISO 8601 on the office's clock."""
        return {
            "lifecycle": self.lifecycle,
            "period": str(self.period),
            "cut_off": local(self.cut_off).isoformat(timespec="seconds"),
            "calendar": self.calendar,
            "cases": self.cases,
            "metrics": [self._figure_json(figure, language) for figure in self.figures],
            "tallies": {
                table.id: {row.part: self._row_json(row, language) for row in table.rows} for table in self.tables
            },
        }

    def _figure_json(self, figure: Figure, language: Language) -> dict[str, Json]:
        ids: dict[str, Json] = {"count": list(figure.count_ids), "of": list(figure.of_ids)}
        return {
            "id": figure.id,
            "label": figure.label.say(language),
            "count": figure.count,
            "of": figure.of,
            "value": figure.value,
            "definition": figure.definition.say(language),
            "rule": None if figure.rule is None else figure.rule.say(language),
            **({"ids": ids} if self.with_ids else {}),
        }

    def _row_json(self, row: Row, language: Language) -> dict[str, Json]:
        ids: dict[str, Json] = {"cases": list(row.case_ids), "items": list(row.item_ids)}
        return {
            "label": row.label.say(language),
            "cases": row.cases,
            "items": row.items,
            **({"ids": ids} if self.with_ids else {}),
        }

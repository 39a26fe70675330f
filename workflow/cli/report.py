"""`report`: the figures of a period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli import names, times, values
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say, spoken
from workflow.cli.table import print_table, table
from workflow.cli.width import wrap
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.figures import Figure, Report

WIDTH = 76  # columns of a definition


@command(
    argument("lifecycle", shell_complete=suggest("lifecycles"), zh="流程，如 opinion 或 社情民意", en="a lifecycle, e.g. opinion"),
    option("--year", type=int, metavar="YEAR", zh="哪一年", en="a calendar year"),
    option("--since", metavar="DATE", zh="或：起日", en="or: the first day"),
    option("--until", metavar="DATE", zh="止日（含）", en="the last day, included"),
    option("--as-of", "as_of", metavar="DATE", zh="截至何时的记录（默认现在）", en="the cut-off: as recorded by then (now)"),
    option("--by", type=click.Choice(["unit"]), zh="改列各单位按期、逾期的件数", en="instead: on time and overdue by unit"),
    option("--ids", is_flag=True, zh="JSON 里列出每个数字背后的办件", en="with the ids behind each figure, in the JSON"),
    zh="期间按每一件进入统计起点的日期算；其余按截止时的记录算。",
    en="A case belongs to the period in which it entered the state that counts; all else is taken as recorded by the cut-off.",
    gives='`{"lifecycle", "period", "cut_off", "calendar", "cases", "metrics": [{"id", "label", "count", "of", "value", "definition", "rule"}], '
    '"tallies": {tally: {part: {"label", "cases", "items"}}}}`; `value` is null for a count and for a rate of nothing. '
    'With `--by unit`, `{"lifecycle", "period", "cut_off", "calendar", "rule", "units": [{"unit", "deadline", "on_time", "overdue", "rate"}]}`.',
)  # fmt: skip
def report(
    desk: Desk,
    lifecycle: str,
    year: int | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
    by: str | None,
    ids: bool,
) -> None:
    """Compute and print the declared metrics and tallies."""
    from workflow.reporting import report as figures_of

    engine = desk.engine
    if by is not None:
        _by_unit(desk, names.lifecycle(engine, lifecycle).name, year, since, until, as_of)
        return
    found = figures_of(
        engine,
        names.lifecycle(engine, lifecycle).name,
        year=year,
        since=_day(since),
        until=_day(until),
        as_of=times.moment(as_of) if as_of else None,
        ids=ids,
    )
    desk.answer(found.as_json(spoken()), lambda: print_report(found))


def _by_unit(
    desk: Desk, lifecycle: str, year: int | None, since: str | None, until: str | None, as_of: str | None
) -> None:
    from workflow.counting import COUNTING_RULE
    from workflow.figures import Period
    from workflow.reporting import punctuality

    engine = desk.engine
    cut_off = times.moment(as_of) if as_of else engine.now()
    first, last = _day(since), _day(until)
    found = punctuality(engine, lifecycle, year=year, since=first, until=last, as_of=cut_off)
    period = Period.of(year, first, last)
    known = engine.people.names([each.unit for each in found if each.unit])
    data = {
        "lifecycle": lifecycle,
        "period": str(period),
        "cut_off": times.iso(cut_off),
        "calendar": engine.calendar().version,
        "rule": {"zh": COUNTING_RULE.zh, "en": COUNTING_RULE.en},
        "units": [
            {
                "unit": each.unit,
                "deadline": each.deadline,
                "on_time": each.on_time,
                "overdue": each.overdue,
                "rate": each.rate,
            }
            for each in found
        ],
    }

    def human() -> None:
        label = names.label(engine.lifecycle(lifecycle).label, lifecycle)
        recorded = say(f"截至 {times.stamp(cut_off)} 的记录", f"as recorded by {times.stamp(cut_off)}")
        click.echo(click.style(f"{label}  {period}", bold=True) + f"  {recorded}")
        click.echo()
        rows = [
            [known.get(each.unit or "", each.unit or "—"), names.label(each.label, each.deadline), str(each.on_time),
             str(each.overdue), each.rate or "—"]
            for each in found
        ]  # fmt: skip
        print_table(
            say("单位 时限 按期 逾期 按期率", "unit deadline on-time overdue rate").split(), rows, numbers=(2, 3, 4)
        )
        _tell_rule(COUNTING_RULE)

    desk.answer(data, human)


def print_report(found: Report) -> None:
    """The figures as tables."""
    heading = f"{said(found.label)}  {found.period}"
    cut_off = say(
        f"截至 {times.stamp(found.cut_off)} 的记录，共 {found.cases} 件",
        f"as recorded by {times.stamp(found.cut_off)}; {found.cases} cases",
    )
    click.echo(click.style(heading, bold=True) + f"  {cut_off}")
    click.echo()
    headings = say("指标 数 总数 结果", "figure count of value").split()
    rows = [[said(each.label) or each.id, str(each.count), *_of(each)] for each in found.figures]
    heading, rule, *lines = table(headings, rows, numbers=(1, 2, 3))
    click.echo(f"{heading}\n{rule}")
    for each, laid in zip(found.figures, lines, strict=True):
        click.echo(laid)
        for below in wrap(said(each.definition), WIDTH):
            click.echo(click.style(f"    {below}", dim=True))
    for counting in dict.fromkeys(each.rule for each in found.figures if each.rule is not None):
        click.echo()
        _tell_rule(counting)
    for tally in found.tables:
        click.echo()
        headings = [said(tally.label) or tally.id, say("条", "cases"), say("条次", "items")]
        print_table(
            headings, [[said(r.label) or r.part, str(r.cases), str(r.items)] for r in tally.rows], numbers=(1, 2)
        )


def _tell_rule(rule: Text) -> None:
    for line in wrap(said(rule), WIDTH):
        click.echo(click.style(line, dim=True))


def _of(figure: Figure) -> tuple[str, str]:
    """The denominator and the rate; a count has neither."""
    return ("", "") if figure.of is None else (str(figure.of), figure.printed)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(values.day(text))
    except ValueError:
        raise InputInvalid(
            Text(zh=f"“{text}”不是日期；请写成 2022-03-01", en=f"{text!r} is not a date; write 2022-03-01")
        ) from None

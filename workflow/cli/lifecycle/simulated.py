"""What a simulation came to, as tables, and the course of a case in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from workflow.cli import names, times
from workflow.cli.language import said, say, spoken
from workflow.cli.table import print_table
from workflow.cli.width import wrap
from workflow.core.model import EDIT, OPEN, Lifecycle, Text
from workflow.simulating.course import Course, Deed
from workflow.simulating.report import Row, rows
from workflow.simulating.simulation import Simulated
from workflow.spreadsheets import written

WIDTH = 76
WORST = 10  # units that are named in the table; all are in the JSON and in the CSV


def print_report(lifecycle: Lifecycle, data: Row, done: Simulated) -> None:
    """The figures as tables, then what was found with the shortest course to each."""
    head = say(
        f"种子 {data['seed']}，{data['cases']} 件，{data['records']} 条记录；时间以工作日计",
        f"seed {data['seed']}, {data['cases']} cases, {data['records']} records; times in working days",
    )
    click.echo(click.style(names.label(lifecycle.label, lifecycle.name), bold=True) + f"  {head}")
    for count, zh, en in (
        (data["unopened"], "件没能开办", "cases could not be opened"),
        (data["unfinished"], "件没有走完", "cases did not come to an end"),
    ):
        if count:
            click.echo(click.style(say(f"{count} {zh}", f"{count} {en}"), fg="yellow"))
    _outcomes(lifecycle, data)
    _states(lifecycle, data)
    _deadlines(lifecycle, data)
    _roles(lifecycle, data)
    _unused(lifecycle, data)
    for finding in done.findings:
        click.echo()
        click.echo(click.style(said(finding.fault.text), fg="red", bold=True))
        shown = say(
            f"最短经过（第 {finding.first} 件，{finding.length} 步缩为 {len(finding.course)} 步）：",
            f"the shortest course (case {finding.first}, {finding.length} steps cut down to {len(finding.course)}):",
        )
        click.echo(shown)
        _course(lifecycle, finding.course)
    if not done.findings:
        click.echo()
        click.echo(say("每一步都检查过，没有发现问题。", "Every step was checked; nothing is wrong."))


def print_course(walked: Course, case: int) -> None:
    """Everything that happened to one case, and what was wrong with it."""
    lifecycle = walked.lifecycle
    click.echo(click.style(say(f"第 {case} 件", f"case {case}"), bold=True))
    _course(lifecycle, walked.deeds)
    if walked.file is not None:
        root = walked.file.root
        click.echo(say("最后：", "in the end: ") + names.state(lifecycle.root, root.state))
    for fault in walked.faults.values():
        click.echo(click.style(said(fault.text), fg="red"))


def print_compared(lifecycle: Lifecycle, other: str, differs: Sequence[Sequence[Any]]) -> None:
    """The figures that differ between two lifecycles."""
    click.echo()
    if not differs:
        click.echo(say(f"与 {other} 没有不同。", f"No figure differs from {other}."))
        return
    headings = [*say("表 项目 数字", "table about figure").split(), lifecycle.name, other]
    print_table(headings, [["" if cell is None else str(cell) for cell in each] for each in differs], numbers=(3, 4))


def write_csv(file: Path, data: Row) -> None:
    """Every figure a row, in UTF-8 with the mark that spreadsheets look for."""
    table = [("table", "about", "figure", "value"), *rows(data)]
    cells = [["" if cell is None else str(cell) for cell in row] for row in table]
    file.write_text(written(cells), encoding="utf-8-sig", newline="")


def _outcomes(lifecycle: Lifecycle, data: Row) -> None:
    click.echo()
    print_table(
        say("结局 件 占比", "outcome cases share").split(),
        [[names.state(lifecycle.root, each["state"]), str(each["cases"]), each["share"]] for each in data["outcomes"]],
        numbers=(1, 2),
    )


def _states(lifecycle: Lifecycle, data: Row) -> None:
    click.echo()
    print_table(
        [say("所处状态", "time in state"), *say("次 中位 九成内", "times median p90").split()],
        [
            [_where(lifecycle, each["kind"], each["state"]), str(each["spells"]), str(each["median"]), str(each["p90"])]
            for each in data["states"]
        ],
        numbers=(1, 2, 3),
    )


def _deadlines(lifecycle: Lifecycle, data: Row) -> None:
    labels = {each.name: each.label for kind in lifecycle.clocks.values() for each in kind}
    headings = say("时限 单位 逾期 应办 逾期率", "deadline unit overdue of rate").split()
    totals = [each for each in data["deadlines"] if not each["unit"]]
    worst = sorted((each for each in data["deadlines"] if each["unit"] and each["overdue"]), key=_by_overdue)[:WORST]
    for title, chosen in ((say("全部", "all"), totals), ("", worst)):
        if chosen:
            click.echo()
            print_table(
                headings,
                [
                    [names.label(labels[each["deadline"]], each["deadline"]), each["unit"] or title,
                     str(each["overdue"]), str(each["of"]), each["rate"]]
                    for each in chosen
                ],
                numbers=(2, 3, 4),
            )  # fmt: skip


def _by_overdue(row: Row) -> tuple[int, str, str]:
    return -row["overdue"], row["deadline"], row["unit"]


def _roles(lifecycle: Lifecycle, data: Row) -> None:
    if not data["roles"]:
        return
    click.echo()
    print_table(
        say("待办 平均件数 最多件数 最多的一天", "to-do mean most on").split(),
        [
            [names.label(lifecycle.roles[each["role"]].label, each["role"]) if each["role"] in lifecycle.roles else each["role"],
             str(each["mean"]), str(each["most"]), each["most_on"]]
            for each in data["roles"]
        ],
        numbers=(1, 2),
    )  # fmt: skip


def _unused(lifecycle: Lifecycle, data: Row) -> None:
    for rows_, zh, en in (
        (data["never_taken"], "从未做过的动作：", "actions never taken: "),
        (data["never_accepted"], "试过而从未被接受的动作：", "actions tried and never accepted: "),
    ):
        if rows_:
            told = say("、", ", ").join(_action(lifecycle, each["kind"], each["action"]) for each in rows_)
            click.echo()
            for line in wrap(say(zh, en) + told, WIDTH):
                click.echo(line)


def _course(lifecycle: Lifecycle, deeds: Iterable[Deed]) -> None:
    for deed in deeds:
        click.echo("  " + _deed(lifecycle, deed))


def _deed(lifecycle: Lifecycle, deed: Deed) -> str:
    """`2022-03-14 12:07  unit-15-clerk  承办件 unit-15：申请退办（suggest=unit-06）`."""
    if deed.clock:
        labels = {each.name: each.label for each in lifecycle.clocks.get(deed.kind, ())}
        what = say("时限：", "clock: ") + names.label(labels.get(deed.action, Text()), deed.action)
    elif deed.actor is None and deed.other is not None:
        what = say(f"所指的另一件到了“{deed.other[1].state}”", f"the case it names is in {deed.other[1].state!r}")
    else:
        what = _action(lifecycle, deed.kind, deed.action, key=deed.key)
    who = deed.actor.id if deed.actor is not None else say("（自动）", "(by itself)")
    given = ", ".join(f"{name}={value}" for name, value in deed.input.items())
    if given:
        what += f"（{given}）" if spoken() == "zh" else f" ({given})"
    refused = say("：被拒绝", ": refused") if deed.refused else ""
    return f"{times.stamp(deed.at)}  {who}  {what}{refused}"


def _action(lifecycle: Lifecycle, kind_name: str, action: str, *, key: str = "") -> str:
    kind = lifecycle.kind(kind_name)
    known = {OPEN: Text("新开", "open"), EDIT: Text("修改", "edit")}
    label = kind.transitions[action].label if action in kind.transitions else known.get(action, Text())
    name = names.label(label, action)
    if not kind.name:
        return name
    return f"{names.label(kind.label, kind.name)} {key}".rstrip() + say("：", ": ") + name


def _where(lifecycle: Lifecycle, kind_name: str, state: str) -> str:
    kind = lifecycle.kind(kind_name)
    name = names.state(kind, state)
    return f"{names.label(kind.label, kind.name)}{say('：', ': ')}{name}" if kind.name else name

"""`history`: everything that happened to a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from workflow.cli import names, phrases, times
from workflow.cli.command import CASE, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.table import table
from workflow.cli.width import plain


@command(
    CASE,
    option("--moves", is_flag=True, zh="不列被拒绝的", en="without what was refused"),
    gives='an array of the audit records as they are stored.',
)  # fmt: skip
def history(desk: Desk, case: str, moves: bool) -> None:
    """Who did what, and when; a part's own records where a part is named."""
    engine = desk.engine
    actor = desk.reader()
    file, found = names.find(engine, case, actor)
    lifecycle = engine.lifecycle(found.lifecycle, found.version)
    records = [
        each
        for each in engine.history(found.root, actor)
        if (found is file.root or each.get("case") == found.id or each["kind"] == "migration")
        and not (moves and each["kind"] == "refusal")
    ]
    mentioned = [each.holder for each in file if each.holder] + [
        r["who"]["for"] for r in records if r["who"].get("for")
    ]
    known = engine.people.names(list(dict.fromkeys(mentioned)))

    def human() -> None:
        click.echo(click.style(phrases.heading(file, found, lifecycle), bold=True))
        told = [phrases.happened(record, file, lifecycle, known) for record in records]
        rows = [
            [times.stamp(record["at"]), each["who"], each["where"], each["what"], each["way"]]
            for record, each in zip(records, told, strict=True)
        ]
        headings = say("时间 谁 分件 动作 状态", "when who part action state").split()
        heading, rule, *lines = table(headings, rows)
        click.echo(f"{heading}\n{rule}")
        for record, each, laid in zip(records, told, lines, strict=True):
            click.echo(laid)
            for below in _below(record, each["note"]):
                click.echo(" " * 18 + below)

    desk.answer(records, human)


def _below(record: Mapping[str, Any], note: str) -> list[str]:
    """What stands under a line: when it took place, where that differs, and the note, or why it was refused."""
    lines = []
    if "happened" in record:
        lines.append(say("发生于 ", "took place on ") + times.stamp(record["happened"]))
    if note:
        shown = [f"  {each}" if place else each for place, each in enumerate(plain(note).splitlines())]
        lines += [click.style(each, fg="red") for each in shown] if record["kind"] == "refusal" else shown
    return lines

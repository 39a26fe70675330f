"""`todo`: what waits for a person."""

from __future__ import annotations

import click

from workflow.cli import names, times
from workflow.cli.command import command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.table import print_table
from workflow.core.errors import InputInvalid
from workflow.core.model import Text


@command(
    option("--for", "behalf", metavar="PARTY", shell_complete=suggest("people"),
           zh="看谁的待办（代录入时）", en="whose list (when typing for somebody)"),
    option("--limit", type=click.IntRange(1, 1000), default=50, metavar="N", zh="最多几件（默认 50）", en="at most so many (50)"),
    option("--after", metavar="ID", zh="从这一件之后接着列（JSON 里的 after）", en="go on after this one (an `after` of the JSON)"),
    gives='an array of `{"id", "name", "number", "title", "lifecycle", "part", "key", "state", "state_label", "since", "party", "after"}`.',
)  # fmt: skip
def todo(desk: Desk, behalf: str | None, limit: int, after: str | None) -> None:
    """The to-do list, oldest first."""
    engine = desk.engine
    actor = desk.actor(names.party(engine, behalf) if behalf else None)
    waiting = engine.todo(actor, after=_after(after) if after else None, limit=limit)
    now = desk.engine.now()
    rows = []
    data = []
    for each in waiting:
        case = each.case
        lifecycle = engine.lifecycle(case.lifecycle, case.version)
        kind = lifecycle.kind(case.kind)
        root = names.root_called(each.root_number, case.root)
        called = f"{root}/{case.kind}:{case.key}" if case.kind else root
        what = names.label(kind.label if case.kind else lifecycle.label, case.kind or case.lifecycle)
        rows.append(
            [called, each.title, what, said(each.state), times.stamp(each.since), times.waited(each.since, now)]
        )
        data.append(
            {
                "id": case.id,
                "name": called,
                "number": each.root_number,
                "title": each.title,
                "lifecycle": case.lifecycle,
                "part": case.kind or None,
                "key": case.key or None,
                "state": case.state,
                "state_label": both(each.state),
                "since": times.iso(each.since),
                "party": each.party,
                "after": f"{each.since}:{each.case.id}",
            }
        )

    def human() -> None:
        if not rows:
            click.echo(say("没有等着办的事。", "nothing waits."))
            return
        headings = say("编号 案由 类别 状态 自何时 已等", "number title kind state since waiting")
        print_table(headings.split(), rows, elastic=1)
        if len(rows) == limit:
            click.echo(
                say(f"只列了前 {limit} 件；--limit 可多列", f"only the first {limit}; --limit for more"), err=True
            )

    desk.answer(data, human)


def _after(mark: str) -> tuple[int, str]:
    since, _, id = mark.partition(":")
    if not since.isdigit() or not id:
        raise InputInvalid(
            Text(
                zh=f"--after “{mark}”不对；请用上一页 JSON 里最后一件的 after",
                en=f"--after {mark!r} is no mark; take `after` of the last case of the page before, from its JSON",
            )
        )
    return int(since), id

"""`clock`: when a case is due and why, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from workflow.cli import names, times
from workflow.cli.calendar import steps, tell, values_day
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.table import print_table
from workflow.core.errors import NotFound
from workflow.core.explaining import Account
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.timers import Due

_STANDING = {
    "running": Text("在计", "running"),
    "paused": Text("停计", "stands still"),
    "overdue": Text("已逾期", "overdue"),
    "on_time": Text("按期办结", "ended on time"),
    "late": Text("逾期办结", "ended late"),
}


@command(
    argument("case", shell_complete=suggest("cases"), zh="办件：编号、编号开头，或分件 编号/类别:名称", en="a case: its number or the beginning of it; a part as NUMBER/part:key"),
    argument("deadline", required=False, metavar="[DEADLINE]", zh="只要这个时限", en="only this deadline"),
    zh="逐日说明到期日怎样算来，可以在电话里念。", en="Day by day how the due date came about, to be read out on the phone.",
    gives='an array of `{"case", "name", "deadline", "label", "standing", "since", "ended", "last", "due", "paused", "provisional", "calendar", "steps": [{"from", "to", "kind", "zh", "en"}]}`; '
    "`standing` is running, paused, overdue, on_time or late.",
)  # fmt: skip
def explain(desk: Desk, case: str, deadline: str | None) -> None:
    """Why a case is due when it is."""
    from workflow.timers import accounts

    file, found = names.find(desk.engine, case, desk.reader())
    shown = accounts(desk.engine, found.id, deadline)
    if deadline is not None and not shown:
        known = dict.fromkeys(account.deadline.name for _, account in accounts(desk.engine, found.id))
        raise NotFound(Text("时限", "deadline"), deadline, list(known))
    data = [
        {
            "case": each.id,
            "name": names.called(file, each),
            "deadline": account.deadline.name,
            "label": both(account.deadline.label),
            "standing": account.standing,
            "since": times.iso(account.since),
            "ended": None if account.ended is None else times.iso(account.ended),
            "last": None if account.end is None else account.end.last.isoformat(),
            "due": None if account.end is None else times.iso(account.end.due),
            "paused": None if account.paused is None else times.iso(account.paused),
            "provisional": account.end is not None and account.end.provisional,
            "calendar": account.calendar,
            "steps": steps(account.lines),
        }
        for each, account in shown
    ]

    def human() -> None:
        if not shown:
            click.echo(say("这一件没有时限。", "this case has no deadlines."))
        for number, (each, account) in enumerate(shown):
            if number:
                click.echo()
            click.echo(click.style(f"{names.called(file, each)}  {_heading(account)}", bold=True))
            tell(account.lines)
            if account.ended is not None:
                click.echo(say(f"已于 {times.stamp(account.ended)} 办结", f"it ended on {times.stamp(account.ended)}"))

    desk.answer(data, human)


def _heading(account: Account) -> str:
    return f"{names.label(account.deadline.label, account.deadline.name)}  {said(_STANDING[account.standing])}"


@command(
    option("--unit", metavar="PARTY", shell_complete=suggest("people"), zh="只列这个单位承办的", en="only what this unit holds"),
    option("--overdue", is_flag=True, zh="只列已逾期的", en="only what is overdue"),
    option("--limit", type=click.IntRange(1, 1000), default=50, metavar="N", zh="最多几条（默认 50）", en="at most so many (50)"),
    zh="最早到期的在前，逾期的在最前；停计的列在最后，说明从何时起、因何状态停计。", en="The earliest end first, so what is overdue is at the top; clocks that stand still come last, with since when and in which state.",
    gives='an array of `{"case", "number", "title", "lifecycle", "part", "key", "holder", "state", "deadline", "label", "last", "due", "provisional", "overdue", "paused", "stopped_by", "reason"}`; '
    "`last` and `due` are null while it stands still, since `paused`.",
)  # fmt: skip
def list_(desk: Desk, unit: str | None, overdue: bool, limit: int) -> None:
    """The due dates of the open cases."""
    from workflow.timers import due_dates

    engine = desk.engine
    found = due_dates(engine, unit=names.party(engine, unit) if unit else None, overdue=overdue, limit=limit)
    data = [
        {
            "case": each.case, "number": each.number, "title": each.title, "lifecycle": each.lifecycle,
            "part": each.kind or None, "key": each.key or None, "holder": each.holder, "state": each.state,
            "deadline": each.deadline, "label": both(each.label),
            "last": None if each.due is None else values_day(each.due),
            "due": None if each.due is None else times.iso(each.due),
            "provisional": each.provisional, "overdue": each.overdue,
            "paused": None if each.paused is None else times.iso(each.paused),
            "stopped_by": None if each.stopped_by is None else both(each.stopped_by), "reason": each.reason,
        }
        for each in found
    ]  # fmt: skip

    def human() -> None:
        if not found:
            click.echo(say("没有在计的时限。", "no clock is running."))
            return
        known = engine.people.names([each.holder for each in found if each.holder])
        rows = [
            ["" if each.due is None else values_day(each.due), _mark(each), names.label(each.label, each.deadline),
             _called(each), known.get(each.holder or "", each.holder or ""), each.title or ""]
            for each in found
        ]  # fmt: skip
        print_table(
            say("到期 标记 时限 编号 承办 案由", "due mark deadline number holder title").split(), rows, elastic=5
        )
        for each in found:
            if each.reason is not None:
                click.echo(
                    say(
                        f"须有人办理：{_called(each)}，{each.reason}", f"needs a person: {_called(each)}, {each.reason}"
                    )
                )

    desk.answer(data, human)


def _called(each: Due) -> str:
    """What to type to name the case that the clock belongs to."""
    root = names.root_called(each.number, each.file)
    return f"{root}/{each.kind}:{each.key}" if each.kind else root


def _mark(each: Due) -> str:
    if each.paused is not None and each.stopped_by is not None:
        day = times.stamp(each.paused)[:10]
        return say(f"{day} 起停计（{said(each.stopped_by)}）", f"stopped {day} ({said(each.stopped_by)})")
    marks = [say("逾期", "overdue")] * each.overdue + [say("暂定", "provisional")] * each.provisional
    return say("、", ", ").join(marks)

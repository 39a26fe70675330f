"""`incidents`: what has stopped, and what becomes of it."""

from __future__ import annotations

from typing import Any, Literal

import click

from workflow import incidents
from workflow.cli import times
from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.table import print_table

ID = argument("id", zh="异常编号，或能认出它的开头", en="the incident's id, or a beginning of it")
NOTE = option("--note", required=True, metavar="TEXT", zh="怎么处理的、为什么", en="what was done, and why")
SHAPE = '`{"id", "kind", "about", "case", "state", "zh", "en", "times", "at", "last_at", "ended_by", "note"}`'


@command(
    option("--all", "every", is_flag=True, zh="连同已处理的", en="those that were resolved too"),
    gives=f"an array of {SHAPE}.",
)
def list_(desk: Desk, every: bool) -> None:
    """What has stopped, the newest first."""
    found = incidents.listed(desk.engine, None if every else "open")

    def human() -> None:
        if not found:
            click.echo(say("没有异常", "nothing has stopped"))
            return
        headings = say("编号 时间 次数 状态 原因", "id since times state reason").split()
        rows = [[each.id, times.stamp(each.at), str(each.times), _state(each), said(each.text)] for each in found]
        print_table(headings, rows, numbers=(2,), elastic=4)

    desk.answer([_json(each) for each in found], human)


@command(ID, NOTE, gives=f"{SHAPE}.")
def retry(desk: Desk, id: str, note: str) -> None:
    """Try again what stopped."""
    _resolve(desk, id, "retry", note)


@command(ID, NOTE, gives=f"{SHAPE}.")
def skip(desk: Desk, id: str, note: str) -> None:
    """Leave it as it is, and say why."""
    _resolve(desk, id, "skip", note)


def _resolve(desk: Desk, id: str, how: Literal["retry", "skip"], note: str) -> None:
    from workflow.remedies import REMEDIES

    ended = incidents.resolve(desk.engine, id, how, desk.actor(), note, REMEDIES)
    desk.answer(_json(ended), lambda: click.echo(f"{_state(ended)}{say('：', ': ')}{said(ended.text)}"))


def _state(incident: incidents.Incident) -> str:
    words = {
        "open": say("未处理", "open"),
        "retried": say("已重试", "retried"),
        "skipped": say("已跳过", "skipped"),
        "ended": say("已消除", "over"),
    }
    return words[incident.state]


def _json(incident: incidents.Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "about": incident.about,
        "case": incident.file,
        "state": incident.state,
        **both(incident.text),
        "times": incident.times,
        "at": times.iso(incident.at),
        "last_at": times.iso(incident.last_at),
        "ended_by": incident.ended_by,
        "note": incident.note,
    }

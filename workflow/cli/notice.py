"""`notice`: what was sent to whom, what was not and why, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workflow import notices
from workflow.cli import names, times
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import say, spoken
from workflow.cli.posting import TEMPLATES
from workflow.cli.table import print_table
from workflow.store.tables import OFFICE

STATES = ("pending", "sent", "parked", "failed")
KEY = argument("key", zh="通知编号，见 notice list", en="the notice's key, from `notice list`")
NOTE = option(
    "--note", required=True, metavar="TEXT",
    zh="理由，与办理人一起记入审计记录", en="the reason; it is recorded with your name",
)  # fmt: skip
SHAPE = '`{"key", "case", "to", "recipient", "template", "state", "attempts", "channel", "address", "language", "subject", "body", "copy", "urgent", "digest", "reason", "next_at", "sent_at"}`'


@command(
    option("--state", type=click.Choice(STATES), metavar="|".join(STATES), zh="只列这一状态", en="only in this state"),
    option("--channel", metavar="NAME", zh="只列这一渠道", en="only over this channel"),
    option("--to", metavar="PARTY", shell_complete=suggest("people"), zh="只列给这一方的", en="only to this party"),
    option("--case", metavar="CASE", shell_complete=suggest("cases"), zh="只列这一件的", en="only of this case"),
    option("--limit", type=click.IntRange(1, 10_000), default=50, metavar="N", zh="最多几条（默认 50）", en="at most so many (50)"),
    gives=f"an array of {SHAPE}.",
)  # fmt: skip
def list_(desk: Desk, state: Any, channel: str | None, to: str | None, case: str | None, limit: int) -> None:
    """Notices, those of the newest cases first."""
    engine = desk.engine
    found = notices.listed(
        engine, state=state, channel=channel, party=names.party(engine, to) if to else None, case=case, limit=limit
    )

    def human() -> None:
        if not found:
            click.echo(say("没有通知", "there are no notices"))
            return
        headings = say("编号 收件人 渠道 状态 标题或原因", "key to channel state subject-or-reason").split()
        rows = [
            [each.key, each.recipient or each.party, each.channel or "", _state(each), each.reason or each.subject or each.template]
            for each in found
        ]  # fmt: skip
        print_table(headings, rows, elastic=4)

    desk.answer([_json(each) for each in found], human)


@command(KEY, gives=f"{SHAPE}.")
def show(desk: Desk, key: str) -> None:
    """One notice: its words, and what became of it."""
    posted = notices.get(desk.engine, key)
    desk.answer(_json(posted), lambda: _print(posted))


@command(KEY, NOTE, gives=f"{SHAPE}.")
def retry(desk: Desk, key: str, note: str) -> None:
    """Address it anew and try it again, by itself."""
    posted = notices.retry(desk.engine, key, desk.actor(), note)
    desk.answer(_json(posted), lambda: _print(posted))


@command(KEY, NOTE, gives=f"{SHAPE}.")
def park(desk: Desk, key: str, note: str) -> None:
    """Put it away until somebody says otherwise."""
    posted = notices.park(desk.engine, key, desk.actor(), note)
    desk.answer(_json(posted), lambda: _print(posted))


@command(
    argument("case", shell_complete=suggest("cases"), zh="哪一件", en="the case"),
    argument("template", zh="模板名称，如 filed", en="the template, such as filed"),
    option("--to", metavar="PARTY", shell_complete=suggest("people"), zh="写给谁（默认自己）", en="to whom (yourself)"),
    TEMPLATES,
    gives='`{"subject", "body"}`.',
)
def preview(desk: Desk, case: str, template: str, to: str | None, templates: Path | None) -> None:
    """What somebody would read; nothing is sent."""
    from workflow.directory import Party
    from workflow.templates import Templates

    engine = desk.engine
    who = to or desk.person
    party = (
        engine.people.get(names.party(engine, who)) if who else Party("", say("收件人", "recipient"), language=spoken())
    )
    written = notices.preview(engine, case, template, party, Templates(templates) if templates else None)
    desk.answer(
        {"subject": written.subject, "body": written.body}, lambda: click.echo(f"{written.subject}\n\n{written.body}")
    )


def _state(posted: notices.Posted) -> str:
    words = {
        "pending": say("待送", "waiting"),
        "sent": say("已送", "sent"),
        "parked": say("搁置", "parked"),
        "failed": say("无收件人", "nobody"),
    }
    if posted.state == "pending" and posted.digest is not None:
        return say("待汇总", "for the digest")
    return words.get(posted.state, posted.state)


def _print(posted: notices.Posted) -> None:
    lines = [
        (say("编号", "key"), posted.key),
        (
            say("抄送", "copy to") if posted.cc else say("收件人", "to"),
            posted.recipient or posted.party,
        ),
        (say("渠道", "channel"), " ".join(filter(None, (posted.channel, posted.address)))),
        (
            say("状态", "state"),
            f"{_state(posted)}  " + say(f"试了 {posted.attempts} 次", f"{posted.attempts} attempts"),
        ),
        (say("下次", "next"), times.stamp(posted.next_at) if posted.next_at else ""),
        (say("送达", "sent"), times.stamp(posted.sent_at) if posted.sent_at else ""),
        (say("汇总", "digest"), posted.digest or ""),
        (say("原因", "reason"), posted.reason or ""),
        (say("标题", "subject"), posted.subject or ""),
    ]
    for name, value in lines:
        if value:
            click.echo(f"{name}{say('：', ': ')}{value}")
    if posted.body:
        click.echo(f"\n{posted.body}")


def _json(posted: notices.Posted) -> dict[str, Any]:
    return {
        "key": posted.key,
        "case": None if posted.file == OFFICE else posted.file,
        "to": posted.party,
        "recipient": posted.recipient,
        "template": posted.template,
        "state": posted.state,
        "attempts": posted.attempts,
        "channel": posted.channel,
        "address": posted.address,
        "language": posted.language,
        "subject": posted.subject,
        "body": posted.body,
        "copy": posted.cc,
        "urgent": posted.urgent,
        "digest": posted.digest,
        "reason": posted.reason,
        "next_at": times.iso(posted.next_at) if posted.next_at else None,
        "sent_at": times.iso(posted.sent_at) if posted.sent_at else None,
    }

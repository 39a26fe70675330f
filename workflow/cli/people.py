"""`people`: the directory of persons, units and groups."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.table import print_table
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.directory import Party

KINDS = ("person", "unit", "group")
LABELS = {"person": ("个人", "person"), "unit": ("单位", "unit"), "group": ("组", "group")}
SHAPE = '`{"id", "name", "kind", "unit", "groups", "active", "language", "channels", "quiet", "digest"}`'


@command(
    argument("id", zh="编号，办理时用它指人", en="the id by which it is named"),
    argument("name", zh="姓名或名称", en="the name"),
    option("--kind", type=click.Choice(KINDS), metavar="|".join(KINDS), zh="个人、单位或组（默认 person）", en="a person, a unit or a group (person)"),
    option("--unit", metavar="ID", zh="所在单位的编号", en="the id of the unit"),
    option("--group", "groups", multiple=True, metavar="ID", zh="所在组的编号；可写几次", en="the id of a group; may be repeated"),
    option("--channel", "channels", multiple=True, metavar="NAME=ADDRESS", zh="通知渠道和地址，如 email=a@b.cn；可写几次", en="where notices reach it, as email=a@b.example; may be repeated"),
    option("--language", type=click.Choice(("zh", "en")), metavar="zh|en", zh="通知的语言（默认 zh）", en="the language of its notices (zh)"),
    option("--quiet", metavar="HH:MM-HH:MM", zh="免打扰时段，如 22:00-07:00", en="the hours in which it is not told, such as 22:00-07:00"),
    option("--digest", metavar="HH:MM", zh="每日汇总：不急的通知每天此时合为一条送达，如 08:30", en="once a day: what is not urgent comes as one message at this hour, such as 08:30"),
    zh="编号已登记的，只改给出的各项，其余不变；写空值（如 --unit ''）即清除该项。",
    en="Of an id that is registered only what is given changes; an empty value (--unit '') takes it away.",
    gives=f"a party, {SHAPE}.",
)  # fmt: skip
def add(
    desk: Desk, id: str, name: str, kind: str | None, unit: str | None, groups: tuple[str, ...],
    channels: tuple[str, ...], language: Any, quiet: str | None, digest: str | None,
) -> None:  # fmt: skip
    """Add one party, or change it."""
    from workflow.directory import Party

    known = {each.id: each for each in desk.engine.people.list()}.get(id)
    changes: dict[str, Any] = {}
    if kind is not None:
        changes["kind"] = _kind(kind)
    if groups:
        changes["groups"] = tuple(filter(None, groups))
    if channels:
        changes["channels"] = dict(_channel(each) for each in channels if each)
    if language is not None:
        changes["language"] = language
    texts = {"unit": unit, "quiet": quiet, "digest": digest}
    changes |= {field: text or None for field, text in texts.items() if text is not None}
    party = replace(known or Party(id, name), name=name, **changes)
    desk.engine.people.add(party)
    done = Text("已更新", "changed") if known else Text("已登记", "added")
    desk.answer(_json(party), lambda: click.echo(say(f"{done.zh}：{name}（{id}）", f"{done.en}: {name} ({id})")))


@command(
    option("--kind", type=click.Choice(KINDS), metavar="|".join(KINDS), zh="只列这一类", en="only of this kind"),
    gives="an array of parties.",
)
def list_(desk: Desk, kind: str | None) -> None:
    """All parties."""
    parties = desk.engine.people.list(_kind(kind) if kind else None)

    def human() -> None:
        if not parties:
            click.echo(
                say(
                    "还没有登记任何人；用 casework people add 或 people import",
                    "nobody is registered yet; use `casework people add` or `people import`",
                )
            )
            return
        headings = say(
            "编号 名称 类型 单位 组 通知渠道 免打扰 汇总", "id name kind unit groups channels quiet digest"
        ).split()
        print_table(
            headings,
            [
                [p.id, p.name, say(*LABELS[p.kind]), p.unit or "", "、".join(p.groups), "、".join(p.channels), p.quiet or "", p.digest or ""]
                for p in parties
            ],
            elastic=4,
        )  # fmt: skip

    desk.answer([_json(each) for each in parties], human)


@command(
    argument("id", shell_complete=suggest("people"), zh="编号或名称", en="an id or a name"), gives=f"a party, {SHAPE}."
)
def show(desk: Desk, id: str) -> None:
    """One party: where it belongs, and how notices reach it."""
    party = desk.engine.people.get(names.party(desk.engine, id))

    def human() -> None:
        lines = [
            (say("编号", "id"), party.id),
            (say("名称", "name"), party.name),
            (say("类型", "kind"), say(*LABELS[party.kind])),
            (say("单位", "unit"), party.unit),
            (say("组", "groups"), say("、", ", ").join(party.groups)),
            (say("状态", "status"), "" if party.active else say("已停用", "no longer active")),
            *((say(f"渠道 {name}", f"channel {name}"), address or "—") for name, address in party.channels.items()),
            (say("语言", "language"), party.language),
            (say("免打扰", "quiet"), party.quiet),
            (say("每日汇总", "digest"), party.digest),
        ]
        for name, value in lines:
            if value:
                click.echo(f"{name}{say('：', ': ')}{value}")

    desk.answer(_json(party), human)


@command(
    argument("file", type=click.Path(path_type=Path),
        zh="CSV 文件（UTF-8 或 GBK），首行为列名：id,name,kind,unit,groups,language,quiet,digest,email,webhook 或 "
        "编号,姓名,类型,单位,组,语言,免打扰,汇总,邮箱；其他渠道写 渠道:名称；几个组用分号隔开。没有的列，原来登记的不变",
        en="a CSV file (UTF-8 or GBK) with the columns id,name,kind,unit,groups,language,quiet,digest,email,webhook, and "
        "channel:NAME for others; several groups between semicolons; what has no column stays as it was"),
    gives="an array of the parties added.",
)  # fmt: skip
def import_(desk: Desk, file: Path) -> None:
    """Add parties from a CSV file, which is read to its end before the first is added."""
    from workflow.importing.people import read_people
    from workflow.importing.rows import Rows

    parties = read_people(Rows(file, needed=()), desk.engine.people.list())
    for party in parties:
        desk.engine.people.add(party)
    desk.answer(
        [_json(each) for each in parties], lambda: click.echo(say(f"已登记 {len(parties)} 个", f"added {len(parties)}"))
    )


def _channel(written: str) -> tuple[str, str]:
    name, equals, address = written.partition("=")
    if not (name and equals):
        raise InputInvalid(
            Text(
                f"渠道“{written}”应写成 名称=地址，如 email=a@b.cn", f"write a channel as NAME=ADDRESS, not {written!r}"
            )
        )
    return name, address


def _kind(kind: str) -> Any:
    return kind


def _json(party: Party) -> dict[str, object]:
    return {
        "id": party.id,
        "name": party.name,
        "kind": party.kind,
        "unit": party.unit,
        "groups": list(party.groups),
        "active": party.active,
        "language": party.language,
        "channels": dict(party.channels),
        "quiet": party.quiet,
        "digest": party.digest,
    }

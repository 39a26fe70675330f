"""`people`: the directory of persons, units and groups."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.table import print_table
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.directory import Party

KINDS = ("person", "unit", "group")
LABELS = {"person": ("个人", "person"), "unit": ("单位", "unit"), "group": ("组", "group")}
HEADER = {
    "id": "id", "编号": "id", "name": "name", "姓名": "name", "名称": "name", "kind": "kind", "类型": "kind",
    "unit": "unit", "单位": "unit", "groups": "groups", "组": "groups", "小组": "groups",
}  # fmt: skip


@command(
    argument("id", zh="编号，办理时用它指人", en="the id by which it is named"),
    argument("name", zh="姓名或名称", en="the name"),
    option("--kind", type=click.Choice(KINDS), default="person", metavar="|".join(KINDS), zh="个人、单位或组（默认 person）", en="a person, a unit or a group (person)"),
    option("--unit", metavar="ID", zh="所在单位的编号", en="the id of the unit"),
    option("--group", "groups", multiple=True, metavar="ID", zh="所在组的编号；可写几次", en="the id of a group; may be repeated"),
    option("--channel", "channels", multiple=True, metavar="NAME=ADDRESS", zh="通知渠道和地址，如 email=a@b.cn；可写几次", en="where notices reach it, as email=a@b.example; may be repeated"),
    option("--language", type=click.Choice(("zh", "en")), default="zh", metavar="zh|en", zh="通知的语言（默认 zh）", en="the language of its notices (zh)"),
    option("--quiet", metavar="HH:MM-HH:MM", zh="免打扰时段，如 22:00-07:00", en="the hours in which it is not told, such as 22:00-07:00"),
    gives='a party, `{"id", "name", "kind", "unit", "groups", "language", "channels", "quiet"}`.',
)  # fmt: skip
def add(
    desk: Desk, id: str, name: str, kind: str, unit: str | None, groups: tuple[str, ...],
    channels: tuple[str, ...], language: Any, quiet: str | None,
) -> None:  # fmt: skip
    """Add one party."""
    from workflow.directory import Party

    party = Party(
        id=id, name=name, kind=_kind(kind), unit=unit, groups=groups,
        language=language, channels=dict(map(_channel, channels)), quiet=quiet,
    )  # fmt: skip
    desk.engine.people.add(party)
    desk.answer(_json(party), lambda: click.echo(say(f"已登记：{name}（{id}）", f"added: {name} ({id})")))


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
        headings = say("编号 名称 类型 单位 组", "id name kind unit groups").split()
        print_table(
            headings, [[p.id, p.name, say(*LABELS[p.kind]), p.unit or "", "、".join(p.groups)] for p in parties]
        )

    desk.answer([_json(each) for each in parties], human)


@command(
    argument("file", type=click.Path(path_type=Path), zh="CSV 文件（UTF-8），首行为 id,name,kind,unit,groups 或 编号,姓名,类型,单位,组；几个组用分号隔开", en="a CSV file (UTF-8) with the columns id,name,kind,unit,groups; several groups between semicolons"),
    gives='an array of the parties added.',
)  # fmt: skip
def import_(desk: Desk, file: Path) -> None:
    """Add parties from a CSV file, which is read to its end before the first is added."""
    parties = list(_rows(file))
    for party in parties:
        desk.engine.people.add(party)
    desk.answer(
        [_json(each) for each in parties], lambda: click.echo(say(f"已登记 {len(parties)} 个", f"added {len(parties)}"))
    )


def _rows(path: Path) -> Iterator[Party]:
    """The parties of a CSV file; `InputInvalid` names the line that cannot be read."""
    from workflow.directory import Party

    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            columns = {given: HEADER[given.strip()] for given in rows.fieldnames or () if given.strip() in HEADER}
            if not {"id", "name"} <= set(columns.values()):
                raise InputInvalid(
                    Text(
                        zh=f"{path} 的首行须有 id,name（或 编号,姓名），可有 kind,unit,groups",
                        en=f"the first line of {path} must have id,name and may have kind,unit,groups",
                    )
                )
            for row in rows:
                fields = {columns[given]: (row[given] or "").strip() for given in columns}
                yield _party(Party, fields, path, rows.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputInvalid(
            Text(zh=f"{path} 不是 UTF-8 的 CSV 文件：{error}", en=f"{path} is not a CSV file in UTF-8: {error}")
        ) from None
    except OSError as error:
        raise InputInvalid(
            Text(zh=f"读不到文件 {path}（{error.strerror}）", en=f"cannot read the file {path} ({error.strerror})")
        ) from None


def _party(make: type[Party], fields: dict[str, str], path: Path, line: int) -> Party:
    kinds = {name: kind for kind, names in LABELS.items() for name in (*names, kind)}
    kind = kinds.get(fields.get("kind", "") or "person")
    if kind is None or not fields["id"] or not fields["name"]:
        raise InputInvalid(
            Text(
                zh=f"{path}:{line}: 须有编号和名称，类型须为 person、unit 或 group（个人、单位、组）",
                en=f"{path}:{line}: an id and a name are needed, and the kind must be person, unit or group",
            )
        )
    groups = tuple(each.strip() for each in fields.get("groups", "").replace("；", ";").split(";") if each.strip())
    return make(id=fields["id"], name=fields["name"], kind=_kind(kind), unit=fields.get("unit") or None, groups=groups)


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
        "language": party.language,
        "channels": dict(party.channels),
        "quiet": party.quiet,
    }

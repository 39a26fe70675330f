"""`people erase`: the personal data of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.erasing import Plan


@command(
    argument("id", shell_complete=suggest("people"), zh="这个人的编号", en="the person's id"),
    option("--note", required=True, metavar="TEXT", zh="为什么抹去", en="why"),
    option("--case", metavar="CASE", shell_complete=suggest("cases"), zh="只抹去这一件里的", en="only what this case has"),
    option("--field", metavar="FIELD", zh="只抹去这一栏的", en="only this field"),
    option("--even-open", is_flag=True, zh="未办结的件也抹去", en="also in cases that are still open"),
    option("--plan", "only_plan", is_flag=True, zh="只列出要抹去什么", en="only say what would be erased"),
    option("--yes", is_flag=True, zh="不再询问", en="do not ask"),
    zh="抹去这个人提出的各件里标为 personal 的内容、别处写明是他的个人信息、通知和异常里的这些文字，以及他的登记（只留编号）。记录、"
    "封存和已出具的证明都不受影响。抹去不能撤回；旧备份里仍有这些内容。不写 --case、--field 时才动他的登记。",
    en="Erases what is marked personal in the cases this person opened, personal values elsewhere that name this person, the words of "
    "notices and incidents in which these stand, and the entry in the directory, of which the id is left. Records, seals and proofs stay what "
    "they were. There is no way back; old backups still have it all. With --case or --field the directory is left alone.",
    gives='`{"person", "erased", "values", "plain", "entry", "cases": [{"case", "number", "open", "fields", "values", "plain"}]}`; '
    "`plain` counts values that old records hold in plain text and that cannot be erased.",
)  # fmt: skip
def erase(
    desk: Desk, id: str, note: str, case: str | None, field: str | None, even_open: bool, only_plan: bool, yes: bool
) -> None:
    """Erase what is kept of one person, and leave every proof good."""
    from workflow import erasing

    actor = desk.actor()
    found = erasing.plan(desk.engine, id, case=case, field=field)
    done = False
    if not only_plan:
        if not desk.as_json:
            _say(found)
        if not yes and not _agreed(desk, found):
            raise InputInvalid(Text("没有抹去任何内容", "nothing was erased"))
        found = erasing.erase(desk.engine, id, actor, note, case=case, field=field, even_open=even_open)
        done = True
    data = {
        "person": id,
        "erased": done,
        "values": found.values,
        "plain": found.plain,
        "entry": found.entry,
        "cases": [
            {
                "case": line.case,
                "number": line.number,
                "open": line.open,
                "fields": list(line.fields),
                "values": line.values,
                "plain": line.plain,
            }
            for line in found.lines
        ],
    }

    def human() -> None:
        if not done:
            _say(found)
            return
        click.echo(say(f"已抹去 {found.values} 项个人信息。", f"{found.values} personal values were erased."))

    desk.answer(data, human)


def _agreed(desk: Desk, found: Plan) -> bool:
    if desk.as_json:
        raise InputInvalid(Text("用 --json 时请加 --yes（或 --plan）", "with --json, say --yes (or --plan)"))
    question = say("抹去不能撤回。现在抹去？", "This cannot be taken back. Erase now?")
    return click.confirm(question, default=False, err=True)


def _say(found: Plan) -> None:
    for line in found.lines:
        fields, ended = say("、", ", ").join(line.fields), "" if not line.open else say("（未办结）", " (still open)")
        told = say(f"{line.values} 项（{fields}）", f"{line.values} values ({fields})") if line.values else ""
        if line.plain:
            told += say(f" 另有 {line.plain} 项在旧记录中，不能抹去", f" {line.plain} in old records, cannot be erased")
        click.echo(f"  {line.number or line.case[:12]}{ended}  {told.strip()}")
    entry = say("，以及在人员登记中的姓名和通知地址", ", and the name and addresses in the directory")
    click.echo(
        say(
            f"{found.person}：{len(found.lines)} 件中的 {found.values} 项个人信息{entry if found.entry else ''}",
            f"{found.person}: {found.values} personal values in {len(found.lines)} cases{entry if found.entry else ''}",
        )
    )

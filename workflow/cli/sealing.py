"""`audit seal`, its checkpoints, and the proof of a case."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workflow.cli import outside, times
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.posting import CHANNELS
from workflow.cli.table import print_table
from workflow.core.checkpoint import note
from workflow.core.errors import InputInvalid, Unproven
from workflow.core.model import Text
from workflow.sealing import Folder, Sealed, reanchor, seal
from workflow.store import log

FOLDER = option(
    "--folder", type=click.Path(path_type=Path), envvar="CASEWORK_SEAL", default=Path("casework-seal"), metavar="FOLDER",
    zh="密钥与已签检查点的文件夹（或环境变量 CASEWORK_SEAL；默认 ./casework-seal），不要放在数据库的备份里",
    en="the folder of keys and of what was signed (or CASEWORK_SEAL; by default ./casework-seal), not in the database's backups",
)  # fmt: skip
SHAPE = '`{"size", "new", "checkpoint"}`; `checkpoint` is the signed text, null where none was due.'


@command(
    FOLDER,
    CHANNELS,
    zh="给每条新记录在总日志中的位置，并在日志增长后（至少每天一次）签署检查点。数据库若不接续上次所签（恢复了旧备份、末尾被截去），不签署，"
    "并记为异常。文件夹中的 witnesses 列出要抄送的人，每行“渠道 地址”；自己的一份在 checkpoints，请抄到别的机器。",
    en="Gives every new record its place in the one log and signs a checkpoint when it has grown, at least once a day. Where the "
    "database does not continue what was signed last, nothing is signed, and an incident says so. The file `witnesses` of the folder lists "
    "who is sent each checkpoint, a line each: CHANNEL ADDRESS; our own copy is `checkpoints`: take it to another machine.",
    gives=SHAPE,
)
def seal_(desk: Desk, folder: Path, channels: Path | None) -> None:
    """Seal what is new, sign, and tell the witnesses."""
    from workflow.channels import read_channels
    from workflow.witnesses import tell_witnesses

    sending = read_channels(channels)
    _answer(desk, seal(desk.engine, Folder(folder)))
    if missed := tell_witnesses(desk.engine, Folder(folder), sending):
        told = say(
            f"有 {missed} 处没有送达，下次封存时再送；原因见 casework incidents list",
            f"{missed} were not reached and are told at the next seal; `casework incidents list` says why",
        )
        click.echo(told, err=True)


@command(
    FOLDER,
    option("--note", required=True, metavar="TEXT", zh="查清了什么、为什么", en="what was found, and why"),
    zh="只在查清数据库为何不接续上次所签之后使用，如从备份恢复。此前所签从此与日志不符，谁、何时、为何都记录在案。",
    en="Only when it is known why the database does not continue what was signed, after a restore for instance. What was signed "
    "before will not agree with the log any more; who did this, when and why is recorded.",
    gives=SHAPE,
)
def reanchor_(desk: Desk, folder: Path, note: str) -> None:
    """Begin anew from the log as it is."""
    _answer(desk, reanchor(desk.engine, Folder(folder), desk.actor(), note))


@command(gives='an array of `{"at", "size", "short", "note"}`, the newest first.')
def checkpoints(desk: Desk) -> None:
    """Those that were signed, the newest first, as the database has them."""
    with desk.engine.looking() as sql:
        rows = [(row, note(row.note)) for row in log.kept(sql, 50)]

    def human() -> None:
        if not rows:
            click.echo(say("还没有签署过检查点", "no checkpoint was signed yet"))
            return
        table = [
            [times.stamp(row.at), signed.checkpoint.short, ", ".join(each.name for each in signed.signatures)]
            for row, signed in rows
        ]
        print_table(say("时间 条数与根 签署", "at size-and-root signed").split(), table)

    data = [
        {"at": times.iso(row.at), "size": row.size, "short": signed.checkpoint.short, "note": row.note}
        for row, signed in rows
    ]
    desk.answer(data, human)


@command(
    argument("case", shell_complete=suggest("cases"), metavar="[CASE]", required=False, zh="哪一件", en="which case"),
    option("--checkpoint", type=click.Path(path_type=Path), metavar="FILE", zh="凭哪个检查点（默认文件夹中最后一个）", en="by which checkpoint (the last in the folder)"),
    FOLDER,
    option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="证明写到这个文件", en="write the proof to this file"),
    option("--with-personal", is_flag=True, zh="连同个人信息及其盐，供核对承诺（须用 --as；记录在案）", en="with personal values and their salts, to check the commitments (needs --as; recorded)"),
    option("--script", is_flag=True, zh="改为打印核对程序：一个只需 Python 的文件", en="print the program that checks proofs instead: one file that needs only Python"),
    zh="把一件的全部记录连同其在日志中的证明写成一个文件。提案者可在自己的电脑上核对，不需要本程序：先用 --script 得到核对程序，"
    "再 python check_proof.py 证明.json 公钥.pub。",
    en="Writes all records of a case with the proof that they are in the log. A member checks it at home without this program: get "
    "the checker with --script, then `python check_proof.py PROOF.json KEY.pub`.",
    gives='`{"file", "case", "records", "open"}`.',
)  # fmt: skip
def prove(
    desk: Desk, case: str | None, checkpoint: Path | None, folder: Path, out: Path | None,
    with_personal: bool, script: bool,
) -> None:  # fmt: skip
    """Write the proof of a case, or the program that checks it."""
    from workflow.proving import bundle

    if script:
        from workflow.offline import script as text

        click.echo(text(), nl=False)
        return
    if case is None or out is None:
        raise InputInvalid(
            Text("请说明哪一件，并用 --out 说明写到哪个文件", "say which case, and with --out which file")
        )
    if out.exists():
        raise InputInvalid(Text(f"{out} 已经存在；请另取一个名字", f"{out} is there already; take another name"))
    reader = desk.actor() if with_personal else None
    made = bundle(desk.engine, case, outside.last_note(checkpoint or folder / "checkpoints"), reader)
    out.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    count = len(made["records"])
    told = say(
        f"{made['case']} 的 {count} 条记录的证明写在 {out}",
        f"the proof of {count} records of {made['case']} is in {out}",
    )
    data = {"file": str(out), "case": made["case"], "records": count, "open": made["open"]}
    desk.answer(data, lambda: click.echo(told))
    if made["open"]:
        raise Unproven(
            Text(
                f"另有 {made['open']} 条在检查点之后，不在证明中；封存后（casework audit seal）再出具",
                f"{made['open']} records are newer than the checkpoint and not in it; seal (`casework audit seal`) and prove again",
            )
        )


def _answer(desk: Desk, done: Sealed) -> None:
    def human() -> None:
        click.echo(
            say(
                f"日志 {done.size} 条，新封存 {done.new} 条", f"the log has {done.size} records, {done.new} of them new"
            )
        )
        if done.note is not None:
            click.echo(say("检查点：", "checkpoint: ") + done.note.checkpoint.short)

    signed = str(done.note) if done.note is not None else None
    desk.answer({"size": done.size, "new": done.new, "checkpoint": signed}, human)

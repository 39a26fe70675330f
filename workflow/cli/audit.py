"""`audit`: verifying and exporting the trail."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names, outside, times
from workflow.cli.command import Argument, argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.width import plain
from workflow.core.errors import InputInvalid, NotFound, StoreUnavailable, Tampered, Unproven, WorkflowError
from workflow.core.model import Text
from workflow.store import log
from workflow.store.tables import OFFICE

if TYPE_CHECKING:
    from workflow.office.findings import Annotation, Finding
    from workflow.proving import Proven

FILE = click.Path(path_type=Path)
OWN_CHAIN = Text("单位自己的链", "the office's own chain")
PROCESSES = min(os.cpu_count() or 1, 8)


def _case() -> Argument:
    return argument(
        "case", required=False, metavar="[CASE]", shell_complete=suggest("cases"),
        zh="只要这一件（默认全部）", en="only this case (all of them)",
    )  # fmt: skip


@command(
    _case(),
    option("--key", "keys", type=FILE, multiple=True, metavar="FILE", zh="签署人的公钥文件，可多次给出", en="a public key of who signed; may be given again"),
    option("--checkpoint", "checkpoints", type=FILE, multiple=True, metavar="FILE", zh="库外留存的检查点文件，可多次给出", en="checkpoints kept outside the database; may be given again"),
    option("--receipt", "receipts", type=FILE, multiple=True, metavar="FILE", zh="办理时得到的回执（JSON），可多次给出", en="receipts that were given (JSON); may be given again"),
    option("--since", type=FILE, metavar="FILE", zh="上次核对时的检查点文件：只重新核对此后有新记录的件（总日志仍全部核对）", en="the checkpoint of the last time: look again only at files with newer records (at all of the log still)"),
    option("--processes", type=click.IntRange(min=1), metavar="N", zh="最多用几个进程核对（默认与处理器数相同，至多 8 个；小库只用一个）", en="look with at most so many processes (as many as processors, 8 at most; a small database needs one)"),
    zh="每一件的记录须环环相扣，由记录重演得到的须与表中一致，时限和通知也在内；全部记录须与库外留存的检查点和回执一致。公钥和检查点只从这里给出的文件读取，"
    "不信数据库里的。退出码：0 已证明；1 有不符；2 无法核对；3 未见不符，但有记录（或全部）没有检查点可证。",
    en="The records of each file must follow from one another, and replaying them must give what the tables say, timers and notices too; all of them must "
    "be what checkpoints and receipts from outside say. Keys and checkpoints are read from the files given here, never from the "
    "database. Exit codes: 0 proven; 1 something is wrong; 2 it could not be checked; 3 nothing is wrong, but of some records, or of "
    "all, there is no checkpoint that proves it.",
    gives='`{"records", "files", "good", "outdated", "erased", "sealed", "covered", "open", "since", "findings": [{"code", "file", "seq", "at", "actor", "zh", "en", '
    '"explained": [{"seq", "at", "actor", "note"}]}]}`; `explained` is what `audit annotate` wrote.',
)  # fmt: skip
def verify(
    desk: Desk,
    case: str | None,
    keys: tuple[Path, ...],
    checkpoints: tuple[Path, ...],
    receipts: tuple[Path, ...],
    since: Path | None,
    processes: int | None,
) -> None:
    """Chain, replay, checkpoints, receipts."""
    from workflow.proving import prove, trusted
    from workflow.trail import explaining
    from workflow.verifying import verify as at_once

    try:
        engine = desk.engine
        earlier = outside.last_note(since) if since is not None else None
        found, known = outside.checkpoints([*checkpoints, *([since] if since is not None else [])], keys)
        notes = trusted(found, known, engine.origin)
        behind = earlier.checkpoint.size if earlier is not None else 0
        given = outside.receipts(receipts)
        if case or behind:
            verdict, proven = engine.verify(case, since=behind), prove(engine, notes, given, case)
        else:
            verdict, proven = at_once(engine, processes or PROCESSES, notes, given)
    except (NotFound, StoreUnavailable) as error:
        raise InputInvalid(error.text) from error
    findings = (*verdict.findings, *proven.findings)
    explained = [(each, explaining(each, verdict.annotations)) for each in findings]
    data = {
        "records": verdict.records,
        "files": verdict.files,
        "good": not findings,
        "outdated": verdict.outdated,
        "erased": verdict.erased,
        "sealed": proven.size,
        "covered": proven.covered,
        "open": proven.open,
        "since": earlier.checkpoint.size if earlier is not None else None,
        "findings": [_finding(each, told) for each, told in explained],
    }
    seen = Text(
        zh=f"{verdict.files} 件，{verdict.records} 条记录", en=f"{verdict.files} files, {verdict.records} records"
    )

    def human() -> None:
        for each, told in explained:
            click.echo(plain(f"{_where(desk, each)}{say('：', ': ')}{said(each.text)}"))
            for one in told:
                click.echo(f"  {_explanation(one)}")
        if not findings:
            click.echo(say(f"核对无误：{seen.zh}。", f"all is as it was recorded: {seen.en}."))
        if earlier is not None:
            covered = earlier.checkpoint.size
            click.echo(
                say(
                    f"只重新核对了前 {covered} 条之后有新记录的件；其余各件的内容以上次核对为准。",
                    f"only files with records behind the first {covered} were looked at again; for the rest the last "
                    "verification stands.",
                )
            )
        if verdict.erased:
            click.echo(
                say(
                    f"其中 {verdict.erased} 项个人信息已抹去，均有抹去的记录。",
                    f"{verdict.erased} personal values were erased, each with a record of it.",
                )
            )
        if verdict.outdated:
            click.echo(
                say(
                    f"其中 {verdict.outdated} 个时限仍按旧日历计算，到期日尚不能核对；运行 casework worker 重算后再核对。",
                    f"{verdict.outdated} timers are counted by an earlier calendar, so their due dates are not proved; "
                    "let casework worker count them anew, and verify again.",
                )
            )

    desk.answer(data, human)
    if findings:
        raise Tampered(
            Text(
                zh=f"审计记录有 {len(findings)} 处不符（{seen.zh}）；请保留现场，不要再办理，并报告管理员",
                en=f"the audit trail is not as it was in {len(findings)} places ({seen.en}); "
                "keep everything as it is, stop working on it, and tell the administrator",
            )
        )
    if proven.open:
        raise Unproven(_unproven(proven, bool(notes)))


def _unproven(proven: Proven, compared: bool) -> Text:
    if not compared:
        return Text(
            "没有给出库外的检查点（--checkpoint、--key）：只证明记录与自身、与各表一致，不能证明没有被整体改写",
            "no checkpoint from outside was given (--checkpoint, --key): the records agree with themselves and with the "
            "tables, but that nobody rewrote all of it is not proven",
        )
    return Text(
        f"已证明前 {proven.covered} 条；另有 {proven.open} 条在最后一个检查点之后，尚未证明",
        f"the first {proven.covered} records are proven; {proven.open} are newer than the last checkpoint, not proven yet",
    )


def _explanation(told: Annotation) -> str:
    where = Text(f"第 {told.seq} 条记录", f"in record {told.seq}")
    return plain(
        say(
            f"说明（{told.actor}，{times.stamp(told.at)}，{where.zh}）：{told.note}",
            f"explained by {told.actor}, {times.stamp(told.at)}, {where.en}: {told.note}",
        )
    )


def _finding(found: Finding, explained: list[Annotation]) -> dict[str, Any]:
    return {
        "code": found.code,
        "file": found.file,
        "seq": found.seq,
        "at": times.iso(found.at) if found.at is not None else None,
        "actor": found.actor,
        **both(found.text),
        "explained": [
            {"seq": each.seq, "at": times.iso(each.at), "actor": each.actor, "note": each.note} for each in explained
        ],
    }


@command(
    argument("case", required=False, metavar="[CASE]", shell_complete=suggest("cases"), zh="哪一件（不写：单位自己的链和总日志）", en="which case (left out: the office's own chain, and the log as a whole)"),
    option("--about", type=int, metavar="SEQ", zh="第几条记录；不写则是说明各表", en="which of its records; left out: what the tables say"),
    option("--note", required=True, metavar="TEXT", zh="发生了什么、谁改的、为什么", en="what happened, who changed it, and why"),
    zh="有人不得已直接改了库（或写错了一条记录），就把原因留在审计记录里：谁、何时、说的是哪一条。它不改任何记录；audit verify 在该处之后印出这段说明，"
    "退出码仍为 1：说明是人说的，不是证明。",
    en="Where somebody had to change the database by hand, or a record is wrong, the reason is put on record: who says so, when, and about which record. "
    "It changes nothing. `audit verify` prints it below what it explains and still exits with 1: an explanation is said by a person, it proves nothing.",
    gives='`{"file", "seq", "about"}`: the record that was written.',
)  # fmt: skip
def annotate(desk: Desk, case: str | None, about: int | None, note: str) -> None:
    """Explain a record, or the tables; nothing is changed."""
    from workflow.trail import annotate as write

    entry = write(desk.engine, case, desk.actor(), note, about).entry
    place = case or said(OWN_CHAIN)
    told = say(f"已记为{place}的第 {entry['seq']} 条记录", f"written as record {entry['seq']} of {place}")
    desk.answer({"file": entry["file"], "seq": entry["seq"], "about": about}, lambda: click.echo(told))


@command(
    _case(),
    option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="写到这个文件（默认标准输出）", en="write to this file (standard output)"),
    zh="每行一条记录，就是计算摘要所用的原文；导出本身也记录在案，所以须用 --as。",
    en="A record a line, the very text that was hashed. The export is recorded too, so it needs --as.",
    gives="with `--out`, `{\"file\", \"records\", \"checkpoint\"}`; without, an array of the records. The short form of the newest checkpoint is printed on standard error.",
)  # fmt: skip
def export(desk: Desk, case: str | None, out: Path | None) -> None:
    """Write the records as lines of JSON."""
    actor = desk.actor()
    if out is None:
        _print(desk, actor, case)
        _say_newest(desk)
        return
    if out.exists():
        raise InputInvalid(Text(zh=f"{out} 已经存在；请另取一个名字", en=f"{out} is there already; take another name"))
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            count = desk.engine.export(file, actor, case)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    told = say(f"已导出 {count} 条记录到 {out}", f"{count} records written to {out}")
    data = {"file": str(out), "records": count, "checkpoint": _newest(desk)}
    desk.answer(data, lambda: click.echo(told))
    _say_newest(desk)


def _newest(desk: Desk) -> str | None:
    with desk.engine.looking() as sql:
        found = log.newest(sql)
    return found.short if found is not None else None


def _say_newest(desk: Desk) -> None:
    """What is printed stands outside the database too: whoever has the paper can compare."""
    if (short := _newest(desk)) is not None:
        click.echo(say(f"最近的检查点：{short}", f"the newest checkpoint: {short}"), err=True)


def _where(desk: Desk, finding: Finding) -> str:
    """Which record of which file, made when and by whom; a file that cannot be read any more is named by its id."""
    if not finding.file:
        return say("全部记录", "the whole log")
    place = _file(desk, finding.file)
    if not finding.seq:
        return say(f"{place} 的表", f"the tables of {place}")
    made = [times.stamp(finding.at)] if finding.at is not None else []
    made += [finding.actor] if finding.actor else []
    told = f" ({', '.join(made)})" if made else ""
    return say(f"{place} 第 {finding.seq} 条记录{told}", f"record {finding.seq} of {place}{told}")


def _file(desk: Desk, file: str) -> str:
    if file == OFFICE:
        return said(OWN_CHAIN)
    try:
        root = desk.engine.case(file).root
        return names.root_called(root.number, root.id)
    except (WorkflowError, LookupError, TypeError, ValueError):
        return file


def _print(desk: Desk, actor: Any, case: str | None) -> None:
    if not desk.as_json:
        desk.engine.export(sys.stdout, actor, case)
        return
    lines = io.StringIO()
    desk.engine.export(lines, actor, case)
    desk.answer([json.loads(line) for line in lines.getvalue().splitlines()], lambda: None)

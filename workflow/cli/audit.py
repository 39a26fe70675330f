"""`audit`: verifying and exporting the trail."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names, times
from workflow.cli.command import Argument, argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.width import plain
from workflow.core.errors import InputInvalid, Unproven, WorkflowError
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.audit import Finding


def _case() -> Argument:
    return argument(
        "case", required=False, metavar="[CASE]", shell_complete=suggest("cases"),
        zh="只要这一件（默认全部）", en="only this case (all of them)",
    )  # fmt: skip


@command(
    _case(),
    zh="每一件的记录须环环相扣，由记录重演得到的须与表中一致；不一致时逐条列出，退出码为 7。"
    "末尾的记录连同其结果一起被删，须凭库外留存的回执或导出才能发现。",
    en="The records of each file must follow from one another, and replaying them must give what the tables say; where not, "
    "each finding is listed and the exit code is 7. Last records cut off together with their effects show only beside a "
    "receipt or an export kept outside.",
    gives='`{"records", "files", "good", "findings": [{"code", "file", "seq", "at", "actor", "zh", "en"}]}`',
)
def verify(desk: Desk, case: str | None) -> None:
    """Chain and replay."""
    verdict = desk.engine.verify(case)
    data = {
        "records": verdict.records,
        "files": verdict.files,
        "good": verdict.good,
        "findings": [
            {
                "code": each.code,
                "file": each.file,
                "seq": each.seq,
                "at": times.iso(each.at) if each.at is not None else None,
                "actor": each.actor,
                **both(each.text),
            }
            for each in verdict.findings
        ],
    }
    seen = Text(
        zh=f"{verdict.files} 件，{verdict.records} 条记录", en=f"{verdict.files} files, {verdict.records} records"
    )

    def human() -> None:
        for each in verdict.findings:
            click.echo(plain(f"{_where(desk, each)}{say('：', ': ')}{said(each.text)}"))
        if verdict.good:
            click.echo(say(f"核对无误：{seen.zh}。", f"all is as it was recorded: {seen.en}."))

    desk.answer(data, human)
    if not verdict.good:
        count = len(verdict.findings)
        raise Unproven(
            Text(
                zh=f"审计记录有 {count} 处不符（{seen.zh}）；请保留现场，不要再办理，并报告管理员",
                en=f"the audit trail does not agree with itself or the tables in {count} places ({seen.en}); "
                "keep everything as it is, stop working on it, and tell the administrator",
            )
        )


@command(
    _case(),
    option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="写到这个文件（默认标准输出）", en="write to this file (standard output)"),
    zh="每行一条记录，就是计算摘要所用的原文；导出本身也记录在案，所以须用 --as。",
    en="A record a line, the very text that was hashed. The export is recorded too, so it needs --as.",
    gives="with `--out`, `{\"file\", \"records\"}`; without, an array of the records.",
)  # fmt: skip
def export(desk: Desk, case: str | None, out: Path | None) -> None:
    """Write the records as lines of JSON."""
    actor = desk.actor()
    if out is None:
        _print(desk, actor, case)
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
    desk.answer({"file": str(out), "records": count}, lambda: click.echo(told))


def _where(desk: Desk, finding: Finding) -> str:
    """Which record of which file, made when and by whom; a file that cannot be read any more is named by its id."""
    try:
        root = desk.engine.case(finding.file).root
        place = names.root_called(root.number, root.id)
    except (WorkflowError, LookupError, TypeError, ValueError):
        place = finding.file
    if not finding.seq:
        return say(f"{place} 的表", f"the tables of {place}")
    made = [times.stamp(finding.at)] if finding.at is not None else []
    made += [finding.actor] if finding.actor else []
    told = f" ({', '.join(made)})" if made else ""
    return say(f"{place} 第 {finding.seq} 条记录{told}", f"record {finding.seq} of {place}{told}")


def _print(desk: Desk, actor: Any, case: str | None) -> None:
    if not desk.as_json:
        desk.engine.export(sys.stdout, actor, case)
        return
    lines = io.StringIO()
    desk.engine.export(lines, actor, case)
    desk.answer([json.loads(line) for line in lines.getvalue().splitlines()], lambda: None)

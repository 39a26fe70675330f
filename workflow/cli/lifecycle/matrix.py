"""`lifecycle matrix`: who may do what, as a table for a spreadsheet, and back into the file."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli import names
from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import said, say, spoken
from workflow.cli.lifecycle.files import LIFECYCLE, OUT, VERSION, find, put
from workflow.core import wording


@command(
    LIFECYCLE,
    VERSION,
    OUT,
    zh="每行一个状态下的一个动作，每列一个角色，可以办写 √。不写 --out 则打印；文件带字节序标记，Excel 直接能开。",
    en="A line for each action in each state, a column for each role, √ where it may. Printed without --out; the file has "
    "a byte order mark, so that spreadsheet programs know what it is.",
    gives='`{"lifecycle", "version", "file", "rows"}`; `rows` are arrays of cells, the header first.',
)
def export(desk: Desk, lifecycle: str, version: int | None, out: Path | None) -> None:
    """The table of permissions as CSV."""
    from workflow.editing.matrix import rows
    from workflow.spreadsheets import written

    compiled = find(desk, lifecycle, version, None)
    found = rows(compiled, spoken())
    text = written(found)
    if out is not None:
        put(out, text, encoding="utf-8-sig")
    data = {
        "lifecycle": compiled.name,
        "version": compiled.version,
        "file": None if out is None else str(out),
        "rows": found,
    }
    shown = (
        text
        if out is None
        else say(f"已写入 {out}：{len(found) - 1} 行\n", f"written to {out}: {len(found) - 1} lines\n")
    )
    desk.answer(data, lambda: click.echo(shown.replace("\r\n", "\n"), nl=False))


@command(
    argument("file", type=click.Path(path_type=Path), metavar="FILE", zh="流程文件", en="the lifecycle file"),
    argument("csv", type=click.Path(path_type=Path), metavar="CSV", zh="导出后改过的表", en="the exported table, changed"),
    option("--check", is_flag=True, zh="只看会改什么，不写文件", en="only show what would change; write nothing"),
    zh="只改文件里的 by，别的一字不动；改后载入不了就不写。表可以是 Excel 存的 UTF-8 或 GBK，逗号、分号或制表符分隔。",
    en="Changes only `by:` in the file and no other letter; what would not load is not written. The table may be in UTF-8 "
    "or GBK, with commas, semicolons or tabs.",
    gives='`{"file", "changes": [{"part", "action", "before", "after"}], "written"}`.',
)  # fmt: skip
def apply(desk: Desk, file: Path, csv: Path, check: bool) -> None:
    """Make the file say what the table says."""
    from workflow.editing.matrix import applied
    from workflow.editing.replacing import read_text, replace_file
    from workflow.loading import load
    from workflow.spreadsheets import table

    text = read_text(file)
    done = applied(text, table(csv), file=str(file), table_file=str(csv))
    if done.changes and not check:
        replace_file(file, done.text)
    data = {
        "file": str(file),
        "changes": [
            {"part": each.kind or None, "action": each.action, "before": list(each.before), "after": list(each.after)}
            for each in done.changes
        ],
        "written": bool(done.changes) and not check,
    }

    def human() -> None:
        compiled = load(done.text, file=str(file))
        for each in done.changes:
            kind = compiled.kind(each.kind)
            label = names.label(kind.transitions[each.action].label, each.action)
            where = f"{names.label(kind.label, each.kind)} {label}" if each.kind else label
            before, after = (said(wording.roles(compiled, roles)) for roles in (each.before, each.after))
            click.echo(f"{where}: {before} → {after}")
        n = len(done.changes)
        if not n:
            click.echo(say(f"{file} 与表一致，没有要改的", f"{file} says the same; nothing to change"))
        elif check:
            click.echo(say(f"要改 {n} 处；去掉 --check 即改", f"{n} to change; without --check they are changed"))
        else:
            click.echo(say(f"{file}：改了 {n} 处", f"{file}: changed {n}"))

    desk.answer(data, human)

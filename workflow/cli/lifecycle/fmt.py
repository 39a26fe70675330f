"""`lifecycle fmt`: lifecycle files in the one layout."""

from __future__ import annotations

from difflib import unified_diff

import click

from workflow.cli.command import command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.lifecycle.files import FILES, paths
from workflow.cli.width import plain


@command(
    FILES,
    option("--check", is_flag=True, zh="只看会改什么，不写文件；要改则退出码为 1", en="only show what would change, with exit code 1; write nothing"),
    zh="缩进、空格、引号、空行和各章的次序；注释都保留，意思不变。已发布的版本改了排版也算内容不同，须先把 version 加一。",
    en="Indents, spaces, quotes, blank lines, the order of the chapters; every comment stays, and so does the meaning. "
    "To a published version the layout is content too: raise `version` first.",
    gives='an array of `{"file", "changed"}`.',
)  # fmt: skip
def fmt(desk: Desk, files: tuple[str, ...], check: bool) -> None:
    """Lay out each file; a file with problems stays as it is, and so do the others."""
    from workflow.editing.laying_out import laid_out
    from workflow.editing.replacing import as_before, read_text, replace_file

    read = [(path, read_text(path)) for path in paths(files)]
    done = [(path, text, as_before(laid_out(text, file=str(path)), text)) for path, text in read]
    changed = [path for path, before, after in done if before != after]
    if not check:
        for path, before, after in done:
            if before != after:
                replace_file(path, after)

    def human() -> None:
        for path, before, after in done:
            if before == after:
                click.echo(say(f"{path}：已是统一排版", f"{path}: laid out already"))
            elif check:
                name = str(path)
                lines = unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1)
                click.echo(plain("\n".join(lines)))
            else:
                click.echo(say(f"{path}：已重新排版", f"{path}: laid out"))
        if check and changed:
            click.echo(say(f"要改 {len(changed)} 个文件；去掉 --check 即改", f"{len(changed)} to change; without --check they are changed"), err=True)  # fmt: skip

    desk.answer([{"file": str(path), "changed": before != after} for path, before, after in done], human)
    if check and changed:
        raise click.exceptions.Exit(1)

"""`lifecycle check`: what is wrong with files, before anything is published. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workflow.cli.command import command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say, spoken
from workflow.cli.lifecycle.examined import Examined, chosen, examine, worst
from workflow.cli.lifecycle.files import FILES, PROFILE, paths
from workflow.core.errors import LifecycleInvalid, Problem

NOTES = option(
    "--notes", is_flag=True,
    zh="连同只供参考的提示", en="notes as well: what may be of interest and is nothing wrong",
)  # fmt: skip


@command(
    FILES,
    PROFILE,
    option("--strict", is_flag=True, zh="有警告也算不合格（退出码 2）", en="warnings fail as well (exit code 2)"),
    NOTES,
    option("--sarif", metavar="FILE|-", zh="另写 SARIF 2.1.0，供编辑器和 CI 读取；- 为标准输出", en="write SARIF 2.1.0 as well, for editors and CI; - is the standard output"),
    zh="每一条写作 文件:行:列 代码 说明；代码的解释和例子见 docs/checks.md。警告可以用 # casework: ignore 代码 because 理由 接受。",
    en="Each is told as file:line:column CODE sentence; docs/checks.md explains the codes. A warning is accepted by "
    "`# casework: ignore CODE because …` on its line or above it.",
    gives='an array of `{"file", "lifecycle", "version", "problems": [{"file", "line", "column", "code", "severity", "zh", "en", "hint"}]}`; where there is an error (or with `--strict` a warning), the error has them.',
)  # fmt: skip
def check(
    desk: Desk, files: tuple[str, ...], profile: str | None, strict: bool, notes: bool, sarif: str | None
) -> None:
    """Every problem of every file; exit code 2 where there are errors."""
    examined = [examine(path, profile) for path in paths(files)]
    problems = chosen(examined, notes=notes)
    if sarif is not None:
        _write_sarif(problems, sarif)
    if worst(problems) in ("error", *(["warning"] if strict else [])):
        raise LifecycleInvalid(problems)
    if sarif != "-":
        answer(desk, examined, problems)


def answer(desk: Desk, examined: list[Examined], problems: list[Problem]) -> None:
    """What was found in files that can be used, or that they are sound."""
    from workflow.cli.findings import counted, facts, lines

    data = [
        {
            "file": str(each.path), "lifecycle": one.name, "version": one.version,
            "problems": [facts(problem) for problem in each.problems if problem in problems],
        }
        for each in examined for one in each.lifecycles
    ]  # fmt: skip

    def human() -> None:
        for line in lines(problems):
            click.echo(line)
        for each in examined:
            own = [problem for problem in each.problems if problem in problems]
            for one in each.lifecycles:
                which = say(f"（{one.name} 第 {one.version} 版）", f" ({one.name} version {one.version})")
                click.echo(f"{each.path}: {counted(own) or say('没有问题', 'no problems')}{which}")

    desk.answer(data, human)


def _write_sarif(problems: list[Problem], target: str) -> None:
    from importlib.metadata import PackageNotFoundError, version

    from workflow.checks.sarif import sarif

    try:
        own = version("casework")
    except PackageNotFoundError:
        own = None
    text = json.dumps(sarif(problems, spoken(), version=own, base=Path.cwd()), ensure_ascii=False, indent=2)
    if target == "-":
        click.echo(text)
    else:
        Path(target).write_text(text + "\n", encoding="utf-8")

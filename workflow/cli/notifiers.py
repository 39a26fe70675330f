"""`notifiers`: the plug-ins that deliver notices."""

from __future__ import annotations

import click

from workflow.cli.command import command
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.table import print_table


@command(gives='an array of `{"name", "distribution", "version", "usable", "problem"}`.')
def list_(desk: Desk) -> None:
    """What is installed, and what of it cannot be used, and why."""
    from workflow.plugins import installed

    found = installed()
    data = [
        {
            "name": each.name,
            "distribution": each.distribution,
            "version": each.version,
            "usable": each.problem is None,
            "problem": {"zh": each.problem.zh, "en": each.problem.en} if each.problem else None,
        }
        for each in found
    ]

    def human() -> None:
        if not found:
            click.echo(say("没有安装通知插件。", "no notifier is installed."))
            return
        headings = say("名称 来自 版本 情况", "name from version condition").split()
        print_table(
            headings,
            [
                [n.name, n.distribution, n.version, said(n.problem) if n.problem else say("可用", "usable")]
                for n in found
            ],
        )

    desk.answer(data, human)

"""`lifecycle publish` and `lifecycle list`: what the office works by."""

from __future__ import annotations

import click

from workflow.cli import names
from workflow.cli.command import command
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.lifecycle.files import FILES, PROFILE, paths, settings_of
from workflow.cli.phrases import both
from workflow.cli.table import print_table


@command(FILES, PROFILE, gives='an array of `{"file", "lifecycle", "version", "digest", "new"}`.')
def publish(desk: Desk, files: tuple[str, ...], profile: str | None) -> None:
    """Publish each file; the same content again changes nothing."""
    engine = desk.engine
    actor = desk.actor() if desk.person else None
    published = [
        (path, engine.publish(path, settings=settings_of(path, profile), actor=actor)) for path in paths(files)
    ]
    data = [
        {"file": str(path), "lifecycle": p.name, "version": p.version, "digest": p.digest, "new": p.new}
        for path, p in published
    ]

    def human() -> None:
        for _, p in published:
            state = say("已发布", "published") if p.new else say("早已发布，内容相同", "published before, the same")
            click.echo(say(f"{p.name} 第 {p.version} 版：{state}", f"{p.name} version {p.version}: {state}"))

    desk.answer(data, human)


@command(gives='an array of `{"name", "version", "label", "digest"}`.')
def list_(desk: Desk) -> None:
    """The published lifecycles, the newest version of each."""
    published = list(names.lifecycles(desk.engine).values())

    def human() -> None:
        if not published:
            click.echo(
                say(
                    "还没有发布流程；用 casework lifecycle publish",
                    "nothing is published yet; use `casework lifecycle publish`",
                )
            )
            return
        headings = say("名称 标签 版本", "name label version").split()
        print_table(headings, [[each.name, said(each.label), str(each.version)] for each in published], numbers=(2,))

    desk.answer(
        [{"name": p.name, "version": p.version, "label": both(p.label), "digest": p.digest} for p in published], human
    )

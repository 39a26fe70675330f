"""`lifecycle versions` and `lifecycle retire`: which versions there are, what they hold, and putting one out of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names, times
from workflow.cli.command import argument, command, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.table import print_table

if TYPE_CHECKING:
    from workflow.versions import Version

LIFECYCLE = argument(
    "lifecycle", shell_complete=suggest("lifecycles"), zh="已发布的流程名称", en="a published lifecycle"
)
SHAPE = '`{"lifecycle", "version", "digest", "published_at", "published_by", "retired_at", "retired_by", "running", "ended"}`'
NUMBER = click.IntRange(1, 999_999)


@command(LIFECYCLE, gives=f"an array of {SHAPE}.")
def versions(desk: Desk, lifecycle: str) -> None:
    """Every version, when and by whom it was published, and how many cases it holds."""
    from workflow.versions import versions as versions_of

    found = versions_of(desk.engine, names.lifecycle(desk.engine, lifecycle).name)

    def human() -> None:
        known = desk.engine.people.names([each.published_by for each in found if each.published_by])
        rows = [
            [
                str(each.version), times.stamp(each.published_at), known.get(each.published_by or "", each.published_by or ""),
                each.digest[:12], str(each.running), str(each.ended),
                "" if each.retired_at is None else times.stamp(each.retired_at),
            ]
            for each in found
        ]  # fmt: skip
        headings = say(
            "版本 发布时间 发布人 摘要 在办 已结 停用", "version published by digest running ended retired"
        ).split()
        print_table(headings, rows, numbers=(0, 4, 5))

    desk.answer([_json(each) for each in found], human)


@command(
    LIFECYCLE,
    argument("version", type=NUMBER, zh="停用哪一版", en="which version"),
    zh="停用后不再用它开办新件；它办过的件照旧可查、可核对。还有在办的件时不能停用，先迁走。停用记录在案，须用 --as。",
    en="It opens no new cases then; what it has decided is replayed by it for ever. A version with running cases cannot be "
    "retired: move them first. It is recorded, so it needs --as.",
    gives=f"{SHAPE}.",
)
def retire(desk: Desk, lifecycle: str, version: int) -> None:
    """Put a version out of use."""
    from workflow.versions import retire as retire_version

    found = names.lifecycle(desk.engine, lifecycle)
    held = retire_version(desk.engine, found.name, version, desk.actor())
    label = said(found.label) or found.name
    when = times.stamp(held.retired_at or 0)
    sentence = say(
        f"“{label}”第 {version} 版已于 {when} 停用。", f"version {version} of {label!r} is retired since {when}."
    )
    desk.answer(_json(held), lambda: click.echo(sentence))


def _json(held: Version) -> dict[str, Any]:
    return {
        "lifecycle": held.name,
        "version": held.version,
        "digest": held.digest,
        "published_at": times.iso(held.published_at),
        "published_by": held.published_by,
        "retired_at": None if held.retired_at is None else times.iso(held.retired_at),
        "retired_by": held.retired_by,
        "running": held.running,
        "ended": held.ended,
    }

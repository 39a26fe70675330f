"""`import`: taking in papers that exist already."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli.command import argument, command
from workflow.cli.desk import Desk
from workflow.cli.language import say, spoken
from workflow.cli.progress import progress
from workflow.cli.width import plain


@command(
    argument("file", type=click.Path(path_type=Path), zh="提案 CSV 文件", en="a CSV file of proposals"),
    zh="列：personnel_name、proposal_number、publish_time、reason（案由）、type、content。须以可代录入的人员（--as）导入；"
    "再次导入同一文件不会重复。",
    en="Columns: personnel_name, proposal_number, publish_time, reason (the title), type, content. `--as` must be somebody "
    "who may act on behalf of others; the same file again takes in nothing twice.",
    gives='`{"file", "encoding", "rows", "taken", "repeated", "joint", "collective", "by_type", "entered", "missing_numbers", "gaps", '
    '"same_titles", "like_titles", "repeated_numbers", "unknown_categories", "whole_texts", "rejected"}`',
)
def proposals(desk: Desk, file: Path) -> None:
    """Open and submit a proposal for each row, and say what was found."""
    from workflow.importing import import_proposals

    actor = desk.actor()
    with progress(say("导入", "importing")) as move:
        found = import_proposals(desk.engine, file, actor, progress=lambda done, of: move(done, of, f"{done}/{of}"))

    def human() -> None:
        for line in found.lines(spoken()):
            click.echo(plain(line))

    desk.answer(found.as_json(spoken()), human)

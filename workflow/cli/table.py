"""Tables that align with Chinese text, and the few marks of colour."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Sequence

import click

from workflow.cli.width import columns, cut, line, pad

GAP = "  "
NARROWEST = 10


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    elastic: int | None = None,
    room: int | None = None,
) -> list[str]:
    """The lines of a table, the headings and a rule first.

    Columns in `numbers` stand to the right. The `elastic` column is cut where the lines would be wider than `room`
    terminal columns (None: no limit).
    """
    cells = [[line(cell) for cell in row] for row in rows]
    widths = [max(columns(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    if room is not None and elastic is not None:
        excess = sum(widths) + len(GAP) * (len(widths) - 1) - room
        if excess > 0:
            widths[elastic] = min(widths[elastic], max(widths[elastic] - excess, NARROWEST))

    def laid(row: Sequence[str]) -> str:
        padded = (pad(cut(cell, widths[i]), widths[i], right=i in numbers) for i, cell in enumerate(row))
        return GAP.join(padded).rstrip()

    rule = GAP.join("─" * width for width in widths)
    return [click.style(laid(headings), bold=True), click.style(rule, dim=True), *(laid(row) for row in cells)]


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Collection[int] = (), elastic: int | None = None
) -> None:
    """Print a table; only a terminal has an edge to be cut at."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for each in table(headings, rows, numbers=numbers, elastic=elastic, room=room):
        click.echo(each)

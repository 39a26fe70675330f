"""A bar that shows how far a long command is: on a terminal only, and never in what a program reads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Move = Callable[[int, int, str], None]


@contextmanager
def progress(label: str) -> Iterator[Move]:
    """What to call as the work goes on: how much is done, how much there is, and a word about where it is."""
    if not sys.stderr.isatty():
        yield lambda done, of, word: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=lambda word: word, width=30) as bar:

        def move(done: int, of: int, word: str) -> None:
            bar.length = of
            bar.update(done - bar.pos, word)

        yield move

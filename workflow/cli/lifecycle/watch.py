"""`lifecycle watch`: checks again whenever a file is saved, and shows at once what is found."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from workflow.cli.command import command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.lifecycle.check import NOTES, answer
from workflow.cli.lifecycle.examined import Examined, chosen, examine, worst
from workflow.cli.lifecycle.files import FILES, PROFILE, paths
from workflow.core.errors import WorkflowError

Stamp = dict[Path, tuple[int, int, int]]


@command(
    FILES,
    PROFILE,
    NOTES,
    option("--every", type=click.FloatRange(0.05, 60), default=0.5, metavar="SECONDS", zh="多久看一次文件变了没有（默认 0.5 秒）", en="how often to look whether a file has changed (0.5)"),
    option("--rounds", type=click.IntRange(1), metavar="N", zh="检查几次后结束（默认一直看，直到 Ctrl-C）", en="end after so many checks (by default at Ctrl-C)"),
    zh="编辑器边改边看；样式文件夹 templates 和地方设置变了也重新检查。Ctrl-C 结束。",
    en="For an editor beside it; a change of the folder `templates` or of the profile counts too. Ctrl-C ends it.",
    gives="what `lifecycle check` gives, or the error that it would give, once for each check.",
)  # fmt: skip
def watch(
    desk: Desk, files: tuple[str, ...], profile: str | None, notes: bool, every: float, rounds: int | None
) -> None:
    """Check now, and again after each change."""
    from workflow.cli.failures import report

    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell has started it in the background
    try:
        for number, _ in enumerate(changes(lambda: stamp(files, profile), lambda: time.sleep(every)), 1):
            try:
                _look(desk, [examine(path, profile) for path in paths(files)], notes)
            except (WorkflowError, OSError) as error:  # the file is gone, or cannot be read just now
                report(error, as_json=desk.as_json)
            if number == rounds:
                return
            if not desk.as_json:
                click.echo(
                    click.style(say("—— 等待保存，Ctrl-C 结束 ——", "—— waiting for a change, Ctrl-C ends ——"), dim=True)
                )
    except KeyboardInterrupt:
        if not desk.as_json:
            click.echo(say("\n已结束", "\nended"))


def _look(desk: Desk, examined: list[Examined], notes: bool) -> None:
    from workflow.cli.failures import report
    from workflow.core.errors import LifecycleInvalid

    problems = chosen(examined, notes=notes)
    if worst(problems) == "error":
        report(LifecycleInvalid(problems), as_json=desk.as_json)
    else:
        answer(desk, examined, problems)


def changes(look: Callable[[], Stamp], wait: Callable[[], None]) -> Iterator[None]:
    """Yields at once, and then each time that what `look` sees has changed and come to rest.

    An editor that writes in pieces, or puts a new file in the place of the old, is waited for: a change counts when
    two looks in a row see the same.
    """
    seen = look()
    yield
    while True:
        wait()
        now = look()
        if now == seen:
            continue
        while True:
            wait()
            later = look()
            if later == now:
                break
            now = later
        seen = now
        yield


def stamp(files: tuple[str, ...], profile: str | None) -> Stamp:
    """When each file that matters was last written, and how long it is; what is not there is not in it."""
    found: Stamp = {}
    for path in _watched(files, profile):
        try:
            facts = path.stat()
        except OSError:
            continue
        found[path] = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
    return found


def _watched(files: tuple[str, ...], profile: str | None) -> Iterator[Path]:
    try:
        there = paths(files)
    except WorkflowError:
        there = [Path(file) for file in files]
    for path in there:
        yield path
        for folder in (path.parent / "templates", path.parent.parent / "templates"):
            yield from folder.glob("**/*.txt")
    if profile is not None:
        yield Path(profile)

"""How long a command takes to be there: a new process each time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race, times_as_long
from bench.walk import CLERK, LIFECYCLE, opened
from workflow import Engine
from workflow.directory import Party

ROOT = Path(__file__).parent.parent
NOTHING, CLICK, HELP, SQLALCHEMY, TODO = (
    "python -c pass", "import click", "casework --help", "import sqlalchemy", "casework todo",
)  # fmt: skip


def cold_start(places: Places) -> Table:
    """`casework --help` beside `import click`, a command with a database beside `import sqlalchemy`."""
    url = places.sqlite("start")
    engine = Engine(url)
    engine.create()
    engine.publish(LIFECYCLE)
    engine.people.add(Party(CLERK.id, CLERK.name, unit=CLERK.unit, groups=tuple(CLERK.groups)))
    opened(engine, 3)
    engine.close()
    casework = ["-c", "from workflow.cli import main; main()"]
    commands = {
        NOTHING: ["-c", "pass"],
        CLICK: ["-c", "import click"],
        HELP: [*casework, "--help"],
        SQLALCHEMY: ["-c", "import sqlalchemy"],
        TODO: [*casework, "todo", "--db", url, "--as", "c1"],
    }
    units = {name: _process(arguments) for name, arguments in commands.items()}
    race(units, 1, 1)
    timings = race(units, places.rounds(7), places.size(3, 1))
    table, _ = race_table("Cold start", timings, NOTHING)
    table.at_most("casework --help, times import click", 1.6, times_as_long(timings, HELP, CLICK), "×")
    table.at_most("casework todo, times import sqlalchemy", 1.15, times_as_long(timings, TODO, SQLALCHEMY), "×")
    table.notes.append("CPU is that of this process, which only waits")
    return table


def _process(arguments: list[str]) -> Callable[[int], int]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "notifiers")])}

    def turn(_: int) -> int:
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, timeout=60, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr.decode(errors='replace')[-500:]}")
        return 1

    return turn

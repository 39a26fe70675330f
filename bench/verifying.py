"""Verifying the audit trail beside reading the same lines; sealing; and the memory that verifying takes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from bench.contenders import relax
from bench.filling import copy
from bench.growth import WARM, walking
from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race
from bench.walk import LIFECYCLE, ROAD, opened, walk
from workflow import Actor, Engine
from workflow.cli.audit import PROCESSES
from workflow.core.checkpoint import notes
from workflow.proving import trusted
from workflow.sealing import Folder, seal
from workflow.signing import create, public_keys
from workflow.verifying import verify

LIMIT, ALONE, OURS = "parse and hash the lines", "audit verify, one process", "audit verify"
MOST_MEMORY = 200  # MiB
WITHOUT = "a step without it"
_IN_A_PROCESS = """
import sys
from pathlib import Path
from bench.verifying import verified
from workflow import Engine
verified(Engine(sys.argv[1]), Path(sys.argv[2]), 1)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 1024)  # not ru_maxrss: that begins with the size of who started us
"""


def verifying(places: Places) -> Table:
    """All of a sealed log: chains, replay, tables, positions and root; beside its lines parsed and hashed."""
    url, folder, lines = places.sqlite("verifying"), places.folder / "seal", places.folder / "records.jsonl"
    engine = Engine(url)
    engine.create()
    engine.publish(LIFECYCLE)
    relax(engine, "OFF")
    fill(engine, 1_000_000 if places.long else places.size(100_000, 600))
    with lines.open("w", encoding="utf-8", newline="\n") as out:
        engine.export(out, Actor("bench", "bench"))
    create(folder, "bench")
    began = time.perf_counter()
    sealed = seal(engine, Folder(folder)).new
    rate = sealed / (time.perf_counter() - began)
    units = {
        LIMIT: lambda _: parsed_and_hashed(lines),
        ALONE: lambda _: verified(engine, folder, 1),
        OURS: lambda _: verified(engine, folder, PROCESSES),
    }
    timings = race(units, places.rounds(3), 1)
    engine.close()
    table, ratios = race_table(f"Verifying {sealed:,} records on SQLite, each ({PROCESSES} processors)", timings, LIMIT)
    table.at_least("verify beside parsing and hashing", 0.5, ratios[OURS])
    memory = float(
        subprocess.run(
            [sys.executable, "-c", _IN_A_PROCESS, url, str(folder)],
            cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    table.at_most("memory of a process that verifies", MOST_MEMORY, memory, " MiB")
    table.notes.append(f"sealed {rate:,.0f} records a second")
    table.data |= {"records": sealed, "sealed_per_second": rate, "memory_mib": memory}
    return table


def index(places: Places) -> Table:
    """What the sealer's index costs a step, on SQLite without waiting for the disk: beside one that has no such index."""
    rounds, count = places.rounds(9), places.size(40, 2)
    units = {}
    for name in (WITHOUT, "a step with the sealer's index"):
        engine = Engine(places.sqlite("index"))
        engine.create()
        engine.publish(LIFECYCLE)
        relax(engine, "OFF")
        if name == WITHOUT:
            with engine.writing() as sql:
                sql.execute(sa.text("DROP INDEX ix_records_position"))
        fill(engine, places.size(30_000, 60))
        units[name] = walking(engine, opened(engine, (WARM + rounds * count) // len(ROAD) + 1))
    race(units, 1, WARM)
    table, _ = race_table("What the sealer's index costs a step on SQLite", race(units, rounds, count), WITHOUT)
    return table


def parsed_and_hashed(lines: Path) -> int:
    """What has to be done at least: every line of an export is parsed and hashed, and nothing else."""
    count = 0
    with lines.open("rb") as file:
        for line in file:
            json.loads(line)
            hashlib.sha256(b"\x00" + line[:-1]).hexdigest()
            count += 1
    return count


def verified(engine: Engine, folder: Path, processes: int) -> int:
    """What `audit verify` does; raises AssertionError where not all is proven."""
    signed = notes((folder / "checkpoints").read_text(encoding="utf-8"))
    verdict, proven = verify(engine, processes, trusted(signed, public_keys(folder / "bench.pub"), engine.origin))
    if not verdict.good or proven.findings or proven.open:
        raise AssertionError(f"not proven: {verdict.findings[:3]} {proven}")
    return verdict.records


def fill(engine: Engine, count: int) -> None:
    """At least so many records: copies of a case that went all the way."""
    (template,) = opened(engine, 1)
    for leg in ROAD:
        walk(engine, template, leg)
    copy(engine, [template], count // (len(ROAD) + 1) + 1)

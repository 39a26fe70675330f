"""`python -m tests.simulator`: many seeds, and a line of figures; `--seed N` shows what happened in one."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.simulator.simulation import STEPS, command, simulate
from tests.simulator.world import OFFICES, furnished

KEPT = Path(__file__).with_name("seeds.txt")


@dataclass(frozen=True, slots=True)
class Came:
    """What one seed came to; `wrong` is what was broken and the last that happened, "" where all was well."""

    seed: int
    figures: Counter[str]
    wrong: str = ""


def kept() -> list[int]:
    """The seeds that once failed; they are always run again."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return [int(line) for line in lines if line and not line.startswith("#")]


def run(seeds: Iterable[int], steps: int = STEPS) -> Iterator[Came]:
    """Each seed, on as many processes as there are processors; in order."""
    for office in OFFICES:
        furnished(office)
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        yield from pool.imap(_one, [(seed, steps) for seed in seeds])


def _one(given: tuple[int, int]) -> Came:
    seed, steps = given
    try:
        return Came(seed, simulate(seed, steps).figures)
    except Exception as error:  # the seed says what it was
        return Came(seed, Counter(), "".join(traceback.format_exception(error, limit=-4)))


def said(seeds: int, figures: Counter[str], seconds: float) -> str:
    """The figures as one line."""
    struck = {name.removeprefix("fault: "): n for name, n in sorted(figures.items()) if name.startswith("fault: ")}
    others = ", ".join(f"{name} {n}" for name, n in sorted(figures.items()) if not name.startswith("fault: "))
    faults = ", ".join(f"{name} {n}" for name, n in struck.items())
    return f"{seeds} seeds: {others}; faults {sum(struck.values())} ({faults}); {seconds:.0f} s"


def main() -> int:
    """The command; 1 where a promise was broken."""
    ask = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    ask.add_argument("--seeds", type=int, default=200, help="how many, from 1 on, besides those that are kept")
    ask.add_argument("--seed", type=int, help="this one alone, and all that happened in it")
    ask.add_argument("--steps", type=int, default=STEPS)
    given = ask.parse_args()
    if given.seed is not None:
        world = simulate(given.seed, given.steps)
        print(*world.trace, said(1, world.figures, 0), world.digest, sep="\n")
        return 0
    begun, figures, broken = time.monotonic(), Counter[str](), []
    seeds = dict.fromkeys([*kept(), *range(1, given.seeds + 1)])
    for came in run(seeds, given.steps):
        figures += came.figures
        if came.wrong:
            broken.append(came.seed)
            print(came.wrong, command(came.seed), sep="\n", file=sys.stderr)
    print(said(len(seeds), figures, time.monotonic() - begun))
    fresh = [seed for seed in broken if seed not in kept()]
    if fresh:
        with KEPT.open("a", encoding="utf-8") as file:
            file.writelines(f"{seed}\n" for seed in fresh)
        print(f"kept in {KEPT.name}: {fresh}", file=sys.stderr)
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())

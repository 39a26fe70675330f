"""How good the tests are, from a sample: some of the small changes that mutmut can make, drawn evenly, and the score.

All of them take hours. A few hundred tell the score to within some points, and which changes nobody notices.

    python -m tests.mutation.sampling --sample 300 --seed 1 [--of 'workflow.core.*']

Draws the same mutants for the same seed and the same code. Ends with 1 where the score is below `--at-least` (percent).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from math import sqrt
from pathlib import Path

MUTANTS = Path("mutants")
MUTMUT = Path(sys.executable).parent / "mutmut"
NOTICED = frozenset(("killed", "timeout", "suspicious", "segfault", "caught by type check"))
MISSED = frozenset(("survived", "no tests"))
DEVIATIONS = 1.959964  # of the normal distribution, on either side of 95 % of it


@dataclass(frozen=True, slots=True)
class Score:
    """Of `tried` mutants the tests noticed `noticed`."""

    noticed: int
    tried: int

    @property
    def interval(self) -> tuple[float, float]:
        """Where the score of all mutants lies with 95 % confidence (Wilson's interval), as fractions."""
        if not self.tried:
            return 0.0, 1.0
        square, share = DEVIATIONS**2, self.noticed / self.tried
        middle = (share + square / (2 * self.tried)) / (1 + square / self.tried)
        spread = sqrt(share * (1 - share) / self.tried + square / (4 * self.tried**2))
        spread *= DEVIATIONS / (1 + square / self.tried)
        return max(middle - spread, 0.0), min(middle + spread, 1.0)

    def __str__(self) -> str:
        low, high = self.interval
        share = self.noticed / self.tried if self.tried else 0.0
        return f"{share:.1%} ({self.noticed} of {self.tried} noticed; all of them, with 95 %: {low:.1%} to {high:.1%})"


def module_of(mutant: str) -> str:
    """`workflow.core.width` of `workflow.core.width.x_columns__mutmut_1`."""
    return mutant.rpartition(".")[0]


def drawn(names: Sequence[str], sample: int, seed: int) -> list[str]:
    """`sample` of the names, each as likely as any other and each module by its share: every k-th of them in order, from
    one by chance, those of one module by chance among themselves.
    """
    if sample >= len(names):
        return list(names)
    chance = random.Random(seed)
    mixed = sorted(names)
    chance.shuffle(mixed)
    mixed.sort(key=module_of)
    step = len(mixed) / sample
    first = chance.random() * step
    return sorted(mixed[int(first + n * step)] for n in range(sample))


def scored(statuses: Mapping[str, str]) -> dict[str, Score]:
    """The score of each module, and that of all of them under ""."""
    tried = {name: status for name, status in statuses.items() if status in NOTICED | MISSED}
    scores = {}
    for module in ("", *sorted({module_of(name) for name in tried})):
        among = [status for name, status in tried.items() if module in ("", module_of(name))]
        scores[module] = Score(sum(status in NOTICED for status in among), len(among))
    return scores


# ---------------------------------------------------------------- mutmut


def made() -> list[str]:
    """The names of every mutant that mutmut makes of the code as it is now."""
    from mutmut import __main__ as mutmut

    mutmut.set_mutant_under_test("mutant_generation")
    MUTANTS.mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.store_lines_covered_by_tests()
    mutmut.create_mutants(2)
    return [
        name for meta in sorted(MUTANTS.rglob("*.meta")) for name in json.loads(meta.read_text())["exit_code_by_key"]
    ]


def run(names: Sequence[str], *, children: int, minutes: float) -> dict[str, str]:
    """What became of each: "killed", "survived", … as mutmut calls it; "not checked" where the time was over.

    Ends the program where the tests fail without any mutant.
    """
    from mutmut.stats import status_by_exit_code

    command = [MUTMUT, "run", "--max-children", str(children), *names]
    try:
        if subprocess.run(command, check=False, timeout=minutes * 60).returncode:
            sys.exit("the tests do not pass on the code as it is: nothing was measured")
    except subprocess.TimeoutExpired:
        print(f"stopped after {minutes:g} minutes; the quickest were tried first")
    wanted, found = set(names), {}
    for meta in MUTANTS.rglob("*.meta"):
        codes = json.loads(meta.read_text())["exit_code_by_key"]
        found |= {name: status_by_exit_code[code] for name, code in codes.items() if name in wanted}
    return found


def main() -> int:
    """Draw, run, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sample", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--of", default="*", help="only mutants whose names match, as in 'workflow.core.*'")
    asked.add_argument("--children", type=int, default=2, help="processes at once")
    asked.add_argument("--minutes", type=float, default=600, help="then score what was tried")
    asked.add_argument("--at-least", type=float, default=0, help="percent")
    given = asked.parse_args()
    every = [name for name in made() if fnmatch(name, given.of)]
    names = drawn(every, given.sample, given.seed)
    print(f"{len(names)} of {len(every)} mutants, seed {given.seed}", flush=True)
    statuses = run(names, children=given.children, minutes=given.minutes)
    for name, status in sorted(statuses.items()):
        if status in MISSED:
            subprocess.run([MUTMUT, "show", name], check=False, timeout=300)
    scores = scored(statuses)
    whole = scores.pop("")
    print()
    for module, score in scores.items():
        print(f"{module:36} {score}")
    print(f"{'all':36} {whole}")
    return int(whole.noticed < whole.tried * given.at_least / 100)


if __name__ == "__main__":
    sys.exit(main())

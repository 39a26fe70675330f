"""`python -m bench [names…] [--quick] [--long] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import checking, clients, day, deciding, growth, loading, posting, sizes, start, steps, sweeping, verifying
from bench.places import Absent, Places, machine, places
from bench.report import Table

BENCHMARKS: dict[str, Callable[[Places], Table]] = {
    "sqlite-full": steps.sqlite_full,
    "sqlite-normal": steps.sqlite_normal,
    "postgres": steps.postgres,
    "clients": clients.four_clients,
    "counts": steps.counts,
    "decide": deciding.deciding,
    "where": deciding.where_time_goes,
    "load": loading.loading,
    "check": checking.shipped,
    "check-states": checking.many_states,
    "start": start.cold_start,
    "memory": sizes.memory,
    "states": sizes.many_states,
    "records": sizes.many_records,
    "verify": verifying.verifying,
    "seal-index": verifying.index,
    "growth": growth.growth,
    "growth-postgres": growth.growth_on_postgres,
    "notices": posting.posting,
    "timers": sweeping.sweep,
    "day": day.on_postgres,
    "day-mariadb": day.on_mariadb,
    "timers-postgres": sweeping.sweep_on_postgres,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all; 0 also where a goal is missed, for a time proves nothing alone."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What casework costs, beside the limit.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all where none is given")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it runs, not how fast")
    parser.add_argument(
        "--long", action="store_true", help="growth to 1,000,000 cases, a day with 100,000 running cases"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    results = {}
    with places(quick=options.quick, long=options.long) as here:
        about = machine(here.folder)
        print(", ".join(f"{name} {value}" for name, value in about.items()), end="\n\n", flush=True)
        for name in options.names or BENCHMARKS:
            began = time.perf_counter()
            try:
                table = BENCHMARKS[name](here)
            except Absent as absent:
                print(f"{name}: left out: {absent}\n", flush=True)
                continue
            print(table.text(), flush=True)
            print(f"  ({name}: {time.perf_counter() - began:.0f} s)\n", flush=True)
            results[name] = table.plain()
    if options.json is not None:
        options.json.write_text(json.dumps({"machine": about, "results": results}, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Loading a lifecycle, beside PyYAML's C loader alone."""

from __future__ import annotations

import yaml

from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race, repeated, times_as_long
from workflow.loading import load
from workflow.shipped import shipped_definitions

LIMIT, CHECKED, PUBLISHED = "yaml C loader", "load, checked", "load, published before"


def loading(places: Places) -> Table:
    """The shipped proposal lifecycle: parse, check the shape and every condition, compile."""
    text = (shipped_definitions() / "proposal.yaml").read_text()
    units = {
        LIMIT: repeated(lambda: yaml.load(text, yaml.CSafeLoader), 1),
        CHECKED: repeated(lambda: load(text), 1),
        PUBLISHED: repeated(lambda: load(text, check=False), 1),
    }
    race(units, 1, 1)
    timings = race(units, places.rounds(9), places.size(3, 1))
    table, _ = race_table(f"Loading definitions/proposal.yaml ({len(text.splitlines())} lines)", timings, LIMIT)
    for name in (CHECKED, PUBLISHED):
        table.at_most(f"{name}, times the C loader", 1.5, times_as_long(timings, name, LIMIT), "×")
    return table

"""Checking a lifecycle as its author does at every save, beside PyYAML's C loader alone."""

from __future__ import annotations

import yaml

from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import Timing, race, repeated, times_as_long
from workflow.checks import check
from workflow.loading import load
from workflow.shipped import shipped_definitions

LIMIT, LOADED, CHECKED = "yaml C loader", "load, conditions by type", "load and every check"


def shipped(places: Places) -> Table:
    """The shipped proposal lifecycle: a second is what an author waits without noticing."""
    text = (shipped_definitions() / "proposal.yaml").read_text()
    table, timings = _beside(places, "Checking definitions/proposal.yaml", text)
    took = next(timing.median for timing in timings if timing.name == CHECKED)
    table.at_most("loading and checking proposal.yaml", 1_000_000, took, " µs")
    return table


def many_states(places: Places) -> Table:
    """A lifecycle of 1,000 states with guards, routes, ways back and labels in both languages."""
    states = places.size(1_000, 30)
    table, timings = _beside(places, f"Checking a lifecycle of {states} states", long_lifecycle(states))
    table.at_most("load and every check, times the C loader", 10, times_as_long(timings, CHECKED, LIMIT), "×")
    return table


def _beside(places: Places, title: str, text: str) -> tuple[Table, list[Timing]]:
    units = {
        LIMIT: repeated(lambda: yaml.load(text, yaml.CSafeLoader), 1),
        LOADED: repeated(lambda: load(text), 1),
        CHECKED: repeated(lambda: check(load(text)), 1),
    }
    race(units, 1, 1)
    timings = race(units, places.rounds(7), places.size(2, 1))
    table, _ = race_table(f"{title} ({len(text.splitlines())} lines)", timings, LIMIT)
    return table, timings


def long_lifecycle(states: int) -> str:
    """So many states in a line: every fourth step has one of 20 guards, every twentieth routes of its own, every tenth
    state can be sent back from; nothing is wrong with it.
    """
    guards = "\n".join(
        f"  weighty{n}: {{when: case.weight >= {n + 1}, else: {{zh: 分量不足 {n + 1}, en: Less than {n + 1}}}}}"
        for n in range(20)
    )
    named = "\n".join(
        f"  s{n}: {{label: {{zh: 第 {n} 处, en: Desk {n}}}, waits_for: [clerk]}}" for n in range(states - 1)
    )
    return f"""\
casework: 1
lifecycle: long
version: 1
label: {{zh: 长流程, en: A long one}}
initial: s0
roles:
  clerk: {{group: clerks, label: {{zh: 经办人, en: Clerk}}}}
fields:
  weight: {{type: int, required: true, min: 0, max: 100, label: {{zh: 分量, en: Weight}}}}
guards:
{guards}
states:
{named}
  s{states - 1}: {{label: {{zh: 办结, en: Done}}, final: successful}}
transitions:
{chr(10).join(_step(n) for n in range(states - 1))}
"""


def _step(n: int) -> str:
    own = f"  go{n}: {{label: {{zh: 到第 {n + 1} 处, en: To desk {n + 1}}}, from: s{n}, by: [clerk]"
    if n % 20 == 7:
        bound = n % 90 + 1
        own += (
            f", routes: [{{when: case.weight < {bound}, to: s{n + 1}}}, {{when: case.weight >= {bound}, to: s{n - 1}}}]"
        )
    else:
        own += f", to: s{n + 1}" + (f", if: weighty{n // 4 % 20}" if n % 4 == 0 else "")
    if n % 10 == 9:
        own += f"}}\n  back{n}: {{label: {{zh: 从第 {n} 处退回, en: Back from {n}}}, from: s{n}, to: s{n - 5}, by: [clerk], note: required"
    return own + "}"

"""What a benchmark says: a table with the goal beside the result, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.rounds import Ratio, Timing, ratio


@dataclass(slots=True)
class Table:
    """One benchmark's outcome. `goals` are (what, goal, reached, met)."""

    title: str
    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[tuple[str, str, str, bool]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def add(self, *cells: object) -> None:
        self.rows.append([str(cell) for cell in cells])

    def at_least(self, what: str, goal: float, reached: Ratio) -> None:
        """A goal for a ratio to the limit."""
        self.goals.append((what, f"≥ {goal:.2f}", str(reached), reached.middle >= goal))

    def at_most(self, what: str, goal: float, reached: float, unit: str = "") -> None:
        """A goal for a figure that should be small."""
        self.goals.append((what, f"≤ {goal:g}{unit}", f"{reached:.2f}{unit}", reached <= goal))

    def text(self) -> str:
        """The table as it is printed."""
        lines = [self.title, "=" * len(self.title), *_aligned([list(self.columns), *self.rows]), ""]
        for what, goal, reached, met in self.goals:
            lines.append(f"  {'met   ' if met else 'missed'}  {what}: goal {goal}, here {reached}")
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    def plain(self) -> dict[str, Any]:
        """The table for JSON."""
        return {
            "title": self.title,
            "columns": list(self.columns),
            "rows": self.rows,
            "goals": [dict(zip(("what", "goal", "reached", "met"), goal, strict=True)) for goal in self.goals],
            "notes": self.notes,
            **self.data,
        }


def race_table(title: str, timings: list[Timing], limit: str, unit: str = "µs") -> tuple[Table, dict[str, Ratio]]:
    """A table of a race, every contender beside `limit`; and the ratios of the wall times by name."""
    by_name = {timing.name: timing for timing in timings}
    base = by_name[limit]
    table = Table(title, ("", f"median {unit}", "p95", "CPU", f"of {limit} [quartiles of rounds]", "CPU of it"))
    ratios = {}
    for timing in timings:
        found = ratios[timing.name] = ratio(base.wall, timing.wall)
        table.add(
            timing.name,
            f"{timing.median:.1f}" if timing.median < 100 else f"{timing.median:.0f}",
            f"{timing.p95:.0f}",
            f"{sum(timing.cpu) / len(timing.cpu):.0f}",
            found,
            ratio(base.cpu, timing.cpu) if all(base.cpu) and all(timing.cpu) else "",
        )
    table.data["contenders"] = {
        t.name: {
            "median_us": t.median, "p95_us": t.p95, "wall_us_by_round": t.wall, "cpu_us_by_round": t.cpu,
            "ratio": ratios[t.name].middle,
        }
        for t in timings
    }  # fmt: skip
    return table, ratios


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return lines

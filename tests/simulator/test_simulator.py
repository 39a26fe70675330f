"""The whole, simulated: no seed breaks a promise, and a seed is the same wherever it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import promises
from tests.simulator.__main__ import kept, run, said
from tests.simulator.simulation import EVERY, STEPS, command, simulate
from workflow import outbox
from workflow.store import claims
from workflow.store.connections import Own

SEEDS = int(os.environ.get("CASEWORK_SEEDS", "200"))
CHECKOUT = Path(__file__).parents[2]
ALONE = "import sys; from tests.simulator.simulation import simulate; print(simulate(int(sys.argv[1])).digest)"


def test_no_seed_breaks_a_promise() -> None:
    figures: Counter[str] = Counter()
    seeds = dict.fromkeys([*kept(), *range(1, SEEDS + 1)])
    for came in run(seeds):
        assert "" == came.wrong, f"{came.wrong}\n{command(came.seed)}"
        figures += came.figures
    print(said(len(seeds), figures, 0))
    for happened in ("acknowledged", "refused", "repeated", "deliveries", "timers", "seals", "migrated", "overtakings"):
        assert figures[happened] > SEEDS // 10, f"hardly anything was {happened}"


@pytest.mark.parametrize("seed", [1, 4])
def test_a_seed_is_the_same_in_every_process_and_for_every_order_of_sets(seed: int) -> None:
    digests = set()
    for order in ("0", "7"):
        ran = subprocess.run(
            [sys.executable, "-c", ALONE, str(seed)],
            cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PYTHONHASHSEED": order, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert "" == ran.stderr
        digests.add(ran.stdout.strip())

    assert {simulate(seed).digest} == digests


# ---------------------------------------------------------------- it would notice


def broken(seeds: range = range(1, 13)) -> str:
    """What the first of a few seeds says that goes wrong."""
    for seed in seeds:
        try:
            simulate(seed)
        except Exception as error:
            return "\n".join((str(error), *error.__notes__))
    return ""


def test_it_notices_a_command_that_is_acknowledged_and_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then a commit says yes and does nothing."""
    commit, commits = Own.commit, count(1)

    def forgetful(own: Own) -> None:
        (own.rollback if next(commits) % 15 == 0 else lambda: commit(own))()

    monkeypatch.setattr(Own, "commit", forgetful)
    assert "make simulate" in broken()


def test_it_notices_a_notice_that_is_sent_twice_within_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim ends before it begins."""
    claim = claims.claim

    def short(sql: Any, now: int, worker: str, until: int, most: int) -> Any:
        return claim(sql, now, worker, now, most)

    monkeypatch.setattr(claims, "claim", short)
    assert "twice within a lease" in broken(range(1, 100))


def test_it_notices_a_notice_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is marked before the channel has it."""
    send = outbox._Batch._send

    def early(batch: Any, each: Any, letter: Any, number: str) -> None:
        batch._mark_sent(each.row, each.attempt)
        send(batch, each, letter, number)

    monkeypatch.setattr(outbox._Batch, "_send", early)
    assert "nobody has it" in broken(range(1, 25))


def test_it_notices_a_promise_that_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The promises are asked for, in the middle and at the end."""
    asked: list[int] = []
    hold = promises.hold
    monkeypatch.setattr(promises, "hold", lambda office: (asked.append(office.step), hold(office)))
    simulate(2)
    assert [EVERY, 2 * EVERY, STEPS] == asked

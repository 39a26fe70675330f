"""An office's days in which whoever works is killed with -9, again and again, at any moment: nothing is lost, nothing is done twice.

In the tests one round; `make storm` has ROUNDS of them, and says how many commands, kills and moments there were. A round that fails
names its seed: CASEWORK_SEED=… plays it again.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ANN, DAN, of_unit
from tests.faults.house import DAY, DEEDS, LAMP, Deed, House, asking
from tests.faults.points import Life
from workflow.core.model import Actor

ROUNDS = int(os.environ.get("CASEWORK_STORM", "1"))
COMMANDS = 50 if "CASEWORK_STORM" in os.environ else 8  # in one round, after which the office is as it was at first
DEEP = 6  # moments that a command gets through on the average
MOST_KILLS = 3  # of one command
UNITS = ("u1", "u2", "u3")
WORKERS = [deed for deed in DEEDS if deed.name in ("timer", "notice", "seal", "migrate")]


def test_nothing_is_lost_or_doubled_in_a_storm(kind: str, new_database: Callable[..., str], tmp_path: Path) -> None:
    told = Counter[str]()
    with House(new_database(kind), tmp_path) as house:
        for _ in range(ROUNDS):
            seed = int(os.environ.get("CASEWORK_SEED", random.randrange(2**32)))
            print(f"{kind}: CASEWORK_SEED={seed}")
            house.restore()
            _days(house, random.Random(seed), told)
    commands, kills = told.pop("commands"), told.pop("kills")
    print(
        f"{kind}: {ROUNDS} rounds, {commands} commands, {kills} kills, {told.pop('acknowledged')} acknowledged: {dict(told)}"
    )

    assert kills


def _days(house: House, draw: random.Random, told: Counter[str]) -> None:
    acknowledged: dict[str, object] = {}
    killed_delivering = 0
    for number in range(COMMANDS):
        request = f"storm-{number}"
        deed = _next(house, draw, request)
        house.mark(house.drawn + 100)  # what a killed process drew is not drawn again
        kills = 0
        while kills < MOST_KILLS:
            life: Life = house.life(deed, 1 + int(draw.expovariate(1 / DEEP)), anew=False)
            house.state()
            if deed.leases:
                house.later()
            if not life.killed:
                break
            kills += 1
            house.mark(house.drawn + 100)
        killed_delivering += deed.leases * kills
        answer = json.loads(json.dumps(deed.do(house, lambda: None)))
        if deed.name == "asked":
            assert life.killed or life.answer == answer
            acknowledged[request] = answer
        _is_there(house, acknowledged)
        assert sum(house.delivered().values()) <= len(house.delivered()) + killed_delivering
        told.update({"commands": 1, "kills": kills, deed.name: 1, "acknowledged": int(deed.name == "asked")})


def _is_there(house: House, acknowledged: dict[str, object]) -> None:
    """Each command that was answered is recorded once, with the hash that its receipt told."""
    records = house.state().rows["records"]
    found = {row.leaf: row for row in records}
    times = Counter(json.loads(row.body).get("request") for row in records)
    for request, answer in acknowledged.items():
        assert 1 == times[request], request
        if isinstance(answer, dict):
            assert request == json.loads(found[answer["leaf"]].body)["request"]


def _next(house: House, draw: random.Random, request: str) -> Deed:
    """Something that can be asked for as things stand, by whoever may; now and then it is refused."""
    if draw.random() < 0.35:
        house.now += draw.choice((0, 0, DAY // 24, 2 * DAY))
        return draw.choice(WORKERS)
    if draw.random() < 0.2:
        return asking(None, "open", ANN, LAMP, request)
    case = draw.choice(house.engine.find("ticket"))
    open_parts = [part for part in house.engine.case(case.id).parts if part.open]
    if open_parts and draw.random() < 0.6:
        part = draw.choice(open_parts)
        action, values = (
            ("fill", {"score": 5}) if part.kind == "sheet" else ("reply", {"answer": "已办", "result": "A"})
        )
        return asking(part.id, action, of_unit(part.key), values, request)
    units = {"units": draw.sample(UNITS, draw.randint(1, 3))}
    options: list[tuple[str, Actor, dict[str, object]]] = [
        ("send", ANN, {}), ("send", ANN, {}), ("give", DAN, units), ("give", DAN, units),
        ("merge", DAN, {"lead": house.cases["out"]}), ("spawn", DAN, {}), ("rate", DAN, {"raters": [draw.choice(UNITS)]}),
        ("urge", DAN, {}), ("edit", ANN, {"title": f"路灯 {request}"}),
    ]  # fmt: skip
    return asking(case.id, *draw.choice(options), request)

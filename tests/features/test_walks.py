"""Clerks who do anything at all, in any order: whatever they try, our lifecycles answer with a move or a good reason."""

from __future__ import annotations

import random
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from workflow.core.calendar import china
from workflow.core.decide import Offer, offers
from workflow.core.model import OPEN, Actor, Case, Command, Field, File, Lifecycle, Refusal
from workflow.core.roles import waiting
from workflow.core.run import Ran, Supply, run, run_open
from workflow.loading import load_path

DEFINITIONS = Path(__file__).parents[2] / "definitions"
HOUR = 3_600_000_000
GROUPS = (
    "proposal_office", "proposal_committee", "dispatch_office", "opinion_editors", "opinion_checkers", "opinion_issuers",
    "consultation_office",
)  # fmt: skip
NAMES = ("m1", "m2", "m3", "u1", "u2", "u3")
PEOPLE = [*(Actor(f"of {group}", groups=frozenset([group])) for group in GROUPS), *(Actor(name) for name in NAMES)]
FAULTS = {"condition", "no_route", "endless", "invariant"}  # the lifecycle's own, never the clerk's
DETOURS = {  # rarely, or no walk gets far
    "withdraw", "discard", "shelve", "refuse", "forward_letter", "ask_withdrawal", "recall", "send_back", "suspend",
    "offer_conversion", "request_return", "reject_reply", "rework", "handle_again",
}  # fmt: skip
LINKING = {"merge", "combine", "consent"}  # need a second case; the features walk these


class Walk:
    """One case among clerks with a seed."""

    def __init__(self, lifecycle: Lifecycle, seed: int) -> None:
        self.lifecycle = lifecycle
        self.chance = random.Random(seed)
        self.now = 1_640_995_200_000_000
        self.ids, self.numbers = count(1), count(1)
        input = {"title": "t", "problem": "p"} if lifecycle.name == "proposal" else {"title": "t", "situation": "s"}
        opened = run_open(lifecycle, Command(OPEN, Actor("m1"), input), self.supply())
        assert isinstance(opened, Ran)
        self.file: File = opened.file
        self.taken: Counter[str] = Counter()

    def supply(self) -> Supply:
        return Supply(
            self.now, "walk", lambda: f"{next(self.ids):06d}", lambda wanted: wanted.format(next(self.numbers)), china()
        )

    def step(self) -> Refusal | None:
        """One command by somebody who may try it; the refusal, where there was one."""
        self.now += self.chance.randrange(HOUR, 60 * HOUR)
        pairs = [(case, actor) for case in self.file for actor in PEOPLE if case.open]
        for case, actor in self.chance.sample(pairs, len(pairs)):
            offered = [
                offer
                for offer in offers(self.lifecycle, self.file, case.id, actor, self.now, china())
                if offer.action not in LINKING
                and (not (offer.act or offer.action in DETOURS) or self.chance.random() < 0.1)
            ]
            if offered:
                return self.take(case, actor, self.chance.choice(offered))
        return None

    def take(self, case: Case, actor: Actor, offer: Offer) -> Refusal | None:
        asked = {field.name: self.value(field) for field in offer.asks if field.required or self.chance.random() < 0.7}
        note = "n" if offer.note == "required" or self.chance.random() < 0.3 else None
        came = run(self.lifecycle, self.file, case.id, Command(offer.action, actor, asked, note), self.supply())
        if isinstance(came, Refusal):
            return came
        self.file = came.file
        self.taken.update(str(step.entry["action"]) for step in came.steps)
        return None

    def value(self, field: Field) -> Any:
        match field.type:
            case "int":
                return self.chance.randint(field.min or 0, field.max or 100)
            case "bool":
                return self.chance.random() < 0.8
            case "date":
                return "2022-06-30"
            case "choice" | "code":
                return self.chance.choice(field.choices)
            case "party":
                return self.chance.choice(NAMES)
            case "list":
                assert field.item is not None
                return [self.value(field.item) for _ in range(self.chance.randint(1, 3))]
            case "record":
                return {inner.name: self.value(inner) for inner in field.fields}
        return "x"


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_whatever_clerks_try_the_lifecycle_itself_is_never_at_fault(name):
    lifecycle = load_path(DEFINITIONS / f"{name}.yaml")
    faults: list[str] = []
    states: set[str] = set()
    for seed in range(6):
        walk = Walk(lifecycle, seed)
        for _ in range(80):
            refusal = walk.step()
            if refusal is not None:
                faults += [
                    f"{refusal.action} in {refusal.state}: {b.text.en}" for b in refusal.blockers if b.code in FAULTS
                ]
            for case in walk.file:
                waits = waiting(lifecycle, walk.file, case.id)
                assert case.open or waits == ()
            states |= {state for case in walk.file for state in case.visits}

    assert [] == faults
    assert {"submitted", "screened", "assigned", "replied", "evaluated"} <= states


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_an_open_case_always_waits_for_somebody(name):
    lifecycle = load_path(DEFINITIONS / f"{name}.yaml")
    for seed in range(6, 10):
        walk = Walk(lifecycle, seed)
        for _ in range(60):
            walk.step()
            root = walk.file.root
            somebody = any(waiting(lifecycle, walk.file, case.id) for case in walk.file)
            assert not root.open or somebody, f"seed {seed}: nobody has {root.state} on a list"

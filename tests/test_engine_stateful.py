"""The engine on a database against a plain dictionary that says what should be."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import Refused, Stale
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.testing import CountedIds, FrozenClock

UNITS = ("u1", "u2", "u3")
ACTORS = (ANN, DAN, *map(of_unit, UNITS))


@dataclass
class Known:
    """What should be true of one case."""

    state: str = "draft"
    weight: int | None = None
    revision: int = 1
    records: int = 1
    number: str | None = None
    tasks: dict[str, str] = field(default_factory=dict)


class EngineAgainstDictionary(RuleBasedStateMachine):
    """Commands of all sorts, most of them refused."""

    opened = Bundle("opened")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FrozenClock()
        self.engine = Engine(f"sqlite:///{self.folder.name}/case.db", clock=self.clock, ids=CountedIds())
        self.engine.create()
        self.engine.publish((Path(__file__).parent / "ticket.yaml").read_text(encoding="utf-8"))
        self.known: dict[str, Known] = {}
        self.numbers = 0
        self.office = 1

    def teardown(self) -> None:
        self.engine.close()
        self.folder.cleanup()

    @rule(target=opened, weight=st.none() | st.integers(0, 9))
    def open(self, weight: int | None) -> str:
        id = self.engine.open("ticket", ANN, {"title": "Broken lamp", "weight": weight}).case.id
        self.known[id] = Known(weight=weight)
        return id

    @rule(case=opened, actor=st.sampled_from(ACTORS))
    def send(self, case: str, actor: Actor) -> None:
        known = self.known[case]
        if self.fire(case, "send", actor, allowed=actor is ANN and known.state == "draft"):
            self.numbers += 1
            known.state, known.number = "sent", f"T-{self.numbers:03}"

    @rule(case=opened, actor=st.sampled_from(ACTORS), units=st.lists(st.sampled_from(UNITS), unique=True, min_size=1))
    def give(self, case: str, actor: Actor, units: list[str]) -> None:
        known = self.known[case]
        if self.fire(case, "give", actor, allowed=actor is DAN and known.state == "sent", units=units):
            known.state = "out"
            known.tasks = dict.fromkeys(units, "open")

    @rule(case=opened, actor=st.sampled_from(ACTORS), weight=st.integers(0, 9))
    def edit(self, case: str, actor: Actor, weight: int) -> None:
        known = self.known[case]
        if self.fire(case, "edit", actor, allowed=actor is ANN and known.state == "draft", weight=weight):
            known.weight = weight

    @rule(case=opened, actor=st.sampled_from(ACTORS))
    def withdraw(self, case: str, actor: Actor) -> None:
        known = self.known[case]
        if self.fire(case, "withdraw", actor, allowed=actor is ANN and known.state in ("sent", "out"), note="no"):
            known.state = "gone"
            known.tasks = {
                unit: "closed" if state in ("open", "back") else state for unit, state in known.tasks.items()
            }

    @rule(case=opened, unit=st.sampled_from(UNITS), actor=st.sampled_from(ACTORS), answer=st.text("ab", max_size=2))
    def reply(self, case: str, unit: str, actor: Actor, answer: str) -> None:
        known = self.known[case]
        if unit not in known.tasks:
            return
        allowed = actor.unit == unit and known.tasks[unit] == "open" and answer != ""
        if self.fire(case, "reply", actor, part=unit, allowed=allowed, answer=answer):
            known.tasks[unit] = "ended"
            if set(known.tasks.values()) == {"ended"}:
                known.state = "done"
                known.records += 1
                known.revision += 1

    @rule(case=opened, unit=st.sampled_from(UNITS), actor=st.sampled_from(ACTORS))
    def hand_back_and_forth(self, case: str, unit: str, actor: Actor) -> None:
        known = self.known[case]
        if unit not in known.tasks:
            return
        if known.tasks[unit] == "back":
            if self.fire(case, "hand_back", actor, part=unit, allowed=actor is DAN):
                known.tasks[unit] = "open"
        else:
            allowed = actor.unit == unit and known.tasks[unit] == "open"
            if self.fire(case, "return", actor, part=unit, allowed=allowed, note="not ours"):
                known.tasks[unit] = "back"

    @rule(case=opened, off=st.integers(-2, 2))
    def comment_as_seen(self, case: str, off: int) -> None:
        known = self.known[case]
        try:
            self.engine.fire(case, "comment", DAN, note="x", expect=known.revision + off)
            assert off == 0
            known.revision += 1
        except Stale:
            assert off != 0
        known.records += 1

    @rule(case=opened)
    def comment_twice_with_one_request(self, case: str) -> None:
        known = self.known[case]
        request = f"{case}-{known.records}"
        first = self.engine.fire(case, "comment", DAN, note="x", request_id=request)
        assert first == self.engine.fire(case, "comment", DAN, note="x", request_id=request)
        known.revision += 1
        known.records += 1

    @rule(hours=st.integers(1, 20))
    def wait(self, hours: int) -> None:
        if (self.clock() - FrozenClock()()) < 3 * 86_400_000_000:  # well within the time allowed for a reply
            self.clock.advance(hours=hours)

    def fire(
        self,
        case: str,
        action: str,
        actor: Actor,
        *,
        allowed: bool,
        part: str | None = None,
        note: str | None = None,
        **input: object,
    ) -> bool:
        known = self.known[case]
        known.records += 1
        name = case if part is None else next(p.id for p in self.engine.case(case).parts if p.key == part)
        try:
            self.engine.fire(name, action, actor, input, note=note)
        except Refused:
            assert not allowed
            return False
        assert allowed
        known.revision += part is None
        return True

    @invariant()
    def the_tables_are_what_the_dictionary_says(self) -> None:
        for id, known in self.known.items():
            file = self.engine.case(id)
            root = file.root
            assert (known.state, known.weight, known.revision) == (root.state, root.values.get("weight"), root.revision)
            assert (known.number, known.records) == (root.number, file.records)
            parts = {p.key: "closed" if p.outcome == "cancelled" else p.state for p in file.parts}
            assert known.tasks == parts

    @invariant()
    def the_lists_are_what_the_dictionary_says(self) -> None:
        for unit in UNITS:
            tasks = [known for known in self.known.values() if known.tasks.get(unit) == "open"]
            assert len(tasks) == len(self.engine.todo(of_unit(unit)))
        for weight in (0, 5):
            expected = [id for id, known in self.known.items() if known.weight == weight]
            assert expected == [case.id for case in self.engine.find(where={"weight": weight})]

    @invariant()
    def the_audit_trail_agrees(self) -> None:
        verdict = self.engine.verify()
        assert () == verdict.findings
        assert self.office + sum(known.records for known in self.known.values()) == verdict.records


TestEngineAgainstDictionary = EngineAgainstDictionary.TestCase
TestEngineAgainstDictionary.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)

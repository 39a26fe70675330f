"""A small office for tests: people who are known by name, cases by nickname, and what the engine said last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow.core.errors import Refused
from workflow.core.model import ROOT, Actor, Case, File, Json, Kind, Language, Lifecycle, Micros, Text
from workflow.core.record import Record
from workflow.engine import Engine
from workflow.office.answers import Outcome
from workflow.testing.clock import FrozenClock
from workflow.testing.ids import CountedIds
from workflow.testing.words import action_named, all_names, asked, field_named, filled, part_named, said


class Office:
    """An engine, a clock that is set, the people and the cases of one test.

    Cases, actions, states, fields and choices may be named by their keys or by their labels in either language.
    """

    def __init__(self, engine: Engine, clock: FrozenClock) -> None:
        self.engine = engine
        self.clock = clock
        self.people: dict[str, Actor] = {}
        self.cases: dict[str, str] = {}
        self.outcome: Outcome | None = None
        self.refused: Refused | None = None

    @classmethod
    def on(cls, database: str, clock: FrozenClock | None = None, ids: Callable[[], str] | None = None) -> Office:
        """An office on a new database, such as "sqlite:///case.db", with its schema in place."""
        clock = clock or FrozenClock()
        engine = Engine(database, clock=clock, ids=ids or CountedIds())
        engine.create()
        return cls(engine, clock)

    def publish(self, path: str | Path, settings: Mapping[str, Json] | None = None) -> Lifecycle:
        """Publish a lifecycle file with the place's `settings`, and return it."""
        published = self.engine.publish(Path(path), settings=settings)
        return self.engine.lifecycle(published.name, published.version)

    # -- people

    def person(self, name: str, groups: Iterable[str] = (), unit: str | None = None) -> Actor:
        """Somebody called `name` (that is the id too), in these groups and of this unit."""
        self.people[name] = Actor(id=name, name=name, unit=unit, groups=frozenset(groups), through="test")
        return self.people[name]

    def actor(self, name: str, on_behalf_of: str | None = None) -> Actor:
        """The person as an actor, for himself or for somebody else; a name nobody has introduced has no groups."""
        known = self.people.get(name) or self.person(name)
        if on_behalf_of is None:
            return known
        return Actor(known.id, known.name, known.unit, known.groups, on_behalf_of, known.through)

    # -- commands

    def open(
        self, lifecycle: str, nickname: str, *, by: str, on_behalf_of: str | None = None,
        happened: Micros | None = None, **values: Json,
    ) -> Case:  # fmt: skip
        """Open a case and remember it by its nickname; raises Refused."""
        self.outcome = self.engine.open(lifecycle, self.actor(by, on_behalf_of), values, happened=happened)
        self.cases[nickname] = self.outcome.case.id
        return self.outcome.case

    def do(
        self, nickname: str, action: str, *, by: str, part: str | None = None, of: str | None = None,
        on_behalf_of: str | None = None, note: str | None = None, request_id: str | None = None,
        happened: Micros | None = None, **input: Json,
    ) -> Case:  # fmt: skip
        """Take an action on the case, or on its `part` that `of` holds (the last such part); raises Refused."""
        case = self.part(nickname, part, of) if part is not None else self.case(nickname)
        name = action_named(self.kind(case), action)
        self.outcome = self.engine.fire(
            case.id, name, self.actor(by, on_behalf_of), input, note=note, request_id=request_id, happened=happened
        )
        return self.outcome.case

    def attempt(self, nickname: str, action: str, **how: Any) -> bool:
        """The same, but a refusal is kept in `refused` to be looked at; False where there was one."""
        self.expect_nothing_refused()
        try:
            self.do(nickname, action, **how)
        except Refused as refused:
            self.refused = refused
            return False
        return True

    def expect_refusal(self) -> Refused:
        """What was refused last, which is hereby looked at; fails with a sentence where nothing was."""
        assert self.refused is not None, "nothing was refused, though a refusal was expected"
        refused, self.refused = self.refused, None
        return refused

    def expect_nothing_refused(self) -> None:
        """Fails with the refusal's own sentence where one was not looked at."""
        if self.refused is not None:
            sentence, self.refused = self.refused.say("zh"), None
            raise AssertionError(f"refused, and nobody expected it: {sentence}")

    # -- what there is

    def file(self, nickname: str) -> File:
        """The case and all its parts."""
        return self.engine.case(self.cases[nickname])

    def case(self, nickname: str) -> Case:
        """The case itself."""
        return self.file(nickname).root

    def parts(self, nickname: str, part: str, of: str | None = None) -> list[Case]:
        """Its parts of one kind in the order of opening, those that `of` holds or all."""
        file = self.file(nickname)
        kind = part_named(self.lifecycle_of(file.root), part)
        return [p for p in file.parts if p.kind == kind and (of is None or of in (p.holder, p.key))]

    def part(self, nickname: str, part: str, of: str | None = None) -> Case:
        """The last of them; fails with a sentence where there is none."""
        found = self.parts(nickname, part, of)
        assert found, f"{nickname} has no {part}" + (f" of {of}" if of else "")
        return found[-1]

    def state(self, nickname: str, part: str | None = None, of: str | None = None) -> str:
        """The key of the state it is in."""
        return (self.case(nickname) if part is None else self.part(nickname, part, of)).state

    def state_names(self, case: Case) -> tuple[str, ...]:
        """Everything its state may be called, in Chinese first."""
        return all_names(case.state, self.kind(case).states[case.state].label)

    def shown(self, case: Case, field: str, language: Language = "zh") -> str:
        """The value of a field as people read it; "" where it is empty."""
        fields = self.kind(case).fields
        name = field_named(fields, field)
        return said(fields[name], case.values.get(name), language)

    def waits_for(self, nickname: str, who: str) -> bool:
        """Whether the case or one of its parts stands on somebody's to-do list."""
        root = self.cases[nickname]
        return any(waiting.case.root == root for waiting in self.engine.todo(self.actor(who), limit=1000))

    def sees(self, who: str, nickname: str, part: str, of: str | None = None) -> bool:
        """Whether the values of the part are shown to somebody, where there are any."""
        shown = self.engine.case(self.cases[nickname], actor=self.actor(who)).case(self.part(nickname, part, of).id)
        return bool(shown.values)

    def history(self, nickname: str) -> tuple[Record, ...]:
        """The records of the case and its parts, in order."""
        return self.engine.history(self.cases[nickname])

    def action_names(self, nickname: str, record: Record) -> tuple[str, ...]:
        """Everything the action of a record may be called, in Chinese first."""
        action, case = str(record["action"]), self.file(nickname).case(str(record["case"]))
        transition = self.kind(case).transitions.get(action)
        return all_names(action, transition.label if transition is not None else Text())

    def lifecycle_of(self, case: Case) -> Lifecycle:
        """The version that the case follows."""
        return self.engine.lifecycle(case.lifecycle, case.version)

    def kind(self, case: Case) -> Kind:
        """The declarations of the case or part."""
        return self.lifecycle_of(case).kind(case.kind or ROOT)

    def input(self, nickname: str, action: str, texts: Mapping[str, str], part: str | None = None) -> dict[str, Json]:
        """Texts by field name or label, as a person would write them, as the input of an action.

        Another case is named by its nickname.
        """
        lifecycle = self.lifecycle_of(self.case(nickname))
        kind = lifecycle.kind(part_named(lifecycle, part) if part is not None else ROOT)
        fields = asked(kind, action_named(kind, action))
        linking = {field.name for field in fields if field.type == "case"}
        return {
            name: self.cases.get(str(value), value) if name in linking else value
            for name, value in filled(fields, texts).items()
        }

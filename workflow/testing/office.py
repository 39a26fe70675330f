"""A small office for tests: people who are known by name, cases by nickname, and what the engine said last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow.core.errors import Refused
from workflow.core.model import EDIT, ROOT, Actor, Case, Field, Json, Lifecycle, Micros, Text
from workflow.engine import Engine
from workflow.office.answers import Outcome
from workflow.testing.actors import by_role, groups_called
from workflow.testing.clock import FrozenClock
from workflow.testing.failing import RefusalLeft, StepFailed, hold
from workflow.testing.ids import CountedIds
from workflow.testing.looking import Looking, Subject
from workflow.testing.words import action_named, asked, filled, key_of, one_called, part_named, setting
from workflow.timers import fire_due, next_due

_NOTE = ("说明", "note")
_SEVERAL = str.maketrans({"，": "、", ",": "、", "；": "、", ";": "、"})
MOST_TIMERS = 10_000  # that one step may let pass

__all__ = ["Office", "Subject"]

Restage = Callable[[Mapping[str, Mapping[str, Json]]], Engine]


class Office(Looking):
    """An engine, a clock that is set, the people and the cases of one test.

    Cases, actions, states, fields and choices may be named by their keys or by their labels in either language.
    """

    def __init__(self, engine: Engine, clock: FrozenClock, restage: Restage | None = None) -> None:
        super().__init__(engine)
        self.clock = clock
        self.people: dict[str, Actor] = {}
        self.outcome: Outcome | None = None
        self.refused: Refused | None = None
        self._restage = restage
        self._settings: dict[str, dict[str, Json]] = {}

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

    def set(self, name: str, text: str) -> None:
        """Change a setting, called by key or label, before anything is opened; raises StepFailed where that is too late,
        or where the office was not made from files.
        """
        hold(
            self._restage is not None and not self.cases,
            "设置要在开办之前改，而且流程须由文件发布",
            "a setting is changed before the first case is opened, in an office that was set up from files",
        )
        assert self._restage is not None
        having = [each for each in self.lifecycles() if one_called(each.settings, name)]
        known = {key: each for lifecycle in self.lifecycles() for key, each in lifecycle.settings.items()}
        if not having:
            key_of(known, name, Text("设置", "setting"))
        for lifecycle in having:
            key = key_of(lifecycle.settings, name, Text("设置", "setting"))
            self._settings.setdefault(lifecycle.name, {})[key] = setting(lifecycle.settings[key], text)
        self.engine = self._restage(self._settings)

    # -- people

    def person(self, name: str, groups: Iterable[str] = (), unit: str | None = None) -> Actor:
        """Somebody called `name` (that is the id too), in these groups and of this unit."""
        self.people[name] = Actor(id=name, name=name, unit=unit, groups=frozenset(groups), through="test")
        return self.people[name]

    def introduce(self, name: str, roles: str, unit: str | None = None) -> Actor:
        """The same, with the roles as people write them: `立案委员、审核人`, each a role of a lifecycle or a group.

        Somebody who is known already keeps the groups he has.
        """
        lifecycles = self.lifecycles()
        words = [word.strip() for word in roles.translate(_SEVERAL).split("、") if word.strip()]
        groups = [group for word in words for group in groups_called(lifecycles, word)]
        return self.person(name, [*(self.people[name].groups if name in self.people else ()), *groups], unit)

    def actor(self, name: str, on_behalf_of: str | None = None, of: Case | None = None) -> Actor:
        """The person as an actor, for himself or for somebody else; where nobody was introduced by that name, whoever
        has the role of that name (for the case `of`), and else somebody without groups.
        """
        known = self.people.get(name) or self._by_role(name, of) or self.person(name)
        if on_behalf_of is None:
            return known
        return Actor(known.id, known.name, known.unit, known.groups, on_behalf_of, known.through)

    def _by_role(self, name: str, case: Case | None) -> Actor | None:
        if case is None:
            found = (by_role(each, name, None, None) for each in self.lifecycles())
            return next((actor for actor in found if actor is not None), None)
        actor = by_role(self.lifecycle_of(case), name, self.engine.case(case.id), case)
        return actor if actor is None or actor.groups else self.people.get(actor.id, actor)

    # -- commands

    def open(
        self, lifecycle: str, nickname: str, *, by: str, on_behalf_of: str | None = None,
        happened: Micros | None = None, **values: Json,
    ) -> Case:  # fmt: skip
        """Open a case and remember it by its nickname; raises Refused."""
        return self._open(lifecycle, nickname, self.actor(by, on_behalf_of), values, happened)

    def do(
        self, nickname: str, action: str, *, by: str, part: str | None = None, of: str | None = None,
        on_behalf_of: str | None = None, note: str | None = None, request_id: str | None = None,
        happened: Micros | None = None, **input: Json,
    ) -> Case:  # fmt: skip
        """Take an action on the case, or on its `part` that `of` holds (the last such part); raises Refused."""
        how = {"note": note, "request_id": request_id, "happened": happened}
        return self._fire(Subject(nickname, part, of), action, by, on_behalf_of, input, how)

    def attempt(self, nickname: str, action: str, **how: Any) -> bool:
        """The same, but a refusal is kept in `refused` to be looked at; False where there was one."""
        return self._attempted(lambda: self.do(nickname, action, **how))

    def attempt_as_said(
        self, on: Subject, action: str, texts: Mapping[str, str], *, by: str, on_behalf_of: str | None = None
    ) -> bool:
        """An attempt with what a person would write: fields by name or label; under `说明` / `note` the note."""
        of = self._holder(on)
        values = {name: text for name, text in texts.items() if name not in _NOTE}
        notes = [text for name, text in texts.items() if name in _NOTE]
        input = self.input(on.case, action, values, on.part)
        how = {"note": notes[0] if notes else None}
        return self._attempted(lambda: self._fire(Subject(on.case, on.part, of), action, by, on_behalf_of, input, how))

    def attempt_opening(
        self, lifecycle: str, nickname: str, texts: Mapping[str, str], *, by: str, on_behalf_of: str | None = None
    ) -> bool:
        """Open a case of the lifecycle called so (of the only one, where it is not said) with what a person would write.

        The first required text that was not given is the nickname. A refusal is kept in `refused`.
        """
        hold(nickname not in self.cases, f"已经有一件叫“{nickname}”", f"there is a case called {nickname!r} already")
        declared = self.lifecycle_called(lifecycle)
        fields = declared.root.fields
        values = self._filled(tuple(fields.values()), texts)
        needed = [f.name for f in fields.values() if f.required and f.type == "text" and f.name not in values]
        values |= dict.fromkeys(needed[:1], nickname)
        actor = self.actor(by, on_behalf_of)
        return self._attempted(lambda: self._open(declared.name, nickname, actor, values, None))

    def _open(
        self, lifecycle: str, nickname: str, actor: Actor, values: Mapping[str, Json], happened: Micros | None
    ) -> Case:
        self.outcome = self.engine.open(lifecycle, actor, values, happened=happened)
        self.cases[nickname] = self.outcome.case.id
        return self.outcome.case

    def _fire(
        self,
        on: Subject,
        action: str,
        by: str,
        on_behalf_of: str | None,
        input: Mapping[str, Json],
        how: Mapping[str, Any],
    ) -> Case:
        case = self.case(on.case) if on.part is None else self.part(on.case, on.part, on.whose)
        actor = self.actor(by, on_behalf_of, case)
        self.outcome = self.engine.fire(case.id, action_named(self.kind(case), action), actor, input, **how)
        return self.outcome.case

    def _attempted(self, command: Callable[[], object]) -> bool:
        self.expect_nothing_refused()
        try:
            command()
        except Refused as refused:
            self.refused = refused
            return False
        return True

    def expect_refusal(self) -> Refused:
        """What was refused last, which is hereby looked at; raises StepFailed where nothing was."""
        if self.refused is None:
            raise StepFailed(Text("本应被拒绝，却办成了", "nothing was refused, though a refusal was expected"))
        refused, self.refused = self.refused, None
        return refused

    def expect_nothing_refused(self) -> None:
        """Raises StepFailed with the refusal's own sentence where one was not looked at."""
        if self.refused is not None:
            text, self.refused = self.refused.text, None
            raise RefusalLeft(
                Text(f"被拒绝，而没有一步预料到：{text.zh}", f"refused, and nobody expected it: {text.en}")
            )

    def hindrance(self, on: Subject, action: str, *, by: str) -> Text:
        """What stands in the way of the action, whatever is filled in; nothing where it could be done."""
        case = self.looked_at(Subject(on.case, on.part, self._holder(on)))
        found = self.engine.why(case.id, action_named(self.kind(case), action), self.actor(by, of=case)).blockers
        return Text("；".join(b.text.zh for b in found), "; ".join(b.text.en for b in found))

    def pass_until(self, at: Micros) -> None:
        """Let time pass: whatever the deadlines have to tell and to take on the way happens at its moment.

        Raises StepFailed for a moment that has passed.
        """
        now = self.clock()
        hold(
            at >= now, f"时间不能倒退，现在是{self.clock.today}", f"time cannot run backwards; it is {self.clock.today}"
        )
        for _ in range(MOST_TIMERS):
            due = next_due(self.engine)
            if due is None or due > at:
                break
            self.clock.set(max(due, self.clock()))
            fire_due(self.engine)
        self.clock.set(at)

    # -- words

    def input(self, nickname: str, action: str, texts: Mapping[str, str], part: str | None = None) -> dict[str, Json]:
        """Texts by field name or label, as a person would write them, as the input of an action.

        Another case is named by its nickname. Raises StepFailed for an action or a field that there is not.
        """
        lifecycle = self.lifecycle_of(self.case(nickname))
        kind = lifecycle.kind(part_named(lifecycle, part) if part is not None else ROOT)
        name = action_named(kind, action)
        if name != EDIT and name not in kind.transitions:
            key_of(kind.transitions, action, Text("动作", "action"))
        return self._filled(asked(kind, name), texts)

    def _filled(self, fields: Iterable[Field], texts: Mapping[str, str]) -> dict[str, Json]:
        fields = tuple(fields)
        linking = {field.name for field in fields if field.type == "case"}
        return {
            name: self.cases.get(str(value), value) if name in linking else value
            for name, value in filled(fields, texts).items()
        }

    def _holder(self, on: Subject) -> str | None:
        """Who holds the part meant: where a role is named that comes to one party of the case, that party."""
        if on.part is None or on.whose is None or self.parts(on.case, on.part, on.whose) or on.whose in self.people:
            return on.whose
        held = [each for each in self.parts(on.case, on.part) if each.open]
        for each in held:
            actor = self._by_role(on.whose, each)
            if actor is not None and each.holder in actor.parties():
                return each.holder
        return on.whose

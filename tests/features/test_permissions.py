"""Who may do what: every role, state and action of the shipped lifecycles, held against a table that people reviewed.

`permissions/<lifecycle>.txt` has a line for each state and action, and after it everybody who may take that action in
that state. What is not in it is refused: the comparison is over every cell. A changed definition shows as a changed
line; `python -m tests.features.test_permissions` writes the tables anew, to be read before they are committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest

from workflow.core.calendar import china
from workflow.core.decide import decide, opening
from workflow.core.model import (
    EDIT,
    ENGINE_ACTOR,
    OPEN,
    ROOT,
    Actor,
    Blocker,
    Case,
    Command,
    File,
    Kind,
    Lifecycle,
    Move,
)
from workflow.loading import load_path

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TABLES = Path(__file__).parent / "permissions"
NAMES = ("proposal", "opinion")
NOW = 1_650_000_000_000_000
CALENDAR = china()
OUTSIDER = "nobody"
ROOT_VALUES = {"collective": "collective", "proposers": ["first_proposer", "co_proposer"]}
LIFECYCLES = {name: load_path(DEFINITIONS / f"{name}.yaml") for name in NAMES}


@dataclass(frozen=True)
class Scene:
    """One case in one state, with a part of every kind beside it: in each of them another party holds the part."""

    lifecycle: Lifecycle
    kind: Kind
    state: str

    @property
    def name(self) -> str:
        return f"{self.kind.name or self.lifecycle.name}.{self.state}"

    @cached_property
    def file(self) -> File:
        root = self._case(self.lifecycle.root, "root")
        root.values = {name: value for name, value in ROOT_VALUES.items() if name in self.lifecycle.root.fields}
        parts = [self._case(kind, f"{kind.name}_holder") for kind in self.lifecycle.parts.values()]
        if "assignment" in self.lifecycle.parts:
            parts.append(self._case(self.lifecycle.parts["assignment"], "co_unit"))
            parts[-1].values, parts[-1].state, parts[-1].outcome = {"part": "co"}, "unsigned", None
        return File(root, tuple(parts))

    def _case(self, kind: Kind, holder: str) -> Case:
        here = kind is self.kind
        name = kind.states[self.state if here else kind.initial]
        case = Case(
            holder, "root", self.lifecycle.name, self.lifecycle.version, kind.name, name.name, "first_proposer", 0, 0,
            key=holder, origin=kind.initial, outcome=name.final,
        )  # fmt: skip
        if kind.name != ROOT:
            case.holder = holder
            case.values = {"part": "sole"} if kind.name == "assignment" else {}
        return case

    def refused(self, actor: Actor, action: str) -> tuple[Blocker, ...]:
        """What `decide` says about state and role; about input, guards and clocks it may say what it likes."""
        case = "root" if self.kind.name == ROOT else f"{self.kind.name}_holder"
        verdict = decide(self.lifecycle, self.file, case, Command(action, actor), NOW, CALENDAR)
        if isinstance(verdict, Move):
            return ()
        return tuple(b for b in verdict.blockers if b.code in ("role", "not_offered"))


def scenes(lifecycle: Lifecycle) -> Iterator[Scene]:
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        for state in kind.states:
            yield Scene(lifecycle, kind, state)


def people(lifecycle: Lifecycle) -> list[Actor]:
    """Each with one role: the members of each group, each party of the file, the engine, and an outsider with none."""
    groups = {name: role.group for name, role in lifecycle.roles.items() if role.group is not None}
    parties = ["first_proposer"]
    if "proposers" in lifecycle.root.fields:
        parties += ["collective", "co_proposer", "co_unit"]
    parties += [f"{part}_holder" for part in lifecycle.parts]
    return [
        *(Actor(name, groups=frozenset({group})) for name, group in groups.items()),
        *(Actor(name) for name in parties),
        ENGINE_ACTOR,
        Actor(OUTSIDER),
    ]


def cells(lifecycle: Lifecycle) -> Iterator[tuple[Scene, str, Actor]]:
    for scene in scenes(lifecycle):
        for action in (*scene.kind.transitions, EDIT):
            for actor in people(lifecycle):
                yield scene, action, actor


def table(lifecycle: Lifecycle) -> dict[tuple[str, str], list[str]]:
    """The people whom `decide` lets, by state and action; the empty ones are left out."""
    allowed: dict[tuple[str, str], list[str]] = {}
    for scene, action, actor in cells(lifecycle):
        if not scene.refused(actor, action):
            allowed.setdefault((scene.name, action), []).append(actor.id)
    return allowed


def reviewed(name: str) -> dict[tuple[str, str], list[str]]:
    lines = [line.split() for line in (TABLES / f"{name}.txt").read_text("utf-8").splitlines()]
    return {(line[0], line[1]): line[2:] for line in lines if line and line[0] != "#"}


@pytest.mark.parametrize("name", NAMES)
def test_everybody_may_do_what_the_table_says_and_nothing_else(name: str) -> None:
    lifecycle, expected = LIFECYCLES[name], reviewed(name)

    wrong = [
        f"{scene.name} {action}: {actor.id}"
        for scene, action, actor in cells(lifecycle)
        if (actor.id in expected.get((scene.name, action), ())) is bool(scene.refused(actor, action))
    ]

    assert [] == wrong


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_no_state_action_or_person_that_is_not_there(name: str) -> None:
    there = {(scene.name, action, actor.id) for scene, action, actor in cells(LIFECYCLES[name])}

    assert set() == {(*where, who) for where, whom in reviewed(name).items() for who in whom} - there


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "nobody",
    [
        Actor(OUTSIDER),
        Actor(""),
        Actor("engine", groups=frozenset({"engine"})),  # who calls himself the engine is not the engine
        Actor("any", groups=frozenset({"any", "proposer", "office", "editor", "unit"})),  # a role is no group
        Actor("FIRST_PROPOSER", groups=frozenset({"Proposal_Office", " proposal_office", "opinion_editors "})),
    ],
    ids=["an outsider", "no name", "a would-be engine", "names of roles", "other spellings"],
)
def test_whoever_has_no_role_may_do_nothing(name: str, nobody: Actor) -> None:
    lifecycle = LIFECYCLES[name]

    let = [
        (scene.name, action)
        for scene in scenes(lifecycle)
        for action in (*scene.kind.transitions, EDIT)
        if not scene.refused(nobody, action)
    ]

    assert [] == let


@pytest.mark.parametrize("name", NAMES)
def test_only_the_declared_proxies_act_for_others_and_have_no_more_than_those(name: str) -> None:
    lifecycle, expected = LIFECYCLES[name], reviewed(name)
    crowd = [actor for actor in people(lifecycle) if actor is not ENGINE_ACTOR]
    proxies = set(lifecycle.proxies)

    wrong = [
        f"{scene.name} {action}: {proxy.id} for {other.id}"
        for scene in scenes(lifecycle)
        for action in (*scene.kind.transitions, EDIT)
        if (scene.name, action) in expected  # what nobody may do, nobody may do for another
        for other in crowd
        for proxy in crowd
        if bool(scene.refused(replace(proxy, on_behalf_of=other.id), action))
        is bool(
            proxy.id in proxies
            # by name, not by group: who speaks for a member of the committee is not in the committee
            and other.id in expected.get((scene.name, action), ())
            and not other.groups
        )
    ]

    assert [] == wrong


@pytest.mark.parametrize("name", NAMES)
def test_a_new_case_is_for_anybody_in_his_own_name_and_for_proxies_in_anothers(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    crowd = [actor for actor in people(lifecycle) if actor is not ENGINE_ACTOR]

    def let(actor: Actor) -> bool:
        verdict = opening(lifecycle, Command(OPEN, actor, {"title": "t"}), NOW, actor.on_behalf_of or actor.id)
        return isinstance(verdict, Move) or "role" not in {b.code for b in verdict.blockers}

    assert [] == [actor.id for actor in crowd if not let(actor)]
    assert set(lifecycle.proxies) == {actor.id for actor in crowd if let(replace(actor, on_behalf_of="somebody"))}


if __name__ == "__main__":
    TABLES.mkdir(exist_ok=True)
    for name, lifecycle in LIFECYCLES.items():
        head = (
            "# State, action, and who may take it there; whoever is not named is refused. See ../test_permissions.py.\n"
        )
        lines = [f"{where:30} {action:18} {' '.join(who)}\n" for (where, action), who in table(lifecycle).items()]
        (TABLES / f"{name}.txt").write_text(head + "".join(lines), encoding="utf-8")

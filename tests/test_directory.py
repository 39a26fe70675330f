"""Who there is."""

from __future__ import annotations

import pytest

from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine

LI = Party("li", "李梅", unit="office", groups=("desk", "committee"))


def test_a_person_is_found_as_added(engine: Engine) -> None:
    engine.people.add(LI)

    found = engine.people.get("li")
    assert ("李梅", "person", "office", {"desk", "committee"}) == (
        found.name,
        found.kind,
        found.unit,
        set(found.groups),
    )


def test_a_person_acts_with_unit_and_groups(engine: Engine) -> None:
    engine.people.add(LI)
    engine.people.add(Party("wang", "王明"))

    expected = Actor("li", "李梅", "office", frozenset({"desk", "committee"}), "wang", "cli")
    assert expected == engine.people.actor("li", on_behalf_of="wang", through="cli")


def test_adding_again_replaces(engine: Engine) -> None:
    engine.people.add(LI)
    engine.people.add(Party("li", "李梅梅"))

    assert [Party("li", "李梅梅")] == list(engine.people.list())


def test_a_list_is_of_one_kind_or_all(engine: Engine) -> None:
    for party in (LI, Party("office", "办公室", "unit"), Party("desk", "值班组", "group")):
        engine.people.add(party)

    assert ["desk", "li", "office"] == [party.id for party in engine.people.list()]
    assert ["office"] == [party.id for party in engine.people.list("unit")]


def test_names_are_given_for_those_who_are_known(engine: Engine) -> None:
    engine.people.add(LI)

    assert {"li": "李梅"} == engine.people.names(["li", "li", "nobody"])
    assert {} == engine.people.names([])


def test_more_names_than_one_statement_takes(desk: Engine) -> None:
    desk.people.add(LI)

    assert {"li": "李梅"} == desk.people.names([*(f"p{n}" for n in range(2_000)), "li"])


@pytest.mark.parametrize("asked", ["lii", "李没"])
def test_somebody_unknown_is_not_found_with_near_names(engine: Engine, asked: str) -> None:
    engine.people.add(LI)

    with pytest.raises(NotFound) as missing:
        engine.people.get(asked)
    assert ("li",) == missing.value.near


def test_nobody_acts_for_somebody_unknown(desk: Engine) -> None:
    desk.people.add(LI)

    with pytest.raises(NotFound):
        desk.people.actor("li", on_behalf_of="nobody")


def test_a_unit_does_not_act(desk: Engine) -> None:
    desk.people.add(Party("office", "办公室", "unit"))

    with pytest.raises(InputInvalid, match="not a person"):
        desk.people.actor("office")


def test_who_has_left_does_not_act(desk: Engine) -> None:
    desk.people.add(Party("li", "李梅", active=False))

    with pytest.raises(InputInvalid, match="no longer active"):
        desk.people.actor("li")


@pytest.mark.parametrize(
    "party",
    [
        Party("", "x"), Party(" a", "x"), Party("a\n", "x"), Party("x" * 101, "x"), Party("engine", "x"), Party("any", "x"),
        Party("a", " "), Party("a", "x", "robot"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_party_that_cannot_be_kept_is_refused(desk: Engine, party: Party) -> None:
    with pytest.raises(InputInvalid):
        desk.people.add(party)

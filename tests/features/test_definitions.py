"""What holds for the lifecycles that casework brings along, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workflow.core.model import ENGINE, Field, Lifecycle, Text
from workflow.loading import load_path, read_profile

DEFINITIONS = Path(__file__).parents[2] / "definitions"
NAMES = ("proposal", "opinion")
PLACES = sorted(path.stem for path in (DEFINITIONS / "profiles").glob("*.yaml"))
ROAD = ("submitted", "screened", "assigned", "replied", "evaluated", "closed")


@pytest.fixture(params=NAMES)
def lifecycle(request: Any) -> Lifecycle:
    return load_path(DEFINITIONS / f"{request.param}.yaml")


def labels(lifecycle: Lifecycle) -> Iterator[tuple[str, Text]]:
    yield lifecycle.name, lifecycle.label
    for group in (lifecycle.settings, lifecycle.roles, lifecycle.metrics, lifecycle.tallies):
        yield from ((name, thing.label) for name, thing in group.items())
    yield from ((name, guard.otherwise) for name, guard in lifecycle.guards.items())
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        if kind.name:
            yield kind.name, kind.label
        yield from ((f"{kind.name}.{name}", state.label) for name, state in kind.states.items())
        yield from ((f"{kind.name}.{name}", transition.label) for name, transition in kind.transitions.items())
        asks = [field for transition in kind.transitions.values() for field in transition.asks]
        for field in (*kind.fields.values(), *asks):
            yield from field_labels(f"{kind.name}.{field.name}", field)


def field_labels(where: str, field: Field) -> Iterator[tuple[str, Text]]:
    yield where, field.label
    yield from ((f"{where}.{choice}", field.labels.get(choice, Text())) for choice in field.choices)
    if field.item is not None:
        yield from ((f"{where}.{inner.name}", inner.label) for inner in field.item.fields)


def test_everything_that_a_person_sees_has_a_label_in_both_languages(lifecycle):
    assert [] == [name for name, label in labels(lifecycle) if not (label.zh and label.en)]


def test_the_main_road_has_the_six_states(lifecycle):
    assert list(ROAD) == [state for state in ROAD if state in lifecycle.root.states]


def test_every_open_state_says_whom_it_waits_for(lifecycle):
    kinds = (lifecycle.root, *lifecycle.parts.values())
    silent = [f"{k.name}.{s.name}" for k in kinds for s in k.states.values() if s.final is None and s.waits_for is None]

    assert [] == silent


def test_every_open_state_can_be_left(lifecycle):
    kinds = (lifecycle.root, *lifecycle.parts.values())
    left = {(k.name, source) for k in kinds for t in k.transitions.values() if not t.act for source in t.sources}
    stuck = [
        (k.name, s.name) for k in kinds for s in k.states.values() if s.final is None and (k.name, s.name) not in left
    ]

    assert [] == stuck


def test_whatever_the_engine_does_is_asked_for_by_a_join_or_a_deadline(lifecycle):
    joined = {j.take for k in (lifecycle.root, *lifecycle.parts.values()) for s in k.states.values() for j in s.joins}
    lapsing = {(d.get("overdue") or {}).get("take") for d in (lifecycle.deadlines or {}).values()}
    kinds = (lifecycle.root, *lifecycle.parts.values())
    automatic = {t.name for k in kinds for t in k.transitions.values() if ENGINE in t.by}

    assert joined <= automatic
    assert set() == {name for name in automatic - joined - lapsing if name != "lapse"}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_changes_settings_that_exist(place):
    profile = read_profile(DEFINITIONS / "profiles" / f"{place}.yaml")

    assert set(profile) <= set(NAMES)
    for name, settings in profile.items():
        changed = load_path(DEFINITIONS / f"{name}.yaml", settings=settings)
        assert settings.keys() <= changed.settings.keys()


def test_places_differ():
    loaded = [
        load_path(
            DEFINITIONS / "proposal.yaml", settings=read_profile(DEFINITIONS / "profiles" / f"{place}.yaml")["proposal"]
        )
        for place in PLACES
    ]

    assert len(PLACES) >= 2
    assert len(PLACES) == len({lifecycle.digest for lifecycle in loaded})


def test_the_page_about_it_names_every_state_and_part(lifecycle):
    page = (DEFINITIONS.parent / "docs" / "lifecycles" / f"{lifecycle.name}.md").read_text(encoding="utf-8")
    kinds = (lifecycle.root, *lifecycle.parts.values())
    names = [*lifecycle.parts, *(state for kind in kinds for state in kind.states)]

    assert [] == [name for name in names if name not in page]

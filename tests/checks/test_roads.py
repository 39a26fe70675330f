"""Ways that go back to where a case came from, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflow.checks.roads import Roads
from workflow.core.model import ORIGIN, Kind, State, Transition
from workflow.core.paths import edges, reachable


def kind_of(*moves: tuple[str, tuple[str, ...], str]) -> Kind:
    """A kind with these transitions (name, from, to); its first state is the first one named."""
    names = dict.fromkeys(state for _, sources, to in moves for state in (*sources, to) if state != ORIGIN)
    return Kind(
        "",
        next(iter(names)),
        {name: State(name) for name in names},
        {name: Transition(name, sources, to) for name, sources, to in moves},
    )


def roads_of(kind: Kind) -> Roads:
    return Roads(kind, edges(kind))


HELD = roads_of(
    kind_of(("go", ("a",), "b"), ("end", ("b",), "c"), ("hold", ("a", "b"), "held"), ("resume", ("held",), ORIGIN))
)


def test_a_case_goes_back_to_where_it_was_held_and_no_further() -> None:
    assert {"a", "held"} == HELD.reachable(without=["b"])
    assert {"a", "b", "held"} == HELD.reachable(without=["c"])


def test_the_shortest_way_is_told_in_the_states_own_names() -> None:
    way = HELD.shortest("held", ["c"])

    assert way is not None
    assert [("resume", "held", "b"), ("end", "b", "c")] == [(e.transition, e.source, e.target) for e in way]
    assert HELD.shortest(None, ["c"], without=["b"]) is None


def test_what_lies_beyond_a_state_leaves_its_coming_back_out() -> None:
    assert {"held"} == HELD.beyond("a", ["hold"])
    assert {"b", "c", "held"} == HELD.beyond("a", ["go"])


NAMES = st.sampled_from("abcdef")
MOVES = st.lists(st.tuples(st.sets(NAMES, min_size=1), st.one_of(NAMES, st.just(ORIGIN))), min_size=1, max_size=8)


def walked(kind: Kind, steps: int) -> set[str]:
    """The states that a case can be in after so many steps, by carrying it through with its origin."""
    cases = {(kind.initial, "")}
    for _ in range(steps):
        for state, origin in tuple(cases):
            for transition in kind.transitions.values():
                to = origin if transition.to == ORIGIN else transition.to
                if state in transition.sources and to:
                    cases.add((to, state))
    return {state for state, _ in cases}


@given(MOVES)
def test_the_states_that_are_reached_are_those_a_case_can_walk_to(moves: list[tuple[set[str], str]]) -> None:
    kind = kind_of(*((f"t{n}", tuple(sorted(sources)), to) for n, (sources, to) in enumerate(moves)))

    found = roads_of(kind).reachable()

    assert walked(kind, 40) == found
    assert found <= reachable(edges(kind), [kind.initial])

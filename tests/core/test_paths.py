from workflow.core.model import ORIGIN, Kind, Lifecycle, State, Transition
from workflow.core.paths import Edge, edges, leading, opened, reachable, shortest


def kind_of(*moves: tuple[str, tuple[str, ...], str]) -> Kind:
    """A kind with these transitions (name, from, to); its first state is the first one named."""
    names = dict.fromkeys(state for _, sources, to in moves for state in (*sources, to) if state != ORIGIN)
    return Kind(
        "",
        next(iter(names)),
        {name: State(name) for name in names},
        {name: Transition(name, sources, to) for name, sources, to in moves},
    )


LINE = kind_of(
    ("go", ("a",), "b"), ("jump", ("a",), "c"), ("on", ("b",), "c"), ("end", ("c",), "d"), ("lost", ("e",), "d")
)


def test_routes_are_counted_and_acts_are_no_edges(matter: Lifecycle) -> None:
    ways = edges(matter.root)
    assert [("done", 0), ("at_work", 1), ("dropped", 2)] == [
        (way.target, way.route) for way in ways if way.transition == "decide"
    ]
    assert [Edge("submit", "draft", "review.first")] == [way for way in ways if way.transition == "submit"]
    assert "urge" not in {way.transition for way in ways}


def test_the_origin_is_any_state_one_can_have_come_from(matter: Lifecycle) -> None:
    back = [way.target for way in edges(matter.root) if way.transition == "resume"]
    assert ["review.first", "review.second", "at_work"] == back


def test_going_back_leads_back_again() -> None:
    ways = edges(kind_of(("hold", ("a",), "held"), ("back", ("held",), ORIGIN), ("again", ("a",), ORIGIN)))
    assert {
        Edge("hold", "a", "held"),
        Edge("back", "held", "a"),
        Edge("again", "a", "held"),
    } == set(ways)


def test_nobody_can_go_back_to_where_nobody_came_from() -> None:
    assert () == edges(kind_of(("back", ("a",), ORIGIN)))


def test_what_can_be_reached() -> None:
    ways = edges(LINE)
    assert {"a", "b", "c", "d"} == reachable(ways, ["a"])
    assert {"a"} == reachable(ways, ["a"], without=["b", "c"])
    assert set() == reachable(ways, ["a"], without=["a"])
    assert {"a", "b", "c"} == leading(ways, ["c"])


def test_the_shortest_way_has_the_fewest_edges() -> None:
    ways = edges(LINE)
    assert ("jump", "end") == tuple(way.transition for way in shortest(ways, "a", ["d"]) or ())
    assert () == shortest(ways, "d", ["d", "a"])
    assert None is shortest(ways, "d", ["a"])
    assert None is shortest(ways, "a", ["d"], without=["c"])
    there_and_back = edges(kind_of(("go", ("a",), "b"), ("back", ("b",), "a"), ("on", ("b",), "c")))
    assert ("go", "on") == tuple(way.transition for way in shortest(there_and_back, "a", ["c"]) or ())


def test_the_parts_that_any_route_of_a_transition_opens(matter: Lifecycle) -> None:
    transitions = matter.root.transitions
    assert ["task"] == list(opened(transitions["assign"]))
    assert ["task"] == list(opened(transitions["decide"])), "by one of its routes"
    assert [] == list(opened(transitions["submit"]))

from workflow.diagrams.ranks import Cell, ordered, ranked


def test_a_node_stands_below_everything_that_leads_to_it() -> None:
    rank = ranked("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")])
    assert {"a": 0, "b": 1, "c": 2, "d": 1} == rank


def joined(upper: Cell, lower: Cell) -> None:
    upper.downs.append(lower)
    lower.ups.append(upper)


def test_lines_that_need_not_cross_do_not() -> None:
    top = [Cell(1, 1, 0) for _ in range(3)]
    low = [Cell(1, 1, 1) for _ in range(3)]
    for upper, lower in zip(top, reversed(low), strict=True):
        joined(upper, lower)

    first, second = ordered([*top, *low])

    assert [each.downs[0] for each in first] == second

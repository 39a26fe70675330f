"""In a drawing nothing lies on anything else, and nothing outside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loading.strategies import lifecycles
from workflow.core.model import Language, Lifecycle
from workflow.diagrams.chart import charts
from workflow.diagrams.layout import Curve, Layout, Rect, Wire, lay_out
from workflow.diagrams.svg import Panel, panel, placed
from workflow.loading import load, load_path
from workflow.shipped import shipped_definitions

NEAR = 0.01  # of a pixel


def inner(rect: Rect) -> Rect:
    return Rect(rect.x + NEAR, rect.y + NEAR, rect.width - 2 * NEAR, rect.height - 2 * NEAR)


def points(curve: Curve) -> Iterator[Rect]:
    """The curve as very small rectangles."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    for step in range(13):
        t = step / 12
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield Rect(a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy, 0.0, 0.0)


def holds(layout: Layout, rect: Rect) -> bool:
    inside = Rect(-NEAR, -NEAR, layout.width + 2 * NEAR, layout.height + 2 * NEAR)
    return (
        inside.x <= rect.x and rect.x + rect.width <= inside.x + inside.width
        and inside.y <= rect.y and rect.y + rect.height <= inside.y + inside.height
    )  # fmt: skip


def check(layout: Layout) -> None:
    solid = [*layout.boxes.values(), *(wire.words for wire in layout.wires if wire.words)]
    assert [] == [(a, b) for a, b in combinations(solid, 2) if inner(a).overlaps(inner(b))]
    dots = [dot for wire in layout.wires for piece in wire.curves for curve in piece for dot in points(curve)]
    assert [] == [(dot, rect) for dot in dots for rect in solid if inner(rect).overlaps(dot)]
    assert [] == [each for each in (*solid, *dots) if not holds(layout, each)]


def check_panels(panels: list[Panel]) -> None:
    for each in panels:
        check(each.layout)
        assert each.layout.width <= each.width
        assert each.top + each.layout.height <= each.height
    places, width, height = placed(panels)
    frames = [Rect(x, y, each.width, each.height) for (x, y), each in zip(places, panels, strict=True)]
    assert [] == [(a, b) for a, b in combinations(frames, 2) if a.overlaps(b)]
    whole = Layout({}, (), width, height)
    assert [] == [each for each in frames if not holds(whole, each)]


@pytest.mark.parametrize("name", ["proposal", "opinion"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_overlaps_in_what_is_shipped(name: str, language: Language) -> None:
    lifecycle = load_path(shipped_definitions() / f"{name}.yaml")
    check_panels([panel(each) for each in charts(lifecycle, language)])


@settings(deadline=None, max_examples=40)
@given(lifecycles())
def test_nothing_overlaps_in_any_lifecycle(written: dict[str, Any]) -> None:
    lifecycle = load(yaml.safe_dump(written, allow_unicode=True, sort_keys=False))
    check_panels([panel(each) for each in charts(lifecycle)])


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Wire]]:
    names = [f"n{n}" for n in range(draw(st.integers(1, 9)))]
    sizes = st.integers(10, 300)
    boxes = {name: (float(draw(sizes)), float(draw(sizes))) for name in names}
    pairs = [(a, b) for a in names for b in names if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []
    words = st.sampled_from([(0.0, 0.0), (80.0, 30.0), (200.0, 12.0)])
    return boxes, [Wire(a, b, *draw(words)) for a, b in chosen]


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_nothing_overlaps_in_any_graph(graph: tuple[dict[str, tuple[float, float]], list[Wire]]) -> None:
    boxes, wires = graph
    layout = lay_out(boxes, wires)

    check(layout)
    assert list(boxes) == list(layout.boxes)
    assert layout == lay_out(boxes, wires)


@settings(deadline=None, max_examples=40)
@given(graphs())
def test_every_line_runs_from_its_source_to_its_target(
    graph: tuple[dict[str, tuple[float, float]], list[Wire]],
) -> None:
    boxes, wires = graph
    layout = lay_out(boxes, wires)

    for wire, drawn in zip(wires, layout.wires, strict=True):
        begin, end = drawn.curves[0][0][0], drawn.curves[-1][-1][-1]
        for (x, y), name in ((begin, wire.source), (end, wire.target)):
            box = layout.boxes[name]
            assert box.x - NEAR <= x <= box.x + box.width + NEAR
            assert min(abs(y - box.y), abs(y - box.y - box.height)) < 1
        steps = [curve for piece in drawn.curves for curve in piece]
        gaps = [abs(a[-1][1] - b[0][1]) for a, b in pairwise(steps)]
        assert all(gap <= wire.height + 1 for gap in gaps)


def test_what_leads_on_stands_below_and_what_leads_back_runs_up() -> None:
    layout = lay_out({"a": (60, 30), "b": (60, 30)}, [Wire("a", "b", 50, 20), Wire("b", "a", 50, 20)])

    assert layout.boxes["a"].y < layout.boxes["b"].y
    on, back = layout.wires
    assert on.curves[0][0][0][1] < on.curves[-1][-1][-1][1]
    assert back.curves[0][0][0][1] > back.curves[-1][-1][-1][1]


def test_the_state_of_the_beginning_stands_at_the_top() -> None:
    lifecycle: Lifecycle = load_path(shipped_definitions() / "proposal.yaml")
    (first, *_) = charts(lifecycle)
    places = panel(first).layout.boxes

    assert min(places, key=lambda name: places[name].y) == ""
    assert all(places[lifecycle.root.initial].y <= place.y for name, place in places.items() if name)

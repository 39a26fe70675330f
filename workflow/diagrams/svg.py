"""A lifecycle as a picture: SVG, drawn here without any program or network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from workflow.core import wording
from workflow.core.model import Language, Lifecycle, Outcome, Text
from workflow.core.width import columns
from workflow.diagrams.chart import START, Arrow, Box, Chart, Line, Style, charts
from workflow.diagrams.layout import Curve, Layout, Rect, Wire, lay_out

FONTS = (
    "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Zen Hei', SimHei, "
    "'Noto Sans', Arial, sans-serif"
)
_SIZES: dict[Style, int] = {"title": 14, "text": 13, "small": 12, "clock": 12}
_COLUMN = 0.54  # of the size of the letters: a Chinese character takes two, a Latin letter about one
_LINE = 1.35
_PAD, _MARGIN, _APART = 9.0, 24.0, 40.0
_DOT, _CLOCK = 14.0, 16.0
_WIDEST = 1200.0  # parts stand beside each other up to this, or up to the width of the case itself

_INK, _GREY, _PALE = "#1f2933", "#52606d", "#8f9aa6"
_FILLS: dict[Outcome | None, tuple[str, str]] = {
    None: ("#eef4fb", "#3e6a97"),
    "successful": ("#e6f4e8", "#2e7d32"),
    "unsuccessful": ("#fdeeea", "#b0442c"),
    "cancelled": ("#f1f1f1", "#6b7280"),
}
_STRONG = "#b45309"


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart with its layout: the heading above, and the drawing under it from `top` on."""

    chart: Chart
    layout: Layout
    top: float
    width: float
    height: float


def svg(lifecycle: Lifecycle, *, language: Language = "zh", role: str | None = None) -> str:
    """The picture of a lifecycle and its parts as the text of an SVG file.

    With a `role`, one of the lifecycle's, what that role can do stands out.
    """
    panels = [panel(chart) for chart in charts(lifecycle, language, role)]
    places, width, height = placed(panels)
    title = wording.named(lifecycle.label, lifecycle.name).say(language)
    said = Text(f"流程图：{title}（第 {lifecycle.version} 版）", f"Diagram: {title} (version {lifecycle.version})")
    if role is not None:
        who = wording.role(lifecycle, role)
        said = Text(f"{said.zh}，突出“{who.zh}”能办的", f"{said.en}, with what {who.en} can do standing out")
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc" font-family="{FONTS}">',
        f'<title id="title">{escape(said.say(language))}</title>',
        f'<desc id="desc">{escape(_described(panels, language))}</desc>',
        "<defs>",
        *(_arrowhead(name, colour) for name, colour in (("head", _GREY), ("pale", _PALE), ("strong", _STRONG))),
        "</defs>",
        f'<rect width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>',
    ]
    for each, (x, y) in zip(panels, places, strict=True):
        lines.append(f'<g transform="translate({_n(x)} {_n(y)})">')
        lines += _panel(each, role is not None)
        lines.append("</g>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def panel(chart: Chart) -> Panel:
    """The chart with a place for everything in it."""
    wires = [Wire(each.source, each.target, *_words_size(each.lines)) for each in chart.arrows]
    layout = lay_out({each.name: _box_size(each) for each in chart.boxes}, wires)
    heading = _size(chart.heading)
    top = heading[1] + 2 * _PAD
    width = max(layout.width, heading[0]) + 2 * _PAD
    return Panel(chart, layout, top, width, top + layout.height + 2 * _PAD)


def placed(panels: Sequence[Panel]) -> tuple[list[tuple[float, float]], float, float]:
    """Where each panel stands, and the size of the whole: the case itself above, its parts in rows below."""
    widest = max(_WIDEST, panels[0].width)
    places = [(_MARGIN, _MARGIN)]
    x, y, low, right = _MARGIN, _MARGIN + panels[0].height + _APART, 0.0, panels[0].width
    for each in panels[1:]:
        if x > _MARGIN and x + each.width > widest + _MARGIN:
            x, y, low = _MARGIN, y + low + _APART, 0.0
        places.append((x, y))
        low, right = max(low, each.height), max(right, x + each.width - _MARGIN)
        x += each.width + _APART
    height = max(y + each.height for (_, y), each in zip(places, panels, strict=True))
    return places, right + 2 * _MARGIN, height + _MARGIN


# ---------------------------------------------------------------- sizes


def _size(lines: Iterable[Line]) -> tuple[float, float]:
    lines = list(lines)
    width = max((_length(each) for each in lines), default=0.0)
    return width, sum(_SIZES[each.style] * _LINE for each in lines)


def _length(line: Line) -> float:
    return columns(line.text) * _COLUMN * _SIZES[line.style] + (_CLOCK if line.style == "clock" else 0)


def _box_size(box: Box) -> tuple[float, float]:
    if box.name == START:
        return _DOT, _DOT
    width, height = _size(box.lines)
    return max(width + 2 * _PAD, 60.0), height + 2 * _PAD


def _words_size(lines: Sequence[Line]) -> tuple[float, float]:
    if not lines:
        return 0.0, 0.0
    width, height = _size(lines)
    return width + 6.0, height + 4.0


# ---------------------------------------------------------------- drawing


def _panel(panel: Panel, chosen: bool) -> Iterator[str]:
    chart, layout = panel.chart, panel.layout
    if chart.name:
        yield (
            f'<rect width="{_n(panel.width)}" height="{_n(panel.height)}" rx="10" fill="#fbfcfd" stroke="#cbd5e0" '
            'stroke-dasharray="6 4"/>'
        )
    yield from _text(chart.heading, _PAD, _PAD, chosen=False)
    left = (panel.width - layout.width) / 2
    yield f'<g transform="translate({_n(left)} {_n(panel.top)})">'
    for arrow, wire in zip(chart.arrows, layout.wires, strict=True):
        yield from _wire(arrow, wire.curves, chosen)
    for box in chart.boxes:
        yield from _box(box, layout.boxes[box.name], chosen)
    for arrow, wire in zip(chart.arrows, layout.wires, strict=True):
        if wire.words is not None:
            yield from _text(arrow.lines, wire.words.x, wire.words.y + 2, wire.words.width, chosen=chosen)
    yield "</g>"


def _wire(arrow: Arrow, pieces: tuple[tuple[Curve, ...], ...], chosen: bool) -> Iterator[str]:
    stands_out = chosen and arrow.strong and arrow.source != START
    head, colour = ("strong", _STRONG) if stands_out else ("head", _GREY) if arrow.strong else ("pale", _PALE)
    weight = "2" if stands_out else "1.3"
    for n, piece in enumerate(pieces):
        (x, y), *_ = piece[0]
        path = f"M{_n(x)} {_n(y)}" + "".join(
            f" C{_n(b[0])} {_n(b[1])} {_n(c[0])} {_n(c[1])} {_n(d[0])} {_n(d[1])}" for _, b, c, d in piece
        )
        end = f' marker-end="url(#{head})"' if n == len(pieces) - 1 else ""
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{weight}"{end}/>'


def _box(box: Box, place: Rect, chosen: bool) -> Iterator[str]:
    fill, stroke = _FILLS[box.final]
    if not box.strong:
        fill, stroke = "#ffffff", _PALE
    if box.name == START:
        middle, radius = (place.x + place.width / 2, place.y + place.height / 2), place.width / 2
        colour = _INK if box.strong else _PALE
        yield f'<circle cx="{_n(middle[0])}" cy="{_n(middle[1])}" r="{_n(radius)}" fill="{colour}"/>'
        return
    weight = "2.5" if chosen and box.strong else "1.3"
    yield _frame(place, 0, f'fill="{fill}" stroke="{stroke}" stroke-width="{weight}"')
    if box.final:
        yield _frame(place, 3, f'fill="none" stroke="{stroke}"')
    yield from _text(box.lines, place.x, place.y + _PAD, place.width, chosen=chosen)


def _frame(place: Rect, inside: float, look: str) -> str:
    return (
        f'<rect x="{_n(place.x + inside)}" y="{_n(place.y + inside)}" width="{_n(place.width - 2 * inside)}" '
        f'height="{_n(place.height - 2 * inside)}" rx="{_n(7 - inside)}" {look}/>'
    )


def _text(lines: Iterable[Line], x: float, y: float, width: float | None = None, *, chosen: bool) -> Iterator[str]:
    """Lines one below the other, each in the middle of `width`, or from `x` on where there is none."""
    for line in lines:
        size = _SIZES[line.style]
        y += size * _LINE
        at, anchor = (x, "start") if width is None else (x + width / 2, "middle")
        colour = _PALE if chosen and not line.strong else _INK if line.style in ("title", "text") else _GREY
        if line.style == "clock":
            at, anchor = (x if width is None else x + (width - _length(line)) / 2), "start"
            yield from _clock(at + 6, y - size * 0.62, colour)
            at += _CLOCK
        bold = ' font-weight="bold"' if line.style == "title" or (chosen and line.strong) else ""
        yield (
            f'<text x="{_n(at)}" y="{_n(y - size * 0.27)}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}"{bold}>{escape(line.text)}</text>'
        )


def _clock(x: float, y: float, colour: str) -> Iterator[str]:
    yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="5" fill="none" stroke="{colour}" stroke-width="1.2"/>'
    yield f'<path d="M{_n(x)} {_n(y - 3)} V{_n(y)} H{_n(x + 2.5)}" fill="none" stroke="{colour}" stroke-width="1.2"/>'


def _arrowhead(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 L8 4 L0 7.5 z" fill="{colour}"/></marker>'
    )


def _described(panels: Iterable[Panel], language: Language) -> str:
    """The picture in words, for whoever cannot see it."""
    sentences = []
    for each in panels:
        names = {box.name: box.lines[0].text for box in each.chart.boxes if box.lines}
        ways = [
            f"{names[arrow.source]} → {names[arrow.target]}"
            + Text("：", ": ").say(language)
            + " ".join(line.text for line in arrow.lines)
            for arrow in each.chart.arrows
            if arrow.source != START
        ]
        sentences.append(each.chart.heading[0].text + Text("：", ": ").say(language) + "; ".join(ways))
    return ". ".join(sentences)


def _n(number: float) -> str:
    """A number with at most one decimal."""
    return f"{number:.1f}".removesuffix(".0")

"""What is drawn of one kind of case: a box for each state, an arrow for each way, and the words in and on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from workflow.core import wording
from workflow.core.model import ENGINE, ORIGIN, ROOT, Deadline, Kind, Language, Lifecycle, Outcome, Text, Transition
from workflow.core.paths import opened, targets
from workflow.core.width import columns, wrap

Style = Literal["title", "text", "small", "clock"]
START = ""  # the box of the mark with which a case begins; no state has this name
_PARTS = re.compile(r"\bparts\.(\w+)")
_ROUTES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BOX, _LABEL, _HEADING = 30, 20, 60  # terminal columns after which a line is broken


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words; `strong` where it is about the role that the picture is drawn for."""

    text: str
    style: Style = "text"
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    """A state, or the mark with which a case begins."""

    name: str
    lines: tuple[Line, ...] = ()
    final: Outcome | None = None
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a state to another, with everything that leads from the one to the other."""

    source: str
    target: str
    lines: tuple[Line, ...] = ()
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of one kind of case before anything has a place."""

    name: str
    heading: tuple[Line, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    strong: bool = True


def charts(lifecycle: Lifecycle, language: Language = "zh", role: str | None = None) -> tuple[Chart, ...]:
    """The charts of the case itself and of each part.

    With a `role`, what that role can do stands out, and parts in which it can do nothing are left out.
    """
    pens = [_Pen(lifecycle, kind, language, role) for kind in (lifecycle.root, *lifecycle.parts.values())]
    return tuple(chart for chart in (pen.chart() for pen in pens) if chart.strong or chart.name == ROOT)


class _Pen:
    """Writes the chart of one kind."""

    def __init__(self, lifecycle: Lifecycle, kind: Kind, language: Language, role: str | None) -> None:
        self.lifecycle, self.kind, self.language = lifecycle, kind, language
        self.able = None if role is None else wording.able(lifecycle, role)
        self.clocks = lifecycle.clocks.get(kind.name, ())
        self.taken = {each.take for each in self.clocks if each.take}
        self.living = {name for name, each in kind.states.items() if each.final is None}

    def chart(self) -> Chart:
        boxes = tuple(self._box(name) for name in self.kind.states)
        arrows = tuple(self._arrows())
        strong = any(each.strong for each in boxes) or any(each.strong for each in arrows)
        return Chart(
            self.kind.name,
            tuple(self._heading()),
            (Box(START, strong=strong), *sorted(boxes, key=lambda box: box.name != self.kind.initial)),
            (Arrow(START, self.kind.initial, strong=strong), *arrows),
            strong,
        )

    # ------------------------------------------------------------ the words above

    def _heading(self) -> Iterator[Line]:
        name = self._say(wording.kind(self.lifecycle, self.kind.name))
        if self.kind.name == ROOT:
            yield Line(name, "title")
        else:
            yield Line(self._say(Text(f"分件：{name}", f"Part: {name}")), "title")
            yield from self._lines("由", "opened by", self._opening(), _HEADING, "开出", "")
            yield from self._lines("汇入", "awaited by", self._awaiting(), _HEADING)
        for clock in self.clocks:
            if not clock.during:
                yield from self._wrapped(self._clock(clock), _HEADING, "clock")
        everywhere = [each for each in self._acts() if self.living <= set(each.sources)]
        if everywhere:
            yield from self._wrapped(self._say(Text("任何状态下：", "In any state:")), _HEADING, "small")
        for act in everywhere:
            yield from self._act(act, _HEADING)

    def _lines(
        self, zh: str, en: str, names: Iterable[Text], width: int, zh_after: str = "", en_after: str = ""
    ) -> Iterator[Line]:
        found = wording.joined(names)
        if found.zh:
            yield from self._wrapped(
                self._say(Text(f"{zh}“{found.zh}”{zh_after}", f"{en} {found.en}{en_after}")), width, "small"
            )

    def _opening(self) -> Iterator[Text]:
        """What opens parts of this kind."""
        for kind in (self.lifecycle.root, *self.lifecycle.parts.values()):
            for each in kind.transitions.values():
                if self.kind.name in opened(each):
                    yield wording.action(each)

    def _awaiting(self) -> Iterator[Text]:
        """What waits for parts of this kind."""
        for kind in (self.lifecycle.root, *self.lifecycle.parts.values()):
            for state in kind.states.values():
                for join in state.joins:
                    if self.kind.name in awaited(join.when.source):
                        yield wording.action(kind.transitions[join.take])

    # ------------------------------------------------------------ boxes

    def _box(self, name: str) -> Box:
        state = self.kind.states[name]
        waits = state.waits_for or ()
        strong = self.able is None or bool(self.able.intersection((*waits, *state.edit)))
        title = self._wrapped(self._say(wording.state(self.kind, name)), _BOX, "title", strong=strong)
        return Box(name, (*title, *self._inside(name)), state.final, strong)

    def _inside(self, name: str) -> Iterator[Line]:
        for clock in self.clocks:
            if name in clock.during:
                yield from self._wrapped(self._clock(clock), _BOX, "clock")
        for each in self._acts():
            if name in each.sources and not self.living <= set(each.sources):
                yield from self._act(each, _BOX)
        for each in self.kind.transitions.values():
            if name in each.sources and not each.act:
                for to in dict.fromkeys(targets(each)):
                    if to in (ORIGIN, name):
                        where = wording.WHERE_IT_WAS if to == ORIGIN else Text("不变", "stays")
                        yield from self._act(each, _BOX, f" → {self._say(where)}")

    def _acts(self) -> list[Transition]:
        return [each for each in self.kind.transitions.values() if each.act]

    def _act(self, each: Transition, width: int, leads: str = "") -> Iterator[Line]:
        what = f"· {self._say(wording.action(each))}{leads}"
        by = self._say(wording.roles(self.lifecycle, each.by))
        who = self._say(Text(f"（{by}）", f" ({by})"))
        for part in [what + who] if columns(what + who) <= width else [what, who.strip()]:
            yield from self._wrapped(part, width, "small", strong=self._may(each))

    def _clock(self, clock: Deadline) -> str:
        label, limit = wording.named(clock.label, clock.name), wording.limit(clock, self.kind.fields)
        return self._say(Text(f"{label.zh}：{limit.zh}", f"{label.en}: {limit.en}"))

    # ------------------------------------------------------------ arrows

    def _arrows(self) -> Iterator[Arrow]:
        """One for each two states between which there is a way; back to where it was, and to itself, stand in the box."""
        found: dict[tuple[str, str], list[Line]] = {}
        for each in self.kind.transitions.values():
            if each.act:
                continue
            ways = targets(each)
            for n, to in enumerate(ways):
                mark = f" {_ROUTES[n]}" if 1 < len(ways) <= len(_ROUTES) else ""
                for source in each.sources:
                    if to not in (ORIGIN, source):
                        found.setdefault((source, to), []).extend(self._way(each, source, n, mark))
        for (source, to), lines in found.items():
            yield Arrow(source, to, tuple(lines), any(each.strong for each in lines))

    def _way(self, each: Transition, source: str, n: int, mark: str) -> Iterator[Line]:
        may = self._may(each)
        yield from self._wrapped(self._say(wording.action(each)) + mark, _LABEL, "text", strong=may)
        by = self._say(wording.roles(self.lifecycle, each.by))
        yield from self._wrapped(self._say(Text(f"（{by}）", f"({by})")), _LABEL, "small", strong=may)
        effects = [each.effects, *([each.routes[n].effects] if each.routes else [])]
        parts = dict.fromkeys(opening.part for one in effects for opening in one.open)
        if parts:
            names = self._say(wording.joined(wording.kind(self.lifecycle, part) for part in parts))
            yield from self._wrapped(self._say(Text(f"开出{names}", f"opens {names}")), _LABEL, "small", strong=may)
        waits = [j for j in self.kind.states[source].joins if j.take == each.name]
        on = dict.fromkeys(part for join in waits for part in awaited(join.when.source) if part in self.lifecycle.parts)
        if on:
            names = self._say(wording.joined(wording.kind(self.lifecycle, part) for part in on))
            yield from self._wrapped(
                self._say(Text(f"视{names}而定", f"depends on {names}")), _LABEL, "small", strong=may
            )
        if each.name in self.taken and ENGINE in each.by:
            yield from self._wrapped(self._say(Text("逾期自动", "when overdue")), _LABEL, "clock", strong=may)

    # ------------------------------------------------------------ words

    def _may(self, each: Transition) -> bool:
        return self.able is None or not self.able.isdisjoint(each.by)

    def _say(self, text: Text) -> str:
        return text.say(self.language)

    def _wrapped(self, text: str, width: int, style: Style, *, strong: bool | None = None) -> Iterator[Line]:
        strong = (self.able is None) if strong is None else strong
        for n, each in enumerate(_balanced(text, width)):
            yield Line(each, "small" if style == "clock" and n else style, strong)


def _balanced(text: str, width: int) -> list[str]:
    """As few lines as `width` columns allow, and these about as long as each other."""
    least = len(wrap(text, width))
    narrower = (wrap(text, each) for each in range(-(-columns(text) // least), width))
    return next((lines for lines in narrower if len(lines) == least), wrap(text, width))


def awaited(condition: str) -> dict[str, None]:
    """The parts at which a condition looks."""
    return dict.fromkeys(_PARTS.findall(condition))

"""Scenarios for what no scenario has reached yet, ready to paste: found by looking for a way, and played before they are
shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from workflow.core.expressions import without_texts
from workflow.core.model import Language, Lifecycle
from workflow.loading import load
from workflow.testing.actors import everybody
from workflow.testing.coverage import Aim, Coverage
from workflow.testing.exploring import Explorer, Walk
from workflow.testing.features import parse
from workflow.testing.scenarios import play
from workflow.testing.stage import Stage
from workflow.testing.writing import Prelude, header, on_the_map, written

_SETTING = re.compile(r"settings\s*\.\s*(\w+)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A scenario in Gherkin, what it reaches that no other does, and whether it went as it should when it was played."""

    text: str
    aims: tuple[Aim, ...]
    played: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The suggestions for one lifecycle, and what no way was found to."""

    lifecycle: Lifecycle
    language: Language
    suggestions: tuple[Suggestion, ...]
    lost: tuple[Aim, ...]
    more: int = 0  # how many things are missing that it was not looked for, as there were suggestions enough

    def feature(self) -> str:
        """All of them as one feature file."""
        zh = self.language == "zh"
        lost = [
            f"  # {'没有找到走法' if zh else 'no way was found to'}: {aim.called(self.lifecycle).say(self.language)}"
            + on_the_map(self.lifecycle, aim, self.language)
            for aim in self.lost
        ]
        pieces = [header(self.lifecycle, self.language), *(each.text for each in self.suggestions), *lost]
        return "\n\n".join(pieces) + "\n"


def suggest(stage: Stage, coverage: Coverage, language: Language, most: int) -> Found:
    """At most `most` scenarios for what `coverage` misses, those that reach most of it first.

    What cannot be reached with plausible values is tried with each switch among the settings that it depends on turned,
    and with one person in several groups where it depends on who acts.
    """
    lifecycle, missing = coverage.lifecycle, coverage.missing
    with stage.office() as office:
        calendar = office.engine.calendar()
    found: list[tuple[Prelude, dict[Aim, Walk]]] = []
    left, exhausted = list(missing), True
    for prelude, wanted in _variations(lifecycle, missing):
        looked_for = [aim for aim in wanted if aim in left]
        if not looked_for:
            continue
        varied = load(lifecycle.source, settings={**lifecycle.values(), **prelude.settings}, check=False)
        explorer = Explorer(varied, calendar, language, together=prelude.together)
        ways = explorer.find(looked_for, most * 20)
        left = [aim for aim in left if aim not in ways]
        exhausted = exhausted and explorer.exhausted
        found.append((prelude, ways))
    scenarios = [(prelude, *each) for prelude, ways in found for each in _told(ways)]
    scenarios.sort(key=lambda each: -len(each[3]))
    suggestions = [_played(stage, coverage, language, *each) for each in scenarios[:most]]
    told = {aim for each in suggestions for aim in each.aims}
    meant = {aim for *_, aims in scenarios for aim in aims}
    lost = tuple(aim for aim in missing if aim not in meant) if exhausted else ()
    more = sum(aim not in told for aim in missing) - len(lost)
    return Found(lifecycle, language, tuple(each for each in suggestions if each.aims), lost, more)


def _variations(lifecycle: Lifecycle, missing: Iterable[Aim]) -> Iterator[tuple[Prelude, list[Aim]]]:
    yield Prelude(), list(missing)
    switched: dict[str, list[Aim]] = {}
    by_hand: list[Aim] = []
    for aim in missing:
        source = "\n".join(_conditions(lifecycle, aim))
        for name in dict.fromkeys(_SETTING.findall(source)):
            if lifecycle.settings[name].type == "bool":
                switched.setdefault(name, []).append(aim)
        if re.search(r"\bactor\b", source):
            by_hand.append(aim)
    for name, aims in switched.items():
        yield Prelude({name: not lifecycle.settings[name].value}), aims
    groups = everybody(lifecycle)
    for together in (groups, *combinations(groups, 2)) if by_hand else ():
        yield Prelude(together=together), by_hand


def _conditions(lifecycle: Lifecycle, aim: Aim) -> Iterator[str]:
    """The conditions on which it depends whether an aim is reached."""
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        for each in kind.transitions.values():
            if aim.sort == "guard":
                yield from (without_texts(g.when.source) for g in each.guards if g.name == aim.name)
            if aim.sort in ("route", "action") and (aim.part, aim.name) == (kind.name, each.name):
                yield from (without_texts(route.when.source) for route in each.routes if route.when is not None)
                yield from (without_texts(guard.when.source) for guard in each.guards)


def _told(ways: dict[Aim, Walk]) -> Iterator[tuple[Walk, list[Walk], list[Aim]]]:
    """The longest walks, each with what is refused on the way, and the aims that it is told for."""
    mains = {id(main): main for walk in ways.values() if (main := _main(walk)) is not None}
    steps = {key: {id(each) for each in main} for key, main in mains.items()}
    inner = {key for key in mains for other, ids in steps.items() if other != key and key in ids}
    told: set[Aim] = set()
    for key, main in mains.items():
        if key in inner:
            continue
        aims = [aim for aim, walk in ways.items() if aim not in told and id(_main(walk)) in steps[key]]
        if aims:
            told |= set(aims)
            tried = {id(ways[aim]): ways[aim] for aim in aims if ways[aim].deed.refusal is not None}
            yield main, list(tried.values()), aims


def _main(walk: Walk) -> Walk | None:
    return walk if walk.deed.refusal is None else walk.before


def _played(
    stage: Stage, coverage: Coverage, language: Language, prelude: Prelude, walk: Walk, refusals: list[Walk], aims: list[Aim]
) -> Suggestion:  # fmt: skip
    """The scenario, played: with a remark at the step that does not hold, where one does not."""
    lifecycle = coverage.lifecycle
    aims.sort(key=coverage.aims.index)

    def tell(of: list[Aim], remark: tuple[int, str] | None = None) -> str:
        return written(lifecycle, language, prelude, walk, refusals, of, remark)

    feature = parse(f"{header(lifecycle, language)}\n{tell(aims)}\n")
    scenario = feature.scenarios[0]
    seen = Coverage(lifecycle)
    failure = play(stage, feature, scenario, seen.watch).failure
    if failure is None:
        reached = [aim for aim in aims if aim in seen.reached]
        return Suggestion(tell(reached) if reached else "", tuple(reached), True)
    said = failure.text.say(language)
    remark = f"下一步还要填上合适的内容：{said}" if language == "zh" else f"fill in what the next step needs: {said}"
    return Suggestion(tell(aims, (scenario.steps.index(failure.step), remark)), tuple(aims), False)

"""Names and labels: missing in one language, the same for two things, or so alike that one is probably a slip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.fields import every_field
from workflow.checks.subject import Subject, Where
from workflow.core.model import Text


@check(
    "missing_label",
    "warning",
    Text("缺少一种语言的名称", "A label missing in a language"),
    Text("流程别处用了这种语言，这里却没有：用这种语言的人会看到另一种语言，或英文的键。（一半以上都没有名称的流程，只说只写了一种语言的。）",
         "The lifecycle speaks this language elsewhere, and not here: its readers see the other language, or the bare key. (Where more than half has no label at all, only labels in one language are told.)"),
    Text("补上 label: {zh: …, en: …}", "complete the label: {zh: …, en: …}"),
    "states: {decided: {label: {en: null}}}",
)  # fmt: skip
def missing_label(subject: Subject) -> Iterator[Finding]:
    """Things without a label in a language that the file speaks."""
    labelled = list(_labelled(subject))
    spoken = [language for language in ("zh", "en") if any(getattr(label, language) for _, _, label in labelled)]
    sparse = sum(label == Text() for _, _, label in labelled) * 2 > len(
        labelled
    )  # then labels are no custom of the file
    for where, name, label in labelled:
        missing = [language for language in spoken if not getattr(label, language)]
        if missing and not (sparse and label == Text()):
            zh, en = "和".join(_IN[each].zh for each in missing), " and ".join(_IN[each].en for each in missing)
            yield Finding(where, Text(f"“{name}”没有{zh}名称", f"{name!r} has no label in {en}"))


_IN = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}


def _labelled(subject: Subject) -> Iterator[tuple[Where, str, Text]]:
    own = subject.lifecycle
    yield ("label",) if own.label != Text() else ("lifecycle",), own.name, own.label
    for chapter, things in (
        ("settings", own.settings),
        ("roles", own.roles),
        ("metrics", own.metrics),
        ("tallies", own.tallies),
    ):
        yield from (((chapter, name), name, thing.label) for name, thing in things.items())
    yield from ((("guards", name), name, guard.otherwise) for name, guard in own.guards.items())
    for kind in subject.kinds:
        if kind.name:
            yield ("parts", kind.name), kind.name, kind.label
        yield from ((subject.state_at(kind, s.name), s.name, s.label) for s in kind.states.values())
        yield from (
            (subject.action_at(kind, t), t.name, t.label) for t in kind.transitions.values() if t.extends is None
        )
        yield from ((("deadlines", clock.name), clock.name, clock.label) for clock in subject.clocks(kind))
    for _, _, where, field in every_field(subject):
        yield where, field.name, field.label
        if field.type == "choice":
            yield from (((*where, "of", name), name, label) for name, label in field.labels.items())


@check(
    "same_label",
    "warning",
    Text("名称相同", "The same label twice"),
    Text("两个状态，或在同一状态可做的两个动作，给人看的名称一样：人分不清，按名称办理时也认不出是哪一个。",
         "Two states, or two actions that can be done in the same state, are called the same: people cannot tell them apart."),
    Text("改其中一个的 label", "change one of the labels"),
    "transitions: {deny: {label: {zh: 批准, en: Deny}}}",
)  # fmt: skip
def same_label(subject: Subject) -> Iterator[Finding]:
    """Equal labels of states of a kind, and of actions that share a state."""
    for kind in subject.kinds:
        groups = [(s.within, s.name, s.label, subject.state_at(kind, s.name), ("",)) for s in kind.states.values()]
        yield from _same(groups)
        yield from _same(
            [
                ((), t.name, t.label, subject.action_at(kind, t), t.sources)
                for t in kind.transitions.values()
                if t.extends is None
            ]
        )


def _same(things: Iterable[tuple[tuple[str, ...], str, Text, Where, tuple[str, ...]]]) -> Iterator[Finding]:
    by_label: dict[tuple[object, ...], list[tuple[str, Where, set[str]]]] = defaultdict(list)
    for within, name, label, where, sources in things:
        for language in ("zh", "en"):
            said = getattr(label, language)
            if said:
                others = by_label[within, language, said]
                twin = next((other for other, _, there in others if not there.isdisjoint(sources)), None)
                if twin is not None:
                    yield Finding(
                        where,
                        Text(
                            f"“{name}”和“{twin}”的名称都是“{said}”", f"{name!r} and {twin!r} are both called {said!r}"
                        ),
                    )
                    break
                others.append((name, where, set(sources)))


@check(
    "similar_names",
    "warning",
    Text("过于相似的名称", "Names that are too much alike"),
    Text("同一处的两个名称只差一个字母、字母换位、大小写或下划线：多半有一个是笔误。",
         "Two names in one place differ by a letter, two letters exchanged, case or an underscore: one of them is probably a slip."),
    Text("合并成一个，或改得更不一样", "make them one, or more different"),
    "fields: {day_s: {type: int, index: true, label: {zh: 天, en: Number of days}}}",
)  # fmt: skip
def similar_names(subject: Subject) -> Iterator[Finding]:
    """Names of one chapter within one slip of each other; a plural, or another digit, is no slip."""
    own = subject.lifecycle
    for chapter in (own.settings, own.roles, own.guards, own.metrics, own.parts):
        key = next(
            (name for name in ("settings", "roles", "guards", "metrics", "parts") if getattr(own, name) is chapter), ""
        )
        yield from _similar([(name, (key, name)) for name in chapter])
    for kind in subject.kinds:
        yield from _similar([(name, subject.at(kind, "fields", name)) for name in kind.fields])
        yield from _similar([(name, subject.state_at(kind, name)) for name in kind.states])
        yield from _similar(
            [(t.name, subject.action_at(kind, t)) for t in kind.transitions.values() if t.extends is None]
        )


def _similar(names: list[tuple[str, Where]]) -> Iterator[Finding]:
    """Each name's spellings with one letter left out are looked up among those of the names before it."""
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, where in names:
        spellings = _spellings(name)
        near = {other for spelling in spellings for other in seen.get(spelling, ()) if _slip(_bare(name), _bare(other))}
        if near:
            twin = min(near)
            yield Finding(
                where, Text(f"“{name}”与“{twin}”只差一点，是否笔误？", f"{name!r} is almost {twin!r}: a slip?")
            )
        for spelling in spellings:
            seen[spelling].append(name)


def _spellings(name: str) -> set[tuple[str, str]]:
    """The digits, and the letters with each one left out: names with other digits are meant to be alike."""
    bare, digits = _bare(name), "".join(filter(str.isdigit, name))
    left_out = [bare[:n] + bare[n + 1 :] for n in range(len(bare))] if len(bare) > 3 else []
    return {(digits, bare), *((digits, spelling) for spelling in left_out)}


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalpha())


def _slip(one: str, other: str) -> bool:
    a, b = sorted((one, other), key=len)
    if a == b:
        return True
    if len(b) - len(a) == 1:  # a letter too many, but for a plural
        return len(a) > 5 and not b.endswith("s") and any(b[:n] + b[n + 1 :] == a for n in range(1, len(b)))
    unlike = [n for n in range(len(a)) if a[n] != b[n]] if len(a) == len(b) else []
    if len(unlike) == 2:
        m, n = unlike
        return n == m + 1 and a[m] == b[n] and a[n] == b[m]
    return len(unlike) == 1 and len(a) > 6

"""A walk as a scenario in Gherkin, in the words of the language of its readers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workflow.core.calendar import local
from workflow.core.decide import accepted_fields
from workflow.core.model import EDIT, OPEN, Case, Field, File, Json, Language, Lifecycle, Text
from workflow.core.paths import edges, shortest
from workflow.testing.clock import MORNING
from workflow.testing.coverage import SORTS, Aim
from workflow.testing.exploring import Deed, Walk
from workflow.testing.plausible import EVERYBODY
from workflow.testing.words import said

_SAMPLE = {"zh": ("样件", "另一件"), "en": ("sample", "other")}
_HARD = re.compile(r"[\s、，,；;（）()“”\"|：:]")
_QUOTES = re.compile(r"[“”\"]")
_ASSERTING = re.compile(r"不能(?:对|在)| cannot do |^“[^“”]*”是“|^\"[^\"]*\" is ")
_SHORT = 3  # values that stand in the sentence; more are a table


@dataclass(frozen=True)
class Prelude:
    """What must be so before the first step: settings other than the lifecycle's, one person in all the groups."""

    settings: Mapping[str, Json] = field(default_factory=dict)
    together: tuple[str, ...] = ()

    def lines(self, lifecycle: Lifecycle, language: Language) -> Iterator[str]:
        """The steps that say so."""
        zh = language == "zh"
        for name, value in self.settings.items():
            called = lifecycle.settings[name].label.say(language) or name
            text = said(Field(name, "bool"), value, language)
            yield f"设置“{called}”为“{text}”" if zh else f'the setting "{called}" is "{text}"'
        for group in self.together:
            yield f"{EVERYBODY['zh']}是“{group}”" if zh else f'{EVERYBODY["en"]} is one of "{group}"'


def header(lifecycle: Lifecycle, language: Language) -> str:
    """The beginning of a feature file."""
    if language == "zh":
        return f"# language: zh-CN\n功能: {lifecycle.label.zh or lifecycle.name}的情景"
    return f"Feature: {lifecycle.label.en or lifecycle.name}"


def written(
    lifecycle: Lifecycle, language: Language, prelude: Prelude, walk: Walk, refusals: Iterable[Walk], aims: Sequence[Aim],
    hint: tuple[int, str] | None = None,
) -> str:  # fmt: skip
    """The scenario of a walk, with what is refused on the way; a `hint` is a remark before the step of that number."""
    given = list(prelude.lines(lifecycle, language))
    guards = {aim.name for aim in aims if aim.sort == "guard"}
    steps = given + _Told(lifecycle, language, guards).steps(walk, list(refusals))
    zh = language == "zh"
    first = aims[0].called(lifecycle).say(language)
    title = first + ((f" 等 {len(aims)} 处" if zh else f" and {len(aims) - 1} more") if len(aims) > 1 else "")
    lines = [f"  {'场景' if zh else 'Scenario'}: {_on_one_line(_QUOTES.sub('', title))}"]
    for sort, called in SORTS.items():
        names = [_on_one_line(aim.called(lifecycle).say(language)) for aim in aims if aim.sort == sort]
        if names:
            lines.append(f"    # {called.say(language)}{'：' if zh else ': '}{('；' if zh else '; ').join(names)}")
    keywords = ("假如", "当", "那么", "而且") if zh else ("Given ", "When ", "Then ", "And ")
    before = ""
    for number, step in enumerate(steps):
        if hint is not None and hint[0] == number:
            lines.append(f"    # {_on_one_line(hint[1])}")
        kind = (
            keywords[2]
            if _ASSERTING.search(step.splitlines()[0])
            else keywords[0]
            if number <= len(given)
            else keywords[1]
        )
        lines += [f"    {kind if kind != before else keywords[3]}{step.splitlines()[0]}", *step.splitlines()[1:]]
        before = kind
    return "\n".join(lines)


def on_the_map(lifecycle: Lifecycle, aim: Aim, language: Language) -> str:
    """For what no way was found to: the way on the map of its kind of case, and the conditions on it."""
    if aim.sort == "role":
        return (
            "；由没有这个角色的人新建一件试试" if language == "zh" else "; let somebody without it try to open a case"
        )
    kind = lifecycle.kind(aim.part)
    goals = {aim.name} if aim.sort in ("state", "join") else set(getattr(kind.transitions.get(aim.name), "sources", ()))
    way = shortest(edges(kind), kind.initial, goals) if goals else None
    if not way:
        return ""
    taken = [kind.transitions[edge.transition] for edge in way]
    names = " → ".join(each.label.say(language) or each.name for each in taken)
    guards = dict.fromkeys(g.otherwise.say(language) for each in taken for g in each.guards)
    if language == "zh":
        return f"；流程图上的路：{names}" + (f"；路上的条件：{'；'.join(guards)}" if guards else "")
    return f"; the way on the map: {names}" + (f"; conditions on it: {'; '.join(guards)}" if guards else "")


class _Told:
    """Walks told step by step, each case by a name of its own."""

    def __init__(self, lifecycle: Lifecycle, language: Language, guards: Collection[str]) -> None:
        self.lifecycle = lifecycle
        self.guards = guards
        self.language = language
        self.zh = language == "zh"
        self.sample, self.other = _SAMPLE[language]
        self._others: dict[
            str, tuple[str, Walk]
        ] = {}  # by the id that the search gave them: what it is called, how far it is
        self._linked = 0

    def steps(self, walk: Walk, refusals: list[Walk]) -> list[str]:
        """All steps, and at the end where the case stands then."""
        found: list[str] = []
        for each in walk:
            found += self._one(each, self.sample)
            for tried in refusals:
                if tried.before is each:
                    found += self._one(tried, self.sample)
        root = walk.file.root
        found.append(self._stands(root.state, self.sample))
        return found

    def _one(self, walk: Walk, nickname: str) -> Iterator[str]:
        deed = walk.deed
        if deed.other is not None:
            yield from self._going_on(deed, deed.other)
        if deed.who is None:
            if deed.other is None:
                yield self._time(deed)
        elif deed.action == OPEN:
            fields = tuple(self.lifecycle.root.fields.values())
            who, called = _name(deed.who.id), self.lifecycle.label.say(self.language) or self.lifecycle.name
            values = dict(deed.input or {})
            needed = [f.name for f in fields if f.required and f.type == "text"]
            values = {name: value for name, value in values.items() if name not in needed[:1]}
            start = f"{who}新建{called}“{nickname}”" if self.zh else f'{who} opens {called} "{nickname}"'
            yield start + self._filled(fields, values, None)
        else:
            yield self._deed(walk, nickname)

    def _going_on(self, deed: Deed, other: Walk) -> Iterator[str]:
        """What another case does meanwhile: one that is being linked begins anew."""
        if deed.who is not None:
            self._linked += 1
            name, steps = self.other if self._linked == 1 else f"{self.other}{self._linked}", list(other)
        else:
            name, told = self._others[deed.link]
            steps = other.after(told)
        self._others[deed.link] = (name, other)
        for each in steps:
            yield from self._one(each, name)

    def _time(self, deed: Deed) -> str:
        at = local(deed.at)
        hour = "" if (at.hour, at.minute) == (MORNING.hour, 0) else f"{at:%H:%M}"
        if self.zh:
            return f"时间到了{at.year}年{at.month}月{at.day}日{hour}"
        return f"time comes to {at.year}-{at.month}-{at.day}{hour and ' '}{hour}"

    def _deed(self, walk: Walk, nickname: str) -> str:
        deed, file = walk.deed, walk.before.file if walk.before is not None else walk.file
        assert deed.who is not None
        case = file.case(deed.case)
        kind = self.lifecycle.kind(case.kind)
        transition = kind.transitions.get(deed.action)
        action = Text("修改", "Edit") if deed.action == EDIT or transition is None else transition.label
        fields = () if transition is None else accepted_fields(kind, transition)
        who, called = _name(deed.who.id), _QUOTES.sub("", action.say(self.language)) or deed.action
        subject = self._subject(file, case, deed.who.id, nickname)
        input = self._filled(fields, deed.input or {}, deed.note, inline=deed.refusal is not None)
        if deed.refusal is None:
            return f"{who}{subject}办理“{called}”{input}" if self.zh else f'{who} does "{called}" {subject}{input}'
        blockers = deed.refusal.blockers
        meant = next((each for each in blockers if each.about in self.guards), blockers[0])
        reason = max(_QUOTES.split(meant.text.say(self.language)), key=len).strip("；; ")
        line, _, table = input.partition("\n")
        line = line.removesuffix("，填写：").removesuffix(" with:")
        colon = ("，填写：" if self.zh else " with:") if table else ""
        table = f"\n{table}" if table else ""
        if self.zh:
            return f"{who}不能{subject}办理“{called}”{line}，因为“{reason}”{colon}{table}"
        return f'{who} cannot do "{called}" {subject}{line}, because "{reason}"{colon}{table}'

    def _subject(self, file: File, case: Case, who: str, nickname: str) -> str:
        if case is file.root or not case.kind:
            return f"对“{nickname}”" if self.zh else f'on "{nickname}"'
        label = self.lifecycle.parts[case.kind].label.say(self.language) or case.kind
        alike = [part for part in file.parts if part.kind == case.kind]
        names = [n for n in (case.holder, case.key) if n and [p for p in alike if n in (p.holder, p.key)][-1] is case]
        whose = names[0] if names else case.key
        if whose == who:
            return f"在“{nickname}”的“{label}”上" if self.zh else f'on their "{label}" of "{nickname}"'
        whose = _name(whose)
        return f"在“{nickname}”中{whose}的“{label}”上" if self.zh else f'on the "{label}" of {whose} in "{nickname}"'

    def _stands(self, state: str, nickname: str) -> str:
        label = self.lifecycle.root.states[state].label.say(self.language) or state
        return f"“{nickname}”是“{label}”状态" if self.zh else f'"{nickname}" is "{label}"'

    def _filled(
        self, fields: Iterable[Field], values: Mapping[str, Json], note: str | None, *, inline: bool = False
    ) -> str:
        declared = {each.name: each for each in fields}
        texts = {
            self._field(declared, name): self._others[str(value)][0]
            if declared[name].type == "case"
            else value_as_said(declared[name], value, self.language)
            for name, value in values.items()
        }
        if note is not None:
            texts["说明" if self.zh else "note"] = note
        if len(texts) <= _SHORT or inline:
            if self.zh:
                return "".join(
                    f"，{name}为“{text}”" if name != "说明" else f"，说明“{text}”" for name, text in texts.items()
                )
            return "".join(f' {"and" if n else "with"} {name} "{text}"' for n, (name, text) in enumerate(texts.items()))
        rows = "".join(f"\n      | {name} | {text} |" for name, text in texts.items())
        return f"{'，填写：' if self.zh else ' with:'}{rows}"

    def _field(self, declared: Mapping[str, Field], name: str) -> str:
        label = declared[name].label.say(self.language)
        alike = [each for each in declared.values() if label in (each.label.zh, each.label.en)]
        fits = label and len(alike) == 1 and not re.search(r"[“”\"：，|]|为$| and | with ", label)
        return label if fits else name


def value_as_said(field: Field, value: Json, language: Language) -> str:
    """A value as a step would write it, so that it is read as the same again."""
    if isinstance(value, list):
        between = "、" if language == "zh" else ", "
        return between.join(value_as_said(field.item or field, each, language) for each in value)
    if isinstance(value, dict):
        first, *rest = [value_as_said(each, value.get(each.name), language) for each in field.fields]
        return (
            first if not rest else f"{first}（{' '.join(rest)}）" if language == "zh" else f"{first} ({' '.join(rest)})"
        )
    text = said(field, value, language)
    return str(value) if field.type in ("choice", "code") and _HARD.search(text) else text


def _name(id: str) -> str:
    return id if not _HARD.search(id) else f'"{id}"' if id.isascii() else f"“{id}”"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())

"""The page: who is who, what is recorded, each state with what can be done, deadlines, notices, figures, settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from workflow.core import wording
from workflow.core.model import (
    ANY,
    ROOT,
    Duration,
    Field,
    Invariant,
    Json,
    Kind,
    Language,
    Lifecycle,
    Setting,
    State,
    Text,
    Transition,
)
from workflow.core.paths import opened
from workflow.core.wording import joined, named
from workflow.counting import definition
from workflow.pages import deadlines
from workflow.pages.actions import Sayer, kind_of
from workflow.pages.rules import Rules

_DURATION = re.compile(r"(\d+)(h|d|bd|mo)")


def page(lifecycle: Lifecycle, *, language: Language = "zh") -> str:
    """The lifecycle as a page in Markdown. The same lifecycle, the same page."""
    lines = list(_Writer(lifecycle, language).page())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Writer:
    """Writes the page in one language."""

    def __init__(self, lifecycle: Lifecycle, language: Language) -> None:
        self.lifecycle, self.language = lifecycle, language

    def page(self) -> Iterator[str]:
        one = self.lifecycle
        yield f"# {self._say(named(one.label, one.name))}"
        yield ""
        yield self._say(
            Text(f"流程 {one.name}，第 {one.version} 版。", f"Lifecycle {one.name}, version {one.version}.")
        )
        yield ""
        yield from _purpose(one.source)
        yield from self._chapter("谁是谁", "Who is who", self._roles())
        yield from self._chapter("登记哪些内容", "What is recorded", self._fields(one.root))
        yield from self._chapter("状态，以及每个状态下能办什么", "The states, and what can be done in each", self._states(one.root, 3))  # fmt: skip
        yield from self._chapter("时限", "Deadlines", self._deadlines(one.root))
        for part in one.parts.values():
            yield from self._part(part)
        yield from self._chapter("通知", "Notices", self._notices())
        yield from self._chapter("始终须符合的条件", "What must hold at all times", self._invariants(one.invariants))
        yield from self._chapter("统计指标", "Figures", self._figures())
        yield from self._chapter("现行设置", "Settings in force", self._settings())

    # ------------------------------------------------------------ chapters

    def _roles(self) -> Iterator[str]:
        one = self.lifecycle
        opened = Text("任何人", "anybody") if ANY in one.opened_by else wording.roles(one, one.opened_by)
        yield self._say(Text(f"提出：{opened.zh}。", f"Opened by: {opened.en}."))
        yield ""
        if one.proxies:
            by = wording.roles(one, one.proxies)
            yield self._say(Text(f"可代他人办理（代录入）：{by.zh}；记录中写明两方姓名。", f"May act on behalf of others: {by.en}; both names are recorded."))  # fmt: skip
            yield ""
        rows = [
            [named(role.label, role.name), Rules(one, self._asking(name)).who(role)] for name, role in one.roles.items()
        ]
        yield from self._table([Text("角色", "Role"), Text("是谁", "Who")], rows)

    def _asking(self, role: str) -> Kind:
        """The first kind of case in which the role does something; the root where there is none."""
        kinds = (self.lifecycle.root, *self.lifecycle.parts.values())
        return next((k for k in kinds if any(role in t.by for t in k.transitions.values())), self.lifecycle.root)

    def _fields(self, kind: Kind) -> Iterator[str]:
        if kind.fields:
            headings = [Text("栏目", "Field"), Text("内容", "What"), Text("要求", "Rules")]
            yield from self._table(headings, [self._field(each) for each in kind.fields.values()])

    def _field(self, field: Field) -> list[Text]:
        unit = {"text": (" 字", " characters"), "list": (" 项", " items")}.get(field.type, ("", ""))
        said = [
            *([Text("必填", "required")] * field.required),
            *([] if field.min is None else [Text(f"至少 {field.min}{unit[0]}", f"at least {field.min}{unit[1]}")]),
            *([] if field.max is None else [Text(f"至多 {field.max}{unit[0]}", f"at most {field.max}{unit[1]}")]),
            *([Text("个人信息", "personal")] * field.personal),
        ]
        return [named(field.label, field.name), kind_of(field), Text("；".join(t.zh for t in said), "; ".join(t.en for t in said))]  # fmt: skip

    def _states(self, kind: Kind, level: int) -> Iterator[str]:
        living = {name for name, each in kind.states.items() if each.final is None}
        everywhere = [t for t in kind.transitions.values() if len(living) > 1 and living <= set(t.sources)]
        for state in kind.states.values():
            yield f"{'#' * level} {self._say(self._heading(kind, state))}"
            yield ""
            for each in self._about(kind, state):
                yield f"- {_plain(self._say(each))}"
            actions = (t for t in kind.transitions.values() if state.name in t.sources and t not in everywhere)
            yield from self._actions(kind, actions)
            yield ""
        if everywhere:
            yield f"{'#' * level} {self._say(Text('任何未结的状态下', 'In any state that is no end'))}"
            yield ""
            yield from self._actions(kind, everywhere)
            yield ""

    def _actions(self, kind: Kind, actions: Iterable[Transition]) -> Iterator[str]:
        sayer = Sayer(self.lifecycle, kind)
        for action in actions:
            yield f"- **{_plain(self._say(wording.action(action)))}**"
            for sentence in sayer.sentences(action):
                yield f"  - {_plain(self._say(sentence))}"

    def _heading(self, kind: Kind, state: State) -> Text:
        label = wording.state(kind, state.name)
        if state.final is not None:
            end = wording.OUTCOMES[state.final]
            return Text(f"{label.zh}（终结：{end.zh}）", f"{label.en} (an end: {end.en})")
        if state.name == kind.initial:
            return Text(f"{label.zh}（开始）", f"{label.en} (the beginning)")
        return label

    def _about(self, kind: Kind, state: State) -> Iterator[Text]:
        """Whom it waits for, who may change what, and what goes on by itself."""
        if state.waits_for is not None and state.final is None:
            who = wording.roles(self.lifecycle, state.waits_for)
            yield Text(f"等待：{who.zh or '不在任何人的待办清单上'}", f"Waits for: {who.en or 'nobody'}")
        for role, names in state.edit.items():
            who = wording.role(self.lifecycle, role)
            fields = joined(named(kind.fields[name].label, name) for name in names)
            yield Text(f"{who.zh}可修改：{fields.zh}", f"{who.en} may change: {fields.en}")
        for clock in self.lifecycle.clocks.get(kind.name, ()):
            if state.name in clock.during:
                label, limit = deadlines.name_of(clock), wording.limit(clock, kind.fields)
                yield Text(f"时限：{label.zh}，{limit.zh}", f"Deadline: {label.en}, {limit.en}")
        rules = Rules(self.lifecycle, kind)
        for join in state.joins:
            when, action = rules.said(join.when.source), wording.action(kind.transitions[join.take])
            yield Text(f"{when.zh}，即自动“{action.zh}”", f'by itself, "{action.en}": {when.en}')

    def _deadlines(self, kind: Kind) -> Iterator[str]:
        for clock in self.lifecycle.clocks.get(kind.name, ()):
            yield f"- **{_plain(self._say(deadlines.name_of(clock)))}**"
            for sentence in deadlines.sentences(self.lifecycle, clock):
                yield f"  - {_plain(self._say(sentence))}"
        yield ""

    def _part(self, part: Kind) -> Iterator[str]:
        label = wording.kind(self.lifecycle, part.name)
        yield "## " + self._say(Text(f"分件：{label.zh}", f"Part: {label.en}"))
        yield ""
        for each in self._about_part(part):
            yield f"- {_plain(self._say(each))}"
        yield ""
        yield from self._fields(part)
        yield ""
        yield from self._states(part, 3)
        if self.lifecycle.clocks.get(part.name):
            yield "### " + self._say(Text(f"{label.zh}的时限", f"Deadlines of {label.en}"))
            yield ""
            yield from self._deadlines(part)

    def _about_part(self, part: Kind) -> Iterator[Text]:
        kinds = (self.lifecycle.root, *self.lifecycle.parts.values())
        opening = [wording.action(t) for k in kinds for t in k.transitions.values() if part.name in opened(t)]
        if opening:
            names = joined(opening)
            yield Text(f"由下列动作开出：{names.zh}", f"Opened by: {names.en}")
        if part.outlives:
            yield Text("主件终结后仍可不结", "May stay open when the case itself has ended")
        if part.blind_until is not None:
            until = Rules(self.lifecycle, part).said(part.blind_until.source)
            yield Text(f"此前除承办方外看不到内容（背靠背）：{until.zh}", f"Nobody but its holder reads it until then: {until.en}")  # fmt: skip

    def _notices(self) -> Iterator[str]:
        rows = []
        for rule in self.lifecycle.notices:
            part, _, action = rule.after.rpartition(".")
            kind = self.lifecycle.kind(part if part in self.lifecycle.parts else ROOT)
            what = wording.action(kind.transitions[action]) if action in kind.transitions else _BUILT_IN[action]
            where = wording.kind(self.lifecycle, kind.name)
            after = Text(f"{where.zh}：{what.zh}", f"{where.en}: {what.en}") if kind.name else what
            rules = Rules(self.lifecycle, kind)
            if rule.when is not None:
                when = rules.said(rule.when.source)
                after = Text(f"{after.zh}（{when.zh}）", f"{after.en} (if {when.en})")
            rows.append([after, deadlines.told(rule.to, rule.cc, rules)])
        if rows:
            yield from self._table([Text("做了什么之后", "After"), Text("通知谁", "Who is told")], rows)

    def _invariants(self, invariants: Iterable[Invariant]) -> Iterator[str]:
        root, rules = self.lifecycle.root, Rules(self.lifecycle, self.lifecycle.root)
        for each in invariants:
            holds = rules.said(each.holds.source)
            names = joined(wording.state(root, name) for name in each.states)
            if each.states and set(each.states) != set(root.states):
                holds = Text(f"“{names.zh}”时：{holds.zh}", f'While "{names.en}": {holds.en}')
            yield f"- {_plain(self._say(holds))}"

    def _figures(self) -> Iterator[str]:
        rows = [[named(m.label, m.name), definition(m, self.lifecycle)] for m in self.lifecycle.metrics.values()]
        if rows:
            yield from self._table([Text("指标", "Figure"), Text("怎样算", "How it is counted")], rows)
            yield ""
        for tally in self.lifecycle.tallies.values():
            parts = joined(wording.kind(self.lifecycle, name) for name in tally.parts)
            label = named(tally.label, tally.name)
            yield self._say(
                Text(
                    f"统计表“{label.zh}”：{parts.zh}，件数与条次分列。",
                    f'Table "{label.en}": {parts.en}, in cases and in items.',
                )
            )
            yield ""

    def _settings(self) -> Iterator[str]:
        rows = [[named(each.label, each.name), _value(each)] for each in self.lifecycle.settings.values()]
        if rows:
            yield from self._table([Text("设置", "Setting"), Text("现为", "Now")], rows)

    # ------------------------------------------------------------ Markdown

    def _chapter(self, zh: str, en: str, lines: Iterator[str]) -> Iterator[str]:
        found = list(lines)
        if any(found):
            yield from (f"## {self._say(Text(zh, en))}", "", *found, "")

    def _table(self, headings: Sequence[Text], rows: Iterable[Sequence[Text]]) -> Iterator[str]:
        yield f"| {' | '.join(self._say(each) for each in headings)} |"
        yield f"|{'---|' * len(headings)}"
        for row in rows:
            yield f"| {' | '.join(_plain(self._say(each)).replace('|', chr(92) + '|') for each in row)} |"

    def _say(self, text: Text) -> str:
        return text.say(self.language)


_BUILT_IN = {"open": Text("提出", "Opening"), "edit": Text("修改", "Editing")}


def _purpose(source: str) -> Iterator[str]:
    """What the author wrote above everything else, less the line for editors."""
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        said = line.lstrip("#").strip()
        if not said.startswith("yaml-language-server"):
            yield said
    yield ""


def _value(setting: Setting) -> Text:
    value: Json = setting.value
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, dict):
        found = [_code(code, entry) for code, entry in value.items()]
        return Text("；".join(t.zh for t in found), "; ".join(t.en for t in found))
    if isinstance(value, list):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    if setting.type == "duration" and (match := _DURATION.fullmatch(str(value))):
        return wording.length(Duration(int(match[1]), match[2]))  # type: ignore[arg-type]
    return Text(str(value), str(value))


def _code(code: str, entry: Json) -> Text:
    label = entry.get("label") if isinstance(entry, dict) else None
    said = named(Text(**label) if isinstance(label, dict) else Text(), code)  # type: ignore[arg-type]
    return Text(f"{code}（{said.zh}）", f"{code} ({said.en})")


def _plain(text: str) -> str:
    """Words in which Markdown finds no marks of its own; what stands between backquotes stays."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(p if n % 2 else re.sub(r"([*_\[\]<>#])", r"\\\1", p) for n, p in enumerate(pieces))

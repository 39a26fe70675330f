"""What can be done in words: one action with who may, what is asked, on what conditions, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.core import wording
from workflow.core.model import ENGINE, ORIGIN, Effects, Field, Kind, Lifecycle, Numbering, Opening, Text, Transition
from workflow.core.wording import joined, named
from workflow.pages.rules import Rules


@dataclass(frozen=True, slots=True)
class Sayer:
    """Says what can be done to one kind of case, in sentences that can stand in a list."""

    lifecycle: Lifecycle
    kind: Kind

    def sentences(self, action: Transition) -> list[Text]:
        """Everything about an action but its name and where it leads from."""
        rules = Rules(self.lifecycle, self.kind, action.asks)
        return [
            self._who(action),
            *self._asked(action),
            *self._times(action),
            *(Text(f"有条件，不符合时提示：“{g.zh}”", f'has a condition; where it fails: "{g.en}"') for g in _guards(action)),
            *self._leads(action, rules),
            *self._effects(action.effects, rules),
        ]  # fmt: skip

    def _who(self, action: Transition) -> Text:
        people = [name for name in action.by if name != ENGINE]
        by = wording.roles(self.lifecycle, people)
        if not people:
            return Text("由系统自动进行", "happens by itself")
        if ENGINE in action.by:
            return Text(f"由{by.zh}办理；也可由系统自动进行", f"done by: {by.en}; also happens by itself")
        return Text(f"由{by.zh}办理", f"done by: {by.en}")

    def _asked(self, action: Transition) -> Iterator[Text]:
        must = [each for each in action.asks if each.required]
        may = [each for each in action.asks if not each.required]
        filled = [self.kind.fields[name] for name in action.require]
        for zh, en, fields in (
            ("须填写：", "to be filled in: ", must),
            ("可填写：", "may be filled in: ", may),
            ("此前或同时须填好：", "to be filled in before or with it: ", filled),
        ):
            if fields:
                names = joined(named(each.label, each.name) for each in fields)
                yield Text(zh + names.zh, en + names.en)
        if action.note == "required":
            yield Text("须写明理由", "a reason must be given")

    def _times(self, action: Transition) -> Iterator[Text]:
        if action.within is not None:
            term = wording.length(action.within)
            yield Text(f"只能在开件后 {term.zh}内", f"only within {term.en} of the opening")
        if action.at_most_every is not None:
            term = wording.length(action.at_most_every)
            yield Text(f"两次之间至少隔 {term.zh}", f"not again within {term.en}")

    def _leads(self, action: Transition, rules: Rules) -> Iterator[Text]:
        if action.act:
            yield Text("只作记录，状态不变", "is recorded; the state stays")
        elif action.to is not None:
            yield self._to(action.to)
        for n, route in enumerate(action.routes, 1):
            when, to = rules.said(None if route.when is None else route.when.source), self._to(route.to)
            yield Text(f"（{n}）{when.zh}，{to.zh}", f"({n}) {when.en}: {to.en}")
            yield from self._effects(route.effects, rules, f"（{n}）", f"({n}) ")

    def _to(self, state: str) -> Text:
        if state == ORIGIN:
            return Text("回到此前的状态", "goes back to the state before")
        label = wording.state(self.kind, state)
        return Text(f"转入“{label.zh}”", f'goes to "{label.en}"')

    # ------------------------------------------------------------ what follows

    def _effects(self, effects: Effects, rules: Rules, zh: str = "", en: str = "") -> Iterator[Text]:
        for each in self._following(effects, rules):
            yield Text(zh + each.zh, en + each.en)

    def _following(self, effects: Effects, rules: Rules) -> Iterator[Text]:
        if effects.set:
            names = joined(named(self.kind.fields[name].label, name) for name, _ in effects.set)
            yield Text(f"自动记入：{names.zh}", f"written by itself: {names.en}")
        for number in effects.numbers:
            yield self._number(number)
        for opening in effects.open:
            yield self._opens(opening, rules)
        if effects.close:
            names = joined(wording.kind(self.lifecycle, part) for part in effects.close)
            yield Text(f"未结的{names.zh}随之关闭", f"what is still open of {names.en} is closed")
        for start in effects.start:
            yield Text(f"同时另开一件 {start.lifecycle}", f"a case of {start.lifecycle} is opened at the same time")

    def _opens(self, opening: Opening, rules: Rules) -> Text:
        label = wording.kind(self.lifecycle, opening.part)
        if opening.each is None:
            return Text(f"开出一件“{label.zh}”", f'opens a "{label.en}"')
        source = rules.party(opening.each.source)
        return Text(f"开出“{label.zh}”，{source.zh}各一件", f'opens "{label.en}", one for each: {source.en}')

    def _number(self, number: Numbering) -> Text:
        settings = self.lifecycle.values()
        prefix = ""
        for piece in number.prefix:
            if isinstance(piece, str):
                prefix += piece
            else:
                value = settings.get(piece[0].source.removeprefix("settings."))
                prefix += "…" if value is None else str(value).zfill(piece[1])
        example = f"{prefix}{1:0{number.width}d}{number.suffix}"
        if number.field is None:
            return Text(f"编号，如 {example}", f"gives the case its number, such as {example}")
        label = named(self.kind.fields[number.field].label, number.field)
        return Text(f"编“{label.zh}”，如 {example}", f'gives the number "{label.en}", such as {example}')


def _guards(action: Transition) -> Iterable[Text]:
    return (named(guard.otherwise, guard.name) for guard in action.guards)


def kind_of(field: Field) -> Text:
    """What can be filled in there, in words."""
    if field.type in ("choice", "code"):
        names = joined(named(field.labels.get(code, Text()), code) for code in field.choices)
        return Text(f"选一项：{names.zh}", f"one of: {names.en}")
    if field.type == "list" and field.item is not None:
        item = kind_of(field.item)
        return Text(f"可填多项，每项：{item.zh}", f"several, each of them: {item.en}")
    if field.type == "record":
        names = joined(named(each.label, each.name) for each in field.fields)
        return Text(f"一组：{names.zh}", f"together: {names.en}")
    return _TYPES.get(field.type, Text(field.type, field.type))


_TYPES = {
    "text": Text("文字", "text"),
    "int": Text("整数", "a whole number"),
    "bool": Text("是或否", "yes or no"),
    "date": Text("日期", "a date"),
    "party": Text("人员、单位或组", "a person, unit or group"),
    "case": Text("另一件", "another case"),
}

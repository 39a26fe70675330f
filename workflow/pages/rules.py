"""Rules in words, as far as there are words for them: a rule that has none is shown as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.core import wording
from workflow.core.model import Field, Kind, Lifecycle, Role, Text
from workflow.core.wording import named

_NAME = r"([A-Za-z]\w*)"
_OF_PARTS = re.compile(
    r"parts\.(?P<part>\w+)(\.filter\((?P<name>\w+), (?P<inner>.+?)\))?(?P<of>\.holder|\.map\((?P<var>\w+), (?P=var)\.(holder|key)\))?"
)
_OTHER = Text("以上都不符合时", "where none of the others holds")


@dataclass(frozen=True, slots=True)
class Rules:
    """Says the rules of one kind of case; `asks` are the inputs that they can mean."""

    lifecycle: Lifecycle
    kind: Kind
    asks: tuple[Field, ...] = ()

    def said(self, rule: str | None) -> Text:
        """A condition in words: None is what holds where no other does."""
        if rule is None:
            return _OTHER
        found = [self._known(each) for each in _all_of(rule)]
        if any(each is None for each in found):
            code = f"`{' '.join(rule.split())}`"
            return Text(f"符合规则 {code} 时", f"where the rule {code} holds")
        sentences = [each for each in found if each is not None]
        return Text("，且".join(each.zh for each in sentences), " and ".join(each.en for each in sentences))

    def who(self, role: Role) -> Text:
        """Who has a role, for the case at hand."""
        if role.group is not None:
            return Text(f"“{role.group}”组的成员", f'the members of the group "{role.group}"')
        if role.any_of:
            names = wording.roles(self.lifecycle, role.any_of)
            return Text(f"下列任何一个：{names.zh}", f"any of: {names.en}")
        return self.party("" if role.party is None else role.party.source)

    def party(self, rule: str) -> Text:
        """Whom, or which parts, an expression means that gives one or several of them."""
        if rule in self.lifecycle.roles:
            return wording.role(self.lifecycle, rule)
        if match := re.fullmatch(r"([^?]+) \? (.+) : \[\]", rule):
            when, whom = self.said(match[1]), self.party(match[2])
            return Text(f"{when.zh}时{whom.zh}", f"{whom.en} (only if {when.en})")
        said: Text | None = None
        if re.fullmatch(r"(case|parent)\.created_by", rule):
            said = Text("提出本件的人", "who opened the case")
        elif rule == "case.holder":
            said = Text("承办该分件的一方", "whoever holds the part")
        elif match := re.fullmatch(rf"(case|parent)\.{_NAME}", rule):
            said = self._in_field(match[2], root=match[1] == "parent")
        elif match := re.fullmatch(rf"input\.{_NAME}", rule):
            said = self._asked(match[1])
        elif match := _OF_PARTS.fullmatch(rule):
            said = self._of_parts(match)
        return said or Text(f"按规则 `{rule}` 得出的各方", f"whoever the rule `{rule}` gives")

    def _in_field(self, name: str, *, root: bool) -> Text | None:
        fields = self.lifecycle.root.fields if root else self.kind.fields
        if name not in fields:
            return None
        label, many = named(fields[name].label, name), fields[name].type == "list"
        return Text(f"“{label.zh}”栏所记的{'各' if many else '一'}方", f'whoever is named under "{label.en}"')

    def _asked(self, name: str) -> Text | None:
        label = next((named(each.label, name) for each in self.asks if each.name == name), None)
        return None if label is None else Text(f"所填的“{label.zh}”", f'the "{label.en}" given')

    def _of_parts(self, match: re.Match[str]) -> Text | None:
        """Parts that fit a condition, or those that hold them."""
        part, name, inner = match["part"], match["name"], match["inner"]
        if part not in self.lifecycle.parts:
            return None
        label = wording.kind(self.lifecycle, part)
        fits = self._all(name, self.lifecycle.parts[part], inner) if inner else Text()
        if fits is None:
            return None
        zh, en = (f"（{fits.zh}）", f" ({fits.en})") if inner else ("", "")
        if match["of"] is None:
            return Text(f"各“{label.zh}”{zh}", f'each "{label.en}"{en}')
        return Text(f"各“{label.zh}”{zh}的承办方", f'whoever holds a "{label.en}"{en}')

    # ------------------------------------------------------------ conditions

    def _known(self, rule: str) -> Text | None:
        if match := re.fullmatch(r"(!?)settings\." + _NAME, rule):
            setting = self.lifecycle.settings.get(match[2])
            return None if setting is None else _is(named(setting.label, match[2]), not match[1])
        if match := re.fullmatch(r"(!?)visited\([\"']([\w.]+)[\"']\)", rule):
            zh, en = ("未曾", "never") if match[1] else ("曾经", "once")
            return self._states(self.kind, f'"{match[2]}"', f"{zh}到过", f"it was {en}")
        if match := re.fullmatch(rf"linked\.{_NAME}(\..+)|!linked\.{_NAME}\.open", rule):
            return self._linked(match[1] or match[3], match[2])
        if match := re.fullmatch(rf"(!?)parts\.{_NAME}\.(exists|all)\((\w+), (.+)\)", rule):
            return self._among(*match.groups())
        return self._of("case", self.kind, rule)

    def _among(self, no: str, part: str, which: str, name: str, inner: str) -> Text | None:
        """A condition on parts: that there is one, that there is none, that all are so."""
        if part not in self.lifecycle.parts:
            return None
        label = wording.kind(self.lifecycle, part)
        if (no, which, inner) in (("!", "exists", f"{name}.open"), ("", "all", f"!{name}.open")):
            return Text(f"没有未结的“{label.zh}”", f'no "{label.en}" is open any more')
        fits = self._all(name, self.lifecycle.parts[part], inner)
        if fits is None or (no and which == "all"):
            return None
        if which == "all":
            return Text(f"每件“{label.zh}”都{fits.zh}", f'every "{label.en}" {fits.en}')
        return Text(f"{'没有' if no else '有'}“{label.zh}”{fits.zh}", f'{"no" if no else "a"} "{label.en}" {fits.en}')

    def _all(self, name: str, kind: Kind, inner: str) -> Text | None:
        """Conditions on one case that hold together, or (`||`) of which one holds; None where one has no words."""
        together, alone = _split(inner, "&&"), _split(inner, "||")
        if len(together) > 1 and len(alone) > 1:
            return None
        found = [self._of(name, kind, each) for each in (alone if len(alone) > 1 else together)]
        known = [each for each in found if each is not None]
        zh, en = ("或", " or ") if len(alone) > 1 else ("、", " and ")
        said = Text(zh.join(each.zh for each in known), en.join(each.en for each in known))
        return said if len(known) == len(found) else None

    def _linked(self, name: str, rest: str | None) -> Text | None:
        """A condition on the case that a field names, where it follows this same lifecycle."""
        field = self.kind.fields.get(name)
        if field is None or field.lifecycle != self.lifecycle.name:
            return None
        said = self._of("it", self.lifecycle.root, "!it.open" if rest is None else f"it{rest}")
        label = named(field.label, name)
        return said and Text(f"“{label.zh}”所指的一件{said.zh}", f'the case under "{label.en}" {said.en}')

    def _of(self, name: str, kind: Kind, rule: str) -> Text | None:
        """A condition on one case, called `name` in the rule."""
        own = re.escape(name) + r"\."
        if match := re.fullmatch(rf"(!?){own}(open|latest)", rule):
            return _BUILT_IN.get(match[1] + match[2])
        if match := re.fullmatch(rf"{own}state (==|!=|in) (.+)", rule):
            zh, en = ("不是", "is not") if match[1] == "!=" else ("处于", "is")
            return self._states(kind, match[2], zh, en)
        if match := re.fullmatch(rf"{own}{_NAME}(?: in settings\.{_NAME}|\.size\(\) > 0)", rule):
            return self._in_setting(kind.fields.get(match[1]), match[2])
        if match := re.fullmatch(rf"(!?){own}{_NAME}", rule):
            field = kind.fields.get(match[2])
            return _is(named(field.label, match[2]), not match[1]) if field and field.type == "bool" else None
        if match := re.fullmatch(rf"{own}{_NAME} (==|!=|<=?|>=?) (\"[^\"]*\"|\d+|null|settings\.\w+)", rule):
            return self._compared(kind.fields.get(match[1]), match[2], match[3])
        return None

    def _in_setting(self, field: Field | None, name: str | None) -> Text | None:
        """A field that is one of a setting's, or (without one) that is not empty."""
        setting = self.lifecycle.settings.get(name or "")
        if field is None or (name and setting is None):
            return None
        label = named(field.label, field.name)
        if setting is None:
            return Text(f"“{label.zh}”不为空", f'"{label.en}" is not empty')
        other = named(setting.label, setting.name)
        return Text(f"“{label.zh}”属“{other.zh}”", f'"{label.en}" is one of "{other.en}"')

    def _compared(self, field: Field | None, sign: str, value: str) -> Text | None:
        if field is None:
            return None
        label, key = named(field.label, field.name), value.strip('"')
        if value == "null":
            zh, en = ("未填", "is not filled") if sign == "==" else ("已填", "is filled")
            return Text(f"“{label.zh}”{zh}", f'"{label.en}" {en}')
        other = named(field.labels.get(key, Text()), key)
        if value.startswith("settings."):
            key = key.removeprefix("settings.")
            setting = self.lifecycle.settings.get(key)
            if setting is None:
                return None
            other = named(setting.label, key)
        zh, en = _SIGNS[sign]
        return Text(f"“{label.zh}”{zh}“{other.zh}”", f'"{label.en}" {en} "{other.en}"')

    def _states(self, kind: Kind, names: str, zh: str, en: str) -> Text | None:
        found = re.findall(r"[\"']([\w.]+)[\"']", names)
        if not found or not all(each in kind.states for each in found):
            return None
        labels = [wording.state(kind, each) for each in found]
        return Text(
            f"{zh}“{'”或“'.join(each.zh for each in labels)}”", f'{en} "{" or ".join(each.en for each in labels)}"'
        )


_BUILT_IN = {
    "open": Text("未结", "is open"),
    "!open": Text("已结", "has ended"),
    "latest": Text("属最近一轮", "of the latest round"),
    "!latest": Text("属以前各轮", "of an earlier round"),
}
_SIGNS = {
    "==": ("为", "is"),
    "!=": ("不为", "is not"),
    "<": ("小于", "is less than"),
    "<=": ("不超过", "is at most"),
    ">": ("大于", "is more than"),
    ">=": ("不少于", "is at least"),
}


def _is(label: Text, yes: bool) -> Text:
    return Text(f"“{label.zh}”为{'是' if yes else '否'}", f'"{label.en}" is {"yes" if yes else "no"}')


def _all_of(rule: str) -> list[str]:
    """The rules that are joined by `&&`; the rule alone where it has other connections outside of brackets."""
    return [rule] if len(_split(rule, "||")) > 1 or len(_split(rule, "?")) > 1 else _split(rule, "&&")


def _split(rule: str, between: str) -> list[str]:
    """The pieces of a rule, where `between` stands outside of brackets and quotes."""
    pieces, depth, quote, start = [], 0, "", 0
    for n, char in enumerate(rule):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0 and rule.startswith(between, n):
            pieces.append(rule[start:n].strip())
            start = n + len(between)
    return [*pieces, rule[start:].strip()]

"""Declared values in words, and what became different between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Literal

from workflow.core.model import ANY, ENGINE, ORIGIN, Duration, Lifecycle, Text
from workflow.core.wording import length

Naming = Literal["", "state", "role", "field", "part"]
_CLOSED = {"", "place", "machine"}


def plain(value: Any) -> Any:
    """The value as data that can be compared: without places, conditions by their source."""
    if hasattr(value, "evaluate"):
        return ("cel", " ".join(value.source.split()))
    if is_dataclass(value):
        return (type(value).__name__, *(plain(getattr(value, f.name)) for f in fields(value) if f.name not in _CLOSED))
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values as one side of the comparison calls them; `kind` is the kind of case that is spoken of."""

    lifecycle: Lifecycle
    kind: str = ""

    def called(self, naming: Naming, name: str) -> Text:
        """`“已提交”（submitted）` for a state, role, field or part that has a label; else its name."""
        if naming == "state" and name == ORIGIN:
            return Text("原状态", "where it was before")
        if naming == "role" and name in (ANY, ENGINE):
            return Text("任何人", "anybody") if name == ANY else Text("引擎（自动）", "the engine")
        kind = self.lifecycle.parts.get(self.kind, self.lifecycle.root)
        known: Mapping[str, Any] = {
            "state": kind.states,
            "role": self.lifecycle.roles,
            "field": kind.fields,
            "part": self.lifecycle.parts,
        }.get(naming, {})
        return named(known[name].label if name in known else Text(), name)

    def list(self, naming: Naming, names: Iterable[str]) -> Text:
        """Several of them, in a row."""
        found = [self.called(naming, name) for name in names]
        return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))

    def say(self, naming: Naming, value: Any) -> Text:
        """Any declared value."""
        if naming and isinstance(value, str):
            return self.called(naming, value)
        if naming and isinstance(value, (tuple, list)) and value:
            return self.list(naming, value)
        return spoken(value)


def named(label: Text, name: str) -> Text:
    """What people call it, and its name in the file."""
    zh, en = label.say("zh"), label.say("en")
    return Text(f"“{zh}”（{name}）", f'"{en}" ({name})') if zh else Text(f"“{name}”", f'"{name}"')


def spoken(value: Any) -> Text:
    """A value of the file in words."""
    if value is None or value in ("", (), [], {}):
        return Text("无", "none")
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, Duration):
        return length(value)
    if isinstance(value, Text):
        return Text(f"“{value.say('zh')}”", f'"{value.say("en")}"')
    if hasattr(value, "evaluate"):
        source = " ".join(value.source.split())
        return Text(source, source)
    if isinstance(value, Mapping):
        if value.keys() <= {"zh", "en"}:
            return spoken(Text(value.get("zh", ""), value.get("en", "")))
        return _pairs(value.items())
    if is_dataclass(value):
        return _pairs((f.name, each) for f in fields(value) if not _usual(f, each := getattr(value, f.name)))
    if isinstance(value, (list, tuple)):
        return _joined([spoken(each) for each in value])
    return Text(str(value), str(value))


def _usual(declared: Any, value: Any) -> bool:
    """Whether there is nothing to say of this attribute: it is what it is where nobody writes it."""
    if declared.name in _CLOSED or value is None or value in ((), ""):
        return True
    default = declared.default_factory() if declared.default_factory is not MISSING else declared.default
    return default is not MISSING and bool(plain(default) == plain(value))


def _pairs(pairs: Iterable[tuple[str, Any]]) -> Text:
    said = [(name, spoken(value)) for name, value in pairs]
    return _joined([Text(f"{name}: {each.zh}", f"{name}: {each.en}") for name, each in said])


def _joined(texts: Sequence[Text]) -> Text:
    return Text("、".join(each.zh for each in texts), ", ".join(each.en for each in texts))


def members(value: Any) -> dict[Any, Any] | None:
    """The elements of a collection by what makes them the same; None for what is no collection."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple)):
        if all(isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str) for each in value):
            return dict(value)
        return {repr(plain(each)): each for each in value}
    return None


def difference(old: Any, new: Any, before: Speaker, after: Speaker, naming: Naming) -> Text:
    """What became of a value, as the end of a sentence: what came and went of a collection, or from what to what."""
    if isinstance(old, bool) and isinstance(new, bool):
        return Text("由 否 改为 是", ": now yes, before no") if new else Text("由 是 改为 否", ": now no, before yes")
    if isinstance(old, Text) and isinstance(new, Text):
        return _reworded(old, new)
    was, now = members(old), members(new)
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new) == 1 and not naming:
        return _from_to(spoken(old[0]), spoken(new[0]))
    if was is None or now is None:
        return _from_to(before.say(naming, old), after.say(naming, new))
    come = [after.say(naming, _element(new, k, v)) for k, v in now.items() if k not in was]
    gone = [before.say(naming, _element(old, k, v)) for k, v in was.items() if k not in now]
    zh, en = [], []
    if come:
        zh.append(f"增加 {_joined(come).zh}")
        en.append(f"now also {_joined(come).en}")
    if gone:
        zh.append(f"去掉 {_joined(gone).zh}")
        en.append(f"no longer {_joined(gone).en}")
    for key in was:
        if key in now and plain(was[key]) != plain(now[key]):
            each = _from_to(before.say(naming, was[key]), after.say(naming, now[key]))
            zh.append(f"{key} {each.zh}")
            en.append(f"{key} {each.en}")
    if not zh:
        each = _from_to(before.say(naming, list(was.values())), after.say(naming, list(now.values())))
        return Text(f"的顺序{each.zh}", f": the order {each.en}")
    return Text("：" + "；".join(zh), ": " + "; ".join(en))


def _element(collection: Any, key: Any, value: Any) -> Any:
    return (
        {key: value}
        if isinstance(collection, Mapping) or (isinstance(key, str) and (key, value) in collection)
        else value
    )


def _reworded(old: Text, new: Text) -> Text:
    """Each language tells its own words, or those of the other one where its own stayed."""
    zh, en = _from_to(spoken(old), spoken(new)).zh, _from_to(spoken(old), spoken(new)).en
    if old.say("zh") == new.say("zh"):
        zh = f"的英文由 “{old.en}” 改为 “{new.en}”"
    if old.say("en") == new.say("en"):
        en = f'changes in Chinese from "{old.zh}" to "{new.zh}"'
    return Text(zh, en)


def _from_to(old: Text, new: Text) -> Text:
    return Text(f"由 {old.zh} 改为 {new.zh}", f"changes from {old.en} to {new.en}")

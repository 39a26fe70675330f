"""What a template is told: plain values in the recipient's language, frozen, by the names that were declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.core.calendar import local
from workflow.core.model import Case, Field, File, Json, Kind, Language, Lifecycle, Micros, Place, Text
from workflow.core.personal import ERASED
from workflow.templates.grammar import Shape

MOST_ITEMS = 200  # of a list: what is longer is cut
PLAIN = (
    "number", "title", "about", "lifecycle", "state", "action", "actor", "unit", "note", "recipient", "copy", "day", "time",
)  # fmt: skip
OF_CLOCKS = ("deadline", "due")
OPENED: Shape = ({"label": None, "holder": None, "key": None},)
OF_DIGESTS: dict[str, Shape] = {
    **dict.fromkeys(("count", "recipient", "day", "time")), "notices": ({"subject": None, "body": None},),
}  # fmt: skip
DIGESTED = 18_000  # characters of a digest that the words of its notices may take together
_END = "…"


@dataclass(frozen=True, slots=True)
class Use:
    """Where a lifecycle uses a template: for which kind of case, and whether a clock does."""

    kind: str
    clock: bool
    place: Place


class Facts:
    """Values by name, and nothing else that could be reached."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]


def shapes(lifecycle: Lifecycle, uses: Iterable[Use]) -> dict[str, Shape]:
    """What a template may name that is used like this: `part` only where every use is about the same kind of part,
    `deadline` and `due` only where every one is a clock's, `opened` where none is.
    """
    known: dict[str, Shape] = dict.fromkeys(PLAIN)
    known["case"] = _fields(lifecycle.root)
    kinds = {use.kind for use in uses}
    clocks = {use.clock for use in uses}
    if clocks == {True}:
        known |= dict.fromkeys(OF_CLOCKS)
    if clocks == {False}:
        known["opened"] = OPENED
    if len(kinds) == 1 and (kind := kinds.pop()) in lifecycle.parts:
        known["part"] = {**_fields(lifecycle.parts[kind]), "label": None, "holder": None, "key": None}
    return known


def _fields(kind: Kind) -> dict[str, Shape]:
    return {name: _shape(field) for name, field in kind.fields.items()}


def _shape(field: Field) -> Shape:
    if field.type == "record":
        return {each.name: _shape(each) for each in field.fields}
    if field.type == "list":
        return (_shape(field.item) if field.item is not None else None,)
    return None


def facts(
    lifecycle: Lifecycle,
    file: File,
    record: Mapping[str, Any],
    language: Language,
    *,
    recipient: str,
    names: Callable[[str], str],
    copy: bool = False,
    withheld: bool = False,
) -> dict[str, Any]:
    """The facts of one notice: the case as it stands, and the step that called for it (`record`).

    `names` says what a party is called; where the case is `withheld` from the recipient its values are empty.
    """
    case = file.case(record["case"])
    kind = lifecycle.kind(case.kind)
    at: Micros = record["at"]
    say = _Says(language, names)
    number, title = file.root.number or "", _title(lifecycle, file.root)
    found: dict[str, Any] = {
        "number": number,
        "title": title,
        "about": _about(number, title, language),
        "lifecycle": _label(lifecycle.label, lifecycle.name, language),
        "state": _state(kind, record.get("to") or case.state, language),
        "action": _action(lifecycle, kind, record, language),
        "actor": record["who"].get("name") or record["who"]["id"],
        "unit": names(record["who"]["unit"]) if record["who"].get("unit") else "",
        "note": "" if withheld else record.get("note") or "",
        "recipient": recipient,
        "copy": copy,
        "day": local(at).strftime("%Y-%m-%d"),
        "time": local(at).strftime("%H:%M"),
        "case": Facts(say.all(lifecycle.root, file.root)),
    }
    if "timer" in record:
        found |= {"deadline": found["action"], "due": _due(record["timer"]["due"])}
    found["opened"] = tuple(
        Facts(
            {
                "label": _label(lifecycle.parts[part["part"]].label, part["part"], language),
                "holder": names(part["holder"]) if part.get("holder") else "",
                "key": part.get("key", ""),
            }
        )
        for part in record.get("opened", ())[:MOST_ITEMS]
    )
    if case.kind:
        values = {} if withheld else say.all(kind, case)
        blank = {name: [] if field.type == "list" else "" for name, field in kind.fields.items()}
        about = {"label": _label(kind.label, kind.name, language), "key": case.key}
        found["part"] = Facts({**blank, **values, **about, "holder": names(case.holder) if case.holder else ""})
    return found


def digest_facts(notices: Sequence[Any], recipient: str, at: Micros) -> dict[str, Any]:
    """The facts of a digest of these notices (rows with `subject` and `body`), whose hour is `at`.

    Each has an equal share of what a digest may take; what is longer is cut there. A salutation is left away, for the
    digest has its own.
    """
    share = DIGESTED // max(len(notices), 1)
    listed = tuple(
        Facts({"subject": each.subject, "body": _cut(_unaddressed(each.body, recipient), share - len(each.subject))})
        for each in notices
    )
    day, time = local(at).strftime("%Y-%m-%d"), local(at).strftime("%H:%M")
    return {"count": len(notices), "recipient": recipient, "day": day, "time": time, "notices": listed}


def _unaddressed(body: str, recipient: str) -> str:
    """The body without its first paragraph, if that is one line that begins with the recipient and ends in a colon."""
    first, _, rest = body.partition("\n\n")
    salutes = first.startswith(recipient) and first.endswith((":", "：")) and "\n" not in first
    return rest.strip() if salutes and rest else body


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + _END


class _Says:
    def __init__(self, language: Language, names: Callable[[str], str]) -> None:
        self._language = language
        self._names = names

    def all(self, kind: Kind, case: Case) -> dict[str, Any]:
        """Every declared field of the case."""
        return {
            name: self._erased(field) if name in case.erased else self.value(case.values.get(name), field)
            for name, field in kind.fields.items()
        }

    def _erased(self, field: Field) -> Any:
        """What stands where a value was erased, in the field's own shape."""
        if field.type == "list" and field.item is not None:
            return (self._erased(field.item),)
        if field.type == "record":
            return Facts({each.name: self._erased(each) for each in field.fields})
        return ERASED.say(self._language)

    def value(self, value: Json, field: Field | None) -> Any:
        """A value as people read it: labels for codes, names for parties, "" for nothing."""
        kind = field.type if field is not None else "text"
        if kind == "list":
            item = field.item if field is not None else None
            return tuple(self.value(each, item) for each in (value if isinstance(value, list) else ())[:MOST_ITEMS])
        if kind == "record" and field is not None:
            inside = value if isinstance(value, dict) else {}
            return Facts({each.name: self.value(inside.get(each.name), each) for each in field.fields})
        if value is None:
            return ""
        if isinstance(value, (bool, int)):
            return value
        if field is not None and value in field.labels:
            return _label(field.labels[str(value)], str(value), self._language)
        return self._names(str(value)) if kind == "party" else str(value)


def _title(lifecycle: Lifecycle, root: Case) -> str:
    """The title, unless it is personal or the case says that it is `secret`: a notice may be read by anybody's side."""
    field = lifecycle.root.fields.get("title")
    if field is None or field.personal or root.values.get("secret") is True:
        return ""
    return str(root.values.get("title") or "")


def _about(number: str, title: str, language: Language) -> str:
    if language == "zh":
        return f"{number}《{title}》" if title else number or "（未编号）"
    return f"{number} “{title}”".strip() if title else number or "(no number yet)"


def _action(lifecycle: Lifecycle, kind: Kind, record: Mapping[str, Any], language: Language) -> str:
    """What the step is called; of a clock, what its deadline is."""
    name = str(record.get("action", ""))
    if "timer" in record:
        deadline = next((each for each in lifecycle.clocks.get(kind.name, ()) if each.name == name), None)
        return _label(deadline.label, name, language) if deadline is not None else name
    transition = kind.transitions.get(name)
    return _label(transition.label, name, language) if transition is not None else name


def _due(end: Micros) -> str:
    """The last day, for an end at midnight; otherwise the day and the hour."""
    here = local(end)
    last = local(end - 1)
    return last.strftime("%Y-%m-%d") if (here.hour, here.minute) == (0, 0) else here.strftime("%Y-%m-%d %H:%M")


def _state(kind: Kind, name: str, language: Language) -> str:
    return _label(kind.states[name].label, name, language) if name in kind.states else name


def _label(label: Text, name: str, language: Language) -> str:
    return label.say(language) or name

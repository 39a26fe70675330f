"""Settings and the values they take: from the file, from a profile, or from a caller."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.core.errors import Problem
from workflow.core.model import Json, Place, Setting, Text
from workflow.loading import words
from workflow.loading.compiling.sheet import Sheet, entries, label, value
from workflow.loading.forms import Form, ListOf
from workflow.loading.nodes import Items, Node, Scalar, Table, plain
from workflow.loading.problems import Problems, listed, meant_by, shortened
from workflow.loading.shape.base import SETTING_NAME
from workflow.loading.shape.fields import CODES

SETTING_VALUES: dict[str, Form] = {
    "text": words.TEXT,
    "int": words.whole(),
    "bool": words.BOOL,
    "date": words.DATE,
    "duration": words.DURATION,
    "list": ListOf(words.CODE),
    "codes": CODES,
}


def settings(sheet: Sheet, table: Table | None, given: Mapping[str, object], source: str) -> None:
    """Puts the settings in force on the sheet: the defaults of the file, and over them what was `given`.

    `source` names, for messages, where the given values are from; `given.places`, if there is such a thing,
    knows the place of each.
    """
    for name, node in entries(table).items():
        type = str(value(node, "type", "")) if isinstance(node, Table) else ""
        spot = table.keys[name] if table is not None else node
        found: Json = None
        default = entries(node).get("default")
        if type and default is not None:
            found = typed(default, SETTING_VALUES[type], sheet.problems)
        sheet.settings[name] = Setting(name, type, found, label(entries(node).get("label")), sheet.place(spot))
    places: Mapping[str, Place] = getattr(given, "places", {})
    for name, raw in given.items():
        place = places.get(name, Place(source, 0, 0))
        setting = sheet.settings.get(name)
        if setting is None:
            _unknown(sheet.problems, place, name, sheet.settings)
        elif setting.type:
            found = _override(sheet.problems, setting, raw, place)
            sheet.settings[name] = Setting(name, setting.type, found, setting.label, place)


def typed(node: Node, form: Form, problems: Problems) -> Json:
    """The value at `node` in the type of `form`; None after its problems were told."""
    checked = form.check(node, problems)
    if checked is None:
        return None
    return _codes(checked) if form is CODES else plain(checked)  # type: ignore[return-value]


def _codes(node: Node) -> Json:
    """Codes in one form, however they were written: `{code: {"label": {"zh": …}, "means": …}}`."""
    found: dict[str, Json] = {}
    for code, entry in entries(node).items():
        own = entries(entry)
        text = label(own.get("label", entry))
        said: dict[str, Json] = {language: one for language, one in (("zh", text.zh), ("en", text.en)) if one}
        found[code] = {"label": said}
        if isinstance(entry, Table) and "means" in own:
            found[code] = {"label": said, "means": str(value(entry, "means"))}
    return found


def _override(problems: Problems, setting: Setting, raw: object, place: Place) -> Json:
    """A value from outside, in the type of the setting; whatever it is, it is read as if it stood in the file."""
    own = Problems(place.file)
    node = _node(raw, place)
    found = typed(node, SETTING_VALUES[setting.type], own)
    for problem in own.found:
        at = f"设置“{setting.name}”（{setting.type}）："
        at_en = f'setting "{setting.name}" ({setting.type}): '
        problems.put(Problem(problem.place, problem.code, Text(zh=at + problem.text.zh, en=at_en + problem.text.en)))
    return found


def _node(raw: object, place: Place) -> Node:
    """A tree as if `raw` had been written at `place`."""
    if isinstance(raw, Mapping):
        table = Table(place.line, place.column)
        for name, child in raw.items():
            key = str(name)
            table.keys[key] = Scalar(key, "", place.line, place.column)
            table.entries[key] = _node(child, place)
        return table
    if isinstance(raw, (list, tuple)):
        items = Items(place.line, place.column)
        items.items = [_node(child, place) for child in raw]
        return items
    text = {True: "true", False: "false"}[raw] if isinstance(raw, bool) else "" if raw is None else str(raw)
    return Scalar(text, "", place.line, place.column)


def _unknown(problems: Problems, place: Place, name: str, known: Mapping[str, Setting]) -> None:
    zh, en = listed(known)
    meant = meant_by(name, known)
    text = Text(
        zh=f"此流程没有名为“{shortened(name)}”的{SETTING_NAME.zh}；可设：{zh or '（无）'}{meant.zh}",
        en=f'this lifecycle has no setting "{shortened(name)}"; there are: {en or "none"}{meant.en}',
    )
    problems.put(Problem(place, "unknown_name", text))

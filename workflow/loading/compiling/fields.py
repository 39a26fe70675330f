"""Fields: of a case, of a part, and those that a transition asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflow.core.model import Field, Json, Text
from workflow.loading import words
from workflow.loading.compiling.sheet import Sheet, label, scalars, value
from workflow.loading.compiling.values import typed
from workflow.loading.forms import Form, ListOf
from workflow.loading.nodes import Node, Scalar, Table

_ONLY_FOR = {
    "min": ("int", "text", "list"),
    "max": ("int", "text", "list"),
    "of": ("choice", "code", "case"),
    "item": ("list",),
    "fields": ("record",),
    "follow": ("case",),
}
_NEEDED = {"choice": "of", "code": "of", "list": "item", "record": "fields"}
_DEFAULTS: dict[str, Form] = {
    "text": words.TEXT,
    "int": words.whole(),
    "bool": words.BOOL,
    "date": words.DATE,
    "party": words.TEXT,
}


def fields(sheet: Sheet, node: Node | None) -> dict[str, Field]:
    """The declared fields of a case, a part or a record."""
    if not isinstance(node, Table):
        return {}
    return {name: field(sheet, name, child, node.keys[name]) for name, child in node.entries.items()}


def asks(sheet: Sheet, node: Node | None, own: Mapping[str, Field]) -> tuple[Field, ...]:
    """What a transition asks for. One with the name of a field in `own` begins as that field is declared."""
    if not isinstance(node, Table):
        return ()
    found = []
    for name, child in node.entries.items():
        key = node.keys[name]
        like = replace(own[name], required=False) if name in own else None
        if like is None and isinstance(child, Table) and not child.broken and "type" not in child.keys:
            _missing(sheet, child if child.entries else key, name, "type")
        asked = field(sheet, name, child, key, like)
        if like is not None and asked.type != like.type:
            sheet.problems.add(
                key,
                "wrong_type",
                f"“{name}”是本案的字段，类型为 {like.type}，此处不能改为 {asked.type}；请去掉 type，或换一个名称",
                f'"{name}" is a field of the case, of type {like.type}; it cannot be {asked.type} here: '
                "leave out `type`, or choose another name",
            )
        found.append(asked)
    return tuple(found)


def field(sheet: Sheet, name: str, node: Node, spot: Scalar | Table, like: Field | None = None) -> Field:
    """One field, in its short or its long form."""
    place = sheet.place(spot)
    if isinstance(node, Scalar):
        table = Table(node.line, node.column)
        table.entries["type"] = node
    elif isinstance(node, Table) and not node.broken:
        table = node
    else:
        return Field(name, "text", place=place)
    type: Any = value(table, "type", like.type if like is not None else None)
    if type is None:
        return Field(name, "text", place=place)
    found = replace(like, place=place) if like is not None and like.type == type else Field(name, type, place=place)
    for key, types in _ONLY_FOR.items():
        if key in table.entries and type not in types:
            _not_for(sheet, table, key, type, types)
    needed = _NEEDED.get(type)
    if needed and needed not in table.entries and (like is None or like.type != type):
        if needed not in table.keys:
            _missing(sheet, table, name, needed)
        return found
    return _completed(sheet, found, table)


def _completed(sheet: Sheet, field: Field, table: Table) -> Field:
    given: dict[str, Any] = {}
    own = table.entries
    for name in ("required", "index", "personal", "follow"):
        if name in own:
            given[name] = value(table, name)
    if "label" in own:
        given["label"] = label(own["label"])
    for name in ("min", "max"):
        if name in own and field.type in _ONLY_FOR[name]:
            given[name] = _bound(sheet, own[name])
    if "item" in own and field.type == "list":
        given["item"] = _item(sheet, own["item"])
    if "fields" in own and field.type == "record":
        given["fields"] = tuple(fields(sheet, own["fields"]).values())
    if "of" in own:
        given.update(_options(sheet, field.type, own["of"]))
    field = replace(field, **given) if given else field
    if field.min is not None and field.max is not None and field.min > field.max:
        spot = own.get("min") or own["max"]
        sheet.problems.add(
            spot,
            "bad_value",
            f"下限 {field.min} 大于上限 {field.max}",
            f"min {field.min} is greater than max {field.max}",
        )
    return replace(field, default=_default(sheet, field, own["default"])) if "default" in own else field


def _item(sheet: Sheet, node: Node) -> Field:
    """One item of a list: a single type, or a record of fields."""
    if isinstance(node, Table) and not isinstance(node.entries.get("type"), Scalar):
        return Field("item", "record", fields=tuple(fields(sheet, node).values()), place=sheet.place(node))
    return field(sheet, "item", node, node if isinstance(node, (Scalar, Table)) else Table(node.line, node.column))


def _bound(sheet: Sheet, node: Node) -> int | None:
    if isinstance(node, Scalar) and node.text.startswith("settings."):
        setting = sheet.setting_at(node, ("int",))
        found: object = setting.value if setting is not None else None
    else:
        found = node.value if isinstance(node, Scalar) else None
    return found if isinstance(found, int) else None


def _options(sheet: Sheet, type: str, node: Node) -> dict[str, Any]:
    """`of:` — the choices, the codes of a setting, or the lifecycle of the other case."""
    if type == "case":
        if isinstance(node, Scalar):
            return {"lifecycle": node.text}
        sheet.problems.add(node, "wrong_kind", "此处应为一个流程的名称", "the name of a lifecycle is expected here")
        return {}
    if isinstance(node, Scalar):
        if not node.text.startswith("settings."):
            sheet.problems.add(
                node,
                "wrong_kind",
                f"此处是“{node.text}”；应为选项列表 [甲, 乙]，或 settings.某项",
                f'here stands "{node.text}"; a list of choices [a, b], or settings.… is expected',
            )
            return {}
        setting = sheet.setting_at(node, ("codes",) if type == "code" else ("codes", "list"))
        return of_setting(setting.value) if setting is not None else {}
    if type == "code":
        sheet.problems.add(
            node,
            "wrong_kind",
            "code 的选项来自设置；应写 of: settings.某项（类型 codes），固定的选项请用 type: choice",
            "the values of a code come from a setting: write `of: settings.…` (of type codes), or use `type: choice` for fixed ones",
        )
        return {}
    if isinstance(node, Table):
        return {"choices": tuple(node.entries), "labels": {name: label(child) for name, child in node.entries.items()}}
    found = scalars(node)
    seen: set[str] = set()
    for scalar in found:
        if scalar.text in seen:
            sheet.problems.add(
                scalar, "duplicate", f"选项“{scalar.text}”重复", f'the choice "{scalar.text}" is here twice'
            )
        seen.add(scalar.text)
    return {"choices": tuple(dict.fromkeys(scalar.text for scalar in found)), "labels": {}, "means": {}}


def of_setting(found: Json) -> dict[str, Any]:
    """Choices, labels and meanings from the value of a setting of codes or of a list."""
    if not isinstance(found, dict):
        return {"choices": tuple(str(name) for name in found) if isinstance(found, list) else ()}
    codes: dict[str, Any] = found
    return {
        "choices": tuple(codes),
        "labels": {name: Text(**code["label"]) for name, code in codes.items()},
        "means": {name: code["means"] for name, code in codes.items() if "means" in code},
    }


def _default(sheet: Sheet, field: Field, node: Node) -> Json:
    form = _form_of(field)
    if form is None:
        sheet.problems.add(
            node,
            "not_here",
            f"类型为 {field.type} 的字段不能有 default",
            f"a field of type {field.type} cannot have a default",
        )
        return None
    return typed(node, form, sheet.problems)


def _form_of(field: Field) -> Form | None:
    """How a value of `field` is written in a file; None where it cannot be."""
    if field.type in ("choice", "code"):
        return words.choice(field.choices)
    if field.type == "list" and field.item is not None:
        item = _form_of(field.item)
        return None if item is None else ListOf(item)
    return _DEFAULTS.get(field.type)


def _missing(sheet: Sheet, spot: Scalar | Table, name: str, key: str) -> None:
    sheet.problems.add(spot, "missing_key", f"字段“{name}”缺少“{key}”", f'the field "{name}" needs "{key}"')


def _not_for(sheet: Sheet, table: Table, key: str, type: str, types: tuple[str, ...]) -> None:
    zh, en = "、".join(types), ", ".join(types)
    sheet.problems.add(
        table.keys[key],
        "not_here",
        f"“{key}”不适用于类型 {type}；只用于 {zh}",
        f'"{key}" does not go with the type {type}; it is for {en}',
    )
    del table.entries[key]

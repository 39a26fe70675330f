"""What a transition, act or route does besides moving the case: set, open, close, number, start."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workflow.core.conditions import want_of
from workflow.core.model import Effects, Expression, Field, Numbering, Opening, Starting
from workflow.loading.compiling.sheet import KindSheet, Sheet, entries, scalars, tables, value
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.shape.base import FIELD_NAME, PART_NAME

_NOTHING = Effects()
_PIECE = re.compile(r"\{([^{}]*)\}")
_INSIDE = re.compile(r"(seq|settings\.\w+|case\.\w+)(?::0?([1-9]))?")


def effects(sheet: Sheet, kind: KindSheet, table: Table, input: Sequence[Field]) -> Effects:
    """The effects written in `table`."""
    own = table.entries
    if own.keys().isdisjoint(("set", "open", "close", "number", "start")):
        return _NOTHING
    return Effects(
        set=_set(sheet, own.get("set"), kind.fields, kind.name, input, {}),
        open=tuple(_opening(sheet, kind, child, input) for child in tables(own.get("open"))),
        close=tuple(s.text for s in scalars(own.get("close")) if sheet.known(s, sheet.parts, PART_NAME)),
        numbers=_numbers(sheet, kind, own.get("number")),
        start=tuple(_starting(sheet, kind, child, input) for child in tables(own.get("start"))),
    )


def _set(
    sheet: Sheet,
    node: Node | None,
    fields: Mapping[str, Field] | None,
    kind: str,
    input: Sequence[Field],
    loop: Mapping[str, str],
) -> tuple[tuple[str, Expression], ...]:
    """Fields and the expressions for them; `fields` None: those of another lifecycle, which nobody knows here."""
    if not isinstance(node, Table):
        return ()
    found = []
    for name, child in node.entries.items():
        want = "any"
        if fields is not None and sheet.known(node.keys[name], fields, FIELD_NAME):
            want = want_of(fields[name])
        found.append((name, sheet.condition(child, kind, input, loop, want)))
    return tuple(found)


def _opening(sheet: Sheet, kind: KindSheet, table: Table, input: Sequence[Field]) -> Opening:
    own = table.entries
    part = own.get("part")
    fields = None
    if isinstance(part, Scalar) and sheet.known(part, sheet.parts, PART_NAME):
        fields = sheet.kinds[part.text].fields
    each, loop_name = own.get("each"), own.get("as")
    if (each is None) != (loop_name is None):
        there, absent = ("each", "as") if loop_name is None else ("as", "each")
        sheet.problems.add(
            table.keys[there],
            "missing_key",
            f"“{there}”须与“{absent}”一起写，如 each: input.units, as: u",
            f'"{there}" goes together with "{absent}", as in each: input.units, as: u',
        )
    compiled = None
    loop: dict[str, str] = {}
    if each is not None:
        compiled = sheet.condition(each, kind.name, input, want="list")
    if isinstance(loop_name, Scalar):
        loop = {loop_name.text: getattr(compiled, "element", "DYN")}

    def text(name: str) -> Expression | None:
        return sheet.condition(own[name], kind.name, input, loop, "text") if name in own else None

    return Opening(
        part=part.text if isinstance(part, Scalar) else "",
        key=text("key"),
        holder=text("holder"),
        each=compiled,
        loop=loop_name.text if isinstance(loop_name, Scalar) else None,
        set=_set(sheet, own.get("set"), fields, kind.name, input, loop),
        place=sheet.place(table),
    )


def _starting(sheet: Sheet, kind: KindSheet, table: Table, input: Sequence[Field]) -> Starting:
    own = table.entries
    link = own.get("link")
    links = [name for name, field in kind.fields.items() if field.type == "case"]
    if isinstance(link, Scalar) and link.text not in links:
        if link.text in kind.fields:
            sheet.problems.add(
                link,
                "wrong_type",
                f"字段“{link.text}”的类型是 {kind.fields[link.text].type}；link 需要 type: case 的字段",
                f'the field "{link.text}" is of type {kind.fields[link.text].type}; `link` needs a field of type case',
            )
        else:
            sheet.problems.unknown(link, FIELD_NAME, link.text, links)
    return Starting(
        lifecycle=str(value(table, "lifecycle", "")),
        link=link.text if isinstance(link, Scalar) else None,
        created_by=sheet.condition(own["created_by"], kind.name, input, want="text") if "created_by" in own else None,
        set=_set(sheet, own.get("set"), None, kind.name, input, {}),
        place=sheet.place(table),
    )


def _numbers(sheet: Sheet, kind: KindSheet, node: Node | None) -> tuple[Numbering, ...]:
    if isinstance(node, Scalar):
        return (_numbering(sheet, kind, None, node),)
    found = []
    for name, child in entries(node).items():
        assert isinstance(node, Table)
        if sheet.known(node.keys[name], kind.fields, FIELD_NAME) and kind.fields[name].type != "text":
            sheet.problems.add(
                node.keys[name],
                "wrong_type",
                f"编号只能写入 type: text 的字段，“{name}”的类型是 {kind.fields[name].type}",
                f'a number goes into a field of type text; "{name}" is of type {kind.fields[name].type}',
            )
        if isinstance(child, Scalar):
            found.append(_numbering(sheet, kind, name, child))
    return tuple(found)


def _numbering(sheet: Sheet, kind: KindSheet, field: str | None, node: Scalar) -> Numbering:
    """Cuts a template at `{seq}`; settings behind it are known already and become text."""
    text = node.text
    prefix: list[str | tuple[Expression, int]] = []
    suffix: list[str] = []
    width: int | None = None
    at = 0
    for piece in _PIECE.finditer(text):
        literal = text[at : piece.start()]
        at = piece.end()
        inside = _INSIDE.fullmatch(piece[1])
        if inside is None:
            _wrong_piece(sheet, node, piece[0])
            return Numbering(field, (), 1)
        digits = int(inside[2] or 0)
        if inside[1] == "seq":
            if width is not None:
                break
            prefix += [literal] if literal else []
            width = digits or 1
        elif width is None:
            prefix += [literal] if literal else []
            prefix.append((sheet.expression(node, inside[1], piece.start() + 1, kind.name, want="any"), digits))
        else:
            suffix += [literal, _known_now(sheet, node, inside[1], digits)]
    suffix.append(text[at:])
    between = _PIECE.sub("", text)
    if text.count("{seq") != 1 or "{" in between or "}" in between:
        sheet.problems.add(
            node,
            "numbering",
            "编号样式里须恰有一个 {seq}（或 {seq:03}，补零到 3 位），花括号须成对",
            "a template has exactly one {seq} (or {seq:03}, padded to 3 digits), and its braces come in pairs",
        )
    return Numbering(field, tuple(prefix), width or 1, "".join(suffix))


def _known_now(sheet: Sheet, node: Scalar, name: str, digits: int) -> str:
    if not name.startswith("settings."):
        sheet.problems.add(
            node,
            "numbering",
            f"{{seq}} 之后只能是文字和 settings.某项；请把 {{{name}}} 移到 {{seq}} 之前",
            f"behind {{seq}} only text and settings.… may stand; move {{{name}}} before {{seq}}",
        )
        return ""
    setting = sheet.setting_at(Scalar(name, node.style, node.line, node.column), ("int", "text"))
    found = setting.value if setting is not None else ""
    return f"{found:0{digits}d}" if isinstance(found, int) and digits else str(found)


def _wrong_piece(sheet: Sheet, node: Scalar, piece: str) -> None:
    sheet.problems.add(
        node,
        "numbering",
        f"编号样式里不认识 {piece}；可用 {{seq}}、{{settings.某项}}、{{case.字段}}，数字可补零，如 {{seq:03}}",
        f"{piece} is not known in a template; use {{seq}}, {{settings.…}} or {{case.…}}, with zeros as in {{seq:03}}",
    )

"""Deadlines: named clocks, and the acts by which they are extended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from workflow.core.clocks import LENGTH
from workflow.core.model import ENGINE, ORIGIN, ROOT, Deadline, Duration, Extension, Field, Telling, Text, Transition
from workflow.loading.compiling.recipients import recipients
from workflow.loading.compiling.sheet import (
    KindSheet,
    Sheet,
    duration,
    entries,
    label,
    scalars,
    tables,
    value,
    words,
)
from workflow.loading.nodes import Items, Node, Scalar, Table
from workflow.loading.problems import Spot
from workflow.loading.shape.base import ACTION_NAME, FIELD_NAME, PART_NAME, STATE_NAME

OPENED = "opened"
CASE = "case."  # `at: case.promised_by`: a date of the case itself
_LENGTH_FIELD = Field(
    LENGTH, "text", Text("延长多久（如 1mo、5bd）", "by how much (such as 1mo, 5bd)"), required=True, max=8
)


def deadlines(sheet: Sheet, node: Node | None) -> dict[str, tuple[Deadline, ...]]:
    """The deadlines of each kind of case, in the order of the file."""
    found: dict[str, tuple[Deadline, ...]] = {}
    for name, child in entries(node).items():
        if not isinstance(child, Table) or child.broken:
            continue
        of = child.entries.get("of")
        if isinstance(of, Scalar) and not sheet.known(of, sheet.parts, PART_NAME):
            continue  # its states are not known either
        kind = sheet.parts[of.text] if isinstance(of, Scalar) else sheet.kinds[ROOT]
        found[kind.name] = (*found.get(kind.name, ()), _deadline(sheet, kind, name, child))
    return found


def extending(deadlines: tuple[Deadline, ...], kind: KindSheet) -> dict[str, Transition]:
    """The acts that extend them: `extend_` and the deadline's name."""
    return {
        f"extend_{each.name}": Transition(
            name=f"extend_{each.name}",
            sources=each.during or tuple(name for name in kind.unfinished if name not in each.until),
            by=each.extend.by,
            label=Text(f"延期：{each.label.zh or each.name}", f"Extend: {each.label.en or each.name}"),
            asks=(_LENGTH_FIELD,),
            note=each.extend.note,
            act=True,
            extends=each.name,
            place=each.place,
        )
        for each in deadlines
        if each.extend is not None
    }


def acts_of(node: Node | None, kind: str) -> list[str]:
    """The names of the acts that extend the deadlines of a kind, before anything is compiled."""
    return [
        f"extend_{name}"
        for name, child in entries(node).items()
        if "extend" in entries(child) and (words(entries(child).get("of")) or (ROOT,))[0] == kind
    ]


def _deadline(sheet: Sheet, kind: KindSheet, name: str, table: Table) -> Deadline:
    own = table.entries
    start, action = _start(sheet, kind, own.get("from"))
    during = sheet.states_at(own.get("in"), kind, kind.everything)
    until = sheet.states_at(own.get("until"), kind, kind.everything)
    dated = _date_field(sheet, kind, own.get("at"))
    _check_together(sheet, table)
    terms = _terms(sheet, own)
    overdue = own.get("overdue")
    escalate = tuple(_telling(sheet, kind, each, "after") for each in tables(entries(overdue).get("escalate")))
    roll = value(table, "roll", "none" if "at" in own else "next") == "next"
    extend = _extension(sheet, own.get("extend"))
    take = entries(overdue).get("take")
    if isinstance(take, Scalar):
        _check_taken(sheet, kind, take)
    _check_units(sheet, table, terms, extend)
    return Deadline(
        name=name,
        kind=kind.name,
        terms=terms,
        field=dated,
        when=sheet.condition(own["when"], kind.name) if "when" in own else None,
        label=label(own.get("label")),
        start=start,
        action=action,
        during=during,
        until=until,
        latest="latest" in own,
        roll=roll,
        again=value(table, "again", "restart" if during else "continue"),  # type: ignore[arg-type]
        warn=_lengths(sheet, own.get("warn")),
        overdue=_telling(sheet, kind, overdue) if "notify" in entries(overdue) else None,
        escalate=escalate,
        repeat=next(iter(_lengths(sheet, entries(overdue).get("repeat"))), None),
        take=take.text if isinstance(take, Scalar) else None,
        extend=extend,
        place=sheet.place(table),
    )


def _date_field(sheet: Sheet, kind: KindSheet, node: Node | None) -> str | None:
    """The field of the case that `at` takes the date from; None where it takes it from elsewhere."""
    if not isinstance(node, Scalar) or not node.text.startswith(CASE):
        return None
    name = node.text.removeprefix(CASE)
    if name not in kind.fields:
        sheet.problems.unknown(node, FIELD_NAME, name, [n for n, f in kind.fields.items() if f.type == "date"])
    elif kind.fields[name].type != "date":
        sheet.problems.add(
            node,
            "wrong_type",
            f"字段“{name}”的类型是 {kind.fields[name].type}；此处需要 date",
            f'the field "{name}" is of type {kind.fields[name].type}; date is needed here',
        )
    return name


def _start(sheet: Sheet, kind: KindSheet, node: Node | None) -> tuple[tuple[str, ...], str | None]:
    """The states, or the action, with which the clock begins; neither where it is the opening."""
    if not isinstance(node, Scalar) or node.text == OPENED:
        return (), None
    if node.text in kind.actions:
        if node.text in kind.entry:
            sheet.problems.add(
                node,
                "ambiguous",
                f"“{node.text}”既是状态又是动作，不知从何起算；请给其中之一换个名称",
                f'"{node.text}" is a state and an action; give one of them another name, so that the beginning is clear',
            )
        return (), node.text
    if node.text not in kind.entry:
        sheet.problems.unknown(node, STATE_NAME, node.text, [OPENED, *kind.entry, *kind.actions])
        return (), None
    return sheet.states_at(node, kind, kind.everything), None


def _check_together(sheet: Sheet, table: Table) -> None:
    """A clock that counts in some states begins by entering and ends by leaving them."""
    for name in ("from", "until"):
        if "in" in table.entries and name in table.entries:
            sheet.problems.add(
                table.keys[name],
                "conflict",
                f"写了 in（进入起算、离开为止）就不写 {name}；请删去其中之一",
                f'"in" says where the clock begins and ends; delete it or "{name}"',
            )


def _terms(sheet: Sheet, own: Mapping[str, Node]) -> tuple[Duration | dt.date, ...]:
    found: list[Duration | dt.date] = []
    for key in ("within", "at", "earliest", "latest"):
        node = own.get(key)
        if isinstance(node, Items) and not node.items:
            sheet.problems.add(
                node, "missing_key", f"{key} 是空的；至少写一个期限", f"`{key}` is empty; give it a term"
            )
        for scalar in scalars(node):
            types = {"within": ("duration",), "at": ("date",)}.get(key, ("duration", "date"))
            text: Any = scalar.text
            if text.startswith(CASE):
                continue
            if text.startswith("settings."):
                setting = sheet.setting_at(scalar, types)
                text = None if setting is None else setting.value
            if not isinstance(text, str):
                continue  # what is wrong with it was told
            found.append(dt.date.fromisoformat(text) if "-" in text else duration(text))
    return tuple(found)


def _lengths(sheet: Sheet, node: Node | None) -> tuple[Duration, ...]:
    found = []
    for scalar in scalars(node):
        length = sheet.duration_at(scalar)
        if length is not None and length.n == 0:
            sheet.problems.add(scalar, "too_short", "时长须大于 0", "the duration must be more than 0")
        elif length is not None:
            found.append(length)
    return tuple(found)


def _telling(sheet: Sheet, kind: KindSheet, node: Node | None, after: str = "") -> Telling:
    if not isinstance(node, Table):
        return Telling()
    own = node.entries
    return Telling(
        to=recipients(sheet, own.get("to"), kind.name),
        template=(words(own.get("notify")) or ("",))[0],
        after=next(iter(_lengths(sheet, own.get(after))), None),
        cc=recipients(sheet, own.get("cc"), kind.name),
        urgent=bool(value(node, "urgent", True)),
        place=sheet.place(node),
    )


def _extension(sheet: Sheet, node: Node | None) -> Extension | None:
    if not isinstance(node, Table):
        return None
    by = sheet.roles_at(node.entries.get("by"))
    up_to = next(iter(_lengths(sheet, node.entries.get("up_to"))), None)
    if up_to is None:
        return None  # why was told
    times: Any = value(node, "times", 1)
    note: Any = value(node, "note", "optional")
    return Extension(by, up_to, times, note)


def _check_units(sheet: Sheet, table: Table, terms: tuple[Duration | dt.date, ...], extend: Extension | None) -> None:
    """Hours run on the clock and days on the calendar: they do not add up."""
    hours = {isinstance(term, Duration) and term.unit == "h" for term in terms or (None,)}
    if extend is not None:
        hours.add(extend.up_to.unit == "h")
    if len(hours) > 1:
        spot: Spot = table.keys.get("extend") or table
        sheet.problems.add(
            spot,
            "mixed_units",
            "小时（h）与日、工作日、月、日期不能在同一时限里混用",
            "hours (h) do not mix with days, months or dates in one deadline",
        )


def _check_taken(sheet: Sheet, kind: KindSheet, take: Scalar) -> None:
    """Only what the author gave to the engine is taken, and silence never brings about a success."""
    if not sheet.known(take, kind.actions, ACTION_NAME):
        return
    table, act = kind.actions[take.text]
    own = table.entries
    by = words(own.get("by"))
    if act:
        sheet.problems.add(
            take,
            "not_a_transition",
            f"“{take.text}”是办理动作，不是流转；take 只能取流转",
            f'"{take.text}" is an act; `take` needs a transition',
        )
    elif by and ENGINE not in by:
        sheet.problems.add(
            take,
            "not_by_engine",
            f"“{take.text}”不由引擎执行（by: {'、'.join(by)}）；take 只能取 by: [engine] 的流转",
            f'"{take.text}" is not taken by the engine (by: {", ".join(by)}); `take` needs a transition with by: [engine]',
        )
        return
    leads_to = [
        *words(own.get("to")),
        *(to for route in tables(own.get("routes")) for to in words(route.entries.get("to"))),
    ]
    for state in leads_to:
        leaf = kind.leaves.get(kind.entry.get(state, "")) if state != ORIGIN else None
        if leaf is not None and words(leaf.table.entries.get("final")) == ("successful",):
            sheet.problems.add(
                take,
                "silent_success",
                f"“{take.text}”到“{state}”，是办成的终结状态；逾期不作为不能算办成，请改到别的状态",
                f'"{take.text}" leads to "{state}", an end with success; silence never approves: lead elsewhere',
            )

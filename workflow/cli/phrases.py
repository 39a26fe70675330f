"""Sentences and JSON shapes that several commands share: an offer, a record, a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflow.cli import names, times
from workflow.cli.language import said, say, spoken
from workflow.cli.width import columns, line, pad
from workflow.core.model import Blocker, Case, Field, File, Lifecycle, Text
from workflow.core.personal import values_of
from workflow.core.record import ANNOTATE

if TYPE_CHECKING:
    from workflow.core.decide import Offer


def heading(file: File, case: Case, lifecycle: Lifecycle) -> str:
    """`011-1-023  关于…`: which case is spoken of."""
    return line(f"{names.called(file, case)} {names.title(file.root, lifecycle)}").replace(" ", "  ", 1)


def offers(offered: Sequence[Offer]) -> list[str]:
    """A line for each thing that can be done: what to type, what it is called, what must come with it."""
    rows = [(each.action, names.label(each.label, each.action), _needs(each)) for each in offered]
    first = max((columns(row[0]) for row in rows), default=0)
    second = max((columns(row[1]) for row in rows), default=0)
    return [f"  {pad(key, first)}  {pad(name, second)}  {needs}".rstrip() for key, name, needs in rows]


def _needs(offer: Offer) -> str:
    if offer.blockers:
        return say("暂不能：", "not yet: ") + say("；", "; ").join(line(said(b.text)) for b in offer.blockers)
    must = [_field(field) for field in offer.asks if field.required]
    may = [_field(field) for field in offer.asks if not field.required]
    if offer.note == "required":
        must.append(say("理由（--note）", "a reason (--note)"))
    separator = say("、", ", ")
    said_parts = [say("须填 ", "needs ") + separator.join(must)] if must else []
    if may and offer.action != "edit":
        said_parts.append(say("可填 ", "may have ") + separator.join(may))
    return say("；", "; ").join(said_parts)


def _field(field: Field) -> str:
    name = said(field.label)
    return f"{field.name}{say('（', ' (')}{name}{say('）', ')')}" if name else field.name


def forms(offer: Offer) -> list[str]:
    """A line for each input of an offer: how its value is written."""
    rows = [(field.name, form) for field in offer.asks if (form := _form(field))]
    width = max((columns(name) for name, _ in rows), default=0)
    return [f"    {pad(name, width)}  {form}" for name, form in rows]


def _form(field: Field) -> str:
    match field.type:
        case "choice" | "code":
            return say("、", ", ").join(
                f"{code} {said(field.labels.get(code, Text()))}".rstrip() for code in field.choices
            )
        case "record":
            inner = [f"{each.name}: {form}" for each in field.fields if (form := _form(each))]
            return say("；", "; ").join([":".join(each.name for each in field.fields), *inner])
        case "list":
            form = _form(field.item) if field.item is not None else ""
            return (
                f"{form}{say('；可写几个，逗号隔开', '; several between commas')}"
                if form
                else say("可写几次", "may be repeated")
            )
        case "text":
            return say(f"至多 {field.max} 字", f"at most {field.max} characters") if field.max else ""
        case _:
            return _FORMS[field.type].say(spoken())


_FORMS = {
    "int": Text("整数", "a whole number"),
    "bool": Text("是/否", "yes/no"),
    "date": Text("日期，如 2022-03-01", "a date, e.g. 2022-03-01"),
    "party": Text("人员、单位或组的编号或名称", "the id or name of a person, unit or group"),
    "case": Text("办件编号", "the number of a case"),
}


def value(shown: Any, field: Field | None, known: Mapping[str, str]) -> str:
    """A stored value as people read it: labels for codes, names for parties, 是/否."""
    kind = field.type if field is not None else "text"
    if isinstance(shown, bool):
        return say("是", "yes") if shown else say("否", "no")
    if isinstance(shown, list):
        item = field.item if field is not None else None
        inner = [value(each, item, known) for each in shown]
        if item is not None and item.type == "text" and len(inner) > 1:
            return "\n".join(f"{number}. {each}" for number, each in enumerate(inner, 1))
        return say("；", "; ").join(inner)
    if isinstance(shown, dict):
        inside = {each.name: each for each in field.fields} if field is not None else {}
        return " ".join(value(each, inside.get(name), known) for name, each in shown.items() if each is not None)
    if kind in ("choice", "code") and field is not None and shown in field.labels:
        return said(field.labels[shown])
    if kind == "party":
        return names.persons([str(shown)], known)
    return "" if shown is None else str(shown)


def parties_in(shown: Any, field: Field | None) -> list[str]:
    """The ids of parties within a stored value, to look their names up."""
    if field is None or shown is None:
        return []
    if isinstance(shown, list):
        return [found for each in shown for found in parties_in(each, field.item)]
    if isinstance(shown, dict):
        return [found for inner in field.fields for found in parties_in(shown.get(inner.name), inner)]
    return [str(shown)] if field.type == "party" else []


def happened(record: Mapping[str, Any], file: File, lifecycle: Lifecycle, known: Mapping[str, str]) -> dict[str, str]:
    """One audit record in words: `who`, `where` (which part), `what`, `way` (from → to) and `note`."""
    case = _case(file, record.get("case", ""))
    kind = lifecycle.kind(case.kind)
    action = record.get("action", "")
    transition = kind.transitions.get(action)
    what = names.label(transition.label if transition else _ACTIONS.get(action, Text()), action)
    if record.get("kind") == "resolution":
        what = _resolved(record)
    if record.get("kind") in _OF_PERSONAL:
        what = f"{said(_OF_PERSONAL[record['kind']])} {say('、', ', ').join(record['input']['fields'])}"
    source, target = record.get("from"), record.get("to")
    way = names.state(kind, target or source or "")
    if source and target and source != target:
        way = f"{names.state(kind, source)} → {names.state(kind, target)}"
    note = record.get("note", "")
    if record.get("kind") == "refusal":
        reasons = say("；", "; ").join(b.get(spoken(), "") for b in record.get("blockers", ()))
        note = f"{say('未准：', 'refused: ')}{reasons}"
        way = names.state(kind, source or "")
    if record.get("kind") == "migration":
        was, now = record["source"]["version"], record["lifecycle"]["version"]
        what = said(_ACTIONS["undo_migration" if "undoes" in record else "migrate"])
        way = f"{say(f'第 {was} 版', f'version {was}')} → {say(f'第 {now} 版', f'version {now}')}  {way}"
    who = record.get("who", {})
    name = say("（自动）", "(by itself)") if who.get("id") == "engine" else who.get("name") or who.get("id", "")
    if who.get("for"):
        name += say("代", " for ") + (known.get(who["for"]) or who["for"])
    return {"who": name, "where": where(case, lifecycle, known), "what": what, "way": way, "note": note}


def _resolved(record: Mapping[str, Any]) -> str:
    """What a person did with something that had stopped, and with what."""
    about = record.get("input", {})
    return f"{said(_RESOLUTIONS[record['action']])} {about.get('notice') or about.get('about') or about.get('record', '')}".rstrip()


_RESOLUTIONS = {
    "retry": Text("重试", "try again"),
    "park": Text("搁置通知", "put a notice away"),
    "skip": Text("跳过异常", "leave an incident"),
    ANNOTATE: Text("说明记录", "explain the record"),
}
_OF_PERSONAL = {
    "reading": Text("查看个人信息", "read personal values"),
    "erasure": Text("抹去个人信息", "erase personal values"),
}
_ACTIONS = {
    "open": Text("新开", "open"),
    "edit": Text("修改", "edit"),
    "export": Text("导出", "export"),
    "read": Text("查看个人信息", "read personal values"),
    "prove": Text("连同个人信息出具证明", "prove with personal values"),
    "migrate": Text("换版", "migrate"),
    "undo_migration": Text("撤回换版", "undo the migration"),
}


def where(case: Case, lifecycle: Lifecycle, known: Mapping[str, str]) -> str:
    """`承办件 县教育局` for a part, nothing for a root case."""
    if not case.kind:
        return ""
    return (
        f"{names.label(lifecycle.parts[case.kind].label, case.kind)} {known.get(case.holder or '') or case.key}".strip()
    )


def _case(file: File, id: str) -> Case:
    try:
        return file.case(id)
    except KeyError:
        return file.root


def offer_json(offer: Offer) -> dict[str, Any]:
    """An offer for programs."""
    return {
        "action": offer.action,
        "label": both(offer.label),
        "act": offer.act,
        "asks": [{"name": each.name, "type": each.type, "required": each.required} for each in offer.asks],
        "note": offer.note,
        "blockers": blockers_json(offer.blockers),
    }


def blockers_json(blockers: Iterable[Blocker]) -> list[dict[str, Any]]:
    """Blockers for programs."""
    return [{"code": each.code, "about": each.about, **both(each.text)} for each in blockers]


def both(text: Text) -> dict[str, str]:
    """A text in both languages, for programs."""
    return {"zh": text.zh, "en": text.en}


def case_json(
    file: File, case: Case, lifecycle: Lifecycle, personal: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A case or part for programs; times in ISO 8601 on the office's clock. What is personal is `withheld`, but for the
    values that were asked for (`personal`).
    """
    kind = lifecycle.kind(case.kind)
    hidden = values_of(lifecycle, case)
    values = {name: value for name, value in case.values.items() if name not in hidden}
    shown = kind.states.get(case.state)
    return {
        "id": case.id,
        "name": names.called(file, case),
        "number": case.number,
        "lifecycle": case.lifecycle,
        "version": case.version,
        "part": case.kind or None,
        "key": case.key or None,
        "round": case.round,
        "state": case.state,
        "state_label": both(shown.label) if shown else {"zh": case.state, "en": case.state},
        "open": case.open,
        "outcome": case.outcome,
        "holder": case.holder,
        "created_by": case.created_by,
        "opened_at": times.iso(case.opened_at),
        "entered_at": times.iso(case.entered_at),
        "revision": case.revision,
        "values": {**values, **(personal or {})},
        "withheld": sorted(hidden.keys() - (personal or {}).keys()),
        "erased": list(case.erased),
    }

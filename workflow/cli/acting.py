"""`open`, `do`, `act`: what changes a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names, phrases, times, values
from workflow.cli.command import CASE, Option, argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.failures import Explained
from workflow.cli.language import said, say
from workflow.cli.refusals import explained
from workflow.cli.width import plain
from workflow.core.errors import InputInvalid, Refused
from workflow.core.model import Case, Field, Lifecycle, Text

if TYPE_CHECKING:
    from workflow import Outcome

FIELDS = argument(
    "fields", nargs=-1, metavar="[FIELD=VALUE …]", shell_complete=suggest("fields"),
    zh="栏目=值；栏目可用名称或中文标签，:=JSON、=@文件、=- 亦可",
    en="field=value; a field by its key or label; also field:=JSON, field=@FILE, field=-",
)  # fmt: skip

HOW_TO_FILL = {
    "zh": "列表可把同一栏目写几次，或用逗号隔开（文字除外）；一组值用冒号隔开，如 units=edu:lead,health:co。"
    "是非写 是/否，日期写 2022-03-01，选项写代码或中文。",
    "en": "A list takes its field several times, or items between commas (texts excepted); the fields of a record stand "
    "between colons: units=edu:lead,health:co. Dates like 2022-03-01, yes/no, choices by code or label.",
}


def _circumstances() -> list[Option]:
    return [
        option("--for", "behalf", metavar="PARTY", shell_complete=suggest("people"),
               zh="代谁办理（代录入，两人都记录在案）", en="on whose behalf (both are recorded)"),
        option("--note", metavar="TEXT", zh="说明或理由（可用 @文件）", en="a note or reason (or @FILE)"),
        option("--happened", metavar="DATE", zh="实际发生的日期，若不是现在", en="when it took place, if not now"),
        option("--request-id", "request", metavar="ID",
               zh="请求编号：同一编号重复提交只算一次", en="an id of yours: the same id twice counts once"),
    ]  # fmt: skip


@command(
    argument(
        "lifecycle",
        shell_complete=suggest("lifecycles"),
        zh="流程，如 proposal 或 提案",
        en="a lifecycle, e.g. proposal",
    ),
    FIELDS,
    *_circumstances(),
    **HOW_TO_FILL,
    gives='`{"case", "records", "opened", "started", "receipt"}`: the case as it stands, the records added, the parts and the ids of cases opened.',
)
def open_(
    desk: Desk,
    lifecycle: str,
    fields: tuple[str, ...],
    behalf: str | None,
    note: str | None,
    happened: str | None,
    request: str | None,
) -> None:
    """Open a new root case."""
    engine = desk.engine
    actor = desk.actor(_party(desk, behalf))
    compiled = names.lifecycle(engine, lifecycle)
    name = compiled.name
    given = values.read(fields, tuple(compiled.root.fields.values()), names.resolver(engine))
    try:
        outcome = engine.open(
            name,
            actor,
            given,
            note=_note(note),
            happened=times.moment(happened) if happened else None,
            request_id=request,
        )
    except Refused as refused:
        heading = say(f"不能新开“{said(compiled.label) or name}”：", f"cannot open a {said(compiled.label) or name}:")
        raise Explained(refused, heading, _open_hint(compiled, refused), {}) from refused
    _tell(desk, outcome, compiled)


@command(
    CASE,
    argument("action", shell_complete=suggest("actions"), zh="动作，如 file 或 立案", en="an action, e.g. file"),
    FIELDS,
    *_circumstances(),
    option("--expect", type=int, metavar="REVISION", zh="只在办件仍是这一修订号时办理（见 show）", en="only if the case is still at this revision (see show)"),
    **HOW_TO_FILL,
    gives='as from `casework open`.',
)  # fmt: skip
def do(desk: Desk, **given: Any) -> None:
    """Take an action: a transition, or an act."""
    _take(desk, **given)


@command(
    CASE,
    argument("action", shell_complete=suggest("acts"), zh="记事，如 comment 或 备注", en="an act, e.g. comment"),
    FIELDS,
    *_circumstances(),
    option("--expect", type=int, metavar="REVISION", zh="只在办件仍是这一修订号时办理（见 show）", en="only if the case is still at this revision (see show)"),
    **HOW_TO_FILL,
    gives='as from `casework open`.',
)  # fmt: skip
def act(desk: Desk, **given: Any) -> None:
    """Take an act; a transition is refused with the command that takes it."""
    _take(desk, only_acts=True, **given)


def _take(
    desk: Desk,
    case: str,
    action: str,
    fields: tuple[str, ...],
    behalf: str | None,
    note: str | None,
    happened: str | None,
    request: str | None,
    expect: int | None,
    only_acts: bool = False,
) -> None:
    engine = desk.engine
    actor = desk.actor(_party(desk, behalf))
    file, found = names.find(engine, case, actor)
    lifecycle = engine.lifecycle(found.lifecycle, found.version)
    name = names.action(lifecycle, file, found, action)
    if only_acts:
        _must_be_act(lifecycle, found, name)
    given = values.read(fields, _fields(lifecycle, found, name), names.resolver(engine))
    try:
        outcome = engine.fire(
            found.id,
            name,
            actor,
            given,
            note=_note(note),
            expect=expect,
            request_id=request,
            happened=times.moment(happened) if happened else None,
        )
    except Refused as refused:
        raise explained(desk, refused, file, found, name, actor) from refused
    _tell(desk, outcome, lifecycle)
    if not only_acts:
        _hint(lifecycle, found, name)


def _must_be_act(lifecycle: Lifecycle, case: Case, action: str) -> None:
    transition = lifecycle.kind(case.kind).transitions.get(action)
    if transition is not None and not transition.act:
        raise InputInvalid(
            Text(
                zh=f"“{transition.label.zh or action}”会改变状态，不是记事；请用 casework do",
                en=f"{transition.label.en or action!r} moves the case, it is not an act; use `casework do`",
            )
        )


def _hint(lifecycle: Lifecycle, case: Case, action: str) -> None:
    transition = lifecycle.kind(case.kind).transitions.get(action)
    if transition is not None and transition.act:
        shown = names.label(transition.label, action)
        hint = say(
            f"提示：“{shown}”只留记录、不改变状态，也可用 casework act",
            f"hint: {shown!r} moves nothing; `casework act` is for it",
        )
        click.echo(click.style(hint, dim=True), err=True)


def _fields(lifecycle: Lifecycle, case: Case, action: str) -> tuple[Field, ...]:
    """The declarations by which what comes with `action` is read."""
    from workflow.core.decide import accepted_fields

    kind = lifecycle.kind(case.kind)
    transition = kind.transitions.get(action)
    return accepted_fields(kind, transition) if transition is not None else tuple(kind.fields.values())


def _note(note: str | None) -> str | None:
    return values.text_of(note) if note is not None else None


def _party(desk: Desk, name: str | None) -> str | None:
    return names.party(desk.engine, name) if name is not None else None


def _open_hint(lifecycle: Lifecycle, refused: Refused) -> list[str]:
    """How to write what is missing."""
    if not any(blocker.code == "missing" for blocker in refused.blockers):
        return []
    shown = " ".join(f"{field.name}=…" for field in lifecycle.root.fields.values() if field.required)
    return [say(f"至少须填：{shown}", f"it needs at least: {shown}")]


def _tell(desk: Desk, outcome: Outcome, lifecycle: Lifecycle) -> None:
    data = {
        "case": phrases.case_json(outcome.file, outcome.case, lifecycle),
        "records": list(outcome.records),
        "opened": [phrases.case_json(outcome.file, each, lifecycle) for each in outcome.opened],
        "started": list(outcome.started),
        "receipt": dict(outcome.receipt),
    }
    desk.answer(data, lambda: _print(desk, outcome, lifecycle))


def _print(desk: Desk, outcome: Outcome, lifecycle: Lifecycle) -> None:
    file, case = outcome.file, outcome.case
    known = desk.engine.people.names([each.holder for each in file if each.holder])
    click.echo(click.style(phrases.heading(file, case, lifecycle), bold=True))
    for record in outcome.records:
        told = phrases.happened(record, file, lifecycle, known)
        place = f"{told['where']}  " if told["where"] else ""
        click.echo(plain(f"  {place}{told['what']}{say('：', ': ')}{told['way']}"))
    for name, number in _numbers(outcome, lifecycle):
        click.echo(plain(f"  {name}{say('：', ': ')}{number}"))
    for part in outcome.opened:
        opened = f"{names.called(file, part)}  {phrases.where(part, lifecycle, known)}"
        click.echo(plain(say(f"  新开：{opened}", f"  opened: {opened}")))
    for other in outcome.started:
        click.echo(say("  另开一件：", "  also opened: ") + other)
    receipt = outcome.receipt
    click.echo(
        click.style(
            say(
                f"  回执：第 {receipt['seq']} 条记录 {receipt['leaf'][:16]}",
                f"  receipt: record {receipt['seq']} {receipt['leaf'][:16]}",
            ),
            dim=True,
        )
    )


def _numbers(outcome: Outcome, lifecycle: Lifecycle) -> Iterator[tuple[str, str]]:
    """The numbers that the command gave: what they are called, and what they are."""
    for record in outcome.records:
        kind = lifecycle.kind(outcome.file.case(record["case"]).kind)
        transition = kind.transitions.get(record["action"])
        for numbering in transition.effects.numbers if transition else ():
            field = kind.fields.get(numbering.field or "")
            if field is None and "number" in record:
                yield say("编号", "number"), record["number"]
            elif field is not None and field.name in record.get("set", {}):
                yield names.label(field.label, field.name), record["set"][field.name]

"""`show` and `list`: looking at cases."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from workflow.cli import names, phrases, times, values
from workflow.cli.command import CASE, argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.table import print_table
from workflow.cli.width import columns, pad, plain
from workflow.core.errors import NotFound
from workflow.core.model import Case, Field, File, Kind, Lifecycle, Text
from workflow.core.personal import ERASED, values_of
from workflow.disclosing import disclose
from workflow.store import log

if TYPE_CHECKING:
    from workflow import Actor
    from workflow.core.decide import Offer


@command(
    CASE,
    option("--personal", is_flag=True, zh="连同个人信息（须用 --as；查看会记录在案）", en="with personal values (needs --as; the reading is recorded)"),
    gives='a case with `parts` (an array of cases), `records`, `head`, `checkpoint` (the short form of the newest, where it covers all of the records, else null) and `offers`: `{"id", "name", "number", "lifecycle", "version", "part", "key", "round", "state", "state_label", "open", "outcome", "holder", "created_by", "opened_at", "entered_at", "revision", "values", "withheld", "erased"}`; `withheld` are personal fields that have a value. An offer is `{"action", "label", "act", "asks": [{"name", "type", "required"}], "note", "blockers"}`.',
)  # fmt: skip
def show(desk: Desk, case: str, personal: bool) -> None:
    """One case: fields, parts, and what the person at the desk can do."""
    engine = desk.engine
    actor = desk.actor() if personal else desk.reader()
    file, found = names.find(engine, case, actor)
    lifecycle = engine.lifecycle(found.lifecycle, found.version)
    told = disclose(engine, found.id, actor) if personal and actor is not None else {}
    offered = engine.offers(found.id, actor) if actor is not None else ()
    with engine.looking() as sql:
        newest = log.newest(sql, file.root.id)
    checkpoint = newest.short if newest is not None else None
    data = {
        **phrases.case_json(file, found, lifecycle, told.get(found.id)),
        "parts": [
            phrases.case_json(file, part, lifecycle, told.get(part.id)) for part in file.parts if found is file.root
        ],
        "records": file.records,
        "head": file.head,
        "checkpoint": checkpoint,
        "offers": [phrases.offer_json(each) for each in offered],
    }
    desk.answer(data, lambda: _show(desk, file, found, lifecycle, actor, offered, checkpoint, personal=personal))


def _show(
    desk: Desk,
    file: File,
    case: Case,
    lifecycle: Lifecycle,
    actor: Actor | None,
    offered: tuple[Offer, ...],
    checkpoint: str | None,
    *,
    personal: bool,
) -> None:
    kind = lifecycle.kind(case.kind)
    mentioned = [p for each in file for p in (each.holder, each.created_by) if p]
    mentioned += [p for n, v in case.values.items() for p in phrases.parties_in(v, kind.fields.get(n))]
    known = desk.engine.people.names(list(dict.fromkeys(mentioned)))
    click.echo(click.style(phrases.heading(file, case, lifecycle), bold=True))
    since = times.stamp(case.entered_at)
    if case.open:
        since += f"  {times.waited(case.entered_at, desk.engine.now())}"
    facts = [
        (say("流程", "lifecycle"), f"{names.label(lifecycle.label, lifecycle.name)}  {_version(case)}"),
        (say("状态", "state"), names.state(kind, case.state) + _ending(case, kind)),
        (say("自何时", "since"), since),
        (say("新开", "opened"), f"{times.stamp(case.opened_at)}  {names.persons([case.created_by], known)}"),
        (say("修订号", "revision"), str(case.revision)),
    ]
    if checkpoint is not None:
        facts.append((say("检查点", "checkpoint"), checkpoint))
    if case.kind:
        held = f"{names.label(kind.label, case.kind)}  {names.persons([case.holder], known)}"
        facts.insert(1, (say("分件", "part"), held.rstrip()))
    withheld = () if personal else values_of(lifecycle, case)
    _facts([*facts, *_fields(case, kind.fields, known, withheld)])
    parts = [part for part in file.parts if case is file.root]
    if parts:
        click.echo()
        headings = say("分件 类别 承办 状态 自何时", "part kind holder state since").split()
        print_table(headings, [_part(file, part, lifecycle, known) for part in parts], elastic=2)
    if actor is not None:
        click.echo()
        click.echo(
            say("你现在可以做：", "what you can do now:")
            if offered
            else say("你现在在这一件上没有可办的事。", "there is nothing for you to do on this case now.")
        )
        for line in phrases.offers(offered):
            click.echo(line)


def _version(case: Case) -> str:
    return say(f"第 {case.version} 版", f"version {case.version}")


def _ending(case: Case, kind: Kind) -> str:
    """What stands behind the state of a case that has ended."""
    if case.open:
        return ""
    reached = kind.states[case.state].final is not None
    return say("（已结束）", " (ended)") if reached else say("（已随主件取消）", " (cancelled with its case)")


def _fields(
    case: Case, fields: Mapping[str, Field], known: Mapping[str, str], withheld: Container[str]
) -> list[tuple[str, str]]:
    """The fields that have something in them; of what is personal or erased, that."""
    found = []
    for name, field in fields.items():
        value = case.values.get(name)
        if name in withheld:
            shown = say("（个人信息，用 --personal 查看）", "(personal; see it with --personal)")
        elif name in case.erased:
            shown = said(ERASED)
        elif value in (None, [], ""):
            continue
        else:
            shown = phrases.value(value, field, known)
        found.append((names.label(field.label, name), shown))
    return found


def _facts(facts: list[tuple[str, str]]) -> None:
    width = max(columns(name) for name, _ in facts) + 2
    for name, value in facts:
        first, *rest = plain(value).splitlines() or [""]
        click.echo(f"  {click.style(pad(name, width), dim=True)}{first}")
        for line in rest:
            click.echo(f"  {' ' * width}{line}")


def _part(file: File, part: Case, lifecycle: Lifecycle, known: Mapping[str, str]) -> list[str]:
    kind = lifecycle.kind(part.kind)
    return [
        names.called(file, part).partition("/")[2],
        names.label(kind.label, part.kind),
        names.persons([part.holder], known),
        names.state(kind, part.state) + ("" if kind.states[part.state].final else _ending(part, kind)),
        times.stamp(part.entered_at),
    ]


@command(
    argument("lifecycle", required=False, metavar="[LIFECYCLE]", shell_complete=suggest("lifecycles"), zh="只列这个流程的", en="only of this lifecycle"),
    option("--state", metavar="STATE", zh="只列处于这一状态的（名称或标签）", en="only in this state (its key or label)"),
    option("--where", multiple=True, metavar="FIELD=VALUE", zh="只列栏目为此值的；可写几次", en="only with this value in a field; may be repeated"),
    option("--text", metavar="TEXT", zh="案由里含有", en="with this text in the title"),
    option("--limit", type=click.IntRange(1, 1000), default=50, metavar="N", zh="最多几件（默认 50）", en="at most so many (50)"),
    option("--after", metavar="ID", zh="从这一件之后接着列（JSON 里的 id）", en="go on after this one (an `id` of the JSON)"),
    gives='an array of cases, each with its `title`.',
)  # fmt: skip
def list_(
    desk: Desk,
    lifecycle: str | None,
    state: str | None,
    where: tuple[str, ...],
    text: str | None,
    limit: int,
    after: str | None,
) -> None:
    """Root cases that fit."""
    engine = desk.engine
    chosen = [names.lifecycle(engine, lifecycle)] if lifecycle else list(names.lifecycles(engine).values())
    name = chosen[0].name if lifecycle else None
    fields = tuple(field for each in chosen for field in each.root.fields.values())
    wanted = values.read(where, fields, names.resolver(engine))
    found = engine.find(
        name, state=_state(chosen, state) if state else None, where=wanted, text=text, after=after, limit=limit
    )
    now = desk.engine.now()
    rows, data = [], []
    for case in found:
        compiled = engine.lifecycle(case.lifecycle, case.version)
        file = File(case)
        rows.append(
            [
                names.called(file, case),
                names.title(case, compiled),
                said(compiled.label) or case.lifecycle,
                names.state(compiled.root, case.state),
                times.stamp(case.entered_at),
                times.waited(case.entered_at, now) if case.open else "",
            ]
        )
        data.append({**phrases.case_json(file, case, compiled), "title": names.title(case, compiled)})

    def human() -> None:
        if not rows:
            click.echo(say("没有符合的办件。", "no case fits."))
            return
        headings = say("编号 案由 流程 状态 自何时 已等", "number title lifecycle state since waiting")
        print_table(headings.split(), rows, elastic=1)
        if len(rows) == limit:
            click.echo(
                say(f"只列了前 {limit} 件；--limit 可多列", f"only the first {limit}; --limit for more"), err=True
            )

    desk.answer(data, human)


def _state(lifecycles: Sequence[Lifecycle], name: str) -> str:
    """The key of the state called `name`, a key or a label; raises `NotFound`."""
    states = {key: each.label for lifecycle in lifecycles for key, each in lifecycle.root.states.items()}
    fits = [key for key, label in states.items() if name in (key, label.zh, label.en)]
    if fits:
        return fits[0]
    known = [names.label(label, key) for key, label in states.items()]
    near = get_close_matches(name, [*states, *known]) or known[:12]
    raise NotFound(Text(zh="状态", en="state"), name, near)

"""`why`: what stands in the way of an action, who could take it, and what can be done instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from workflow.cli import names, phrases
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.width import plain
from workflow.core.model import ANY, Blocker, Lifecycle

if TYPE_CHECKING:
    from workflow.office.answers import Why

MOST = 5  # names of a group


@command(
    argument("case", shell_complete=suggest("cases"), zh="办件：编号、编号开头，或分件 编号/类别:名称", en="a case: its number or the beginning of it; a part as NUMBER/part:key"),
    argument("action", shell_complete=suggest("actions"), zh="动作，如 close 或 办结", en="an action, e.g. close"),
    option("--for", "behalf", metavar="PARTY", shell_complete=suggest("people"), zh="代谁办理", en="on whose behalf"),
    gives='`{"case", "action", "possible", "blockers", "who", "instead"}`.',
)  # fmt: skip
def why(desk: Desk, case: str, action: str, behalf: str | None) -> None:
    """Why not, and who could; exit code 0 in either case."""
    engine = desk.engine
    actor = desk.actor(names.party(engine, behalf) if behalf else None)
    file, found = names.find(engine, case, actor)
    lifecycle = engine.lifecycle(found.lifecycle, found.version)
    name = names.action(lifecycle, file, found, action)
    answer = engine.why(found.id, name, actor)

    def human() -> None:
        from workflow.cli.acting import cannot

        if not answer.blockers:
            offer = [each for each in engine.offers(found.id, actor) if each.action == name]
            click.echo(say("可以办：", "this is possible:"))
            for line in phrases.offers(offer) or [f"  {name}"]:
                click.echo(line)
            return
        click.echo(click.style(plain(cannot(file, found, lifecycle, name)), fg="red"))
        for blocker in answer.blockers:
            click.echo(f"  · {plain(said(blocker.text))}")
        for line in instead(desk, lifecycle, answer, answer.blockers):
            click.echo(line)

    data = {
        "case": names.called(file, found),
        "action": name,
        "possible": not answer.blockers,
        "blockers": phrases.blockers_json(answer.blockers),
        "who": list(answer.who),
        "instead": [phrases.offer_json(each) for each in answer.instead],
    }
    desk.answer(data, human)


def instead(desk: Desk, lifecycle: Lifecycle, answer: Why, blockers: Sequence[Blocker]) -> list[str]:
    """Who could take the action, where the role is in the way, and what the person can do now."""
    lines = []
    if any(blocker.code == "role" for blocker in blockers):
        lines.append(_who(desk, lifecycle, answer.who))
    if answer.instead:
        return [*lines, say("你现在可以做：", "what you can do now:"), *phrases.offers(answer.instead)]
    return [*lines, say("你现在在这一件上没有可办的事。", "there is nothing for you to do on this case now.")]


def _who(desk: Desk, lifecycle: Lifecycle, parties: Sequence[str]) -> str:
    if not parties:
        return say("这一步由引擎自动进行。", "the engine takes this step by itself.")
    if ANY in parties:
        return say("任何人都可以办。", "anybody may do it.")
    known = {each.id: each for each in desk.engine.people.list()}
    groups = {role.group: said(role.label) for role in lifecycle.roles.values() if role.group}
    shown = []
    for id in parties:
        name = names.person(id, known[id].name) if id in known else groups.get(id) or id
        members = [each for each in known.values() if each.kind == "person" and id in (*each.groups, each.unit)]
        inside = names.persons([each.id for each in members[:MOST]], {each.id: each.name for each in members})
        more = say(" 等", " …") if len(members) > MOST else ""
        shown.append(f"{name}{say('：', ': ')}{inside}{more}" if members else name)
    return say("可以办的人：", "who could: ") + say("；", "; ").join(shown)

"""`why`: what stands in the way of an action, who could take it, and what can be done instead."""

from __future__ import annotations

import click

from workflow.cli import names, phrases
from workflow.cli.command import CASE, argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.refusals import cannot, instead
from workflow.cli.width import plain


@command(
    CASE,
    argument("action", shell_complete=suggest("actions"), zh="动作，如 close 或 办结", en="an action, e.g. close"),
    option("--for", "behalf", metavar="PARTY", shell_complete=suggest("people"), zh="代谁办理", en="on whose behalf"),
    gives='`{"case", "action", "possible", "blockers", "who", "instead", "last"}`; `last` is who brought the case to a state that does not offer the action: `{"case", "seq", "at", "who", "action"}` as in the record, else null.',
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
        if not answer.blockers:
            offer = [each for each in engine.offers(found.id, actor) if each.action == name]
            click.echo(say("可以办：", "this is possible:"))
            for line in [*phrases.offers(offer), *(form for each in offer for form in phrases.forms(each))]:
                click.echo(line)
            return
        click.echo(click.style(plain(cannot(file, found, lifecycle, name, answer.last)), fg="red"))
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
        "last": answer.last,
    }
    desk.answer(data, human)

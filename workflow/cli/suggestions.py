"""What the shell is offered while a person types: people, cases, actions, fields. Silent where anything is amiss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from workflow.cli import names
from workflow.cli.command import inherited
from workflow.cli.desk import Desk
from workflow.cli.language import said

if TYPE_CHECKING:
    from workflow.core.model import Case, File

Found = Iterator[tuple[str, str]]
MOST = 100


def _suggested(look: Callable[[Desk, click.Context], Found]) -> Callable[[click.Context, str], list[CompletionItem]]:
    def complete(context: click.Context, incomplete: str) -> list[CompletionItem]:
        try:
            with Desk(inherited(context, "person"), inherited(context, "db")) as desk:
                found = [(word, meaning) for word, meaning in look(desk, context) if word.startswith(incomplete)]
        except Exception:  # noqa: BLE001 - a completion that fails must not disturb the command line
            return []
        return [CompletionItem(word, help=meaning) for word, meaning in found[:MOST]]

    return complete


@_suggested
def people(desk: Desk, context: click.Context) -> Found:
    """Ids of parties, with their names."""
    yield from ((each.id, each.name) for each in desk.engine.people.list())


@_suggested
def lifecycles(desk: Desk, context: click.Context) -> Found:
    """Names of published lifecycles."""
    yield from ((name, said(each.label)) for name, each in names.lifecycles(desk.engine).items())


@_suggested
def cases(desk: Desk, context: click.Context) -> Found:
    """What waits for the person at the desk, else the first cases there are."""
    if desk.person:
        for each in desk.engine.todo(desk.actor(), limit=MOST):
            root = names.root_called(each.root_number, each.case.root)
            yield (f"{root}/{each.case.kind}:{each.case.key}" if each.case.kind else root), each.title
    else:
        for case in desk.engine.find(limit=MOST):
            yield (
                names.root_called(case.number, case.id),
                names.title(case, desk.engine.lifecycle(case.lifecycle, case.version)),
            )


def _case(desk: Desk, context: click.Context) -> tuple[File, Case]:
    return names.find(desk.engine, context.params["case"], desk.reader())


@_suggested
def actions(desk: Desk, context: click.Context) -> Found:
    """What can be done with the case named before."""
    yield from _actions(desk, context, only_acts=False)


@_suggested
def acts(desk: Desk, context: click.Context) -> Found:
    """The acts that can be done with the case named before."""
    yield from _actions(desk, context, only_acts=True)


def _actions(desk: Desk, context: click.Context, only_acts: bool) -> Found:
    case = _case(desk, context)[1]
    for each in desk.engine.offers(case.id, desk.actor()):
        if each.act or not only_acts:
            yield each.action, said(each.label)


@_suggested
def fields(desk: Desk, context: click.Context) -> Found:
    """`field=` for what the action asks, or for the fields of a new case."""
    if context.params.get("lifecycle"):
        lifecycle = names.lifecycle(desk.engine, context.params["lifecycle"])
        asked = tuple(lifecycle.root.fields.values())
    else:
        case = _case(desk, context)[1]
        offered = desk.engine.offers(case.id, desk.actor())
        asked = next((each.asks for each in offered if each.action == context.params["action"]), ())
    yield from ((f"{field.name}=", said(field.label)) for field in asked)

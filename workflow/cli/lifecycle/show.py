"""`lifecycle show`: a lifecycle on a terminal, as a page, as a table of permissions, as a diagram."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from workflow.cli.command import command, option
from workflow.cli.desk import Desk
from workflow.cli.language import said, say, spoken
from workflow.cli.lifecycle.files import LIFECYCLE, OUT, PROFILE, VERSION, find, put
from workflow.cli.phrases import both
from workflow.cli.table import print_table
from workflow.core import wording
from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import ORIGIN, Kind, Lifecycle, Text, Transition
from workflow.core.paths import targets
from workflow.core.permissions import kinds, permissions

FORMATS = ("text", "markdown", "mermaid", "svg")


@command(
    LIFECYCLE,
    VERSION,
    PROFILE,
    option("--format", "form", type=click.Choice(FORMATS), default="text", metavar="|".join(FORMATS), zh="文字、给人读的页面（markdown）、图（svg，或 mermaid 文本）", en="text, a page to read (markdown), a diagram (svg, or mermaid's text)"),
    option("--matrix", is_flag=True, zh="谁在哪个状态可以办什么", en="who may do what in which state"),
    option("--role", metavar="ROLE", zh="在图（svg）和 --matrix 里只突出这个角色", en="for svg and --matrix: what this role can do"),
    OUT,
    gives='`{"lifecycle", "version", "label", "digest", "settings", "roles", "kinds": [{"part", "label", "initial", "fields", "states", "transitions"}]}`; the first kind is the case itself. With `--format` `{"format", "file", "content"}`; with `--matrix` an array of `{"part", "state", "action", "by"}`.',
)  # fmt: skip
def show(
    desk: Desk,
    lifecycle: str,
    version: int | None,
    profile: str | None,
    form: str,
    matrix: bool,
    role: str | None,
    out: Path | None,
) -> None:
    """States, actions with roles and inputs, and roles; or a page, a table, a picture of them."""
    compiled = find(desk, lifecycle, version, profile)
    role = None if role is None else _role_named(compiled, role)
    _check(form, matrix, role, out)
    if matrix:
        _show_matrix(desk, compiled, role)
    elif form != "text":
        _show_made(desk, form, _made(compiled, form, role), out)
    else:
        desk.answer(_json(compiled), lambda: _print(compiled))


def _check(form: str, matrix: bool, role: str | None, out: Path | None) -> None:
    """Refuses options that mean nothing together."""
    wrong = None
    if matrix and form != "text":
        wrong = Text("--matrix 和 --format 只能写一个；要表格文件请用 lifecycle matrix export", "give --matrix or --format, not both; for a file use `lifecycle matrix export`")  # fmt: skip
    elif role is not None and not (matrix or form == "svg"):
        wrong = Text("--role 要和 --format svg 或 --matrix 一起用", "--role goes with --format svg or --matrix")
    elif out is not None and form == "text":
        wrong = Text("--out 要和 --format markdown、mermaid 或 svg 一起用", "--out goes with --format markdown, mermaid or svg")  # fmt: skip
    if wrong is not None:
        raise InputInvalid(wrong)


def _role_named(lifecycle: Lifecycle, name: str) -> str:
    """The role called `name`, a key or a label; NotFound with those there are."""
    if name in lifecycle.roles:
        return name
    fits = [key for key, each in lifecycle.roles.items() if name in (each.label.zh, each.label.en)]
    if len(fits) != 1:
        near = get_close_matches(name, lifecycle.roles) or list(lifecycle.roles)[:8]
        raise NotFound(Text(zh="角色", en="role"), name, fits or near)
    return fits[0]


# ---------------------------------------------------------------- pages and pictures


def _made(lifecycle: Lifecycle, form: str, role: str | None) -> str:
    if form == "markdown":
        from workflow.pages import page

        return page(lifecycle, language=spoken())
    from workflow.diagrams import mermaid, svg

    if form == "mermaid":
        return mermaid(lifecycle, language=spoken())
    return svg(lifecycle, language=spoken(), role=role)


def _show_made(desk: Desk, form: str, text: str, out: Path | None) -> None:
    if out is None:
        desk.answer({"format": form, "file": None, "content": text}, lambda: click.echo(text, nl=False))
        return
    put(out, text)
    desk.answer(
        {"format": form, "file": str(out), "content": text},
        lambda: click.echo(say(f"已写入 {out}", f"written to {out}")),
    )


# ---------------------------------------------------------------- permissions


def _show_matrix(desk: Desk, lifecycle: Lifecycle, role: str | None) -> None:
    able = None if role is None else wording.able(lifecycle, role)
    found = [each for each in permissions(lifecycle) if able is None or able.intersection(each.by)]
    data = [{"part": e.kind or None, "state": e.state, "action": e.action, "by": list(e.by)} for e in found]

    def human() -> None:
        for n, kind in enumerate(kinds(lifecycle)):
            lines = [each for each in found if each.kind == kind.name]
            if not lines:
                continue
            columns = list(dict.fromkeys(name for each in lines for name in each.by))
            if n:
                click.echo()
            click.echo(click.style(said(wording.kind(lifecycle, kind.name)), bold=True))
            headings = [*say("状态 动作", "state action").split(), *(said(wording.role(lifecycle, c)) for c in columns)]
            before, rows = "", []
            for each in lines:
                state = said(wording.state(kind, each.state))
                marks = ["√" if name in each.by else "" for name in columns]
                rows.append(["" if state == before else state, said(wording.action(kind.transitions[each.action])), *marks])  # fmt: skip
                before = state
            print_table(headings, rows)
        if not found:
            click.echo(say("这个角色什么也不能办", "this role can do nothing"))

    desk.answer(data, human)


# ---------------------------------------------------------------- on a terminal


def _print(lifecycle: Lifecycle) -> None:
    click.echo(
        click.style(
            f"{said(lifecycle.label)}  {lifecycle.name} "
            + say(f"第 {lifecycle.version} 版", f"version {lifecycle.version}"),
            bold=True,
        )
    )
    for kind in kinds(lifecycle):
        _print_kind(lifecycle, kind)


def _print_kind(lifecycle: Lifecycle, kind: Kind) -> None:
    if kind.name:
        click.echo()
        click.echo(click.style(say("分件：", "part: ") + f"{said(kind.label)} {kind.name}", bold=True))
    rows = [
        [
            each.name,
            said(each.label),
            _states(kind, each.sources),
            _target(kind, each),
            said(wording.roles(lifecycle, each.by)),
            _needs(each),
        ]
        for each in kind.transitions.values()
    ]
    click.echo()
    states = [
        [each.name, said(each.label), said(wording.OUTCOMES[each.final]) if each.final else ""]
        for each in kind.states.values()
    ]
    print_table(say("状态 标签 结束", "state label final").split(), states)
    click.echo()
    print_table(say("动作 标签 从 到 谁 须填", "action label from to by needs").split(), rows)


def _states(kind: Kind, sources: Iterable[str]) -> str:
    sources = tuple(sources)
    living = [name for name, each in kind.states.items() if each.final is None]
    if set(sources) >= set(living) and len(living) > 1:
        return say("任何", "any")
    return said(wording.joined(wording.state(kind, name) for name in sources))


def _target(kind: Kind, transition: Transition) -> str:
    if transition.act:
        return say("（不变）", "(stays)")
    return say(" 或 ", " or ").join(
        say("（原状态）", "(where it was)") if to == ORIGIN else said(wording.state(kind, to))
        for to in targets(transition)
    )


def _needs(transition: Transition) -> str:
    needed = [each.name for each in transition.asks if each.required] + list(transition.require)
    if transition.note == "required":
        needed.append(say("说明", "note"))
    return say("、", ", ").join(dict.fromkeys(needed))


# ---------------------------------------------------------------- for programs


def _json(lifecycle: Lifecycle) -> dict[str, Any]:
    return {
        "lifecycle": lifecycle.name,
        "version": lifecycle.version,
        "label": both(lifecycle.label),
        "digest": lifecycle.digest,
        "settings": dict(lifecycle.values()),
        "roles": {name: both(role.label) for name, role in lifecycle.roles.items()},
        "kinds": [_kind_json(kind) for kind in kinds(lifecycle)],
    }


def _kind_json(kind: Kind) -> dict[str, Any]:
    return {
        "part": kind.name or None,
        "label": both(kind.label),
        "initial": kind.initial,
        "fields": [
            {"name": f.name, "type": f.type, "label": both(f.label), "required": f.required, "choices": list(f.choices)}
            for f in kind.fields.values()
        ],
        "states": [{"name": s.name, "label": both(s.label), "final": s.final} for s in kind.states.values()],
        "transitions": [
            {
                "name": t.name,
                "label": both(t.label),
                "act": t.act,
                "from": list(t.sources),
                "to": list(targets(t)),
                "by": list(t.by),
                "asks": [each.name for each in t.asks],
                "require": list(t.require),
                "note": t.note,
                "guards": [{"name": g.name, **both(g.otherwise)} for g in t.guards],
            }
            for t in kind.transitions.values()
        ],
    }

"""`lifecycle`: checking, publishing and reading lifecycles. Checking needs no database."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.table import print_table
from workflow.core.errors import InputInvalid, LifecycleInvalid, Problem
from workflow.core.model import ANY, ENGINE, Kind, Lifecycle, Text, Transition

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1024 * 1024  # bytes

PROFILE = option(
    "--profile", metavar="PLACE",
    zh="使用这个地方的设置：名称（definitions/profiles 下）或文件", en="with the settings of this place: a name or a file",
)  # fmt: skip
FILES = argument(
    "files", nargs=-1, required=True, metavar="FILE …",
    zh="流程文件、文件夹，或自带流程的名称（proposal、opinion）", en="lifecycle files, folders, or names of shipped ones",
)  # fmt: skip


@command(FILES, PROFILE, gives='an array of `{"file", "lifecycle", "version"}`; with problems, the error has them.')
def check(desk: Desk, files: tuple[str, ...], profile: str | None) -> None:
    """Every problem of every file; exit code 2 where there are any."""
    sound: list[tuple[Path, Lifecycle]] = []
    problems: list[Problem] = []
    for path in _paths(files):
        try:
            found = _of_profile(path) if _is_profile(path) else [_load(path, profile)]
            sound += [(path, each) for each in found]
            problems += [each for one in found for each in _in_templates(one, path) if each not in problems]
        except LifecycleInvalid as invalid:
            problems += [each for each in invalid.problems if each not in problems]
    if problems:
        raise LifecycleInvalid(problems)
    data = [{"file": str(path), "lifecycle": each.name, "version": each.version} for path, each in sound]

    def human() -> None:
        for path, each in sound:
            click.echo(
                f"{path}: "
                + say(
                    f"没有问题（{each.name} 第 {each.version} 版）", f"no problems ({each.name} version {each.version})"
                )
            )

    desk.answer(data, human)


@command(FILES, PROFILE, gives='an array of `{"file", "lifecycle", "version", "digest", "new"}`.')
def publish(desk: Desk, files: tuple[str, ...], profile: str | None) -> None:
    """Publish each file; the same content again changes nothing."""
    engine = desk.engine
    actor = desk.actor() if desk.person else None
    published = [(path, engine.publish(path, settings=_settings(path, profile), actor=actor)) for path in _paths(files)]
    data = [
        {"file": str(path), "lifecycle": p.name, "version": p.version, "digest": p.digest, "new": p.new}
        for path, p in published
    ]

    def human() -> None:
        for _, p in published:
            state = say("已发布", "published") if p.new else say("早已发布，内容相同", "published before, the same")
            click.echo(say(f"{p.name} 第 {p.version} 版：{state}", f"{p.name} version {p.version}: {state}"))

    desk.answer(data, human)


@command(gives='an array of `{"name", "version", "label", "digest"}`.')
def list_(desk: Desk) -> None:
    """The published lifecycles, the newest version of each."""
    published = list(names.lifecycles(desk.engine).values())

    def human() -> None:
        if not published:
            click.echo(
                say(
                    "还没有发布流程；用 casework lifecycle publish",
                    "nothing is published yet; use `casework lifecycle publish`",
                )
            )
            return
        headings = say("名称 标签 版本", "name label version").split()
        print_table(headings, [[each.name, said(each.label), str(each.version)] for each in published], numbers=(2,))

    desk.answer(
        [{"name": p.name, "version": p.version, "label": both(p.label), "digest": p.digest} for p in published], human
    )


@command(
    argument(
        "lifecycle",
        shell_complete=suggest("lifecycles"),
        zh="已发布的流程名称，或一个文件",
        en="a published lifecycle, or a file",
    ),
    option("--version", type=int, metavar="N", zh="哪一版（默认最新）", en="which version (the newest)"),
    gives='`{"lifecycle", "version", "label", "digest", "settings", "roles", "kinds": [{"part", "label", "initial", "fields", "states", "transitions"}]}`; the first kind is the case itself.',
)
def show(desk: Desk, lifecycle: str, version: int | None) -> None:
    """States, actions with roles and inputs, and roles."""
    path = Path(lifecycle)
    if path.is_file():
        compiled = _load(path, None)
    else:
        compiled = desk.engine.lifecycle(names.lifecycle(desk.engine, lifecycle).name, version)
    kinds = [compiled.root, *compiled.parts.values()]
    data = {
        "lifecycle": compiled.name,
        "version": compiled.version,
        "label": both(compiled.label),
        "digest": compiled.digest,
        "settings": dict(compiled.values()),
        "roles": {name: both(role.label) for name, role in compiled.roles.items()},
        "kinds": [_kind_json(kind) for kind in kinds],
    }

    def human() -> None:
        click.echo(
            click.style(
                f"{said(compiled.label)}  {compiled.name} "
                + say(f"第 {compiled.version} 版", f"version {compiled.version}"),
                bold=True,
            )
        )
        for kind in kinds:
            _print_kind(compiled, kind)

    desk.answer(data, human)


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
            say("、", ", ").join(_role(lifecycle, name) for name in each.by),
            _needs(each),
        ]
        for each in kind.transitions.values()
    ]
    click.echo()
    states = [[each.name, said(each.label), _final(each.final)] for each in kind.states.values()]
    print_table(say("状态 标签 结束", "state label final").split(), states)
    click.echo()
    print_table(say("动作 标签 从 到 谁 须填", "action label from to by needs").split(), rows)


def _final(outcome: str | None) -> str:
    words = {
        "successful": say("办成", "successful"),
        "unsuccessful": say("未成", "unsuccessful"),
        "cancelled": say("取消", "cancelled"),
    }
    return words[outcome] if outcome else ""


def _states(kind: Kind, sources: Iterable[str]) -> str:
    sources = tuple(sources)
    living = [name for name, each in kind.states.items() if each.final is None]
    if set(sources) >= set(living) and len(living) > 1:
        return say("任何", "any")
    return say("、", ", ").join(names.state(kind, name) for name in sources)


def _target(kind: Kind, transition: Transition) -> str:
    if transition.act:
        return say("（不变）", "(stays)")
    targets = [transition.to] if transition.to else [route.to for route in transition.routes]
    return say(" 或 ", " or ").join(
        say("（原状态）", "(where it was)") if to == "origin" else names.state(kind, to) for to in targets
    )


def _role(lifecycle: Lifecycle, name: str) -> str:
    if name == ANY:
        return say("任何人", "anybody")
    if name == ENGINE:
        return say("引擎", "engine")
    return names.label(lifecycle.roles[name].label, name) if name in lifecycle.roles else name


def _needs(transition: Transition) -> str:
    needed = [each.name for each in transition.asks if each.required] + list(transition.require)
    if transition.note == "required":
        needed.append(say("说明", "note"))
    return say("、", ", ").join(dict.fromkeys(needed))


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
                "to": [t.to] if t.to else [route.to for route in t.routes],
                "by": list(t.by),
                "asks": [each.name for each in t.asks],
                "require": list(t.require),
                "note": t.note,
                "guards": [{"name": g.name, **both(g.otherwise)} for g in t.guards],
            }
            for t in kind.transitions.values()
        ],
    }


def _paths(given: Iterable[str]) -> list[Path]:
    """The files meant: each file, the YAML files of each folder, or a shipped one by its name."""
    from workflow.shipped import shipped_definitions

    paths: list[Path] = []
    for name in given:
        path = Path(name)
        shipped = shipped_definitions() / f"{name}.yaml"
        if path.is_dir():
            inside = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
            if not inside:
                raise InputInvalid(
                    Text(zh=f"文件夹 {path} 里没有 .yaml 文件", en=f"there is no .yaml file in the folder {path}")
                )
            paths += inside
        elif not path.exists() and "/" not in name and shipped.is_file():
            paths.append(shipped)
        else:
            paths.append(path)
    return paths


def _load(path: Path, profile: str | None) -> Lifecycle:
    from workflow.loading import load_path

    return load_path(path, settings=_settings(path, profile))


def _is_profile(path: Path) -> bool:
    """Whether this is a file of settings: its own first key says so."""
    with path.open("rb") if path.is_file() else BytesIO() as lines:
        return any(line.startswith(b"casework-profile") for line in lines.read(LARGEST).splitlines())


def _of_profile(path: Path) -> list[Lifecycle]:
    """The lifecycles in the folder above that a file of settings is for, with these settings."""
    from workflow.loading import load_path, read_profile

    beside = {name: path.parent.parent / f"{name}.yaml" for name in read_profile(path)}
    settings = read_profile(path)
    return [
        load_path(file, settings=settings[name], profile=str(path)) for name, file in beside.items() if file.is_file()
    ]


def _in_templates(lifecycle: Lifecycle, path: Path) -> list[Problem]:
    """What is wrong with the templates beside the lifecycle's file, in the folder `templates`."""
    from workflow.templates import check as check_templates

    beside = path.parent / "templates"
    return check_templates(lifecycle, beside if beside.is_dir() else path.parent.parent / "templates")


def _settings(path: Path, profile: str | None) -> Mapping[str, object] | None:
    """The settings that the profile gives to the lifecycle in `path`."""
    if profile is None:
        return None
    from workflow.loading import read_profile
    from workflow.shipped import shipped_definitions

    file = Path(profile)
    if not file.is_file():
        shipped = shipped_definitions() / "profiles"
        file = shipped / f"{profile}.yaml"
        if not file.is_file():
            known = sorted(each.stem for each in shipped.glob("*.yaml"))
            raise InputInvalid(
                Text(
                    zh=f"没有地方设置“{profile}”；现有：{'、'.join(known)}",
                    en=f"there is no profile {profile!r}; there are: {', '.join(known)}",
                )
            )
    return read_profile(file).get(_load(path, None).name)

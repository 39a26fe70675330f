"""The files that a command of `lifecycle` means, and the settings of a place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workflow.cli import names
from workflow.cli.command import argument, option, suggest
from workflow.cli.language import say
from workflow.core.errors import InputInvalid, NotFound, StoreUnavailable
from workflow.core.model import Lifecycle, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.cli.desk import Desk

PROFILE = option(
    "--profile", metavar="PLACE",
    zh="使用这个地方的设置：名称（definitions/profiles 下）或文件", en="with the settings of this place: a name or a file",
)  # fmt: skip
FILES = argument(
    "files", nargs=-1, required=True, metavar="FILE …",
    zh="流程文件、文件夹，或自带流程的名称（proposal、opinion）", en="lifecycle files, folders, or names of shipped ones",
)  # fmt: skip
LIFECYCLE = argument(
    "lifecycle", shell_complete=suggest("lifecycles"),
    zh="已发布的或自带的流程名称，或一个文件", en="a published or shipped lifecycle, or a file",
)  # fmt: skip
VERSION = option("--version", type=int, metavar="N", zh="哪一版（默认最新）", en="which version (the newest)")
OUT = option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="写入这个文件", en="write to this file")


def find(desk: Desk, name: str, version: int | None, profile: str | None) -> Lifecycle:
    """The lifecycle in the file `name`, with the settings of a place; or the published one of that name; or, where none
    is, the shipped one, and says so.
    """
    path = Path(name)
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return load_file(path, profile)
    try:
        return desk.engine.lifecycle(names.lifecycle(desk.engine, name).name, version)
    except (NotFound, StoreUnavailable):
        (shipped,) = paths([name])
        if version is not None or not shipped.is_file():
            raise
    told = say(
        f"没有已发布的“{name}”，以下是自带的流程", f"no {name!r} is published here; this is the shipped lifecycle"
    )
    click.echo(told, err=True)
    return load_file(shipped, profile)


def put(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Write a file as it is; OSError where that cannot be."""
    path.write_bytes(text.encode(encoding))


def paths(given: Iterable[str]) -> list[Path]:
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


def load_file(path: Path, profile: str | None) -> Lifecycle:
    from workflow.loading import load_path

    return load_path(path, settings=settings_of(path, profile))


def settings_of(path: Path, profile: str | None) -> Mapping[str, object] | None:
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
    return read_profile(file).get(load_file(path, None).name)

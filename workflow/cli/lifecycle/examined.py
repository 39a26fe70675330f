"""What `lifecycle check` and `lifecycle watch` look at: a file with its settings, its templates, and everything found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from workflow.cli.lifecycle.files import load_file
from workflow.core.errors import LifecycleInvalid, Problem
from workflow.core.model import Lifecycle

LARGEST = 1024 * 1024  # bytes


@dataclass(frozen=True)
class Examined:
    """One file: the lifecycles that it holds or sets (none where it cannot be read), and all that was found."""

    path: Path
    lifecycles: tuple[Lifecycle, ...]
    problems: tuple[Problem, ...]


def examine(path: Path, profile: str | None) -> Examined:
    """Load a file and check it; raises NotFound where there is none."""
    from workflow.checks import check

    try:
        found = _of_profile(path) if _is_profile(path) else [load_file(path, profile)]
        problems = [each for one in found for each in (*check(one), *_in_templates(one, path))]
    except LifecycleInvalid as invalid:
        return Examined(path, (), invalid.problems)
    return Examined(path, tuple(found), tuple(dict.fromkeys(problems)))


def chosen(examined: Iterable[Examined], *, notes: bool) -> list[Problem]:
    """The problems to tell, each once, without the notes unless they are asked for."""
    from workflow.checks import severity

    found = dict.fromkeys(problem for each in examined for problem in each.problems)
    return [problem for problem in found if notes or severity(problem.code) != "note"]


def worst(problems: Iterable[Problem]) -> str:
    """The gravest of them: error, warning, note; "" where there are none."""
    from workflow.checks import severity

    there = {severity(problem.code) for problem in problems}
    return next((grave for grave in ("error", "warning", "note") if grave in there), "")


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

"""Whether the templates of a lifecycle can be written out: before anybody waits for a notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from workflow.core.errors import Problem
from workflow.core.model import Deadline, Lifecycle, Place, Text
from workflow.core.notices import DUE_MOVED, DUE_SOON
from workflow.templates.facts import OF_DIGESTS, Use, shapes
from workflow.templates.folders import DIGEST, LANGUAGES
from workflow.templates.grammar import Fault, Shape, faults

OF_EVERYBODY = (DUE_SOON, DUE_MOVED)  # no lifecycle need have its own: there are general ones


def check(lifecycle: Lifecycle, folder: Path) -> list[Problem]:
    """What is wrong with the templates in `folder` (that has one folder for each lifecycle), each with its place.

    Where there is such a folder, every template that the lifecycle names, after an action or for a deadline, must be
    in it, in one language at least.
    """
    if not folder.is_dir():
        return []
    found: list[Problem] = []
    for template, uses in _used(lifecycle).items():
        there = _files(folder / lifecycle.name, template)
        if not there and template in OF_EVERYBODY:
            there = _files(folder, template)
        elif not there:
            found.append(_missing(template, uses[0].place, folder / lifecycle.name / f"{template}.{LANGUAGES[0]}.txt"))
        for path in there:
            found += _of_file(path, shapes(lifecycle, uses))
    for path in _files(folder, DIGEST):
        found += _of_file(path, OF_DIGESTS)
    return found


def _used(lifecycle: Lifecycle) -> dict[str, list[Use]]:
    """Every template by its name, with where it is used."""
    used: dict[str, list[Use]] = defaultdict(list)
    for rule in lifecycle.notices:
        kind = rule.after.partition(".")[0] if "." in rule.after else ""
        used[rule.template].append(Use(kind, clock=False, place=rule.place))
    for deadlines in lifecycle.clocks.values():
        for deadline in deadlines:
            for template, place in _of_deadline(deadline):
                used[template].append(Use(deadline.kind, clock=True, place=place))
    return used


def _of_deadline(deadline: Deadline) -> Iterator[tuple[str, Place]]:
    yield DUE_MOVED, deadline.place
    if deadline.warn:
        yield DUE_SOON, deadline.place
    tellings = (() if deadline.overdue is None else (deadline.overdue,)) + deadline.escalate
    yield from ((each.template, each.place) for each in tellings)


def _files(folder: Path, template: str) -> list[Path]:
    paths = [folder / f"{template}.{language}.txt" for language in LANGUAGES]
    return [path for path in paths if path.is_file()]


def _of_file(path: Path, known: Mapping[str, Shape]) -> list[Problem]:
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Problem(Place(str(path), 1, 1), "template", Text("文件不是 UTF-8 文字", "the file is not UTF-8 text"))]
    lines = source.splitlines() or [""]
    return [
        Problem(Place(str(path), fault.line, _column(lines, fault)), "template", fault.text)
        for fault in faults(source, known)
    ]


def _column(lines: list[str], fault: Fault) -> int:
    line = lines[fault.line - 1] if fault.line <= len(lines) else ""
    return max(line.find(fault.about), 0) + 1 if fault.about else 1


def _missing(template: str, place: Place, path: Path) -> Problem:
    return Problem(
        place,
        "template",
        Text(
            f"通知用的模板“{template}”没有文件；请写 {path}（或 .en.txt）",
            f"the template {template!r} of this notice has no file; write {path} (or .en.txt)",
        ),
    )

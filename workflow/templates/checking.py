"""Whether the templates of a lifecycle can be written out: before anybody waits for a notice."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from workflow.core.errors import Problem
from workflow.core.model import Lifecycle, NoticeRule, Place, Text
from workflow.templates.facts import shapes
from workflow.templates.folders import LANGUAGES
from workflow.templates.grammar import Fault, faults


def check(lifecycle: Lifecycle, folder: Path) -> list[Problem]:
    """What is wrong with the templates in `folder` (that has one folder for each lifecycle), each with its place.

    Where there is such a folder, every template that the lifecycle names must be in it, in one language at least.
    """
    if not folder.is_dir():
        return []
    used: dict[str, list[NoticeRule]] = defaultdict(list)
    for rule in lifecycle.notices:
        used[rule.template].append(rule)
    found: list[Problem] = []
    for template, rules in used.items():
        paths = [folder / lifecycle.name / f"{template}.{language}.txt" for language in LANGUAGES]
        there = [path for path in paths if path.is_file()]
        if not there:
            found.append(_missing(template, rules[0].place, paths[0]))
        for path in there:
            found += _of_file(path, lifecycle, rules)
    return found


def _of_file(path: Path, lifecycle: Lifecycle, rules: list[NoticeRule]) -> list[Problem]:
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [Problem(Place(str(path), 1, 1), "template", Text("文件不是 UTF-8 文字", "the file is not UTF-8 text"))]
    lines = source.splitlines() or [""]
    return [
        Problem(Place(str(path), fault.line, _column(lines, fault)), "template", fault.text)
        for fault in faults(source, shapes(lifecycle, rules))
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

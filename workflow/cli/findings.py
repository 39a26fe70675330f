"""What is wrong with a file, as people read it: place, code, sentence, the line itself with ^ under the place, and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import click

from workflow.checks import CATALOGUE, severity
from workflow.cli.language import said, say
from workflow.cli.phrases import both
from workflow.cli.width import columns, plain
from workflow.core.errors import Problem
from workflow.core.model import Place, Text
from workflow.spreadsheets import encoding

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_WIDEST = 110  # columns of a shown line; what is longer is cut around the place
_NO_HINT = Text()


def lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Each problem as `file:line:column CODE sentence`, with the line of the file and the hint below it."""
    source = cache(_source)
    for problem in problems:
        grave = severity(problem.code)
        prefix = {"error": "", "warning": say("警告：", "warning: "), "note": say("提示：", "note: ")}[grave]
        yield f"{problem.place} {click.style(problem.code, fg=_COLOURS[grave])} {plain(prefix + said(problem.text))}"
        yield from _excerpt(source(problem.place.file), problem.place)
        hint = said(_hint(problem.code))
        if hint:
            yield f"      {say('怎么办：', 'to do: ')}{hint}"


def counted(problems: Sequence[Problem]) -> str:
    """`2 处错误，1 处警告`."""
    words = (("error", "处错误", "error"), ("warning", "处警告", "warning"), ("note", "处提示", "note"))
    found = [(sum(severity(each.code) == grave for each in problems), zh, en) for grave, zh, en in words]
    return say("，", ", ").join(say(f"{n} {zh}", f"{n} {en}{'s'[: n != 1]}") for n, zh, en in found if n)


def facts(problem: Problem) -> dict[str, Any]:
    """A problem for programs."""
    place = problem.place
    return {
        "file": place.file, "line": place.line, "column": place.column, "code": problem.code,
        "severity": severity(problem.code), **both(problem.text), "hint": both(_hint(problem.code)),
    }  # fmt: skip


def _hint(code: str) -> Text:
    return CATALOGUE[code].hint if code in CATALOGUE else _NO_HINT


def _source(file: str) -> list[str]:
    path = Path(file)
    if not path.is_file():
        return []
    name = encoding(path) if path.suffix == ".csv" else "utf-8"  # a table comes back from a spreadsheet program
    return path.read_text(name, errors="replace").removeprefix("\ufeff").splitlines()


def _excerpt(source: list[str], place: Place) -> Iterator[str]:
    """The line, and a line with ^ under the place, which stands further to the right behind Chinese characters."""
    if not 0 < place.line <= len(source):
        return
    text, at = plain(source[place.line - 1].replace("\t", " ")), place.column - 1
    first = 0
    while columns(text[first:at]) > _WIDEST * 2 // 3:
        first += 1
    shown = ("…" if first else "") + text[first:]
    while columns(shown) > _WIDEST:
        shown = shown[:-2] + "…"
    before = " " * (columns(text[first:at]) + bool(first))
    yield f"{place.line:>5} | {shown}"
    yield f"      | {before}^"

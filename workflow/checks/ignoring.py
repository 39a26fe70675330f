"""Warnings that the author accepts: `# casework: ignore CODE because …`, on the same line or on its own line above."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workflow.core.errors import Problem
from workflow.core.model import Place, Text

_COMMENT = re.compile(r"(?:^|\s)(#\s*casework:\s*(?:ignore|忽略)\b\s*(\w*)\s*(.*))$")
_REASON = re.compile(r"(?:because|因为|因)[\s:：]*(\S.*)")


@dataclass(slots=True)
class _Ignore:
    """One such comment: where it stands, and the line it speaks of."""

    place: Place
    code: str
    reason: str
    line: int
    used: bool = False


def accepted(
    problems: list[Problem], source: str, file: str, known: Collection[str], certain: Collection[str]
) -> list[Problem]:
    """The problems that nobody has accepted, and what is wrong with the comments themselves.

    `known` are all codes there are; those in `certain` are errors, which cannot be accepted.
    """
    if "casework:" not in source.replace("casework: 1", "", 1):
        return problems
    ignores = list(_ignores(source, file))
    by_line: dict[tuple[int, str], _Ignore] = {(each.line, each.code): each for each in ignores if each.reason}
    left = []
    for problem in problems:
        ignore = by_line.get((problem.place.line, problem.code)) if problem.place.file == file else None
        if ignore is None or problem.code in certain:
            left.append(problem)
        else:
            ignore.used = True
    return [*left, *(_told(each, known, certain) for each in ignores if not each.used)]


def _ignores(source: str, file: str) -> Iterator[_Ignore]:
    lines = source.split("\n")
    for number, text in enumerate(lines, 1):
        found = _COMMENT.search(text)
        if found is None:
            continue
        line = number
        while line <= len(lines) and lines[line - 1].lstrip().startswith("#"):
            line += 1  # a comment on its own line speaks of what comes next
        reason = _REASON.match(found[3])
        yield _Ignore(Place(file, number, found.start(1) + 1), found[2], reason[1] if reason else "", line)


def _told(ignore: _Ignore, known: Collection[str], certain: Collection[str]) -> Problem:
    code = ignore.code
    if code not in known:
        from workflow.loading.problems import meant_by

        meant = meant_by(code, known)
        text = Text(f"没有代码为“{code}”的检查{meant.zh}", f"there is no check called {code!r}{meant.en}")
        return Problem(ignore.place, "useless_ignore", text)
    if code in certain:
        text = Text(
            f"“{code}”是错误，不能忽略，只能改正", f"{code!r} is an error: it cannot be ignored, only put right"
        )
        return Problem(ignore.place, "useless_ignore", text)
    if not ignore.reason:
        text = Text(
            f"忽略“{code}”没有写理由，不起作用；请写成 # casework: ignore {code} because 理由",
            f"{code!r} is ignored without a reason, which has no effect; write `# casework: ignore {code} because …`",
        )
        return Problem(ignore.place, "ignore_without_reason", text)
    text = Text(f"这里没有“{code}”可忽略；这条注释可以删去", f"there is no {code!r} to ignore here; delete the comment")
    return Problem(ignore.place, "useless_ignore", text)

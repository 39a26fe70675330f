"""Collects what is wrong with a file: every problem with its place, a code, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from workflow.core.errors import LifecycleInvalid, Problem
from workflow.core.model import Place, Text

MOST = 100  # further problems are counted, not listed: nobody reads them, and a poisoned file has millions

MANY = 1_000  # names to look for a similar one in: a lifecycle has hundreds, a poisoned file any number


class Spot(Protocol):
    """Anything that knows its line and column."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Problems:
    """The problems of one file, found in any order and told in the order of the file."""

    def __init__(self, file: str = "") -> None:
        self.file = file
        self.found: list[Problem] = []
        self.more = 0
        self.refused: set[str] = set()  # names told to be badly written: whoever refers to them is not told again

    def __bool__(self) -> bool:
        return bool(self.found)

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self.found) >= MOST

    def place(self, spot: Spot) -> Place:
        """Where `spot` is, with the file's name."""
        return Place(self.file, spot.line, spot.column)

    def add(self, spot: Spot, code: str, zh: str, en: str) -> None:
        """One more problem at `spot`; the same problem at the same place is told once."""
        self.put(Problem(Place(self.file, spot.line, spot.column), code, Text(zh=zh, en=en)))

    def put(self, problem: Problem) -> None:
        """One more problem, perhaps of another file."""
        if self.full:
            self.more += 1
        elif problem not in self.found:
            self.found.append(problem)

    def unknown(self, spot: Spot, what: Text, name: str, known: Iterable[str]) -> None:
        """`name` is no `what`; says which there are, and which may be meant."""
        if name in self.refused:
            return
        if self.full:
            self.more += 1
            return
        names = list(known)
        zh, en = listed(names)
        there_zh = f"已有的{what.zh}：{zh}" if names else f"此文件没有声明任何{what.zh}"
        there_en = f"known: {en}" if names else "this file declares none"
        meant = meant_by(name, names)
        self.add(
            spot,
            "unknown_name",
            f"没有名为“{name}”的{what.zh}；{there_zh}{meant.zh}",
            f'there is no {what.en} "{name}"; {there_en}{meant.en}',
        )

    def raise_if_any(self) -> None:
        """Raises `LifecycleInvalid` with everything found, in the order of the file."""
        if not self.found:
            return
        found = sorted(self.found, key=lambda p: (p.place.file != self.file, p.place.line, p.place.column))
        if self.more:
            text = Text(zh=f"另有 {self.more} 个问题未列出", en=f"and {self.more} more problems, not listed")
            found.append(Problem(found[-1].place, "more", text))
        raise LifecycleInvalid(found)


def listed(names: Iterable[str], most: int = 24) -> tuple[str, str]:
    """Names for a sentence, in Chinese and in English punctuation, cut when there are very many."""
    names = list(names)
    shown = names[:most]
    if len(names) > most:
        return "、".join(shown) + f" 等 {len(names)} 个", ", ".join(shown) + f" and {len(names) - most} more"
    return "、".join(shown), ", ".join(shown)


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most looks like, if any does; of very many names none is looked for."""
    import difflib  # only a broken file needs it

    names = list(known)
    if len(names) > MANY:
        return None
    folded = {candidate.casefold(): candidate for candidate in names}
    lowered = name.strip().casefold().replace("-", "_").replace(" ", "_")[:80]
    for fold, candidate in folded.items():
        if fold == lowered or fold.rpartition(".")[2] == lowered:
            return candidate
    close = difflib.get_close_matches(lowered, folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def meant_by(name: str, known: Iterable[str]) -> Text:
    """`; did you mean …?`, or nothing."""
    found = near(name, known)
    return Text(zh=f"；是否指“{found}”？", en=f'; did you mean "{found}"?') if found else Text()


def shortened(text: str, most: int = 40) -> str:
    """A text of the file as a message may quote it: one line, not too long."""
    one = " ".join(text.split())
    return one if len(one) <= most else one[: most - 1] + "…"

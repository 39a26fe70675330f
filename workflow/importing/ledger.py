"""What an import found: counted while it goes on, and reported at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.core.model import Json, Language, Text
from workflow.importing.papers import Paper
from workflow.importing.rows import Row
from workflow.importing.titles import Pair, Titles

SAME = 100  # per cent


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken in: its line, why, and its cells as they were read."""

    line: int
    text: Text
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import. Lines are those of the file, from 1; `gaps` are numbers that no row has, as ranges."""

    name: str
    encoding: str
    rows: int
    cases: tuple[str, ...]  # ids of all cases taken in, now or before, in the order of the file
    repeated: int  # of them, taken in before
    joint: int
    by_type: Mapping[str, int]
    entered: tuple[str, ...]  # names new in the directory
    gaps: tuple[tuple[int, int], ...]
    same: tuple[Pair, ...]
    alike: tuple[Pair, ...]
    repeated_numbers: tuple[tuple[str, int], ...]  # number, line
    unknown_categories: Mapping[str, int]
    whole_texts: tuple[int, ...]  # lines of papers whose suggestions could not be told from the rest
    rejected: tuple[Rejected, ...]

    @property
    def taken(self) -> int:
        """How many rows are in the database now."""
        return len(self.cases)

    @property
    def collective(self) -> int:
        """How many were signed by a body."""
        return sum(n for kind, n in self.by_type.items() if not kind.startswith("member"))

    @property
    def missing(self) -> int:
        """How many numbers no row has."""
        return sum(last - first + 1 for first, last in self.gaps)

    def lines(self, language: Language = "zh") -> Iterator[str]:
        """The report for a person, a sentence a line."""
        return (text.say(language) for text in self._sentences())

    def as_json(self, language: Language = "zh") -> dict[str, Json]:
        """The same for a program."""
        return {
            "file": self.name,
            "encoding": self.encoding,
            "rows": self.rows,
            "taken": self.taken,
            "repeated": self.repeated,
            "joint": self.joint,
            "collective": self.collective,
            "by_type": dict(self.by_type),
            "entered": list(self.entered),
            "missing_numbers": self.missing,
            "gaps": [[first, last] for first, last in self.gaps],
            "same_titles": [_pair_json(pair) for pair in self.same],
            "like_titles": [_pair_json(pair) for pair in self.alike],
            "repeated_numbers": [{"number": number, "line": line} for number, line in self.repeated_numbers],
            "unknown_categories": dict(self.unknown_categories),
            "whole_texts": list(self.whole_texts),
            "rejected": [
                {"line": each.line, "why": each.text.say(language), "cells": dict(each.cells)} for each in self.rejected
            ],
        }

    def _sentences(self) -> Iterator[Text]:
        new = self.taken - self.repeated
        yield Text(
            zh=f"{self.name}（{self.encoding}）共 {self.rows} 行：新收 {new} 件，此前已收 {self.repeated} 件，未收 {len(self.rejected)} 行",
            en=f"{self.name} ({self.encoding}), {self.rows} rows: {new} taken in, {self.repeated} known before, {len(self.rejected)} not taken",
        )
        yield Text(
            zh=f"联名 {self.joint} 件，集体 {self.collective} 件；通讯录新增 {len(self.entered)} 个提案者",
            en=f"{self.joint} joint, {self.collective} by bodies; {len(self.entered)} proposers are new in the directory",
        )
        if self.gaps:
            ranges = "、".join(f"{a}" if a == b else f"{a}–{b}" for a, b in self.gaps)
            yield Text(
                zh=f"缺号 {self.missing} 个：{ranges}",
                en=f"{self.missing} numbers are missing: {ranges.replace('、', ', ')}",
            )
        for number, line in self.repeated_numbers:
            yield Text(
                zh=f"第 {line} 行：提案号 {number} 已用过", en=f"line {line}: the number {number} was used before"
            )
        for pair in (*self.same, *self.alike):
            yield _pair_sentence(pair)
        for name, n in self.unknown_categories.items():
            yield Text(
                zh=f"类别“{name}”不在对照表中（{n} 件），归入“其他”",
                en=f"the category {name!r} is not in the table ({n} rows); taken as “other”",
            )
        if self.whole_texts:
            yield Text(
                zh=f"{len(self.whole_texts)} 件没有单列的建议，全文作为一条建议",
                en=f"{len(self.whole_texts)} papers have no heading for their suggestions; the whole text stands as one",
            )
        for each in self.rejected:
            yield Text(
                zh=f"第 {each.line} 行未收：{each.text.say('zh')}",
                en=f"line {each.line} not taken: {each.text.say('en')}",
            )


class Ledger:
    """Counts while the rows go by."""

    def __init__(self, name: str, encoding: str) -> None:
        self._name = name
        self._encoding = encoding
        self._rows = 0
        self._joint = 0
        self._repeated = 0
        self._cases: list[str] = []
        self._types: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._entered: list[str] = []
        self._whole: list[int] = []
        self._rejected: list[Rejected] = []
        self._numbers: dict[int, int] = {}
        self._again: list[tuple[str, int]] = []
        self._titles = Titles()
        self._pairs: list[Pair] = []

    def seen(self, paper: Paper) -> None:
        """A row that is a paper."""
        number = int(paper.number)
        if number in self._numbers:
            self._again.append((paper.number, paper.line))
        self._numbers.setdefault(number, paper.line)
        self._pairs += self._titles.add(paper.line, paper.title)

    def taken(self, paper: Paper, case: str, again: bool) -> None:
        """A paper that is in the database now."""
        self._rows += 1
        self._cases.append(case)
        self._repeated += again
        self._joint += paper.signers > 1
        self._types[paper.proposer_type] += 1

    def rejected(self, row: Row, text: Text) -> None:
        """A row that is not."""
        self._rows += 1
        self._rejected.append(Rejected(row.line, text, row.cells))

    def entered(self, name: str) -> None:
        """A proposer who was not in the directory."""
        self._entered.append(name)

    def unknown_category(self, paper: Paper) -> None:
        """A category that is not in the table."""
        self._unknown[paper.category] += 1

    def whole_text(self, paper: Paper) -> None:
        """A paper whose suggestions have no heading."""
        self._whole.append(paper.line)

    def report(self) -> ImportReport:
        """Everything so far."""
        return ImportReport(
            name=self._name,
            encoding=self._encoding,
            rows=self._rows,
            cases=tuple(self._cases),
            repeated=self._repeated,
            joint=self._joint,
            by_type=dict(self._types),
            entered=tuple(self._entered),
            gaps=tuple(_gaps(sorted(self._numbers))),
            same=tuple(pair for pair in self._pairs if pair.likeness == SAME),
            alike=tuple(pair for pair in self._pairs if pair.likeness < SAME),
            repeated_numbers=tuple(self._again),
            unknown_categories=dict(self._unknown),
            whole_texts=tuple(self._whole),
            rejected=tuple(self._rejected),
        )


def _gaps(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """What is missing from 1 to the highest number."""
    expected = 1
    for number in numbers:
        if number > expected:
            yield expected, number - 1
        expected = max(expected, number + 1)


def _pair_json(pair: Pair) -> Json:
    return {
        "line": pair.line,
        "title": pair.title,
        "other_line": pair.other_line,
        "other_title": pair.other_title,
        "likeness": pair.likeness,
    }


def _pair_sentence(pair: Pair) -> Text:
    if pair.likeness == SAME:
        return Text(
            zh=f"第 {pair.line} 行与第 {pair.other_line} 行案由相同：{pair.title}",
            en=f"lines {pair.line} and {pair.other_line} have the same title: {pair.title}",
        )
    return Text(
        zh=f"第 {pair.line} 行与第 {pair.other_line} 行案由相近（{pair.likeness}%）：{pair.title} ／ {pair.other_title}",
        en=f"lines {pair.line} and {pair.other_line} have like titles ({pair.likeness}%): {pair.title} / {pair.other_title}",
    )

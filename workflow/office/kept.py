"""The personal values of one file, beside the commitments that stand in its records and the erasures it records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.core.commitment import opens
from workflow.core.model import Text
from workflow.core.personal import MARK, commitments, told

Row = Any  # of `records`, or of `personal`


def concerns(text: str, entry: Mapping[str, Any]) -> bool:
    """Whether a record has, or erases, personal values. Few do, and `Kept` need not be told of the others."""
    return MARK in text or entry["kind"] == "erasure"


class Kept:
    """Given the values of one file, then told in order its records that have or erase some (`take`), then asked what is
    `left`.
    """

    __slots__ = ("_missing", "_rows", "_seen", "_values", "erased")

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.erased = 0  # values that are gone, and whose erasure is recorded
        self._rows: dict[str, Row] = {row.commitment: row for row in rows}
        self._values = {hidden: kept.value for hidden, kept in self._rows.items()}
        self._missing: dict[str, tuple[Row, str, str]] = {}
        self._seen: set[str] = set()

    def take(self, row: Row, entry: Mapping[str, Any]) -> Iterator[Text]:
        """What is wrong with the values of the next record."""
        if entry["kind"] == "erasure":
            yield from self._take_erasure(entry)
        for case, name, hidden in commitments(entry):
            kept = self._rows.get(hidden)
            self._seen.add(hidden)
            if kept is None:
                self._missing[hidden] = (row, case, name)
            elif not opens(hidden, entry["log"], kept.salt, kept.value):
                yield Text(
                    f"{case} 的个人信息“{name}”与记录中的承诺不符，已被改动",
                    f"the personal value {name!r} of {case} is not the one that was committed to: it was changed",
                )
            elif (kept.seq, kept.case_id, kept.field) != (row.seq, case, name):
                yield Text(
                    f"{case} 的个人信息“{name}”的检索列被改动",
                    f"the columns of the personal value {name!r} of {case} were changed",
                )

    def _take_erasure(self, entry: Mapping[str, Any]) -> Iterator[Text]:
        for hidden in entry["erased"]:
            if self._missing.pop(hidden, None) is not None:
                self.erased += 1
            elif hidden in self._rows:
                name = self._rows[hidden].field
                yield Text(
                    f"个人信息“{name}”记为已抹去，却仍在库中（是否恢复了旧备份？请再抹去一次）",
                    f"the personal value {name!r} is recorded as erased and is still there (was a backup restored? "
                    "erase it again)",
                )

    def told(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """The record with its values in their places."""
        return told(dict(entry), self._values)

    def left(self) -> Iterator[tuple[Row, Text]]:
        """What is wrong with the file as a whole, each with the record that it is about (None: none)."""
        for row, case, name in self._missing.values():
            text = Text(
                f"{case} 的个人信息“{name}”不在了，而没有抹去它的记录",
                f"the personal value {name!r} of {case} is gone, and no record says that it was erased",
            )
            yield row, text
        for hidden in self._rows.keys() - self._seen:
            name = self._rows[hidden].field
            text = Text(
                f"库中有个人信息“{name}”，而没有任何记录提到它",
                f"there is a personal value {name!r} that no record tells of",
            )
            yield None, text

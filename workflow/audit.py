"""Whether the audit trail agrees with itself and with the tables.

Three things are looked at: each record is what its hash says and follows from the one before it; folding the records
of a file, with the personal values that are kept beside them, gives what the tables say, its timers and notices too; and
the tables hold nothing that no record tells of. A change of everything together, or the last records cut off with their
effects, cannot be seen from within: that takes a copy outside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.core.calendar import Calendar, china
from workflow.core.errors import Tampered, WorkflowError
from workflow.core.fold import fold
from workflow.core.model import File, Lifecycle, Text
from workflow.core.record import ANNOTATE
from workflow.core.written import GENESIS, VERSION, leaf
from workflow.office.findings import Annotation, Finding, Verdict
from workflow.office.kept import Kept, concerns
from workflow.office.own_chain import OwnChain
from workflow.office.promised import called_for, notice_differences, promised_of, timer_differences
from workflow.office.remembered import forgotten
from workflow.office.standing import Difference, differences, kept_of
from workflow.office.strays import untold
from workflow.store.hidden import Beside
from workflow.store.log import grown
from workflow.store.queries import Which, from_to, one_of, stored_records
from workflow.store.rows import looked_up_by
from workflow.store.statements import RECORDED
from workflow.store.tables import OFFICE, chains

LifecycleOf = Callable[[str, int], Lifecycle]
_SEQ, _LEAF, _BODY = map(RECORDED.index, ("seq", "leaf", "body"))  # in a row: by name takes ten times as long
_decode = json.JSONDecoder().raw_decode  # `loads` without looking for blanks that we did not write
BATCH = 200  # files whose tables are read together
_CHANGED = (WorkflowError, LookupError, TypeError, ValueError, AttributeError)  # what nonsense in a record may raise


@dataclass(slots=True)
class Trail:
    """One file, replayed from its records."""

    file: str
    log: str
    lifecycle_of: LifecycleOf
    findings: list[Finding] = field(default_factory=list)
    standing: File | None = None
    broken: bool = False  # it could not be replayed to the end
    length: int = 0  # records seen
    seq: int = 0
    head: str = GENESIS
    last: Row[Any] | None = None
    own: OwnChain = field(default_factory=OwnChain)
    asked: dict[str, tuple[str, int]] = field(default_factory=dict)  # where requests are named, by their ids
    called: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # the notices, by their keys
    annotations: list[Annotation] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)

    def take(self, row: Row[Any]) -> None:
        """The next record."""
        self.length += 1
        seq = row[_SEQ]
        follows = seq == self.seq + 1
        if not follows:
            self._find(
                "gap",
                f"缺少第 {self.seq + 1} 至 {seq - 1} 条记录",
                f"records {self.seq + 1} to {seq - 1} are missing",
                row,
            )
        entry = self._read(row)
        if entry is not None:
            if follows and entry.get("prev") != self.head:
                self._find(
                    "chain", f"第 {seq} 条记录不接在第 {self.seq} 条之后，其中一条被改动",
                    f"record {seq} does not follow from record {self.seq}: one of them was changed",
                    row if self.seq == 0 else self.last,
                )  # fmt: skip
            self._replay(row, entry)
        self.last = row
        self.seq, self.head = seq, row[_LEAF]

    def _read(self, row: Row[Any]) -> dict[str, Any] | None:
        body = row[_BODY]
        sound = leaf(body, self.log) == row[_LEAF]
        if not sound:
            self._find(
                "changed", "记录内容与其摘要不符，已被改动", "the record is not what its hash says: it was changed", row
            )
        try:
            entry, end = _decode(body)
            if end != len(body):
                raise ValueError("something stands behind the record")
            told = looked_up_by(entry)
        except _CHANGED:
            self._find("unreadable", "记录无法读取", "the record cannot be read", row)
            self.broken = True
            return None
        if row[: len(told)] != told:
            names = ", ".join(name for name, value in zip(RECORDED, told, strict=False) if getattr(row, name) != value)
            self._find("columns", f"记录的检索列被改动：{names}", f"the record's columns were changed: {names}", row)
        if entry.get("v") != VERSION or entry.get("log") != self.log:
            self._find(
                "log", f"记录属于另一日志“{entry.get('log')}”（本日志为“{self.log}”）",
                f"the record is of another log, {entry.get('log')!r}; this one is {self.log!r}", row,
            )  # fmt: skip
        if entry["action"] == ANNOTATE and entry["kind"] == "resolution" and sound:
            about, note = entry.get("input", {}).get("record"), entry["note"]
            self.annotations.append(Annotation(self.file, row.seq, about, row.at, row.actor, note))
        found: dict[str, Any] = entry
        return found

    def _replay(self, row: Row[Any], entry: Mapping[str, Any]) -> None:
        try:
            lifecycle = self._lifecycle(row, entry)
            if "request" in entry:
                self.asked[entry["request"]] = (self.file, row[_SEQ])
            if self.file == OFFICE:
                self.own.take(entry)
            if concerns(row[_BODY], entry):
                for text in self.kept.take(row, entry):
                    self._find("personal", text.zh, text.en, row)
                entry = self.kept.told(entry)
            if lifecycle is not None and self.file != OFFICE and not self.broken:
                self.standing = fold(self.standing, entry, lifecycle)
                if "out" in entry:
                    self.called |= called_for(entry)
        except _CHANGED as error:
            self.broken = True
            self._find("replay", f"记录无法重演：{error}", f"the record cannot be replayed: {error}", row)

    def _lifecycle(self, row: Row[Any], entry: Mapping[str, Any]) -> Lifecycle | None:
        """The lifecycle that a record was decided by; None where there was none, or it cannot be had."""
        version = entry.get("lifecycle")
        if version is None or entry["kind"] == "publish" or self.broken:
            return None
        why: WorkflowError | None = None
        try:
            lifecycle = self.lifecycle_of(version["name"], version["version"])
            if lifecycle.digest == version["digest"]:
                return lifecycle
        except Tampered:
            pass
        except WorkflowError as error:
            why = error
        self.broken = True
        name = f"{version['name']} {version['version']}"
        also = (
            Text() if why is None else Text(f"，而且读不出来：{why.say('zh')}", f" and cannot be read: {why.say('en')}")
        )
        self._find(
            "lifecycle",
            f"记录所依流程“{name}”与发布时不同{also.zh}",
            f"the lifecycle {name} is not what was published{also.en}",
            row,
        )
        return None

    def _find(self, code: str, zh: str, en: str, row: Row[Any] | None) -> None:
        made = (0, None, None) if row is None else (row.seq, row.at, row.actor)
        self.findings.append(Finding(code, Text(zh, en), self.file, *made))

    def end(self, length: int | None, head: str | None) -> None:
        """What the tables say of the trail as a whole: how many records, and the leaf of the last."""
        for row, text in self.kept.left():
            self._find("personal", text.zh, text.en, row)
        if length is None:
            self._find("missing", "有记录而没有这一件", "there are records and no such case", self.last)
        elif (length, head) != (self.seq, self.head):
            self._find(
                "end", f"表中记有 {length} 条记录，实有 {self.seq} 条，或末条已被改动",
                f"the tables count {length} records and there are {self.seq}, or the last was changed",
                self.last,
            )  # fmt: skip

    def differ(self, found: Iterable[Difference]) -> None:
        """The tables say something else than the records."""
        for each in found:
            self._find("tables", each.text.zh, each.text.en, self.last)


def verify(
    sql: Connection,
    lifecycle_of: LifecycleOf,
    log: str,
    calendar: Calendar,
    file: str | None = None,
    since: int = 0,
) -> Verdict:
    """Look at every file, or at one, or at those that have a record behind position `since` of the log.

    Reads as it goes, so that a large database needs no large memory.
    """
    rows = stored_records(sql, file)
    if since and file is None:
        rows = chain.from_iterable(stored_records(sql, each) for each in grown(sql, since))
    found = compared(sql, rows, lifecycle_of, log, calendar, every=not since)
    return found if file is not None else found.and_(untold(sql))


def compared(
    sql: Connection,
    rows: Iterator[Row[Any]],
    lifecycle_of: LifecycleOf,
    log: str,
    calendar: Calendar,
    *,
    every: bool = True,
) -> Verdict:
    """Look at the files of these rows of the records, which come file by file and in order; `every` file from the first
    to the last, or with gaps between them.
    """
    lifecycle_of = _once(lifecycle_of)
    count = files = outdated = erased = 0
    findings: list[Finding] = []
    annotations: list[Annotation] = []
    trails = _trails(rows, Beside(sql), lifecycle_of, log)
    while batch := list(islice(trails, BATCH)):
        of_cases = [trail for trail in batch if trail.file != OFFICE]
        if of_cases:
            known = [trail.file for trail in of_cases]
            which = from_to(known[0], known[-1]) if every else one_of(known)
            outdated += _compare(sql, of_cases, which, lifecycle_of, calendar)
        of = {trail.file: trail for trail in batch}
        for file, difference in forgotten(sql, {id: at for trail in batch for id, at in trail.asked.items()}):
            of[file].differ([difference])
        for trail in batch:
            if trail.file == OFFICE:
                _compare_office(sql, trail)
            count += trail.length
            files += 1
            erased += trail.kept.erased
            findings += trail.findings
            annotations += trail.annotations
    return Verdict(count, files, tuple(findings), outdated, tuple(annotations), erased)


def _once(lifecycle_of: LifecycleOf) -> LifecycleOf:
    """The same, which asks once for each: it is wanted for every record, and for every file. Also where it fails."""
    known: dict[tuple[str, int], Lifecycle | WorkflowError] = {}

    def of(name: str, version: int) -> Lifecycle:
        found = known.get((name, version))
        if found is None:
            try:
                found = lifecycle_of(name, version)
            except WorkflowError as error:
                found = error
            known[name, version] = found
        if isinstance(found, WorkflowError):
            raise found.with_traceback(None)
        return found

    return of


def reckoned_by(read: Callable[[], Calendar]) -> Calendar:
    """The calendar that `read` gives; where somebody has made nonsense of its days, which the findings name, ours."""
    try:
        return read()
    except Tampered:
        return china()


def _trails(rows: Iterator[Row[Any]], beside: Beside, lifecycle_of: LifecycleOf, log: str) -> Iterator[Trail]:
    for file, own in groupby(rows, key=itemgetter(0)):
        trail = Trail(file, log, lifecycle_of, kept=Kept(beside.of(file)))
        for row in own:
            trail.take(row)
        yield trail


def _compare(sql: Connection, trails: list[Trail], which: Which, lifecycle_of: LifecycleOf, calendar: Calendar) -> int:
    """How many timers could not be compared. `which` are the files of these trails."""
    kept, promised = kept_of(sql, which), promised_of(sql, which)
    for trail in trails:
        mine = kept.get(trail.file)
        if mine is None:
            trail.end(None, None)
            continue
        trail.end(mine.records, mine.head)
        if trail.standing is not None and not trail.broken:
            try:
                trail.differ(differences(mine, trail.standing, lifecycle_of))
            except _CHANGED as error:
                trail.differ([Difference(trail.file, "trail, body", f"({type(error).__name__})", "JSON")])
            later, root = promised[trail.file], trail.standing.root
            trail.differ(notice_differences(later, trail.called))
            trail.differ(timer_differences(later, trail.standing, lifecycle_of(root.lifecycle, root.version), calendar))
    return sum(each.outdated(calendar) for each in promised.values())


def _compare_office(sql: Connection, trail: Trail) -> None:
    row = sql.execute(select(chains.c.records, chains.c.head).where(chains.c.file == OFFICE)).one_or_none()
    trail.end(*(row if row is not None else (None, None)))
    trail.differ(trail.own.differences(sql))

"""Twelve things that hold of an office's database at any moment between two commands, however the last one ended.

They are asked of the rows themselves, beside `verify`, which asks the records. Each is a sentence; `broken` gives those
that do not hold, with what was found.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from workflow.core import clocks
from workflow.core.errors import StoreUnavailable
from workflow.core.hashing import hash_of
from workflow.core.merkle import Frontier
from workflow.core.model import File
from workflow.core.roles import waiting
from workflow.core.written import GENESIS, leaf
from workflow.engine import Engine
from workflow.sealing import Folder
from workflow.store.rows import indexed
from workflow.store.tables import OFFICE, metadata

Content = Mapping[str, Sequence[Any]]
Question = Callable[["Found"], Iterator[object]]
QUESTIONS: list[tuple[str, Question]] = []
_ALL = {
    table.name: sa.select(table).order_by(*table.primary_key.columns)  # built once: SQLAlchemy knows them again
    for table in metadata.sorted_tables
}


def content(engine: Engine) -> Content:
    """Every row of every table, each table in the order of its keys, as the driver gives them."""
    with engine.looking() as sql:
        return {name: sql.execute(query).all() for name, query in _ALL.items()}


class Found:
    """The content of a database, and whoever knows what should be in it."""

    def __init__(self, engine: Engine, folder: Folder, delivered: Counter[str], rows: Content) -> None:
        self.engine, self.folder, self.delivered, self.rows = engine, folder, delivered, rows
        self.files: dict[str, list[Any]] = defaultdict(list)
        for row in rows["records"]:
            self.files[row.file].append(row)
        self.roots = {row.id: row for row in rows["cases"] if row.place == 0}

    @cached_property
    def entries(self) -> dict[tuple[str, int], Any]:
        """Each record."""
        return {(row.file, row.seq): json.loads(row.body) for row in self.rows["records"]}

    @cached_property
    def standing(self) -> dict[str, File]:
        """Each file as the engine reads it."""
        return {root: self.engine.case(root) for root in self.roots}

    def lifecycle(self, file: str) -> Any:
        return self.engine.lifecycle(self.roots[file].lifecycle, self.roots[file].version)


def broken(engine: Engine, folder: Folder, delivered: Counter[str], rows: Content) -> list[str]:
    """The sentences that do not hold, each with the first of what was found; none where all is well."""
    found = Found(engine, folder, delivered, rows)
    wrong = ((sentence, next(iter(question(found)), None)) for sentence, question in QUESTIONS)
    return [f"not so: {sentence} ({first})" for sentence, first in wrong if first is not None]


def holds(sentence: str) -> Callable[[Question], Question]:
    """Enter a question; it yields what contradicts the sentence."""

    def enter(question: Question) -> Question:
        QUESTIONS.append((sentence, question))
        return question

    return enter


@holds("every record is what its hash says, and the records come to what the tables say")
def _proven(found: Found) -> Iterator[object]:
    yield from (each.text.en for each in found.engine.verify().findings)


@holds("the records of every file count from one without a gap, and its row counts them and knows the last")
def _gapless(found: Found) -> Iterator[object]:
    counted = {id: (row.records, row.head) for id, row in found.roots.items()}
    counted |= {row.file: (row.records, row.head) for row in found.rows["chains"]}
    for file in counted.keys() | found.files.keys():
        own = found.files[file]
        last = leaf(own[-1].body, found.engine.origin) if own else GENESIS
        if [row.seq for row in own] != list(range(1, len(own) + 1)) or counted.get(file) != (len(own), last):
            yield file, counted.get(file), len(own)


@holds("no case is there by halves: each has its root, its place and its values, and was opened by a record")
def _whole(found: Found) -> Iterator[object]:
    places: dict[str, list[int]] = defaultdict(list)
    long = {row.case_id for row in found.rows["contents"]}
    opened = {part["id"] for entry in found.entries.values() for part in entry.get("opened", ())}
    for row in found.rows["cases"]:
        places[row.root].append(row.place)
        if (row.body is None) != (row.id in long) or row.id not in opened | found.roots.keys():
            yield row.id
    yield from long - {row.id for row in found.rows["cases"]}
    for root, taken in places.items():
        if root not in found.roots or sorted(taken) != list(range(len(taken))) or not found.files[root]:
            yield root


@holds("a case stands on the to-do lists of those for whom its state waits, and on no others")
def _waiting(found: Found) -> Iterator[object]:
    kept = {(row.case_id, row.party, row.since) for row in found.rows["holders"]}
    wanted = {
        (case.id, party, case.entered_at)
        for root, file in found.standing.items()
        for case in file
        for party in waiting(found.lifecycle(root), file, case.id)
    }
    yield from kept ^ wanted


@holds("each clock that runs has its one timer, and no other timer is there")
def _timed(found: Found) -> Iterator[object]:
    kept = [(row.case_id, row.deadline) for row in found.rows["timers"]]
    wanted = [
        (case.id, declared.name)
        for root, file in found.standing.items()
        for case, declared, facts in clocks.of(found.lifecycle(root), file)
        if clocks.running(facts)
    ]
    yield from (Counter(kept) - Counter(wanted)) + (Counter(wanted) - Counter(kept))


@holds("each notice that a record calls for is there once, and was delivered if it says so")
def _told(found: Found) -> Iterator[object]:
    called = {
        f"{file}.{seq}.{n}"
        for (file, seq), entry in found.entries.items()
        for n, _ in enumerate(entry.get("out", ()), 1)
    }
    rows = {row.id: row for row in found.rows["notices"] if row.file != OFFICE}
    yield from called - rows.keys()
    yield from (key for key in rows.keys() - called if key.rpartition(".")[0] not in called)
    for key, row in rows.items():
        if row.state == "sent" and row.digest is None and not found.delivered[key]:
            yield key, "sent, and nobody has it"
        if row.state not in ("pending", "sent") or (row.state == "pending" and row.next_at is None and not row.digest):
            yield key, row.state


@holds("no two cases have the same number, and none has one that was not drawn yet")
def _numbered(found: Found) -> Iterator[object]:
    numbers = Counter(row.number for row in found.roots.values() if row.number is not None)
    yield from (number for number, times in numbers.items() if times > 1)
    drawn = {row.prefix: row.last for row in found.rows["numbers"]}
    for number in numbers:
        prefix, digits = number.rstrip("0123456789"), number[len(number.rstrip("0123456789")) :]
        if digits and int(digits) > drawn.get(prefix, int(digits)):
            yield number


@holds("a request is remembered exactly where its records are, once, from the first to the last")
def _remembered(found: Found) -> Iterator[object]:
    asked: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for place, entry in found.entries.items():
        if entry.get("request") is not None:
            asked[entry["request"]].add(place)
    rows = {row.id: row for row in found.rows["requests"]}
    yield from asked.keys() ^ rows.keys()
    for id, row in rows.items():
        if (row.file, row.seq) not in asked[id] or (row.file, row.last) not in found.entries:
            yield id


@holds("a case has counted all who follow it, and whoever follows one follows a case that is there")
def _followed(found: Found) -> Iterator[object]:
    following: Counter[str] = Counter()
    for root, file in found.standing.items():
        for name, declared in found.lifecycle(root).root.fields.items():
            if declared.type == "case" and declared.follow and file.root.values.get(name):
                following[file.root.values[name]] += 1
    for id, followers in following.items():
        if id not in found.roots or found.roots[id].links < followers:  # a refused link was counted too
            yield id


@holds("a case is found by its values, and by no others")
def _findable(found: Found) -> Iterator[object]:
    kept = {(row.case_id, row.field, row.value) for row in found.rows["case_values"]}
    wanted = {
        (case.id, *each)
        for root, file in found.standing.items()
        for case in file
        for each in indexed(found.lifecycle(root).kind(case.kind), case.values)
    }
    yield from kept ^ wanted


@holds("the log has no gap, holds each file in its order, and is what was signed")
def _logged(found: Found) -> Iterator[object]:
    placed = sorted((row for row in found.rows["records"] if row.position), key=lambda row: row.position)
    if [row.position for row in placed] != list(range(1, len(placed) + 1)):
        yield [row.position for row in placed]
    last: dict[str, int] = {}
    for row in placed:
        if row.seq != last.get(row.file, 0) + 1:
            yield row.file, row.seq
        last[row.file] = row.seq
    memory = found.folder.memory()
    if memory is not None:
        tree = Frontier(hash=hash_of(found.engine.origin))
        for row in placed[: memory.size]:
            tree.add(bytes.fromhex(row.leaf))
        if (tree.size, tree.root()) != (memory.size, memory.note.checkpoint.root):
            yield memory.size, tree.size


@holds("nothing has stopped, and nothing is locked: the next one may write any row")
def _free(found: Found) -> Iterator[object]:
    yield from (row.en for row in found.rows["incidents"])
    for attempt in range(100):  # a server may take a moment to see that somebody is gone
        try:
            with found.engine.writing() as sql:
                for table in metadata.sorted_tables:
                    sql.execute(sa.select(sa.literal(1)).select_from(table).with_for_update(nowait=True)).all()
            return
        except StoreUnavailable as error:
            if attempt == 99:
                yield error
            time.sleep(0.05)

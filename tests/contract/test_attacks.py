"""Whatever is done to the database behind the engine's back is found, from what an auditor keeps elsewhere.

The attacker of `tests.contract.attacker` has full write access and the source, but no key. CASEWORK_ATTACKS says how many random
changes are tried (`make attack`: 2,000).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from tests.contract import attacker
from workflow import signing
from workflow.core.checkpoint import Note, notes
from workflow.core.errors import StoreUnavailable, Tampered
from workflow.engine import Engine
from workflow.office.findings import Finding
from workflow.proving import Proven, prove, trusted
from workflow.sealing import Folder, seal
from workflow.store.tables import calendar_days, case_values, cases, holders, lifecycles, notices, records, requests
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}
RANDOM = int(os.environ.get("CASEWORK_ATTACKS", "60"))


class Auditor:
    """Who keeps the key and the checkpoints on another machine."""

    def __init__(self, engine: Engine, folder: Path, again: Callable[[], Engine]) -> None:
        self.engine = engine
        self.again = again
        self.folder = Folder(folder)
        signing.create(folder, "auditor")

    def seal(self) -> None:
        seal(self.engine, self.folder)

    def last(self) -> Note:
        """The newest checkpoint that was kept."""
        return notes((self.folder.path / "checkpoints").read_text(encoding="utf-8"))[-1]

    def looks(self, *receipts: Any) -> tuple[tuple[Finding, ...], Proven]:
        keys = signing.public_keys(self.folder.path / "auditor.pub")
        kept = notes((self.folder.path / "checkpoints").read_text(encoding="utf-8"))
        with closing(self.again()) as reading:  # a process of his own, which remembers nothing
            proven = prove(reading, trusted(kept, keys, reading.origin), receipts)
            return reading.verify().findings + proven.findings, proven


@pytest.fixture
def auditor(engine: Engine, database: str, tmp_path: Path) -> Auditor:
    return Auditor(engine, tmp_path / "elsewhere", lambda: Engine(database))


@pytest.fixture
def file(engine: Engine, clock: FrozenClock, auditor: Auditor) -> str:
    return build(engine, clock, auditor)


def build(engine: Engine, clock: FrozenClock, auditor: Auditor) -> str:
    """A case of six records among others, sealed in two parts."""
    first = engine.open("ticket", ANN, LAMP, request_id="a lamp is broken").case.id
    second = engine.open("ticket", ANN, LAMP).case.id
    for case in (first, second):
        clock.advance(hours=1)
        engine.fire(case, "send", ANN)
        engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
        engine.fire(case, "comment", DAN, note=f"look at {case[-3:]}")
    auditor.seal()
    engine.fire(first, "comment", ANN, note="once more")
    clock.advance(hours=1)
    engine.fire(f"{first}/task:u1", "reply", of_unit("u1"), {"answer": "yes", "result": "A"})
    auditor.seal()
    return first


def test_what_nobody_touched_is_proven(auditor: Auditor, file: str) -> None:
    findings, proven = auditor.looks()

    assert ((), 0) == (findings, proven.open)
    assert proven.size == proven.covered == len(attacker.read(auditor.engine))


@pytest.mark.parametrize("thorough", [False, True], ids=["plain", "recomputed"])
@pytest.mark.parametrize("attack", attacker.ATTACKS, ids=lambda attack: attack.__name__)
def test_every_attack_is_found(auditor: Auditor, file: str, attack: attacker.Attack, thorough: bool) -> None:
    stored = attack(attacker.read(auditor.engine), file)
    if attack is attacker.remove_case:
        attacker.remove_file(auditor.engine, file)
    (attacker.recompute if thorough else attacker.write)(auditor.engine, stored)

    findings, _ = auditor.looks()

    assert findings
    if thorough:  # from within all is in order: only what was kept elsewhere tells
        assert () == auditor.engine.verify().findings


def test_the_first_wrong_record_is_named(auditor: Auditor, file: str) -> None:
    attacker.write(auditor.engine, attacker.update(attacker.read(auditor.engine), file))

    findings, _ = auditor.looks()

    assert ("changed", file, 4, "dan") == (findings[0].code, findings[0].file, findings[0].seq, findings[0].actor)


def test_a_rewritten_part_is_told_from_the_part_that_was_signed_before(auditor: Auditor, file: str) -> None:
    """What was changed after the first checkpoint is looked for behind it."""
    stored = attacker.read(auditor.engine)
    last = [each for each in stored if each.file == file][-1]
    last.entry["who"]["name"] = "Somebody else"
    attacker.recompute(auditor.engine, stored)

    findings, proven = auditor.looks()

    assert ["rewritten"] == [each.code for each in findings]
    assert f"{proven.covered + 1}–{len(stored)}" in findings[0].text.en
    assert 0 < proven.covered < len(stored)


def test_a_restored_backup_is_found_and_nothing_is_signed_over_it(auditor: Auditor, file: str, engine: Engine) -> None:
    old = attacker.backup(engine)
    engine.fire(file, "comment", ANN, note="this will be gone")
    auditor.seal()
    before = (auditor.folder.path / "checkpoints").read_bytes()
    attacker.restore(engine, old)
    engine.fire(file, "comment", ANN, note="something else instead")

    findings, _ = auditor.looks()

    assert "truncated" in {each.code for each in findings}
    with pytest.raises(Tampered, match="old backup was restored"):
        auditor.seal()
    assert before == (auditor.folder.path / "checkpoints").read_bytes()


def test_a_log_that_grew_again_to_its_old_length_is_not_signed(auditor: Auditor, file: str, engine: Engine) -> None:
    """He seals for us, after he has put other records into the place of the last."""
    old = attacker.backup(engine)
    engine.fire(file, "comment", ANN, note="this will be gone")
    auditor.seal()
    attacker.restore(engine, old)
    engine.fire(file, "comment", ANN, note="something else instead")
    stored = attacker.read(engine)
    for each in stored:
        each.position = each.position or len(stored)
    attacker.recompute(engine, stored)

    findings, _ = auditor.looks()

    assert ["rewritten"] == [each.code for each in findings]
    with pytest.raises(Tampered, match="not the one that was signed"):
        auditor.seal()


def test_a_record_that_was_not_sealed_yet_is_missed_by_who_has_its_receipt(
    auditor: Auditor, file: str, engine: Engine
) -> None:
    receipt = engine.fire(file, "comment", ANN, note="too bad").receipt
    assert ((), 1) == (auditor.looks(receipt)[0], auditor.looks(receipt)[1].open)
    attacker.recompute(engine, attacker.cut_case(attacker.read(engine), file))

    assert () == auditor.looks()[0]
    (found,) = auditor.looks(receipt)[0]

    assert ("receipt", file, 7) == (found.code, found.file, found.seq)


@pytest.mark.parametrize(
    ("column", "value"),
    [("case_id", "other"), ("at", 1), ("kind", "act"), ("action", "smile"), ("source", "sent"), ("target", "gone"),
     ("actor", "nobody"), ("position", 1_000), ("position", 0), ("position", 3)],
)  # fmt: skip
def test_an_edited_column_of_a_record_is_found(auditor: Auditor, file: str, column: str, value: Any) -> None:
    with auditor.engine.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == file, records.c.seq == 2).values({column: value}))
    findings, proven = auditor.looks()

    assert findings or proven.open


def test_an_edited_state_is_found(auditor: Auditor, file: str) -> None:
    with auditor.engine.writing() as sql:
        sql.execute(sa.update(cases).where(cases.c.id == file).values(state="done"))

    assert "tables" in {each.code for each in auditor.looks()[0]}


# ------------------------------------------------------------ and at random

HELD = {  # the tables and columns that follow from the records; the rest is for finding things again
    records: [column.name for column in records.columns],
    cases: [column.name for column in cases.columns if column.name != "links"],
    case_values: ["case_id", "field", "value"],
    holders: ["case_id", "party", "since"],
    lifecycles: ["name", "version", "digest", "source", "settings", "published_at", "published_by"],
    requests: ["id", "file", "case_id", "seq"],
    calendar_days: ["region", "day", "works"],
    notices: ["id", "file", "seq", "case_id", "party", "template", "cc", "state"],
}


def test_no_random_change_goes_unnoticed(auditor: Auditor, file: str, engine: Engine, kind: str) -> None:
    chance = random.Random(RANDOM)
    saved = attacker.backup(engine)
    found: Counter[str] = Counter()
    for number in range(RANDOM):
        table = chance.choice([*HELD])
        row = chance.choice(saved[table.name])
        column = chance.choice([name for name in HELD[table] if row[name] not in (None, "")])
        changed = _other(row[column], chance)
        where = [table.c[key.name] == row[key.name] for key in table.primary_key]
        try:
            with engine.writing() as sql:
                sql.execute(sa.update(table).where(*where).values({column: changed}))
        except StoreUnavailable:
            found["refused by the database"] += 1
            continue
        findings, proven = auditor.looks()
        assert findings or proven.open, f"change {number}: {table.name}.{column} {row[column]!r} -> {changed!r}"
        found["found" if findings else "unproven"] += 1
        with engine.writing() as sql:
            after = {**row, column: changed}
            where = [table.c[key.name] == after[key.name] for key in table.primary_key]
            sql.execute(sa.update(table).where(*where).values(row))
    assert ((), 0) == (auditor.looks()[0], auditor.looks()[1].open)
    print(f"\n{kind}: {RANDOM} random changes: {dict(found)}")


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1_000))
    at = chance.randrange(len(value))
    return value[:at] + chance.choice([c for c in "aZ09 {中" if c != value[at]]) + value[at + 1 :]

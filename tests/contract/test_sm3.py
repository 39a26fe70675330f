"""A log whose hash is SM3: the same promises, kept by the other hash, and never both in one log."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from tests.contract import attacker
from tests.contract.test_attacks import Auditor, build
from workflow import signing
from workflow.core import hashing
from workflow.core.errors import InputInvalid, Tampered
from workflow.core.hashing import OwnSM3
from workflow.core.written import GENESIS
from workflow.engine import Engine
from workflow.offline import proved
from workflow.proving import bundle, trusted
from workflow.sealing import Folder, reanchor, seal
from workflow.store import log
from workflow.store.tables import OFFICE, chains, records
from workflow.testing import FrozenClock
from workflow.trail import begin

ORIGIN = "casework/sm3"


@pytest.fixture
def engine(database: str, make_engine: Callable[..., Engine], ticket_text: str) -> Engine:
    """In the place of the one that every test has: its log was begun with SM3."""
    engine = make_engine(database)
    begin(engine, "sm3")
    engine.publish(ticket_text)
    return engine


@pytest.fixture
def auditor(engine: Engine, database: str, tmp_path: Path) -> Auditor:
    return Auditor(engine, tmp_path / "elsewhere", lambda: Engine(database))


@pytest.fixture
def file(engine: Engine, clock: FrozenClock, auditor: Auditor) -> str:
    return build(engine, clock, auditor)


def own(text: str) -> str:
    return OwnSM3(b"\x00" + text.encode()).hexdigest()


def test_every_record_is_chained_by_it(auditor: Auditor, file: str, engine: Engine) -> None:
    with engine.looking() as sql:
        rows = sql.execute(sa.select(records).order_by(records.c.file, records.c.seq)).all()
        end = sql.execute(sa.select(chains.c.head).where(chains.c.file == OFFICE)).scalar_one()
    heads: dict[str, str] = {}
    for row in rows:
        entry = json.loads(row.body)
        assert (ORIGIN, heads.get(row.file, GENESIS)) == (entry["log"], entry["prev"])
        assert own(row.body) == row.leaf
        heads[row.file] = row.leaf
    assert end == heads[OFFICE]
    assert ("begin", {"hash": "sm3"}) == next(
        (e["kind"], e["input"]) for row in rows if row.file == OFFICE and (e := json.loads(row.body))["seq"] == 1
    )


def test_it_is_sealed_and_proven(auditor: Auditor, file: str, engine: Engine) -> None:
    findings, proven = auditor.looks()
    assert ((), 0, proven.size) == (findings, proven.open, proven.covered)
    receipt = engine.fire(file, "comment", ANN, note="once more").receipt
    assert (ORIGIN, ()) == (receipt["log"], auditor.looks(receipt)[0])
    assert ["receipt"] == [each.code for each in auditor.looks(receipt | {"leaf": "0" * 64})[0]]


@pytest.mark.parametrize(
    "attack", [attacker.update, attacker.cut_log, attacker.rewrite], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("thorough", [False, True], ids=["plain", "recomputed"])
def test_an_attack_is_found(auditor: Auditor, file: str, attack: attacker.Attack, thorough: bool) -> None:
    stored = attack(attacker.read(auditor.engine), file)
    (attacker.recompute if thorough else attacker.write)(auditor.engine, stored)

    assert auditor.looks()[0]
    if thorough:
        assert () == auditor.engine.verify().findings


def test_a_restored_backup_stops_the_sealer_until_the_auditor_begins_anew(
    auditor: Auditor, file: str, engine: Engine
) -> None:
    old = attacker.backup(engine)
    engine.fire(file, "comment", ANN, note="this will be gone")
    auditor.seal()
    attacker.restore(engine, old)
    with pytest.raises(Tampered, match="old backup was restored"):
        auditor.seal()

    anew = reanchor(engine, auditor.folder, DAN, "the server was replaced").note
    (auditor.folder.path / "checkpoints").write_text(str(anew), encoding="utf-8")
    findings, proven = auditor.looks()
    assert ((), 0) == (findings, proven.open)


def test_a_proof_is_checked_by_it(auditor: Auditor, file: str, engine: Engine) -> None:
    key = (auditor.folder.path / "auditor.pub").read_text(encoding="utf-8").strip()
    made = bundle(engine, file, auditor.last())
    assert 7 > len(proved(made, [key])[2]) > 4
    made["records"][1]["record"] = made["records"][1]["record"].replace("Ann", "Eve")
    with pytest.raises(ValueError, match="record 2 is not in the log"):
        proved(made, [key])


def test_whoever_opens_the_database_again_goes_on_with_it(file: str, engine: Engine, database: str) -> None:
    with closing(Engine(database)) as again:
        assert ORIGIN == again.origin
        again.fire(file, "comment", ANN, note="in another process")
        assert again.verify().good
        with again.looking() as sql:
            assert ORIGIN == log.origin(sql)
            last = sql.execute(sa.select(records).where(records.c.file == file).order_by(records.c.seq.desc())).first()
    assert last is not None
    assert own(last.body) == last.leaf


def test_a_damaged_first_record_does_not_hide_which_log_it_is(file: str, engine: Engine, database: str) -> None:
    with engine.writing() as sql:
        changed = sa.func.replace(records.c.body, ORIGIN, "casework")
        sql.execute(sa.update(records).where(records.c.file == OFFICE, records.c.seq == 1).values(body=changed))
    with closing(Engine(database)) as again:
        assert ORIGIN == again.origin
        assert {("changed", OFFICE, 1), ("log", OFFICE, 1)} <= {
            (f.code, f.file, f.seq) for f in again.verify().findings
        }
    with engine.writing() as sql:
        sql.execute(sa.delete(records).where(records.c.file == OFFICE))
    with closing(Engine(database)) as again:
        assert ORIGIN == again.origin


def test_the_hash_is_chosen_once(engine: Engine) -> None:
    begin(engine, "sm3")
    assert [1, 2] == [each.seq for each in attacker.read(engine)]
    with pytest.raises(InputInvalid, match="is sm3 and cannot become sha256"):
        begin(engine, "sha256")


def test_a_log_that_has_begun_keeps_its_hash(
    database: str, make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    other = make_engine(database)
    other.publish(ticket_text)
    with pytest.raises(InputInvalid, match="'casework' is sha256 and cannot become sm3"):
        begin(other, "sm3")
    begin(other, "sha256")  # it is so already
    assert ([1], "casework") == ([each.seq for each in attacker.read(other)], other.origin)


def test_a_checkpoint_of_the_other_hash_is_not_compared(
    auditor: Auditor, file: str, sqlite: str, make_engine: Callable[..., Engine], ticket_text: str, tmp_path: Path
) -> None:
    other = make_engine(sqlite)
    other.publish(ticket_text)
    signing.create(tmp_path / "other", "other")
    made = seal(other, Folder(tmp_path / "other")).note
    assert made is not None
    with pytest.raises(InputInvalid, match=r"of the log 'casework'; this one is 'casework/sm3', with another hash"):
        trusted([made], signing.public_keys(tmp_path / "other" / "other.pub"), auditor.engine.origin)
    with pytest.raises(Tampered, match="what was signed is the log 'casework', this is 'casework/sm3'"):
        seal(auditor.engine, Folder(tmp_path / "other"))


def test_an_export_says_the_hash_of_its_lines(engine: Engine) -> None:
    out = io.StringIO()
    engine.export(out, DAN)

    told: dict[str, Any] = attacker.read(engine)[-1].entry["input"]
    assert {"records": 2, "sm3": OwnSM3(out.getvalue().encode()).hexdigest()} == told


def test_a_system_without_it_comes_to_the_same(
    auditor: Auditor, file: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where OpenSSL has none, our own is slower and no different."""
    monkeypatch.setattr(hashing, "sm3", OwnSM3)
    engine.fire(file, "comment", ANN, note="by our own")
    auditor.seal()
    assert () == auditor.looks()[0]
    monkeypatch.undo()
    assert ((), 0) == (auditor.looks()[0], auditor.looks()[1].open)


def test_sha256_can_be_said_too(database: str, make_engine: Callable[..., Engine]) -> None:
    other = make_engine(database)
    begin(other, "sha256")
    (entry,) = [each.entry for each in attacker.read(other)]
    assert ("casework", "begin", {"hash": "sha256"}) == (entry["log"], entry["kind"], entry["input"])
    assert other.verify().good


def test_a_host_that_named_its_log_keeps_the_hash_that_the_name_says(
    database: str, make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    host = make_engine(database, origin="office.example/sm3")
    host.publish(ticket_text)
    begin(host, "sm3")
    with closing(Engine(database)) as command_line:
        assert "office.example/sm3" == command_line.origin
        assert ((), [1]) == (command_line.verify().findings, [each.seq for each in attacker.read(command_line)])
    with pytest.raises(InputInvalid, match=r"'office\.example/sm3' is sm3"):
        begin(make_engine(database, origin="office.example/sm3"), "sha256")

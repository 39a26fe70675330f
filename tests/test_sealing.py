"""The sealer in its details; what it does on every database is in `tests/contract/test_sealing.py`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow import incidents, sealing, signing
from workflow.core.errors import InputInvalid, SealerBusy, Tampered
from workflow.core.hashing import sm3
from workflow.core.merkle import gathered
from workflow.core.model import Text
from workflow.engine import Engine
from workflow.sealing import Folder, Sealed, reanchor, seal
from workflow.store import log, queries
from workflow.store.tables import OFFICE, records
from workflow.testing import FrozenClock
from workflow.trail import begin

LAMP = {"title": "Broken lamp"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    signing.create(tmp_path / "seal", "本会")
    return Folder(tmp_path / "seal")


def test_sealing_says_what_must_be_installed(desk: Engine, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "filelock", None)
    with pytest.raises(InputInvalid) as told:
        seal(desk, folder)

    assert (
        Text("封存需要：pip install 'casework[sign]'", "sealing needs: pip install 'casework[sign]'") == told.value.text
    )


def test_a_log_of_another_origin_is_not_signed(
    sqlite: str, make_engine: Callable[..., Engine], desk: Engine, folder: Folder
) -> None:
    seal(desk, folder)
    with pytest.raises(Tampered) as told:
        seal(make_engine(sqlite, origin="elsewhere"), folder)

    assert told.value.text.zh.startswith("已签署的是日志“casework”，本库是“elsewhere”。没有签署新的检查点；")
    assert told.value.text.en.startswith(
        "what was signed is the log 'casework', this is 'elsewhere'. No checkpoint was"
    )
    (incident,) = incidents.listed(make_engine(sqlite, origin="elsewhere"))
    assert ("seal", "elsewhere", told.value.text) == (incident.kind, incident.about, incident.text)


def test_what_was_signed_is_remembered_as_it_was(desk: Engine, folder: Folder, clock: FrozenClock) -> None:
    for _ in range(2):
        desk.open("ticket", ANN, LAMP)
    signed = seal(desk, folder).note
    assert signed is not None
    memory = folder.memory()
    assert memory is not None
    with desk.looking() as sql:
        leaves = [log.leaf(row) for row in log.in_order(sql)]

    assert (signed, 3, leaves[-1]) == (memory.note, memory.size, memory.leaf)
    assert (3, signed.checkpoint.root) == (memory.tree().size, memory.tree().root())
    assert clock() == signed.checkpoint.at
    assert ("casework", 3) == (signed.checkpoint.origin, signed.checkpoint.size)
    data = json.loads((folder.path / "memory.json").read_text(encoding="utf-8"))
    assert {"note": str(signed), "nodes": [each.hex() for each in memory.nodes], "leaf": leaves[-1].hex()} == data
    assert f"{signed}\n" == (folder.path / "checkpoints").read_text(encoding="utf-8")
    with desk.looking() as sql:
        assert [(clock(), 3, str(signed))] == [(row.at, row.size, row.note) for row in log.kept(sql, 9)]


def test_a_file_is_kept_as_people_can_read_it(folder: Folder) -> None:
    folder.keep("told.json", {"审计": 1})

    assert '{"审计": 1}' == (folder.path / "told.json").read_text(encoding="utf-8")
    assert not (folder.path / "told.json.new").exists()


def test_a_checkpoint_that_stands_last_is_not_repeated(desk: Engine, folder: Folder, clock: FrozenClock) -> None:
    first = seal(desk, folder).note
    desk.open("ticket", ANN, LAMP)
    second = seal(desk, folder).note
    assert first is not None
    assert second is not None
    folder.append(second)
    folder.append(second)
    assert f"{first}\n{second}\n" == (folder.path / "checkpoints").read_text(encoding="utf-8")
    folder.append(first)
    assert f"{first}\n{second}\n{first}\n" == (folder.path / "checkpoints").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["memory.json", "checkpoints"])
def test_what_cannot_be_written_is_said(desk: Engine, folder: Folder, name: str) -> None:
    (folder.path / (f"{name}.new" if name == "memory.json" else name)).mkdir()
    with pytest.raises(InputInvalid) as told:
        seal(desk, folder)

    path = folder.path / (f"{name}.new" if name == "memory.json" else name)
    assert Text(f"写不了 {path}（Is a directory）", f"cannot write {path} (Is a directory)") == told.value.text


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"note": 1, "nodes": [], "leaf": ""}'])
def test_a_damaged_memory_is_said_and_not_overwritten(desk: Engine, folder: Folder, text: str) -> None:
    (folder.path / "memory.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid) as told:
        seal(desk, folder)

    assert (
        f"{folder.path}/memory.json 已损坏；请核对后由审计人用 casework audit reanchor 重新锚定" == told.value.text.zh
    )
    assert f"{folder.path}/memory.json is damaged; verify" in told.value.text.en
    assert text == (folder.path / "memory.json").read_text(encoding="utf-8")
    assert 2 == reanchor(desk, folder, DAN, "the file was damaged").size
    with desk.looking() as sql:
        (entry,) = [each for each in queries.history(sql, OFFICE) if each["kind"] == "reanchor"]
    assert ("the file was damaged", None) == (entry["note"], entry.get("input"))


def test_beginning_anew_says_what_had_been_signed(desk: Engine, folder: Folder, clock: FrozenClock) -> None:
    signed = seal(desk, folder).note
    assert signed is not None
    clock.advance(hours=1)
    with pytest.raises(InputInvalid) as told:
        reanchor(desk, folder, DAN, "\t ")
    assert Text("请用 --note 说明原因", "say why with --note") == told.value.text
    done = reanchor(desk, folder, DAN, "an exercise")

    with desk.looking() as sql:
        entry = [*queries.history(sql, OFFICE)][-1]
    told_of = {"size": 1, "root": signed.checkpoint.root.hex(), "signed": signed.checkpoint.at}
    assert ("reanchor", "dan", told_of) == (entry["kind"], entry["who"]["id"], entry["input"])
    assert (2, 1) == (done.size, done.new)
    assert done.note is not None


def test_there_is_one_sealer_for_a_folder(desk: Engine, folder: Folder) -> None:
    with folder.locked():
        for what in (lambda: seal(desk, folder), lambda: reanchor(desk, folder, DAN, "why")):
            with pytest.raises(SealerBusy) as told:
                what()
            text = Text(f"另一个封存进程正在使用 {folder.path}", f"another sealer is at work with {folder.path}")
            assert text == told.value.text
    assert 1 == seal(desk, folder).size
    assert (folder.path / "lock").exists()


def test_without_a_folder_or_a_key_what_to_do_is_said(desk: Engine, tmp_path: Path) -> None:
    nowhere, empty = Folder(tmp_path / "none"), Folder(tmp_path / "empty")
    empty.path.mkdir()
    with pytest.raises(InputInvalid) as told:
        seal(desk, nowhere)
    assert f"没有文件夹 {nowhere.path}；请先用 casework audit key create 建立密钥" == told.value.text.zh
    for what in (lambda: seal(desk, empty), lambda: reanchor(desk, empty, DAN, "why")):
        with pytest.raises(InputInvalid) as told:
            what()
        assert f"{empty.path} 里没有密钥；请先 casework audit key create" == told.value.text.zh
    assert ["lock"] == [each.name for each in empty.path.iterdir()]


def test_nothing_is_signed_before_a_day_is_over(desk: Engine, folder: Folder, clock: FrozenClock) -> None:
    assert 24 * 3_600_000_000 == sealing.HEARTBEAT
    seal(desk, folder)
    clock.advance(hours=24, microseconds=-1)
    assert Sealed(1, 0) == seal(desk, folder)
    clock.advance(microseconds=1)
    again = seal(desk, folder)
    assert (1, 0, True) == (again.size, again.new, again.note is not None)


def test_an_incident_ends_when_sealing_goes_on(desk: Engine, folder: Folder) -> None:
    with desk.writing() as sql:
        incidents.report(sql, desk.now(), "seal", "casework", Text("停", "stopped"))
        incidents.report(sql, desk.now(), "seal", "another", Text("停", "stopped"))
    seal(desk, folder)

    assert ["another"] == [each.about for each in incidents.listed(desk)]
    (ended,) = incidents.listed(desk, "ended")
    assert ("engine", "已恢复封存") == (ended.ended_by, ended.note)


def test_batches_follow_one_another_in_the_log(desk: Engine, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1_000 == sealing.BATCH
    monkeypatch.setattr(sealing, "BATCH", 2)
    for _ in range(4):
        desk.open("ticket", ANN, LAMP)
    asked: list[int] = []
    unsealed = log.unsealed

    def counted(sql: object, most: int) -> object:
        asked.append(most)
        return unsealed(sql, most)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "unsealed", counted)
    assert (5, 5) == ((done := seal(desk, folder)).size, done.new)
    assert [2] * 4 == asked
    memory = folder.memory()
    assert memory is not None
    with desk.looking() as sql:
        assert log.leaf([*log.in_order(sql)][-1]) == memory.leaf


def test_what_stands_before_a_gap_keeps_its_place_when_the_auditor_begins_anew(desk: Engine, folder: Folder) -> None:
    for _ in range(2):
        desk.export(io.StringIO(), DAN)
    seal(desk, folder)
    case = desk.open("ticket", ANN, LAMP).case.id  # its records sort before the office's, and are placed behind them
    seal(desk, folder)
    with desk.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == case).values(position=9))
    assert 5 == reanchor(desk, folder, DAN, "a position was lost").size

    with desk.looking() as sql:
        placed = [(row.position, row.file, row.seq) for row in log.in_order(sql)]
    assert [(1, OFFICE, 1), (2, OFFICE, 2), (3, OFFICE, 3), (4, case, 1), (5, OFFICE, 4)] == placed


def test_a_log_of_sm3_is_gone_on_with_by_sm3(sqlite: str, make_engine: Callable[..., Engine], folder: Folder) -> None:
    engine = make_engine(sqlite)
    begin(engine, "sm3")
    for _ in range(3):
        engine.export(io.StringIO(), DAN)
        signed = seal(engine, folder).note
    assert signed is not None
    with engine.looking() as sql:
        leaves = [log.leaf(row) for row in log.in_order(sql)]
    assert (4, gathered(leaves, (), sm3)[1]) == (signed.checkpoint.size, signed.checkpoint.root)
    memory = folder.memory()
    assert memory is not None
    grown = memory.tree()
    grown.add(leaves[0])
    assert gathered([*leaves, leaves[0]], (), sm3)[1] == grown.root()


def test_what_was_sealed_is_not_believed_again(desk: Engine, folder: Folder) -> None:
    """A hash that was changed before the last sealed record is no part of what is signed next, so that it is found."""
    for _ in range(3):
        desk.open("ticket", ANN, LAMP)
    seal(desk, folder)
    memory = folder.memory()
    assert memory is not None
    with desk.writing() as sql:
        sql.execute(sa.update(records).where(records.c.position == 2).values(leaf="0" * 64))
    leaf = desk.open("ticket", ANN, LAMP).receipt["leaf"]
    signed = seal(desk, folder).note
    assert signed is not None

    tree = memory.tree()
    tree.add(bytes.fromhex(str(leaf)))
    assert tree.root() == signed.checkpoint.root

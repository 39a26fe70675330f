"""The sealer on every database: every record has one place, and whatever happens on the way, nothing is signed twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow import incidents, sealing, signing
from workflow.core.checkpoint import notes
from workflow.core.errors import InputInvalid, Tampered
from workflow.engine import Engine
from workflow.proving import prove, trusted
from workflow.sealing import Folder, reanchor, seal
from workflow.store import queries
from workflow.store.tables import OFFICE, records
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    signing.create(tmp_path / "seal", "office")
    return Folder(tmp_path / "seal")


def signed(folder: Folder) -> list[int]:
    """The sizes of the checkpoints that were shown to others."""
    return [each.checkpoint.size for each in notes((folder.path / "checkpoints").read_text(encoding="utf-8"))]


def open_proof(engine: Engine, folder: Folder) -> int:
    """How many records are not proven, of a log in which nothing is wrong."""
    kept = notes((folder.path / "checkpoints").read_text(encoding="utf-8"))
    proven = prove(engine, trusted(kept, signing.public_keys(folder.path / "office.pub"), engine.origin))
    assert () == proven.findings
    return proven.open


def test_what_is_new_is_sealed_and_signed(engine: Engine, folder: Folder) -> None:
    first = seal(engine, folder)
    engine.open("ticket", ANN, LAMP)
    second = seal(engine, folder)

    assert [(1, 1), (2, 1)] == [(first.size, first.new), (second.size, second.new)]
    assert [1, 2] == signed(folder)
    assert 0 == open_proof(engine, folder)


def test_an_empty_log_is_not_signed(
    kind: str, database: str, make_engine: Callable[..., Engine], folder: Folder
) -> None:
    assert (0, None) == ((done := seal(make_engine(database), folder)).size, done.note)


def test_nothing_new_is_signed_once_a_day(engine: Engine, folder: Folder, clock: FrozenClock) -> None:
    seal(engine, folder)
    assert None is seal(engine, folder).note
    clock.advance(hours=23)
    assert None is seal(engine, folder).note
    clock.advance(hours=1)
    assert None is not seal(engine, folder).note
    assert [1, 1] == signed(folder)


def test_many_records_are_sealed_in_batches(engine: Engine, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    for _ in range(4):
        engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN)

    assert (9, 9) == ((done := seal(engine, folder)).size, done.new)
    with engine.looking() as sql:
        placed = sql.execute(sa.select(records.c.position).order_by(records.c.position)).scalars().all()
    assert [*range(1, 10)] == placed


def test_a_file_is_in_the_log_in_its_own_order(engine: Engine, folder: Folder) -> None:
    one, other = (engine.open("ticket", ANN, LAMP).case.id for _ in range(2))
    for case in (other, one, other):
        engine.fire(case, "comment", DAN, note="hurry")
    seal(engine, folder)

    with engine.looking() as sql:
        query = sa.select(records.c.file, records.c.seq).order_by(records.c.position)
        order = [tuple(row) for row in sql.execute(query)]
    for file in (one, other, OFFICE):
        assert sorted(order)[:0] + [each for each in sorted(order) if each[0] == file] == [
            e for e in order if e[0] == file
        ]


@pytest.mark.parametrize("where", ["_place", "_sign", "remember", "append", "_publish"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_sealer_that_is_killed_goes_on_where_it_was(
    engine: Engine, folder: Folder, monkeypatch: pytest.MonkeyPatch, where: str, before: bool
) -> None:
    """Killed before or after each thing it does; whoever runs it again comes to the same."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    seal(engine, folder)
    for _ in range(5):
        engine.open("ticket", ANN, LAMP)
    owner = Folder if hasattr(Folder, where) else sealing
    whole = getattr(owner, where)
    left = [2]  # the second time: in the middle

    def killed(*args: object) -> object:
        left[0] -= 1
        if left[0] == 0 and before:
            raise KeyboardInterrupt
        answer = whole(*args)
        if left[0] == 0:
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(owner, where, killed)
        for _ in range(3):
            try:
                seal(engine, folder)
            except KeyboardInterrupt:
                continue
    seal(engine, folder)

    assert 0 == open_proof(engine, folder)
    assert (1, 6) == (signed(folder)[0], signed(folder)[-1])


def test_two_keys_sign_at_once_and_a_new_one_at_once(engine: Engine, folder: Folder) -> None:
    seal(engine, folder)
    signing.create(folder.path, "next-office")
    both = seal(engine, folder).note
    signing.retire(folder.path, "office")
    engine.open("ticket", ANN, LAMP)
    after = seal(engine, folder).note

    assert both is not None
    assert after is not None
    assert [["next-office", "office"], ["next-office"]] == [[s.name for s in n.signatures] for n in (both, after)]
    keys = signing.public_keys(folder.path / "office.pub") + signing.public_keys(folder.path / "next-office.pub")
    assert ("office", "next-office") == both.signers(keys)


def test_without_a_key_nothing_is_sealed(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="audit key create"):
        seal(engine, Folder(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputInvalid, match="no key"):
        seal(engine, Folder(tmp_path / "empty"))
    with engine.looking() as sql:
        assert 0 == sealing.log.size(sql)


def test_two_sealers_do_not_meet(engine: Engine, folder: Folder) -> None:
    with folder.locked(), pytest.raises(InputInvalid, match="another sealer"):
        seal(engine, folder)


def test_a_sealer_with_another_folder_stops_where_it_meets_one(
    engine: Engine, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing.create(tmp_path / "other", "other")
    whole = sealing.signers_of

    def meanwhile(own: Folder) -> object:
        if own.path != folder.path:
            return whole(own)
        monkeypatch.setattr(sealing, "signers_of", whole)
        return whole(own)

    monkeypatch.setattr(sealing, "signers_of", meanwhile)
    taken = sealing._taken_up

    def overtaken(*args: object) -> object:
        monkeypatch.setattr(sealing, "_taken_up", taken)
        found = taken(*args)  # type: ignore[arg-type]
        seal(engine, Folder(tmp_path / "other"))
        return found

    monkeypatch.setattr(sealing, "_taken_up", overtaken)
    with pytest.raises(InputInvalid, match="another sealer is at work on this database"):
        seal(engine, folder)
    seal(engine, folder)
    assert 0 == open_proof(engine, folder)


def test_a_stop_is_an_incident_until_the_auditor_begins_anew(
    engine: Engine, folder: Folder, clock: FrozenClock
) -> None:
    seal(engine, folder)
    case = engine.open("ticket", ANN, LAMP).case.id
    seal(engine, folder)
    with engine.writing() as sql:
        sql.execute(sa.delete(records).where(records.c.file == case))
    with pytest.raises(Tampered, match="1 sealed records and 2 were signed"):
        seal(engine, folder)
    assert [("seal", "casework")] == [(each.kind, each.about) for each in incidents.listed(engine)]

    with pytest.raises(InputInvalid, match="--note"):
        reanchor(engine, folder, DAN, " ")
    clock.advance(hours=1)
    done = reanchor(engine, folder, DAN, "the case was removed by a court's order")

    assert (2, [1, 2, 2]) == (done.size, signed(folder))
    with engine.looking() as sql:
        note = [each for each in queries.history(sql, OFFICE) if each["kind"] == "reanchor"]
    assert [("dan", "the case was removed by a court's order", 2)] == [
        (each["who"]["id"], each["note"], each["input"]["size"]) for each in note
    ]
    assert None is seal(engine, folder).note


def test_the_auditor_can_begin_anew_behind_a_gap(engine: Engine, folder: Folder) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    engine.open("ticket", ANN, LAMP)
    seal(engine, folder)
    with engine.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == case).values(position=7))
    (folder.path / "memory.json").write_text("{")
    with pytest.raises(InputInvalid, match="damaged"):
        seal(engine, folder)

    assert 4 == reanchor(engine, folder, DAN, "the disk broke").size
    with engine.looking() as sql:
        assert [1, 2, 3, 4] == sorted(sql.execute(sa.select(records.c.position)).scalars())


def test_what_was_remembered_must_fit_its_own_root(engine: Engine, folder: Folder) -> None:
    engine.open("ticket", ANN, LAMP)
    seal(engine, folder)
    path = folder.path / "memory.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "nodes": ["00" * 32]}), encoding="utf-8")

    with pytest.raises(InputInvalid, match="damaged"):
        seal(engine, folder)


def test_a_gap_behind_what_was_signed_is_not_signed(engine: Engine, folder: Folder) -> None:
    seal(engine, folder)
    case = engine.open("ticket", ANN, LAMP).case.id
    with engine.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == case).values(position=3))

    with pytest.raises(Tampered, match="position 2 of the log is missing: 3 comes next"):
        seal(engine, folder)


def test_another_last_record_than_the_signed_one_is_not_signed_over(engine: Engine, folder: Folder) -> None:
    seal(engine, folder)
    with engine.writing() as sql:
        sql.execute(sa.update(records).where(records.c.position == 1).values(leaf="0" * 64))

    with pytest.raises(Tampered, match="not the one that was signed"):
        seal(engine, folder)


def test_a_long_log_is_read_in_batches(engine: Engine, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing.log, "BATCH", 2)
    for _ in range(4):
        engine.open("ticket", ANN, LAMP)
    seal(engine, folder)

    assert 0 == open_proof(engine, folder)


@pytest.mark.parametrize("kept", [1, 40, 120, 160], ids=lambda kept: f"{kept} bytes")
def test_a_checkpoint_that_was_cut_short_is_written_again(
    desk: Engine, folder: Folder, kept: int, clock: FrozenClock
) -> None:
    """The machine stopped in the middle of it."""
    desk.open("ticket", ANN, LAMP)
    seal(desk, folder)
    desk.open("ticket", ANN, LAMP)
    seal(desk, folder)
    path = folder.path / "checkpoints"
    whole = path.read_bytes()
    second = whole.index(b"\n\n", whole.index(b"\n\n") + 2) + 2
    path.write_bytes(whole[: second + kept])

    seal(desk, folder)

    assert whole == path.read_bytes()
    path.write_bytes(whole[:kept])
    seal(desk, folder)
    assert whole[second:] == path.read_bytes()

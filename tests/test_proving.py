"""The log beside what was signed and handed out: what is wrong with it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow import signing
from workflow.core.checkpoint import Key, Note, notes
from workflow.core.errors import InputInvalid, NotFound, Tampered
from workflow.core.merkle import included
from workflow.core.written import leaf
from workflow.engine import Engine
from workflow.proving import Proven, bundle, prove, trusted
from workflow.sealing import Folder, seal
from workflow.store.tables import records
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    signing.create(tmp_path, "office")
    return Folder(tmp_path)


@pytest.fixture
def case(desk: Engine, folder: Folder) -> str:
    """Three records of one case and two of others, signed at three and at five."""
    found = desk.open("ticket", ANN, LAMP).case.id
    desk.fire(found, "send", ANN)
    seal(desk, folder)
    desk.open("ticket", ANN, LAMP)
    desk.fire(found, "comment", DAN, note="hurry")
    seal(desk, folder)
    return found


def kept(folder: Folder) -> list[Note]:
    return notes((folder.path / "checkpoints").read_text(encoding="utf-8"))


def keys(folder: Folder) -> list[Key]:
    return signing.public_keys(folder.path / "office.pub")


def looked(desk: Engine, folder: Folder, *receipts: Any, case: str | None = None) -> Proven:
    return prove(desk, trusted(kept(folder), keys(folder), desk.origin), receipts, case)


def change(desk: Engine, at: int, /, **values: object) -> None:
    with desk.writing() as sql:
        sql.execute(sa.update(records).where(records.c.position == at).values(**values))


def test_all_that_was_signed_is_covered(desk: Engine, folder: Folder, case: str) -> None:
    assert Proven(5, 5, 0, ()) == looked(desk, folder)


def test_without_a_checkpoint_everything_is_open(desk: Engine, case: str) -> None:
    assert Proven(5, 0, 5, ()) == prove(desk, ())


def test_what_is_newer_is_open_of_one_case_or_of_all(desk: Engine, folder: Folder, case: str) -> None:
    other = desk.open("ticket", ANN, LAMP).case.id
    desk.fire(case, "comment", ANN, note="1")
    desk.fire(case, "comment", ANN, note="2")

    assert [3, 2, 1] == [looked(desk, folder, case=each).open for each in (None, case, other)]
    with pytest.raises(NotFound):
        looked(desk, folder, case="T-999")


def test_a_position_that_is_taken_twice_is_named(desk: Engine, folder: Folder, case: str) -> None:
    change(desk, 5, position=4)
    (found,) = looked(desk, folder).findings

    assert ("doubled", "position 4 of the log is taken twice") == (found.code, found.text.en)
    assert found.actor is not None


def test_positions_that_are_gone_are_named_with_the_record_behind(desk: Engine, folder: Folder, case: str) -> None:
    with desk.writing() as sql:
        sql.execute(sa.delete(records).where(records.c.position.in_([2, 3])))
    proven = looked(desk, folder)
    (found,) = proven.findings

    assert ("removed", "positions 2 to 3 of the log are gone") == (found.code, found.text.en)
    assert (1, 0) == (proven.size, proven.covered)
    assert "日志第 2 至 3 条已不在" == found.text.zh


def test_an_end_that_was_cut_off_is_counted(desk: Engine, folder: Folder, case: str) -> None:
    with desk.writing() as sql:
        sql.execute(sa.delete(records).where(records.c.position > 3))
    (found,) = looked(desk, folder).findings

    assert ("truncated", "", "truncated by 2: 5 records were signed, there are 3") == (
        found.code, found.file, found.text.en,
    )  # fmt: skip


def test_a_record_that_hides_below_the_first_position_is_found(desk: Engine, folder: Folder, case: str) -> None:
    """It is neither in the log nor among those that wait to be sealed."""
    desk.fire(case, "comment", DAN, note="slipped in")
    change(desk, 0, position=-1)
    proven = looked(desk, folder)

    assert ["doubled"] == [each.code for each in proven.findings]
    assert "1 records claim a position" in proven.findings[0].text.en
    assert 1 == proven.open


@pytest.mark.parametrize("value", ["0" * 64, "no hash at all"])
def test_a_changed_leaf_is_looked_for_between_two_checkpoints(
    desk: Engine, folder: Folder, case: str, value: str
) -> None:
    change(desk, 5, leaf=value)
    proven = looked(desk, folder)

    assert ["rewritten"] == [each.code for each in proven.findings]
    assert "4–5" in proven.findings[0].text.en
    assert 3 == proven.covered


def test_a_checkpoint_of_another_key_is_not_believed(desk: Engine, folder: Folder, case: str) -> None:
    stranger = signing.create(folder.path / "other", "office")

    with pytest.raises(InputInvalid, match="signed by office, has no good signature"):
        trusted(kept(folder), [stranger], desk.origin)


def test_a_checkpoint_of_another_log_is_not_compared(desk: Engine, folder: Folder, case: str) -> None:
    with pytest.raises(InputInvalid, match="of the log 'casework'; this one is 'elsewhere'"):
        trusted(kept(folder), keys(folder), "elsewhere")


def test_a_sealer_does_not_go_on_with_another_log(
    sqlite: str, make_engine: Callable[..., Engine], folder: Folder, case: str, ticket_text: str
) -> None:
    other = make_engine(sqlite, origin="elsewhere")

    with pytest.raises(Tampered, match="what was signed is the log 'casework', this is 'elsewhere'"):
        seal(other, folder)


# ------------------------------------------------------------ receipts


def test_a_receipt_is_good_as_long_as_its_record_is(desk: Engine, folder: Folder, case: str) -> None:
    receipt = desk.fire(case, "comment", ANN, note="once more").receipt

    assert () == looked(desk, folder, receipt).findings
    with desk.writing() as sql:
        here = sa.and_(records.c.file == case, records.c.seq == receipt["seq"])
        sql.execute(sa.update(records).where(here).values(body=sa.func.replace(records.c.body, "once", "twice")))
    (found,) = looked(desk, folder, receipt).findings
    assert ("receipt", True) == (found.code, "was changed" in found.text.en)


def test_a_receipt_of_another_log_is_refused(desk: Engine, folder: Folder, case: str) -> None:
    receipt = {**desk.fire(case, "comment", ANN, note="once more").receipt, "log": "elsewhere"}

    with pytest.raises(InputInvalid, match="the receipt is of the log 'elsewhere'"):
        looked(desk, folder, receipt)


def test_a_receipt_of_a_case_that_is_gone_is_named(desk: Engine, folder: Folder, case: str) -> None:
    receipt = {"case": "nowhere", "seq": 1, "leaf": "0" * 64, "log": desk.origin, "at": 7}
    (found,) = looked(desk, folder, receipt).findings

    assert ("receipt", "nowhere", 1, 7) == (found.code, found.file, found.seq, found.at)
    assert "is gone" in found.text.en


# ------------------------------------------------------------ the proof of a case


def test_a_bundle_holds_the_records_of_the_case_with_their_paths(desk: Engine, folder: Folder, case: str) -> None:
    desk.fire(case, "comment", DAN, note="later")
    made = bundle(desk, f"{case}", kept(folder)[-1])
    root = kept(folder)[-1].checkpoint.root

    assert (3, 1, "T-001") == (len(made["records"]), made["open"], made["case"])
    for each in made["records"]:
        path = [bytes.fromhex(node) for node in each["path"]]
        assert included(bytes.fromhex(leaf(each["record"], "casework")), each["position"] - 1, 5, path, root)


def test_a_bundle_can_be_made_for_an_older_checkpoint(desk: Engine, folder: Folder, case: str) -> None:
    made = bundle(desk, case, kept(folder)[0])

    assert (2, 1) == (len(made["records"]), made["open"])


def test_a_log_that_is_not_what_was_signed_proves_nothing(desk: Engine, folder: Folder, case: str) -> None:
    change(desk, 1, leaf="0" * 64)

    with pytest.raises(Tampered, match="nothing can be proved"):
        bundle(desk, case, kept(folder)[-1])


def test_a_case_that_is_not_there_has_no_proof(desk: Engine, folder: Folder, case: str) -> None:
    with pytest.raises(NotFound):
        bundle(desk, "T-999", kept(folder)[-1])


# ------------------------------------------------------------ since the last time


def test_only_files_with_newer_records_are_looked_at_again(
    desk: Engine, folder: Folder, case: str, clock: FrozenClock
) -> None:
    other = desk.open("ticket", ANN, LAMP).case.id
    assert (4, 1) == ((whole := desk.verify()).files, (since := desk.verify(since=5)).files)
    assert (6, 1) == (whole.records, since.records)
    with desk.writing() as sql:
        sql.execute(sa.update(records).where(records.c.file == case, records.c.seq == 1).values(body="{}"))
        sql.execute(sa.update(records).where(records.c.file == other).values(actor="nobody"))

    assert {case, other} == {each.file for each in desk.verify().findings}
    assert {other} == {each.file for each in desk.verify(since=5).findings}
    seal(desk, folder)
    assert {other} == {each.file for each in desk.verify(since=5).findings}
    assert (0, 0) == ((none := desk.verify(since=6)).files, none.records)

"""A disk that is full at any write of any command: a sentence, nothing by halves, and with room the command is done."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.conftest import ANN
from tests.faults import soundness
from tests.faults.disks import PAGE, Disk, small_disk
from tests.faults.house import DEEDS, Deed, House
from tests.faults.server import own_server, reachable_folder
from workflow.core.checkpoint import notes
from workflow.core.errors import InputInvalid, StoreUnavailable
from workflow.core.model import Text
from workflow.engine import Engine
from workflow.sealing import Folder

PAGES = range(200) if "CASEWORK_STORM" in os.environ else (0, 1, 2, 3, 5, 8, 13, 21)  # left on the disk
MOST = 200


def test_a_database_that_may_not_grow_by_another_page_refuses_and_goes_on_when_it_may(
    new_database: Callable[..., str], tmp_path: Path
) -> None:
    """What a full disk is to SQLite, at each page that a command adds; also where no disk can be mounted."""
    refused = Counter[str]()
    with House(new_database("sqlite"), tmp_path) as house:
        for deed in DEEDS:
            done, states = _done(house, deed)
            for pages in range(MOST):
                house.restore()
                if not _strained(house, deed, lambda: _no_longer_than(house, pages), done, states):
                    break
                refused[deed.name] += 1

    print(f"\nno page more: refused {dict(refused)}")
    assert refused["open"]  # other commands find room in pages that are there


def test_a_disk_that_is_full_at_any_write_refuses_and_goes_on_with_room(tmp_path: Path) -> None:
    refused, fitted = Counter[str](), Counter[str]()
    with small_disk(tmp_path / "disk", 8) as disk, House(f"sqlite:///{disk.path}/office.db", tmp_path) as house:
        for deed in DEEDS:
            done, states = _done(house, deed)
            for pages in PAGES:
                house.restore()
                narrow = partial(_filled, house, disk, pages)
                (refused if _strained(house, deed, narrow, done, states) else fitted)[deed.name] += 1

    print(f"\ndisk full: refused {dict(refused)}\n           fitted  {dict(fitted)}")
    assert {deed.name for deed in DEEDS} == refused.keys()
    assert fitted["refusal"]


def test_a_database_on_a_full_disk_cannot_even_be_opened_until_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk, House(f"sqlite:///{disk.path}/office.db", tmp_path) as house:
        for pages in range(8):  # what SQLite wants beside its file
            house.engine.close()
            disk.fill(pages)
            with pytest.raises(StoreUnavailable, match="disk of the database is full"):
                house.engine.find()
            assert not list(disk.path.glob("*-wal")) or house.engine._connections.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
            disk.clear()
            assert 4 == len(house.engine.find("ticket"))


@contextmanager
def _filled(house: House, disk: Disk, pages: int) -> Iterator[None]:
    """The disk has so many pages left when the command begins."""
    house.engine.close()
    house.engine.find(limit=1)  # SQLite has its files open
    disk.fill(pages)
    try:
        yield
    finally:
        disk.clear()


def test_a_checkpoint_for_which_there_is_half_the_room_is_said_and_not_left_there_by_halves(
    tmp_path: Path, new_database: Callable[..., str]
) -> None:
    deed = next(each for each in DEEDS if each.name == "seal")
    with small_disk(tmp_path / "disk", 2) as disk, House(new_database("sqlite"), disk.path) as house:
        for room in (1, 40, 100):  # bytes that its last page can take
            house.restore()
            shown = house.seals.path / "checkpoints"
            whole = shown.read_bytes().ljust(PAGE - room, b"\n")
            shown.write_bytes(whole)
            disk.fill(0)
            with pytest.raises(InputInvalid, match="the disk is full; make room"):
                house.do(deed)
            assert whole == shown.read_bytes()
            disk.clear()
            first = notes(whole.decode())[0].checkpoint.size
            sizes = [first, first, house.do(deed)]
            assert sizes == [each.checkpoint.size for each in notes(shown.read_text(encoding="utf-8"))]


def test_a_server_whose_disk_is_full_refuses_and_goes_on_with_room(tmp_path: Path, ticket_text: str) -> None:
    with reachable_folder() as folder, small_disk(folder / "disk", 160) as disk, own_server(disk.path) as server:
        engine = Engine(server.url)
        engine.create()
        engine.publish(ticket_text)
        refused: list[str] = []
        kept: list[str] = []
        for pages in (0, 2, 5, 20):
            disk.fill(pages)
            for n in range(100):
                name = f"{pages}-{n}"
                try:
                    engine.open("ticket", ANN, {"title": name, "story": os.urandom(1_500).hex()}, request_id=name)
                    kept.append(name)
                except StoreUnavailable as error:
                    told = error.text
                    refused.append(name)
                    if "磁盘已满" in told.zh and len(refused) % 3 == 0:
                        break
            disk.clear()
        for name in refused:
            engine.open("ticket", ANN, {"title": name}, request_id=name)
        print(f"\nPostgreSQL, disk full: refused {len(refused)}, fitted {len(kept)}")

        assert refused
        assert sorted(refused + kept) == sorted(case.values["title"] for case in engine.find(limit=1_000))
        assert [] == soundness.broken(engine, Folder(tmp_path), Counter(), soundness.content(engine))
        engine.close()


def _done(house: House, deed: Deed) -> tuple[object, tuple[object, ...]]:
    """What the command comes to; and what may be seen when it was refused, where it is one commit."""
    house.restore()
    before = house.state()
    house.do(deed)
    after = house.state()
    return after.without(deed.omitting), (before, after) if deed.at_once else ()


def _strained(house: House, deed: Deed, narrow: Callable[[], object], done: object, states: tuple[object, ...]) -> bool:
    """Whether the command was refused where it is `narrow`; repeated with room, it is done."""
    told: Text | None = None
    with narrow():  # type: ignore[attr-defined]
        try:
            house.do(deed)
        except StoreUnavailable as error:
            told = error.text
        house.engine.close()
    assert told is None or ("磁盘已满" in told.zh and "make room" in told.en)
    found = house.state()
    assert not states or found in states
    if deed.leases:
        house.later()
    house.do(deed)
    assert done == house.state().without(deed.omitting)
    return told is not None


@contextmanager
def _no_longer_than(house: House, pages: int) -> Iterator[None]:
    """The database may grow by so many pages."""
    engine = house.engine._connections.engine
    with house.engine.looking() as sql:
        sql.exec_driver_sql("VACUUM")
        most = sql.exec_driver_sql("PRAGMA page_count").scalar_one() + pages
    house.engine.close()

    def limit(raw: sa.PoolProxiedConnection, _: object) -> None:
        raw.execute(f"PRAGMA max_page_count={most}")  # type: ignore[attr-defined]

    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)

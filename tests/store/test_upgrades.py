"""A database written by any earlier schema is brought up to date, proves itself, and goes on; also where that was killed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

import workflow.store
from tests.conftest import ANN
from tests.store.upgrades.writing import BEGIN, HOUR, rows_of, to_revision
from workflow import signing
from workflow.core.errors import StoreUnavailable
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.proving import prove, trusted
from workflow.sealing import Folder, seal
from workflow.store import schema
from workflow.timers import fire_due

FOLDER = Path(__file__).parent / "upgrades"
WRITTEN = sorted(path.stem for path in FOLDER.glob("*.json"))
NOW = BEGIN + 2 * 24 * HOUR


@pytest.fixture
def old(kind: str, new_database: Callable[[str], str]) -> Callable[[str], str]:
    """Makes the database as it was written and gives its address."""

    def make(name: str) -> str:
        url = new_database(kind)
        data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        engine = sa.create_engine(url)
        to_revision(engine, data["schema"])
        tables = sa.MetaData()
        tables.reflect(engine)
        with engine.begin() as connection:
            for table, rows in data["tables"].items():
                connection.execute(sa.insert(tables.tables[table]), rows)
        engine.dispose()
        return url

    return make


def standing(url: str) -> tuple[list[str], Any]:
    """Which tables there are, and what stands in them."""
    engine = sa.create_engine(url)
    found = sorted(sa.inspect(engine).get_table_names()), rows_of(engine)
    engine.dispose()
    return found


def opened(url: str) -> Engine:
    return Engine(url, clock=lambda: NOW)


def test_every_earlier_schema_has_its_database() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(workflow.store.__file__).parent / "migrations"))
    revisions = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    missing = revisions - {schema.HEAD} - {name[:4] for name in WRITTEN}

    assert not missing, f"write them: python -m tests.store.upgrades.writing {' '.join(sorted(missing))}"


@pytest.mark.parametrize("name", WRITTEN)
def test_an_earlier_database_is_brought_up_to_date_and_goes_on(
    old: Callable[[str], str], name: str, tmp_path: Path
) -> None:
    engine = opened(old(name))
    if name != schema.HEAD:
        with pytest.raises(StoreUnavailable, match=rf"has schema {name[:4]}, older than this .* `casework init`"):
            engine.find()
    engine.create()

    assert () == engine.verify().findings
    first = next(each for each in engine.find("ticket") if each.values["title"] == "路灯不亮")
    assert ["open", "send", "comment"] == [each["action"] for each in engine.history(first.id)][:3]
    assert "out" == first.state
    done = engine.fire(first.id, "comment", ANN, note="升级之后")
    assert "casework" == done.receipt["log"]
    assert (
        "done" == engine.fire(f"{first.id}/task:u2", "reply", Actor("x", unit="u2"), {"answer": "好"}).file.root.state
    )
    if "errand" in {each.name for each in engine.lifecycles()}:
        with engine.looking() as sql:
            names = sql.execute(sa.text("SELECT deadline FROM timers ORDER BY deadline")).scalars().all()
        assert {"reply_due", "plan_due"} <= {*names}
        engine._clock = lambda: NOW + 200 * 24 * HOUR
        assert {"reply_due"} <= {each.deadline for each in fire_due(engine)}
    signing.create(tmp_path / "seal", "office")
    note = seal(engine, Folder(tmp_path / "seal")).note
    assert note is not None
    keys = signing.public_keys(tmp_path / "seal" / "office.pub")
    assert ((), 0) == ((p := prove(engine, trusted([note], keys, engine.origin))).findings, p.open)
    assert () == engine.verify().findings
    engine.close()


def test_bringing_up_to_date_is_killed_at_every_statement(
    old: Callable[[str], str], new_database: Callable[..., str], kind: str
) -> None:
    """All of it is undone: the database is the earlier one again, and can be brought up to date. On MariaDB, where a
    change of the schema is no part of a transaction, it is gone on with from where it was.
    """
    written = old("0001")
    before = standing(written)

    def killed(url: str, at: int) -> int:
        """How many statements there were, of which the one of that number was the last."""
        engine = sa.create_engine(url)
        seen = 0

        @sa.event.listens_for(engine, "before_cursor_execute")
        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == at:
                raise KeyboardInterrupt

        ours = opened(url)
        try:
            schema.create(engine, ours._fill)
        except KeyboardInterrupt:
            engine.dispose()
        ours.close()
        engine.dispose()
        return seen

    complete = new_database(kind, written)
    whole = killed(complete, 0)
    assert whole > 20
    for at in range(1, whole + 1, {"sqlite": 1, "postgresql": 4, "mariadb": 23}[kind]):
        url = new_database(kind, written)
        assert at == killed(url, at)
        if kind != "mariadb":
            assert before == standing(url), f"killed before statement {at} of {whole}, something stayed"
            continue
        with pytest.raises(StoreUnavailable, match="older than this"), opened(url).looking():
            pass
        again = opened(url)
        again.create()
        assert standing(complete) == standing(url), f"killed before statement {at} of {whole}, something is missing"
        again.close()
    again = opened(url)
    again.create()
    assert () == again.verify().findings
    again.close()

"""Databases as an earlier schema had them: `python -m tests.store.upgrades.writing 0007` writes 0007.json.

0001 and 0003 come from the releases of that time (0001 twice: before and after there were clocks), run through `story`; 0002
from that of 0003, 0004 and 0005 from that of 0006, each taken down by the migrations to its schema. A newer schema is written
by its own release, or taken down to. The files are kept as they are: they are what an office may have.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import workflow.store
from workflow.core.errors import Refused
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine
from workflow.store import schema

HERE = Path(__file__).parent
TESTS = HERE.parents[1]
BEGIN = 1_646_100_000_000_000  # 1 March 2022
HOUR = 3_600_000_000
SEEDED = frozenset(("calendar_days", schema.VERSION_TABLE))  # written by the migrations themselves


def to_revision(engine: sa.Engine, revision: str, *, down: bool = False) -> None:
    """Bring the schema to that migration, up or down."""
    config = Config()
    config.set_main_option("script_location", str(Path(workflow.store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes.update(connection=connection, version_table=schema.VERSION_TABLE)
        (command.downgrade if down else command.upgrade)(config, revision)


def story(engine: Engine, advance: Any) -> None:
    """Tickets and an errand with a running clock, a refusal, requests, notices, somebody registered."""
    for name in ("ticket", "clocked"):
        engine.publish((TESTS / f"{name}.yaml").read_text(encoding="utf-8"))
    ann, dan = Actor("ann", "安"), Actor("dan", "丹", groups=frozenset({"desk"}))
    unit = Actor("u1-clerk", "u1", unit="u1")
    one = engine.open("ticket", ann, {"title": "路灯不亮", "tags": ["路", "灯"]}, request_id="r-1").case.id
    other = engine.open("ticket", ann, {"title": "井盖", "urgent": True}).case.id
    engine.open("ticket", ann, {"title": "草稿"})
    for case in (one, other):
        engine.fire(case, "send", ann, request_id=f"send-{case}")
        advance(1)
        engine.fire(case, "comment", dan, note="请尽快")
    try:
        engine.fire(one, "finish", ann)
    except Refused:
        advance(1)
    for case, units in ((one, ["u1", "u2"]), (other, ["u1"])):
        engine.fire(case, "give", dan, {"units": units})
        advance(1)
        engine.fire(f"{case}/task:u1", "reply", unit, {"answer": "已办", "result": "A"})
    errand = engine.open("errand", dan).case.id
    engine.fire(errand, "give", dan, {"unit": "u1"})
    engine.fire(f"{errand}/task:u1", "sign", unit)
    engine.people.add(Party("dan", "丹", groups=("desk",)))


def rows_of(engine: sa.Engine) -> dict[str, list[dict[str, Any]]]:
    """All that stands in the tables."""
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in tables.sorted_tables
            if table.name not in SEEDED
        }
    return {name: rows for name, rows in found.items() if rows}


def main(words: Sequence[str]) -> None:
    """Write the database of one schema."""
    (revision,) = words
    now, ids = [BEGIN], count(1)

    def advance(hours: int) -> None:
        now[0] += hours * HOUR

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/story.db"
        engine = Engine(url, clock=lambda: now[0], ids=lambda: f"{next(ids):032x}")
        engine.create()
        story(engine, advance)
        engine.close()
        below = sa.create_engine(url)
        if revision != schema.HEAD:
            to_revision(below, revision, down=True)
        text = json.dumps({"schema": revision, "tables": rows_of(below)}, ensure_ascii=False, indent=1)
        below.dispose()
    (HERE / f"{revision}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

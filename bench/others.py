"""The same rows with SQLAlchemy as most people write it: Core with statements built for each call, and the ORM."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, create_engine, delete, event, insert, select, update
from sqlalchemy.orm import Session, registry

from bench.by_hand import MOVED, NOTICE, READ, RECORD, NotAllowed, worked_out
from bench.walk import Leg
from workflow.store.tables import cases, holders, notices, records


def host_engine(url: str, *, synchronous: str = "FULL") -> Engine:
    """A host's engine, with the transactions that SQLAlchemy's documentation advises for SQLite."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: Any) -> None:
            connection.isolation_level = None
            for pragma in ("busy_timeout=30000", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class Core:
    """Statements built anew for each call."""

    def __init__(self, engine: Engine, digest: str) -> None:
        self._engine = engine
        self._digest = digest

    def step(self, case: str, leg: Leg) -> None:
        with self._engine.begin() as connection:
            query = select(*(cases.c[name] for name in READ)).where(cases.c.id == case).with_for_update()
            row = connection.execute(query).one()
            w = worked_out(case, tuple(row), leg, time.time_ns() // 1000, self._digest)
            moved = connection.execute(
                update(cases)
                .where(cases.c.id == case, cases.c.records == w.seen, cases.c.links == w.links)
                .values(dict(zip(MOVED, w.moved, strict=True)))
            )
            if moved.rowcount != 1:
                raise NotAllowed(leg.action)
            held = (holders.c.case_id == case, holders.c.party == w.held)
            if w.holds is None:
                connection.execute(delete(holders).where(*held))
            else:
                connection.execute(update(holders).where(*held).values(party=w.holds, since=w.moved[3]))
            connection.execute(insert(records).values(dict(zip(RECORD, w.record, strict=True))))
            connection.execute(insert(notices), [dict(zip(NOTICE, each, strict=True)) for each in w.notices])

    def close(self) -> None:
        self._engine.dispose()


class _Case:
    pass


class _Holder:
    pass


class _Record:
    pass


class _Notice:
    pass


_registry = registry()
for _class, _table in ((_Case, cases), (_Holder, holders), (_Record, records), (_Notice, notices)):
    _registry.map_imperatively(_class, _table)


class ORM:
    """One session for each step; objects for rows."""

    def __init__(self, engine: Engine, digest: str) -> None:
        self._engine = engine
        self._digest = digest

    def step(self, case: str, leg: Leg) -> None:
        with Session(self._engine) as session, session.begin():
            row: Any = session.get_one(_Case, case, with_for_update=True)
            seen = tuple(getattr(row, name) for name in READ)
            w = worked_out(case, seen, leg, time.time_ns() // 1000, self._digest)
            _fill(row, MOVED, w.moved)
            holder: Any = session.get_one(_Holder, (case, w.held))
            if w.holds is None:
                session.delete(holder)
            else:
                holder.party, holder.since = w.holds, w.moved[3]
            session.add(_fill(_Record(), RECORD, w.record))
            session.add_all([_fill(_Notice(), NOTICE, each) for each in w.notices])

    def close(self) -> None:
        self._engine.dispose()


def _fill(row: Any, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    for name, value in zip(names, values, strict=True):
        setattr(row, name, value)
    return row

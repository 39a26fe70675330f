"""Where scenarios are played: the lifecycles of some files on a database in memory, swept clean after each scenario.

The database is made and the files are published once for each choice of settings; every scenario then runs in one
transaction that is rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from workflow.core.model import Json, Lifecycle
from workflow.engine import Engine
from workflow.loading import load_path
from workflow.testing.clock import FrozenClock
from workflow.testing.ids import CountedIds
from workflow.testing.office import Office

Settings = Mapping[str, Mapping[str, Json]]  # lifecycle -> setting -> value


class Stage:
    """Lifecycle files, and offices that work by them one after the other. Raises LifecycleInvalid for a file with problems."""

    def __init__(self, files: Iterable[Path], settings: Settings | None = None) -> None:
        self.files = tuple(files)
        self._settings = dict(settings or {})
        self._clock = FrozenClock()
        self._ids = CountedIds()
        self._engines: dict[str, tuple[sa.Engine, Engine]] = {}
        _, engine = self._engine({})
        with engine.looking():  # each is compiled here, once
            self.lifecycles: tuple[Lifecycle, ...] = tuple(engine.lifecycle(p.name) for p in engine.lifecycles())
        self._published = frozenset((each.name, each.version) for each in self.lifecycles)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """An office in which nothing has happened yet; what happens in it is forgotten at the end."""
        self._clock = FrozenClock()
        self._ids = CountedIds()
        with ExitStack() as playing:

            def restage(settings: Settings) -> Engine:
                playing.close()
                database, engine = self._engine(settings)
                connection = playing.enter_context(database.connect().execution_options(isolation_level="AUTOCOMMIT"))
                connection.exec_driver_sql("BEGIN")  # by hand: the driver would not, and all share one connection
                hosted = engine.on(connection)
                playing.callback(connection.exec_driver_sql, "ROLLBACK")
                playing.callback(self._forget, hosted)
                return hosted

            yield Office(restage({}), self._clock, restage)

    def _forget(self, hosted: Engine) -> None:
        """What a scenario itself has published is gone with it."""
        for each in hosted.lifecycles():
            if (each.name, each.version) not in self._published:
                hosted.forget_lifecycle(each.name, each.version)

    def close(self) -> None:
        """Give the databases up."""
        for database, engine in self._engines.values():
            engine.close()
            database.dispose()
        self._engines.clear()

    def _engine(self, settings: Settings) -> tuple[sa.Engine, Engine]:
        key = json.dumps(settings, sort_keys=True)
        if key not in self._engines:
            database = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
            engine = Engine(database, clock=lambda: self._clock(), ids=lambda: self._ids())
            engine.create()
            for file in self.files:
                declared = load_path(file)
                over = {**self._settings.get(declared.name, {}), **settings.get(declared.name, {})}
                engine.publish(load_path(file, settings=over) if over else declared)
            self._engines[key] = (database, engine)
        return self._engines[key]

"""The desk at which one command is run: who sits there, which database, and how answers are given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from workflow.core.errors import InputInvalid, StoreUnavailable
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow import Actor, Engine

DATABASE = "casework.db"


class Desk:
    """What every command is handed. `engine` opens the database when it is first asked for."""

    def __init__(self, person: str | None = None, db: str | None = None, as_json: bool | None = None) -> None:
        self.person = person
        self.db = db or DATABASE
        self.as_json = bool(as_json)
        self._engine: Engine | None = None

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.close()

    @property
    def engine(self) -> Engine:
        """The engine on the database; `StoreUnavailable` where there is none yet."""
        if self._engine is None:
            path = sqlite_file(self.db)
            if path is not None and not path.is_file():
                raise StoreUnavailable(
                    Text(
                        zh=f"没有数据库 {self.shown_db}；请先运行 casework init（或 casework demo），或用 --db 指明",
                        en=f"there is no database {self.shown_db}; run `casework init` (or `casework demo`) first, "
                        "or name it with --db",
                    )
                )
            self.prepare()
        assert self._engine is not None
        return self._engine

    def prepare(self) -> Engine:
        """The engine on the database, there or not."""
        self._engine = self._engine or self.connect()
        return self._engine

    def connect(self) -> Engine:
        """An engine on the database, there or not."""
        from workflow import Engine
        from workflow.store.addresses import address

        return Engine(address(self.db))

    @property
    def shown_db(self) -> str:
        """The database as a person may see it: without the password of an address."""
        from workflow.store.addresses import shown

        return shown(self.db)

    def actor(self, behalf: str | None = None) -> Actor:
        """The person that `--as` names, who may speak for `behalf`; `NotFound`, or `InputInvalid` without `--as`."""
        if self.person is None:
            raise InputInvalid(
                Text(
                    zh="请用 --as 人员编号 说明是谁在办（或设环境变量 CASEWORK_AS）；casework people list 列出人员",
                    en="say who you are with --as PERSON (or set CASEWORK_AS); `casework people list` shows who there is",
                )
            )
        return self.engine.people.actor(self.person, on_behalf_of=behalf, through="cli")

    def reader(self) -> Actor | None:
        """Who looks at cases: the person that `--as` names, else a stranger, to whom blind parts stay blind."""
        return self.actor() if self.person is not None else None

    def answer(self, data: Any, human: Callable[[], None]) -> None:
        """Print `data` as one JSON value with `--json`, else let `human` print it."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            human()


def sqlite_file(db: str) -> Path | None:
    """The file of a SQLite database; None for another database, one in memory, or one that SQLite itself has to find."""
    if "://" not in db:
        return Path(db)
    path = db.removeprefix("sqlite:///").partition("?")[0]
    plain = db.startswith("sqlite:///") and path not in ("", ":memory:") and not path.startswith("file:")
    return Path(path) if plain else None

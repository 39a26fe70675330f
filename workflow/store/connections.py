"""The connections on which steps are run: our own, one for each thread, or the host's.

Our own stay with their thread and are in the driver's autocommit mode: `begin` and `commit` are statements like the
others, and what was compiled once goes straight to the driver. On the host's connection the same texts go through
`exec_driver_sql`, so that its event listeners see them, and beginning and committing are the host's.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError, NoSuchModuleError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import StaticPool

from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text
from workflow.store import schema
from workflow.store.addresses import shown
from workflow.store.databases import manners
from workflow.store.failures import code_of, unavailable
from workflow.store.statements import Statement

_EXTRAS = {"psycopg": "postgresql", "pymysql": "mariadb"}  # what brings each driver

Values = Mapping[str, Any]


class ConnectionLost(StoreUnavailable):
    """The connection was cut, as when the server was restarted; the next one may do."""


class Conversation(Protocol):
    """A connection on which a command is carried out."""

    sql: Connection  # the same connection for queries that are not hot
    hosted: bool
    committing: bool  # whether the database was asked to commit

    def select(self, statement: Statement, values: Values) -> list[Any]:
        """Every row of the answer."""

    def change(self, statement: Statement, values: Values) -> int:
        """How many rows were changed."""

    def change_all(self, statement: Statement, values: Sequence[Values]) -> None:
        """The same statement for each of `values`."""

    def begin(self) -> None:
        """Begin to write."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Read one moment of the database, whatever others write meanwhile."""

    def commit(self) -> None:
        """Make it so."""

    def rollback(self) -> None:
        """Undo everything since `begin`."""


class Own:
    """A connection of ours; transactions are begun and ended here."""

    hosted = False

    def __init__(self, sql: Connection) -> None:
        self.sql = sql
        self.committing = False
        self.raw: Any = sql.connection.dbapi_connection
        self._manners = manners(sql.dialect)

    def __del__(self) -> None:  # the thread that had it has ended
        with suppress(Exception):  # it may have been collected before us
            self.sql.close()

    def select(self, statement: Statement, values: Values) -> list[Any]:
        cursor = self.raw.cursor()
        cursor.execute(statement.sql, statement.bind(values))
        rows: list[Any] = cursor.fetchall()
        cursor.close()
        return rows

    def change(self, statement: Statement, values: Values) -> int:
        cursor = self.raw.cursor()
        cursor.execute(statement.sql, statement.bind(values))
        count: int = cursor.rowcount
        cursor.close()
        return count

    def change_all(self, statement: Statement, values: Sequence[Values]) -> None:
        cursor = self.raw.cursor()
        if len(values) == 1:
            cursor.execute(statement.sql, statement.bind(values[0]))
        else:
            cursor.executemany(statement.sql, [statement.bind(each) for each in values])
        cursor.close()

    def begin(self) -> None:
        self._say(self._manners.begin)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        try:
            for statement in self._manners.snapshot:
                self._say(statement)
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        self._say("COMMIT")

    def rollback(self) -> None:
        with suppress(Exception):  # the connection may be gone, and the database has rolled back by itself
            self._say("ROLLBACK")

    def _say(self, sql: str) -> None:
        cursor = self.raw.cursor()
        cursor.execute(sql)
        cursor.close()


class Hosted:
    """The host's connection, inside the host's transaction."""

    hosted = True

    def __init__(self, sql: Connection) -> None:
        self.sql = sql
        self.committing = False

    def select(self, statement: Statement, values: Values) -> list[Any]:
        return list(self.sql.exec_driver_sql(statement.sql, statement.bind(values)).all())

    def change(self, statement: Statement, values: Values) -> int:
        return self.sql.exec_driver_sql(statement.sql, statement.bind(values)).rowcount

    def change_all(self, statement: Statement, values: Sequence[Values]) -> None:
        rows = [statement.bind(each) for each in values]
        self.sql.exec_driver_sql(statement.sql, rows[0] if len(rows) == 1 else rows)  # a list costs twice as much

    def begin(self) -> None:
        """The host has begun."""

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """As the host's transaction has it."""
        yield

    def commit(self) -> None:
        """The host commits."""

    def rollback(self) -> None:
        """The host rolls back."""


class Connections:
    """Gives each thread its connection. A SQLite database in memory has one, which the threads take in turn."""

    def __init__(self, database: str | Engine) -> None:
        self.engine, self._ours = (_engine(database), True) if isinstance(database, str) else (database, False)
        self._local = threading.local()
        self._all: weakref.WeakSet[Own] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._checked = False
        memory = self.engine.dialect.name == "sqlite" and isinstance(self.engine.pool, StaticPool)
        self._turn = threading.RLock() if memory else None
        # at which another process reaches the same database
        self.address = database if isinstance(database, str) and not memory else None

    @contextmanager
    def use(self) -> Iterator[Own]:
        """This thread's connection, made and its schema checked when it is first asked for.

        Raises StoreUnavailable where the database cannot be reached or has another schema.
        """
        if self._turn is None:
            yield getattr(self._local, "own", None) or self._pin()
        else:
            with self._turn:
                yield getattr(self, "_shared", None) or self._pin()

    @contextmanager
    def to_read(self) -> Iterator[Own]:
        """The same, with the driver's errors turned into StoreUnavailable (ConnectionLost where it has to be renewed)."""
        with self.use() as own:
            try:
                yield own
            except (self.driver_error, DBAPIError, ResourceClosedError) as error:
                cause = getattr(error, "orig", None) or error
                if not self.lost(cause, own):
                    raise unavailable(cause) from error
                self.forget()
                raise ConnectionLost(unavailable(cause).text) from error

    @property
    def driver_error(self) -> type[Exception]:
        """The driver's own root of errors."""
        driver: Any = self.engine.dialect.dbapi
        error: type[Exception] = driver.Error
        return error

    def lost(self, error: BaseException, own: Own) -> bool:
        """Whether the connection is gone; also where somebody within us, who had it too, has found that and dropped it."""
        return isinstance(error, ResourceClosedError) or bool(self.engine.dialect.is_disconnect(error, own.raw, None))  # type: ignore[arg-type]

    def collided(self, error: BaseException) -> bool:
        """Whether another transaction was in the way, so that beginning again will do."""
        driver: Any = self.engine.dialect.dbapi
        collisions = manners(self.engine.dialect).collisions
        return isinstance(error, driver.IntegrityError) or code_of(error) in collisions

    def answered(self, error: BaseException) -> bool:
        """Whether the database itself said no, so that nothing was committed."""
        return not manners(self.engine.dialect).unanswered(code_of(error))

    def forget(self) -> None:
        """Drop this thread's connection: it is broken, the next use makes another."""
        own = getattr(self._local, "own", None)
        if own is not None:
            self._local.own = None
            own.sql.invalidate()
            own.sql.close()

    def close(self) -> None:
        """Close every connection that was made here; the next use makes new ones."""
        with self._lock:
            for own in tuple(self._all):
                own.sql.close()
        self._local = threading.local()
        self._shared = None
        if self._ours and self._turn is None:
            self.engine.dispose()

    def _pin(self) -> Own:
        if not self._checked:
            with reachable():
                self._look()
            self._checked = True
        with reachable():
            sql = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with _kept_if_good(sql):
                manners(sql.dialect).prepare(sql)
        own = Own(sql)
        with self._lock:
            self._all.add(own)
        if self._turn is None:
            self._local.own = own
        else:
            self._shared = own
        return own

    def _look(self) -> None:
        url = self.engine.url
        if self._turn is None and url.get_backend_name() == "sqlite" and url.database and not _exists(url.database):
            raise schema.other(None)
        with self.engine.connect() as connection:
            schema.check(connection)

    _shared: Own | None = None


@contextmanager
def reachable() -> Iterator[None]:
    """Turns the driver's errors into StoreUnavailable."""
    try:
        yield
    except DBAPIError as error:
        raise unavailable(error.orig or error) from error
    except (PoolExhausted, InvalidRequestError) as error:  # the latter: it is another database than its address says
        raise unavailable(error) from error


def _engine(url: str) -> Engine:
    try:
        parsed = _parsed(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True, max_overflow=-1)  # each thread keeps one
        if parsed.database in (None, "", ":memory:"):
            return create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
        return create_engine(parsed, max_overflow=-1, connect_args={"check_same_thread": False})
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        hint = Text(
            "端口须是数字；密码里的 @ : / 要写成 %40 %3A %2F",
            "the port must be a number, and @ : / in a password are written %40 %3A %2F",
        )
        reason = hint if isinstance(error, ValueError) else _missing(error) or Text(str(error), str(error))
        raise StoreUnavailable(
            Text(
                zh=f"数据库地址 {shown(url)} 不能使用：{reason.zh}；例：sqlite:///casework.db、postgresql://主机/库名、"
                "mariadb://主机/库名",
                en=f"the database address {shown(url)} cannot be used: {reason.en}; "
                "for instance sqlite:///casework.db, postgresql://host/name or mariadb://host/name",
            )
        ) from None


def _missing(error: Exception) -> Text | None:
    """That a driver has to be installed, where that is what is wrong."""
    extra = _EXTRAS.get(getattr(error, "name", None) or "")
    if extra is None:
        return None
    return Text(
        f"没有安装它的驱动；请运行 pip install 'casework[{extra}]'",
        f"its driver is not installed; run pip install 'casework[{extra}]'",
    )


def _parsed(url: str) -> URL:
    parsed = make_url(url)
    if "@" in (parsed.host or ""):  # the end of a password; the driver would repeat it
        raise ValueError(parsed.host)
    return parsed


def _exists(path: str) -> bool:
    from pathlib import Path

    return path.startswith("file:") or Path(path).exists()


@contextmanager
def _kept_if_good(sql: Connection) -> Iterator[None]:
    """A connection that cannot be prepared is closed at once, and its file with it."""
    try:
        yield
    except BaseException:
        sql.invalidate()
        sql.close()
        raise

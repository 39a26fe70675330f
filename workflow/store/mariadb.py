"""MariaDB, and what speaks as it does (MySQL, OceanBase, TiDB; not tried).

Texts are compared byte by byte and blanks at their end count, whatever the server does with other tables: its own
default takes 'P-1' for 'p-1', 'a' for 'a ', and 𠮷 for 𡈽.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table
from sqlalchemy.exc import SQLAlchemyError

from workflow.core.errors import StoreUnavailable
from workflow.core.model import Text

DIALECTS = ("mariadb", "mysql")
OLDEST = {"mariadb": (10, 6), "mysql": (8, 0, 17)}  # with SKIP LOCKED, and a collation that compares bytes
SNAPSHOT = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",  # of the next transaction only; the others have no snapshot
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
COLLISIONS = frozenset({"1020", "1205", "1213"})  # changed since it was read, lock wait too long, deadlock
_ENDED = {
    "1053",
    "1152",
    "1158",
    "1159",
    "1160",
    "1161",
    "1180",
    "1317",
    "1927",
}  # shut down, cut, killed in the middle
_FOUND_ROWS = 2  # the driver's flag: an UPDATE that finds its row and changes nothing counts it
_SESSION = "SELECT @@SESSION.sql_mode, @@SESSION.character_set_client"
_ISOLATION = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
_FOREIGN = (
    "SELECT table_name, collation_name FROM information_schema.columns WHERE table_schema = DATABASE()"
    " AND table_name IN ({names}) AND collation_name <> '{collation}' ORDER BY table_name LIMIT 1"
)
_FROM = "brought up to date from "
_COMMENT = (
    "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '{table}'"
)
_ALONE = "SELECT GET_LOCK(CONCAT('casework ', LEFT(SHA1(DATABASE()), 20)), 600)"
_AGAIN = "SELECT RELEASE_LOCK(CONCAT('casework ', LEFT(SHA1(DATABASE()), 20)))"


def collation(dialect: Dialect) -> str:
    """The collation of every text of ours. `dialect` must have been connected."""
    return "utf8mb4_nopad_bin" if getattr(dialect, "is_mariadb", False) else "utf8mb4_0900_bin"


def table_options(dialect: Dialect) -> dict[str, str]:
    """What every table of ours is made with, as options of SQLAlchemy's; nothing on other databases."""
    if dialect.name not in DIALECTS:
        return {}
    made = {"engine": "InnoDB", "charset": "utf8mb4", "collate": collation(dialect)}
    return {f"{dialect.name}_{name}": value for name, value in made.items()}


def one_range(query: Select[Any], table: Table, index: str) -> Select[Any]:
    """`query` by this index on MariaDB, which else may walk through the table, locking what it passes."""
    for name in DIALECTS:
        query = query.with_hint(table, f"FORCE INDEX ({index})", name)
    return query


def unanswered(code: str) -> bool:
    """Whether an error at a COMMIT leaves open what became of it: the driver's own errors, or a session that ended."""
    return not code.isdigit() or code in _ENDED or not int(code) >= 1000 or 2000 <= int(code) < 3000


def prepare(sql: Connection) -> None:
    """A session of ours: READ COMMITTED. Raises StoreUnavailable where texts or numbers would come to harm."""
    kind = "mariadb" if getattr(sql.dialect, "is_mariadb", False) else "mysql"
    found: tuple[Any, ...] = sql.dialect.server_version_info or ()
    if found < OLDEST[kind]:
        wanted, there = (".".join(str(n) for n in version) for version in (OLDEST[kind], found))
        raise _refused(
            f"服务器版本 {there} 太旧；请升级到 {wanted} 或更新版本",
            f"the server has version {there}; it must be {wanted} or later",
        )
    mode, client = sql.exec_driver_sql(_SESSION).one()
    if not {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"} & set(mode.split(",")):
        raise _refused(
            f"sql_mode（{mode or '空'}）不严格，过长的文字会被悄悄截断；请在服务器上加入 STRICT_TRANS_TABLES",
            f"sql_mode ({mode or 'empty'}) is not strict, so that long texts would be cut off in silence; "
            "add STRICT_TRANS_TABLES to it on the server",
        )
    if client != "utf8mb4":
        raise _refused(
            f"连接的字符集是 {client}，存不下𠮷、𡈽等字；请从数据库地址中去掉 charset，或写 charset=utf8mb4",
            f"the connection's character set is {client}, which cannot hold 𠮷 or 𡈽; take `charset` out of the address, "
            "or write charset=utf8mb4",
        )
    if not getattr(sql.connection.dbapi_connection, "client_flag", _FOUND_ROWS) & _FOUND_ROWS:
        raise _refused(
            "连接没有使用 FOUND_ROWS；请让 SQLAlchemy 自行建立连接",
            "the connection was made without FOUND_ROWS; let SQLAlchemy make it",
        )
    sql.exec_driver_sql(_ISOLATION)


def check_tables(sql: Connection, names: list[str]) -> None:
    """Raises StoreUnavailable where a text of these tables is not compared byte by byte."""
    if sql.dialect.name not in DIALECTS:
        return
    wanted = collation(sql.dialect)
    quoted = ", ".join(f"'{name}'" for name in names)
    found = sql.exec_driver_sql(_FOREIGN.format(names=quoted, collation=wanted)).first()
    if found is not None:
        table, other = found
        change = f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE {wanted}"
        raise _refused(
            f"表 {table} 的排序规则是 {other}，会把不同的编号和姓名当作相同；请对每张表执行：{change}",
            f"table {table} has the collation {other}, which takes different numbers and names for the same; "
            f"say for each table: {change}",
        )


@contextmanager
def alone(sql: Connection) -> Iterator[None]:
    """Nobody else changes this database's schema meanwhile: changes of a schema are not part of a transaction here."""
    if sql.exec_driver_sql(_ALONE).scalar() != 1:
        raise _refused(
            "另一个 casework init 正在升级它的表，十分钟还没有完成；请等它完成后再运行",
            "another `casework init` has been changing its tables for ten minutes; run this again when that is done",
        )
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):  # the lock ends with the connection anyway
            sql.exec_driver_sql(_AGAIN)


@contextmanager
def underway(sql: Connection, table: str, found: str | None) -> Iterator[None]:
    """Keeps in the database, as a comment on `table`, from which version it is being brought up to date, until it is."""
    if sql.dialect.name not in DIALECTS or found is None:
        yield
        return
    sql.exec_driver_sql(f"ALTER TABLE {table} COMMENT = '{_FROM}{found}'")
    yield
    sql.exec_driver_sql(f"ALTER TABLE {table} COMMENT = ''")  # commits what was written, and then forgets


def begun(sql: Connection, table: str) -> str | None:
    """From which version it was being brought up to date when that was broken off; None where it was not."""
    if sql.dialect.name not in DIALECTS:
        return None
    said = sql.exec_driver_sql(_COMMENT.format(table=table)).scalar() or ""
    return str(said).removeprefix(_FROM) if said.startswith(_FROM) else None


def _refused(zh: str, en: str) -> StoreUnavailable:
    return StoreUnavailable(Text(zh=f"数据库不能使用：{zh}", en=f"the database cannot be used: {en}"))

"""Which SQL casework says, word by word: what docs/sql.md lists, and the tests hold every statement against it.

Whatever code of ours executes during a run of the tests is taken down; the hot statements are compiled for each database
whether it is there or not. `make sql` writes the page anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from workflow.store import claims, postgresql, writing
from workflow.store.databases import manners
from workflow.store.statements import Statement
from workflow.store.tables import metadata

CHECKOUT = Path(__file__).parents[1]
PAGE = CHECKOUT / "docs" / "sql.md"
DATABASES = {
    "sqlite": "sqlite://",
    "postgresql": "postgresql+psycopg://host/office",
    "mariadb": "mariadb+pymysql://host/office",
}
PHRASES = (
    "LEFT OUTER JOIN", "ORDER BY", "GROUP BY", "FOR UPDATE", "SKIP LOCKED", "UNION ALL", "IS NOT NULL", "IS NULL", "NOT NULL",
    "PRIMARY KEY", "CREATE TABLE", "CREATE UNIQUE INDEX", "CREATE INDEX", "ALTER TABLE", "ADD COLUMN", "DROP COLUMN", "DROP TABLE",
    "DROP INDEX", "INSERT INTO", "DELETE FROM", "NOT IN", "FORCE INDEX", "BEGIN IMMEDIATE", "WITHOUT ROWID", "NOT LIKE",
)  # fmt: skip
SESSION = ("BEGIN", "START", "COMMIT", "ROLLBACK", "SET", "PRAGMA", "SHOW")  # listed as they stand, not by words
_CATALOGUE = re.compile(
    r"pg_catalog|information_schema|sqlite_master|PRAGMA (main|temp)|^\s*(SHOW|DESCRIBE)|@@|VERSION\(|VARIABLES",
    re.IGNORECASE,
)
_NOISE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|%\(\w+\)s|:\w+|\b\d+\b|__\[POSTCOMPILE_\w+\]")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9.]*\(?|::|\|\||<=|>=|!=|<>|[=<>+*/-]")
_seen: dict[str, set[str]] = {name: set() for name in DATABASES}
_constructs: dict[str, Any] = {}  # by how they were said first; what is said on one database may be said on all


def take_down(
    connection: sa.Connection, cursor: object, statement: str, parameters: object, context: Any, many: bool
) -> None:
    """Listens to every engine: keeps what was said by code of ours, not by a test."""
    name = "mariadb" if connection.dialect.name == "mysql" else connection.dialect.name
    if statement in _seen[name]:
        return
    frame: Any = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if not ("site-packages" in path or path.startswith("<") or path.endswith("contextlib.py")):
            break
        frame = frame.f_back
    if frame is not None and path.startswith(str(CHECKOUT / "workflow")) and not _CATALOGUE.search(statement):
        _seen[name].add(statement)
        construct = None if context is None or context.compiled is None else context.compiled.statement
        if construct is not None and not isinstance(construct, sa.TextClause):  # a text is for one database
            _constructs[statement] = construct


def words(statement: str) -> set[str]:
    """The words of a statement that are SQL's, not ours: `SELECT`, `count()`, `<=`."""
    if statement.split()[0].upper() in SESSION:
        return {re.sub(r"\d+", "…", " ".join(statement.split()))}
    found = set()
    text = _NOISE.sub(" ", statement)
    for phrase in PHRASES:
        text, count = re.subn(rf"\b{phrase.replace(' ', chr(92) + 's+')}\b", " ", text)
        if count:
            found.add(phrase)
    for word in _WORD.findall(text):
        if (
            word.endswith("(")
            and word.isupper()
            and word[:-1] in ("IN", "VALUES", "AND", "OR", "AS", "KEY", "ON", "WHERE", "FROM", "CAST")
        ):
            found.add(word[:-1])
        elif word.endswith("("):
            found.add(word.lower() + ")") if word[:-1] not in _ours() else None
        elif word.isupper() or not word[0].isalpha():
            found.add(word)
    return found


def hot(name: str) -> set[str]:
    """The statements of a step on this database, which go to the driver directly, and how its transactions are begun."""
    dialect = _dialect(name)
    prepared = writing.Prepared(dialect)
    found = {each.sql for each in vars(prepared).values() if isinstance(each, Statement)}
    if prepared.at_once is not None:
        for count in (0, 1):
            sets = {each: (count, _columns(each)) for each in _AT_ONCE}
            found |= {postgresql._sql(moves, sets) for moves in (True, False)}
    if name in claims._CLOCKS:
        found.add(claims._CLOCKS[name])
    return found | {manners(dialect).begin, *manners(dialect).snapshot, "COMMIT", "ROLLBACK"}


def said(name: str) -> set[str]:
    """All words said to this database in this run, or that would have been, and in the hot statements."""
    dialect = _dialect(name)
    elsewhere = {str(each.compile(dialect=dialect)) for each in _constructs.values()}
    return set().union(*map(words, {*_seen[name], *hot(name), *elsewhere}))


def unlisted() -> dict[str, set[str]]:
    """The words of this run that the page does not list, by database; none where nothing was said."""
    known = listed() if any(_seen.values()) else {}
    return {name: new for name in known if (new := said(name) - known[name])}


def listed() -> dict[str, set[str]]:
    """What the page lists, by database."""
    found: dict[str, set[str]] = {name: set() for name in DATABASES}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `"):
            for name, cell in zip(DATABASES, cells[1:], strict=True):
                if cell == "x":
                    found[name].add(cells[0].strip("`").replace("\\|", "|"))
    return found


def write() -> None:
    """Write the page from what was said in this run; it must have been a run on all databases."""
    spoken = {name: said(name) for name in DATABASES}
    lines = [
        "# The SQL that casework says",
        "",
        "Written by `make sql` from what the tests made it say; a test holds every statement against this page. What each",
        "database is asked besides, about its own catalogue, is SQLAlchemy's and Alembic's.",
        "",
        f"| word | {' | '.join(DATABASES)} |",
        f"|---|{'---|' * len(DATABASES)}",
    ]
    for word in sorted(set().union(*spoken.values()), key=lambda each: (not each[0].isalpha(), each.lower(), each)):
        marks = " | ".join("x" if word in spoken[name] else " " for name in DATABASES)
        lines.append(f"| `{word.replace('|', chr(92) + '|')}` | {marks} |")
    PAGE.write_text("\n".join(lines) + "\n", "utf-8")


def _dialect(name: str) -> sa.Dialect:
    return make_url(DATABASES[name]).get_dialect()()


_AT_ONCE = (*postgresql._UPDATES, *postgresql._DELETES, *postgresql._INSERTS)


def _columns(name: str) -> tuple[str, ...]:
    if name in postgresql._INSERTS:
        return tuple(column.name for column in postgresql._INSERTS[name].columns)
    changed = postgresql._UPDATES.get(name) or postgresql._DELETES[name]
    return (*re.findall(r"u\.(\w+)", changed[1]), *(changed[2] if len(changed) == 3 else ()))


def _ours() -> set[str]:
    tables = metadata.tables.values()
    return {name for table in tables for name in (table.name, *(column.name for column in table.columns))} | {"u"}

"""How a database is called: what may be written, and what of it may be shown."""

from __future__ import annotations

import re

from workflow.core.errors import InputInvalid
from workflow.core.model import Text

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
}


def address(database: str) -> str:
    """What a person or a setting calls a database, as an address: one already, or the path of a SQLite file.

    Raises InputInvalid.
    """
    if "://" not in database:
        if "?" in database:  # in an address it begins the options
            raise InputInvalid(
                Text(
                    zh=f"数据库文件名不能含有“?”：{shown(database)}",
                    en=f"the name of a database file cannot have a '?': {shown(database)}",
                )
            )
        return f"sqlite:///{database}"
    scheme, _, rest = database.partition("://")
    return f"{_DRIVERS.get(scheme, scheme)}://{rest}"


def shown(database: str) -> str:
    """An address as it may be read by anybody: without its password and its options."""
    start, _, options = database.partition("?")
    start = re.sub(r"(:/+[^:@/]*):.*@", r"\1:***@", start)  # to the last @: a password may have one, and a slash
    if ":***@" not in start and not start.startswith("sqlite"):
        start = re.sub(r"(://[^/]*):(?!\d+(?:/|$)).*", r"\1:***", start)  # a password whose host was forgotten
    return f"{start}?…" if options else start

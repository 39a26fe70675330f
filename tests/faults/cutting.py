"""The connection to a database server, cut before or after any statement: by a network that is gone, or by an administrator.

A statement before which the line is cut never arrives; one after which it is cut was carried out, and nobody learns it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa

When = Literal["before", "after"]
Sever = Callable[[Any], None]


def unplugged(raw: Any) -> None:
    """Shut down the socket under a driver's connection."""
    line = getattr(raw, "_sock", raw)  # PyMySQL's, or libpq's own
    with socket.socket(fileno=os.dup(line.fileno())) as held:
        held.shutdown(socket.SHUT_RDWR)


def dismissed(admin: sa.Engine) -> Sever:
    """Let the server end the connection, as an administrator does who restarts it."""

    def sever(raw: Any) -> None:
        with admin.connect() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))

    return sever


class Cut:
    """Cuts the line at statement number `at` (from 1), `before` or `after` it; after it only where it changes something for good,
    for else the next statement tells the same. `lasting` is called after such a statement, `undo` where what was begun comes to
    nothing.
    """

    def __init__(
        self, at: int, when: When, sever: Sever, lasting: Callable[[], None], undo: Callable[[], None]
    ) -> None:
        self.at, self.when, self.sever, self.lasting, self.undo = at, when, sever, lasting, undo
        self.count = 0
        self.done = False
        self.where = ""
        self.early = False  # it was cut before it was ready
        self._inside = False
        self._ready: list[Any] = []

    def ready(self, raw: Any) -> None:
        self._ready.append(raw)

    def before(self, raw: Any, sql: str) -> None:
        if self.when == "before":
            self._pass(raw, sql)

    def after(self, raw: Any, sql: str) -> None:
        word = sql.split(None, 1)[0].upper()
        ended = word in ("COMMIT", "ROLLBACK")
        self._inside = (self._inside or word in ("BEGIN", "START")) and not ended
        changed = word == "COMMIT" or (not self._inside and word not in ("SELECT", "ROLLBACK", "SET", "SHOW"))
        if changed:
            self.lasting()
        if self.when == "after" and changed:
            self._pass(raw, sql)
            if self.done and self.where == sql:
                self._inside = False
                raw.cursor().execute("SELECT 1")  # the driver's own complaint, instead of the answer

    def _pass(self, raw: Any, sql: str) -> None:
        self.count += 1
        if self.count == self.at:
            self.done, self.where, self.early = True, sql, not any(raw is each for each in self._ready)
            self._inside = False
            self.undo()
            self.sever(raw)

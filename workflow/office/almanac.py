"""The calendar in force: the one an engine was given, or the database's, looked at again now and then."""

from __future__ import annotations

import time

from sqlalchemy import Connection

from workflow.core.calendar import Calendar
from workflow.store.calendar_days import stored

FRESH = 60.0  # seconds for which a calendar that was read is taken to be the one that is there


class Almanac:
    """Shared by all threads of an engine; what two of them read at once is the same."""

    def __init__(self, given: Calendar | None) -> None:
        self._given = given
        self._read: Calendar | None = None
        self._until = 0.0

    def on(self, sql: Connection) -> Calendar:
        """The calendar, read from this connection where that was not done of late."""
        if self._given is not None:
            return self._given
        now = time.monotonic()
        if self._read is None or now >= self._until:
            self._read = stored(sql)
            self._until = now + FRESH
        return self._read

    def forget(self) -> None:
        """Read it anew next time."""
        self._until = 0.0

"""Notices on the terminal: for trying a lifecycle out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Self, TextIO

from workflow.ports import Notice, Retry
from workflow_notifiers.settings import Settings


class ConsoleNotifier:
    """Prints each notice to `stream`, the standard output where none is given."""

    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    @classmethod
    def from_settings(cls, given: Mapping[str, object]) -> Self:
        """The notifier on the standard output; there is nothing to set. Raises `Misconfigured`."""
        Settings(cls.name, given, ())
        return cls()

    def send(self, notice: Notice) -> None:
        """Print recipient, number, subject and body; `Retry` where nobody reads the stream."""
        about = f" [{notice.number}]" if notice.number else ""
        lines = [f"→ {notice.to}{about} {notice.subject}", *(f"  {line}" for line in notice.body.splitlines())]
        # Looked up each time: whoever redirects the standard output means later notices too.
        stream = self._stream or sys.stdout
        try:
            print("\n".join(lines), file=stream, flush=True)
        except (OSError, ValueError) as error:
            raise Retry(f"the stream cannot be written to: {error}") from error

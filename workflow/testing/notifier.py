"""A notifier that delivers to a list."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.ports import Notice, Undelivered


class RecordingNotifier:
    """Remembers every notice in `sent`, once per key; raises the next of `failures` instead, as long as there are any.

    `calls` counts every delivery, the failed and the repeated ones too.
    """

    def __init__(self, name: str = "recording", failures: Iterable[Undelivered] = ()) -> None:
        self.name = name
        self.sent: list[Notice] = []
        self.calls = 0
        self._failures = list(failures)

    def send(self, notice: Notice) -> None:
        """Take the notice, or raise the failure that is due."""
        self.calls += 1
        if self._failures:
            raise self._failures.pop(0)
        if all(notice.key != other.key for other in self.sent):
            self.sent.append(notice)

    def to(self, party: str) -> list[Notice]:
        """What `party` was sent, in order."""
        return [notice for notice in self.sent if notice.to == party]

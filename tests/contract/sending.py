"""An office that sends notices, for whatever is about them arriving."""

from __future__ import annotations

from typing import Any

from tests.conftest import ANN
from workflow import incidents, notices
from workflow.channels import Channels
from workflow.engine import Engine
from workflow.outbox import Delivered, Policy, deliver_due
from workflow.testing import RecordingNotifier

POLICY = Policy(lease=60, send_timeout=20, attempts=3, first_wait=10, longest_wait=40, patience=25)


class Office:
    """An engine with people, a channel that records, and one worker."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.notifier = RecordingNotifier("desk")
        self.channels = Channels({"desk": self.notifier}, "desk")
        self.events: list[tuple[str, dict[str, Any]]] = []

    def deliver(self, channels: Channels | None = None, **options: Any) -> Delivered:
        told = {"worker": "w1", "policy": POLICY, "random": lambda: 0.5, **options}
        return deliver_due(
            self.engine,
            channels or self.channels,
            tell=lambda event, **facts: self.events.append((event, facts)),
            **told,
        )

    def sent(self, title: str = "路灯") -> str:
        """A ticket that was sent to the desk: one notice."""
        case = self.engine.open("ticket", ANN, {"title": title}).case.id
        self.engine.fire(case, "send", ANN)
        return case

    def only(self) -> notices.Posted:
        (posted,) = notices.listed(self.engine)
        return posted

    def incidents(self) -> list[tuple[str, str]]:
        return [(each.kind, each.about) for each in incidents.listed(self.engine)]

"""How notices are tried: how long a claim is good for, how often, and how long to wait in between."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.channels import Channels
from workflow.core.errors import InputInvalid
from workflow.core.model import Micros, Text

SECOND = 1_000_000
LONGEST_WISH = 24 * 3600  # seconds that a channel may ask us to wait


@dataclass(frozen=True, slots=True)
class Policy:
    """How notices are tried; times in seconds.

    `lease`: how long a claim is good for. `send_timeout`: the longest that one send may take; a lease shorter than
    two of them is refused, and so is a notifier that says it takes longer. `attempts`: after so many a notice is
    parked. The wait doubles from `first_wait` to `longest_wait`, give or take a half. A channel that has failed a
    notice for `patience` is an incident.
    """

    lease: float = 60
    send_timeout: float = 20
    attempts: int = 12
    first_wait: float = 30
    longest_wait: float = 3600
    patience: float = 3600

    def __post_init__(self) -> None:
        if self.lease < 2 * self.send_timeout or self.send_timeout <= 0:
            raise InputInvalid(
                Text(
                    f"租期 {self.lease:g} 秒至少须为单次发送时限 {self.send_timeout:g} 秒的两倍，否则同一通知会被重复发送",
                    f"the lease of {self.lease:g} s must be at least twice the {self.send_timeout:g} s that a send may "
                    "take, or notices would be sent twice",
                )
            )
        if self.attempts < 1 or not 0 < self.first_wait <= self.longest_wait:
            raise InputInvalid(
                Text("重试次数至少为 1，等待时间须大于 0", "at least one attempt, and waits longer than nothing")
            )

    def check(self, channels: Channels) -> None:
        """Raises InputInvalid where a notifier has a `timeout` (seconds) longer than a send may take."""
        for name, notifier in channels.notifiers.items():
            timeout = getattr(notifier, "timeout", None)
            if isinstance(timeout, (int, float)) and timeout > self.send_timeout:
                raise InputInvalid(
                    Text(
                        f"渠道“{name}”的时限 {timeout:g} 秒长于单次发送时限 {self.send_timeout:g} 秒",
                        f"the channel {name!r} may take {timeout:g} s, longer than the {self.send_timeout:g} s of a send",
                    )
                )

    def wait(self, tries: int, draw: float, wish: float | None) -> Micros:
        """How long to wait after that many failures; `draw` is from [0, 1), `wish` what the channel asked for."""
        doubled = min(self.first_wait * 2.0 ** min(tries - 1, 40), self.longest_wait)
        wanted = max(doubled * (0.5 + draw), min(wish or 0, LONGEST_WISH))
        return int(wanted * SECOND)

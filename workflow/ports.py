"""What a notifier must be: the one small door through which notices leave the office.

A notifier is installed as an entry point of the group `casework.notifiers` (see `workflow.plugins`):

    [project.entry-points."casework.notifiers"]
    pager = "acme_pager:PagerNotifier"

and needs nothing of casework but this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient, ready to be read.

    `key` is the same whenever the same notice is delivered again, so that a receiver can drop the second copy.
    `to` is the recipient's party id; `address` is where this channel finds them (an e-mail address, a telephone
    number), "" where the channel needs none. `subject` and `body` are in the recipient's language. `case` is the id
    of the case it is about, `number` the case number printed on paper, "" before there is one. `at` is the moment
    of the step that caused it, in microseconds UTC.
    """

    key: str
    to: str
    subject: str
    body: str
    case: str
    at: int
    number: str = ""
    address: str = ""


@runtime_checkable
class Notifier(Protocol):
    """Delivers notices over one channel; made by calling the entry point with the channel's options as keywords."""

    name: str
    """What people call the channel; the name of its entry point."""

    def send(self, notice: Notice) -> None:
        """Deliver it and return once the channel has taken it; raise `Retry` or `Reject` where it has not.

        The same notice may come again after a crash. Any other exception is treated as `Retry`.
        """
        ...


class Undelivered(Exception):
    """The notice did not get through; `reason` is a sentence for the person who looks after the channel."""

    again: ClassVar[bool]
    """Whether the same notice may get through later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Retry(Undelivered):
    """Not now: the channel is down, busy or full. `after` is its own wish, in seconds; None leaves it to the sender."""

    again = True

    def __init__(self, reason: str, *, after: int | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Reject(Undelivered):
    """Never like this: the address is wrong, the message is refused. A person has to look at it."""

    again = False

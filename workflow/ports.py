"""What others provide: notifiers, the one small door through which notices leave the office, and signers.

A notifier is installed as an entry point of the group `casework.notifiers` (see `workflow.plugins`):

    [project.entry-points."casework.notifiers"]
    pager = "acme_pager:PagerNotifier"

and needs nothing of casework but this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from workflow.core.checkpoint import Key
from workflow.core.model import Text


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a notice: its name as the recipient sees it, its bytes, its media type."""

    name: str
    content: bytes
    type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one recipient, ready to be read.

    `key` is the same whenever the same notice is delivered again, so that a receiver can drop the second copy.
    `to` is the recipient's party id, `name` what people call them; `address` is where this channel finds them (an
    e-mail address, a telephone number), "" where the channel needs none. `subject` and `body` are in the recipient's
    language. `case` is the id of the case it is about, "" for a digest, which is about several; `number` the case
    number printed on paper, "" before there is one. `at` is the moment of the step that caused it, in microseconds UTC.
    """

    key: str
    to: str
    subject: str
    body: str
    case: str
    at: int
    number: str = ""
    address: str = ""
    name: str = ""
    attachments: tuple[Attachment, ...] = ()


@runtime_checkable
class Notifier(Protocol):
    """Delivers notices over one channel.

    Made from the channel's settings, a plain mapping: by the entry point's `from_settings(mapping)` where it has one,
    otherwise by calling it with the settings as keywords. It raises `Misconfigured` (or any `ValueError`) for settings
    it cannot work with. It may have `timeout`, the most seconds one `send` takes; whoever lends it a notice for a
    time should lend it for twice as long.
    """

    name: str
    """What people call the channel; the name of its entry point."""

    def send(self, notice: Notice) -> None:
        """Deliver it and return once the channel has taken it; raise `Retry` or `Reject` where it has not.

        The same notice may come again after a crash. Any other exception is treated as `Retry`.
        """
        ...


class Signer(Protocol):
    """Signs checkpoints of the log. The private half of the key may be in a file, a device, or another process."""

    @property
    def key(self) -> Key:
        """The public half."""
        ...

    def sign(self, text: bytes) -> bytes:
        """The signature over `text`. Raises WorkflowError where the key cannot be used now."""
        ...


class Undelivered(Exception):
    """The notice did not get through; `reason` is a sentence for the person who looks after the channel.

    `text` is the same sentence in Chinese too, where the notifier has it. Neither ever holds a password or token.
    """

    again: ClassVar[bool]
    """Whether the same notice may get through later."""

    def __init__(self, reason: str, *, zh: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = Text(zh=zh, en=reason)


class Retry(Undelivered):
    """Not now: the channel is down, busy or full. `after` is its own wish, in seconds; None leaves it to the sender."""

    again = True

    def __init__(self, reason: str, *, after: int | None = None, zh: str = "") -> None:
        super().__init__(reason, zh=zh)
        self.after = after


class Reject(Undelivered):
    """Never like this: the address is wrong, the message is refused. A person has to look at it."""

    again = False


class Misconfigured(ValueError):
    """A channel cannot be made like this: a setting is missing, unknown or wrong, or a package is not installed."""

    def __init__(self, reason: str, *, zh: str = "") -> None:
        super().__init__(reason)
        self.text = Text(zh=zh, en=reason)

"""Checkpoints: what a log was at some moment, in a few lines that somebody has signed.

Written as C2SP has them (tlog-checkpoint, signed-note), so that a stranger's tools read them too:

    casework.example/office           the log's origin
    1234                              how many records it had
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2  the root over their leaves, base64
    at 1664582400000000               further lines: when, in microseconds UTC

    — office-2022 w5RvUUCo…           one line for each signature
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from workflow.core.ed25519 import signed

ED25519 = b"\x01"  # the kind of a key, as signed-note counts them
OTHER = b"\xff"  # a key of another kind: what it is follows, ended by a newline; we cannot check its signatures
_DASH = "\u2014 "
LONGEST = 64 * 1024  # characters of a note that is read


@dataclass(frozen=True, slots=True)
class Key:
    """The public half of a key: the name it signs under, and its bytes, which begin with its kind."""

    name: str
    data: bytes

    @property
    def hash(self) -> bytes:
        """Four bytes by which a signature says which key made it."""
        return sha256(self.name.encode() + b"\n" + self.data).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{b64encode(self.data).decode()}"

    @property
    def checkable(self) -> bool:
        """Whether its signatures can be checked here."""
        return self.data[:1] == ED25519 and len(self.data) == 33

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether this key signed `text`; False too for a kind that cannot be checked here."""
        return self.checkable and signed(text.encode(), signature, self.data[1:])


def key(text: str) -> Key:
    """The key written as `name+hash+base64`. Raises ValueError with an English sentence."""
    name, _, rest = text.strip().partition("+")
    hash, _, data = rest.partition("+")
    if not named(name):
        raise ValueError("a key is one line: name+hash+base64")
    found = Key(name, _bytes(data))
    if not found.data or found.hash.hex() != hash:
        raise ValueError(f"the hash of the key {name!r} is not {hash!r}: a character was lost or changed")
    return found


def named(name: str) -> bool:
    """Whether a key (or a log) can be called that: signed-note allows no space and no plus."""
    return bool(name) and name.isprintable() and not any(c.isspace() or c == "+" for c in name)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a note: the key's name and hash, and what it made."""

    name: str
    hash: bytes
    made: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.hash + self.made).decode()}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one moment. `at` is microseconds UTC; 0 where the note, a stranger's perhaps, does not say."""

    origin: str
    size: int
    root: bytes
    at: int = 0
    further: tuple[str, ...] = ()  # lines that we do not read

    @property
    def text(self) -> str:
        """The lines that are signed."""
        lines = [self.origin, str(self.size), b64encode(self.root).decode()]
        lines += [f"at {self.at}"] if self.at else []
        return "".join(f"{line}\n" for line in (*lines, *self.further))

    @property
    def short(self) -> str:
        """What a person can read out on the phone: size, and the first and last characters of the root."""
        digits = self.root.hex()
        return f"{self.size} {digits[:4]} {digits[4:8]} … {digits[-8:-4]} {digits[-4:]}"


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with its signatures."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.checkpoint.text + "\n" + "".join(map(str, self.signatures))

    def signers(self, keys: Iterable[Key]) -> tuple[str, ...]:
        """The names of those of `keys` that signed this. One that made a wrong signature did not."""
        text = self.checkpoint.text
        return tuple(
            each.name
            for each in keys
            if any(
                (made.name, made.hash) == (each.name, each.hash) and each.signed(text, made.made)
                for made in self.signatures
            )
        )


def note(text: str) -> Note:
    """A note from its text. Raises ValueError, with an English sentence, for what is none."""
    body, blank, rest = text.rpartition("\n\n")
    if len(text) > LONGEST or not blank or not rest.endswith("\n"):
        raise ValueError("a checkpoint is a few lines of text, a blank line, and lines of signatures")
    return Note(_checkpoint(body.split("\n")), tuple(_signature(line) for line in rest[:-1].split("\n")))


def notes(text: str) -> list[Note]:
    """The notes that stand one behind the other in a text, blank lines between them. Raises ValueError."""
    parts = re.split("\n\n+", text.strip("\n"))
    if len(parts) % 2:
        raise ValueError("a checkpoint is a few lines of text, a blank line, and lines of signatures")
    return [note(f"{body}\n\n{made}\n") for body, made in zip(parts[::2], parts[1::2], strict=True)]


def _checkpoint(lines: list[str]) -> Checkpoint:
    if len(lines) < 3 or not lines[0]:
        raise ValueError("a checkpoint begins with the log's origin, its size and its root")
    origin, size, root, *further = lines
    if not (size.isascii() and size.isdigit() and str(int(size)) == size):
        raise ValueError(f"the size of a log is a whole number, not {size[:40]!r}")
    at = 0
    if further and further[0].startswith("at ") and further[0][3:].isdecimal():
        at = int(further[0][3:])
        if at and further[0] == f"at {at}":
            further = further[1:]
        else:
            at = 0
    found = Checkpoint(origin, int(size), _bytes(root), at, tuple(further))
    if len(found.root) != 32:
        raise ValueError("the root of a log is 32 bytes, base64")
    return found


def _signature(line: str) -> Signature:
    name, _, made = line.removeprefix(_DASH).partition(" ")
    data = _bytes(made)
    if not line.startswith(_DASH) or not named(name) or len(data) < 5:
        raise ValueError(f"not a line of a signature: {line[:60]!r}")
    return Signature(name, data[:4], data[4:])


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"not base64: {text[:60]!r}") from None

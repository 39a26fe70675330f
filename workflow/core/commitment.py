"""Commitments: what stands in a record in the place of a personal value.

A commitment is a hash over a random salt and the value. Who has only the record learns nothing of the value, however few
values there could be; who has salt and value can show that it was this one and no other. Value and salt are kept beside
the records: when they are destroyed the record stays what it was, and so does every hash and proof that is built on it.
"""

from __future__ import annotations

from typing import Any

from workflow.core.hashing import hash_of

KEY = "$commitment"  # no field can have this name
SALT = 32  # bytes
_DOMAIN = b"casework personal value 1\x00"


def commitment(log: str, salt: str, text: str) -> str:
    """The commitment to a value by its canonical JSON `text`, hexadecimal, by the hash of the log with the origin `log`;
    `salt` is hexadecimal too, 32 bytes.

    Raises ValueError for a salt that is none.
    """
    grains = bytes.fromhex(salt)
    if len(grains) != SALT or len(salt) != 2 * SALT:
        raise ValueError("a salt has 32 bytes")
    return hash_of(log)(_DOMAIN + grains + text.encode()).hexdigest()


def opens(hidden: str, log: str, salt: str, text: str) -> bool:
    """Whether `hidden` is the commitment to this value in that log."""
    try:
        return commitment(log, salt, text) == hidden
    except ValueError:
        return False


def committed(value: Any) -> str | None:
    """The commitment that stands here, hexadecimal; None where something else does."""
    if type(value) is dict and len(value) == 1:
        found = value.get(KEY)
        return found if isinstance(found, str) else None
    return None

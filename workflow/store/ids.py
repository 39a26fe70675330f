"""Ids of our own: UUIDs of version 7 (RFC 9562), which sort by the time they were made, as 32 hexadecimal digits."""

from __future__ import annotations

import os
import threading
import time

_lock = threading.Lock()
_last = 0


def new_salt() -> str:
    """32 random bytes, hexadecimal."""
    return os.urandom(32).hex()


def new_id() -> str:
    """An id greater than every other made by this process before."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 of their 4096ths: later ids of one millisecond stay greater
        now = time.time_ns() * 4096 // 1_000_000
        _last = max(now, _last + 1)
        moment = _last
    noise = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return f"{moment >> 12:012x}7{moment & 0xFFF:03x}{0x8000_0000_0000_0000 | noise:016x}"

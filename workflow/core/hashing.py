"""The hash of a log: SHA-256, or SM3 (GB/T 32905) where the log's origin ends in `/sm3`. Never both in one log.

SM3 is taken from OpenSSL where `hashlib` has it, and from here where it does not: the same values, only slower.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Protocol

SM3 = "/sm3"  # how the origin of a log ends whose hash is SM3


class Hashed(Protocol):
    """What `hashlib` gives, as far as we use it."""

    def update(self, data: bytes, /) -> None:
        """More of what is hashed."""

    def digest(self) -> bytes:
        """The hash, 32 bytes."""

    def hexdigest(self) -> str:
        """The same, 64 hexadecimal digits."""


Hash = Callable[[bytes], Hashed]


def hash_of(log: str) -> Hash:
    """The hash of the log of this origin."""
    return sm3 if log.endswith(SM3) else hashlib.sha256


def hash_name(log: str) -> str:
    """What the hash of the log of this origin is called: `sha256` or `sm3`."""
    return "sm3" if log.endswith(SM3) else "sha256"


class OwnSM3:
    """SM3 in Python alone, for systems whose OpenSSL has none."""

    __slots__ = ("_length", "_rest", "_state")

    def __init__(self, data: bytes = b"") -> None:
        self._state = _BEGIN
        self._rest = b""
        self._length = 0
        self.update(data)

    def update(self, data: bytes, /) -> None:
        """More of what is hashed."""
        self._length += len(data)
        data = self._rest + data
        whole = len(data) - len(data) % 64
        for at in range(0, whole, 64):
            self._state = _compressed(self._state, data[at : at + 64])
        self._rest = data[whole:]

    def digest(self) -> bytes:
        """The hash, 32 bytes."""
        padding = b"\x80" + bytes((55 - self._length) % 64) + (8 * self._length).to_bytes(8, "big")
        data, state = self._rest + padding, self._state
        for at in range(0, len(data), 64):
            state = _compressed(state, data[at : at + 64])
        return b"".join(word.to_bytes(4, "big") for word in state)

    def hexdigest(self) -> str:
        """The same, 64 hexadecimal digits."""
        return self.digest().hex()


_Words = tuple[int, int, int, int, int, int, int, int]
_BEGIN: _Words = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip
_MOST = 0xFFFFFFFF


_ROUNDS = tuple(
    (t << n % 32 | t >> 32 - n % 32) & _MOST for n in range(64) for t in [0x79CC4519 if n < 16 else 0x7A879D8A]
)


def _compressed(state: _Words, block: bytes) -> _Words:
    """The compression function of GB/T 32905, 5.3: `block` is 64 bytes. Letters are those of the standard; words are
    turned in place and cut to 32 bits where they could grow, for calls would cost twice as much.
    """
    most = _MOST
    w = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for n in range(16, 68):
        x, y = w[n - 3], w[n - 13]
        x = w[n - 16] ^ w[n - 9] ^ (x << 15 & most | x >> 17)
        w.append((x ^ x << 15 ^ x >> 17 ^ x << 23 ^ x >> 9 ^ y << 7 ^ y >> 25 ^ w[n - 6]) & most)
    a, b, c, d, e, f, g, h = state
    for n, constant in enumerate(_ROUNDS):
        twelve = a << 12 & most | a >> 20
        x = (twelve + e + constant) & most
        ss1 = x << 7 & most | x >> 25
        if n < 16:
            tt1 = (a ^ b ^ c) + d + (ss1 ^ twelve) + (w[n] ^ w[n + 4])
            tt2 = ((e ^ f ^ g) + h + ss1 + w[n]) & most
        else:
            tt1 = (a & b | a & c | b & c) + d + (ss1 ^ twelve) + (w[n] ^ w[n + 4])
            tt2 = ((e & f | (e ^ most) & g) + h + ss1 + w[n]) & most
        a, b, c, d = tt1 & most, a, b << 9 & most | b >> 23, c
        e, f, g, h = (tt2 ^ tt2 << 9 ^ tt2 >> 23 ^ tt2 << 17 ^ tt2 >> 15) & most, e, f << 19 & most | f >> 13, g
    v = state
    return (v[0] ^ a, v[1] ^ b, v[2] ^ c, v[3] ^ d, v[4] ^ e, v[5] ^ f, v[6] ^ g, v[7] ^ h)


def _chosen() -> Hash:
    try:
        hashlib.new("sm3")
    except ValueError:
        return OwnSM3
    return partial(hashlib.new, "sm3")


sm3: Hash = _chosen()

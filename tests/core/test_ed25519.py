"""Against the vectors of RFC 8032, and against another hand's signatures."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.core.ed25519 import _BASE, _P, _same, signed

VECTORS = [  # RFC 8032, 7.1: key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_signatures_of_the_standard_hold(key: str, message: str, signature: str) -> None:
    assert signed(bytes.fromhex(message), bytes.fromhex(signature), bytes.fromhex(key))
    assert not signed(bytes.fromhex(message) + b"!", bytes.fromhex(signature), bytes.fromhex(key))


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 511))
def test_a_changed_bit_is_seen(message: bytes, bit: int) -> None:
    signature = PRIVATE.sign(message)
    assert signed(message, signature, PUBLIC)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    assert not signed(message, bytes(broken), PUBLIC)


def test_a_second_writing_of_the_same_signature_is_refused() -> None:
    signature = PRIVATE.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not signed(b"text", signature[:32] + scalar.to_bytes(32, "little"), PUBLIC)


def test_a_point_is_the_same_if_both_coordinates_are() -> None:
    """As x = X/Z and y = Y/Z. Whoever has the key can make a signature of which x alone is right."""
    x, y, _, _ = _BASE

    def scaled(x: int, y: int, z: int) -> tuple[int, int, int, int]:
        return x * z % _P, y * z % _P, z, 0

    assert _same(scaled(x, y, _P // 3), scaled(x, y, _P // 5))
    assert not _same(scaled(x, y, _P // 3), scaled(x, _P - y, _P // 5))
    assert not _same(scaled(x, y, _P // 3), scaled(_P - x, y, _P // 5))


@pytest.mark.parametrize(
    "key",
    [
        b"",
        bytes(31),
        (2**255 - 1).to_bytes(32, "little"),  # beyond the field
        (2).to_bytes(32, "little"),  # no point has this y
        (1 | 1 << 255).to_bytes(32, "little"),  # x is 0 and cannot be odd
    ],
)
def test_bytes_that_are_no_key_sign_nothing(key: bytes) -> None:
    assert not signed(b"text", PRIVATE.sign(b"text"), key)


def test_a_signature_has_64_bytes() -> None:
    assert not signed(b"text", PRIVATE.sign(b"text")[:63], PUBLIC)

"""SM3 against the two examples of GB/T 32905 and against OpenSSL; and which log has which hash."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core import hashing
from workflow.core.hashing import OwnSM3, hash_name, hash_of, sm3
from workflow.core.written import chain, leaf

EXAMPLES = [  # GB/T 32905-2016, annex A
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]


@pytest.mark.parametrize(("data", "expected"), EXAMPLES)
@pytest.mark.parametrize("hash", [OwnSM3, sm3])
def test_the_examples_of_the_standard(hash: hashing.Hash, data: bytes, expected: str) -> None:
    assert (expected, expected) == (hash(data).hexdigest(), hash(data).digest().hex())


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3 to compare with")
@given(st.binary(max_size=200))
def test_ours_is_that_of_openssl(data: bytes) -> None:
    assert hashlib.new("sm3", data).digest() == OwnSM3(data).digest()


@given(st.lists(st.binary(max_size=150), max_size=4))
def test_what_comes_in_pieces_is_hashed_as_a_whole(pieces: list[bytes]) -> None:
    whole = OwnSM3()
    for each in pieces:
        whole.update(each)
        assert 32 == len(whole.digest())  # asking in between changes nothing
    assert OwnSM3(b"".join(pieces)).hexdigest() == whole.hexdigest()


def test_without_openssls_ours_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str, data: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", none)
    assert OwnSM3 is hashing._chosen()


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
def test_openssls_is_taken_where_it_is() -> None:
    assert not isinstance(hashing._chosen()(b""), OwnSM3)


@pytest.mark.parametrize(
    ("log", "name"),
    [("casework", "sha256"), ("sm3", "sha256"), ("office.example/sm3x", "sha256"),
     ("casework/sm3", "sm3"), ("office.example/log/sm3", "sm3")],
)  # fmt: skip
def test_the_origin_says_which_hash_a_log_has(log: str, name: str) -> None:
    assert name == hash_name(log)
    assert hashlib.new(name, b"x").digest() == hash_of(log)(b"x").digest()


def test_records_of_such_a_log_are_chained_by_sm3() -> None:
    text, head = chain({"kind": "open"}, "casework/sm3", 1, "")

    assert sm3(b"\x00" + text.encode()).hexdigest() == head == leaf(text, "casework/sm3")
    assert 64 == len(head)
    assert head != leaf(text, "casework")

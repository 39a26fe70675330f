"""A commitment says nothing of the value, and fits no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.commitment import KEY, commitment, committed, opens
from workflow.core.hashing import sm3
from workflow.core.written import canonical

SALTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


def test_a_commitment_is_the_hash_that_is_documented() -> None:
    """So that anybody can work it out again in twenty years."""
    salt = "00" * 31 + "01"
    assert "854e153d6f1114a4f5772cc296928427cfb4e00e831f726d856d6827bcb08986" == commitment(
        "office", salt, '"13800000000"'
    )


def test_a_log_of_sm3_commits_by_sm3() -> None:
    assert commitment("office", "00" * 32, "1") != commitment("office/sm3", "00" * 32, "1")
    assert sm3(b"casework personal value 1\x00" + bytes(32) + b"1").hexdigest() == commitment("a/sm3", "00" * 32, "1")
    assert not opens(commitment("office/sm3", "00" * 32, "1"), "office", "00" * 32, "1")


@given(SALTS, TEXTS)
def test_what_was_committed_to_opens_it(salt: str, text: str) -> None:
    assert opens(commitment("office", salt, text), "office", salt, text)


@given(SALTS, SALTS, TEXTS, TEXTS)
def test_nothing_else_does(salt: str, other_salt: str, text: str, other: str) -> None:
    """Two openings of one commitment are one: salt and value have a boundary that cannot be moved."""
    assert ((salt, text) == (other_salt, other)) == opens(commitment("office", salt, text), "office", other_salt, other)


@given(st.lists(SALTS, min_size=2, max_size=2, unique=True))
def test_a_value_of_few_possibilities_cannot_be_told_from_its_commitment(salts: list[str]) -> None:
    """Trying them all needs the salt: under another one none of the values gives this hash."""
    hidden = commitment("office", salts[0], "true")
    assert hidden not in {commitment("office", salts[1], text) for text in ("true", "false", "null", '"A"', '"B"')}


@pytest.mark.parametrize("salt", ["", "00", "00" * 31, "00" * 33, "zz" * 32, "00 " * 32])
def test_a_salt_that_is_none_opens_nothing(salt: str) -> None:
    assert not opens(commitment("office", "00" * 32, "1"), "office", salt, "1")
    with pytest.raises(ValueError, match=r"^a salt has 32 bytes$|hexadecimal"):
        commitment("office", salt, "1")


@pytest.mark.parametrize("value", [None, "", "00" * 32, [], {}, {KEY: 1}, {KEY: "a", "b": 1}, {"commitment": "a"}])
def test_what_is_no_commitment(value: Any) -> None:
    assert None is committed(value)


def test_what_is_one() -> None:
    assert "00" == committed({KEY: "00"})
    assert '{"$commitment":"00"}' == canonical({KEY: "00"})

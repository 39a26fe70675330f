import hashlib
import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.errors import InputInvalid
from workflow.core.written import GENESIS, canonical, chain, leaf, read, writable

TEXTS = st.text(st.characters(exclude_categories=("Cs",))).map(lambda s: unicodedata.normalize("NFC", s))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_the_written_form_is_that_of_rfc_8785(value: object) -> None:
    assert rfc8785.dumps(value) == canonical(value).encode()  # type: ignore[arg-type]


@given(VALUES)
def test_writing_reading_and_writing_again_changes_nothing(value: object) -> None:
    text = canonical(value)

    assert text == canonical(json.loads(text))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "float"),
        ({"a": [{"b": 2**53}]}, "a[0].b"),
        (-(2**53), "too large"),
        ({"案": 1}, "ASCII"),
        ({1: 1}, "ASCII"),
        ("e\u0301", "NFC"),
        ("\ud800", "surrogate"),
        (b"x", "bytes"),
        ((1,), "tuple"),
    ],
)
def test_what_has_no_one_written_form_is_refused(value: object, reason: str) -> None:
    with pytest.raises(InputInvalid, match=reason.replace("[", r"\[").replace("]", r"\]")):
        canonical(value)


def test_the_place_of_what_cannot_be_written_is_found_among_what_can() -> None:
    fine = {"text": "修路", "number": 1, "yes": True, "nothing": None, "list": ["é", 2, None, False]}

    with pytest.raises(InputInvalid, match="in the audit record, list"):
        canonical({**fine, "inner": fine, "list": [fine, 1.5]})
    with pytest.raises(InputInvalid, match="key 1"):
        canonical({"inner": {1: "x"}})
    with pytest.raises(InputInvalid, match=r"inner\.text: a text must be in NFC"):
        canonical({"inner": {"text": "e\u0301"}})


def test_the_leaf_is_that_of_rfc_9162() -> None:
    assert hashlib.sha256(b"\x00{}").hexdigest() == leaf("{}", "log")


def test_each_record_names_the_leaf_of_the_one_before() -> None:
    first, head = chain({"kind": "open"}, "log", 1, "")
    second, _ = chain({"kind": "move"}, "log", 2, head)

    assert GENESIS == read(first)["prev"]
    assert (head, 2, "log", 1) == tuple(read(second)[name] for name in ("prev", "seq", "log", "v"))


def test_any_text_can_be_brought_into_a_form_that_is_written() -> None:
    assert '"é?"' == canonical(writable("e\u0301\ud800"))
    assert "ab" == writable("abc", 2)

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.checkpoint import ED25519, OTHER, Checkpoint, Key, Note, Signature, key, named, note, notes

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OFFICE = Key("office-2022", ED25519 + PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
ROOT = bytes(range(32))
STAND = Checkpoint("casework.example/office", 1234, ROOT, 1664582400000000)


def signed_by_office(checkpoint: Checkpoint) -> Note:
    return Note(checkpoint, (Signature("office-2022", OFFICE.hash, PRIVATE.sign(checkpoint.text.encode())),))


def test_a_note_is_written_as_the_standard_has_it() -> None:
    made = PRIVATE.sign(STAND.text.encode())
    assert (
        "casework.example/office\n1234\n"
        f"{b64encode(ROOT).decode()}\nat 1664582400000000\n\n"
        f"\u2014 office-2022 {b64encode(OFFICE.hash + made).decode()}\n"
    ) == str(signed_by_office(STAND))


def test_a_key_from_the_standard_is_read() -> None:
    """The verifier key that the description of Go's signed notes shows."""
    found = key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert ("PeterNeumann", "c74f20a3", True) == (found.name, found.hash.hex(), found.checkable)


def test_a_note_from_the_standard_is_checked() -> None:
    """A note of three lines could be a checkpoint; this one, of the same description, has other lines."""
    with pytest.raises(ValueError, match="begins with"):
        note("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
             "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")  # fmt: skip


def test_who_signed() -> None:
    read = note(str(signed_by_office(STAND)))
    assert ("office-2022",) == read.signers([OFFICE])
    assert () == read.signers([Key("office-2023", OFFICE.data)])
    changed = Note(Checkpoint(STAND.origin, STAND.size + 1, ROOT, STAND.at), read.signatures)
    assert () == changed.signers([OFFICE])


def test_a_kind_of_key_that_cannot_be_checked_signs_nothing_here() -> None:
    foreign = Key("ministry", OTHER + b"sm2\n" + bytes(64))
    stands = Note(STAND, (Signature("ministry", foreign.hash, bytes(64)),))
    assert not foreign.checkable
    assert () == stands.signers([foreign])
    assert foreign == key(str(foreign))


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).filter(bool)


@given(LINES, st.integers(0, 2**60), st.binary(min_size=32, max_size=32), st.integers(0, 2**53), st.lists(LINES))
def test_what_is_written_can_be_read(origin: str, size: int, root: bytes, at: int, further: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, at, tuple(further))
    if not at and further and further[0].startswith("at "):
        return
    assert checkpoint == note(str(Note(checkpoint, (Signature("a", b"1234", b"x"),)))).checkpoint


@pytest.mark.parametrize("line", ["at 0", "at 007", "at noon", "at "])
def test_a_line_that_is_no_moment_stays_a_line(line: str) -> None:
    text = f"log\n1\n{b64encode(ROOT).decode()}\n{line}\n\n— a MTIzNHg=\n"
    assert (0, (line,)) == (note(text).checkpoint.at, note(text).checkpoint.further)
    assert text == str(note(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a few lines"),
        ("log\n1\nAA==\n", "a few lines"),
        ("log\n1\n\n— a MTIzNHg=\n", "begins with"),
        ("log\n-1\nAA==\n\n— a MTIzNHg=\n", "whole number"),
        ("log\n01\nAA==\n\n— a MTIzNHg=\n", "whole number"),
        ("log\n１\nAA==\n\n— a MTIzNHg=\n", "whole number"),
        ("log\n1\nAA==\n\n— a MTIzNHg=\n", "^the root of a log is 32 bytes, base64$"),
        ("log\n1\n!\n\n— a MTIzNHg=\n", "not base64"),
        (f"log\n1\n{b64encode(ROOT).decode()}\n\nsigned\n", "line of a signature|not base64"),
        (f"log\n1\n{b64encode(ROOT).decode()}\n\n— a+b MTIzNHg=\n", "line of a signature"),
        (f"log\n1\n{b64encode(ROOT).decode()}\n\n{'x' * 61}\n", f"line of a signature: '{'x' * 60}'$"),
        (f"log\n1\n{b64encode(ROOT).decode()}\n\n— a MTIz\n", "line of a signature"),
        ("x" * 70_000 + "\n\n— a MTIzNHg=\n", "a few lines"),
    ],
)
def test_what_is_no_note_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        note(text)


@pytest.mark.parametrize(
    "text", ["", "office", "office+00000000+", f"office+00000000+{b64encode(OFFICE.data).decode()}", "a b+1+AA=="]
)
def test_what_is_no_key_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        key(text)


def test_what_a_key_may_be_called() -> None:
    assert named("政协提案委-2022")
    assert [] == [name for name in ("", "a b", "a+b", "a\u3000b", "a\n") if named(name)]


def test_a_short_form_can_be_read_out() -> None:
    assert "1234 0001 0203 … 1c1d 1e1f" == STAND.short


def test_notes_stand_one_behind_the_other() -> None:
    one, other = signed_by_office(STAND), signed_by_office(Checkpoint("casework.example/office", 1, ROOT))

    assert [one, other, one] == notes(f"{one}\n{other}\n\n{one}")
    with pytest.raises(ValueError, match="blank line"):
        notes(f"{one}\n{STAND.text}")

"""Keys: in files that only their owner reads, never overwritten; programs that sign in their place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from workflow import signing
from workflow.core.checkpoint import OTHER, Key
from workflow.core.errors import InputInvalid
from workflow.engine import Engine
from workflow.sealing import Folder, seal

TEXT = b"casework\n1\nroot\n"
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl on this machine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "seal"


def refused(match: str) -> pytest.RaisesExc[InputInvalid]:
    return pytest.raises(InputInvalid, match=match)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_private_key_is_read_by_its_owner_alone(folder: Path) -> None:
    signing.create(folder, "office")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}
    assert {"seal": 0o700, "office.private": 0o600, "office.pub": 0o644} == modes


def test_what_a_key_signs_is_known_by_its_public_half(folder: Path) -> None:
    made = signing.create(folder, "本会-2022")
    (signer,) = signing.signers(folder)
    (public,) = signing.public_keys(folder / "本会-2022.pub")

    assert made == public == signer.key
    assert public.signed(TEXT.decode(), signer.sign(TEXT))
    assert not public.signed("something else", signer.sign(TEXT))


@pytest.mark.parametrize("retired", [False, True])
def test_a_key_is_never_overwritten(folder: Path, retired: bool) -> None:
    signing.create(folder, "office")
    if retired:
        signing.retire(folder, "office")
    before = contents(folder)

    with refused("nothing was overwritten"):
        signing.create(folder, "office")
    with refused("nothing was overwritten"):
        signing.attach(folder, Key("office", OTHER + b"SM2"), ("sign",))
    assert before == contents(folder)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a/b", ".a", "a\nb"])
def test_some_names_no_key_can_have(folder: Path, name: str) -> None:
    with refused("cannot be called"):
        signing.create(folder, name)
    assert not folder.exists()


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+office", "PRIVATE+KEY+office+00000000+AQ==\n", "PRIVATE+KEY+office+00000000+?\n", "other"]
)
def test_a_damaged_private_key_does_not_sign(folder: Path, text: str) -> None:
    signing.create(folder, "office")
    if text == "other":  # whole, but the half of another pair
        signing.create(folder / "b", "office")
        text = (folder / "b" / "office.private").read_text()
    (folder / "office.private").write_text(text)

    with refused("damaged, or does not belong") as raised:
        signing.signers(folder)
    seed = text.rpartition("+")[2].strip()
    assert len(seed) < 10 or seed not in raised.value.say("zh") + raised.value.say("en")


def test_a_private_key_without_its_public_half_does_not_sign(folder: Path) -> None:
    signing.create(folder, "office")
    (folder / "office.pub").unlink()

    with refused("cannot read"):
        signing.signers(folder)


def test_a_retired_key_signs_no_more_and_keeps_its_public_half(folder: Path) -> None:
    signing.create(folder, "old")
    signing.create(folder, "new")
    signing.retire(folder, "old")

    assert ["new"] == [each.key.name for each in signing.signers(folder)]
    assert "old" == signing.public_keys(folder / "old.pub")[0].name
    with refused("no key 'old' signs .* these do: new"):
        signing.retire(folder, "old")


def test_public_keys_are_lines_of_a_file(folder: Path) -> None:
    one, other = (signing.create(folder, name) for name in ("one", "other"))
    path = folder / "all"
    path.write_text(f"# of 2022\n{one}\n\n{other}\n")

    assert [one, other] == signing.public_keys(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "no public key"), ("# nothing\n", "no public key"), ("office", "not a public key"),
     ("office+00000000+AQ==\n", "not a public key"), ("\udcff", "cannot read")],
)  # fmt: skip
def test_what_is_no_public_key_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "key.pub"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")

    with refused(sentence):
        signing.public_keys(path)


def test_a_private_key_is_not_taken_for_a_public_one(folder: Path) -> None:
    signing.create(folder, "office")

    with refused("holds a private key"):
        signing.public_keys(folder / "office.private")


# ------------------------------------------------------------ programs that sign


def program(code: str) -> tuple[str, ...]:
    return sys.executable, "-c", code


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (program("import sys; sys.exit('no token in the slot')"), r"failed \(1\): no token in the slot"),
        (program("pass"), r"failed \(0\)"),
        (("/there/is/no/such/program",), "did not end well"),
        (program("input(); input(); input(); import time; time.sleep(60)"), "did not end well"),
    ],
)
def test_a_program_that_does_not_sign_is_named(
    folder: Path, words: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sleep" in words[-1]:
        monkeypatch.setattr(signing, "LONGEST", 0.5)
    signing.attach(folder, Key("card", OTHER + b"SM2"), words)
    (signer,) = signing.signers(folder)

    with refused(sentence):
        signer.sign(TEXT)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[1]", "openssl\n"])
def test_a_damaged_command_is_named(folder: Path, text: str) -> None:
    signing.attach(folder, Key("card", OTHER + b"SM2"), ("sign",))
    (folder / "card.command").write_text(text)

    with refused("names no program"):
        signing.signers(folder)


def openssl_key(folder: Path, *kind: str) -> tuple[Path, bytes]:
    """A key made by openssl: its file, and its public half in DER."""
    folder.mkdir(exist_ok=True)
    path = folder / "key.pem"
    subprocess.run(["openssl", "genpkey", *kind, "-out", path], check=True, capture_output=True)
    shown = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True)  # fmt: skip
    return path, shown.stdout


SIGNING = 'f=$(mktemp) && cat > "$f" && openssl pkeyutl -sign -rawin {} -inkey "$0" -in "$f"; s=$?; rm -f "$f"; exit $s'


@openssl
def test_openssl_signs_with_ed25519(folder: Path, tmp_path: Path) -> None:
    path, der = openssl_key(tmp_path, "-algorithm", "ed25519")
    public = Key("openssl", b"\x01" + der[-32:])
    signing.attach(folder, public, ("sh", "-c", SIGNING.format(""), str(path)))
    (signer,) = signing.signers(folder)

    assert public.signed(TEXT.decode(), signer.sign(TEXT))


@openssl
def test_an_sm2_key_signs_beside_ours_and_openssl_checks_it(folder: Path, tmp_path: Path, desk: Engine) -> None:
    path, der = openssl_key(tmp_path, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2")
    (tmp_path / "pub.der").write_bytes(der)
    public = Key("sm2", OTHER + b"SM2\n" + b64encode(der))
    office = signing.create(folder, "office")
    signing.attach(folder, public, ("sh", "-c", SIGNING.format("-digest sm3"), str(path)))

    signed = seal(desk, Folder(folder)).note
    assert signed is not None

    assert not public.checkable
    assert ("office",) == signed.signers([office, public])
    (made,) = [each.made for each in signed.signatures if each.name == "sm2"]
    (tmp_path / "text").write_text(signed.checkpoint.text, encoding="utf-8")
    (tmp_path / "made").write_bytes(made)
    checked = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "pub.der",
         "-in", tmp_path / "text", "-sigfile", tmp_path / "made"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert 0 == checked.returncode, checked.stderr


@pytest.mark.parametrize("missing", ["cryptography.hazmat.primitives.asymmetric", "filelock"])
def test_what_is_not_installed_is_said(
    folder: Path, desk: Engine, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing.create(folder, "office")
    monkeypatch.setitem(sys.modules, missing, None)

    with refused(r"casework\[sign\]"):
        seal(desk, Folder(folder))

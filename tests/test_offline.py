"""The program that a member is given: it needs Python alone, and nothing of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ANN, DAN
from workflow import signing
from workflow.core.written import canonical
from workflow.engine import Engine
from workflow.offline import main, script
from workflow.proving import bundle
from workflow.sealing import Folder, seal

Proof = dict[str, Any]


@pytest.fixture
def proof(desk: Engine, tmp_path: Path) -> Proof:
    """A case of three records among others, proven; the key beside it."""
    signing.create(tmp_path, "office")
    signing.create(tmp_path, "stranger")
    signing.retire(tmp_path, "stranger")
    case = desk.open("ticket", ANN, {"title": "Broken lamp"}).case.id
    desk.open("ticket", ANN, {"title": "Other"})
    desk.fire(case, "send", ANN)
    desk.fire(case, "comment", DAN, note="hurry")
    note = seal(desk, Folder(tmp_path)).note
    assert note is not None
    return bundle(desk, case, note)


def checked(
    tmp_path: Path, proof: object, *keys: str, program: str = "check_proof.py"
) -> subprocess.CompletedProcess[str]:
    """By a bare interpreter: no site-packages, no environment, and it cannot find us."""
    (tmp_path / "check_proof.py").write_text(script(), encoding="utf-8")
    text = proof if isinstance(proof, str) else json.dumps(proof)
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", program, "proof.json", *keys],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_script_imports_nothing_of_ours() -> None:
    imported = re.findall(r"^\s*(?:from|import) (\w+)", script(), re.M)

    assert not {name for name in imported if name not in sys.stdlib_module_names}


def test_a_good_proof_is_read_out(tmp_path: Path, proof: Proof) -> None:
    done = checked(tmp_path, proof, "office.pub")

    assert (0, "") == (done.returncode, done.stderr)
    assert "T-001: 3 records proved / 已证明 3 条记录" == done.stdout.splitlines()[0]
    assert "draft → sent" in done.stdout
    assert "(office)" in done.stdout


def test_newer_records_are_counted_as_open(tmp_path: Path, proof: Proof) -> None:
    done = checked(tmp_path, proof | {"open": 2}, "stranger.pub", "office.pub")

    assert 0 == done.returncode
    assert "2 newer records are not proved yet" in done.stdout


def _record(change: Callable[[dict[str, Any]], object], n: int) -> Callable[[Proof], object]:
    def tamper(proof: Proof) -> None:
        entry = json.loads(proof["records"][n]["record"])
        change(entry)
        proof["records"][n]["record"] = canonical(entry)

    return tamper


TAMPERED: dict[str, tuple[Callable[[Proof], object], str]] = {
    "a record": (_record(lambda entry: entry.update(note="never said"), 2), "record 3 is not in the log"),
    "its place": (lambda proof: proof["records"][1].update(position=4), "record 2 is not in the log"),
    "its path": (lambda proof: proof["records"][1]["path"].reverse(), "record 2 is not in the log"),
    "the first left out": (lambda proof: proof["records"].pop(0), "a record is missing before"),
    "one in the middle left out": (lambda proof: proof["records"].pop(1), "a record is missing before"),
    "two swapped": (lambda proof: proof["records"].reverse(), "a record is missing before"),
    "the root": (lambda proof: proof.update(checkpoint=proof["checkpoint"].replace("\n5\n", "\n6\n")), "no signature"),
    "no note": (lambda proof: proof.update(checkpoint="signed"), "blank line"),
    "no path": (lambda proof: proof["records"][1].pop("path"), "path"),
    "no list": (lambda proof: proof.update(records=7), "int"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_in_a_proof_is_found(tmp_path: Path, proof: Proof, what: str) -> None:
    tamper, sentence = TAMPERED[what]
    tamper(proof)
    done = checked(tmp_path, proof, "office.pub")

    assert 1 == done.returncode
    assert "NOT PROVED / 不能证明" in done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_another_key_proves_nothing(tmp_path: Path, proof: Proof) -> None:
    done = checked(tmp_path, proof, "stranger.pub")

    assert 1 == done.returncode
    assert "没有所给公钥的有效签名" in done.stderr


@pytest.mark.parametrize("keys", [(), ("none.pub",)])
def test_without_a_key_it_cannot_be_checked(tmp_path: Path, proof: Proof, keys: tuple[str, ...]) -> None:
    assert 2 == checked(tmp_path, proof, *keys).returncode


@pytest.mark.parametrize("text", ["", "{"])
def test_what_is_no_json_cannot_be_checked(tmp_path: Path, proof: Proof, text: str) -> None:
    done = checked(tmp_path, text, "office.pub")

    assert 2 == done.returncode
    assert "cannot read / 读不了" in done.stderr


def test_the_module_is_the_script(tmp_path: Path, proof: Proof, capsys: pytest.CaptureFixture[str]) -> None:
    done = checked(tmp_path, proof, "office.pub")

    assert 0 == main([str(tmp_path / "proof.json"), str(tmp_path / "office.pub")])
    assert done.stdout == capsys.readouterr().out


@pytest.mark.parametrize("lacking", [False, True], ids=["OpenSSL's", "ours"])
def test_a_proof_of_a_log_of_sm3_needs_nothing_either(
    sqlite: str, make_engine: Callable[..., Engine], ticket_text: str, tmp_path: Path, lacking: bool
) -> None:
    """Also where the member's Python has no SM3."""
    engine = make_engine(sqlite, origin="office.example/sm3")
    engine.publish(ticket_text)
    signing.create(tmp_path, "office")
    case = engine.open("ticket", ANN, {"title": "Broken lamp"}).case.id
    engine.fire(case, "send", ANN)
    note = seal(engine, Folder(tmp_path)).note
    assert note is not None
    made = bundle(engine, case, note)
    none = "import hashlib\ndef new(name, data=b''):\n    raise ValueError(name)\nhashlib.new = new\n"
    (tmp_path / "check.py").write_text(
        f"{none if lacking else ''}exec(open('check_proof.py').read())", encoding="utf-8"
    )

    done = checked(tmp_path, made, "office.pub", program="check.py")
    assert (0, "") == (done.returncode, done.stderr)
    assert "T-001: 2 records proved" in done.stdout
    assert "office.example/sm3" in done.stdout
    made["records"][0]["record"] = made["records"][0]["record"].replace("lamp", "lump")
    assert 1 == checked(tmp_path, made, "office.pub", program="check.py").returncode

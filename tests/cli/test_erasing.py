"""`show --personal`, `people erase` and `audit prove --with-personal`, typed by a clerk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Casework = Callable[..., Any]
PRIVATE = Path(__file__).parents[1] / "private.yaml"
PHONE, STREET = "13800001111", "Quiet Lane 12"
AS = ("--as", "clerk01")


@pytest.fixture
def desk(office: Casework) -> Casework:
    assert 0 == office("people", "add", "clerk01", "王敏", "--group", "desk").code
    assert 0 == office("people", "add", "member01", "李明", "--channel", "email=lm@example.org").code
    assert 0 == office("lifecycle", "publish", str(PRIVATE)).code
    return office


@pytest.fixture
def case(desk: Casework) -> str:
    """An enquiry that has ended."""
    words = ("title=问路", f"phone={PHONE}", "age=41", f"home={STREET}:X")
    found = desk("open", "enquiry", "--as", "member01", *words, "--json")
    assert 0 == found.code, found.err
    id = found.json["case"]["id"]
    assert PHONE not in found.out
    for action, who in (("send", "member01"), ("end", "clerk01")):
        assert 0 == desk("do", id, action, "--as", who).code
    return str(id)


def test_a_case_is_shown_without_what_is_personal(desk: Casework, case: str) -> None:
    for words in (["show", case], ["show", case, *AS], ["list"], ["history", case], ["audit", "export", *AS]):
        for form in ([], ["--json"]):
            said = desk(*words, *form)
            assert 0 == said.code
            assert [] == [word for word in (PHONE, STREET) if word in said.out], words
    assert "电话    （个人信息，用 --personal 查看）" in desk("show", case).out
    assert "Telephone  (personal; see it with --personal)" in desk("show", case, "--lang", "en").out
    shown = desk("show", case, "--json").json
    assert (["age", "home", "phone"], []) == (shown["withheld"], shown["erased"])
    assert "phone" not in shown["values"]


def test_who_has_a_role_sees_it_and_the_history_says_so(desk: Casework, case: str) -> None:
    assert PHONE in desk("show", case, "--personal", *AS).out
    shown = desk("show", case, "--personal", *AS, "--json").json
    assert (PHONE, []) == (shown["values"]["phone"], shown["withheld"])
    assert "查看个人信息 age、home、phone" in desk("history", case).out
    assert "read personal values age, home, phone" in desk("history", case, "--lang", "en").out


def test_others_do_not_see_it(desk: Casework, case: str) -> None:
    assert 2 == desk("show", case, "--personal").code
    refused = desk("show", case, "--personal", "--as", "doctor")
    assert 3 == refused.code
    assert "担任角色" in refused.err
    assert PHONE not in refused.out + refused.err
    assert "未准" in desk("history", case).out


def test_a_plan_says_what_would_be_erased_and_erases_nothing(desk: Casework, case: str) -> None:
    said = desk("people", "erase", "member01", "--note", "本人要求", "--plan", *AS)
    assert 0 == said.code
    assert "3 项（age、home、phone）" in said.out
    assert "member01：1 件中的 3 项个人信息，以及在人员登记中的姓名和通知地址" in said.out
    assert PHONE not in said.out
    planned = desk("people", "erase", "member01", "--note", "x", "--plan", *AS, "--json").json
    assert (False, 3, 0, True) == tuple(planned[name] for name in ("erased", "values", "plain", "entry"))
    assert PHONE in desk("show", case, "--personal", *AS).out


def test_it_is_erased_when_it_was_agreed_to(desk: Casework, case: str) -> None:
    said = desk("people", "erase", "member01", "--note", "本人要求", *AS, input="n\n")
    assert (2, True) == (said.code, "没有抹去任何内容" in said.err)
    said = desk("people", "erase", "member01", "--note", "本人要求", *AS, input="y\n")
    assert (0, True) == (said.code, "已抹去 3 项个人信息" in said.out), said.err

    assert "电话    （已抹去）" in desk("show", case).out
    assert "Telephone  (erased)" in desk("show", case, "--lang", "en", "--personal", *AS).out
    assert ["age", "home", "phone"] == desk("show", case, "--json").json["erased"]
    told = desk("history", case)
    assert "抹去个人信息 age、home、phone" in told.out
    assert "本人要求" in told.out
    person = desk("people", "show", "member01").out
    assert ("（已抹去）" in person, "lm@example.org" in person) == (True, False)
    verified = desk("audit", "verify")
    assert (3, True) == (verified.code, "其中 3 项个人信息已抹去" in verified.out)
    assert 3 == desk("audit", "verify", "--json").json["erased"]
    assert "3 personal values were erased" in desk("audit", "verify", "--lang", "en").out


def test_programs_say_yes_beforehand(desk: Casework, case: str) -> None:
    asked = desk("people", "erase", "member01", "--note", "x", *AS, "--json")
    assert (2, True) == (asked.code, "--yes" in asked.err)
    done = desk(
        "people", "erase", "member01", "--note", "x", "--case", case, "--field", "phone", "--yes", *AS, "--json"
    )
    assert (0, True, 1, False) == (done.code, done.json["erased"], done.json["values"], done.json["entry"])
    assert {"case": case, "number": None, "open": False, "fields": ["phone"], "values": 1, "plain": 0} == done.json[
        "cases"
    ][0]
    assert STREET in desk("show", case, "--personal", *AS).out


def test_an_open_case_is_named(desk: Casework, case: str) -> None:
    opened = desk("open", "enquiry", "--as", "member01", "title=x", f"phone={PHONE}", "--json").json["case"]["id"]
    said = desk("people", "erase", "member01", "--note", "x", "--yes", *AS)
    assert (2, True) == (said.code, "--even-open" in said.err)
    assert "（未办结）" in desk("people", "erase", "member01", "--note", "x", "--plan", *AS).out
    assert 0 == desk("people", "erase", "member01", "--note", "x", "--yes", "--even-open", *AS).code
    assert "（已抹去）" in desk("show", opened).out


def test_what_must_be_said(desk: Casework, case: str) -> None:
    assert 2 == desk("people", "erase", "member01", "--yes", *AS).code
    assert 2 == desk("people", "erase", "member01", "--note", "x", "--yes").code
    nobody = desk("people", "erase", "member0", "--note", "x", "--yes", *AS)
    assert (5, True) == (nobody.code, "member01" in nobody.err)


def test_a_proof_with_personal_values_is_checked_at_home(desk: Casework, case: str, here: Path) -> None:
    assert 0 == desk("audit", "key", "create", "office").code
    assert 0 == desk("audit", "seal").code
    assert 2 == desk("audit", "prove", case, "--out", "p.json", "--with-personal").code
    assert 0 == desk("audit", "prove", case, "--out", "bare.json").code
    assert 0 == desk("audit", "prove", case, "--out", "p.json", "--with-personal", *AS).code
    (here / "check.py").write_text(desk("audit", "prove", "--script").out, encoding="utf-8")
    assert 0 == desk("people", "erase", "member01", "--note", "x", "--yes", *AS).code

    assert f'phone = "{PHONE}"' in home(here, "p.json", 0)
    assert PHONE not in home(here, "bare.json", 0) + (here / "bare.json").read_text("utf-8")
    made = json.loads((here / "p.json").read_text("utf-8"))
    made["personal"][0]["value"] = '"0571"'
    (here / "p.json").write_text(json.dumps(made), "utf-8")
    assert "没有记录载有" in home(here, "p.json", 1)


def home(here: Path, proof: str, code: int) -> str:
    """The member's own computer: Python and nothing else."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "check.py", proof, "casework-seal/office.pub"],
        cwd=here, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert code == done.returncode, done.stderr
    return done.stdout + done.stderr

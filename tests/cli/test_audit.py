"""`audit …`: an auditor at the command line, in both languages, with everything that can be typed wrong."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from workflow.testing import RecordingNotifier

Casework = Callable[..., Any]

KEY, CHECKPOINTS = "casework-seal/本会.pub", "casework-seal/checkpoints"
PROOF = ("--key", KEY, "--checkpoint", CHECKPOINTS)


@pytest.fixture
def sealed(letter: str, office: Casework) -> str:
    """The number of a letter whose records are sealed and signed."""
    assert 0 == office("audit", "key", "create", "本会").code
    assert 0 == office("audit", "seal").code
    return letter


def sql(here: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(here / "casework.db")) as database, database:
        database.execute(statement, values)


# ------------------------------------------------------------ keys


def test_a_key_is_made_listed_and_retired(office: Casework, here: Path) -> None:
    made = office("audit", "key", "create", "本会", "--json")
    assert (0, "本会", True) == (made.code, made.json["name"], made.json["checkable"])
    assert made.json["public"] == (here / KEY).read_text("utf-8").strip()
    private = (here / "casework-seal/本会.private").read_text("utf-8").strip()
    told = office("audit", "key", "create", "next", "--lang", "en")
    assert "hand it to the auditor" in told.out
    assert "请交给审计人" in office("audit", "key", "create", "三", "--lang", "zh").out
    for words in (["list"], ["list", "--json"], ["retire", "next"], ["list"]):
        said = office("audit", "key", *words)
        assert 0 == said.code
        assert private.rpartition("+")[2] not in said.out + said.err
    assert ["三", "本会"] == [each["name"] for each in office("audit", "key", "list", "--json").json]


def test_a_program_signs_for_a_key(office: Casework, here: Path) -> None:
    office("audit", "key", "create", "one", "--folder", "other")
    public = (here / "other" / "one.pub").read_text("utf-8").strip()
    assert 0 == office("audit", "key", "attach", public, "--", "openssl", "pkeyutl", "-sign").code
    assert '["openssl", "pkeyutl", "-sign"]\n' == (here / "casework-seal" / "one.command").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["create", "a b"], "不可用：不能为空", "cannot be called 'a b'"),
        (["create", "本会"], "没有覆盖", "nothing was overwritten"),
        (["retire", "没有"], "现有：本会", "these do: 本会"),
        (["attach", "nonsense", "true"], "不是公钥：nonsense", "not a public key"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(office: Casework, words: list[str], zh: str, en: str) -> None:
    office("audit", "key", "create", "本会")
    for language, sentence in (("zh", zh), ("en", en)):
        said = office("audit", "key", *words, "--lang", language)
        assert 2 == said.code
        assert sentence in said.err


def test_no_key_is_said(office: Casework) -> None:
    assert "没有密钥" in office("audit", "key", "list", "--lang", "zh").out
    assert "no key signs" in office("audit", "key", "list", "--lang", "en").out
    assert [] == office("audit", "key", "list", "--json").json


# ------------------------------------------------------------ sealing


def test_sealing_says_what_was_sealed(sealed: str, office: Casework) -> None:
    assert "the log has 3 records, 0 of them new" in office("audit", "seal", "--lang", "en").out
    office("do", sealed, "remark", "--as", "member01", "--note", "已解决")
    said = office("audit", "seal", "--lang", "zh")
    assert "日志 4 条，新封存 1 条" in said.out
    assert "检查点：4 " in said.out
    assert {"size", "new", "checkpoint"} == set(office("audit", "seal", "--json").json)


def test_checkpoints_are_listed(sealed: str, office: Casework) -> None:
    shown = office("audit", "checkpoints", "--json").json
    assert [3] == [each["size"] for each in shown]
    assert shown[0]["short"] in office("audit", "checkpoints").out
    assert "本会" in office("audit", "checkpoints").out


def test_without_a_folder_or_a_checkpoint_what_to_do_is_said(office: Casework) -> None:
    for language, none, folder in (
        ("zh", "还没有签署过", "audit key create"),
        ("en", "no checkpoint", "make a key first"),
    ):
        assert none in office("audit", "checkpoints", "--lang", language).out
        said = office("audit", "seal", "--lang", language)
        assert 2 == said.code
        assert folder in said.err


def test_a_witness_is_told_and_missed(
    sealed: str, office: Casework, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "casework-seal" / "witnesses").write_text("paper 审计局\n", encoding="utf-8")
    said = office("audit", "seal", "--lang", "zh")
    assert 2 == said.code
    assert "witnesses:1：没有配置渠道“paper”；现有：console。请用 --channels 指明渠道文件" in said.err
    (here / "channels.toml").write_text(
        '[paper]\nnotifier = "file"\npath = "no/such/folder/out.jsonl"\n', encoding="utf-8"
    )
    said = office("audit", "seal", "--channels", "channels.toml", "--lang", "en")
    assert (0, True) == (said.code, "1 were not reached" in said.err)
    assert "seal" in {each["kind"] for each in office("incidents", "list", "--json").json}
    (here / "channels.toml").write_text('[paper]\nnotifier = "file"\npath = "out.jsonl"\n', encoding="utf-8")
    assert "" == office("audit", "seal", "--channels", "channels.toml").err
    assert "审计局" in (here / "out.jsonl").read_text("utf-8")


def test_the_worker_seals(sealed: str, office: Casework, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflow.channels import Channels

    monkeypatch.setattr("workflow.channels.read_channels", lambda path: Channels({"p": RecordingNotifier("p")}, "p"))
    office("do", sealed, "remark", "--as", "member01", "--note", "已解决")
    said = office("worker", "--once", "--seal", "casework-seal", "--log", "log.jsonl")
    assert 0 == said.code
    events = [json.loads(line) for line in (here / "log.jsonl").read_text("utf-8").splitlines()]
    assert [4] == [each["size"] for each in events if each["event"] == "sealed"]
    assert 0 == office("audit", "verify", *PROOF).code
    monkeypatch.setenv("CASEWORK_SEAL", "nowhere")
    said = office("worker", "--once")
    assert 2 == said.code
    assert "casework audit key create" in said.err


def test_a_restored_backup_stops_the_sealer_until_the_auditor_begins_anew(
    sealed: str, office: Casework, here: Path
) -> None:
    old = (here / "casework.db").read_bytes()
    office("do", sealed, "remark", "--as", "member01", "--note", "已解决")
    office("audit", "seal")
    for beside in here.glob("casework.db-*"):
        beside.unlink()
    (here / "casework.db").write_bytes(old)

    said = office("audit", "seal", "--lang", "zh")
    assert 1 == said.code
    assert "库中只有 3 条已封存的记录，而已签署 4 条" in said.err
    assert "seal" in {each["kind"] for each in office("incidents", "list", "--json").json}
    found = office("audit", "verify", *PROOF, "--lang", "en")
    assert 1 == found.code
    assert "the whole log: truncated by 1: 4 records were signed, there are 3" in found.out

    assert 2 == office("audit", "reanchor", "--note", "恢复备份").code  # by whom?
    assert 2 == office("audit", "reanchor", "--as", "clerk01").code  # why?
    said = office("audit", "reanchor", "--as", "clerk01", "--note", "服务器损坏，恢复备份", "--lang", "zh")
    assert 0 == said.code
    assert "日志 4 条，新封存 1 条" in said.out
    assert [] == office("incidents", "list", "--json").json
    assert 0 == office("audit", "seal").code


# ------------------------------------------------------------ verifying


def test_what_is_signed_and_untouched_is_proven(sealed: str, office: Casework) -> None:
    said = office("audit", "verify", *PROOF, "--json")

    assert (0, True, 3, 3, 0) == (said.code, *(said.json[name] for name in ("good", "sealed", "covered", "open")))
    assert "核对无误：" in office("audit", "verify", *PROOF, "--lang", "zh").out


def test_without_a_checkpoint_nothing_is_proven(sealed: str, office: Casework) -> None:
    said = office("audit", "verify", "--lang", "zh")
    assert (3, True) == (said.code, "不能证明没有被整体改写" in said.err)
    assert "that nobody rewrote all of it is not proven" in office("audit", "verify", "--lang", "en").err


def test_an_unsealed_tail_is_told_of_all_or_of_one_case(sealed: str, office: Casework) -> None:
    other = office("open", "letter", "--as", "member01", "title=另一件", "--json").json["case"]["id"]
    said = office("audit", "verify", *PROOF, "--lang", "en")
    assert (3, True) == (said.code, "the first 3 records are proven; 1 are newer" in said.err)
    assert 0 == office("audit", "verify", sealed, *PROOF).code
    assert 3 == office("audit", "verify", other, *PROOF).code


def test_a_changed_record_is_named(sealed: str, office: Casework, here: Path) -> None:
    sql(here, "UPDATE records SET body = replace(body, '修路', '修桥') WHERE kind = 'open'")
    said = office("audit", "verify", *PROOF, "--lang", "zh")

    assert 1 == said.code
    assert f"{sealed} 第 1 条记录 (" in said.out
    assert "member01)：记录内容与其摘要不符" in said.out
    assert "请保留现场" in said.err


def test_since_the_last_time_only_newer_files_are_looked_at(sealed: str, office: Casework) -> None:
    office("open", "letter", "--as", "member01", "title=另一件")
    office("audit", "seal", "--folder", "casework-seal")
    said = office("audit", "verify", "--since", CHECKPOINTS, "--key", KEY, "--json")
    assert (0, 4, 0) == (said.code, said.json["since"], said.json["files"])
    said = office("audit", "verify", "--since", CHECKPOINTS, "--key", KEY, "--lang", "zh")
    assert "其余各件的内容以上次核对为准" in said.out


def test_a_receipt_is_checked(letter: str, office: Casework, here: Path) -> None:
    done = office("do", letter, "remark", "--as", "member01", "--note", "已解决", "--json")
    (here / "receipt.json").write_text(done.out, encoding="utf-8")
    assert 3 == office("audit", "verify", "--receipt", "receipt.json").code
    sql(here, "DELETE FROM records WHERE action = 'remark'")
    said = office("audit", "verify", "--receipt", "receipt.json", "--lang", "en")
    assert 1 == said.code
    assert "for which there is a receipt, is gone" in said.out


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["--key", KEY], "检查点须连同签署人的公钥给出", "is checked with the public key"),
        (["--checkpoint", CHECKPOINTS], "检查点须连同签署人的公钥给出", "is checked with the public key"),
        (["--since", CHECKPOINTS], "检查点须连同签署人的公钥给出", "is checked with the public key"),
        (["--key", "no.pub", "--checkpoint", CHECKPOINTS], "读不到文件 no.pub", "cannot read no.pub"),
        (["--key", KEY, "--checkpoint", "none"], "读不到文件 none", "cannot read none"),
        (["--key", "casework-seal/本会.private", "--checkpoint", CHECKPOINTS], "是私钥", "holds a private key"),
        (["--key", CHECKPOINTS, "--checkpoint", CHECKPOINTS], "里不是公钥", "not a public key in"),
        (["--key", KEY, "--checkpoint", KEY], "里不是检查点", "no checkpoint in"),
        (["--key", "other/b.pub", "--checkpoint", CHECKPOINTS], "没有给出的公钥的有效签名", "has no good signature"),
        (["--receipt", KEY], "不是回执", "is no receipt"),
        (["--chekpoint", CHECKPOINTS], "--chekpoint", "--checkpoint"),
        (["没有这件"], "没有这件", "没有这件"),
    ],
)
def test_what_cannot_be_checked_is_said(sealed: str, office: Casework, words: list[str], zh: str, en: str) -> None:
    office("audit", "key", "create", "b", "--folder", "other")
    for language, sentence in (("zh", zh), ("en", en)):
        said = office("audit", "verify", *words, "--lang", language)
        assert 2 == said.code, said
        assert sentence in said.err
        assert "Traceback" not in said.err


def test_a_checkpoint_of_another_office_is_not_compared(sealed: str, office: Casework, here: Path) -> None:
    note = (here / CHECKPOINTS).read_text("utf-8")
    assert note.startswith("casework\n")
    (here / "forged").write_text(note.replace("casework\n", "elsewhere\n", 1), encoding="utf-8")
    said = office("audit", "verify", "--key", KEY, "--checkpoint", "forged", "--lang", "zh")
    assert (2, True) == (said.code, "属于日志“elsewhere”，本库是“casework”" in said.err)


def test_no_database_is_no_verdict(run: Casework) -> None:
    said = run("audit", "verify")

    assert 2 == said.code
    assert "casework init" in said.err


# ------------------------------------------------------------ proving and exporting


def test_a_member_checks_the_proof_of_his_letter(sealed: str, office: Casework, here: Path) -> None:
    made = office("audit", "prove", sealed, "--out", "proof.json", "--json")
    assert (0, sealed, 2, 0) == (made.code, made.json["case"], made.json["records"], made.json["open"])
    (here / "check_proof.py").write_text(office("audit", "prove", "--script").out, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "check_proof.py", "proof.json", KEY],
        cwd=here, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr)
    assert f"{sealed}: 2 records proved" in done.stdout

    again = office("audit", "prove", sealed, "--out", "proof.json", "--lang", "zh")
    assert (2, True) == (again.code, "请另取一个名字" in again.err)


def test_a_proof_says_what_it_does_not_prove(sealed: str, office: Casework, here: Path) -> None:
    office("do", sealed, "remark", "--as", "member01", "--note", "已解决")
    said = office("audit", "prove", sealed, "--out", "proof.json", "--lang", "zh")

    assert (3, True) == (said.code, "另有 1 条在检查点之后" in said.err)
    assert 1 == json.loads((here / "proof.json").read_text("utf-8"))["open"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "请说明哪一件"),
        (["X-1", "--out", "p.json"], 5, "没有这一件“X-1”"),
        (["--out", "p.json"], 2, "请说明哪一件"),
        (["{letter}", "--out", "p.json", "--checkpoint", "none"], 2, "读不到文件 none"),
        (["{letter}", "--out", "no/folder/p.json"], 2, "no/folder"),
    ],
)
def test_a_proof_that_cannot_be_made_is_explained(
    sealed: str, office: Casework, here: Path, words: list[str], code: int, sentence: str
) -> None:
    said = office("audit", "prove", *(word.format(letter=sealed) for word in words), "--lang", "zh")

    assert code == said.code, said
    assert sentence in said.err
    assert not (here / "p.json").exists()


def test_what_is_printed_bears_the_checkpoint(sealed: str, office: Casework, here: Path) -> None:
    short = office("audit", "checkpoints", "--json").json[0]["short"]

    assert short in office("show", sealed).out
    assert short == office("show", sealed, "--json").json["checkpoint"]
    said = office("audit", "export", "--out", "all.jsonl", "--as", "clerk01", "--json")
    assert short == said.json["checkpoint"]
    assert f"最近的检查点：{short}" in office("audit", "export", "--as", "clerk01", "--lang", "zh").err
    office("do", sealed, "remark", "--as", "member01", "--note", "已解决")
    assert short not in office("show", sealed).out  # it does not cover the newest record
    assert None is office("show", sealed, "--json").json["checkpoint"]


# ------------------------------------------------------------ explaining


def test_a_repair_by_hand_is_explained_beside_what_it_did(sealed: str, office: Casework, here: Path) -> None:
    sql(here, "UPDATE cases SET state = 'answered' WHERE state = 'received'")
    sql(here, "UPDATE records SET body = replace(body, '修路', '修桥') WHERE kind = 'open'")
    assert 0 == office("audit", "annotate", sealed, "--as", "clerk01", "--note", "误操作后改回").code
    made = office("audit", "annotate", sealed, "--about", "1", "--as", "clerk01", "--note", "错字", "--json")
    assert (0, 4, 1) == (made.code, made.json["seq"], made.json["about"])

    said = office("audit", "verify", *PROOF, "--lang", "zh")
    assert 1 == said.code  # what a person says is no proof
    lines = said.out.splitlines()
    (record,) = [n for n, line in enumerate(lines) if "记录内容与其摘要不符" in line]
    assert lines[record + 1].startswith("  说明（clerk01，")
    assert lines[record + 1].endswith("第 4 条记录）：错字")
    (table,) = [n for n, line in enumerate(lines) if "表中为 answered" in line]
    assert lines[table + 1].endswith("第 3 条记录）：误操作后改回")
    assert "explained by clerk01, " in office("audit", "verify", "--lang", "en").out
    found = {each["code"]: each["explained"] for each in office("audit", "verify", "--json").json["findings"]}
    assert [("clerk01", "错字", 4)] == [(e["actor"], e["note"], e["seq"]) for e in found["changed"]]
    assert "说明记录 1" in office("history", sealed, "--lang", "zh").out


def test_what_is_wrong_with_the_log_is_explained_in_the_office_s_own_chain(
    sealed: str, office: Casework, here: Path
) -> None:
    sql(here, "DELETE FROM records WHERE position = (SELECT max(position) FROM records)")
    said = office("audit", "annotate", "--as", "clerk01", "--note", "磁盘损坏", "--lang", "zh")
    assert (0, "已记为单位自己的链的第 2 条记录\n") == (said.code, said.out)

    found = office("audit", "verify", *PROOF, "--json").json["findings"]
    assert {"truncated": ["磁盘损坏"]} == {
        each["code"]: [e["note"] for e in each["explained"]] for each in found if each["file"] == ""
    }


@pytest.mark.parametrize(
    ("words", "code", "zh", "en"),
    [
        (["{letter}", "--note", "x"], 2, "--as", "--as"),
        (["{letter}", "--as", "clerk01"], 2, "--note", "--note"),
        (["{letter}", "--as", "clerk01", "--note", " "], 2, "请用 --note 说明原因", "say why with --note"),
        (["{letter}", "--about", "3", "--as", "clerk01", "--note", "x"], 2, "没有第 3 条记录：共 2 条", "there are 2"),
        (["{letter}", "--about", "0", "--as", "clerk01", "--note", "x"], 2, "没有第 0 条记录", "no record 0"),
        (["--about", "2", "--as", "clerk01", "--note", "x"], 2, "没有第 2 条记录：共 1 条", "there are 1"),
        (["X-1", "--as", "clerk01", "--note", "x"], 5, "没有这一件“X-1”", "X-1"),
    ],
)
def test_what_cannot_be_explained_is_said(
    sealed: str, office: Casework, words: list[str], code: int, zh: str, en: str
) -> None:
    for language, sentence in (("zh", zh), ("en", en)):
        said = office("audit", "annotate", *(word.format(letter=sealed) for word in words), "--lang", language)
        assert code == said.code, said
        assert sentence in said.err
    assert 0 == office("audit", "verify", *PROOF).code  # nothing was written


# ------------------------------------------------------------ the hash of the log


def test_an_office_that_must_have_sm3_says_so_once(run: Casework, here: Path) -> None:
    said = run("init", "--log-hash", "sm3", "--lang", "zh")
    assert (0, True) == (said.code, "审计日志用 SM3" in said.out)
    assert {"log": "casework/sm3", "hash": "sm3"}.items() <= run("init", "--json").json.items()
    assert 0 == run("people", "add", "clerk01", "王").code
    assert 0 == run("audit", "key", "create", "本会").code
    assert 0 == run("audit", "export", "--out", "all.jsonl", "--as", "clerk01").code
    assert 0 == run("audit", "seal").code
    assert (here / CHECKPOINTS).read_text("utf-8").startswith("casework/sm3\n2\n")
    assert 0 == run("audit", "verify", *PROOF).code
    for language, sentence in (("zh", "不能改用 sha256"), ("en", "cannot become sha256")):
        said = run("init", "--log-hash", "sha256", "--lang", language)
        assert (2, True) == (said.code, sentence in said.err)
    said = run("init", "--log-hash", "md5")
    assert (2, True) == (said.code, "sm3" in said.err)


def test_a_log_of_sha256_stays_one(sealed: str, office: Casework) -> None:
    said = office("init", "--log-hash", "sm3", "--lang", "zh")
    assert (2, True) == (said.code, "日志“casework”用的是 sha256，不能改用 sm3" in said.err)
    assert {"log": "casework", "hash": "sha256"}.items() <= office("init", "--json").json.items()
    assert 0 == office("audit", "verify", *PROOF).code


def test_a_change_in_the_record_that_names_the_log_is_a_change(sealed: str, office: Casework, here: Path) -> None:
    sql(
        here,
        """UPDATE records SET body = replace(body, '"log":"casework"', '"log":"caseworx"') WHERE file = 'office'""",
    )
    said = office("audit", "verify", *PROOF, "--lang", "en")

    assert 1 == said.code  # and not 2, for another log
    assert "record 1 of the office's own chain" in said.out
    assert "the record is not what its hash says" in said.out

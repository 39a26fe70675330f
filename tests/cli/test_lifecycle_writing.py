"""An author begins, lays out, draws and explains a lifecycle, and an office hands its permissions round as a table."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import LETTER, Casework
from workflow.loading import load, load_path


@pytest.fixture
def letter(here: Path) -> Path:
    path = here / "letter.yaml"
    path.write_text(LETTER.read_text("utf-8"), "utf-8")
    return path


# ---------------------------------------------------------------- show


def test_a_lifecycle_is_shown_as_a_page(run: Casework, letter: Path) -> None:
    said = run("lifecycle", "show", str(letter), "--format", "markdown")

    assert (0, "") == (said.code, said.err)
    assert said.out.startswith("# 来信\n")
    assert "# Letter\n" == run("lifecycle", "show", str(letter), "--format", "markdown", "--lang", "en").out[:9]


def test_a_lifecycle_is_drawn_into_a_file(run: Casework, letter: Path, here: Path) -> None:
    said = run("lifecycle", "show", str(letter), "--format", "svg", "--role", "承办单位", "--out", "l.svg")

    assert (0, "已写入 l.svg\n") == (said.code, said.out)
    assert "突出“承办单位”能办的" in (ET.parse(here / "l.svg").getroot().findtext("{*}title") or "")


def test_a_published_lifecycle_is_drawn_as_mermaid(office: Casework) -> None:
    assert office("lifecycle", "show", "letter", "--format", "mermaid").out.startswith("stateDiagram-v2\n")


def test_a_made_page_is_there_for_a_program(run: Casework, letter: Path) -> None:
    made = run("lifecycle", "show", str(letter), "--format", "mermaid", "--json").json
    assert ("mermaid", None) == (made["format"], made["file"])
    assert "stateDiagram-v2" in made["content"]


def test_who_may_do_what_is_shown_as_a_table(run: Casework, letter: Path) -> None:
    said = run("lifecycle", "show", str(letter), "--matrix", "--lang", "en")
    assert "Received  Assign" in said.out
    assert "√" in said.out

    mine = run("lifecycle", "show", str(letter), "--matrix", "--role", "unit", "--json").json
    assert {"sign", "reply", "remark"} == {each["action"] for each in mine}


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--role", "unit"], 2, "--role 要和"),
        (["--matrix", "--role", "unti"], 5, "没有角色“unti”；是否指：unit"),
        (["--matrix", "--format", "svg"], 2, "lifecycle matrix export"),
        (["--out", "x.txt"], 2, "--out 要和"),
        (["--format", "png"], 2, "text 或 markdown 或 mermaid 或 svg"),
        (["--format", "svg", "--out", "no/folder.svg"], 2, "no/folder.svg"),
    ],
)
def test_what_cannot_be_shown_is_told(run: Casework, letter: Path, args: list[str], code: int, said: str) -> None:
    answer = run("lifecycle", "show", str(letter), *args)

    assert code == answer.code
    assert said in answer.err


# ---------------------------------------------------------------- matrix


def test_the_table_goes_out_and_comes_back_from_a_chinese_spreadsheet(run: Casework, letter: Path, here: Path) -> None:
    out = run("lifecycle", "matrix", "export", str(letter), "--out", "m.csv")
    assert (0, "已写入 m.csv：11 行\n") == (out.code, out.out)
    text = (here / "m.csv").read_text("utf-8-sig")
    changed = "".join(
        line.replace("close 办结,,√", "close 办结,√,√").replace(",", ";") for line in text.splitlines(keepends=True)
    )
    (here / "m.csv").write_bytes(changed.encode("gbk"))

    looked = run("lifecycle", "matrix", "apply", str(letter), "m.csv", "--check")
    assert "办结: 办信员 → 办信员、来信人\n要改 1 处；去掉 --check 即改\n" == looked.out
    assert LETTER.read_text("utf-8") == letter.read_text("utf-8")

    done = run("lifecycle", "matrix", "apply", str(letter), "m.csv", "--json").json
    assert [{"part": None, "action": "close", "before": ["clerk"], "after": ["clerk", "writer"]}] == done["changes"]
    assert ("clerk", "writer") == load_path(letter).root.transitions["close"].by

    again = run("lifecycle", "matrix", "apply", str(letter), "m.csv", "--lang", "en")
    assert (0, f"{letter} says the same; nothing to change\n") == (again.code, again.out)


def test_a_table_that_cannot_be_changes_nothing(run: Casework, letter: Path, here: Path) -> None:
    run("lifecycle", "matrix", "export", str(letter), "--out", "m.csv")
    text = (here / "m.csv").read_text("utf-8-sig").replace("√", "?", 1)
    (here / "m.csv").write_bytes(text.encode("gbk"))

    said = run("lifecycle", "matrix", "apply", str(letter), "m.csv")

    assert 2 == said.code
    assert said.err.startswith("m.csv:2:1 ")
    assert "第 4 列（writer）的“?”看不懂" in said.err
    assert "    2 | （本件）,draft 草稿,submit 提交,?" in said.err
    assert LETTER.read_text("utf-8") == letter.read_text("utf-8")


def test_the_table_is_printed_without_a_file(run: Casework, letter: Path) -> None:
    assert run("lifecycle", "matrix", "export", str(letter)).out.startswith(
        "part 分件,state 状态,action 动作,writer 来信人,"
    )


# ---------------------------------------------------------------- fmt


def test_a_file_is_laid_out_once(run: Casework, letter: Path) -> None:
    before = load_path(letter)
    looked = run("lifecycle", "fmt", str(letter), "--check")
    assert 1 == looked.code
    assert "+++ " in looked.out
    assert LETTER.read_text("utf-8") == letter.read_text("utf-8")

    assert f"{letter}：已重新排版\n" == run("lifecycle", "fmt", str(letter)).out
    assert LETTER.read_text("utf-8") != letter.read_text("utf-8")
    assert before.root.transitions.keys() == load_path(letter).root.transitions.keys()
    assert (0, f"{letter}: laid out already\n") == (
        run("lifecycle", "fmt", str(letter), "--check").code,
        run("lifecycle", "fmt", str(letter), "--lang", "en").out,
    )


def test_one_file_with_problems_leaves_all_as_they_are(run: Casework, letter: Path, here: Path) -> None:
    (here / "half.yaml").write_text("casework: 1\nlabel: {zh: 半\n", "utf-8")

    said = run("lifecycle", "fmt", str(letter), "half.yaml")

    assert 2 == said.code
    assert said.err.startswith("half.yaml:")
    assert LETTER.read_text("utf-8") == letter.read_text("utf-8")


# ---------------------------------------------------------------- new


def test_a_new_file_is_sound(run: Casework, here: Path) -> None:
    said = run("lifecycle", "new", "petition", "--label", "信访事项", "--units", "--months", "2")

    assert 0 == said.code
    assert "lifecycle check petition.yaml" in said.out
    assert 0 == run("lifecycle", "check", "petition.yaml", "--strict", "--notes").code
    assert 0 == run("lifecycle", "fmt", "petition.yaml", "--check").code
    one = load((here / "petition.yaml").read_text("utf-8"))
    assert ("信访事项", ["assignment"], "2mo") == (one.label.zh, list(one.parts), one.settings["reply_within"].value)


def test_the_schema_of_a_new_file_is_found_from_where_it_lies(run: Casework, here: Path) -> None:
    (here / "deep").mkdir()
    run("lifecycle", "new", "petition", "--out", "deep/p.yaml")

    first = (here / "deep" / "p.yaml").read_text("utf-8").splitlines()[0]
    assert (here / "deep" / first.partition("$schema=")[2]).is_file()


def test_a_file_that_is_there_is_not_overwritten(run: Casework, here: Path) -> None:
    (here / "petition.yaml").write_text("mine", "utf-8")

    said = run("lifecycle", "new", "petition")

    assert 2 == said.code
    assert "--force" in said.err
    assert "mine" == (here / "petition.yaml").read_text("utf-8")
    assert 0 == run("lifecycle", "new", "petition", "--force").code


def test_a_name_that_is_none_is_refused(run: Casework, here: Path) -> None:
    said = run("lifecycle", "new", "信访")

    assert 2 == said.code
    assert "“信访”不能作流程的名称" in said.err
    assert [] == list(here.iterdir())


def test_on_a_terminal_what_is_not_given_is_asked(run: Casework, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.cli.lifecycle.new.at_a_terminal", lambda: True)

    said = run("lifecycle", "new", "talent", "--label-en", "Talent", input="人才申请\n\n评审组\n\ny\n6\n")

    assert 0 == said.code
    assert "谁审查 [审查人]" in said.err
    assert "英文名称" not in said.err
    one = load((here / "talent.yaml").read_text("utf-8"))
    assert ("人才申请", "Talent") == (one.label.zh, one.label.en)
    assert ("评审组", "提出人", "Submitter") == (
        one.roles["screener"].label.zh, one.roles["submitter"].label.zh, one.roles["submitter"].label.en,
    )  # fmt: skip
    assert ["assignment"] == list(one.parts)

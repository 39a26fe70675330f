"""An administrator reads what a new version means, for himself and for the minutes; every wrong word gets a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import LETTER, Casework, in_a_terminal
from tests.cli.test_migrating import second

STRICTER = (
    ("from: received\n    to: assigned\n    by: [clerk]", "from: received\n    to: assigned\n    by: [writer]"),
)


@pytest.fixture
def stricter(letter: str) -> str:
    """The file of a version 2 in which the writer of a letter assigns it himself; one letter waits to be assigned."""
    return second(*STRICTER)


def test_a_file_against_what_is_published_says_who_can_no_longer_do_what(office: Casework, stricter: str) -> None:
    said = office("lifecycle", "diff", "letter", stricter)

    assert 0 == said.code
    assert "来信：letter@1 → second.yaml（letter@2）\n" in said.out
    assert "  · “办信员”（clerk）在“已收”（received）不能再办“交办”（assign）；涉及在办 1 件  second.yaml:" in said.out
    assert "办信组（clerks）的待办：少 1 件" in said.out
    assert "李明（member01）的待办：多 1 件" in said.out


def test_the_same_in_english(office: Casework, stricter: str) -> None:
    said = office("lifecycle", "diff", "来信@1", stricter, "--lang", "en")

    assert '"Clerk" (clerk) can no longer do "Assign" (assign) in "Received" (received); running cases: 1' in said.out
    assert "What it means for the running cases (1)" in said.out
    assert "(clerks): 1 fewer" in said.out


def test_two_files_need_no_database(run: Casework) -> None:
    said = run("lifecycle", "diff", str(LETTER), second(*STRICTER), "--json")

    assert (0, False, None) == (said.code, said.json["equal"], said.json["consequences"])
    assert [("tightens", "removed", "transitions.assign", None), ("loosens", "added", "transitions.assign", None)] == [
        (each["severity"], each["kind"], each["about"], each["cases"]) for each in said.json["changes"]
    ]
    assert not Path("casework.db").exists()


def test_published_versions_are_named_with_their_number(office: Casework, stricter: str) -> None:
    office("lifecycle", "publish", stricter)
    there = office("lifecycle", "diff", "letter@1", "letter", "--json").json
    back = office("lifecycle", "diff", "letter@2", "letter@1", "--json").json

    assert (1, 2) == (there["from"]["version"], there["to"]["version"])
    assert [1, 1] == [each["cases"] for each in there["changes"]]
    assert {"looked": 1, "held": 0, "due": []} == {
        name: there["consequences"][name] for name in ("looked", "held", "due")
    }
    assert [("clerks", 0, 1), ("member01", 1, 0)] == [
        (each["party"], each["appear"], each["vanish"]) for each in there["consequences"]["todo"]
    ]
    assert ([0, 0], None) == ([each["cases"] for each in back["changes"]], back["consequences"])


def test_the_exit_code_tells_only_when_it_is_asked(office: Casework, stricter: str) -> None:
    def code(*words: str) -> int:
        return office("lifecycle", "diff", *words).code

    assert (0, 1, 0) == (
        code("letter", stricter),
        code("letter", stricter, "--exit-code"),
        code("letter", "letter@1", "--exit-code"),
    )


def test_what_is_only_written_in_another_way_is_no_difference(office: Casework) -> None:
    rewritten = second(("# A small office", "# A very small office"))

    assert "没有区别：只有版号、注释或写法不同。" in office("lifecycle", "diff", "letter", rewritten).out
    assert "没有区别：内容和设置完全相同。" in office("lifecycle", "diff", "letter", str(LETTER)).out


def test_the_minutes_get_markdown(office: Casework, stricter: str) -> None:
    lines = office("lifecycle", "diff", "letter", stricter, "--markdown").out.splitlines()

    assert "# 来信：letter@1 → second.yaml（letter@2）" == lines[0]
    assert "## 收紧" in lines
    assert "- “办信员”（clerk）在“已收”（received）不能再办“交办”（assign）；涉及在办 1 件" in lines
    assert "## 对在办 1 件的后果" in lines


def test_signs_of_markdown_in_a_sentence_stay_what_they_are(run: Casework) -> None:
    changed = second(("zh: 须有且只有一个主办单位", "zh: '须有*一个*主办单位'"), ("zh: 届,", "zh: '[届]',"))
    said = run("lifecycle", "diff", str(LETTER), changed, "--markdown")

    assert r"“\[届\]”" in said.out
    assert r"须有\*一个\*主办单位" in said.out


def test_running_cases_are_left_alone_when_asked(office: Casework, stricter: str) -> None:
    said = office("lifecycle", "diff", "letter", stricter, "--no-cases")

    assert "涉及在办" not in said.out
    assert "后果" not in said.out


def test_a_terminal_is_told_in_colour(office: Casework, stricter: str) -> None:
    assert "\x1b[31m" in in_a_terminal("lifecycle", "diff", "letter", stricter)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("letter", "absent.yaml"), 2, "“absent.yaml”不是可读的流程文件"),
        (("leter", "second.yaml"), 5, "没有这个文件或已发布的流程“leter”；是否指：letter"),
        (("letter@7", "second.yaml"), 5, "没有这个文件或已发布的流程“letter@7”；是否指：letter@1"),
        (("letter", "."), 2, "“.”不是可读的流程文件"),
        (("letter", "half.yaml"), 2, "half.yaml:"),
        (("letter",), 2, "还缺 B"),
        (("letter", "second.yaml", "--json", "--markdown"), 2, "请只选一个"),
        (("letter", "second.yaml", "--profile", "nowhere"), 2, "没有地方设置“nowhere”"),
        (("letter", "wrong.yaml"), 2, "receeved"),
    ],
)
def test_a_wrong_word_gets_a_sentence(
    office: Casework, stricter: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    Path("half.yaml").write_text("casework: 1\nlifecycle: letter\nstates: {draft: ", encoding="utf-8")
    second(*STRICTER, more="migrate: {from: 1, states: {receeved: received}}\n", name="wrong.yaml")
    said = office("lifecycle", "diff", *words)

    assert code == said.code
    assert sentence in said.err
    assert "" == said.out

"""An administrator looks before cases change versions, moves them, and takes it back; every wrong word gets a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import LETTER, Casework

AS = ("--as", "clerk01")


def second(*changes: tuple[str, str], more: str = "", name: str = "second.yaml") -> str:
    text = LETTER.read_text(encoding="utf-8")
    for old, new in (("version: 1\n", "version: 2\n"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    Path(name).write_text(text + more, encoding="utf-8")
    return name


@pytest.fixture
def renamed(letter: str) -> str:
    """The file of a version 2 in which the state of the letter has another name."""
    return second(("received", "arrived"), more="migrate: {from: 1, states: {received: arrived}}\n")


def test_a_plan_of_a_file_says_what_may_move_and_what_to_do_next(office: Casework, renamed: str) -> None:
    said = office("lifecycle", "migrate", "plan", "letter", "1", renamed)

    assert 0 == said.code
    assert "按对照迁移     1" in said.out
    assert said.out.endswith("可迁 1 件；下一步：casework lifecycle publish second.yaml。\n")
    assert [1] == [each["version"] for each in office("lifecycle", "versions", "letter", "--json").json]


def test_the_cases_move_and_come_back(office: Casework, renamed: str, letter: str) -> None:
    office("lifecycle", "publish", renamed)
    moved = office("lifecycle", "migrate", "apply", "letter", "1", "2", *AS, "--note", "改版", "--list")
    history = office("history", letter)
    back = office("lifecycle", "migrate", "undo", "letter", "1", "2", *AS, "--json")
    none = office("lifecycle", "migrate", "undo", "letter", "1", "2", *AS, "--lang", "en")

    assert (0, "已迁到第 2 版 1 件，留在第 1 版 0 件。") == (moved.code, moved.out.splitlines()[-1])
    assert "换版" in history.out
    assert "第 1 版 → 第 2 版" in history.out
    assert (0, {"undone": 1}) == (back.code, back.json["counts"])
    assert "撤回换版" in office("history", letter).out
    assert "no case of" in none.out
    assert 3 == office("audit", "verify").code  # nothing is wrong; no checkpoint was given


def test_what_stays_behind_is_told_and_the_exit_code_says_so(office: Casework, letter: str) -> None:
    held = second(("received", "arrived"))
    office("lifecycle", "publish", held)
    plan = office("lifecycle", "migrate", "plan", "letter", "1", "2", "--lang", "en")
    applied = office("lifecycle", "migrate", "apply", "letter", "1", "2", *AS, "--json", "--list")

    assert 0 == plan.code
    assert "say under `migrate: states:` what became of it" in plan.out
    assert f"for instance: {letter}" in plan.out
    assert "are held back" in plan.out
    assert (3, 0, 1, "held") == (
        applied.code,
        applied.json["moved"],
        applied.json["running"],
        applied.json["cases"][0]["sort"],
    )


def test_a_version_that_holds_cases_cannot_be_retired(office: Casework, renamed: str) -> None:
    held = office("lifecycle", "retire", "letter", "1", *AS)
    office("lifecycle", "publish", renamed)
    office("lifecycle", "migrate", "apply", "letter", "1", "2", *AS)
    retired = office("lifecycle", "retire", "letter", "1", *AS)
    listed = office("lifecycle", "versions", "letter")

    assert (3, True) == (held.code, "还有 1 件在办，不能停用" in held.err)
    assert (0, True) == (retired.code, "第 1 版已于" in retired.out)
    assert ["停用"] == listed.out.splitlines()[0].split()[-1:]
    assert 3 == office("lifecycle", "migrate", "undo", "letter", "1", "2", *AS).code


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("plan", "letter", "1", "1"), 2, "第 1 版就是它自己；请写两个不同的版本"),
        (("plan", "letter", "1", "7"), 5, "没有已发布的流程版本“letter 7”；是否指：letter 1"),
        (("plan", "letter", "7", "second.yaml"), 5, "没有已发布的流程版本“letter 7”"),
        (("plan", "leter", "1", "second.yaml"), 5, "是否指：letter"),
        (("plan", "letter", "1", "absent.yaml"), 2, "既不是版本号（如 2），也不是文件"),
        (("plan", "letter", "one", "2"), 2, "FROM 的值不对：应为 1 到 999999 的整数"),
        (("apply", "letter", "1", "2"), 2, "请用 --as 人员编号"),
        (("apply", "letter", "1", "2", *AS), 5, "没有已发布的流程版本“letter 2”"),
        (("apply", "letter", "1", "2", *AS, "--also", "held"), 2, "--also"),
        (("plan", "letter", "1", "second.yaml", "--case", "XX-1"), 5, "XX-1"),
    ],
)
def test_a_wrong_word_gets_a_sentence(
    office: Casework, renamed: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    said = office("lifecycle", "migrate", *words)

    assert code == said.code
    assert sentence in said.err


def test_a_case_that_is_not_of_the_version_is_told(office: Casework, renamed: str, letter: str) -> None:
    office("lifecycle", "publish", renamed)
    office("lifecycle", "migrate", "apply", "letter", "1", "2", *AS)

    assert "第 1 版下可以这样办的件" in office("lifecycle", "migrate", "plan", "letter", "1", "2", "--case", letter).err


def test_a_changed_file_under_a_used_version_says_what_to_do(office: Casework, letter: str) -> None:
    Path("same.yaml").write_text(LETTER.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    said = office("lifecycle", "publish", "same.yaml")

    assert (2, True) == (said.code, "请把文件里的 version 改为新号" in said.err)

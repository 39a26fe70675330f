"""The author of a lifecycle is told where each mistake is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Casework, Said
from workflow.cli.width import columns

LEAVE = """\
casework: 1
lifecycle: leave
version: 1
label: {zh: 请假, en: Leave}
initial: asked
roles:
  person: {is: case.created_by, label: {zh: 本人, en: Person}}
  head: {group: heads, label: {zh: 领导, en: Head}}
fields:
  days: {type: int, required: true, label: {zh: 天数, en: Days}}
guards:
  short: {when: case.days <= 5, else: {zh: 超过五天须另行报批, en: More than five days need another approval}}
states:
  asked: {label: {zh: 已申请, en: Asked}}
  granted: {label: {zh: 已批准, en: Granted}, final: successful}
  refused: {label: {zh: 未批准, en: Refused}, final: unsuccessful}
transitions:
  grant: {label: {zh: 批准, en: Grant}, from: asked, to: granted, by: [head], if: [short]}
  refuse: {label: {zh: 不批准, en: Refuse}, from: asked, to: refused, by: [head], note: required}
acts:
  remark: {label: {zh: 备注, en: Remark}, in: any, by: [person, head], note: required}
"""


def write(text: str = LEAVE, name: str = "leave.yaml") -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_sound_file_is_said_to_be_sound(run: Casework) -> None:
    said = run("lifecycle", "check", str(write()))

    assert (0, "leave.yaml: 没有问题（leave 第 1 版）\n") == (said.code, said.out)


def places(said: Said) -> list[str]:
    """The places and codes of what was found."""
    return [" ".join(line.split(" ")[:2]) for line in said.err.splitlines() if line.startswith("leave.yaml:")]


def test_every_problem_is_told_with_its_place_its_line_and_what_to_do(run: Casework) -> None:
    write(LEAVE.replace("case.days <= 5", "case.day <= 5").replace("to: granted", "to: grantd"))

    said = run("lifecycle", "check", "leave.yaml", "--lang", "en")

    assert 2 == said.code
    assert ["leave.yaml:12:21 condition", "leave.yaml:18:56 unknown_name"] == places(said)
    assert "did you mean" in said.err
    assert (
        "   18 |   grant: {label: {zh: 批准, en: Grant}, from: asked, to: grantd, by: [head], if: [short]}\n"
        "      |                                                          ^\n"
        "      to do: put the name right, or declare it\n"
        "2 errors\n"
    ) == said.err[said.err.index("   18 |") :]


UNUSED = LEAVE.replace("fields:", "  typist: {group: typists, label: {zh: 打字员, en: Typist}}\nfields:")


def test_a_warning_is_told_and_fails_only_where_that_is_asked_for(run: Casework) -> None:
    write(UNUSED)

    said, strict = run("lifecycle", "check", "leave.yaml"), run("lifecycle", "check", "leave.yaml", "--strict")

    assert (0, 2) == (said.code, strict.code)
    assert "leave.yaml:9:3 unused_role 警告：角色“打字员（typist）”没有用到\n" in said.out
    assert said.out.endswith("leave.yaml: 1 处警告（leave 第 1 版）\n")
    assert ["leave.yaml:9:3 unused_role"] == places(strict)


def test_warnings_are_there_for_a_program(run: Casework) -> None:
    write(UNUSED)

    (found,) = run("lifecycle", "check", "leave.yaml", "--json").json

    (problem,) = found["problems"]
    assert ("unused_role", "warning", 9, 3) == tuple(problem[name] for name in ("code", "severity", "line", "column"))
    assert {"zh", "en"} == problem["hint"].keys()


def test_notes_are_told_when_they_are_asked_for(run: Casework) -> None:
    text = LEAVE.replace("states:\n", "states:\n  new: {label: {zh: 新建, en: New}}\n").replace(
        "initial: asked", "initial: new"
    )
    text = text.replace(
        "transitions:\n", "transitions:\n  ask: {label: {zh: 申请, en: Ask}, from: new, to: asked, by: [person]}\n"
    )
    write(text + "notices:\n  - {after: grant, to: [person], template: granted}\n")

    assert "untold_action" not in run("lifecycle", "check", "leave.yaml").out
    said = run("lifecycle", "check", "leave.yaml", "--notes", "--strict")
    assert 0 == said.code
    assert "untold_action 提示：“申请（ask）”之后等 head 办，没有通知告诉他们" in said.out


def test_what_can_load_and_would_stand_still_is_not_published(run: Casework) -> None:
    write(LEAVE.replace("final: successful", "waits_for: [head]"))
    run("init")

    said = run("lifecycle", "publish", "leave.yaml")

    assert 2 == said.code
    assert ["leave.yaml:15:3 dead_end"] == places(said)
    assert [] == run("lifecycle", "list", "--json").json


def test_sarif_goes_to_a_file_or_to_the_standard_output(run: Casework, here: Path) -> None:
    write(UNUSED)

    said = run("lifecycle", "check", "leave.yaml", "--sarif", "-", "--lang", "en")
    run("lifecycle", "check", "leave.yaml", "--sarif", "found.sarif", "--lang", "en")

    assert 0 == said.code
    assert json.loads((here / "found.sarif").read_text("utf-8")) == said.json
    assert ["unused_role"] == [result["ruleId"] for result in said.json["runs"][0]["results"]]


def test_sarif_is_written_of_a_file_with_errors_too(run: Casework) -> None:
    write(LEAVE.replace("to: granted", "to: grantd"))

    said = run("lifecycle", "check", "leave.yaml", "--sarif", "-")

    assert 2 == said.code
    assert ["error"] == [result["level"] for result in json.loads(said.out)["runs"][0]["results"]]
    assert "unknown_name" in said.err


def test_a_long_line_is_cut_around_its_place(run: Casework) -> None:
    write(
        LEAVE.replace(
            "by: [head], if", "note: required, within: 5bd, label: {zh: " + "批准" * 60 + "}, by: [hed], if"
        ).replace("{label: {zh: 批准, en: Grant}, from", "{from")
    )

    said = run("lifecycle", "check", "leave.yaml")

    shown, caret = said.err.splitlines()[1:3]
    assert "hed]" == shown[len(shown) - len(shown.partition("hed]")[2]) - 4 :][:4]
    assert columns(shown[: shown.index("hed]")]) == caret.index("^")
    assert columns(shown) < 130


def test_the_problems_are_there_for_a_program(run: Casework) -> None:
    write(LEAVE.replace("to: granted", "to: grantd"))

    problem = json.loads(run("lifecycle", "check", "leave.yaml", "--json").err)["problems"]

    assert [("leave.yaml", 18, 56)] == [(each["file"], each["line"], each["column"]) for each in problem]


@pytest.mark.parametrize("end", [40, 200, 480, 700])
def test_a_half_edited_file_gets_lines_and_no_traceback(run: Casework, end: int) -> None:
    write(LEAVE[:end])

    said = run("lifecycle", "check", "leave.yaml", "--lang", "en")

    assert 2 == said.code
    assert places(said)
    assert "Traceback" not in said.err


def test_a_folder_means_the_yaml_files_in_it(run: Casework) -> None:
    write(name="office/leave.yaml")
    write("casework: 2\n", "office/other.yml")
    write("not a lifecycle", "office/notes.txt")

    said = run("lifecycle", "check", "office")

    assert 2 == said.code
    assert "office/leave.yaml" not in said.err
    assert "office/other.yml:1:" in said.err


def test_an_empty_folder_is_said_to_be_empty(run: Casework, here: Path) -> None:
    (here / "office").mkdir()

    assert "错误：文件夹 office 里没有 .yaml 文件\n" == run("lifecycle", "check", "office").err


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_what_is_shipped_is_sound_under_its_own_name(run: Casework, name: str) -> None:
    assert 0 == run("lifecycle", "check", name).code


def test_a_profile_that_does_not_exist_is_answered_with_those_that_do(run: Casework) -> None:
    said = run("lifecycle", "check", "opinion", "--profile", "yonning")

    assert 2 == said.code
    assert "yongning" in said.err


def test_a_file_is_shown_before_it_is_published(run: Casework) -> None:
    write()

    said = run("lifecycle", "show", "leave.yaml")

    assert 0 == said.code
    assert "批准" in said.out
    assert "领导" in said.out


def test_a_file_is_shown_to_a_program(run: Casework) -> None:
    write()

    shown = run("lifecycle", "show", "leave.yaml", "--json").json

    assert ("leave", 1, None) == (shown["lifecycle"], shown["version"], shown["kinds"][0]["part"])
    assert ["grant", "refuse", "remark"] == [each["name"] for each in shown["kinds"][0]["transitions"]]


def test_a_shipped_lifecycle_is_shown_where_there_is_no_database_yet(run: Casework) -> None:
    shown = run("lifecycle", "show", "proposal")

    assert (0, "没有已发布的“proposal”，以下是自带的流程\n") == (shown.code, shown.err)
    assert shown.out.startswith("提案  proposal 第 1 版\n")
    assert 0 != run("lifecycle", "show", "propsal").code
    assert 0 != run("lifecycle", "show", "proposal", "--version", "1").code

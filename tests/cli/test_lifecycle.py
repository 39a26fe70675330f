"""The author of a lifecycle is told where each mistake is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Casework

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
  remark: {label: {zh: 备注, en: Remark}, in: any, by: [any], note: required}
"""


def write(text: str = LEAVE, name: str = "leave.yaml") -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_sound_file_is_said_to_be_sound(run: Casework) -> None:
    said = run("lifecycle", "check", str(write()))

    assert (0, "leave.yaml: 没有问题（leave 第 1 版）\n") == (said.code, said.out)


def test_every_problem_is_one_line_with_its_place(run: Casework) -> None:
    write(LEAVE.replace("case.days <= 5", "case.day <= 5").replace("to: granted", "to: grantd"))

    said = run("lifecycle", "check", "leave.yaml", "--lang", "en")

    assert 2 == said.code
    places = [":".join(line.split(":")[:3]) for line in said.err.splitlines()[:-1]]
    assert ["leave.yaml:12:21", "leave.yaml:18:56"] == places
    assert "did you mean" in said.err
    assert said.err.endswith("2 problems\n")


def test_the_problems_are_there_for_a_program(run: Casework) -> None:
    write(LEAVE.replace("to: granted", "to: grantd"))

    problem = json.loads(run("lifecycle", "check", "leave.yaml", "--json").err)["problems"]

    assert [("leave.yaml", 18, 56)] == [(each["file"], each["line"], each["column"]) for each in problem]


@pytest.mark.parametrize("end", [40, 200, 480, 700])
def test_a_half_edited_file_gets_lines_and_no_traceback(run: Casework, end: int) -> None:
    write(LEAVE[:end])

    said = run("lifecycle", "check", "leave.yaml", "--lang", "en")

    assert 2 == said.code
    assert all(line.startswith("leave.yaml:") for line in said.err.splitlines()[:-1])


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

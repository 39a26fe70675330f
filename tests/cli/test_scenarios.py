"""An administrator plays the scenarios beside a lifecycle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Casework
from tests.cli.test_lifecycle import LEAVE

GOOD = """\
# language: zh-CN
功能: 请假
  场景: 三天以内，领导批准
    假如小王新建请假“病假”，天数为“3”
    当领导对“病假”办理“批准”
    那么“病假”是“已批准”状态
"""
BAD = """\
  场景: 十天
    假如小王新建请假“长假”，天数为“10”
    当领导对“长假”办理“批准”
    那么“长假”是“已批准”状态
  场景: 没有人批
    假如小王新建请假“病假”，天数为“3”
    那么“病假”是“已批准”状态
"""


def lay_out(feature: str | None = GOOD, lifecycle: str = LEAVE) -> None:
    Path("leave.yaml").write_text(lifecycle, "utf-8")
    if feature is not None:
        Path("leave.feature").write_text(feature, "utf-8")


@pytest.mark.parametrize("named", [".", "leave.yaml", "leave.feature"])
def test_a_folder_a_lifecycle_and_a_feature_may_be_named(run: Casework, named: str) -> None:
    lay_out()

    said = run("lifecycle", "test", named, "--suggest", "0")

    assert (0, "") == (said.code, said.err)
    assert ["请假  leave.feature", "  ✓ 三天以内，领导批准", "1 个情景：1 个通过，0 个不通过"] == said.out.splitlines()[
        :3
    ]


def test_a_failing_step_is_told_with_its_place_and_what_there_is_instead(run: Casework) -> None:
    lay_out(GOOD + BAD)

    zh = run("lifecycle", "test", ".")
    en = run("lifecycle", "test", ".", "--lang", "en")

    assert 1 == zh.code == en.code
    assert (
        """\
  ✗ 十天
      leave.feature:9:5: 当领导对“长假”办理“批准”
      被拒绝，而没有一步预料到：超过五天须另行报批
  ✗ 没有人批
      leave.feature:13:5: 那么“病假”是“已批准”状态
      应为：已批准
      实为：已申请
3 个情景：1 个通过，2 个不通过
"""
        in zh.out
    )
    assert "      refused, and nobody expected it: More than five days need another approval\n" in en.out
    assert "      actual: Asked\n3 scenarios: 1 passed, 2 failed\n" in en.out


def test_the_coverage_is_a_table_and_what_is_missing_is_named(run: Casework) -> None:
    lay_out()

    said = run("lifecycle", "test", ".", "--suggest", "0", "--lang", "en")

    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "coverage of Leave (leave version 1)" in lines
    assert "states 2 3 67%" in lines
    assert "in all 4 10 40.0%" in lines
    assert "states not reached: Refused" in lines
    assert "guards (met, not met) not reached: More than five days need another approval (not met)" in lines


def test_suggestions_pasted_into_the_file_raise_the_coverage(run: Casework) -> None:
    lay_out()
    suggested = run("lifecycle", "test", ".", "--json", "--suggest", "99").json["suggestions"][0]

    Path("leave.feature").write_text(GOOD + "\n".join(each["text"] for each in suggested["scenarios"]) + "\n", "utf-8")
    after = run("lifecycle", "test", ".", "--fail-under", "100")

    assert (0, "") == (after.code, after.err)
    assert "100.0%" in after.out


def test_a_beginning_can_be_had_before_there_is_any_scenario(run: Casework) -> None:
    lay_out(None)

    nothing = run("lifecycle", "test", "leave.yaml")
    Path("leave.feature").touch()  # as a shell does that is to write the answer there
    begun = run("lifecycle", "test", "leave.yaml", "--suggest", "9")
    Path("leave.feature").write_text(begun.out, "utf-8")

    assert 2 == nothing.code
    assert "旁边没有情景（.feature 文件）；可以这样开头：casework lifecycle test leave.yaml --suggest 5" in nothing.err
    assert 0 == run("lifecycle", "test", "leave.yaml", "--fail-under", "100").code


def test_too_little_coverage_is_a_failure(run: Casework) -> None:
    lay_out()

    said = run("lifecycle", "test", ".", "--suggest", "0", "--fail-under", "90")

    assert (1, "覆盖 40.0%，低于 90%\n") == (said.code, said.err)
    assert 0 == run("lifecycle", "test", ".", "--suggest", "0", "--fail-under", "40").code


def test_an_unknown_step_is_said_with_its_place_and_the_nearest_and_nothing_is_played(run: Casework) -> None:
    lay_out(GOOD + "    而且“病假”处于“已批准”状态\n")

    said = run("lifecycle", "test", ".")

    assert (2, "") == (said.code, said.out)
    assert "leave.feature:7:5: 没有这样的步骤：“病假”处于“已批准”状态；最接近的是：“{件}”是“{状态}”状态" in said.err


@pytest.mark.parametrize("end", [60, 200, 480, 700])
def test_a_half_edited_lifecycle_gets_lines_and_no_traceback(run: Casework, end: int) -> None:
    lay_out(lifecycle=LEAVE[:end])

    said = run("lifecycle", "test", ".")

    assert 2 == said.code
    assert said.err.startswith("leave.yaml:")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("end", [30, 60, 90])
def test_a_half_edited_feature_gets_lines_and_no_traceback(run: Casework, end: int) -> None:
    lay_out(GOOD[:end])

    said = run("lifecycle", "test", ".", "--suggest", "0")

    assert 2 == said.code
    assert "leave.feature:" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "请写流程文件或文件夹"),
        (["nothing.yaml"], "没有文件 nothing.yaml"),
        (["empty"], "这里没有流程文件"),
        ([".", "--profile", "nowhere"], "没有地方设置“nowhere”"),
        ([".", "--fail-under", "many"], "应为"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(run: Casework, args: list[str], sentence: str) -> None:
    lay_out()
    Path("empty").mkdir()

    said = run("lifecycle", "test", *args)

    assert 2 == said.code
    assert sentence in said.err


def test_programs_get_every_fact(run: Casework) -> None:
    lay_out(GOOD + BAD)

    facts = run("lifecycle", "test", ".", "--json").json

    assert (1, 2) == (facts["passed"], facts["failed"])
    failure = facts["scenarios"][2]["failure"]
    assert ("leave.feature", 13, 5, "已批准") == (
        failure["file"],
        failure["line"],
        failure["column"],
        failure["expected"]["zh"],
    )
    assert {"sort": "state", "reached": 2, "of": 3} == facts["coverage"][0]["sorts"][0]
    assert {"sort": "state", "part": None, "name": "refused", "how": None, "zh": "未批准", "en": "Refused"} in facts[
        "coverage"
    ][0]["missing"]
    assert [] == facts["suggestions"]


def test_the_steps_are_listed_in_the_language_of_the_reader(run: Casework) -> None:
    zh, en = run("lifecycle", "test", "--steps").out, run("lifecycle", "test", "--steps", "--lang", "en").out

    assert "  {谁}的待办里有“{件}”\n" in zh
    assert '  "{case}" waits for {who}\n' in en
    assert {"chapter", "language", "step"} == set(json.loads(run("lifecycle", "test", "--steps", "--json").out)[0])


def test_a_place_plays_with_its_own_settings(run: Casework) -> None:
    lay_out(
        lifecycle=LEAVE.replace("guards:", "settings: {most: {type: int, default: 5}}\nguards:").replace(
            "days <= 5", "days <= settings.most"
        )
    )
    Path("place.yaml").write_text(
        "casework-profile: 1\nplace: county\nlifecycles: {leave: {settings: {most: 2}}}\n", "utf-8"
    )

    assert 0 == run("lifecycle", "test", "leave.yaml", "--suggest", "0").code
    assert 1 == run("lifecycle", "test", "leave.yaml", "--suggest", "0", "--profile", "place.yaml").code


def test_the_shipped_scenarios_hold(run: Casework) -> None:
    said = run("lifecycle", "test", "proposal", "opinion", "--suggest", "0", "--json").json

    assert 0 == said["failed"]
    assert {"proposal", "opinion"} == {each["lifecycle"] for each in said["coverage"]}
    assert said["passed"] >= 12

"""Playing scenarios: what is said of a step that does not hold, and what people, roles, settings and time do."""

from pathlib import Path

import pytest

from tests.testing.conftest import played
from workflow.core.errors import InputInvalid
from workflow.core.model import Text
from workflow.testing import Stage

OPENED = "假如甲新建报修“打印机”\n"
SENT = OPENED + "当服务台对“打印机”办理“派工”，维修人为“乙、丙”，地点为“大厅”\n"


def failure(stage, steps, language="zh-CN"):
    came = played(stage, steps, language)
    assert came.failure is not None
    return came.failure


def test_a_scenario_without_any_python(stage):
    assert played(
        stage, SENT + "那么“打印机”是“维修中”状态\n而且“打印机”的“地点”是“大厅”\n而且“打印机”的“事由”是“打印机”"
    ).passed


def test_nothing_is_left_of_one_scenario_in_the_next(stage):
    for _ in range(2):
        assert played(stage, SENT + "那么“打印机”共有2件“工单”").passed


def test_what_was_expected_and_what_there_is(stage):
    found = failure(stage, OPENED + "那么“打印机”是“已修好”状态")

    assert (Text("已修好", "已修好"), Text("已报修", "Reported")) == (found.expected, found.actual)
    assert "“打印机”的状态是“已报修”，不是“已修好”" == found.text.zh
    assert (
        "the state of 'printer' is 'Reported', not 'Repaired'"
        == failure(stage, 'Given ann opens Repair "printer"\nThen "printer" is "Repaired"', "en").text.en
    )


def test_a_refusal_that_nobody_expects_fails_at_the_step_that_was_refused(stage):
    found = failure(stage, OPENED + "当甲对“打印机”办理“派工”\n而且过了1天\n那么“打印机”是“已报修”状态")

    assert 5 == found.step.place.line
    assert found.text.zh.startswith("被拒绝，而没有一步预料到：“派工”须由服务台")


def test_a_refusal_that_is_the_last_step_fails_too(stage):
    assert 5 == failure(stage, OPENED + "当甲对“打印机”办理“派工”").step.place.line


def test_a_refusal_that_does_not_come_fails(stage):
    found = failure(stage, OPENED + "那么服务台不能对“打印机”办理“派工”，维修人为“乙”，地点为“大厅”")

    assert ("服务台本应不能办理“派工”，却办成了", "服务台 could do '派工', and should not") == (
        found.text.zh,
        found.text.en,
    )


def test_a_refusal_for_another_reason_fails_with_both(stage):
    found = failure(stage, OPENED + "那么甲不能对“打印机”办理“派工”，维修人为“乙”，地点为“大厅”，因为“没有零件”")

    assert Text("没有零件", "没有零件") == found.expected
    assert found.actual is not None
    assert "须由服务台" in found.actual.zh


def test_somebody_can_do_something_or_is_told_why_not(stage):
    assert played(stage, OPENED + "那么服务台可以对“打印机”办理“派工”").passed
    assert "甲不能办理“派工”：" in failure(stage, OPENED + "那么甲可以对“打印机”办理“派工”").text.zh


@pytest.mark.parametrize(
    ("steps", "zh", "en"),
    [
        ("假如甲新建修理“x”", "没有流程“修理”；是否指“报修”？", "there is no lifecycle called '修理'"),
        ("假如甲新建“x”", "要写明是哪一种：交办事项、报修", "say which lifecycle: Errand, Repair"),
        (OPENED + "而且甲新建报修“打印机”", "已经有一件叫“打印机”", "there is a case called '打印机' already"),
        ("当甲对“打印机”办理“派工”", "没有一件叫“打印机”；还没有新建", "no case is called '打印机'"),
        (
            OPENED + "当服务台对“打印机”办理“派工”，地方为“大厅”",
            "没有可填的字段“地方”；是否指“地点”？",
            "did you mean '地点'",
        ),
        (
            OPENED + "当服务台对“打印机”办理“派公”，维修人为“乙”",
            "没有动作“派公”；是否指“派工”？",
            "there is no action called '派公'",
        ),
        (OPENED + "当乙在“打印机”的“工单”上办理“报完工”", "“打印机”没有乙的“工单”", "打印机 has no 工单 of 乙"),
        (SENT + "当丁在“打印机”的“工单”上办理“报完工”", "；有：乙、丙的", "there are those of 乙, 丙"),
        (
            "假如今天是2022年3月1日\n而且今天是2022年2月1日",
            "时间不能倒退，现在是2022-03-01",
            "time cannot run backwards",
        ),
        ("假如今天是2022年2月30日", "没有“2022年2月30日”这一天", "there is no such day"),
        (OPENED + "那么“打印机”的“期限”到2022年3月1日", "没有期限“期限”；有：（无）", "there is no deadline"),
        (OPENED + "那么说得出“什么”", "前面没有说到期限", "no deadline was spoken of"),
        (OPENED + "那么报修的“完工率”是1件", "没有指标“完工率”", "there is no metric"),
        (OPENED + "那么“打印机”的“费用”是“1”", "没有可填的字段“费用”", "there is no field called '费用'"),
        ("假如有以下人员：\n | 名字 |\n | 甲 |", "人员表要有“姓名”一列", "needs a column “name”"),
        ("假如设置“地点”为“大厅”", "没有设置“地点”；有：", "there is no setting called '地点'"),
        (OPENED + "而且设置“within”为“5d”", "设置要在开办之前改", "before the first case is opened"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(stage, steps, zh, en):
    found = failure(stage, steps)

    assert zh in found.text.zh, found.text.zh
    assert en in found.text.en, found.text.en


def test_an_ambiguous_label_is_a_sentence_with_the_keys(tmp_path):
    source = (
        Path(__file__)
        .with_name("helpdesk.yaml")
        .read_text("utf-8")
        .replace("{zh: 完工, en: Finish}", "{zh: 派工, en: Finish}")
    )
    (tmp_path / "desk.yaml").write_text(source, "utf-8")
    stage = Stage([tmp_path / "desk.yaml"])

    found = failure(stage, OPENED + "当服务台对“打印机”办理“派工”")

    assert "叫“派工”的不止一个：send、finish；请写键" == found.text.zh
    assert played(stage, OPENED + "当服务台对“打印机”办理“send”，维修人为“乙”，地点为“大厅”").passed
    stage.close()


def test_an_unknown_step_is_answered_with_the_nearest_one(stage):
    with pytest.raises(InputInvalid) as caught:
        played(stage, OPENED + "当服务台给“打印机”办理“派工”\n那么“打印机”处于“已报修”状态")

    assert [
        "f.feature:5:1: 没有这样的步骤：服务台给“打印机”办理“派工”；最接近的是：{谁}对“{件}”办理“{动作}”［，{字段}“{值}” …］［，填写：］",
        "f.feature:6:1: 没有这样的步骤：“打印机”处于“已报修”状态；最接近的是：“{件}”是“{状态}”状态",
    ] == caught.value.say("zh").splitlines()
    assert "there is no such step" in caught.value.say("en")


def test_a_scenario_without_steps_is_not_taken_for_one_that_holds(stage):
    with pytest.raises(InputInvalid, match="has no steps"):
        played(stage, "加入甲新建报修“打印机”")


def test_people_are_introduced_in_a_table_by_the_names_of_their_roles(stage):
    people = "假如有以下人员：\n | 姓名 | 角色 | 单位 |\n | 小王 | 服务台、bosses | |\n | 老李 | | 维修部 |\n"

    assert played(
        stage,
        people + OPENED + "当小王对“打印机”办理“派工”，维修人为“维修部”，地点为“大厅”\n"
        "那么老李的待办里有“打印机”\n而且服务台的待办里没有“打印机”\n"
        "当老李在“打印机”中维修部的“工单”上办理“报完工”，费用为“3”\n那么“打印机”是“已修好”状态",
    ).passed  # fmt: skip


def test_whoever_has_a_role_for_the_case_may_be_called_by_it(stage):
    assert played(stage, SENT + "当维修人在“打印机”中乙的“工单”上办理“报完工”，费用为“3”").passed


def test_whoever_is_nobody_has_no_role(stage):
    assert played(stage, SENT + "那么路人不能在“打印机”中乙的“工单”上办理“报完工”，费用为“3”，因为“须由维修人”").passed


def test_what_time_brings_happens_at_its_moment(stage):
    steps = "假如今天是2022年1月4日\n而且甲新建交办事项“e”\n当交办科对“e”办理“give”，unit为“乙”\n"

    assert played(stage, steps + "那么“e”中乙的“承办件”的“办复期限”到2022年4月6日\n当时间到了2022年4月20日\n"
                  "那么“e”中乙的“承办件”的“办复期限”已逾期\n而且乙收到“e”的“办复期限”到期提醒2次\n而且乙收到“e”的“办复期限”逾期通知1次\n而且乙收到“e”的“late”通知2次\n"
                  "而且交办科收到“e”的“late”通知\n而且乙没有收到“e”的“very_late”通知").passed  # fmt: skip


def test_a_setting_is_changed_for_one_scenario(stage):
    steps = "而且甲新建交办事项“e”\n当交办科对“e”办理“give”，unit为“乙”\n那么“e”中乙的“承办件”的“办复期限”到"

    assert played(stage, "假如设置“within”为“5d”\n" + steps + "2022年1月10日").passed
    assert played(stage, "假如今天是2022年1月4日\n" + steps + "2022年4月6日").passed


def test_what_one_scenario_publishes_the_next_does_not_know(stage):
    source = Path(__file__).with_name("helpdesk.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    for label in ("Broken", "Out of order"):
        with stage.office() as office:
            office.engine.publish(source.replace("en: Reported", f"en: {label}"))
            assert label == office.engine.lifecycle("helpdesk").root.states["reported"].label.en
    with stage.office() as office:
        assert 1 == office.engine.lifecycle("helpdesk").version

"""Feature files, and what is said of those that cannot be read."""

import pytest

from workflow.core.errors import InputInvalid
from workflow.testing.features import parse, read

WHOLE = '''# language: zh-CN
功能: 报修
  背景:
    假如甲新建“打印机”

  场景: 一
    当甲对“打印机”办理“说明”，填写“事由”：
      """
      一行
      又一行
      """
  场景大纲: 二
    那么“打印机”是“<状态>”状态
    例子:
      | 状态 |
      | 已修好 |
      | 待修 |
'''


def test_every_row_of_an_outline_is_a_scenario_and_the_background_comes_first():
    feature = parse(WHOLE, "f.feature")

    assert ["一", "二（已修好）", "二（待修）"] == [each.name for each in feature.scenarios]
    assert {"甲新建“打印机”"} == {each.steps[0].text for each in feature.scenarios}
    assert "“打印机”是“待修”状态" == feature.scenarios[2].steps[1].text
    assert "zh" == feature.language


def test_a_step_knows_its_place_and_its_long_text():
    step = parse(WHOLE, "f.feature").scenarios[0].steps[1]

    assert ("f.feature:7:5", "当", "一行\n又一行") == (str(step.place), step.keyword, step.long)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        (
            "# language: zh-CN\n功能: f\n场景: s\n  当x\n  加入甲新建“x”\n",
            "f:5:3: 不认识“加入甲新建“x””",
            "f:5:3: '加入甲新建“x”' is not understood",
        ),
        (
            "# language: zh-CN\n功能: f\n场景: s\n  当x\n  | a | b |\n  | c |\n",
            "f:6:3: 表格的各行格数不同",
            "f:6:3: the rows",
        ),
        ("# language: xx\nFeature: f\n", "f:1:1: 没有这种语言", "f:1:1: there is no such language"),
        ("# 以后再写", "f:1:1: 这里没有功能", "f:1:1: there is no feature"),
        ('Feature: f\nScenario: s\n  When x\n  """\n  text', "f:6:1: 文件在这里中断了", "f:6:1: the file ends"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(source, zh, en):
    with pytest.raises(InputInvalid) as caught:
        parse(source, "f")

    assert caught.value.say("zh").startswith(zh), caught.value.say("zh")
    assert caught.value.say("en").startswith(en), caught.value.say("en")


def test_an_empty_file_has_no_scenarios_yet():
    assert () == parse(" \n").scenarios


def test_a_file_of_another_encoding_is_said_to_be_one(tmp_path):
    path = tmp_path / "gbk.feature"
    path.write_bytes("# language: zh-CN\n功能: 报修".encode("gbk"))

    with pytest.raises(InputInvalid, match="2:1: this is not UTF-8"):
        read(path)


def test_a_mark_at_the_beginning_of_the_file_does_no_harm(tmp_path):
    path = tmp_path / "marked.feature"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())

    assert "报修" == read(path).name


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.feature"
    path.write_bytes(b"#" * (1024 * 1024 + 1))

    with pytest.raises(InputInvalid, match="larger than 1 MiB"):
        read(path)

"""What is said in a step, and what stands for its words."""

import pytest

from workflow.testing.phrases import given, pattern, unquoted
from workflow.testing.scenarios import meant
from workflow.testing.sentences import sentences


def words(text: str) -> dict[str, str]:
    found = meant(text)
    assert found is not None, text
    return found[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陈主任对“校车”办理“立案”", {}),
        ("陈主任对“校车”办理“立案”，类别为“经济”", {"类别": "经济"}),
        ("陈主任对“校车”办理“立案”，类别“经济”，说明“属实”", {"类别": "经济", "说明": "属实"}),
        ('bob does "Send" on "printer" with Place "Hall" and the note "hurry"', {"Place": "Hall", "note": "hurry"}),
        ("王委员新建提案“校车”，情况和问题为“没有校车”", {"情况和问题": "没有校车"}),
    ],
)
def test_what_is_filled_in_may_stand_in_the_sentence(text, expected):
    assert expected == given(words(text)["input"], None, None)


def test_or_in_a_table_or_in_a_long_text():
    assert {"类别": "经济", "说明": "属实"} == given("，说明“属实”，填写：", [["类别", "经济"]], None)
    assert {"答复内容": "一\n二"} == given(words("教育局对“校车”办理“答复”，填写“答复内容”：")["input"], None, "一\n二")
    assert {"Reply": "a\nb"} == given(words('edu does "Reply" on "bus" with "Reply":')["input"], None, "a\nb")


def test_who_cannot_or_could_is_not_part_of_the_name():
    assert "孙编辑" == words("孙编辑不能对“河道”办理“审核通过”")["who"]
    assert "孙编辑" == words("孙编辑可以对“河道”办理“审核通过”")["who"]
    assert "不同人" == words("孙编辑不能对“河道”办理“审核通过”，因为“不同人”")["because"]


def test_a_name_with_spaces_stands_in_quotes():
    assert "Proposal office" == words('"Proposal office" does "File" on "bus"')["who"]
    assert "a" == unquoted("a")


def test_the_case_is_said_in_three_ways():
    assert ("校车", None, None) == _subject("乙对“校车”办理“签收”")
    assert ("校车", "承办件", None) == _subject("乙在“校车”的“承办件”上办理“签收”")
    assert ("校车", "承办件", "教育局") == _subject("乙在“校车”中教育局的“承办件”上办理“签收”")


def _subject(text: str) -> tuple[str | None, ...]:
    found = words(text)
    return tuple(found.get(name) for name in ("case", "part", "whose"))


def test_every_sentence_is_meant_by_a_text_made_from_it_and_by_no_earlier_one():
    said = {
        "n": "3",
        "of": "4",
        "when": "2022-03-01",
        "letter": "A",
        "items": "1",
        "input": "",
        "because": "",
        "table": "",
    }

    for sentence in sentences():
        text = sentence.text
        for name in ("input", "because", "table", *said):
            text = text.replace(f"{{{name}}}", said.get(name, "x"))
        text = pattern_words(text)
        found = meant(text)
        assert found is not None, text
        assert sentence.text == found[0].text, text


def pattern_words(text: str) -> str:
    while "{" in text:
        before, _, rest = text.partition("{")
        text = f"{before}甲{rest.partition('}')[2]}"
    return text


def test_an_own_step_of_a_host_is_a_pattern_too():
    assert {"who": "甲", "case": "校车"} == pattern("{who}起草“{case}”").fullmatch("甲起草“校车”").groupdict()

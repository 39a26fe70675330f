"""What is typed becomes a value of the declared type; what does not fit is left to the engine to refuse."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from workflow.cli.values import day, read
from workflow.core.errors import InputInvalid
from workflow.core.model import Field, Text

CATEGORY = Field("category", "choice", Text("类别", "Category"), choices=("economy", "culture"),
                 labels={"economy": Text("经济建设", "Economy"), "culture": Text("文化建设", "Culture")})  # fmt: skip
UNITS = Field("units", "list", Text("承办单位"), item=Field("unit", "record", fields=(
    Field("unit", "party"), Field("part", "choice", choices=("lead", "co"), labels={"lead": Text("主办"), "co": Text("会办")}),
    Field("days", "int"),
)))  # fmt: skip
FIELDS = (
    Field("title", "text", Text("案由", "Title")),
    CATEGORY,
    UNITS,
    Field("secret", "bool", Text("涉密")),
    Field("score", "int"),
    Field("met", "date"),
    Field("suggestions", "list", item=Field("item", "text")),
    Field("invitees", "list", item=Field("item", "party")),
    Field("lead", "case"),
)
IDS = {"教育局": "edu", "edu": "edu", "health": "health", "李明": "m01", "m01": "m01", "m02": "m02", "011-1-9": "0af3"}


def typed(*words: str) -> dict[str, Any]:
    return read(words, FIELDS, lambda field, name: IDS[name])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("title=关于 A=B 的提案", {"title": "关于 A=B 的提案"}),
        ("案由=修路", {"title": "修路"}),
        ("Title＝修路", {"title": "修路"}),
        ("title=", {"title": ""}),
        ("category=economy", {"category": "economy"}),
        ("类别=经济建设", {"category": "economy"}),
        ("category=Economy", {"category": "economy"}),
        ("category=economie", {"category": "economie"}),
        ("secret=是", {"secret": True}),
        ("涉密=否", {"secret": False}),
        ("secret=True", {"secret": True}),
        ("secret=maybe", {"secret": "maybe"}),
        ("score=95", {"score": 95}),
        ("score=-3", {"score": -3}),
        ("score=九十", {"score": "九十"}),
        ("score:=96", {"score": 96}),
        ("met=2022-3-1", {"met": "2022-03-01"}),
        ("met=2022年3月1日", {"met": "2022-03-01"}),
        ("met=明天", {"met": "明天"}),
        ("suggestions=修路，架桥", {"suggestions": ["修路，架桥"]}),
        ('suggestions:=["修路", "架桥"]', {"suggestions": ["修路", "架桥"]}),
        ("suggestions=", {"suggestions": []}),
        ("invitees=李明、m02", {"invitees": ["m01", "m02"]}),
        ("lead=011-1-9", {"lead": "0af3"}),
        ("units=edu:lead,health:co", {"units": [{"unit": "edu", "part": "lead"}, {"unit": "health", "part": "co"}]}),
        ("units=教育局：主办：5", {"units": [{"unit": "edu", "part": "lead", "days": 5}]}),
        ('units=[{"unit": "教育局", "part": "会办"}]', {"units": [{"unit": "edu", "part": "co"}]}),
        ("nonsense=1", {"nonsense": "1"}),
    ],
)
def test_a_word_is_read_by_the_type_of_its_field(word: str, expected: dict[str, Any]) -> None:
    assert expected == typed(word)


def test_a_list_takes_its_field_several_times() -> None:
    assert {"suggestions": ["修路", "架桥"]} == typed("suggestions=修路", "suggestions=架桥")


def test_a_text_comes_from_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.txt").write_text("\ufeff第一行\n第二行\n", "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("来自管道\n"))

    assert {"title": "第一行\n第二行"} == typed(f"title=@{tmp_path / 'text.txt'}")
    assert {"title": "来自管道"} == typed("title=-")
    assert {"title": "@all"} == typed("title=@@all")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["economy"], "“economy”看不懂；请写成 栏目=值，如 category=economy，值里有空格时整个加引号"),
        (["=x"], "“=x”看不懂；请写成 栏目=值，如 category=economy，值里有空格时整个加引号"),
        (["title=a", "案由=b"], "“title”给了不止一次"),
        (["units=edu:lead:3:x"], "“edu:lead:3:x”的段数太多；应为 unit:part:days"),
        (["title=@/no/such"], "读不到文件 /no/such（No such file or directory）；若“@”本来就是内容的开头，请写成 @@"),
    ],
)
def test_a_word_of_another_form_is_refused_with_a_way_out(words: list[str], expected: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        typed(*words)

    assert expected == refused.value.say("zh")


def test_wrong_json_is_named() -> None:
    with pytest.raises(InputInvalid, match="cannot be read"):
        typed("units:=[{]")


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InputInvalid, match="not text in UTF-8"):
        typed(f"title=@{tmp_path / 'image'}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20220301", "2022-03-01"), ("2022/12/1", "2022-12-01"), ("2022-13-01", "2022-13-01"), ("2022-111", "2022-111")],
)
def test_days_are_brought_into_one_form(text: str, expected: str) -> None:
    assert expected == day(text)

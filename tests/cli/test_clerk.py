"""A clerk's day at the command line: every answer is a sentence that she can act on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wcwidth import wcswidth

from tests.cli.conftest import Casework
from workflow.cli import times

ASSIGN = ("类别=经济", "units=edu:lead,health:co")


def test_the_to_do_list_says_what_where_and_since_when(office: Casework, letter: str) -> None:
    said = office("todo", "--as", "clerk01")

    heading, rule, line = said.out.splitlines()
    assert ["编号", "案由", "类别", "状态", "自何时", "已等"] == heading.split()
    assert [letter, "关于修路的建议", "来信", "已收"] == line.split()[:4]
    assert line.endswith("今天")
    assert wcswidth(rule) >= wcswidth(line)


def test_the_to_do_list_is_there_for_a_program(office: Casework, letter: str) -> None:
    waiting = office("todo", "--as", "clerk01", "--json").json

    assert [(letter, letter, "关于修路的建议", "received", "clerks")] == [
        (each["name"], each["number"], each["title"], each["state"], each["party"]) for each in waiting
    ]
    assert waiting[0]["since"].endswith("+08:00")


def test_nothing_to_do_is_said(office: Casework) -> None:
    assert "没有等着办的事。\n" == office("todo", "--as", "clerk01").out
    assert [] == office("todo", "--as", "clerk01", "--json").json


def test_a_unit_finds_its_part_by_the_name_it_can_type_back(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    name = office("todo", "--as", "teacher", "--json").json[0]["name"]
    signed = office("do", name, "签收", "--as", "teacher")

    assert f"{letter}/assignment:edu" == name
    assert 0 == signed.code
    assert "待签收 → 办理中" in signed.out


def test_a_letter_is_walked_to_its_end(office: Casework, letter: str) -> None:
    office("do", letter, "交办", "--as", "clerk01", *ASSIGN)
    for person, unit in (("teacher", "edu"), ("doctor", "health")):
        office("do", f"{letter}/assignment:{unit}", "sign", "--as", person)
        office("do", f"{letter}/承办件:{unit}", "答复", "答复=已列入计划", "--as", person)
    closed = office("do", letter[:5], "close", "--as", "clerk01", "--note", "已函告来信人")

    assert (0, "") == (closed.code, closed.err)
    assert "办结：已答复 → 办结" in closed.out
    assert [] == office("todo", "--as", "clerk01", "--json").json


def test_what_was_opened_and_what_followed_is_told(office: Casework, letter: str) -> None:
    said = office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    assert [
        f"{letter}  关于修路的建议",
        "  交办：已收 → 已交办",
        f"  新开：{letter}/assignment:edu  承办件 县教育局",
        f"  新开：{letter}/assignment:health  承办件 县卫生健康局",
    ] == said.out.splitlines()[:4]


def test_a_wrong_role_is_told_who_could_and_what_she_can_do_instead(office: Casework, letter: str) -> None:
    said = office("do", letter, "assign", "--as", "member01", *ASSIGN)

    assert 3 == said.code
    assert [
        f"不能“交办”：{letter} 关于修路的建议（现为“已收”）",
        "  · “交办”须由办信员（clerk）办理，李明不是",
        "可以办的人：办信组（clerks）：王敏（clerk01）、赵强（clerk02）",
        "你现在可以做：",
        "  remark  备注  须填 理由（--note）",
    ] == said.err.splitlines()


def test_every_reason_is_said_at_once(office: Casework, letter: str) -> None:
    said = office("do", letter, "assign", "--as", "member01", "类别=农业")

    assert 3 == said.code
    reasons = [line for line in said.err.splitlines() if line.startswith("  · ")]
    assert "“交办”须由办信员（clerk）办理，李明不是" in reasons[0]
    assert "可选：economy 经济、culture 文化" in reasons[1]
    assert "还缺“承办单位（units）”" in reasons[2]
    assert 3 == len(reasons)


def test_a_guard_says_its_own_sentence(office: Casework, letter: str) -> None:
    said = office("do", letter, "assign", "--as", "clerk01", "类别=经济", "units=edu:co")

    assert "  · 须有且只有一个主办单位" in said.err.splitlines()


def test_a_refusal_is_there_for_a_program(office: Casework, letter: str) -> None:
    said = office("do", letter, "close", "--as", "member01", "--json", "--lang", "en")

    refusal = json.loads(said.err)
    assert (3, "") == (said.code, said.out)
    assert ("Refused", 3, "close") == (refusal["error"], refusal["code"], refusal["action"])
    assert {"not_offered", "role"} == {each["code"] for each in refusal["blockers"]}
    assert ["clerks"] == refusal["who"]
    assert ["remark"] == [each["action"] for each in refusal["instead"]]


def test_who_comes_too_late_is_told_who_was_there(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)
    said = office("do", letter, "assign", "--as", "clerk02", *ASSIGN)
    machine = office("do", letter, "assign", "--as", "clerk02", *ASSIGN, "--json")

    assigned = office("history", letter, "--json").json[2]
    when = times.stamp(assigned["at"])
    assert f"不能“交办”：{letter} 关于修路的建议（现为“已交办”，王敏 于 {when} 办理）" == said.err.splitlines()[0]
    assert {name: assigned[name] for name in ("case", "seq", "at", "who", "action")} == json.loads(machine.err)["last"]


def test_why_says_what_is_in_the_way_without_recording_anything(office: Casework, letter: str) -> None:
    before = office("history", letter, "--json").json
    said = office("why", letter, "close", "--as", "member01", "--lang", "en")

    assert 0 == said.code
    heading, _, minute = said.out.splitlines()[0].partition(", by 李明, ")
    assert f"cannot 'Close': {letter} 关于修路的建议 (it is 'Received' now" == heading
    assert times.stamp(office("history", letter, "--json").json[0]["at"]) + ")" == minute
    assert before == office("history", letter, "--json").json


def test_why_says_what_a_possible_action_needs(office: Casework, letter: str) -> None:
    said = office("why", letter, "assign", "--as", "clerk01", "--lang", "en")

    assert [
        "this is possible:",
        "  assign  Assign  needs category (Category), units (Units)",
        "    category  economy Economy, culture Culture",
        "    units     unit:part; unit: the id or name of a person, unit or group; part: lead Lead, co Co-unit; several between commas",
    ] == said.out.splitlines()


@pytest.mark.parametrize(
    ("args", "code", "expected"),
    [
        (["do", "{letter}", "asign", "--as", "clerk01"], 3, "没有“asign”这个动作；是否指“assign”？"),
        (["do", "{letter}", "assign", "--as", "clerk1"], 5, "错误：没有人员“clerk1”；是否指：clerk0"),
        (["show", "011-002"], 5, "是否指：011-001"),
        (["show", "{letter}/assignment:edu"], 5, "错误：没有分件“assignment:edu”"),
        (["open", "leter", "--as", "clerk01"], 5, "错误：没有已发布的流程“leter”；是否指：letter"),
        (["open", "letter", "--as", "clerk01", "titel=修路"], 3, "这里没有“titel”这一项；是否指“title”？"),
        (["open", "letter", "--as", "clerk01"], 3, "还缺“案由（title）”"),
        (["list", "--state", "recieved"], 5, "错误：没有状态“recieved”；是否指：received"),
        (["do", "{letter}", "assign", "--as", "clerk01", "类别=经济", "units=教育局:lead"], 5, "没有人员、单位或组“教育局”；是否指：edu"),
        (["do", "{letter}", "assign", "--as", "clerk01", "经济"], 2, "“经济”看不懂；请写成 栏目=值"),
        (["do", "{letter}", "remark", "--as", "clerk01", "--note", "x", "--happened", "昨天"], 2, "“昨天”不是日期；请写成 2022-03-01"),
        (["todo", "--as", "edu"], 2, "“edu”（县教育局）不是人员，不能办理"),
        (["todo"], 2, "请用 --as 人员编号 说明是谁在办"),
    ],
)  # fmt: skip
def test_a_slip_is_answered_with_what_was_meant(
    office: Casework, letter: str, args: list[str], code: int, expected: str
) -> None:
    said = office(*(arg.format(letter=letter) for arg in args))

    assert code == said.code
    assert expected in said.err
    assert "Traceback" not in said.err


def test_an_act_taken_with_do_is_done_with_a_hint(office: Casework, letter: str) -> None:
    said = office("do", letter, "remark", "--as", "member01", "--note", "请尽快")

    assert 0 == said.code
    assert "casework act" in said.err


def test_a_move_taken_with_act_is_refused_with_the_right_command(office: Casework, letter: str) -> None:
    said = office("act", letter, "交办", "--as", "clerk01")

    assert (2, "错误：“交办”会改变状态，不是记事；请用 casework do\n") == (said.code, said.err)


def test_a_draft_is_edited_by_labels(office: Casework) -> None:
    opened = office("open", "来信", "--as", "member01", "案由=修路", "急件=是", "--json").json
    edited = office("do", opened["case"]["name"], "修改", "案由=修桥", "急件=否", "--as", "member01", "--json").json

    assert {"title": "修路", "urgent": True} == opened["case"]["values"]
    assert {"title": "修桥", "urgent": False} == edited["case"]["values"]


def test_somebody_types_for_somebody_else_and_both_are_recorded(office: Casework) -> None:
    opened = office("open", "letter", "--as", "clerk01", "--for", "李明", "title=修路", "--json").json
    history = office("history", opened["case"]["id"])

    assert "member01" == opened["case"]["created_by"]
    assert "王敏代李明" in history.out


def test_the_same_request_counts_once(office: Casework, letter: str) -> None:
    first = office("do", letter, "remark", "--as", "member01", "--note", "一", "--request-id", "r1", "--json").json
    again = office("do", letter, "remark", "--as", "member01", "--note", "一", "--request-id", "r1", "--json").json
    other = office("do", letter, "remark", "--as", "member01", "--note", "二", "--request-id", "r1")

    assert first["receipt"] == again["receipt"]
    assert 4 == other.code


def test_a_look_that_was_too_old_is_told_what_changed(office: Casework, letter: str) -> None:
    seen = office("show", letter, "--json").json["revision"]
    office("do", letter, "remark", "--as", "member01", "--note", "请尽快")

    said = office("do", letter, "assign", "--as", "clerk01", *ASSIGN, "--expect", str(seen), "--json")

    assert 4 == said.code
    assert "Stale" == json.loads(said.err)["error"]
    assert ["remark"] == [each["action"] for each in json.loads(said.err)["changes"]]


def test_show_tells_fields_by_label_parts_and_what_can_be_done(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    said = office("show", letter, "--as", "clerk01").out

    assert f"{letter}  关于修路的建议" == said.splitlines()[0]
    facts = {line.split()[0]: " ".join(line.split()[1:]) for line in said.splitlines()[1:] if line.startswith("  ")}
    assert ("已交办", "经济", "否") == (facts["状态"], facts["类别"], facts["急件"])
    assert ["assignment:edu", "承办件", "县教育局（edu）", "待签收"] in [line.split()[:4] for line in said.splitlines()]
    assert "你现在可以做：" in said


def test_a_part_is_shown_by_itself(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    shown = office("show", f"{letter}/assignment:edu", "--json", "--as", "teacher").json

    assert ("assignment", "edu", "unsigned", "edu") == tuple(shown[name] for name in ("part", "key", "state", "holder"))
    assert ["sign"] == [each["action"] for each in shown["offers"]]


def test_what_is_blind_is_shown_to_its_holder_alone(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    def values(*person: str) -> dict[str, str]:
        values: dict[str, str] = office("show", f"{letter}/assignment:edu", "--json", *person).json["values"]
        return values

    assert {"part": "lead"} == values("--as", "teacher")
    assert {} == values("--as", "doctor")
    assert {} == values()


@pytest.mark.parametrize(
    "name", ["{letter}/edu", "{letter}/assignment:edu", "{letter}/承办件:edu", "{letter}/assignment:edu#1"]
)
def test_a_part_is_named_as_people_name_it(office: Casework, letter: str, name: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    assert "edu" == office("show", name.format(letter=letter), "--json").json["key"]


def test_a_name_of_several_parts_is_not_guessed(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    said = office("show", f"{letter}/承办件")

    assert (5, True) == (said.code, "assignment:edu、assignment:health" in said.err)


def test_an_action_of_a_part_is_answered_with_the_part(office: Casework, letter: str) -> None:
    office("do", letter, "assign", "--as", "clerk01", *ASSIGN)

    said = office("do", letter, "签收", "--as", "teacher")

    assert 5 == said.code
    assert f"是否指：{letter}/assignment:edu 签收、{letter}/assignment:health 签收" in said.err


def test_history_tells_who_did_what_and_marks_refusals(office: Casework, letter: str) -> None:
    office("do", letter, "close", "--as", "clerk01", "--note", "办结")
    office("do", letter, "remark", "--as", "clerk01", "--note", "电话问过", "--happened", "2022-03-01")

    said = office("history", letter).out

    lines = said.splitlines()
    assert [f"{letter}  关于修路的建议", "时间 谁 分件 动作 状态".split()] == [lines[0], lines[1].split()]
    assert "提交" in said
    assert "草稿 → 已收" in said
    assert "未准：现为“已收”，不能“办结”；须在：已答复" in said
    assert "发生于 2022-03-01 00:00" in said
    assert "电话问过" in said
    assert "未准" not in office("history", letter, "--moves").out


def test_history_is_there_for_a_program_as_it_is_recorded(office: Casework, letter: str) -> None:
    records = office("history", letter, "--json").json

    assert ["open", "submit"] == [each["action"] for each in records]
    assert [1, 2] == [each["seq"] for each in records]


def test_cases_are_found_by_state_field_and_text(office: Casework, letter: str) -> None:
    office("open", "letter", "--as", "member01", "title=关于架桥的建议")

    def found(*args: str) -> list[str]:
        return [each["title"] for each in office("list", *args, "--json").json]

    assert ["关于修路的建议", "关于架桥的建议"] == found()
    assert ["关于修路的建议"] == found("letter", "--state", "已收")
    assert ["关于架桥的建议"] == found("来信", "--text", "架桥")
    assert ["关于架桥的建议"] == found("--where", "案由=关于架桥的建议")
    assert ["关于修路的建议"] == found("--limit", "1")


def test_a_list_aligns(office: Casework, letter: str) -> None:
    office("open", "letter", "--as", "member01", "title=plain")

    lines = office("list").out.splitlines()

    starts = {wcswidth(line[: line.index("来信")]) for line in lines[2:]}
    assert 1 == len(starts)


def test_people_are_listed_and_imported_from_a_table(office: Casework, here: Path) -> None:
    (here / "more.csv").write_text("id,name,kind,unit,groups\nclerk03,孙丽,person,,clerks;editors\n", "utf-8")

    imported = office("people", "import", "more.csv", "--json").json
    units = office("people", "list", "--kind", "unit", "--json").json

    assert [
        {
            "id": "clerk03",
            "name": "孙丽",
            "kind": "person",
            "unit": None,
            "groups": ["clerks", "editors"],
            "active": True,
            "language": "zh",
            "channels": {},
            "quiet": None,
            "digest": None,
        }
    ] == imported
    assert ["edu", "health"] == [each["id"] for each in units]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name\n孙丽\n", "bad.csv:1: 首行须有 id,name"),
        ("", "bad.csv:1: 首行须有 id,name"),
        ("id,name,kind\nx,孙丽,robot\n", "bad.csv:2: “robot”不能用；可写 person、个人、unit、单位、group、组"),
        ("id,name\n,孙丽\n", "bad.csv:2: 须有编号和名称"),
        ("id,name,emial\nx,孙丽,a@b.cn\n", "bad.csv:1: 不认识的列“emial”；是否指“email”？"),
        ("id,name,备注\nx,孙丽,\n", "bad.csv:1: 不认识的列“备注”；可用的列见 casework people import --help"),
        ("id,编号,name\nx,x,孙丽\n", "bad.csv:1: 列“编号”重复了"),
        ("id,name,unit\nx,孙丽,\ny,周易,edv\n", "bad.csv:3: 没有单位“edv”；是否指“edu”？"),
        ("id,name,邮箱\nx,孙丽,a.b.cn\n", "bad.csv:2: “a.b.cn”不是邮箱地址"),
        ("id,name,免打扰\nx,孙丽,22-7\n", "bad.csv:2: 免打扰时段“22-7”不能使用；请写成 22:00-07:00"),
        ("id,name,汇总\nx,孙丽,8点\n", "bad.csv:2: 每日汇总的时刻“8点”不能使用；请写成 08:30"),
        ("id,name\nx,孙丽\nx,周易\n", "bad.csv:3: 编号“x”在文件里不止一次"),
        ("id,name\nx,孙丽,多\n,\n", "bad.csv:2: 有 3 格，表头有 2 列；多半是引号或逗号错位\nbad.csv:3: 须有"),
    ],
)
def test_a_wrong_table_of_people_is_refused_as_a_whole(office: Casework, here: Path, text: str, expected: str) -> None:
    (here / "bad.csv").write_text(text, "utf-8")

    said = office("people", "import", "bad.csv")

    assert 2 == said.code
    assert expected in said.err
    assert {"x", "y"}.isdisjoint(each["id"] for each in office("people", "list", "--json").json)


def test_how_people_are_told_is_imported_and_what_has_no_column_stays(office: Casework, here: Path) -> None:
    head = "编号,姓名,邮箱,渠道:sms,免打扰,汇总,语言\n"
    (here / "told.csv").write_bytes(f"{head}member01,李明,li@a.cn,139,22:00-07:00,08:30,英文\n".encode("gb18030"))
    (here / "again.csv").write_text("id,name,email,unit\nmember01,李明明,,edu\n", "utf-8")

    office("people", "import", "told.csv")
    shown = office("people", "show", "李明").out
    assert [
        "渠道 email：li@a.cn",
        "渠道 sms：139",
        "语言：en",
        "免打扰：22:00-07:00",
        "每日汇总：08:30",
    ] == shown.splitlines()[3:]
    (again,) = office("people", "import", "again.csv", "--json").json
    assert ("李明明", "edu", {"sms": "139"}, "08:30", "22:00-07:00") == tuple(
        again[name] for name in ("name", "unit", "channels", "digest", "quiet")
    )
    assert "08:30" in office("people", "list").out


def test_publishing_the_same_again_is_said_and_other_content_refused(office: Casework, here: Path) -> None:
    source = (Path(__file__).parent / "letter.yaml").read_text("utf-8")
    (here / "same.yaml").write_text(source, "utf-8")
    (here / "other.yaml").write_text(source.replace("zh: 草稿", "zh: 初稿"), "utf-8")

    assert "letter 第 1 版：早已发布，内容相同\n" == office("lifecycle", "publish", "same.yaml").out
    assert (2, True) == (
        (said := office("lifecycle", "publish", "other.yaml")).code,
        "请把文件里的 version 改为新号" in said.err,
    )
    assert [("letter", 1)] == [(each["name"], each["version"]) for each in office("lifecycle", "list", "--json").json]


def test_a_title_cannot_steer_the_terminal(office: Casework) -> None:
    office("open", "letter", "--as", "member01", "title=plain\u202ereversed")

    assert "\u202e" not in office("list").out + office("todo", "--as", "member01").out

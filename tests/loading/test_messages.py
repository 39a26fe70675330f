"""Forty-odd ways to get a lifecycle wrong, and what its author is told: where, what, what is allowed, what was meant."""

from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken, problems
from workflow.core.errors import LifecycleInvalid
from workflow.loading import load

# (what stands there, what is written instead, line:column, code, in the Chinese sentence, in the English one)
ONE_MISTAKE = [
    # ---- keys
    ("label: {zh: 请假, en: Leave}", "laabel: 请假", "4:1", "unknown_key", "不认识“laabel”；此处可写：casework、", 'did you mean "label"?'),
    ("version: 1\n", "", "1:1", "missing_key", "此处缺少“version”", '"version" is missing here'),
    ("head: {group: heads}", "head: {label: 领导}", "12:9", "missing_key", "缺少“is”或“group”或“any_of”", '"is" or "group" or "any_of"'),
    ("head: {group: heads}", "head: {group: heads, is: case.holder}", "12:10", "conflict", "“is”与“group”只能写一个", "only one of"),
    ("  denied: {", "  granted: {}\n  denied: {", "28:3", "duplicate_key", "“granted”重复（第 27 行已有）", "first in line 27"),
    ("initial: draft\n", "initial: draft\nstates: {}\n", "23:1", "duplicate_key", "“states”重复（第 6 行已有）", "is here twice"),
    ("else: {zh: 不超过十天, en: Ten days at most}", "else: {zh: 不超过十天, en: Ten days, at most}", "21:37", "unknown_key", "请把那段文字加引号", "put quotes around that text"),
    ("    to: asked\n", "", "31:5", "missing_key", "缺少“to”或“routes”", '"to" or "routes" is missing'),
    ("    from: draft\n", "", "31:5", "missing_key", "缺少“from”（从哪些状态", '"from" is missing here'),
    ("{when: 'parts.opinion.all(p, p.yes)', to: granted}", "{to: granted}", "42:9", "missing_key", "缺少“when”或“else”", '"when" or "else"'),
    ("as: h, key: h, holder: h", "holder: '\"h\"'", "36:27", "missing_key", "“each”须与“as”一起写", '"each" goes together with "as"'),
    ("acts:\n  remind:", "acts:\n  ask:", "45:3", "duplicate", "“ask”既是流转（第 30 行）又是办理动作", "choose another name"),
    ("states:\n  draft:", "state:\n  draft:", "22:1", "unknown_key", "是否指“states”", 'did you mean "states"?'),
    ("    to: asked\n", "    goto: asked\n", "32:5", "unknown_key", "是否指“to”", 'did you mean "to"?'),
    ("granted: {label: 同意", "granted: {label：同意", "27:13", "unknown_key", "全角“：”是否应为半角“:”", "full-width"),
    # ---- words
    ("casework: 1", "casework: 2", "1:11", "bad_value", "“2”不能写在这里；应为1", "1 is expected"),
    ("version: 1", "version: one", "3:10", "bad_value", "应为整数（1 以上），如 12", "a whole number (1 or more) is expected"),
    ("type: int, default: 11", "type: int, default: '11'", "9:30", "bad_value", "请去掉引号", "take away the quotes"),
    ("type: int, default: 11", "type: int, default: 1e3", "9:30", "bad_value", "应为整数", "a whole number is expected"),
    ("type: int, default: 11", "type: int, default: 0x1F", "9:30", "bad_value", "应为整数", "a whole number is expected"),
    ("type: int, default: 11", "type: int, default: " + "9" * 400, "9:30", "bad_value", "最大 9007199254740991", "9007199254740991 at most"),
    ("type: int, default: 11", "type: number, default: 11", "9:16", "bad_value", "text、int、bool", "one of text, int, bool"),
    ("default: 5bd", "default: 5 days", "7:38", "bad_value", "bd（工作日）", "bd (working days)"),
    ("default: 5bd", "default: 5天", "7:38", "bad_value", "“5天”不能写在这里", "a duration is expected"),
    ("default: false", "default: no", "50:41", "bad_value", "应为true 或 false（小写，不加引号）", "true or false is expected"),
    ("note: required}", "note: yes}", "45:71", "bad_value", "以下之一：required、optional", "one of required, optional"),
    ("granted: {label: 同意, final: successful}", "granted: {label: 同意, final: sucssful}", "27:31", "bad_value", "是否指“successful”", 'did you mean "successful"?'),
    ("label: 草稿", "label: null", "23:18", "bad_value", "请加引号", "put it in quotes"),
    ("label: 草稿", "label: ''", "23:18", "missing_value", "此处缺少值", "a value is missing here"),
    ("  advisor:", "  顾问: {group: a}\n  advisor:", "13:3", "bad_value", "中文请写在 label 里", "write Chinese in the label"),
    ("  reason: text", "  reason: text\n  state: text", "18:3", "bad_value", "这个词已有固定含义", "choose another"),
    ("acts:\n", "acts:\n  edit: {in: any, by: any}\n", "45:3", "bad_value", "“edit”不能写在这里", 'the name of an action'),
    # ---- something of another kind
    ("head: {group: heads}", "head: heads", "12:9", "wrong_kind", "应为一组“键: 值”（is、group、any_of、label）", "a mapping (is, group, any_of, label)"),
    ("label: {zh: 请假, en: Leave}", "label: [请假]", "4:8", "wrong_kind", "此处是一个列表；应为文字，或 {zh: 中文, en: 英文}", "here stands a list"),
    ("else: {zh: 不超过十天, en: Ten days at most}", "else:", "21:10", "missing_value", "此处缺少", "missing here"),
    ("{group: heads}", "group：heads", "12:9", "wrong_kind", "全角“：”是否应为半角“:”", "full-width"),
    ("by: engine", "by: []", "40:9", "missing_value", "此列表是空的；应为角色的名称", "this list is empty"),
    # ---- names
    ("    by: applicant\n", "    by: 申请人\n", "33:9", "unknown_name", "已有的角色：applicant、head", "known: applicant, head"),
    ("    from: draft\n", "    from: draft, asked\n", "31:11", "bad_value", "请写成列表：[draft, asked]", "written as a list: [draft, asked]"),
    ("    if: short", "    if: case.days < 10", "35:9", "bad_value", "可直接写成 {when: 条件, else: 说明}", "may be written here as"),
    ("initial: draft", "initial: drafft", "5:10", "unknown_name", "没有名为“drafft”的状态；已有的状态：draft、asked", 'did you mean "draft"?'),
    ("    to: asked\n", "    to: askedd\n", "32:9", "unknown_name", "draft、asked、granted、denied、origin；是否指“asked”", 'there is no state "askedd"'),
    ("    by: applicant\n", "    by: aplicant\n", "33:9", "unknown_name", "没有名为“aplicant”的角色", 'did you mean "applicant"?'),
    ("    if: short", "    if: shrt", "35:9", "unknown_name", "没有名为“shrt”的守卫条件", 'there is no guard "shrt"'),
    ("require: [days, ground]", "require: [days, grund]", "34:21", "unknown_name", "没有名为“grund”的字段", 'did you mean "ground"?'),
    ("part: opinion, each", "part: opinions, each", "36:18", "unknown_name", "没有名为“opinions”的子件", 'did you mean "opinion"?'),
    ("holder: h}", "holder: h, set: {yess: 'true'}}", "36:81", "unknown_name", "没有名为“yess”的字段", 'did you mean "yes"?'),
    ("of: settings.grounds", "of: settings.ground", "16:28", "unknown_name", "没有名为“ground”的设置", 'did you mean "grounds"?'),
    ("edit: {applicant: [days, reason]}", "edit: {aplicant: [days]}", "23:29", "unknown_name", "没有名为“aplicant”的角色", "did you mean"),
    ("take: settle", "take: setle", "26:57", "unknown_name", "没有名为“setle”的流转", 'did you mean "settle"?'),
    ("after: ask,", "after: opinion.giv,", "57:13", "unknown_name", "没有名为“opinion.giv”的动作", 'did you mean "opinion.give"?'),
    ("parts.opinion.holder, head", "parts.opinon.holder, head", "57:23", "unknown_name", "没有名为“opinon”的子件", 'did you mean "opinion"?'),
    ("count: {reached: granted}", "count: {reached: grantd}", "59:35", "unknown_name", "没有名为“grantd”的状态", 'did you mean "granted"?'),
    ("of: opinion, from", "of: opnion, from", "55:21", "unknown_name", "没有名为“opnion”的子件", 'did you mean "opinion"?'),
    # ---- types, and what does not go together
    ("of: settings.grounds", "of: settings.term", "16:28", "wrong_type", "设置“term”的类型是 int；此处需要 codes", "codes is needed here"),
    ("at_most_every: settings.longest", "at_most_every: settings.term", "45:47", "wrong_type", "此处需要 duration", "duration is needed here"),
    ("ask: {yes: {required: true}}", "ask: {yes: text}", "53:56", "wrong_type", "类型为 bool，此处不能改为 text", "leave out `type`"),
    ("ask: {yes: {required: true}}", "ask: {yes: {}, why: {required: true}}", "53:70", "missing_key", "字段“why”缺少“type”", 'the field "why" needs "type"'),
    ("  reason: text", "  reason: {type: list}", "17:11", "missing_key", "字段“reason”缺少“item”", 'needs "item"'),
    ("  reason: text", "  reason: {type: text, of: [a]}", "17:24", "not_here", "“of”不适用于类型 text；只用于 choice、code、case", "does not go with"),
    ("min: 1, max: 30", "min: 40, max: 30", "15:26", "bad_value", "下限 40 大于上限 30", "min 40 is greater than max 30"),
    ("take: settle", "take: also_settle", "26:57", "unknown_name", "没有名为“also_settle”的流转", "there is no transition"),
    ("overdue: {notify", "overdue: {take: give, notify", "55:100", "not_by_engine", "“give”不由引擎执行（by: advisor）", "is not taken by the engine"),
    ("{when: 'parts.opinion.all(p, p.yes)', to: granted}", "{else: true, to: granted}", "43:9", "two_else", "只能有一条 else（第 42 行已有）", "only one route may be `else`"),
    ("    label: 待批\n", "    label: 待批\n    states: {a: , b: }\n", "25:5", "missing_key", "须写 initial", "`initial` must say"),
    ("    label: 待批\n", "    label: 待批\n    states: {a: , b: }\n    initial: c\n", "27:14", "unknown_name", "已有的状态：a、b", "known: a, b"),
    ("    label: 待批\n", "    label: 待批\n    initial: draft\n", "26:5", "not_here", "没有下级状态，不能写 initial", "does not belong here"),
    ("head: {group: heads}", "head: {any_of: [head]}", "12:9", "circle", "角色“head”的 any_of 绕回了它自己", "leads back to itself"),
    ("count: {reached: granted}", "count: {reached: granted, latest: true}", "59:44", "not_here", "请先写 part", "write `part` first"),
    ("-{seq:03}", "", "37:13", "numbering", "须恰有一个 {seq}", "exactly one {seq}"),
    ("{seq:03}", "{sq:03}", "37:13", "numbering", "不认识 {sq:03}", "{sq:03} is not known"),
    ("{seq:03}", "{seq:03}-{case.id}", "37:13", "numbering", "{seq} 之后只能是文字和 settings.某项", "move {case.id} before {seq}"),
    # ---- conditions
    ("when: case.days < 10", "when: case.day < 10", "20:15", "condition", "没有“day”", "did you mean 'days'?"),
    ("when: case.days < 10", "when: case.days < 'ten'", "20:21", "condition", "整数与文字", "whole number and text"),
    ("when: case.days < 10", "when: case.days", "20:11", "condition", "需要是/否", "true or false is needed"),
    ("when: case.days < 10", "when: case.days <", "20:22", "condition", "没有写完", "ends too early"),
    ("is: case.created_by", "is: case.createdby", "11:23", "condition", "没有“createdby”", "did you mean 'created_by'?"),
    ("!p.open)", "!p.opn)", "26:42", "condition", "没有“opn”", "did you mean 'open'?"),
    ("{settings.term:03}", "{settings.tem:03}", "37:24", "condition", "settings.term", "settings.term"),
    ("holder: h}", "holder: h, set: {yes: '\"a\"'}}", "36:87", "condition", "需要是/否", "true or false is needed"),
    ("when: case.days < 10", "when: !case.open", "20:11", "tag", "须加引号，如 '!case.open'", "put quotes around"),
    # ---- YAML
    ("initial: draft", "initial：draft", "5:1", "syntax", "全角“：”是否应为半角“:”", "full-width"),
    ("initial: draft\n", "initial: draft\n\tx: 1\n", "6:1", "syntax", "制表符（Tab）；缩进请用空格", "indent with spaces"),
    ("  head: {group: heads}", " head: {group: heads}", "12:2", "syntax", "请检查缩进", "lines up with the keys above"),
    ("{group: heads}", "{group: heads", "13:10", "syntax", "花括号 { } 没有闭合，或两项之间缺少逗号（从第 12 行开始）", "braces { } were not closed"),
    ("label: {zh: 请假, en: Leave}", "label: 请假: 申请", "4:10", "syntax", "文字里有“: ”时请加引号", "put quotes around a text"),
    ("label: 草稿", "label:草稿", "23:11", "unknown_key", "不认识“label:草稿”", "is not known here"),
    ("granted_rate:", "'granted_rate:", "60:1", "syntax", "引号没有闭合", "never closed"),
    ("label: 草稿", "label: @draft", "23:18", "syntax", "请加引号", "put quotes around it"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "code", "zh", "en"), ONE_MISTAKE)
def test_one_mistake_is_told_once_with_its_place_and_what_would_be_right(
    old: str, new: str, at: str, code: str, zh: str, en: str
) -> None:
    found = broken(old, new)

    assert [(code, f"leave.yaml:{at}")] == [(p.code, str(p.place)) for p in found], [p.say("en") for p in found]
    assert zh in found[0].text.zh
    assert en in found[0].text.en


def test_the_unbroken_lifecycle_has_no_problem() -> None:
    assert [] == problems(LEAVE)


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        LEAVE.replace("initial: draft", "initial: drafft")
        .replace("case.days < 10", "case.day < 10")
        .replace("note: required}", "note: yes}")
        .replace("    if: short", "    iff: short")
        .replace("granted_rate: {count", "granted_rate: {cuont")
    )

    found = problems(text)

    assert ["5:10", "20:15", "35:5", "45:71", "59:18"] == [str(p.place).partition(":")[2] for p in found]


def test_the_whole_refusal_can_be_said_in_either_language() -> None:
    with pytest.raises(LifecycleInvalid) as caught:
        load(LEAVE.replace("initial: draft", "initial: drafft"), file="leave.yaml")

    assert caught.value.say("zh").startswith("leave.yaml:5:10: 没有名为“drafft”的状态")
    assert caught.value.say("en").startswith('leave.yaml:5:10: there is no state "drafft"')
    assert 2 == caught.value.exit_code


def test_a_name_that_is_badly_written_is_told_once_and_not_wherever_it_is_used() -> None:
    found = problems(LEAVE.replace("head: {group", "主任: {group").replace("to: [head]", "to: [主任]"))

    assert ["bad_value", "condition", "unknown_name"] == [p.code for p in found]  # 主任 in `to:` is no CEL name either


def test_a_transition_that_is_no_mapping_is_told_once_and_its_name_stays_known() -> None:
    start, end = LEAVE.index("  ask:\n"), LEAVE.index("  settle:\n")

    found = problems(LEAVE[:start] + "  ask: from draft to asked\n" + LEAVE[end:])

    assert ["wrong_kind"] == [p.code for p in found]


def test_very_many_problems_are_counted_instead_of_listed() -> None:
    extra = "".join(f"  f{n}: {{type: wrong}}\n" for n in range(500))

    found = problems(LEAVE.replace("fields:\n  days", f"fields:\n{extra}  days"))

    assert 101 == len(found)
    assert ("more", "and 400 more problems, not listed") == (found[-1].code, found[-1].text.en)


def test_a_message_quotes_no_more_than_one_short_line() -> None:
    found = broken("version: 1", "version: " + "好" * 500)

    assert len(found[0].text.zh) < 120

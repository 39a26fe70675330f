"""Rules that offices write have words; what has none is shown as it is written."""

from __future__ import annotations

import pytest

from workflow.core.model import Lifecycle, Text
from workflow.loading import load_path
from workflow.pages.rules import Rules
from workflow.shipped import shipped_definitions


@pytest.fixture(scope="module")
def rules() -> Rules:
    one: Lifecycle = load_path(shipped_definitions() / "proposal.yaml")
    return Rules(one, one.root, tuple(one.root.transitions["assign"].asks))


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("settings.two_way", "“开展双向评价”为是", '"Evaluate both ways" is yes'),
        ("!settings.two_way", "“开展双向评价”为否", '"Evaluate both ways" is no'),
        ("!case.secret", "“涉密”为否", '"Secret" is no'),
        ("case.topic != null", "“细类”已填", '"Local category" is filled'),
        ('case.handling == "sole"', "“办理方式”为“单办”", '"Handling" is "One unit"'),
        ("case.rehandlings >= 2", "“重新办理次数”不少于“2”", '"Times rehandled" is at least "2"'),
        ("case.proposers.size() > 0", "“提案者名单”不为空", '"Proposers" is not empty'),
        ('visited("replied")', "曾经到过“已答复”", 'it was once "Replied"'),
        ("parts.feedback.all(f, !f.open)", "没有未结的“征询意见表”", 'no "Feedback form" is open any more'),
        ('parts.contact.exists(c, c.state != "denied")', "有“面商记录”不是“未属实”", 'a "Contact" is not "Denied"'),
        ('parts.assignment.all(a, a.part == "co" || !a.open)', "每件“承办件”都“办理角色”为“会办”或已结", 'every "Assignment" "Part" is "Co" or has ended'),
        ("linked.lead.open && !case.secret", "“并入提案”所指的一件未结，且“涉密”为否", 'the case under "Merged into" is open and "Secret" is no'),
    ],
)  # fmt: skip
def test_a_rule_has_words(rules: Rules, rule: str, zh: str, en: str) -> None:
    assert Text(zh, en) == rules.said(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "case.title.size() > 3",
        "case.nothing == null",
        "settings.nothing",
        "parts.nothing.all(f, !f.open)",
        'visited("nowhere")',
        "!case.secret || case.open_consent",
        "linked.opinion.open",
        '!parts.feedback.all(f, f.result == "satisfied")',
        "case.secret ? true : false",
        'case.topic == "a && b" && now > 3',
    ],
)
def test_a_rule_without_words_is_shown_as_it_is(rules: Rules, rule: str) -> None:
    assert Text(f"符合规则 `{rule}` 时", f"where the rule `{rule}` holds") == rules.said(rule)


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        ("office", "提案委办公室"),
        ("case.created_by", "提出本件的人"),
        ("parent.collective", "“集体提案单位”栏所记的一方"),
        ("case.proposers", "“提案者名单”栏所记的各方"),
        ("input.units", "所填的“承办单位”"),
        ("parts.assignment.filter(p, p.open).map(p, p.holder)", "各“承办件”（未结）的承办方"),
        ("settings.two_way ? case.proposers : []", "“开展双向评价”为是时“提案者名单”栏所记的各方"),
        ("input.nothing", "按规则 `input.nothing` 得出的各方"),
        ("parts.assignment.filter(p, p.key > now)", "按规则 `parts.assignment.filter(p, p.key > now)` 得出的各方"),
    ],
)
def test_parties_have_words(rules: Rules, rule: str, zh: str) -> None:
    assert zh == rules.party(rule).zh

from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken
from workflow.core.model import Metric, OpenedHolders, Selector, Text
from workflow.loading import load

MORE = (
    LEAVE
    + """\
  opinions:
    label: 意见
    count: {part: opinion, in: [open], outcome: successful, where: {yes: ["true"]}, latest: true, distinct: true}
  ill: {count: {where: {ground: [ill, private]}}, of: {in: any}}
tallies:
  given: {label: 表, parts: [opinion], where: {yes: "true"}}
invariants:
  asked_first: {in: granted, holds: 'visited("asked")'}
  always: {holds: 'case.days != 0'}
expect:
  - {from: any, can_reach: [granted, denied]}
  - {never: granted, without_passing: asked}
"""
)


def test_a_notice_goes_to_roles_and_to_the_holders_of_parts() -> None:
    (notice,) = load(LEAVE).notices

    holders, role = notice.to
    assert ("ask", "asked", "head") == (notice.after, notice.template, role)
    assert "parts.opinion.filter(p, p.open).map(p, p.holder)" == getattr(holders, "source", None)


def test_a_notice_may_name_a_party_by_an_expression_and_follow_an_action_of_a_part() -> None:
    text = LEAVE.replace("{after: ask, to: [parts.opinion.holder, head]", "{after: opinion.give, to: case.holder")
    (notice,) = load(text).notices

    assert ("opinion.give", "case.holder") == (notice.after, getattr(notice.to[0], "source", None))


def test_a_notice_has_copies_a_condition_and_may_be_urgent_and_go_to_those_whose_parts_were_opened() -> None:
    rule = "{after: ask, cc: [head, case.created_by], when: case.days > 3, urgent: true, to: [opened.opinion.holder]"
    (notice,) = load(LEAVE.replace("{after: ask, to: [parts.opinion.holder, head]", rule)).notices

    assert ((OpenedHolders("opinion"),), "head", True) == (notice.to, notice.cc[0], notice.urgent)
    assert ("case.created_by", "case.days > 3") == (
        getattr(notice.cc[1], "source", 0),
        getattr(notice.when, "source", 0),
    )


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ("{after: ask, to: [head], cc: [haed]", "unknown_name", 'did you mean "head"?'),
        ("{after: ask, to: [opened.opinoin.holder]", "unknown_name", 'did you mean "opinion"?'),
        ("{after: ask, to: [head], when: case.dyas > 3", "condition", "dyas"),
        ("{after: ask, to: [head], when: case.days", "condition", "true or false is needed here"),
        ("{after: ask, to: [head], urgent: yes", "bad_value", "true or false"),
    ],
)
def test_what_is_wrong_with_a_notice_is_told(rule: str, code: str, said: str) -> None:
    (problem,) = broken("{after: ask, to: [parts.opinion.holder, head]", rule)

    assert code == problem.code
    assert said in problem.text.en


def test_a_deadline_opens_no_parts() -> None:
    (problem,) = broken("{notify: late, to: [head]", "{notify: late, to: [head], cc: [opened.opinion.holder]")

    assert ("not_here", True) == (problem.code, "write parts.opinion.holder" in problem.text.en)


def test_a_metric_selects_what_it_counts() -> None:
    metrics = load(MORE).metrics

    assert ["granted_rate", "opinions", "ill"] == list(metrics)
    assert Selector(reached=("granted", "denied")) == metrics["granted_rate"].of
    assert Metric(
        "opinions",
        Selector("opinion", (), ("open",), ("successful",), {"yes": ("true",)}, latest=True, distinct=True),
        None,
        Text("意见"),
        metrics["opinions"].place,
    ) == metrics["opinions"]  # fmt: skip
    assert Selector(now=("draft", "asked", "granted", "denied")) == metrics["ill"].of


def test_a_tally_lists_parts() -> None:
    tally = load(MORE).tallies["given"]

    assert (("opinion",), {"yes": ("true",)}) == (tally.parts, tally.where)


def test_an_invariant_holds_in_some_states_or_always() -> None:
    first, always = load(MORE).invariants

    assert ("asked_first", ("granted",), 'visited("asked")') == (first.name, first.states, first.holds.source)
    assert () == always.states


def test_deadlines_and_expectations_are_kept_as_written() -> None:
    lifecycle = load(MORE)

    assert {
        "opinion_due": {
            "of": "opinion", "from": "opened", "until": "given", "within": "settings.longest",
            "overdue": {"notify": "late", "to": ["head"]},
        }
    } == lifecycle.deadlines  # fmt: skip
    assert [
        {"from": "any", "can_reach": ["granted", "denied"]},
        {"never": "granted", "without_passing": "asked"},
    ] == lifecycle.expect


def test_what_is_not_written_is_none() -> None:
    assert None is load(LEAVE).expect


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "ground: [ill, private]",
            "ground: [il]",
            'there is no choice "il"; known: ill, own, private; did you mean "ill"?',
        ),
        ("ground: [ill, private]", "grund: [ill]", 'there is no field "grund"'),
        ("count: {part: opinion,", "count: {part: opinon,", 'there is no part "opinon"'),
        ("outcome: successful", "outcome: sucssful", 'did you mean "successful"?'),
        ("parts: [opinion], where: {yes", "parts: [opinion], where: {ys", 'there is no field "ys"; known: yes'),
        ("{in: granted, holds", "{in: grnted, holds", 'there is no state "grnted"'),
        ("holds: 'case.days != 0'", "holds: case.days", "true or false is needed here"),
        ("can_reach: [granted, denied]", "can_reach: [granted, dnied]", 'there is no state "dnied"'),
        (", without_passing: asked", "", '"never" goes together with "without_passing" or "from"'),
        (
            "never: granted, without",
            "from: asked, can_reach: granted, without",
            '"without_passing" goes together with "never"',
        ),
        (
            "{never: granted",
            "{of: opinoin, never: granted",
            'there is no part "opinoin"; known: opinion; did you mean "opinion"?',
        ),
        (
            "{never: granted, without_passing: asked",
            "{of: opinion, from: open, never: granted",
            'there is no state "granted"',
        ),
        ("{from: any, can_reach", "{can_reach", '"can_reach" goes together with "from"'),
        ("from: opened, until", "from: opened_at, until", 'there is no state "opened_at"; known: opened, open, given'),
        ("until: given", "until: gven", 'there is no state "gven"'),
        ("within: settings.longest, overdue", "within: settings.term, overdue", "duration is needed here"),
        ("within: settings.longest, overdue", "at: settings.term, overdue", "date is needed here"),
        ("to: [head]}}", "to: [hed]}}", 'there is no role "hed"'),
        ("overdue: {notify: late, to: [head]}", "overdue: {take: gve}", 'there is no action "gve"'),
        ("overdue: {notify", "extend: {by: hed, up_to: 1mo}, overdue: {notify", 'there is no role "hed"'),
        ("template: asked", "template: 'a b'", "the name of a template is expected"),
        ("to: [parts.opinion.holder, head]", "to: [case.nobody]", "the case has no 'nobody'"),
    ],
)
def test_a_name_that_is_not_there_is_told(old: str, new: str, expected: str) -> None:
    found = [p.say("en") for p in broken(old, new, MORE)]

    assert any(expected in said for said in found), found
    assert 1 == len(found), found

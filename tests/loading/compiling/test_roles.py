from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken, problems
from workflow.core.model import Text
from workflow.loading import load


def test_roles_are_a_group_a_party_or_other_roles() -> None:
    text = LEAVE.replace("  advisor:", "  all: {any_of: [head, applicant], label: 大家}\n  advisor:")
    roles = load(text).roles

    assert ("heads", None, ()) == (roles["head"].group, roles["head"].party, roles["head"].any_of)
    assert "case.created_by" == (roles["applicant"].party and roles["applicant"].party.source)
    assert (("head", "applicant"), Text("大家")) == (roles["all"].any_of, roles["all"].label)


def test_a_role_is_checked_for_every_kind_in_which_it_is_used() -> None:
    text = LEAVE.replace("advisor: {is: case.holder}", "advisor: {is: case.reason}")

    assert ["leave.yaml:13:21"] == [str(p.place) for p in problems(text)]
    assert [] == problems(text.replace("by: advisor, ask", "by: head, ask"))


def test_roles_in_a_circle_are_told_each() -> None:
    found = broken(
        "  advisor:", "  a: {any_of: [b]}\n  b: {any_of: [c, head]}\n  c: {any_of: [a]}\n  d: {any_of: [a]}\n  advisor:"
    )

    assert ["circle"] * 4 == [p.code for p in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  head: {group", "  late: {any_of: [author]}\n  author: {is: case.reason}\n  head: {group"),
        ("    states: {open: {}", "    states: {open: {edit: {author: [yes]}}"),
        ("    states: {open: {}", "    states: {open: {waits_for: author}"),
        ("initial: draft\nsettings", "initial: draft\nproxies: author\nsettings"),
        ("  - {after: ask, to: [parts.opinion.holder, head]", "  - {after: opinion.give, to: [author]"),
    ],
)
def test_a_role_is_checked_wherever_somebody_asks_for_it(old: str, new: str) -> None:
    text = LEAVE.replace(old, new, 1)
    if "author: {is" not in text:
        text = text.replace("  head: {group", "  author: {is: case.reason}\n  head: {group")
    else:
        text = text.replace("by: advisor, ask", "by: late, ask")

    found = [p.say("en") for p in problems(text)]

    assert 1 == len(found), found
    assert "the part 'opinion' has no 'reason'" in found[0]

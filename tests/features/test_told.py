"""Who is told by right: every action of the shipped lifecycles either tells the authors or is a matter of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.core.model import Lifecycle
from workflow.loading import load_path

DEFINITIONS = Path(__file__).parents[2] / "definitions"

# 依规须通知全体提案者（第一提案人和联名人）／反映人
BY_RIGHT = {
    "proposal": {
        "proposers": """
            submit send_back discard file refuse offer_conversion consent forward_letter merge unmerge come_back
            ask_withdrawal withdraw keep suspend resume mark_key assign add_unit consolidate answer_merged conclude mediate
            decide_publication close assignment.approve_return assignment.reply assignment.accept_reply
            assignment.extend_reply_due tracking.verify tracking.give_up
        """,
    },
    "opinion": {
        "reporter": """
            send_back shelve adopt combine uncombine come_back sign_off handle_again consolidate answer_combined close
            report_up.adopt report_up.instruct report_up.pass_on report_up.decline dept_transfer.approve_return
            dept_transfer.accept publish.release
        """,
    },
}
# 内部步骤，或本人自己所做
OF_THE_HOUSE = {
    "proposal": """
        open edit invite recall resubmit decline pre_review comment settle
        cosign.accept cosign.decline cosign.edit
        assignment.sign assignment.request_return assignment.reject_return assignment.send_opinion assignment.reject_reply
        assignment.urge assignment.record_contact assignment.edit assignment.extend_opinion_due
        contact.confirm contact.deny contact.edit feedback.answer feedback.lapse feedback.edit
        quality_sheet.score quality_sheet.lapse quality_sheet.edit handling_sheet.score handling_sheet.lapse
        handling_sheet.edit tracking.report tracking.reopen tracking.edit
    """,
    "opinion": """
        open edit submit receive resubmit withdraw send_check check rework conclude report_up transfer answer_orally
        consult publish comment
        report_up.lapse report_up.edit dept_transfer.sign dept_transfer.request_return dept_transfer.reject_return
        dept_transfer.reply dept_transfer.reject dept_transfer.urge dept_transfer.edit oral_reply.answer oral_reply.edit
        to_consultation.accept to_consultation.refuse to_consultation.edit publish.drop publish.edit feedback.answer
        feedback.lapse feedback.edit
    """,
}


@pytest.fixture(params=sorted(BY_RIGHT))
def lifecycle(request: pytest.FixtureRequest) -> Lifecycle:
    return load_path(DEFINITIONS / f"{request.param}.yaml")


def actions(lifecycle: Lifecycle) -> set[str]:
    found = {"open"}
    for kind in (lifecycle.root, *lifecycle.parts.values()):
        prefix = f"{kind.name}." if kind.name else ""
        found |= {f"{prefix}{name}" for name in (*kind.transitions, "edit")}
    return found


def test_every_action_tells_those_who_have_a_right_to_it_and_no_other_does(lifecycle: Lifecycle) -> None:
    for role, listed in BY_RIGHT[lifecycle.name].items():
        told = {rule.after for rule in lifecycle.notices if role in (*rule.to, *rule.cc)}

        assert set(listed.split()) == told


def test_every_action_is_one_or_the_other(lifecycle: Lifecycle) -> None:
    by_right = " ".join(BY_RIGHT[lifecycle.name].values()).split()
    house = OF_THE_HOUSE[lifecycle.name].split()

    assert actions(lifecycle) == {*by_right, *house}
    assert len(by_right) + len(house) == len({*by_right, *house})


def test_whoever_is_given_something_to_do_is_told(lifecycle: Lifecycle) -> None:
    handed = {"proposal": ("cosign", "assignment"), "opinion": ("dept_transfer", "oral_reply")}[lifecycle.name]
    for part in handed:
        opening = {
            f"{kind.name}.{t.name}" if kind.name else t.name
            for kind in (lifecycle.root, *lifecycle.parts.values())
            for t in kind.transitions.values()
            if any(each.part == part for each in (*t.effects.open, *(e for r in t.routes for e in r.effects.open)))
        }
        told = {rule.after for rule in lifecycle.notices if any(getattr(to, "part", "") == part for to in rule.to)}

        assert opening == told


def test_urging_does_not_wait_for_a_digest(lifecycle: Lifecycle) -> None:
    assert {True} == {rule.urgent for rule in lifecycle.notices if rule.after.endswith("urge")}

"""Whom a step tells: once, himself or by a copy, at once or with the digest."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count

import pytest

from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.model import Actor, Command, NoticeWanted
from workflow.core.notices import once
from workflow.core.run import Ran, Step, Supply, run, run_open, run_timer
from workflow.loading import load

MATTER = """\
casework: 1
lifecycle: matter
version: 1
label: {zh: 事项, en: Matter}
initial: draft
roles:
  owner: {is: parent.created_by}
  desk: {group: desk}
  friends: {is: parent.friends}
  unit: {is: case.holder}
fields: {title: text, friends: {type: list, item: party, default: []}, hard: {type: bool, default: false}}
states: {draft: {}, out: {}, done: {final: successful}}
transitions:
  send: {from: draft, to: out, by: [owner]}
  finish: {from: out, to: done, by: [desk], close: [task]}
acts:
  give: {in: out, by: [desk], ask: {to: {type: party, required: true}}, open: {part: task, key: input.to, holder: input.to}}
parts:
  task:
    initial: open
    states: {open: {}, ended: {final: successful}}
    transitions: {reply: {from: open, to: ended, by: [unit]}}
deadlines:
  reply_due: {of: task, from: opened, within: 10d, warn: 3d, overdue: {notify: late, to: [unit], cc: [owner, unit], escalate: [{after: 2d, notify: very_late, to: [desk], cc: [owner], urgent: false}]}}
notices:
  - {after: send, to: [owner], cc: [friends], template: sent}
  - {after: send, when: case.hard, to: [desk], urgent: true, template: hard}
  - {after: send, to: [desk], cc: [owner], template: to_do}
  - {after: send, cc: [desk], to: [friends], template: to_do}
  - {after: give, to: [opened.task.holder], template: given}
  - {after: give, to: [parts.task.holder], template: all}
  - {after: finish, when: "case.friends[7] == 'x'", to: [owner], template: odd}
"""
ANN = Actor("ann")
DESK = Actor("dan", groups=frozenset({"desk"}))


_ids = count(1)
NINE = micros(datetime(2022, 3, 1, 9, tzinfo=OFFICE_ZONE))


def supply(now=NINE):
    return Supply(now, "test", lambda: f"id{next(_ids)}", lambda wanted: wanted.format(1), china())


@pytest.fixture(scope="module")
def matter():
    return load(MATTER, file="matter.yaml")


def opened(matter, **values):
    ran = run_open(matter, Command("open", ANN, values), supply())
    assert isinstance(ran, Ran)
    return ran.file


def taken(matter, file, action, actor, **input) -> tuple[object, Step]:
    ran = run(matter, file, file.root.id, Command(action, actor, input), supply())
    assert isinstance(ran, Ran), ran
    return ran.file, ran.steps[0]


def test_a_copy_is_marked_and_who_is_told_himself_gets_none(matter):
    file = opened(matter, friends=["bob", "ann"])
    _, step = taken(matter, file, "send", ANN)

    told = [(each.to, each.cc) for each in step.notices if each.template == "sent"]
    assert [("ann", False), ("bob", True)] == told
    assert [{"to": "ann", "template": "sent"}, {"to": "bob", "template": "sent", "cc": True}] == step.entry["out"][:2]


def test_a_copy_by_one_rule_is_none_where_another_tells_him_himself(matter):
    _, step = taken(matter, opened(matter, friends=["bob", "ann"]), "send", ANN)

    told = [(each.to, each.cc) for each in step.notices if each.template == "to_do"]
    assert [("desk", False), ("ann", False), ("bob", False)] == told


@pytest.mark.parametrize("hard", [True, False])
def test_a_rule_with_a_condition_tells_only_where_it_holds(matter, hard):
    _, step = taken(matter, opened(matter, hard=hard), "send", ANN)

    urgent = [each for each in step.notices if each.template == "hard"]
    assert ([NoticeWanted("desk", "hard", urgent=True)] if hard else []) == urgent


def test_a_condition_that_fails_is_a_notice_to_nobody_and_no_reason_to_refuse(matter):
    file, _ = taken(matter, opened(matter), "send", ANN)
    _, step = taken(matter, file, "finish", DESK)

    (notice,) = step.notices
    assert ("", "odd", True) == (notice.to, notice.template, bool(notice.failed))


def test_only_whom_this_step_gave_a_part_is_told_of_it(matter):
    file, _ = taken(matter, opened(matter), "send", ANN)
    file, _ = taken(matter, file, "give", DESK, to="edu")
    _, step = taken(matter, file, "give", DESK, to="health")

    assert ["health"] == [each.to for each in step.notices if each.template == "given"]
    assert ["edu", "health"] == [each.to for each in step.notices if each.template == "all"]


def test_what_is_over_is_urgent_and_a_reminder_is_not(matter):
    file, _ = taken(matter, opened(matter), "send", ANN)
    file, _ = taken(matter, file, "give", DESK, to="edu")
    part = file.parts[0]
    told = []
    for day in range(1, 32):
        late = micros(datetime.combine(date(2022, 3, day), datetime.min.time(), OFFICE_ZONE))
        ran = run_timer(matter, file, part.id, "reply_due", supply(late))
        if ran is not None:
            file = ran.file
            told += [(n.template, n.to, n.cc, n.urgent) for step in ran.steps for n in step.notices]

    assert [
        ("due_soon", "edu", False, False),
        ("late", "edu", False, True), ("late", "ann", True, True),
        ("very_late", "desk", False, False), ("very_late", "ann", True, False),
    ] == told  # fmt: skip


def test_urgent_once_is_urgent():
    wanted = [NoticeWanted("a", "t", cc=True, urgent=True), NoticeWanted("a", "t"), NoticeWanted("b", "t", cc=True)]

    assert (NoticeWanted("a", "t", urgent=True), NoticeWanted("b", "t", cc=True)) == once(wanted)

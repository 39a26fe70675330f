from __future__ import annotations

import pytest

from tests.loading.texts import LEAVE, broken
from workflow.core.model import Duration, Renaming
from workflow.loading import load

MOVED = LEAVE.replace("version: 1", "version: 2") + (
    """\
migrate:
  from: 1
  states: {begun: draft, waiting: asked}
  fields: {why: reason}
  drop: [place]
  roles: {boss: head}
  deadlines: {opinion_due: keep, gone_due: drop}
  undo: settings.longest
  parts: {opinion: {from: view, states: {begun: open}}}
"""
)


def test_a_migration_is_read_by_the_old_names() -> None:
    found = load(MOVED).migrate

    assert found is not None
    assert (1, {"boss": "head"}, {"opinion_due": "keep", "gone_due": "drop"}, Duration(5, "bd")) == (
        found.version, found.roles, found.deadlines, found.undo,
    )  # fmt: skip
    assert {
        "": Renaming("", {"begun": "draft", "waiting": "asked"}, {"why": "reason"}, ("place",)),
        "view": Renaming("opinion", {"begun": "open"}),
    } == found.kinds


def test_of_what_is_not_written_nothing_is_said() -> None:
    found = load(LEAVE.replace("version: 1", "version: 2") + "migrate: {from: 1}\n").migrate

    assert None is load(LEAVE).migrate
    assert found is not None
    assert (Duration(14, "d"), Renaming("opinion"), {}) == (found.undo, found.of("opinion"), found.deadlines)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from: 1", "from: 2", "`from` is less than 2"),
        ("begun: draft", "begun: drft", 'there is no state "drft"'),
        ("{why: reason}", "{why: reazon}", 'there is no field "reazon"'),
        ("{why: reason}", "{why: reason, because: reason}", '"reason" is mapped twice'),
        ("[place]", "[days]", '"days" is still there'),
        ("{boss: head}", "{boss: hed}", 'there is no role "hed"'),
        ("opinion_due: keep", "opinion_du: keep", 'there is no deadline "opinion_du"'),
        ("opinion_due: keep", "opinion_due: drop", 'the deadline "opinion_due" is still there'),
        ("opinion_due: keep", "opinion_due: kep", 'did you mean "keep"?'),
        ("{opinion: {from", "{opinon: {from", 'there is no part "opinon"'),
        ("{begun: open}", "{begun: opn}", 'there is no state "opn"; known: open, given'),
        ("undo: settings.longest", "undo: settings.term", "duration is needed here"),
    ],
)
def test_a_name_that_is_not_there_is_told(old: str, new: str, expected: str) -> None:
    found = [p.say("en") for p in broken(old, new, MOVED)]

    assert any(expected in said for said in found), found
    assert 1 == len(found), found

"""What the engine does in corners that one database is enough for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import NotFound, Refused
from workflow.core.model import File
from workflow.engine import Engine, system_clock
from workflow.store import work
from workflow.store.tables import records, timers
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}

CHAIN = """
casework: 1
lifecycle: chain
version: 1
initial: new
roles: {owner: {is: case.created_by}}
fields: {title: text, others: {type: list, item: {type: case, of: chain}}}
states:
  new: {join: {when: 'case.title == "go"', take: begin}}
  begun:
    initial: early
    states: {early: {}, late: {final: successful}}
  stuck: {}
transitions:
  begin: {from: new, to: begun, by: [engine], start: {lifecycle: strict, set: {}}}
  join_up: {from: new, to: begun, by: [owner], ask: {others: {}}}
  begin_by_hand: {from: new, to: stuck, by: [owner], start: {lifecycle: none, set: {}}}
  end: {from: [begun.early, stuck], to: begun.late, by: [owner]}
"""

STRICT = """
casework: 1
lifecycle: strict
version: 1
initial: new
fields: {title: {type: text, required: true}}
states: {new: {final: successful}}
"""

MIRROR = """
casework: 1
lifecycle: mirror
version: 1
initial: left
roles: {owner: {is: case.created_by}}
fields: {other: {type: case, follow: true}, loud: {type: bool, default: false}}
states:
  left: {join: {when: 'case.other != null && case.loud == (linked.other.state == "left")', take: go}}
  right: {join: {when: 'case.other != null && case.loud == (linked.other.state == "right")', take: back}}
  gone: {final: cancelled}
transitions:
  go: {from: left, to: right, by: [engine]}
  back: {from: right, to: left, by: [engine]}
  push: {from: left, to: right, by: [owner]}
  end: {from: [left, right], to: gone, by: [owner]}
acts:
  link: {in: any, by: [owner], ask: {other: {required: true}}}
  remark: {in: any, by: [owner], ask: {about: {type: case}}, open: {part: remark, set: {about: input.about}}}
parts:
  remark:
    initial: open
    fields: {about: {type: case}}
    states: {open: {final: successful}}
"""

PICKY = """
casework: 1
lifecycle: picky
version: 1
initial: idle
roles: {owner: {is: case.created_by}}
fields: {title: text, other: {type: case, follow: true}}
states:
  idle: {}
  watching: {join: {when: 'case.other != null && linked.other.state == case.title', take: choose}}
  chosen: {final: successful}
transitions:
  watch: {from: idle, to: watching, by: [owner], ask: {other: {required: true}}}
  spawn: {from: idle, to: watching, by: [owner], start: {lifecycle: strict, link: other, set: {title: case.title}}}
  choose: {from: watching, by: [engine], routes: [{when: 'case.title == "never"', to: chosen}]}
"""


@pytest.fixture
def office(desk: Engine) -> Engine:
    """With a few lifecycles more."""
    for text in (CHAIN, STRICT, MIRROR, PICKY):
        desk.publish(text)
    return desk


def codes(refused: Refused) -> list[str]:
    return [blocker.code for blocker in refused.blockers]


@pytest.mark.parametrize(("found", "filled"), [("0001", True), ("0002", False), ("0003", False)])
def test_a_database_from_before_there_were_timers_gets_those_of_its_open_cases(
    desk: Engine, found: str, filled: bool
) -> None:
    desk.publish((Path(__file__).parent / "clocked.yaml").read_text(encoding="utf-8"))
    desk.open("errand", DAN)
    with desk.writing() as sql:
        before = sql.execute(sa.select(timers)).all()
        sql.execute(sa.delete(timers))
        desk._fill(sql, found)
        after = sql.execute(sa.select(timers)).all()

    assert (before if filled else []) == after
    assert before


def test_the_systems_clock_goes_forward() -> None:
    assert 1_700_000_000_000_000 < system_clock() <= system_clock()


def test_an_opening_is_refused_where_what_it_starts_is(office: Engine) -> None:
    with pytest.raises(Refused) as refused:
        office.open("chain", ANN, {"title": "go"})

    assert ["missing"] == codes(refused.value)
    with office.looking() as sql:
        text = sql.execute(sa.select(records.c.body).where(records.c.kind == "refusal")).scalar_one()
    assert "chain" == json.loads(text)["lifecycle"]["name"]
    assert () == office.find()
    assert office.verify().good


def test_a_lifecycle_to_start_that_was_never_published_is_not_found(office: Engine) -> None:
    case = office.open("chain", ANN, {"title": "wait"}).case.id

    with pytest.raises(NotFound):
        office.fire(case, "begin_by_hand", ANN)
    assert "new" == office.case(case).root.state


def test_cases_in_a_list_are_named_like_any(office: Engine) -> None:
    one, other = (office.open("chain", ANN, {"title": "wait"}).case.id for _ in range(2))

    outcome = office.fire(one, "join_up", ANN, {"others": [other]})

    assert [other] == outcome.case.values["others"]


def test_a_state_is_found_by_its_parent(office: Engine) -> None:
    case = office.open("chain", ANN, {"title": "wait"}).case.id
    office.fire(case, "join_up", ANN)

    assert [case] == [found.id for found in office.find(state="begun")]
    assert [case] == [found.id for found in office.find("chain", "begun.early")]


def test_a_link_that_is_left_empty_links_nothing(desk: Engine) -> None:
    assert "lead" not in desk.open("ticket", ANN, {**LAMP, "lead": ""}).case.values


def test_cases_that_chase_each_other_are_stopped(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MOST_RUNS", 10)
    one = office.open("mirror", ANN, {"loud": True}).case.id
    other = office.open("mirror", ANN, {"other": one}).case.id

    with pytest.raises(Refused) as refused:
        office.fire(one, "link", ANN, {"other": other})

    assert ["endless"] == codes(refused.value)
    assert office.verify().good


def test_a_case_is_refused_a_move_that_its_followers_cannot_follow(office: Engine) -> None:
    lead = office.open("mirror", ANN).case.id
    follower = office.open("picky", ANN, {"title": "right"}).case.id
    office.fire(follower, "watch", ANN, {"other": lead})

    with pytest.raises(Refused) as refused:
        office.fire(lead, "push", ANN)

    assert ["no_route"] == codes(refused.value)
    assert ["left", "watching"] == [office.case(case).root.state for case in (lead, follower)]
    assert office.verify().good


def test_a_case_is_refused_what_it_starts_where_its_own_join_cannot_follow(office: Engine) -> None:
    case = office.open("picky", ANN, {"title": "new"}).case.id

    with pytest.raises(Refused) as refused:
        office.fire(case, "spawn", ANN)

    assert ["no_route"] == codes(refused.value)
    assert [case] == [found.id for found in office.find()]


def test_a_part_that_names_a_case_does_not_follow_it(office: Engine) -> None:
    lead = office.open("mirror", ANN).case.id
    follower = office.open("mirror", ANN, {"other": lead}).case.id
    office.fire(follower, "remark", ANN, {"about": lead})

    office.fire(lead, "push", ANN)

    assert ["right", "right"] == [office.case(case).root.state for case in (lead, follower)]
    assert office.verify().good


def rated(desk: Engine) -> File:
    case = desk.open("ticket", ANN, LAMP).case.id
    file = desk.fire(case, "rate", DAN, {"raters": ["u1", "u2"]}).file
    desk.fire(file.parts[0].id, "fill", of_unit("u1"), {"score": 7}, note="between us")
    return desk.case(case)


def test_what_is_blind_is_seen_by_its_holder_alone(desk: Engine) -> None:
    file = rated(desk)

    def seen(**how: object) -> list[object]:
        return [part.values.get("score") for part in desk.case(file.root.id, **how).parts]  # type: ignore[arg-type]

    assert [7, None] == seen()
    assert [7, None] == seen(actor=of_unit("u1"))
    assert [None, None] == seen(actor=of_unit("u2"))
    assert [None, None] == seen(actor=None)


def test_what_is_blind_is_withheld_from_the_history(desk: Engine) -> None:
    file = rated(desk)

    records = desk.history(file.root.id, of_unit("u2"))

    assert [None, True, True] == [record.get("withheld") for record in records]
    assert "between us" not in str(records)
    assert "about u1" not in str(records)
    assert "about u2" in str(records)
    assert [None, None, None] == [record.get("withheld") for record in desk.history(file.root.id)]


def test_what_was_blind_is_seen_when_all_is_in(desk: Engine) -> None:
    file = rated(desk)
    desk.fire(file.parts[1].id, "fill", of_unit("u2"), {"score": 5})

    assert [7, 5] == [part.values["score"] for part in desk.case(file.root.id, actor=None).parts]


def test_nobodys_todo_list_is_empty(desk: Engine) -> None:
    from workflow.store import queries

    with desk.looking() as sql:
        assert [] == queries.todo(sql, (), None, 10)


def test_a_state_without_a_label_goes_by_its_name(desk: Engine) -> None:
    desk.open("ticket", ANN, LAMP)

    assert "draft" == desk.todo(ANN)[0].state.zh


def test_the_engine_says_what_its_clock_says(desk: Engine, clock: FrozenClock) -> None:
    assert clock() == desk.now()

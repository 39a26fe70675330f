"""Whoever comes too late for a case is told who was there before, and nothing that is not his to see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import Refused
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.migrating import apply, between
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}
EVE = Actor("eve", "Eve", groups=frozenset({"desk"}))


def late(engine: Engine, case: str, action: str, actor: Actor = EVE, **given: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        engine.fire(case, action, actor, **given)
    return refused.value


def told(refused: Refused) -> tuple[str, str] | None:
    return refused.last and (refused.last["who"]["id"], refused.last["action"])


@pytest.fixture
def case(desk: Engine, clock: FrozenClock) -> str:
    """Opened and sent by Ann, an hour apart."""
    found = desk.open("ticket", ANN, LAMP).case.id
    clock.advance(hours=1)
    desk.fire(found, "send", ANN)
    clock.advance(hours=1)
    return found


def test_it_is_said_who_took_the_last_step_and_when(desk: Engine, case: str, clock: FrozenClock) -> None:
    desk.fire(case, "give", DAN, {"units": ["u1"]})
    given = clock()
    clock.advance(hours=1)
    desk.fire(case, "comment", ANN, note="thank you")

    refused = late(desk, case, "give", input={"units": ["u2"]})

    assert {"case": case, "seq": 3, "at": given, "action": "give", "who": desk.history(case)[2]["who"]} == refused.last
    assert "现为“在办”，不能“give”；须在：已送出；最近一步：Dan 于 2022-01-04 11:00 办理" == refused.say("zh")
    assert refused.say("en").endswith("is possible in: Sent; last step: by Dan, 2022-01-04 11:00")
    assert refused.last == desk.why(case, "give", EVE).last


def test_what_is_recorded_of_a_refusal_says_nothing_of_it(desk: Engine, case: str) -> None:
    late(desk, case, "send", ANN)

    (blocker,) = desk.history(case)[-1]["blockers"]
    assert "it is 'Sent' now; 'Send' is possible in: draft" == blocker["en"]


def test_what_else_is_refused_says_nothing_of_it_either(desk: Engine, case: str) -> None:
    refused = late(desk, case, "give", ANN, input={"units": ["u1"]})

    assert (["role"], None) == ([blocker.code for blocker in refused.blockers], refused.last)
    assert desk.why(case, "give", ANN).last is None


def test_whose_command_the_engine_followed_is_named(desk: Engine, case: str, clock: FrozenClock) -> None:
    desk.fire(case, "give", DAN, {"units": ["u1"]})
    clock.advance(hours=1)
    desk.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})

    assert "finish" == desk.history(case)[-1]["action"]
    assert ("u1-clerk", "reply") == told(late(desk, case, "give", input={"units": ["u2"]}))


def test_what_the_engine_did_because_of_another_case_it_did_by_itself(
    desk: Engine, case: str, clock: FrozenClock
) -> None:
    follower = desk.open("ticket", ANN, LAMP).case.id
    desk.fire(follower, "merge", ANN, {"lead": case})
    clock.advance(hours=1)
    desk.fire(case, "withdraw", ANN, note="no longer needed")

    refused = late(desk, follower, "merge", ANN, input={"lead": case})

    assert ("engine", "follow") == told(refused)
    assert "最近一步：2022-01-04 12:00 自动办理" in refused.say("zh")
    assert "last step: by itself, 2022-01-04 12:00" in refused.say("en")


def test_of_a_part_it_is_what_happened_to_the_part(desk: Engine, case: str, clock: FrozenClock) -> None:
    desk.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    part = f"{case}/task:u1"
    clock.advance(hours=1)
    assert ("dan", "give") == told(late(desk, part, "hand_back", DAN))

    desk.fire(part, "return", of_unit("u1"), note="not ours")
    desk.fire(f"{case}/task:u2", "reply", of_unit("u2"), {"answer": "yes"})
    assert ("u1-clerk", "return") == told(late(desk, part, "reply", of_unit("u1"), input={"answer": "yes"}))

    clock.advance(hours=1)
    desk.fire(case, "withdraw", ANN, note="no longer needed")
    assert ("ann", "withdraw") == told(late(desk, part, "hand_back", DAN))


def test_of_a_blind_part_nothing_is_told_that_its_history_withholds(desk: Engine, case: str) -> None:
    sheet = desk.fire(case, "rate", DAN, {"raters": ["u1", "u2"]}).opened[0].id
    desk.fire(sheet, "fill", of_unit("u1"), {"score": 7}, note="between us")

    refused = late(desk, sheet, "fill", of_unit("u2"), input={"score": 5})

    assert ("u1-clerk", "fill") == told(refused)
    assert {"case", "seq", "at", "who", "action"} == set(refused.last or ())


def test_a_migration_counts_where_it_brought_the_case_to_another_state(
    desk: Engine, case: str, ticket_text: str
) -> None:
    second = (
        ticket_text.replace("version: 1\n", "version: 2\n")
        .replace("sent", "posted")
        .replace("template: posted", "template: sent")
    )
    desk.publish(second + "migrate: {from: 1, states: {sent: posted}}\n")

    assert [True] == [line.moved for line in apply(desk, between(desk, "ticket", 1, 2), DAN)]

    assert ("dan", "migrate") == told(late(desk, case, "send", ANN))


def test_a_migration_that_left_it_where_it_was_does_not_count(desk: Engine, case: str, ticket_text: str) -> None:
    desk.publish(ticket_text.replace("version: 1\n", "version: 2\n") + "migrate: {from: 1}\n")

    assert [True] == [line.moved for line in apply(desk, between(desk, "ticket", 1, 2), DAN)]
    assert ("ann", "send") == told(late(desk, case, "send", ANN))

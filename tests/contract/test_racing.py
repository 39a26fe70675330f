"""Of several who act at the same moment, on every database."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import Refused, Stale
from workflow.engine import Engine
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}
RUNNERS = 6


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each answered or raised; all begin at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(actions))
    answers: list[Any] = [None] * len(actions)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers[number] = actions[number]()
        except Exception as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def engine(database: str, ticket_text: str, make_engine: Callable[..., Engine]) -> Engine:
    """Ids must differ between threads and files here, so they are real ones."""
    from workflow.store.ids import new_id

    engine = make_engine(database, ids=new_id)
    engine.publish(ticket_text)
    return engine


def given(engine: Engine, *units: str) -> str:
    case = engine.open("ticket", ANN, LAMP).case.id
    engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": list(units)})
    return case


def test_two_last_units_reply_at_once_and_the_whole_moves_exactly_once(engine: Engine) -> None:
    for _ in range(5):
        case = given(engine, "u1", "u2")
        parts = [part.id for part in engine.case(case).parts]

        answers = at_once(
            [
                lambda: engine.fire(parts[0], "reply", of_unit("u1"), {"answer": "one"}),
                lambda: engine.fire(parts[1], "reply", of_unit("u2"), {"answer": "two"}),
            ]
        )

        file = engine.case(case)
        assert [] == [answer for answer in answers if isinstance(answer, Exception)]
        assert ("done", ["one", "two"]) == (file.root.state, [part.values["answer"] for part in file.parts])
        actions = [record["action"] for record in engine.history(case)]
        assert ["open", "send", "give", "reply", "reply", "finish"] == actions
    assert engine.verify().good


def test_of_several_who_expect_the_same_revision_exactly_one_wins(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case

    answers = at_once([lambda: engine.fire(case.id, "comment", ANN, note="me", expect=case.revision)] * RUNNERS)

    assert (1, RUNNERS - 1) == (
        sum(not isinstance(answer, Exception) for answer in answers),
        sum(isinstance(answer, Stale) for answer in answers),
    )
    told = {answer.changes[0]["action"] for answer in answers if isinstance(answer, Stale)}
    assert {"comment"} == told
    assert ["open", "comment"] == [r["action"] for r in engine.history(case.id) if r["kind"] != "refusal"]


def test_without_expectations_everybody_gets_a_turn(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case

    answers = at_once([lambda: engine.fire(case.id, "comment", ANN, note="me")] * RUNNERS)

    assert [] == [answer for answer in answers if isinstance(answer, Exception)]
    assert RUNNERS + 1 == engine.case(case.id).root.revision
    assert engine.verify().good


def test_the_same_request_at_the_same_moment_is_done_once(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case

    answers = at_once([lambda: engine.fire(case.id, "send", ANN, request_id="r1")] * RUNNERS)

    assert [answers[0]] * RUNNERS == answers
    assert ["open", "send"] == [record["action"] for record in engine.history(case.id)]


def test_numbers_drawn_at_the_same_moment_differ(engine: Engine) -> None:
    opened = [engine.open("ticket", ANN, LAMP).case.id for _ in range(RUNNERS)]

    answers = at_once([lambda id=id: engine.fire(id, "send", ANN) for id in opened])  # type: ignore[misc]

    assert [f"T-{n:03}" for n in range(1, RUNNERS + 1)] == sorted(answer.case.number for answer in answers)


def test_openings_refused_at_the_same_moment_are_all_recorded(engine: Engine) -> None:
    answers = at_once([lambda: engine.open("ticket", ANN, {})] * RUNNERS)

    assert [Refused] * RUNNERS == [type(answer) for answer in answers]
    verdict = engine.verify()
    assert (1 + RUNNERS, ()) == (verdict.records, verdict.findings)


def test_a_case_merged_while_its_lead_ends_is_not_forgotten(engine: Engine) -> None:
    for _ in range(5):
        lead = given(engine, "u1")
        follower = engine.open("ticket", ANN, LAMP).case.id

        answers = at_once(
            [
                lambda: engine.fire(f"{lead}/task:u1", "reply", of_unit("u1"), {"answer": "yes"}),
                lambda: engine.fire(follower, "merge", ANN, {"lead": lead}),
            ]
        )

        assert [] == [answer for answer in answers if isinstance(answer, Exception)]
        assert "done" == engine.case(follower).root.state
    assert engine.verify().good


def test_the_same_version_published_at_the_same_moment_is_published_once(
    engine: Engine, ticket_text: str, clock: FrozenClock
) -> None:
    second = ticket_text.replace("version: 1", "version: 2")

    answers = at_once([lambda: engine.publish(second)] * 3)

    assert [False, False, True] == sorted(answer.new for answer in answers)
    assert engine.verify().good


KILLED = """
import os, signal, sys
from workflow.engine import Engine
from workflow.core.model import Actor
from workflow.store import writing

save = writing.save

def save_half(on, statements, found):
    on.change(writing.Statements(statements.dialect).append, found.records[0]) if sys.argv[3] == "half" else None
    os.kill(os.getpid(), signal.SIGKILL)

writing.save = save_half
Engine(sys.argv[1]).fire(sys.argv[2], "send", Actor("ann"))
"""


@pytest.mark.parametrize("when", ["decided", "half"])
def test_whoever_is_killed_before_the_commit_leaves_nothing(engine: Engine, database: str, when: str) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id

    killed = subprocess.run([sys.executable, "-c", KILLED, database, case, when], timeout=60, check=False)

    assert -9 == killed.returncode
    assert ("draft", 1) == (engine.case(case).root.state, len(engine.history(case)))
    assert "T-001" == engine.fire(case, "send", ANN).case.number
    assert engine.verify().good

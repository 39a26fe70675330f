"""How the public API is used, as a type checker sees it. Checked by mypy, never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import sqlalchemy as sa

from workflow import (
    Actor,
    Blocker,
    Case,
    Engine,
    File,
    Lifecycle,
    LifecycleInvalid,
    NotFound,
    Outcome,
    Refused,
    RequestReused,
    Stale,
    Text,
    WorkflowError,
    load,
)
from workflow.ports import Notice, Notifier, Retry


def an_office(connection: sa.Connection) -> None:
    engine = Engine("sqlite:///office.db", clock=lambda: 0, origin="office")
    engine.create()
    engine.publish(Path("seal.yaml"), settings={"most": 3})
    assert_type(engine.lifecycle("seal"), Lifecycle)
    assert_type(load("casework: 1"), Lifecycle)

    wang = Actor("wang", "王芳", groups=frozenset({"office"}))
    opened = engine.open("seal", wang, {"document": "Lease"}, request_id="1")
    assert_type(opened, Outcome)
    assert_type(opened.case, Case)
    assert_type(opened.file, File)
    assert_type(opened.records, tuple[dict[str, Any], ...])

    done = engine.on(connection).fire(opened.case.id, "approve", wang, {"copies": 2}, note="in haste", expect=1)
    assert_type(done.case.state, str)
    assert_type(engine.case(done.case.id).parts, tuple[Case, ...])
    assert_type(engine.why(done.case.id, "stamp", wang).blockers, tuple[Blocker, ...])
    assert_type([offer.action for offer in engine.offers(done.case.id, wang)], list[str])
    assert_type(engine.find("seal", state="approved", limit=10), tuple[Case, ...])


def what_goes_wrong(error: WorkflowError) -> None:
    assert_type(error.text, Text)
    assert_type(error.say("zh"), str)
    assert_type(error.exit_code, int)
    match error:
        case Stale():
            assert_type(error.changes, tuple[object, ...])
        case Refused():
            assert_type(error.blockers, tuple[Blocker, ...])
        case RequestReused():
            assert_type(error.request, str)
        case NotFound():
            assert_type(error.near, tuple[str, ...])
        case LifecycleInvalid():
            assert_type([problem.place.line for problem in error.problems], list[int])


class Pager:
    """A stranger's notifier."""

    name = "pager"

    def send(self, notice: Notice) -> None:
        raise Retry(f"no line to {notice.to}", after=60)


a_notifier: Notifier = Pager()

"""What has stopped is one row for each thing, on every database; that of many processes is in `test_races`."""

from __future__ import annotations

from workflow import incidents
from workflow.core.model import Text
from workflow.engine import Engine
from workflow.testing import FrozenClock

DOWN = Text("传真不通", "the fax is down")


def report(engine: Engine, about: str = "fax") -> bool:
    return engine.carry_out(lambda work: incidents.report(work.must_lock(), engine.now(), "channel", about, DOWN))


def test_the_same_thing_counts_on_what_is_open_and_is_news_after_that_was_over(
    engine: Engine, clock: FrozenClock
) -> None:
    assert [True, False, True] == [report(engine), report(engine), report(engine, "post")]
    with engine.writing() as sql:
        assert incidents.end(sql, engine.now(), "channel", "fax", Text("通了", "it works"))
    clock.advance(hours=1)

    assert [True, False] == [report(engine), report(engine)]
    told = [(each.about, each.state, each.times) for each in incidents.listed(engine, None)]
    assert ("fax", "open", 2) == told[0], "the newest stands first"
    assert [("fax", "ended", 2), ("post", "open", 1)] == sorted(told[1:])

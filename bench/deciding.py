"""Deciding alone, in memory, beside other state machines; and where the time of a step goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from bench.places import Places
from bench.report import Table, race_table
from bench.rounds import race, repeated
from bench.walk import AUTHOR, CLERK, LIFECYCLE, NAME, VALUES, opened
from workflow import Engine, File, Lifecycle
from workflow.core.calendar import china
from workflow.core.decide import automatic, decide
from workflow.core.fold import fold
from workflow.core.model import OPEN, Command
from workflow.core.notices import recipients
from workflow.core.record import move_entry
from workflow.core.run import Ran, Supply, run, run_open
from workflow.core.written import chain
from workflow.loading import load_path
from workflow.store.connections import Own
from workflow.store.rows import changes, loaded
from workflow.store.writing import prepared, save

OURS, BARE, OTHER = "decide", "transitions", "python-statemachine"
SCREEN = Command("screen", CLERK)


def deciding(places: Places) -> Table:
    """One decision with a role and two guards."""
    lifecycle, file, supply = _submitted()
    work: dict[str, Callable[[], object]] = {
        OURS: lambda: decide(lifecycle, file, file.root.id, SCREEN, supply.now, supply.calendar),
        BARE: _bare_transitions(),
    }
    if find_spec("statemachine") is not None:
        work[OTHER] = _python_statemachine()
    times = places.size(500, 5)
    units = {name: repeated(each, times) for name, each in work.items()}
    race(units, 1, 1)
    table, ratios = race_table(
        "Deciding in memory: a role and two guards in CEL; the others: two guards in Python",
        race(units, places.rounds(15), places.size(4, 1)),
        BARE,
    )
    ours = table.data["contenders"][OURS]["median_us"]
    table.at_most("decide with two guards", 60, ours, " µs")
    if OTHER in work:
        found = ratios[OURS]
        found.middle, found.low, found.high = (
            each / ratios[OTHER].middle for each in (found.middle, found.low, found.high)
        )
        table.at_least("decide of python-statemachine", 5, found)
    else:
        table.notes.append("python-statemachine is not installed: pip install python-statemachine")
    return table


def where_time_goes(places: Places) -> Table:
    """Every piece of a step alone, one after the other, warm: the floor, without what they do to each other's caches."""
    engine = Engine(places.sqlite("where"))
    engine.create()
    engine.publish(LIFECYCLE)
    (case,) = opened(engine, 1)
    lifecycle = engine.lifecycle(NAME)
    with engine.looking() as sql:
        sql.exec_driver_sql("PRAGMA synchronous=OFF")
        on, statements = Own(sql), prepared(sql.dialect)
        rows = on.select(statements.load, {"id": case})
        before = loaded(rows)
        file, supply = before.file, _supply()
        move: Any = decide(lifecycle, file, case, SCREEN, supply.now, supply.calendar)
        ran: Any = run(lifecycle, file, case, SCREEN, supply)
        entry = ran.steps[0].entry
        written = changes(before, ran.file, lifecycle, ran.steps, supply.calendar)

        def statements_alone() -> None:
            on.begin()
            on.select(statements.load, {"id": case})
            save(on, statements, written)
            on.rollback()

        pieces: dict[str, Callable[[], object]] = {
            "the whole in memory: run": lambda: run(lifecycle, file, case, SCREEN, supply),
            "  decide": lambda: decide(lifecycle, file, case, SCREEN, supply.now, supply.calendar),
            "  the record's facts": lambda: move_entry(move, SCREEN, lifecycle, file=case, now=supply.now),
            "  fold": lambda: fold(file, entry, lifecycle),
            "  whom to tell": lambda: recipients(lifecycle, ran.file, entry, CLERK),
            "  canonical form and hash": lambda: chain(dict(entry), "casework", 2, file.head),
            "  joins": lambda: automatic(lifecycle, ran.file, supply.now),
            "rows to a file": lambda: loaded(rows),
            "what has changed, as rows": lambda: changes(before, ran.file, lifecycle, ran.steps, supply.calendar),
            "the statements, rolled back": statements_alone,
        }
        times = places.size(200, 2)
        units = {name: repeated(piece, times) for name, piece in pieces.items()}
        race(units, 1, 1)
        timings = race(units, places.rounds(15), 1)
    engine.close()
    table = Table("Where the time of a step goes, SQLite", ("", "median µs", "least µs"))
    for timing in timings:
        table.add(timing.name, f"{timing.median:.1f}", f"{min(timing.each):.1f}")
        table.data[timing.name.strip()] = timing.median
    return table


def _supply() -> Supply:
    return Supply(time.time_ns() // 1000, "casework", lambda: "0" * 32, lambda wanted: wanted.format(1), china())


def _submitted() -> tuple[Lifecycle, File, Supply]:
    """A case at the beginning of the road, in memory."""
    lifecycle, supply = load_path(LIFECYCLE), _supply()
    ran = run_open(lifecycle, Command(OPEN, AUTHOR, VALUES), supply)
    assert isinstance(ran, Ran)
    return lifecycle, ran.file, supply


def _bare_transitions() -> Callable[[], object]:
    """`transitions` as its README shows it: one model, two conditions."""
    from transitions import Machine

    class Model:
        weight, title = 40, VALUES["title"]

        def weighty(self) -> bool:
            return self.weight >= 10

        def titled(self) -> bool:
            return bool(self.title)

    model: Any = Model()
    states = ["submitted", "screened"]
    machine = Machine(model, states=states, initial="submitted", auto_transitions=False)
    machine.add_transition("screen", "submitted", "screened", conditions=["weighty", "titled"])

    def step() -> None:
        model.state = "submitted"
        model.screen()

    return step


def _python_statemachine() -> Callable[[], object]:
    from statemachine import State, StateMachine

    class Walk(StateMachine):
        submitted = State(initial=True)
        screened = State()
        screen = submitted.to(screened, cond=["weighty", "titled"])
        back = screened.to(submitted)
        weight, title = 40, VALUES["title"]

        def weighty(self) -> bool:
            return self.weight >= 10

        def titled(self) -> bool:
            return bool(self.title)

    machine: Any = Walk()
    submitted = machine.submitted.value

    def step() -> None:
        machine.current_state_value = submitted
        machine.send("screen")

    return step

"""`audit verify` on several processors: the files in as many spans, each looked at by a process of its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from workflow.audit import Verdict, compared, untold
from workflow.core.calendar import Calendar
from workflow.engine import Engine
from workflow.store.queries import Span, spans, stored_records

LEAST = 25_000  # records for which a process of its own is worth its beginning, about a second


def verify(engine: Engine, processes: int, least: int = LEAST) -> Verdict:
    """`engine.verify()` of everything by at most so many processes, none with much fewer than `least` records.

    Each looks at one moment of the database of its own. A file is looked at by one of them as a whole, so what is
    written meanwhile is not mistaken for a change. An engine without an `address` is looked at by this process.
    """
    parts: list[Span] = []
    if engine.address is not None and processes > 1:
        with engine.looking() as sql:
            parts = spans(sql, processes, least)
    if engine.address is None or len(parts) < 2:
        return engine.verify()
    # "spawn": a fork would share the connections of this process, and its threads
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        looking = pool.map(partial(_look, engine.address, engine.origin, engine.calendar()), parts)
        with engine.looking(at_one_moment=True) as sql:
            strays = [*untold(sql)]
        verdicts = [*looking]
    return Verdict(
        sum(each.records for each in verdicts),
        sum(each.files for each in verdicts),
        (*(finding for each in verdicts for finding in each.findings), *strays),
        sum(each.outdated for each in verdicts),
        tuple(note for each in verdicts for note in each.annotations),
        sum(each.erased for each in verdicts),
    )


def _look(address: str, origin: str, calendar: Calendar, span: Span) -> Verdict:
    """In a process of its own."""
    engine = Engine(address, origin=origin, calendar=calendar)
    try:
        with engine.looking(at_one_moment=True) as sql:
            return compared(sql, stored_records(sql, span=span), engine.lifecycle, origin, calendar)
    finally:
        engine.close()

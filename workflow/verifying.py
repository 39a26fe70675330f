"""`audit verify`: the trail beside the tables, and the log beside what was signed; on several processors where it pays.

The files are looked at in as many spans as processes, each by a process of its own, while this one goes through the log.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from workflow.audit import compared, reckoned_by
from workflow.core.calendar import Calendar
from workflow.core.checkpoint import Note
from workflow.engine import Engine
from workflow.office.findings import Verdict
from workflow.office.strays import untold
from workflow.proving import Proven, prove
from workflow.store.queries import Span, spans, stored_records

LEAST = 25_000  # records for which a process of its own is worth its beginning, about a second

Receipts = Sequence[Mapping[str, Any]]


def verify(
    engine: Engine, processes: int, notes: Sequence[Note] = (), receipts: Receipts = (), least: int = LEAST
) -> tuple[Verdict, Proven]:
    """`engine.verify()` and `prove(engine, notes, receipts)`, by at most so many processes beside this one, none with
    much fewer than `least` records.

    Each looks at one moment of the database of its own. A file is looked at by one of them as a whole, so what is
    written meanwhile is not mistaken for a change. An engine without an `address` is looked at by this process alone.
    """
    with _nothing_old_collected():
        return _verify(engine, processes, notes, receipts, least)


def _verify(
    engine: Engine, processes: int, notes: Sequence[Note], receipts: Receipts, least: int
) -> tuple[Verdict, Proven]:
    parts: list[Span] = []
    if engine.address is not None and processes > 1:
        with engine.looking() as sql:
            parts = spans(sql, processes, least)
    if engine.address is None or len(parts) < 2:
        return engine.verify(), prove(engine, notes, receipts)
    # "spawn": a fork would share the connections of this process, and its threads
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        looking = pool.map(partial(_look, engine.address, engine.origin, reckoned_by(engine.calendar)), parts)
        proven = prove(engine, notes, receipts)
        with engine.looking(at_one_moment=True) as sql:
            strays = [*untold(sql)]
        verdicts = [*looking]
    verdict = Verdict(
        sum(each.records for each in verdicts),
        sum(each.files for each in verdicts),
        (*(finding for each in verdicts for finding in each.findings), *strays),
        sum(each.outdated for each in verdicts),
        tuple(note for each in verdicts for note in each.annotations),
        sum(each.erased for each in verdicts),
    )
    return verdict, proven


def _look(address: str, origin: str, calendar: Calendar, span: Span) -> Verdict:
    """In a process of its own."""
    engine = Engine(address, origin=origin, calendar=calendar)
    try:
        with _nothing_old_collected(), engine.looking(at_one_moment=True) as sql:
            return compared(sql, stored_records(sql, span=span), engine.lifecycle, origin, calendar)
    finally:
        engine.close()


@contextmanager
def _nothing_old_collected() -> Iterator[None]:
    """What is there already is left out of collecting garbage, which would go through it over and over: a fifth of the
    time. Nothing happens where a host does so itself.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

"""What the tables keep of a file by its version: rewritten whole when the file comes over to another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, update

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.model import Case, File, Lifecycle
from workflow.store.rows import indexed, timing
from workflow.store.tables import case_values, cases, timers

if TYPE_CHECKING:
    from workflow.store.work import Work


def carry_over(
    sql: Connection, file: File, lifecycle: Lifecycle, calendar: Calendar, renamed: Iterable[Case] = ()
) -> None:
    """Bring version, searched values and timers to what `lifecycle` says of `file`, and the kinds of the parts that are
    `renamed`, in the caller's transaction.

    Which fields are searched and how long a clock runs may differ between versions where no value does.
    """
    root = file.root.id
    mine = select(cases.c.id).where(cases.c.root == root)
    sql.execute(update(cases).where(cases.c.root == root).values(version=lifecycle.version))
    for part in renamed:
        sql.execute(update(cases).where(cases.c.id == part.id).values(kind=part.kind))
    sql.execute(delete(case_values).where(case_values.c.case_id.in_(mine)))
    found = [
        {"case_id": case.id, "field": name, "value": value}
        for case in file
        for name, value in indexed(lifecycle.kind(case.kind), case.values)
    ]
    if found:
        sql.execute(insert(case_values), found)
    sql.execute(delete(timers).where(timers.c.file == root))
    _set_timers(sql, file, lifecycle, calendar)


def fill_timers(work: Work) -> None:
    """Write the timers of all clocks that run, where there were none yet or this was broken off, in the caller's
    transaction.
    """
    sql = work.on.sql
    for case in sql.execute(select(cases.c.id).where(cases.c.id == cases.c.root)).scalars().all():
        sheet = work.sheet(case)
        assert sheet is not None
        work.sheets.clear()  # one file in memory at a time
        sql.execute(delete(timers).where(timers.c.file == case))
        _set_timers(sql, sheet.file, sheet.lifecycle, work.supply.calendar)


def _set_timers(sql: Connection, file: File, lifecycle: Lifecycle, calendar: Calendar) -> None:
    running = [
        {"case_id": case.id, "deadline": deadline.name, "file": file.root.id, **timing(deadline, facts, calendar)}
        for case in file
        for deadline in lifecycle.clocks.get(case.kind, ())
        if clocks.running(facts := case.clocks.get(deadline.name))
    ]
    if running:
        sql.execute(insert(timers), running)

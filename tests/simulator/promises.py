"""What must hold of the simulated office: after every few steps, and when all has come to rest."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from tests.faults import soundness
from tests.simulator.world import World
from workflow import signing
from workflow.core import clocks
from workflow.core.checkpoint import notes
from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.proving import prove, trusted
from workflow.store.tables import cases, holders, incidents, notices, records, requests, timers
from workflow.undelivered import TOLD_ANYWAY


def hold(world: World) -> None:
    """At any moment between two steps."""
    engine = watching(world)
    try:
        _sound(world, engine)
        _proven(world, engine)
        _answers(world, engine)
        _deliveries(world)
        _incidents(engine)
        _todo(engine)
    finally:
        engine.close()


def hold_at_last(world: World) -> None:
    """When all is well again and nothing is left to be done."""
    engine = watching(world)
    try:
        _arrived(world, engine)
        _timers(world, engine)
        with engine.looking() as sql:
            heads = sql.execute(sa.select(cases.c.id, cases.c.records, cases.c.head).order_by(cases.c.id)).all()
        world.note(" ".join(f"{id}:{count}:{head[:12]}" for id, count, head in heads))
    finally:
        engine.close()


def watching(world: World) -> Engine:
    """An engine to look with, on which nothing goes wrong and nobody goes first."""
    return Engine(world.database({}), clock=lambda: world.now)


def _sound(world: World, engine: Engine) -> None:
    """What is asked after every fault is so here too; but here things may have stopped, and of those we ask ourselves."""
    found = soundness.Found(engine, world.folder, world.received, soundness.content(engine))
    for sentence, question in soundness.QUESTIONS:
        if question not in (soundness._told, soundness._free):
            assert None is next(iter(question(found)), None), f"not so: {sentence}"


def _proven(world: World, engine: Engine) -> None:
    """The log continues every checkpoint that was handed out."""
    kept = [*world.outside.values()]
    if (world.folder.path / "checkpoints").exists():
        kept += notes((world.folder.path / "checkpoints").read_text(encoding="utf-8"))
    found = prove(engine, trusted(kept, signing.public_keys(world.folder.path / "office.pub"), engine.origin)).findings
    assert () == found, [each.text.en for each in found]


def _answers(world: World, engine: Engine) -> None:
    """What was acknowledged is there exactly once, as it was answered; what was not, at most once."""
    with engine.looking() as sql:
        told = sql.execute(sa.select(records.c.file, records.c.seq, records.c.leaf, records.c.body)).all()
        kept = {row.id: row for row in sql.execute(sa.select(requests))}
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    leaves = {}
    for file, seq, leaf, body in told:
        entry = json.loads(body)
        leaves[file, seq] = leaf, entry
        if "request" in entry:
            places[entry["request"]].append((file, seq))
    assert kept.keys() == places.keys()
    assert kept.keys() <= {order.id for order in world.orders}
    for order in world.orders:
        row = kept.get(order.id)
        assert row is not None or order.answer is None, f"{order.id} was answered {order.answer} and is not there"
        if row is None:
            continue
        assert {(row.file, seq) for seq in range(row.seq, row.last + 1)} >= {*places[order.id]}, f"{order.id} twice"
        if order.answer is None:
            continue
        leaf, entry = leaves[row.file, row.seq]
        what, which = order.answer
        assert (what == "refused") == (entry["kind"] == "refusal")
        if what == "done":
            assert which == f"{entry['case']} {row.seq} {leaf[:16]} {row.last - row.seq + 1}"


def _deliveries(world: World) -> None:
    """No notice was sent again before the claim had ended under which it was sent before."""
    ends: dict[str, int] = {}
    for each in sorted(world.deliveries, key=lambda each: each.begun):
        assert each.begun >= ends.get(each.key, 0), f"{each.key} was sent twice within a lease"
        ends[each.key] = max(each.until, ends.get(each.key, 0))


def _incidents(engine: Engine) -> None:
    """A notice that stopped is an incident, and so is a timer; the same thing is not open twice."""
    with engine.looking() as sql:
        known = sql.execute(sa.select(incidents.c.kind, incidents.c.about, incidents.c.state)).all()
        still = sql.execute(sa.select(notices).where(notices.c.state.in_(("parked", "failed")))).all()
        aside = sql.execute(sa.select(timers).where(timers.c.next_at.is_(None), timers.c.reason.is_not(None))).all()
    reported = {(kind, about) for kind, about, _ in known}
    for row in still:
        assert reported & {("notice", row.id), ("template", row.id), ("channel", row.channel)}, f"{row.id} stopped"
    for row in aside:
        assert ("timer", f"{row.case_id}/{row.deadline}") in reported, f"{row.case_id}/{row.deadline} stopped"
    left = [(kind, about) for kind, about, state in known if state == "open"]
    assert len(set(left)) == len(left)


def _todo(engine: Engine) -> None:
    """Everybody's list has what waits for him, and nothing else."""
    with engine.looking() as sql:
        rows = sql.execute(sa.select(holders.c.party, holders.c.case_id)).all()
    waiting: dict[str, set[str]] = defaultdict(set)
    for party, case in rows:
        waiting[party].add(case)
    for party, expected in waiting.items():
        assert expected == {each.case.id for each in engine.todo(Actor(party), limit=1000)}


def _arrived(world: World, engine: Engine) -> None:
    """Each notice was delivered, or stands there as something that stopped."""
    with engine.looking() as sql:
        rows = sql.execute(sa.select(notices)).all()
    stopped = {row.id for row in rows if row.state in ("parked", "failed")}  # of these `_incidents` asks
    for row in rows:
        assert row.state == "sent" or {row.id, row.digest} & stopped, f"{row.id} is {row.state} for ever"
        if row.state == "sent" and row.reason != TOLD_ANYWAY.zh:
            assert world.received[row.digest or row.id], f"{row.id} is marked as sent and nobody has it"


def _timers(world: World, engine: Engine) -> None:
    """Every clock told what it had to, once, and never before its moment."""
    told: dict[tuple[Any, ...], int] = {}
    for trail in engine.trails():
        for entry in trail:
            if entry["kind"] == "timer" and entry["timer"]["event"] != clocks.MOVED:
                timer = entry["timer"]
                key = entry["case"], timer["deadline"], timer["event"], timer["moment"]
                assert entry["at"] >= timer["moment"], f"early: {key}"
                assert key not in told, f"twice: {key}"
                told[key] = entry["seq"]
    with engine.looking() as sql:
        roots = sql.execute(sa.select(cases.c.id).where(cases.c.place == 0)).scalars().all()
        stopped = set(sql.execute(sa.select(incidents.c.about).where(incidents.c.kind == "timer")).scalars())
    calendar = engine.calendar()
    for root in roots:
        file = engine.case(root)
        for case, deadline, facts in clocks.of(engine.lifecycle(file.root.lifecycle, file.root.version), file):
            end = clocks.reading(deadline, facts, calendar) if clocks.running(facts) else None
            if end is not None and end.due <= world.now and f"{case.id}/{deadline.name}" not in stopped:
                assert clocks.OVERDUE in facts.get("fired", {}), f"never told: {deadline.name} of {case.id}"

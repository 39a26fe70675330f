"""Races between processes, on every database: one wins, the others are told, and nothing else happens to anybody.

`tests/contract/test_racing.py` is about the threads of one process. `make races` runs these CASEWORK_RACES rounds long.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from tests.contract.racers import RACERS, Answer, Entry, Racers, racers
from workflow import incidents, notices, signing
from workflow.channels import Channels
from workflow.core.calendar import OFFICE_ZONE, china, local, micros
from workflow.core.checkpoint import notes as checkpoints
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine, system_clock
from workflow.importing import import_proposals
from workflow.migrating import apply, between
from workflow.outbox import deliver_due
from workflow.ports import Notice
from workflow.proving import prove, trusted
from workflow.sealing import Folder, seal
from workflow.shipped import shipped_definitions
from workflow.store import claims
from workflow.store.ids import new_id
from workflow.store.tables import cases, records
from workflow.testing import RecordingNotifier
from workflow.timers import fire_all
from workflow.trail import begin as begin_log

ROUNDS = int(os.environ.get("CASEWORK_RACES", "20"))
FEWER = max(2, ROUNDS // 10)  # rounds of what costs more
LAMP = {"title": "Broken lamp"}
HERE = Path(__file__).parents[1]
CLERKS = tuple(Actor(f"clerk-{n:02}", f"Clerk {n}", groups=frozenset({"desk"})) for n in range(RACERS))
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
LATE = micros(datetime(2099, 1, 1, tzinfo=OFFICE_ZONE))


@pytest.fixture(scope="module")
def field() -> Iterator[Racers]:
    """The processes, for all of this module."""
    with racers() as found:
        yield found


@pytest.fixture
def engine(database: str, make_engine: Callable[..., Engine], ticket_text: str) -> Engine:
    """By the clock on the wall and with ids that differ everywhere, as the racers have them."""
    made = make_engine(database, clock=system_clock, ids=new_id)
    made.publish(ticket_text)
    return made


@pytest.fixture
def said(kind: str, engine: Engine) -> Callable[..., None]:
    """Prints what a race came to, shown by `make races`, and sees that nobody ever waited in a circle."""
    begun = time.monotonic()

    def say(race: str, rounds: int, **facts: object) -> None:
        if kind == "postgresql":
            with engine.looking() as sql:
                facts["deadlocks"] = sql.execute(sa.text(DEADLOCKS)).scalar_one()
            assert 0 == facts["deadlocks"]
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())
        print(f"{kind}: {race}: {rounds} rounds of {RACERS}, {told}, {time.monotonic() - begun:.1f} s")

    return say


def outcomes(answers: list[Answer]) -> Counter[str]:
    return Counter(each.raised for each in answers)


# ---------------------------------------------------------------- what a racer does


def fire(engine: Engine, case: str, action: str, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
    done = engine.fire(case, action, actor, **options)
    return {"receipt": done.receipt, "state": done.case.state, "records": len(done.records), "case": done.case.id}


def begin(engine: Engine, actor: Actor, request: str) -> dict[str, Any]:
    done = engine.open("ticket", actor, LAMP, request_id=request)
    return {"receipt": done.receipt, "state": done.case.state, "records": len(done.records), "case": done.case.id}


def dispatch(engine: Engine, paper: str, worker: str) -> int:
    """Deliver all that is due, onto a paper that the kernel keeps: each delivery, and the end of its lease."""
    sheet = os.open(paper, os.O_WRONLY | os.O_APPEND)
    until = 0

    class Writing:
        name = "paper"

        def send(self, notice: Notice) -> None:
            os.write(sheet, (json.dumps([notice.key, system_clock(), until]) + "\n").encode())

    def heard(event: str, **facts: Any) -> None:
        nonlocal until
        if event == "claimed":
            until = facts["until"]

    sent = 0
    while True:
        done = deliver_due(engine, Channels({"paper": Writing()}, "paper"), worker=worker, limit=5, tell=heard)
        sent += done.sent
        if not done.claimed:
            os.close(sheet)
            return sent


def tick(engine: Engine) -> list[tuple[str, str, str, int]]:
    return [(each.case, each.deadline, each.event, each.moment) for each in fire_all(engine, now=LATE)]


def seal_again(engine: Engine, folder: str) -> int:
    return seal(engine, Folder(Path(folder))).new


def migrate(engine: Engine, actor: Actor) -> int:
    return sum(line.moved for line in apply(engine, between(engine, "ticket", 1, 2), actor))


def comment_on(engine: Engine, names: list[str], actor: Actor) -> int:
    for name in names:
        engine.fire(name, "comment", actor, note="on the way")
    return len(names)


def take_in(engine: Engine, path: str) -> dict[str, Any]:
    report = import_proposals(engine, path, Actor("clerk", "Clerk", groups=frozenset({"proposal_office"})))
    return {"cases": report.cases, "rejected": [each.text.en for each in report.rejected]}


def dispatch_nowhere(engine: Engine, worker: str) -> int:
    """Take up notices whose channel is not set up any more; how many were parked."""
    return deliver_due(engine, Channels({"paper": RecordingNotifier("paper")}, "paper"), worker=worker, limit=2).parked


def create(engine: Engine) -> int:
    """Make the tables; the office's own first record, and how many days it knows then."""
    engine.create()
    begin_log(engine, "sha256")
    return len(engine.calendar().days)


def publish(engine: Engine, text: str) -> bool:
    return engine.publish(text).new


# ---------------------------------------------------------------- the database itself


def test_an_empty_database_that_all_prepare_at_once_is_ready_for_all(
    kind: str, new_database: Callable[[str], str], make_engine: Callable[..., Engine], field: Racers, ticket_text: str
) -> None:
    for _ in range(FEWER):
        url = new_database(kind)

        answers = field.race(url, [(create, ())] * RACERS)

        assert [Answer(len(china().days))] * RACERS == answers
        engine = make_engine(url)
        engine.publish(ticket_text)
        assert "sent" == engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN).case.state
        assert engine.verify().good


# ---------------------------------------------------------------- commands


def test_each_round_exactly_one_wins_and_the_others_are_told_who_when_and_what_it_is_now(
    engine: Engine, database: str, field: Racers, said: Callable[..., None]
) -> None:
    engine.publish(HERE / "clocked.yaml")
    case = engine.open("errand", CLERKS[0]).case
    losers: Counter[str] = Counter()
    for _, (action, state, label) in zip(
        range(ROUNDS), cycle([("rest", "resting", "中止"), ("resume", "sent", "已交办")]), strict=False
    ):
        seen = engine.case(case.id).root.revision
        expecting: list[Entry] = [(fire, (case.id, action, each, {"expect": seen})) for each in CLERKS[:12]]
        blind: list[Entry] = [(fire, (case.id, action, each, {})) for each in CLERKS[12:]]

        answers = field.race(database, expecting + blind)

        (winner,) = [(n, each.value) for n, each in enumerate(answers) if not each.raised]
        number, won = winner
        when = won["receipt"]["at"]
        assert state == won["state"]
        for n, each in enumerate(answers):
            if n == number:
                continue
            assert state == each.facts["state"]
            if n < len(expecting):
                assert ("Stale", [(CLERKS[number].id, when, action)]) == (each.raised, each.facts["changes"])
            else:
                assert ("Refused", ["not_offered"]) == (each.raised, each.facts["codes"])
                assert (CLERKS[number].id, when, action) == each.facts["last"]
            assert CLERKS[number].name in each.zh
            assert local(when).strftime("%Y-%m-%d %H:%M") in each.zh
            assert f"现为“{label}”" in each.zh
        losers += outcomes(answers)
    del losers[""]
    told = engine.history(case.id)
    assert ROUNDS + 1 == sum(each["kind"] != "refusal" for each in told)
    assert ROUNDS * (RACERS - 1) == sum(each["kind"] == "refusal" for each in told)
    assert engine.verify().good
    said("one case", ROUNDS, won=ROUNDS, told=dict(losers))


def test_the_last_parts_are_answered_at_once_and_the_join_fires_once(
    engine: Engine, database: str, field: Racers, said: Callable[..., None]
) -> None:
    """By turns sixteen parts of one case, and the last two of eight cases."""
    units = [f"u{n:02}" for n in range(RACERS)]
    made = []
    for round in range(FEWER):
        groups = [units] if round % 2 else [units[n : n + 2] for n in range(0, RACERS, 2)]
        entries: list[Entry] = []
        for group in groups:
            case = engine.open("ticket", ANN, LAMP).case.id
            engine.fire(case, "send", ANN)
            opened = engine.fire(case, "give", DAN, {"units": group}).opened
            entries += [(fire, (p.id, "reply", of_unit(p.key), {"input": {"answer": p.key}})) for p in opened]
            made.append((case, group))

        answers = field.race(database, entries)

        assert {"": RACERS} == outcomes(answers)
        assert len(groups) == sum(each.value["records"] == 2 for each in answers)  # a reply, and the join behind it
    for case, group in made:
        file = engine.case(case)
        assert ("done", group) == (file.root.state, [part.values["answer"] for part in file.parts])
        actions = [record["action"] for record in engine.history(case)]
        assert ["open", "send", "give", *["reply"] * len(group), "finish"] == actions
    assert engine.verify().good
    said("last parts", FEWER, joins=len(made))


def test_one_request_sent_by_all_is_applied_once_and_all_get_the_same_answer(
    engine: Engine, database: str, field: Racers, said: Callable[..., None]
) -> None:
    for round in range(FEWER):
        opened = field.race(database, [(begin, (ANN, f"open-{round}"))] * RACERS)
        case = opened[0].value["case"]
        sent = field.race(database, [(fire, (case, "send", ANN, {"request_id": f"send-{round}"}))] * RACERS)

        assert [opened[0]] * RACERS == opened
        assert [sent[0]] * RACERS == sent
        assert ["open", "send"] == [record["action"] for record in engine.history(case)]
    assert FEWER == len(engine.find("ticket"))
    assert engine.verify().good
    said("one request", 2 * FEWER, applied=2 * FEWER)


# ---------------------------------------------------------------- jobs


def test_dispatchers_send_each_notice_once_within_its_lease(
    engine: Engine, database: str, field: Racers, tmp_path: Path, said: Callable[..., None]
) -> None:
    paper = tmp_path / "deliveries"
    units = [f"u{n}" for n in range(24)]
    for unit in units:
        engine.people.add(Party(unit, unit, kind="unit"))
    engine.people.add(Party("dan", "Dan", groups=("desk",)))
    for _ in range(FEWER):
        case = engine.open("ticket", ANN, LAMP).case.id
        engine.fire(case, "send", ANN)
        engine.fire(case, "give", DAN, {"units": units})
    paper.touch()
    wanted = FEWER * (len(units) + 1)

    answers = field.race(database, [(dispatch, (str(paper), f"w{n}")) for n in range(RACERS)])

    assert {"": RACERS} == outcomes(answers)
    deliveries = [json.loads(line) for line in paper.read_text().splitlines()]
    assert wanted == sum(each.value for each in answers) == len(deliveries) == len({key for key, _, _ in deliveries})
    assert all(at < until for _, at, until in deliveries)
    with engine.looking() as sql:
        assert {"sent": wanted} == claims.counts(sql)
    assert engine.verify().good
    busy = sum(each.value > 0 for each in answers)
    said("dispatchers", 1, notices=wanted, twice=0, dispatchers_that_sent=busy)


def test_what_stops_in_many_processes_at_once_is_one_incident(
    engine: Engine, database: str, field: Racers, said: Callable[..., None]
) -> None:
    engine.people.add(Party("dan", "Dan", groups=("desk",), channels={"fax": "2022"}))
    for _ in range(FEWER):
        for _ in range(RACERS):
            engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN)

        answers = field.race(database, [(dispatch_nowhere, (f"w{n}",)) for n in range(RACERS)])
        while dispatch_nowhere(engine, "last"):
            pass

        assert {"": RACERS} == outcomes(answers)
        (incident,) = incidents.listed(engine)
        assert ("channel", "fax", RACERS) == (incident.kind, incident.about, incident.times)
        incidents.resolve(engine, incident.id, "skip", DAN, "the fax is gone", notices.REMEDIES)
    assert FEWER == len({each.id for each in incidents.listed(engine, None)})
    said("one channel that is gone", FEWER, incidents=FEWER)


def test_timers_that_many_workers_fire_are_told_once(
    engine: Engine, database: str, field: Racers, said: Callable[..., None]
) -> None:
    engine.publish(HERE / "clocked.yaml")
    for _ in range(FEWER):
        case = engine.open("errand", CLERKS[0]).case.id
        for n in range(3):
            engine.fire(case, "give", CLERKS[0], {"unit": f"u{n}"})

    answers = field.race(database, [(tick, ())] * RACERS)

    assert {"": RACERS} == outcomes(answers)
    told = [each for answer in answers for each in answer.value]
    recorded = [
        (each["case"], each["timer"]["deadline"], each["timer"]["event"], each["timer"]["moment"])
        for trail in engine.trails("errand")
        for each in trail
        if each["kind"] == "timer"
    ]
    assert Counter(recorded) == Counter(told)
    assert len(set(told)) == len(told) >= FEWER * 3
    assert not fire_all(engine, now=LATE)
    assert engine.verify().good
    said("timers", 1, told=len(told), twice=0)


def test_sealers_of_one_folder_and_of_two_make_one_log(
    engine: Engine, database: str, field: Racers, tmp_path: Path, said: Callable[..., None]
) -> None:
    """Two folders are two machines by mistake: neither signs what does not fit the other."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        signing.create(folder, "office")
    told: Counter[str] = Counter()
    for _ in range(FEWER):
        for _ in range(4):
            engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN)
        answers = field.race(database, [(seal_again, (str(folders[n % 2]),)) for n in range(RACERS)])
        told += outcomes(answers)
        assert 0 < sum(not each.raised for each in answers)
    assert {"", "SealerBusy"} >= set(told)
    for folder in folders:
        seal(engine, Folder(folder))

    with engine.looking() as sql:
        placed = sql.execute(sa.select(records.c.position).order_by(records.c.position)).scalars().all()
    assert [*range(1, 2 + 8 * FEWER)] == placed
    for folder in folders:
        kept = checkpoints((folder / "checkpoints").read_text(encoding="utf-8"))
        proven = prove(engine, trusted(kept, signing.public_keys(folder / "office.pub"), engine.origin))
        assert ((), 0) == (proven.findings, proven.open)
    said("sealers", FEWER, sealed=told[""], busy=told["SealerBusy"])


def test_a_migration_goes_on_among_commands_and_loses_none(
    engine: Engine, database: str, field: Racers, ticket_text: str, said: Callable[..., None]
) -> None:
    names = []
    for n in range(2 * FEWER):
        case = engine.open("ticket", ANN, LAMP).case.id
        engine.fire(case, "send", ANN)
        if n % 2:
            engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
        names.append(case)
    second = ticket_text.replace("version: 1\n", "version: 2\n").replace("answer", "reply_text")
    engine.publish(second + "migrate: {from: 1, parts: {task: {fields: {answer: reply_text}}}}\n")
    writers = RACERS - 2

    answers = field.race(
        database,
        [(migrate, (DAN,))] * 2 + [(comment_on, (names[n % 3 :: 3], CLERKS[n])) for n in range(writers)],
    )

    assert {"": RACERS} == outcomes(answers)
    assert len(names) == answers[0].value + answers[1].value
    written = sum(each.value for each in answers[2:])
    for case in names:
        actions = Counter(each["action"] for each in engine.history(case))
        assert (2, 1) == (engine.case(case).root.version, actions["migrate"])
        written -= actions["comment"]
    assert 0 == written
    assert engine.verify().good
    said("a migration against commands", 1, moved=len(names), commands=sum(each.value for each in answers[2:]))


def test_one_file_that_all_import_is_taken_in_once(
    engine: Engine, database: str, field: Racers, tmp_path: Path, said: Callable[..., None]
) -> None:
    for name in ("opinion", "proposal"):
        engine.publish(shipped_definitions() / f"{name}.yaml")
    path, rows = tmp_path / "list.csv", 4
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("personnel_name", "pkid", "proposal_number", "publish_time", "reason", "type", "content"))
        for n in range(1, rows + 1):
            text = f"情况：第 {n} 街夜里很暗。具体建议：1、增设路灯。2、修剪行道树。"
            out.writerow(
                (f"柳{n}", f"id-{n}", f"{n:04}", "2022-01-12 15:42:19", f"关于第 {n} 街路灯的提案", "城乡建设", text)
            )

    answers = field.race(database, [(take_in, (str(path),))] * RACERS)

    assert {"": RACERS} == outcomes(answers), [each.en for each in answers if each.raised]
    assert [answers[0]] * RACERS == answers
    assert [] == answers[0].value["rejected"]
    with engine.looking() as sql:
        found = sql.execute(sa.select(cases.c.state).where(cases.c.lifecycle == "proposal", cases.c.kind == "")).all()
    assert ["submitted"] * rows == [state for (state,) in found]
    assert [f"柳{n}" for n in range(1, rows + 1)] == [each.id for each in engine.people.list()]
    assert engine.verify().good
    said("one file imported by all", 1, taken_in=rows, twice=0)


def test_of_publications_of_one_version_one_is_new_and_another_text_is_refused(
    engine: Engine, database: str, field: Racers, ticket_text: str, said: Callable[..., None]
) -> None:
    for version in range(2, FEWER + 2):
        text = ticket_text.replace("version: 1\n", f"version: {version}\n")
        other = text.replace("Broken", "Other").replace("max: 2000", "max: 1999")

        answers = field.race(database, [(publish, (text,)), (publish, (other,))] * (RACERS // 2))

        assert {"": RACERS // 2, "VersionTaken": RACERS // 2} == outcomes(answers)
        assert 1 == sum(each.value is True for each in answers)
        for winners in (answers[::2], answers[1::2]):
            assert 1 == len({each.raised for each in winners})
    assert engine.verify().good
    said("publications of one version", FEWER, new=FEWER)

"""One office with something to do of every kind, to be struck by faults again and again.

It is set up once for a database. After each fault its rows, its folder and its paper are put back to what they were, which
is much cheaper than another database and is the same on every kind of database.
"""

from __future__ import annotations

import csv
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from tests.faults import soundness
from tests.faults.points import Life, lived
from workflow import sealing, signing
from workflow.channels import Channels
from workflow.core.errors import Refused
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine
from workflow.importing import import_proposals
from workflow.migrating import apply, between
from workflow.outbox import Policy, deliver_due
from workflow.ports import Notice
from workflow.sealing import Folder, seal
from workflow.shipped import shipped_definitions
from workflow.store.tables import metadata
from workflow.templates import Templates
from workflow.testing import FrozenClock
from workflow.timers import fire_due

DAY = 24 * 3_600_000_000
LEASE = 60
POLICY = Policy(lease=LEASE, send_timeout=20)
CLERK = Actor("clerk01", "程知秋", groups=frozenset({"proposal_office", "proposal_committee", "dispatch_office"}))
LAMP = {"title": "路灯", "tags": ["夜", "街"], "story": "东街夜里很暗。" * 100}
COLUMNS = ("personnel_name", "pkid", "proposal_number", "publish_time", "reason", "type", "year", "content")
PAPERS = (
    (
        "柳某",
        "id-1",
        "0001",
        "2022-01-02 15:42:19",
        "关于增设路灯的提案",
        "城乡建设",
        "2022",
        "东街很暗。建议：增设路灯。",
    ),
    ("杨某", "id-2", "0002", "2022-01-02 16:00:00", "关于植树的提案", "资源环境", "2022", "风沙很大。建议：植树。"),
)
Here = Callable[[], None]


def nothing() -> None:
    """Nobody counts."""


class Paper:
    """A channel that writes down each delivery; the kernel keeps it when we are killed."""

    name = "paper"

    def __init__(self, path: Path, here: Here) -> None:
        self._to, self._here = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), here

    def send(self, notice: Notice) -> None:
        self._here()
        os.write(self._to, f"{notice.key}\n".encode())
        self._here()

    def close(self) -> None:
        os.close(self._to)


class House:
    """The office at `url`, with its folder for seals, its paper and its lists in `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.now = FrozenClock()()
        self.drawn, self._marked, self._ids = 0, 0, "id"
        self.engine = Engine(url, clock=lambda: self.now, ids=self._id)
        self.folder, self.seals, self.paper, self.list = (
            folder,
            Folder(folder / "seals"),
            folder / "paper",
            folder / "list.csv",
        )
        self.templates = Templates()
        self._file = self.engine._connections.engine.dialect.name == "sqlite"
        self._known: set[int] = set()
        self.cases: dict[str, str] = {}
        self.parts: dict[str, list[str]] = {}
        self._batch, sealing.BATCH = sealing.BATCH, 4  # so that there is more than one batch
        _hurried(url)
        self._furnish()
        self.before = self.state().rows
        self._ids = "new"
        self._opened_at, self._sealed = self.now, {path.name: path.read_bytes() for path in self.seals.path.iterdir()}

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        sealing.BATCH = self._batch
        self.engine.close()

    # ------------------------------------------------------------ before and after

    def restore(self) -> None:
        """Everything as it was at first."""
        now = soundness.content(self.engine)
        changed = [table for table in metadata.sorted_tables if now[table.name] != self.before[table.name]]
        with self.engine.writing() as sql:
            for table in changed:
                sql.execute(sa.delete(table))
                if self.before[table.name]:
                    sql.execute(sa.insert(table), [dict(row._mapping) for row in self.before[table.name]])
        for path in self.seals.path.iterdir():
            path.unlink()
        for name, data in self._sealed.items():
            (self.seals.path / name).write_bytes(data)
        self.paper.write_bytes(b"")
        self.now = self._opened_at

    def life(self, deed: Deed, at: int, *, anew: bool = True) -> Life:
        """Do it in another process that is killed at moment `at`; `anew`: as if nobody had drawn an id since the restoring."""
        if self._file:
            self.engine.close()  # SQLite cannot be carried into another process
        if anew:
            self.mark(0)
        return lived(self.engine._connections.engine, at, partial(self._elsewhere, deed))

    def _elsewhere(self, deed: Deed, here: Here) -> Any:
        connections = self.engine._connections
        self._parents = connections._local  # theirs: not to be closed by us
        connections._local = threading.local()
        connections.engine.dispose(close=False)
        return deed.do(self, here)

    def do(self, deed: Deed, here: Here = nothing) -> Any:
        """Do it, by somebody who knows nothing of an earlier time."""
        self.mark(0)
        return deed.do(self, here)

    def mark(self, drawn: int | None = None) -> None:
        """What was drawn of the ids up to here is used, or all but the first so many are free again."""
        self.drawn = self._marked = self.drawn if drawn is None else drawn

    def back(self) -> None:
        """What was drawn since the mark is free again."""
        self.drawn = self._marked

    def _id(self) -> str:
        self.drawn += 1
        return f"{self._ids}-{self.drawn:06d}"

    def later(self) -> None:
        """Time passes, until no lease lives."""
        self.now += (LEASE + 1) * 1_000_000

    def delivered(self) -> Counter[str]:
        """How often each notice has arrived."""
        return Counter(self.paper.read_text().split())

    def files(self) -> dict[str, bytes]:
        """What is in the sealer's folder; a file that was not finished is none."""
        return {path.name: path.read_bytes() for path in self.seals.path.iterdir() if path.suffix != ".new"}

    def state(self) -> State:
        """What database and folder hold, found sound. Raises AssertionError with the sentences that do not hold."""
        rows, files, delivered = soundness.content(self.engine), self.files(), self.delivered()
        key = hash((*((name, *each) for name, each in rows.items()), *files.items(), *sorted(delivered.items())))
        if key not in self._known:  # the very same rows answer the same
            wrong = soundness.broken(self.engine, self.seals, delivered, rows)
            assert not wrong, wrong
            self._known.add(key)
        return State(rows, files)

    # ------------------------------------------------------------ what there is to do

    def _furnish(self) -> None:
        engine, fire = self.engine, self.engine.fire
        tests = Path(__file__).parents[1]
        ticket = (tests / "ticket.yaml").read_text(encoding="utf-8")
        engine.create()
        signing.create(self.seals.path, "office")
        self.paper.write_bytes(b"")
        with self.list.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows([COLUMNS, *PAPERS])
        for source in (ticket, tests / "clocked.yaml", shipped_definitions() / "proposal.yaml"):
            engine.publish(source)
        engine.people.add(Party("dan", "丹", groups=("desk",)))
        engine.people.add(Party("eve", "夏", groups=("desk",), digest="08:30"))
        for unit in ("u1", "u2", "u3"):
            engine.people.add(Party(unit, unit, kind="unit"))
        errand = engine.open("errand", DAN).case.id
        fire(fire(errand, "give", DAN, {"unit": "u1"}).opened[0].id, "ask_return", of_unit("u1"))
        self.now += 5 * DAY
        for name in ("draft", "sent", "out", "merged"):
            self.cases[name] = engine.open("ticket", ANN, LAMP).case.id
        for name in ("sent", "out"):
            fire(self.cases[name], "send", ANN)
        given = fire(self.cases["out"], "give", DAN, {"units": ["u1", "u2"]})
        self.parts["out"] = [part.id for part in given.opened]
        fire(self.cases["merged"], "merge", DAN, {"lead": self.cases["out"]})
        seal(engine, self.seals)
        fire(self.parts["out"][0], "reply", of_unit("u1"), {"answer": "已办", "result": "A"})
        renamed = ticket.replace("version: 1\n", "version: 2\n").replace("answer", "reply_text")
        engine.publish(renamed + "migrate: {from: 1, parts: {task: {fields: {answer: reply_text}}}}\n")
        self.now += 4 * DAY


def _hurried(url: str) -> None:
    """The server need not wait for its disk: it is not the one that is killed here."""
    address = sa.make_url(url)
    if address.get_backend_name() == "postgresql":
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as sql:
            sql.exec_driver_sql(f"ALTER DATABASE {address.database} SET synchronous_commit = off")
        engine.dispose()


@dataclass(frozen=True)
class State:
    """What a database and a sealer's folder hold."""

    rows: soundness.Content
    files: Mapping[str, bytes]

    def without(self, columns: frozenset[str]) -> State:
        """The same, but for these columns."""
        if not columns:
            return self
        kept = {
            name: [tuple(value for column, value in row._mapping.items() if column not in columns) for row in rows]
            for name, rows in self.rows.items()
        }
        return State(kept, self.files)


@dataclass(frozen=True)
class Deed:
    """One kind of command. `at_once`: it is one commit, so that it is done wholly or not at all. `omitting`: columns that
    tell how often and when it was tried. `leases`: whoever repeats it has to wait until a lease has ended.
    """

    name: str
    do: Callable[[House, Here], Any]
    at_once: bool = True
    omitting: frozenset[str] = frozenset()
    leases: bool = False


def _on(case: str, action: str, actor: Actor, input: Mapping[str, Any] | None = None) -> Callable[[House, Here], Any]:
    return lambda house, here: asking(_named(house, case), action, actor, input, "r").do(house, here)


def asking(case: str | None, action: str, actor: Actor, input: Mapping[str, Any] | None, request: str) -> Deed:
    """A command with a request id; its answer is the receipt, or the sentence of the refusal. `open` names no case."""

    def do(house: House, here: Here) -> Any:
        try:
            if case is None:
                return house.engine.open("ticket", actor, input, request_id=request).receipt
            return house.engine.fire(case, action, actor, input, request_id=request).receipt
        except Refused as refused:
            return str(refused)

    return Deed("asked", do)


def _named(house: House, case: str) -> str:
    root, _, part = case.partition("/")
    return house.parts[root][int(part)] if part else house.cases[root]


def _fire_timers(house: House, here: Here) -> Any:
    return len(fire_due(house.engine))


def _deliver(house: House, here: Here) -> Any:
    paper = Paper(house.paper, here)
    try:
        channels = Channels({"paper": paper}, "paper")
        return deliver_due(house.engine, channels, worker="w", policy=POLICY, templates=house.templates).sent
    finally:
        paper.close()


def _seal(house: House, here: Here) -> Any:
    return seal(house.engine, house.seals).size


def _migrate(house: House, here: Here) -> Any:
    return [line.case for line in apply(house.engine, between(house.engine, "ticket", 1, 2), DAN)]


def _import(house: House, here: Here) -> Any:
    report = import_proposals(house.engine, house.list, CLERK)
    assert () == report.rejected
    return len(report.cases)


DEEDS = (
    Deed("open", asking(None, "open", ANN, LAMP, "r").do),
    Deed("move", _on("draft", "send", ANN)),
    Deed("parts", _on("sent", "give", DAN, {"units": ["u1", "u2", "u3"]})),
    Deed("join", _on("out/1", "reply", of_unit("u2"), {"answer": "照办", "result": "A"})),
    Deed("act", _on("out", "rate", DAN, {"raters": ["u1", "u2"]})),
    Deed("refusal", _on("draft", "give", DAN, {"units": ["u1"]})),
    Deed("timer", _fire_timers, at_once=False),
    Deed("notice", _deliver, at_once=False, omitting=frozenset({"attempt", "tries", "sent_at"}), leases=True),
    Deed("seal", _seal, at_once=False),
    Deed("migrate", _migrate, at_once=False),
    Deed("import", _import, at_once=False),
)  # fmt: skip

"""Who else is told of each checkpoint, and what the worker does about the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ANN
from workflow import incidents, signing
from workflow.channels import Channels
from workflow.core.checkpoint import note
from workflow.core.errors import InputInvalid, StoreUnavailable
from workflow.core.model import Text
from workflow.engine import Engine
from workflow.ports import Notice, Reject, Retry
from workflow.sealing import Folder, seal
from workflow.store.tables import records
from workflow.testing import FrozenClock, RecordingNotifier
from workflow.witnesses import Seals, listed, tell_witnesses
from workflow.worker import Worker

LAMP = {"title": "Broken lamp"}
SECRET = "https://hooks.example/t/abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    signing.create(tmp_path, "office")
    (tmp_path / "witnesses").write_text(f"# 审计\nmail audit@example.cn\n\nhook {SECRET}\n", encoding="utf-8")
    return Folder(tmp_path)


@pytest.fixture
def mail() -> RecordingNotifier:
    return RecordingNotifier("mail")


@pytest.fixture
def hook() -> RecordingNotifier:
    return RecordingNotifier("hook")


@pytest.fixture
def channels(mail: RecordingNotifier, hook: RecordingNotifier) -> Channels:
    return Channels({"mail": mail, "hook": hook}, "mail")


def stopped(engine: Engine) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in incidents.listed(engine)]


def test_each_checkpoint_goes_to_each_witness_once(
    desk: Engine, folder: Folder, channels: Channels, mail: RecordingNotifier, hook: RecordingNotifier
) -> None:
    for _ in range(2):
        seal(desk, folder)
        assert 0 == tell_witnesses(desk, folder, channels)
    desk.open("ticket", ANN, LAMP)
    signed = seal(desk, folder).note
    tell_witnesses(desk, folder, channels)

    assert [2, 2, 2, 2] == [mail.calls, len(mail.sent), hook.calls, len(hook.sent)]
    assert ["audit@example.cn", SECRET] == [mail.sent[0].address, hook.sent[0].address]
    (attached,) = mail.sent[-1].attachments
    assert signed == note(attached.content.decode())
    assert str(signed) in mail.sent[-1].body
    assert signed is not None
    assert signed.checkpoint.short in mail.sent[-1].subject


def test_who_is_not_reached_is_told_of_the_newest_at_the_next_seal(
    desk: Engine, folder: Folder, mail: RecordingNotifier, clock: FrozenClock
) -> None:
    down = RecordingNotifier("hook", [Retry("down", zh="不通"), Reject("no", zh="不收")])
    channels = Channels({"mail": mail, "hook": down}, "mail")
    events: list[tuple[str, str]] = []

    def tell(event: str, **facts: Any) -> None:
        events.append((event, facts["witness"]))

    seal(desk, folder)
    assert 1 == tell_witnesses(desk, folder, channels, tell)
    assert [("told", "mail audit@example.cn"), ("untold", "hook hooks.example")] == events
    desk.open("ticket", ANN, LAMP)
    seal(desk, folder)
    assert 1 == tell_witnesses(desk, folder, channels)
    assert [("seal", "hook hooks.example")] == stopped(desk)
    (incident,) = incidents.listed(desk)
    assert (2, "检查点没有送达 hook hooks.example：不收；下次封存时再送") == (incident.times, incident.text.zh)
    assert "abcdef" not in incident.text.zh + incident.text.en

    assert 0 == tell_witnesses(desk, folder, channels)
    assert [] == stopped(desk)
    assert [2] == [note(each.attachments[0].content.decode()).checkpoint.size for each in down.sent]
    assert 2 == mail.calls


def test_a_notifier_that_breaks_is_as_one_that_does_not_get_through(desk: Engine, folder: Folder) -> None:
    class Broken:
        name = "mail"

        def send(self, notice: Notice) -> None:
            raise RuntimeError("out of paper")

    seal(desk, folder)
    (folder.path / "witnesses").write_text("mail a@example.cn\n")

    assert 1 == tell_witnesses(desk, folder, Channels({"mail": Broken()}, "mail"))
    assert "RuntimeError: out of paper" in incidents.listed(desk)[0].text.en


@pytest.mark.parametrize("text", ["", "[]", "{", "7"])
def test_whoever_was_told_is_told_again_where_that_was_forgotten(
    desk: Engine, folder: Folder, channels: Channels, mail: RecordingNotifier, text: str
) -> None:
    seal(desk, folder)
    tell_witnesses(desk, folder, channels)
    (folder.path / "told.json").write_text(text)
    tell_witnesses(desk, folder, channels)

    assert (2, 1) == (mail.calls, len(mail.sent))  # under the same key


def test_without_a_checkpoint_or_a_witness_nobody_is_told(
    desk: Engine, folder: Folder, channels: Channels, mail: RecordingNotifier
) -> None:
    assert 0 == tell_witnesses(desk, folder, channels)
    (folder.path / "witnesses").unlink()
    seal(desk, folder)
    assert 0 == tell_witnesses(desk, folder, channels)
    assert 0 == mail.calls


def test_a_witness_of_an_unknown_channel_is_named_with_its_line(folder: Folder) -> None:
    with pytest.raises(InputInvalid, match="witnesses:4: the channel 'hook' is not set up; there are: mail"):
        listed(folder, Channels({"mail": RecordingNotifier("mail")}, "mail"))
    (folder.path / "witnesses").write_bytes(b"\xff")
    with pytest.raises(InputInvalid, match="cannot read"):
        listed(folder, Channels({"mail": RecordingNotifier("mail")}, "mail"))


# ------------------------------------------------------------ in the worker


@pytest.fixture
def seals(desk: Engine, folder: Folder, channels: Channels) -> Seals:
    return Seals(desk, folder, channels, every=60)


def looked(seals: Seals) -> list[str]:
    events: list[str] = []
    seals.look(lambda event, **facts: events.append(event))
    return events


def test_a_worker_seals_not_more_often_than_it_is_told_to(desk: Engine, seals: Seals, clock: FrozenClock) -> None:
    assert ["sealed", "told", "told"] == looked(seals)
    desk.open("ticket", ANN, LAMP)
    clock.advance(seconds=59)
    assert [] == looked(seals)
    clock.advance(seconds=1)
    assert ["sealed", "told", "told"] == looked(seals)
    clock.advance(hours=25)
    assert ["sealed", "told", "told"] == looked(seals)  # a sign of life, though nothing is new


def test_a_clock_that_was_put_back_does_not_keep_it_from_sealing(
    sqlite: str, make_engine: Callable[..., Engine], ticket_text: str, folder: Folder, channels: Channels
) -> None:
    moments = [10**15]
    engine = make_engine(sqlite, clock=lambda: moments[0])
    engine.publish(ticket_text)
    seals = Seals(engine, folder, channels)
    looked(seals)
    moments[0] -= 10**10
    engine.open("ticket", ANN, LAMP)

    assert ["sealed", "told", "told"] == looked(seals)


def test_a_seal_that_fails_is_an_incident_and_stops_nothing(
    desk: Engine, seals: Seals, folder: Folder, channels: Channels, clock: FrozenClock, mail: RecordingNotifier
) -> None:
    looked(seals)
    with desk.writing() as sql:
        sql.execute(sa.delete(records))
    clock.advance(hours=1)
    assert ["unsealed"] == looked(seals)
    assert [("seal", "casework")] == stopped(desk)
    clock.advance(hours=1)
    looked(seals)
    assert [2] == [each.times for each in incidents.listed(desk)]

    events: list[str] = []
    made = Worker(desk, channels, seals=Seals(desk, folder, channels), tell=lambda event, **facts: events.append(event))
    assert 1 == made.run(once=True).rounds
    assert ["started", "unsealed", "stopped"] == events


@pytest.mark.parametrize("damage", ["memory", "key", "full"])
def test_whatever_else_stops_a_seal_is_seen_and_over_when_it_goes_on(
    desk: Engine, seals: Seals, folder: Folder, clock: FrozenClock, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(seals)
    saved = {path.name: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if damage == "full":
            patch.setattr("workflow.keeping.os.fsync", full)
        else:
            (folder.path / {"memory": "memory.json", "key": "office.private"}[damage]).write_text("{")
        clock.advance(hours=1)
        desk.open("ticket", ANN, LAMP)
        assert "unsealed" in looked(seals)
        assert [("seal", "casework")] == stopped(desk)
    for name, content in saved.items():
        (folder.path / name).write_bytes(content)
    clock.advance(hours=1)
    looked(seals)
    assert [] == stopped(desk)


def test_another_sealer_at_work_is_no_incident(desk: Engine, seals: Seals, folder: Folder) -> None:
    with folder.locked():
        assert ["unsealed"] == looked(seals)
    assert [] == stopped(desk)


def test_a_witness_that_cannot_be_told_is_seen_before_the_worker_begins(
    desk: Engine, folder: Folder, mail: RecordingNotifier
) -> None:
    channels = Channels({"mail": mail}, "mail")
    with pytest.raises(InputInvalid, match="'hook' is not set up"):
        Worker(desk, channels, seals=Seals(desk, folder, channels)).run(once=True)
    signing.retire(folder.path, "office")
    with pytest.raises(InputInvalid, match="no key"):
        Worker(desk, channels, seals=Seals(desk, folder, channels)).run(once=True)


def test_a_list_that_breaks_later_is_an_incident(
    desk: Engine, seals: Seals, folder: Folder, make_engine: Callable[..., Engine]
) -> None:
    (folder.path / "witnesses").write_text("fax 7\n")

    assert ["sealed", "unsealed"] == looked(seals)
    (found,) = incidents.listed(desk)
    assert isinstance(found.text, Text)
    assert "'fax' is not set up" in found.text.en


def test_a_database_that_is_away_is_left_to_the_worker(seals: Seals, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise StoreUnavailable(Text("断了", "gone"))

    with monkeypatch.context() as patch:
        patch.setattr("workflow.witnesses.seal", away)
        with pytest.raises(StoreUnavailable):
            looked(seals)
    assert "sealed" in looked(seals)  # it did not count as having looked

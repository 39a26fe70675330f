"""A disk that is read-only: what can be read is read, and what cannot be done is said."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import CHECKOUT, start
from tests.conftest import ANN
from tests.faults.disks import small_disk
from workflow.core.errors import InputInvalid, StoreUnavailable
from workflow.engine import Engine
from workflow.sealing import Folder

LAMP = {"title": "路灯"}


def opened(engine: Engine, ticket: str) -> str:
    engine.create()
    engine.publish(ticket)
    return engine.open("ticket", ANN, LAMP).case.id


def test_a_database_that_may_only_be_read_is_read_and_says_so_to_who_writes(
    sqlite: str, make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    case = opened(make_engine(sqlite), ticket_text)
    path = sa.make_url(sqlite).database
    engine = make_engine(f"sqlite:///file:{path}?mode=ro&uri=true")

    assert [case] == [each.id for each in engine.find()]
    assert engine.verify().good
    with pytest.raises(StoreUnavailable) as said:
        engine.fire(case, "send", ANN)
    assert "只能读，不能写" in said.value.say("zh")
    assert "mounted read-only" in said.value.say("en")
    assert 1 == len(engine.history(case))


def test_a_server_that_may_only_be_read_is_read_and_says_so_to_who_writes(
    new_database: Callable[..., str], make_engine: Callable[..., Engine], ticket_text: str
) -> None:
    """A standby, for instance."""
    url = new_database("postgresql")
    case = opened(make_engine(url), ticket_text)
    engine = make_engine(
        sa.make_url(url)
        .update_query_dict({"options": "-c default_transaction_read_only=on"})
        .render_as_string(hide_password=False)
    )

    assert [case] == [each.id for each in engine.find()]
    with pytest.raises(StoreUnavailable, match="standby"):
        engine.fire(case, "send", ANN)


def test_on_a_disk_that_is_mounted_read_only_commands_say_how_to_look(tmp_path: Path, ticket_text: str) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        path = disk.path / "office.db"
        engine = Engine(f"sqlite:///{path}")
        case = opened(engine, ticket_text)
        (disk.path / "seals").mkdir()
        engine.close()
        disk.remount("ro")

        for command in (["list"], ["do", case, "send", "--as", "ann"]):
            said = start(*command, "--db", str(path))
            assert 6 == said.code, said
            assert said.err.startswith("错误：打不开数据库文件")
            assert "immutable=1" in said.err
        there = start("list", "--json", "--db", f"sqlite:///file:{path}?immutable=1&uri=true")
        assert (0, [case]) == (there.code, [each["id"] for each in there.json])
        said = start(
            "do", case, "comment", "--note", "x", "--as", "ann", "--db", f"sqlite:///file:{path}?immutable=1&uri=true"
        )
        assert 0 != said.code
        with pytest.raises(InputInvalid, match="read-only"):
            Folder(disk.path / "seals").keep("memory.json", {})

        disk.remount("rw")
        assert "sent" == engine.fire(case, "send", ANN).case.state
        assert engine.verify().good
        engine.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_answer_for_which_there_is_no_room_is_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, str(CHECKOUT / "cli.py"), "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    assert (2, "错误：没有写完：磁盘已满，请腾出空间后重试\n") == (ran.returncode, ran.stderr)

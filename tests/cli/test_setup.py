"""Making a database harms nothing that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Casework
from workflow import Engine
from workflow.cli.setup import _must_be_empty
from workflow.core.errors import InputInvalid
from workflow.directory import Party


def test_init_says_what_comes_next(run: Casework) -> None:
    said = run("init", "--lang", "en")

    assert 0 == said.code
    assert [
        "the database is ready: casework.db",
        "next:",
        "  casework lifecycle publish proposal opinion",
    ] == said.out.splitlines()[:3]


def test_the_next_commands_name_another_database(run: Casework) -> None:
    assert "  casework --db office.db people add …" in run("init", "--db", "office.db").out.splitlines()


def test_init_again_keeps_what_is_there(office: Casework, letter: str) -> None:
    again = office("init", "--json")

    assert {"database": "casework.db", "ready": True, "log": "casework", "hash": "sha256"} == again.json
    assert [letter] == [each["number"] for each in office("list", "--json").json]


def test_a_folder_that_is_not_there_is_said(run: Casework) -> None:
    said = run("init", "--db", "nowhere/office.db")

    assert 6 == said.code
    assert 1 == len(said.err.splitlines())


def test_what_is_no_database_is_said(run: Casework, here: Path) -> None:
    (here / "casework.db").write_text("hello\n" * 400, "utf-8")

    said = run("list", "--lang", "en")

    assert 6 == said.code
    assert "Traceback" not in said.err


def test_a_database_that_was_never_initialised_is_answered_with_init(run: Casework, here: Path) -> None:
    (here / "casework.db").touch()

    said = run("list")

    assert (6, "错误：数据库里还没有 casework 的表；请先运行 casework init\n") == (said.code, said.err)


def test_the_demonstration_does_not_mix_with_an_office(here: Path) -> None:
    engine = Engine("sqlite://")
    engine.create()
    _must_be_empty(engine)
    engine.people.add(Party("li", "李明"))

    with pytest.raises(InputInvalid, match="needs an empty one"):
        _must_be_empty(engine)

    engine.close()


def test_who_is_registered_keeps_what_is_not_given(here: Path, run: Casework) -> None:
    run("init")
    first = run(
        "people",
        "add",
        "dan",
        "丹",
        "--group",
        "desk",
        "--unit",
        "office",
        "--channel",
        "email=d@b.cn",
        "--language",
        "en",
    )
    changed = run("people", "add", "dan", "丹", "--digest", "08:30", "--unit", "")

    assert ("已登记：丹（dan）\n", "已更新：丹（dan）\n") == (first.out, changed.out)
    assert {
        "id": "dan", "name": "丹", "kind": "person", "unit": None, "groups": ["desk"], "active": True, "language": "en",
        "channels": {"email": "d@b.cn"}, "quiet": None, "digest": "08:30",
    } == run("people", "show", "dan", "--json").json  # fmt: skip

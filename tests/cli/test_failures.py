"""Whatever goes wrong, a person reads a sentence, a program reads JSON, and the exit code says which kind it was."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CHECKOUT, Casework, in_a_terminal
from workflow.cli import failures, notifiers
from workflow.core.errors import RequestReused


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(notifiers.list_, "callback", fail)


def test_a_missing_database_is_answered_with_how_to_make_one(run: Casework, here: Path) -> None:
    said = run("todo", "--as", "clerk01")

    assert 6 == said.code
    assert "错误：没有数据库 casework.db；请先运行 casework init（或 casework demo），或用 --db 指明\n" == said.err
    assert [] == list(here.iterdir())


def test_with_json_an_error_is_json_on_standard_error(run: Casework) -> None:
    said = run("list", "--db", "office.db", "--json", "--lang", "en")

    assert (6, "") == (said.code, said.out)
    assert {
        "error": "StoreUnavailable",
        "code": 6,
        "message": "there is no database office.db; run `casework init` (or `casework demo`) first, or name it with --db",
    } == json.loads(said.err)


def test_a_usage_error_is_json_too(run: Casework) -> None:
    said = run("todo", "--json", "--bogus")

    assert {"error": "NoSuchOption", "code": 2, "message": "没有选项 --bogus"} == json.loads(said.err)


def test_an_error_of_the_engine_brings_its_own_exit_code(run: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RequestReused("r-1"))

    said = run("notifiers", "list", "--lang", "en")

    assert (4, "error: request id 'r-1' was already used for another command; use a new one\n") == (said.code, said.err)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("todo --as nobody", "没有人员“nobody”；casework people list 列出人员、单位和组"),
        ("people show nobody", "没有人员、单位或组“nobody”；casework people list 列出人员、单位和组"),
        ("show 2022-1", "没有这一件“2022-1”；casework list 列出各件"),
        ("open seal --as li", "没有已发布的流程“seal”；还没有发布任何流程，请先用 casework lifecycle publish 发布"),
        (
            "lifecycle versions seal",
            "没有已发布的流程“seal”；还没有发布任何流程，请先用 casework lifecycle publish 发布",
        ),
        ("incidents skip 7 --note x --as li", "没有异常“7”；casework incidents list 列出异常"),
        ("notice show 7", "没有通知“7”；casework notice list 列出通知"),
    ],
)
def test_what_is_not_found_and_like_nothing_there_is_answered_with_where_to_look(
    run: Casework, args: str, expected: str
) -> None:
    run("init")
    run("people", "add", "li", "李强")

    assert (5, f"错误：{expected}\n") == ((said := run(*args.split())).code, said.err)


def test_what_has_a_name_like_it_is_answered_with_that_alone(run: Casework) -> None:
    run("init")
    run("people", "add", "clerk01", "王敏")

    assert "错误：没有人员“clerk1”；是否指：clerk01\n" == run("todo", "--as", "clerk1").err


def test_every_command_that_is_to_help_is_one(run: Casework) -> None:
    for text in failures.NEXT.values():
        command = re.search(r"`casework ([a-z ]+)`", text.en)
        assert command is not None
        assert 0 == run(*command[1].split(), "--help").code


def test_something_unexpected_is_one_sentence_without_a_traceback(
    run: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))

    said = run("notifiers", "list")

    assert 70 == said.code
    assert said.err.startswith(
        "错误：程序出了意外（ZeroDivisionError：division by zero）。请把所用命令和这句话报给维护者"
    )
    assert 1 == len(said.err.splitlines())


def test_the_traceback_is_there_for_who_asks(run: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    monkeypatch.setenv("CASEWORK_DEBUG", "1")

    assert "Traceback" in run("notifiers", "list").err


def test_an_interruption_is_said_and_has_the_shells_exit_code(run: Casework, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())

    said = run("notifiers", "list")

    assert 130 == said.code
    assert "已中断" in said.err


def test_a_reader_who_leaves_early_is_no_failure(here: Path) -> None:
    command = f"{sys.executable} {CHECKOUT / 'cli.py'} --help | true"

    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)

    assert ran.stderr == ""


def test_an_unreadable_file_is_named(run: Casework) -> None:
    said = run("people", "import", "nobody.csv", "--lang", "en")

    assert 2 == said.code
    assert "error: nobody.csv cannot be read: No such file or directory\n" == said.err


def test_colour_appears_on_a_terminal() -> None:
    assert "\x1b[" in in_a_terminal("todo", "--db", "/nowhere/office.db")


def test_no_colour_means_none() -> None:
    assert "\x1b[" not in in_a_terminal("todo", "--db", "/nowhere/office.db", NO_COLOR="1")


def test_a_pipe_gets_no_colour(process: Casework) -> None:
    said = process("todo")

    assert "\x1b[" not in said.err + said.out


def test_the_launcher_without_its_libraries_says_how_to_get_them() -> None:
    ran = subprocess.run(
        [sys.executable, "-S", str(CHECKOUT / "cli.py"), "--help"], capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
    )  # fmt: skip

    assert (1, True) == (ran.returncode, "run `make setup` first" in ran.stderr)
    assert "Traceback" not in ran.stderr

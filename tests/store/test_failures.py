"""What the driver complains of, as a sentence that says what to do."""

from __future__ import annotations

import sqlite3

import pytest

from workflow.store.failures import code_of, unavailable


def complaint(code: object, words: str = "no such luck") -> Exception:
    """An error as the drivers make them: SQLite's has a name, PostgreSQL's a state, MariaDB's a number."""
    if isinstance(code, int):
        return RuntimeError(code, words)
    error = sqlite3.OperationalError(words)
    setattr(error, "sqlstate" if str(code)[0].isdigit() else "sqlite_errorname", code)
    return error


@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100", 1021, 1114])
def test_a_full_disk_is_said(code: object) -> None:
    said = unavailable(complaint(code))

    assert "磁盘已满" in said.say("zh")
    assert "nothing of this step was written; make room and try again" in said.say("en")
    assert 6 == said.exit_code


@pytest.mark.parametrize("code", ["SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY", "25006", 1290, 1836])
def test_a_database_that_may_only_be_read_is_said(code: object) -> None:
    said = unavailable(complaint(code))

    assert "只能读，不能写" in said.say("zh")
    assert "mounted read-only" in said.say("en")


@pytest.mark.parametrize("code", ["SQLITE_CANTOPEN", "SQLITE_CANTOPEN_ISDIR"])
def test_a_file_that_cannot_be_opened_is_said_with_how_to_look(code: str) -> None:
    assert "?immutable=1&uri=true" in unavailable(complaint(code)).say("zh")


def test_anything_else_is_said_in_its_first_line() -> None:
    said = unavailable(complaint("08006", "the server has gone\nLINE 1: SELECT"))

    assert "数据库不可用：the server has gone；请稍后重试或联系管理员" == said.say("zh")
    assert "the database is not available: the server has gone; try again" == said.say("en")


def test_an_error_without_a_code_has_none() -> None:
    assert "" == code_of(RuntimeError())
    assert "" == code_of(RuntimeError("words"))

"""Help is fast, complete, and in the reader's language."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from wcwidth import wcswidth

from tests.cli.conftest import Casework
from workflow.cli.command import Context, Entry, Group
from workflow.cli.root import COMMANDS, casework

HEAVY = {
    "alembic",
    "cel_expr_python",
    "google",
    "jinja2",
    "psycopg",
    "rich",
    "sqlalchemy",
    "transitions",
    "wcwidth",
    "yaml",
}
LIGHT = {"click", "workflow"}  # all that `--help` may import beside Python itself


def paths(table: dict[str, Entry], *above: str) -> Iterator[tuple[str, ...]]:
    for name, entry in table.items():
        yield (*above, name)
        if not isinstance(entry.home, str):
            yield from paths(dict(entry.home), *above, name)


def imported_by(*args: str) -> set[str]:
    program = f"""
import sys
before = set(sys.modules)
sys.argv = ["casework", *{args!r}]
from workflow.cli import main
try:
    main()
except SystemExit:
    pass
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return {name.partition(".")[0] for name in ran.stderr.splitlines()[-1].split()}


def test_help_imports_nothing_beside_click() -> None:
    strangers = imported_by("--help") - set(sys.stdlib_module_names)

    assert LIGHT == strangers


@pytest.mark.parametrize(
    "path", [("lifecycle",), ("lifecycle", "check"), ("todo",), ("do",), ("report",), ("people", "add")]
)
def test_the_help_of_a_command_imports_no_library_of_its_work(path: tuple[str, ...]) -> None:
    assert set() == imported_by(*path, "--help") & HEAVY


def test_checking_a_lifecycle_needs_no_database() -> None:
    assert set() == imported_by("lifecycle", "check", "opinion") & {"sqlalchemy", "alembic", "psycopg"}


@pytest.mark.parametrize("path", [(), *paths(COMMANDS)], ids=" ".join)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_help_is_in_one_language_and_fits_a_terminal(
    run: Casework, path: tuple[str, ...], language: str
) -> None:
    page = run(*path, "--help", "--lang", language)

    assert (0, "") == (page.code, page.err)
    assert page.out.startswith({"zh": "用法：casework", "en": "Usage: casework"}[language])
    assert [] == [line for line in page.out.splitlines() if wcswidth(line) > 82]


def test_every_option_and_argument_is_explained_in_both_languages() -> None:
    def commands(group: Group) -> Iterator[click.Command]:
        for name in group.table:
            found = group.get_command(Context(group), name)
            assert found is not None
            yield from commands(found) if isinstance(found, Group) else [found]

    silent = [
        f"{command.name} {param.name}"
        for command in commands(casework)
        for param in command.get_params(Context(command))
        if not (param.words.zh and param.words.en)  # type: ignore[attr-defined]
    ]

    assert [] == silent


def test_help_speaks_the_language_of_the_locale(process: Casework) -> None:
    assert process("--help", LANG="en_US.UTF-8").out.startswith("Usage:")
    assert process("--help", LANG="zh_CN.UTF-8").out.startswith("用法：")


def test_a_mistyped_command_is_answered_with_the_one_meant(run: Casework) -> None:
    said = run("toto")

    assert 2 == said.code
    assert "错误：没有命令“toto”；是否指：todo\n用法见：casework --help\n" == said.err


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["todo", "--limt", "3"], "error: there is no option --limt; did you mean --limit?\nsee: casework todo --help\n"),
        (["todo", "--lang", "en", "--limit"], "error: the option --limit needs a value\nsee: casework todo --help\n"),
        (["todo", "--limit", "many"], "error: the value of --limit is wrong: it must be a whole number from 1 to 1000\nsee: casework todo --help\n"),
        (["todo", "--json=yes"], "error: the option --json takes no value\nsee: casework todo --help\n"),
        (["completion", "csh"], "error: the value of bash|zsh|fish is wrong: it must be bash or zsh or fish\nsee: casework completion --help\n"),
        (["show"], "error: CASE is missing\nsee: casework show --help\n"),
        (["show", "a", "b"], "error: there is nothing to do with 'b'\nsee: casework show --help\n"),
        (["people", "ad"], "error: there is no command 'ad'; did you mean add?\nsee: casework people --help\n"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_answered_with_a_sentence(run: Casework, args: list[str], expected: str) -> None:
    said = run("--lang", "en", *args)

    assert (2, expected) == (said.code, said.err)


def test_without_a_command_the_help_is_shown(run: Casework) -> None:
    said = run()

    assert 2 == said.code
    assert said.err.startswith("用法：casework")


def test_a_command_with_a_database_imports_no_migrations_and_no_other_driver(furnished: Path) -> None:
    strangers = {"alembic", "jinja2", "mako", "psycopg", "rich", "workflow_notifiers"}

    assert set() == imported_by("--db", str(furnished), "people", "list") & strangers

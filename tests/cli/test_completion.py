"""The shell is told what can be typed."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Casework


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed(run: Casework, shell: str) -> None:
    said = run("completion", shell)

    assert 0 == said.code
    assert "_CASEWORK_COMPLETE" in said.out


def test_commands_are_completed(process: Casework) -> None:
    said = process(_CASEWORK_COMPLETE="bash_complete", COMP_WORDS="casework life", COMP_CWORD="1")

    assert "plain,lifecycle" == said.out.strip()


def test_a_completion_without_a_database_is_silent(process: Casework) -> None:
    said = process(_CASEWORK_COMPLETE="bash_complete", COMP_WORDS="casework show ", COMP_CWORD="2")

    assert (0, "", "") == (said.code, said.out.strip(), said.err)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("casework show 01", "{letter}"),
        ("casework todo --as cl", "clerk01 clerk02 clerks"),
        ("casework --as clerk01 do {letter} as", "assign"),
        ("casework --as clerk01 act {letter} re", "remark"),
        ("casework --as clerk01 do {letter} assign un", "units="),
        ("casework open le", "letter"),
        ("casework open letter ur", "urgent="),
    ],
)
def test_people_cases_actions_and_fields_are_completed(
    office: Casework, letter: str, process: Casework, typed: str, expected: str
) -> None:
    words = typed.format(letter=letter)

    said = process(_CASEWORK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))

    assert expected.format(letter=letter).split() == [line.partition(",")[2] for line in said.out.splitlines()]

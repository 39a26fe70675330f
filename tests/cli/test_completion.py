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

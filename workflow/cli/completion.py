"""`completion`: what a shell needs to complete our commands."""

from __future__ import annotations

import click

from workflow.cli.command import argument, command
from workflow.cli.desk import Desk

SHELLS = ("bash", "zsh", "fish")


@command(
    argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS), zh="哪一种 shell", en="which shell"),
    zh='bash：把 eval "$(casework completion bash)" 写进 ~/.bashrc；zsh 写进 ~/.zshrc；'
    "fish：casework completion fish > ~/.config/fish/completions/casework.fish",
    en='bash: put eval "$(casework completion bash)" into ~/.bashrc; the same for zsh into ~/.zshrc; '
    "fish: casework completion fish > ~/.config/fish/completions/casework.fish",
    gives='`{"shell", "script"}`.',
)
def completion(desk: Desk, shell: str) -> None:
    """Print the script of that shell."""
    from click.shell_completion import get_completion_class

    from workflow.cli.root import casework

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(casework, {}, "casework", "_CASEWORK_COMPLETE")
    text = script.source_template % script.source_vars()
    desk.answer({"shell": shell, "script": text}, lambda: click.echo(text))

"""`lifecycle watch`: what is saved is checked at once, whatever an editor does with the file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.cli.conftest import CHECKOUT, Casework
from tests.cli.test_lifecycle import LEAVE, write
from workflow.cli.lifecycle.watch import Stamp, changes, stamp


def looked(*moments: str) -> list[str]:
    """What is seen whenever a change has come to rest, of a file that stands so at each look."""
    stamps = iter(moments)
    seen: list[str] = []

    def look() -> Stamp:
        try:
            seen.append(next(stamps))
        except StopIteration:
            raise KeyboardInterrupt from None
        return {Path(seen[-1]): (1, 1, 1)} if seen[-1] else {}

    told: list[str] = []
    with suppress(KeyboardInterrupt):
        told.extend(seen[-1] for _ in changes(look, lambda: None))
    return told


def test_it_looks_at_once_and_then_at_each_change() -> None:
    assert ["a", "b", "c"] == looked("a", "a", "b", "b", "b", "c", "c")


def test_a_file_that_is_being_written_is_waited_for() -> None:
    assert ["a", "whole"] == looked("a", "h", "half", "whole", "whole", "whole")


def test_a_file_that_goes_and_comes_back_is_seen_both_times() -> None:
    assert ["a", "", "a"] == looked("a", "", "", "a", "a")


def test_a_new_file_in_the_place_of_the_old_is_a_change(here: Path) -> None:
    path = write()
    before = stamp((str(path),), None)
    write(name="leave.yaml.new").rename(path)

    assert before != stamp((str(path),), None)


def test_templates_and_the_profile_are_watched_too(here: Path) -> None:
    write()
    template, profile = here / "templates" / "leave" / "asked.zh.txt", here / "place.yaml"
    template.parent.mkdir(parents=True)
    for path in (template, profile):
        path.write_text("x", "utf-8")

    assert {Path("leave.yaml"), Path("templates/leave/asked.zh.txt"), Path("place.yaml")} == set(
        stamp(("leave.yaml",), "place.yaml")
    )


def test_what_is_not_there_is_said_and_waited_for(run: Casework) -> None:
    said = run("lifecycle", "watch", "leave.yaml", "--rounds", "1")

    assert (0, "") == (said.code, said.out)
    assert "没有文件“leave.yaml”" in said.err


def test_each_check_can_be_read_by_a_program(run: Casework) -> None:
    write()

    assert "leave" == run("lifecycle", "watch", "leave.yaml", "--rounds", "1", "--json").json[0]["lifecycle"]


def test_a_terminal_sees_each_state_of_the_file_and_ctrl_c_ends_it(here: Path) -> None:
    path = write()
    env = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    command = [
        sys.executable,
        str(CHECKOUT / "cli.py"),
        "lifecycle",
        "watch",
        "leave.yaml",
        "--every",
        "0.05",
        "--lang",
        "en",
    ]
    with subprocess.Popen(
        command, cwd=here, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as watching:
        try:
            assert watching.stdout is not None
            lines = iter(watching.stdout.readline, "")
            assert "no problems" in until_rest(lines)
            new = write(LEAVE.replace("to: granted", "to: grantd"), "leave.new")
            new.rename(path)
            assert 'did you mean "granted"?' in until_rest(lines)
            path.unlink()
            assert "there is no file 'leave.yaml'" in until_rest(lines)
            write()
            assert "no problems" in until_rest(lines)
            watching.send_signal(signal.SIGINT)
            assert "ended\n" == list(lines)[-1]
            assert 0 == watching.wait(timeout=20)
        finally:
            watching.kill()


def until_rest(lines: Iterator[str]) -> str:
    """What is said until it waits for a change."""
    said = ""
    for line in lines:
        if "waiting for a change" in line:
            return said
        said += line
    raise AssertionError(said)

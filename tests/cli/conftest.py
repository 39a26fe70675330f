"""A desk to test at: the command line in this process, with its own folder and nothing from the environment."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from click.testing import CliRunner

from workflow.cli.root import casework

LETTER = Path(__file__).parent / "letter.yaml"
CHECKOUT = Path(__file__).parent.parent.parent
SETTINGS = (
    "CASEWORK_AS",
    "CASEWORK_DB",
    "CASEWORK_LANG",
    "CASEWORK_DEBUG",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "NO_COLOR",
)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out or self.err)


Casework = Callable[..., Said]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(here: Path) -> Casework:
    """`run("todo", "--as", "clerk01")`: a command in this process."""

    def run(*args: str, input: str | None = None) -> Said:
        result = CliRunner().invoke(casework, list(args), input=input)
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


def start(*args: str, cwd: Path | None = None, **environ: str) -> Said:
    """The same in a process of its own, by the launcher of the checkout."""
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS} | {"PYTHONUTF8": "1"} | environ
    ran = subprocess.run(
        [sys.executable, str(CHECKOUT / "cli.py"), *args],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Said(ran.returncode, ran.stdout, ran.stderr)


def in_a_terminal(*args: str, **environ: str) -> str:
    """What a terminal is sent."""
    program, terminal = pty.openpty()
    env = os.environ | {"PYTHONUTF8": "1", "TERM": "xterm", "LANG": "en_US.UTF-8"} | environ
    with subprocess.Popen(
        [sys.executable, str(CHECKOUT / "cli.py"), *args], stdin=terminal, stdout=terminal, stderr=terminal, env=env
    ):
        os.close(terminal)
        sent = b""
        try:
            while piece := os.read(program, 65536):
                sent += piece
        except OSError:  # the terminal was hung up: the program has ended
            pass
    os.close(program)
    return sent.decode()


@pytest.fixture
def process(here: Path) -> Casework:
    """`process("--help")`: a command in a process of its own."""
    return lambda *args, **environ: start(*args, cwd=here, **environ)


PEOPLE = """\
编号,姓名,类型,单位,组
clerk01,王敏,个人,,clerks
clerk02,赵强,个人,,clerks
member01,李明,个人,,
teacher,陈静,个人,edu,
doctor,周医,个人,health,
edu,县教育局,单位,,
health,县卫生健康局,单位,,
clerks,办信组,组,,
"""


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a handful of people and the lifecycle of letters, to be copied."""
    folder = tmp_path_factory.mktemp("office")
    people = folder / "people.csv"
    people.write_text(PEOPLE, "utf-8")
    database = folder / "casework.db"
    for command in (["init"], ["people", "import", str(people)], ["lifecycle", "publish", str(LETTER)]):
        result = CliRunner().invoke(casework, ["--db", str(database), *command])
        assert (0, "") == (result.exit_code, result.stderr)
    return database


@pytest.fixture
def office(run: Casework, here: Path, furnished: Path) -> Casework:
    """The command line of an office that is ready to work."""
    copyfile(furnished, here / "casework.db")
    return run


@pytest.fixture
def letter(office: Casework) -> str:
    """The number of a letter that waits to be assigned."""
    opened = office("open", "letter", "--as", "member01", "title=关于修路的建议", "--json").json
    return str(office("do", opened["case"]["id"], "submit", "--as", "member01", "--json").json["case"]["number"])

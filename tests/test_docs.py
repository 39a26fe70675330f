"""The documentation is run: what the README shows is what happens, and what it points to is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PAGES = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")])
TOURS = [("README.md", "en"), ("README.zh.md", "zh")]


@dataclass(frozen=True)
class Block:
    """A fenced example: its language, its text, and the line of the page it begins on."""

    language: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Block(match[1], match[2], text[: match.start()].count("\n") + 1)


def lay_out(page: Path, folder: Path) -> None:
    """Write the YAML examples whose first line is `# name.yaml` into `folder`."""
    for block in blocks(page):
        named = re.match(r"# (\w+\.yaml)\n", block.text)
        if block.language == "yaml" and named:
            (folder / named[1]).write_text(block.text, "utf-8")


def environment(language: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CASEWORK_", "LC_"))}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    return env | {"LANG": {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[language], "PYTHONUTF8": "1", "COLUMNS": "100"}


def dialogue(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print."""
    command, shown = "", ""
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], ""
        else:
            shown += f"{line}\n"
    yield command, shown


def matches(expected: str, actual: str) -> bool:
    """Whether `actual` is `expected`, where "…" stands for anything, one time for another, one space for many."""

    def tidy(text: str) -> str:
        text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", text)
        return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())

    pattern = ".*".join(re.escape(piece) for piece in tidy(expected).split("…"))
    return re.fullmatch(pattern, tidy(actual), re.DOTALL) is not None


@pytest.mark.parametrize(("name", "language"), TOURS)
def test_the_tour_of_the_readme_prints_what_it_shows(name: str, language: str, tmp_path: Path) -> None:
    page = CHECKOUT / name
    lay_out(page, tmp_path)
    consoles = [block for block in blocks(page) if block.language == "console"]

    for block in consoles:
        for command, shown in dialogue(block):
            ran = subprocess.run(
                command, shell=True, cwd=tmp_path, env=environment(language), text=True, timeout=60, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip

            assert matches(shown, ran.stdout), f"{name}:{block.line}: $ {command}\n{ran.stdout}"

    assert consoles


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "docs/embedding.md"])
def test_the_python_examples_run_one_after_the_other(name: str, tmp_path: Path) -> None:
    page = CHECKOUT / name
    lay_out(CHECKOUT / "README.md", tmp_path)
    program = "\n".join(block.text for block in blocks(page) if block.language == "python")

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, env=environment("en"),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert 0 == ran.returncode, ran.stderr
    expected = "".join(f"{line}\n" for line in re.findall(r"# -> (.*)", program))
    assert expected == ran.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\((?!\w+:)([^)#\s]+)", prose)

    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_make_target_named_in_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|\$ )make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))

    assert set() == named - targets


def test_every_command_is_in_the_page_of_the_command_line() -> None:
    from workflow.cli.root import COMMANDS

    page = (CHECKOUT / "docs" / "cli.md").read_text("utf-8")
    commands = [
        f"casework {name}" if isinstance(entry.home, str) else f"casework {name} {below}"
        for name, entry in COMMANDS.items()
        for below in ([""] if isinstance(entry.home, str) else entry.home)
    ]

    assert [] == [command for command in commands if command.strip() not in page]


def test_every_decision_is_listed() -> None:
    folder = CHECKOUT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))

    assert sorted(path.name for path in folder.glob("0*.md")) == listed


def test_both_readmes_show_the_same_commands() -> None:
    shown = [
        [command.split()[:3] for block in blocks(CHECKOUT / name) if block.language == "console"
         for command, _ in dialogue(block)]
        for name, _ in TOURS
    ]  # fmt: skip

    assert shown[0] == shown[1]

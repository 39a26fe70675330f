"""The walk of docs/administrators.md, step by step as it is printed there, on a database with running cases.

CASEWORK_WALK says how many cases run (30).
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from click.testing import CliRunner

from workflow.cli.root import casework
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine

CHECKOUT = Path(__file__).parent.parent
CASES = int(os.environ.get("CASEWORK_WALK", "30"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[str, str]]:
    """The blocks of the walk: their language, and what stands in them."""
    page = (CHECKOUT / "docs" / "administrators.md").read_text(encoding="utf-8")
    walk = page.split("\n## ")[1]
    assert walk.startswith("从头走一遍")
    yield from BLOCK.findall(walk)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A folder with the shipped lifecycle, and a database on which it runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEWORK_LANG", "zh")
    monkeypatch.setenv("CASEWORK_DB", "office.db")
    engine = Engine("sqlite:///office.db")
    engine.create()
    engine.publish(CHECKOUT / "definitions" / "proposal.yaml")
    engine.people.add(Party("chen", "陈主任", groups=("proposal_committee",)))
    member = Actor("wang", "王委员")
    for n in range(CASES):
        case = engine.open("proposal", member, {"title": f"提案{n}"}).case.id
        if n % 2:
            engine.fire(case, "submit", member, {"problem": "没有校车", "suggestions": ["开通专线"]})
    return engine


def test_the_walk_can_be_followed_as_it_is_printed(office: Engine, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    said: dict[str, str] = {}
    for language, block in steps():
        if language == "yaml":
            key = block.partition("\n")[0] + "\n"
            text = file.read_text(encoding="utf-8")
            assert 1 == text.count(f"\n{key}")
            file.write_text(text.replace(f"\n{key}", f"\n{block}"), encoding="utf-8")
        elif language == "gherkin":
            (tmp_path / "new.feature").write_text(block, encoding="utf-8")
        for line in block.splitlines() if language == "sh" else ():
            name, *words = shlex.split(line)
            if name == "cp":
                copyfile(CHECKOUT / words[0], tmp_path / words[1])
                text = file.read_text(encoding="utf-8")
                file.write_text(text.replace("version: 1\n", "version: 2\n", 1), encoding="utf-8")
                continue
            assert "casework" == name
            answer = CliRunner().invoke(casework, words)
            assert 0 == answer.exit_code, f"{line}\n{answer.output}"
            said[line.removeprefix("casework lifecycle ")] = answer.output

    assert "✓ 审核完毕回到原处" in said["test new.yaml --suggest 0"]
    assert "新增状态“合法性审核”" in said["diff proposal new.yaml"]
    assert str(CASES) in said["migrate apply proposal 1 2 --as chen --note 增加合法性审核"]
    assert "合法性审核" in (tmp_path / "new.svg").read_text(encoding="utf-8")
    assert "合法性审核" in (tmp_path / "new.md").read_text(encoding="utf-8")
    assert {2} == {case.version for case in office.find(limit=CASES)}
    assert office.verify().good
    office.close()

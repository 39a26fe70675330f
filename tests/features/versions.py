"""Steps about new versions: publishing one, bringing the running cases over, taking that back, retiring the old one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_bdd import step, then

from workflow.core.errors import Retired
from workflow.migrating import Line, apply, between, undo
from workflow.testing import Office
from workflow.testing.steps import said_as
from workflow.versions import retire

PROPOSAL = Path(__file__).parents[2] / "definitions" / "proposal.yaml"


@pytest.fixture
def lines() -> dict[str, Line]:
    """What became of each case, by its id."""
    return {}


def _publish(office: Office, was: str, now: str, *, mapped: bool) -> None:
    states = office.engine.lifecycle("proposal", 1).root.states.values()
    old = next(state.name for state in states if state.label.zh == was)
    text = re.sub(rf"\b{old}\b", "renamed", PROPOSAL.read_text(encoding="utf-8"))
    text = text.replace(f"zh: {was}", f"zh: {now}").replace("version: 1\n", "version: 2\n", 1)
    office.engine.publish(text + (f"migrate: {{from: 1, states: {{{old}: renamed}}}}\n" if mapped else ""))


@said_as(step, "新版办法把“{was}”改称“{now}”，并写明了对照")
def _(office: Office, was: str, now: str) -> None:
    _publish(office, was, now, mapped=True)


@said_as(step, "新版办法把“{was}”改称“{now}”，没有写对照")
def _(office: Office, was: str, now: str) -> None:
    _publish(office, was, now, mapped=False)


@said_as(step, "在办的提案迁到新版")
def _(office: Office, lines: dict[str, Line]) -> None:
    way = between(office.engine, "proposal", 1, 2)
    lines.update({line.case: line for line in apply(office.engine, way, office.actor("刘干事"), note="办法改版")})


@said_as(step, "迁移撤回")
def _(office: Office, lines: dict[str, Line]) -> None:
    way = between(office.engine, "proposal", 1, 2)
    lines.update({line.case: line for line in undo(office.engine, way, office.actor("刘干事"), note="对照有误")})


@said_as(step, "旧版停用")
def _(office: Office) -> None:
    retire(office.engine, "proposal", 1, office.actor("刘干事"))


@said_as(then, "旧版不能停用，因为“{sentence}”")
def _(office: Office, sentence: str) -> None:
    with pytest.raises(Retired) as held:
        retire(office.engine, "proposal", 1, office.actor("刘干事"))
    assert sentence in held.value.say("zh")


@said_as(then, "“{case}”没有迁，因为“{rest}”", "“{case}”没有撤回，因为“{rest}”")
def _(office: Office, case: str, rest: str, lines: dict[str, Line]) -> None:
    line = lines[office.cases[case]]
    assert not line.moved
    assert rest in "；".join(each.text.zh for each in line.reasons)


@said_as(then, "“{case}”按第{n}版办理")
def _(office: Office, case: str, n: str) -> None:
    office.expect_nothing_refused()
    assert int(n) == office.case(case).version


@said_as(then, "记录核对无误")
def _(office: Office) -> None:
    assert () == office.engine.verify().findings

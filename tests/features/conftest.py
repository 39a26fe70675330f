"""The office of the features: who is who, and the steps that speak of proposals and 社情民意."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd import step, then

from tests.features.erased import *  # noqa: F403
from tests.features.opinions import *  # noqa: F403
from tests.features.post import *  # noqa: F403
from tests.features.proof import *  # noqa: F403
from tests.features.proposals import *  # noqa: F403
from tests.features.proposals import submitted
from tests.features.versions import *  # noqa: F403
from workflow.core.errors import RequestReused
from workflow.reporting import report
from workflow.testing import Office, Stage
from workflow.testing.sentences.seeing import numbered
from workflow.testing.steps import *  # noqa: F403
from workflow.testing.steps import said_as

DEFINITIONS = Path(__file__).parents[2] / "definitions"
STAFF = {
    "刘干事": "proposal_office",
    "陈主任": "proposal_committee",
    "赵科长": "dispatch_office",
    "孙编辑": "opinion_editors",
    "周审核": "opinion_checkers",
    "吴签发": "opinion_issuers",
    "马主任": "consultation_office",
}


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage(DEFINITIONS / f"{name}.yaml" for name in ("proposal", "opinion"))
    yield stage
    stage.close()


@pytest.fixture
def office(stage: Stage) -> Iterator[Office]:
    with stage.office() as office:
        for name, group in STAFF.items():
            office.person(name, [group])
        yield office


# ---------------------------------------------------------------- the same thing twice


@said_as(step, "{who}把“{case}”的“{action}”连按两次")
def _(office: Office, who: str, case: str, action: str) -> None:
    for _again in range(2):
        office.do(case, action, by=who, request_id="按钮-1")


@said_as(step, "{who}把“{case}”的“{action}”用过的申请号拿去“{other_action}”")
def _(office: Office, who: str, case: str, action: str, other_action: str, said: list[str]) -> None:
    office.do(case, action, by=who, request_id="按钮-1")
    try:
        office.do(case, other_action, by=who, request_id="按钮-1")
    except RequestReused as reused:
        said.append(reused.say("zh"))


@pytest.fixture
def said() -> list[str]:
    """What was said to the person, other than a refusal."""
    return []


@said_as(then, "申请号不能再用")
def _(said: list[str]) -> None:
    assert said, "用过的申请号被拿去办了另一件事"


@said_as(then, "“{case}”的“{action}”只记了一次")
def _(office: Office, case: str, action: str) -> None:
    done = [r for r in office.history(case) if r["kind"] != "open" and action in office.action_names(case, r)]
    assert len(done) == 1, f"“{case}”的“{action}”记了{len(done)}次"


@said_as(then, "下一件提案的收文号是“{text}”")
def _(office: Office, text: str) -> None:
    submitted(office, "何委员", "下一件")
    assert text == office.case("下一件").number


# ---------------------------------------------------------------- what is so then


@said_as(then, "“{case}”的收文号是“{text}”")
def _(office: Office, case: str, text: str) -> None:
    numbered(office, case, text)


@said_as(then, "记录里写着“{case}”的“{action}”是{who}替{other}办的")
def _(office: Office, case: str, action: str, who: str, other: str) -> None:
    done = next(r for r in office.history(case) if action in office.action_names(case, r))
    assert (who, other) == (done["who"]["id"], done["who"]["for"])


@said_as(then, "统计表里“{part}”是{n}条、{items}条次")
def _(office: Office, part: str, n: str, items: str) -> None:
    office.expect_nothing_refused()
    rows = report(office.engine, "opinion").tables[0].rows
    row = next(row for row in rows if part in (row.part, row.label.zh))
    assert (int(n), int(items)) == (row.cases, row.items), f"统计表里“{part}”是{row.cases}条、{row.items}条次"

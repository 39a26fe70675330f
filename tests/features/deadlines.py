"""Steps about deadlines: what is due when, what was told, and how it is counted."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from pytest_bdd import step, then
from sqlalchemy import func, select

from workflow.core.calendar import OFFICE_ZONE
from workflow.core.explaining import Account
from workflow.store.tables import notices
from workflow.testing import Office
from workflow.testing.steps import said_as
from workflow.timers import accounts, fire_all


@pytest.fixture
def told() -> list[Account]:
    """The clocks that were spoken of, the last one last."""
    return []


def _day(text: str) -> date:
    year, month, day = (int(number) for number in re.findall(r"\d+", text))
    return date(year, month, day)


def _account(office: Office, case: str, whose: str, part: str, deadline: str) -> Account:
    office.expect_nothing_refused()
    ((_, account),) = accounts(office.engine, office.part(case, part, whose).id, deadline)
    return account


@said_as(then, "“{case}”中{whose}的“{part}”的“{deadline}”到{when}")
def _(office: Office, case: str, whose: str, part: str, deadline: str, when: str, told: list[Account]) -> None:
    account = _account(office, case, whose, part, deadline)
    told.append(account)
    assert account.end is not None
    assert _day(when) == account.end.last, f"到期日是{account.end.last}，不是{when}"


@said_as(then, "“{case}”中{whose}的“{part}”的“{deadline}”已逾期")
def _(office: Office, case: str, whose: str, part: str, deadline: str) -> None:
    assert "overdue" == _account(office, case, whose, part, deadline).standing


@said_as(then, "说得出“{sentence}”")
def _(sentence: str, told: list[Account]) -> None:
    assert sentence in [line.text.zh for line in told[-1].lines]


@said_as(then, "这个到期日是暂定的")
def _(told: list[Account]) -> None:
    assert told[-1].end is not None
    assert told[-1].end.provisional


@said_as(step, "到了{when}，期限走过一遍")
def _(office: Office, when: str) -> None:
    office.clock.set(datetime.combine(_day(when), datetime.min.time(), OFFICE_ZONE))
    fire_all(office.engine)


@said_as(then, "{who}收到过“{template}”通知{n}次")
def _(office: Office, who: str, template: str, n: str) -> None:
    with office.engine.looking() as sql:
        query = select(func.count()).where(notices.c.party == who, notices.c.template == template)
        assert int(n) == sql.execute(query).scalar_one()

"""社情民意, as far as a scenario needs it to have come: the steps that say so."""

from __future__ import annotations

from pytest_bdd import step

from workflow.testing import Office
from workflow.testing.steps import said_as


def reported(office: Office, who: str, case: str) -> None:
    office.open("opinion", case, by=who, title=case, situation="情况")
    office.do(case, "submit", by=who)


def adopted(office: Office, who: str, case: str) -> None:
    reported(office, who, case)
    office.do(case, "adopt", by="孙编辑", edited_title=case)


def checked(office: Office, who: str, case: str) -> None:
    adopted(office, who, case)
    office.do(case, "send_check", by="孙编辑")
    office.do(case, "check", by="周审核")


def transferred(office: Office, unit: str, case: str) -> None:
    office.do(case, "sign", by=unit, part="dept_transfer", of=unit)
    office.do(case, "reply", by=unit, part="dept_transfer", of=unit, **{"class": "A"}, reply="已清理")
    office.do(case, "accept", by="孙编辑", part="dept_transfer", of=unit)


@said_as(step, "{who}报送的社情民意“{case}”已采用")
def _(office: Office, who: str, case: str) -> None:
    adopted(office, who, case)


@said_as(step, "{who}报送的社情民意“{case}”已送审")
def _(office: Office, who: str, case: str) -> None:
    adopted(office, who, case)
    office.do(case, "send_check", by="孙编辑")


@said_as(step, "{who}报送的社情民意“{case}”已审核")
def _(office: Office, who: str, case: str) -> None:
    checked(office, who, case)


@said_as(step, "{who}也是审核人")
def _(office: Office, who: str) -> None:
    office.person(who, [*office.people[who].groups, "opinion_checkers"])


@said_as(step, "{whose}办结“{case}”的转交")
def _(office: Office, whose: str, case: str) -> None:
    transferred(office, whose, case)


@said_as(step, "“{case}”转交{whose}并办结")
def _(office: Office, case: str, whose: str) -> None:
    office.do(case, "send_check", by="孙编辑")
    office.do(case, "check", by="周审核")
    office.do(case, "sign_off", by="吴签发", units=[whose])
    transferred(office, whose, case)


@said_as(step, "{who}对“{case}”的转报登记“上级采用”")
def _(office: Office, who: str, case: str) -> None:
    office.attempt(case, "adopt", by=who, part="report_up", adoption="single")


@said_as(step, "{who}对“{case}”的议题办理“{action}”")
def _(office: Office, who: str, case: str, action: str) -> None:
    office.attempt(case, action, by=who, part="to_consultation")

"""The steps about personal data: seen by right, erased for good, and guarded."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from pytest_bdd import step, then

from tests.features.proposals import answered, assigned, draft, replied, scored
from workflow.core.errors import InputInvalid
from workflow.core.model import Json
from workflow.disclosing import disclose
from workflow.erasing import erase
from workflow.office.findings import Finding
from workflow.store.tables import metadata, personal
from workflow.testing import Office
from workflow.testing.steps import said_as


@pytest.fixture
def seen() -> list[Json]:
    """The telephone numbers that somebody was told."""
    return []


def findings(office: Office, case: str) -> list[Finding]:
    return [
        each for each in office.engine.verify().findings if (each.code, each.file) == ("personal", office.cases[case])
    ]


@said_as(step, "{who}的提案“{case}”留有联系电话“{phone}”")
def _(office: Office, who: str, case: str, phone: str) -> None:
    draft(office, who, case)
    office.do(case, "edit", by=who, phone=phone)
    office.do(case, "submit", by=who)


@said_as(step, "“{case}”已由{whose}以{letter}类答复并办结")
def _(office: Office, case: str, whose: str, letter: str) -> None:
    who = office.case(case).created_by
    office.do(case, "file", by="陈主任", category="society")
    assigned(office, case, f"{whose}（单办）")
    replied(office, whose, case, letter)
    answered(office, case)
    scored(office, whose, case, "quality_sheet", 95)
    scored(office, who, case, "handling_sheet", 95)
    office.do(case, "close", by="刘干事")


@said_as(step, "{who}抹去{whose}的个人信息，理由是“{why}”")
def _(office: Office, who: str, whose: str, why: str, said: list[str]) -> None:
    office.expect_nothing_refused()
    try:
        erase(office.engine, whose, office.actor(who), why)
    except InputInvalid as wrong:
        said.append(wrong.say("zh"))


@said_as(step, "有人在库里改了“{case}”的联系电话")
def _(office: Office, case: str) -> None:
    with office.engine.writing() as sql:
        sql.execute(sa.update(personal).where(personal.c.file == office.cases[case]).values(value='"13700003333"'))


@said_as(step, "有人在库里删了“{case}”的联系电话")
def _(office: Office, case: str) -> None:
    with office.engine.writing() as sql:
        sql.execute(sa.delete(personal).where(personal.c.file == office.cases[case]))


@said_as(step, "{who}查看“{case}”的个人信息")
def _(office: Office, who: str, case: str, seen: list[Json]) -> None:
    id = office.cases[case]
    office._attempted(lambda: seen.append(disclose(office.engine, id, office.actor(who))[id]["phone"]))


# ---------------------------------------------------------------- what is so then


@said_as(then, "“{case}”的联系电话已抹去")
def _(office: Office, case: str) -> None:
    root = office.case(case)
    assert (None, True) == (root.values["phone"], "phone" in root.erased)


@said_as(then, "{_who}的“{case}”仍留有联系电话“{phone}”")
def _(office: Office, case: str, phone: str) -> None:
    assert phone == office.case(case).values["phone"]


@said_as(then, "库里哪里都找不到“{text}”")
def _(office: Office, text: str) -> None:
    with office.engine.looking() as sql:
        for table in metadata.sorted_tables:
            assert [] == [row for row in sql.execute(sa.select(table)) if text in str(tuple(row))], table.name


@said_as(then, "“{case}”的记录里找不到“{text}”")
def _(office: Office, case: str, text: str) -> None:
    office.expect_nothing_refused()
    assert [] == [record for record in office.history(case) if text in str(record)]


@said_as(then, "审计人得知有{n}项个人信息已抹去，是{who}因“{why}”抹去的")
def _(office: Office, n: str, who: str, why: str) -> None:
    assert int(n) == office.engine.verify().erased
    told = [
        (each["who"]["id"], each["note"])
        for case in office.cases
        for each in office.history(case)
        if each["kind"] == "erasure"
    ]
    assert [(who, why)] == told


@said_as(then, "没有抹去，因为“{case}”尚未办结")
def _(office: Office, case: str, said: list[str]) -> None:
    (sentence,) = said
    assert "尚未办结" in sentence
    assert (office.case(case).number or "") in sentence


@said_as(then, "审计人查出“{case}”的个人信息被改动")
def _(office: Office, case: str) -> None:
    (found,) = findings(office, case)
    assert "“phone”与记录中的承诺不符，已被改动" in found.text.zh


@said_as(then, "审计人查出“{case}”的个人信息不在了，而没有人记过抹去")
def _(office: Office, case: str) -> None:
    (found,) = findings(office, case)
    assert "“phone”不在了，而没有抹去它的记录" in found.text.zh


@said_as(then, "看到联系电话“{phone}”")
def _(office: Office, phone: str, seen: list[Json]) -> None:
    office.expect_nothing_refused()
    assert [phone] == seen


@said_as(then, "记录里写着{who}查看过“{case}”的联系电话")
def _(office: Office, who: str, case: str) -> None:
    last = office.history(case)[-1]
    assert ("reading", who, ["phone"]) == (last["kind"], last["who"]["id"], last["input"]["fields"])


@said_as(then, "没有给看，记录里写着{who}要看“{case}”而未准")
def _(office: Office, who: str, case: str, seen: list[Json]) -> None:
    office.expect_refusal()
    last = office.history(case)[-1]
    assert ([], "refusal", "read", who) == (seen, last["kind"], last["action"], last["who"]["id"])

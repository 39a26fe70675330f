"""Proposals, as far as a scenario needs them to have come: the steps that say so."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_bdd import step

from workflow.core.model import Field
from workflow.testing import Office
from workflow.testing.steps import said_as

CLASSES = {"A": "已解决", "B": "已列入计划", "C": "留作参考"}


def draft(office: Office, who: str, case: str, typed_by: str | None = None) -> None:
    office.open(
        "proposal", case, by=typed_by or who, on_behalf_of=who if typed_by else None,
        title=case, problem="情况和问题", analysis="分析", suggestions=["建议一", "建议二"],
    )  # fmt: skip


def submitted(office: Office, who: str, case: str, *cosigners: str) -> None:
    draft(office, who, case)
    if cosigners:
        office.do(case, "invite", by=who, invitees=list(cosigners))
    for cosigner in cosigners:
        office.do(case, "accept", by=cosigner, part="cosign", of=cosigner)
    office.do(case, "submit", by=who)


def filed(office: Office, who: str, case: str, *cosigners: str) -> None:
    submitted(office, who, case, *cosigners)
    office.do(case, "file", by="陈主任", category="society")


def assigned(office: Office, case: str, units: str) -> None:
    office.do(case, "assign", by="赵科长", **office.input(case, "assign", {"units": units}))


def contacted(office: Office, unit: str, case: str) -> None:
    if office.state(case, "assignment", unit) == "unsigned":
        office.do(case, "sign", by=unit, part="assignment", of=unit)
    member = office.case(case).created_by
    office.do(
        case, "record_contact", by=unit, part="assignment", of=unit, member=member, mode="face", gist="当面听取意见"
    )


def replied(office: Office, unit: str, case: str, letter: str = "A") -> bool:
    contacted(office, unit, case)
    promise = {"promise": "今年九月前完成"} if letter == "B" else {}
    went = office.attempt(
        case, "reply", by=unit, part="assignment", of=unit, **{"class": letter}, reply=CLASSES[letter], **promise
    )
    return went and office.attempt(case, "accept_reply", by="赵科长", part="assignment", of=unit)


def answered(office: Office, case: str, result: str = "satisfied", reason: str | None = None) -> None:
    for form in office.parts(case, "feedback"):
        if form.open and form.holder is not None:
            feedback(office, form.holder, case, result, reason)


def feedback(office: Office, who: str, case: str, result: str, reason: str | None) -> None:
    office.attempt(case, "answer", by=who, part="feedback", of=who, result=result, attitude="satisfied", reason=reason)


def scored(office: Office, who: str, case: str, sheet: str, points: int) -> None:
    """`points` in all, spread over the indicators from the first to the last, each up to its most."""
    kind = office.kind(office.part(case, sheet, who))
    input: dict[str, int] = {}
    for indicator in _indicators(kind.fields.values()):
        assert indicator.max is not None
        input[indicator.name] = min(points - sum(input.values()), indicator.max)
    office.attempt(case, "score", by=who, part=sheet, of=who, **input)


def _indicators(fields: Iterable[Field]) -> list[Field]:
    return [field for field in fields if field.type == "int" and field.max is not None]


@said_as(step, "{who}起草提案“{case}”")
def _(office: Office, who: str, case: str) -> None:
    draft(office, who, case)


@said_as(step, "{who}代录入：{other}起草提案“{case}”")
def _(office: Office, who: str, other: str, case: str) -> None:
    draft(office, other, case, typed_by=who)


@said_as(step, "{who}提交提案“{case}”")
def _(office: Office, who: str, case: str) -> None:
    submitted(office, who, case)


@said_as(step, "{who}、{other}联名提交提案“{case}”")
def _(office: Office, who: str, other: str, case: str) -> None:
    submitted(office, who, case, other)


@said_as(step, "{who}的提案“{case}”已立案")
def _(office: Office, who: str, case: str) -> None:
    filed(office, who, case)


@said_as(step, "{who}的提案“{case}”已交办：{rest}")
def _(office: Office, who: str, case: str, rest: str) -> None:
    filed(office, who, case)
    assigned(office, case, rest)


@said_as(step, "“{case}”已交办：{rest}")
def _(office: Office, case: str, rest: str) -> None:
    assigned(office, case, rest)


@said_as(step, "{who}的提案“{case}”已由{whose}答复")
def _(office: Office, who: str, case: str, whose: str) -> None:
    filed(office, who, case)
    assigned(office, case, f"{whose}（单办）")
    replied(office, whose, case)


@said_as(step, "{who}、{other}联名的提案“{case}”已由{whose}答复")
def _(office: Office, who: str, other: str, case: str, whose: str) -> None:
    filed(office, who, case, other)
    assigned(office, case, f"{whose}（单办）")
    replied(office, whose, case)


@said_as(step, "{who}的提案“{case}”已由{whose}答复，提案者满意")
def _(office: Office, who: str, case: str, whose: str) -> None:
    filed(office, who, case)
    assigned(office, case, f"{whose}（单办）")
    replied(office, whose, case)
    answered(office, case)


@said_as(step, "{who}的提案“{case}”已由{whose}以{letter}类答复并办结")
def _(office: Office, who: str, case: str, whose: str, letter: str) -> None:
    filed(office, who, case)
    assigned(office, case, f"{whose}（单办）")
    replied(office, whose, case, letter)
    answered(office, case)
    scored(office, whose, case, "quality_sheet", 95)
    scored(office, who, case, "handling_sheet", 95)
    office.do(case, "close", by="刘干事")


@said_as(step, "{whose}以{letter}类答复“{case}”")
def _(office: Office, whose: str, letter: str, case: str) -> None:
    replied(office, whose, case, letter)


@said_as(step, "{whose}签收并面商“{case}”")
def _(office: Office, whose: str, case: str) -> None:
    contacted(office, whose, case)


@said_as(step, "{whose}送来“{case}”的会办意见")
def _(office: Office, whose: str, case: str) -> None:
    office.attempt(case, "sign", by=whose, part="assignment", of=whose)
    office.attempt(case, "send_opinion", by=whose, part="assignment", of=whose, opinion="会办意见")


@said_as(step, "{who}对“{case}”的答复表示“{text}”")
def _(office: Office, who: str, case: str, text: str) -> None:
    feedback(office, who, case, {"满意": "satisfied", "基本满意": "mostly"}[text], None)


@said_as(step, "{who}对“{case}”的答复表示“不满意”，因为“{text}”")
def _(office: Office, who: str, case: str, text: str) -> None:
    feedback(office, who, case, "unsatisfied", text)


@said_as(step, "{whose}给“{case}”的提案质量打{n}分")
def _(office: Office, whose: str, case: str, n: str) -> None:
    scored(office, whose, case, "quality_sheet", int(n))


@said_as(step, "{who}给“{case}”的办理质量打{n}分")
def _(office: Office, who: str, case: str, n: str) -> None:
    scored(office, who, case, "handling_sheet", int(n))

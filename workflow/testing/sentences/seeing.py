"""Sentences about what a case is then, and who sees what of it."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.testing.failing import hold, otherwise, same
from workflow.testing.office import Office, Subject
from workflow.testing.phrases import Chapter

CHAPTER = Chapter(Text("这一件怎样了", "How the case stands"))


@CHAPTER.says(zh=["{thing}是“{state}”状态"], en=['{thing} is "{state}"'])
def _(office: Office, case: str, state: str, part: str | None = None, whose: str | None = None) -> None:
    names = office.state_names(office.looked_at(on := Subject(case, part, whose)))
    if state not in names:
        raise otherwise(on.named("状态", "the state of"), state, names[0], names[min(1, len(names) - 1)])


@CHAPTER.says(zh=["{thing}的“{field}”是“{text}”"], en=['the "{field}" of {thing} is "{text}"'])
def _(office: Office, case: str, field: str, text: str, part: str | None = None, whose: str | None = None) -> None:
    looked_at = office.looked_at(on := Subject(case, part, whose))
    zh, en = (office.shown(looked_at, field, language) for language in ("zh", "en"))
    if text not in (zh, en):
        raise otherwise(on.named(f"“{field}”", f"the {field!r} of"), text, zh, en)


@CHAPTER.says(zh=["{thing}的编号是“{text}”"], en=['the number of {thing} is "{text}"'])
def numbered(office: Office, case: str, text: str, part: str | None = None, whose: str | None = None) -> None:
    """The case has this number."""
    number = office.looked_at(on := Subject(case, part, whose)).number
    same(text, number or "", on.named("编号", "the number of"))


@CHAPTER.says(zh=["“{case}”共有{n}件“{part}”"], en=['"{case}" has {n} of "{part}"'])
def _(office: Office, case: str, n: str, part: str) -> None:
    office.expect_nothing_refused()
    same(int(n), len(office.parts(case, part)), Text(f"“{case}”的“{part}”件数", f"how many of {part!r} {case!r} has"))


@CHAPTER.says(zh=["“{case}”的“{field}”称作“{new}”"], en=['the "{field}" of "{case}" is called "{new}"'])
def _(office: Office, case: str, field: str, new: str) -> None:
    office.call(new, Subject(case), field)


@CHAPTER.says(zh=["{who}看得到“{case}”中{whose}的“{part}”"], en=['{who} sees the "{part}" of {whose} in "{case}"'])
def _(office: Office, who: str, case: str, whose: str, part: str) -> None:
    office.expect_nothing_refused()
    hold(
        office.sees(who, case, part, whose),
        f"{who}看不到{whose}的“{part}”",
        f"{who} does not see the {part!r} of {whose}",
    )


@CHAPTER.says(
    zh=["{who}看不到“{case}”中{whose}的“{part}”"], en=['{who} does not see the "{part}" of {whose} in "{case}"']
)
def _(office: Office, who: str, case: str, whose: str, part: str) -> None:
    office.expect_nothing_refused()
    hold(
        not office.sees(who, case, part, whose), f"{who}看得到{whose}的“{part}”", f"{who} sees the {part!r} of {whose}"
    )


@CHAPTER.says(zh=["{who}查得到“{case}”的说明“{text}”"], en=['{who} finds the note "{text}" in the records of "{case}"'])
def _(office: Office, who: str, case: str, text: str) -> None:
    notes = [record.get("note") for record in office.records(case, who)]
    hold(
        text in notes,
        f"{who}在“{case}”的记录里查不到说明“{text}”",
        f"{who} finds no note {text!r} in the records of {case!r}",
    )


@CHAPTER.says(
    zh=["记录里有{who}被拒绝的“{action}”（“{case}”）"],
    en=['the records of "{case}" hold the refused "{action}" of {who}'],
)
def _(office: Office, who: str, case: str, action: str) -> None:
    refusals = [r for r in office.history(case) if r["kind"] == "refusal" and r["who"]["id"] == who]
    hold(
        any(action in office.action_names(case, record) for record in refusals),
        f"“{case}”的记录里没有{who}被拒绝的“{action}”",
        f"the records of {case!r} hold no refused {action!r} of {who}",
    )

"""Sentences about who has something to do, who was told what, and when something is due."""

from __future__ import annotations

from workflow.core.calendar import local
from workflow.core.model import Text
from workflow.testing.failing import hold, otherwise, same
from workflow.testing.office import Office, Subject
from workflow.testing.phrases import Chapter
from workflow.testing.words import moment

CHAPTER = Chapter(
    Text("待办和通知", "To-do lists and notices"),
    Text(
        "通知用引起它的动作（“交办”通知）或它的模板来说。发给一个角色、一个单位的，里面的人都算收到。",
        "A notice is called by the action after which it is sent, or by its template. What is sent to a role or a unit is "
        "received by everybody in it.",
    ),
)
DEADLINES = Chapter(
    Text("期限", "Deadlines"),
    Text(
        "“说得出”“这个到期日”说的是前面最近说到的期限；怎样算的，casework clock explain 逐日写明。",
        "“That end” and “it is explained” are about the deadline spoken of last; `casework clock explain` has the lines.",
    ),
)


@CHAPTER.says(zh=["{who}的待办里有“{case}”"], en=['"{case}" waits for {who}'])
def _(office: Office, who: str, case: str) -> None:
    office.expect_nothing_refused()
    hold(office.waits_for(case, who), f"{who}的待办里没有“{case}”", f"{case!r} does not wait for {who}")


@CHAPTER.says(zh=["{who}的待办里没有“{case}”"], en=['"{case}" does not wait for {who}'])
def _(office: Office, who: str, case: str) -> None:
    office.expect_nothing_refused()
    hold(not office.waits_for(case, who), f"{who}的待办里不该有“{case}”", f"{case!r} waits for {who}, and should not")


@CHAPTER.says(zh=["{who}收到“{case}”的“{notice}”通知"], en=['{who} was told of "{case}": "{notice}"'])
def _(office: Office, who: str, case: str, notice: str) -> None:
    hold(
        office.told(who, case, notice),
        f"{who}没有收到“{case}”的“{notice}”通知",
        f"{who} was not told of {case!r}: {notice!r}",
    )


@CHAPTER.says(zh=["{who}没有收到“{case}”的“{notice}”通知"], en=['{who} was not told of "{case}": "{notice}"'])
def _(office: Office, who: str, case: str, notice: str) -> None:
    hold(
        not office.told(who, case, notice),
        f"{who}不该收到“{case}”的“{notice}”通知",
        f"{who} was told of {case!r}: {notice!r}, and should not",
    )


@CHAPTER.says(zh=["{who}收到“{case}”的“{notice}”通知{n}次"], en=['{who} was told of "{case}" {n} times: "{notice}"'])
def _(office: Office, who: str, case: str, notice: str, n: str) -> None:
    times = Text(f"{who}收到“{case}”的“{notice}”通知的次数", f"how often {who} was told of {case!r}: {notice!r}")
    same(int(n), office.told(who, case, notice), times)


@DEADLINES.says(zh=["{clock}到{when}"], en=["{clock} ends on {when}"])
def _(office: Office, case: str, deadline: str, when: str, part: str | None = None, whose: str | None = None) -> None:
    account = office.account(Subject(case, part, whose), deadline)
    last = "" if account.end is None else account.end.last.isoformat()
    what = Text(f"“{deadline}”的最后一天", f"the last day of {deadline!r}")
    same(local(moment(when)).date().isoformat(), last, what)


@DEADLINES.says(
    zh=["“{case}”没有“{deadline}”", "“{case}”中{whose}没有“{deadline}”"],
    en=['"{case}" has no "{deadline}"', '{whose} has no "{deadline}" in "{case}"'],
)
def _(office: Office, case: str, deadline: str, whose: str | None = None) -> None:
    hold(
        not office.clocks(Subject(case, None, whose), deadline),
        f"“{case}”有“{deadline}”，不该有",
        f"{case!r} has a {deadline!r}, and should not",
    )


@DEADLINES.says(zh=["{clock}已逾期"], en=["{clock} is overdue"])
def _(office: Office, case: str, deadline: str, part: str | None = None, whose: str | None = None) -> None:
    late = office.account(Subject(case, part, whose), deadline).standing in ("overdue", "late")
    hold(late, f"“{deadline}”没有逾期", f"the {deadline!r} is not overdue")


@DEADLINES.says(zh=["{clock}没有逾期"], en=["{clock} is not overdue"])
def _(office: Office, case: str, deadline: str, part: str | None = None, whose: str | None = None) -> None:
    late = office.account(Subject(case, part, whose), deadline).standing in ("overdue", "late")
    hold(not late, f"“{deadline}”已逾期", f"the {deadline!r} is overdue")


@DEADLINES.says(zh=["{clock}停计"], en=["{clock} stands still"])
def _(office: Office, case: str, deadline: str, part: str | None = None, whose: str | None = None) -> None:
    paused = office.account(Subject(case, part, whose), deadline).standing == "paused"
    hold(paused, f"“{deadline}”没有停计", f"the {deadline!r} does not stand still")


@DEADLINES.says(zh=["{clock}是暂定的"], en=["{clock} is provisional"])
def _(office: Office, case: str, deadline: str, part: str | None = None, whose: str | None = None) -> None:
    office.account(Subject(case, part, whose), deadline)
    provisional(office)


@DEADLINES.says(zh=["{clock}不是暂定的"], en=["{clock} is not provisional"])
def _(office: Office, case: str, deadline: str, part: str | None = None, whose: str | None = None) -> None:
    end = office.account(Subject(case, part, whose), deadline).end
    hold(end is not None and not end.provisional, f"“{deadline}”是暂定的", f"the {deadline!r} is provisional")


@DEADLINES.says(zh=["这个到期日是暂定的"], en=["that end is provisional"])
def provisional(office: Office) -> None:
    """The end that was spoken of last may move when the year's calendar is announced."""
    end = office.last_account().end
    hold(end is not None and end.provisional, "这个到期日不是暂定的", "that end is not provisional")


@DEADLINES.says(zh=["说得出“{explanation}”"], en=['it is explained: "{explanation}"'])
def _(office: Office, explanation: str) -> None:
    lines = office.last_account().lines
    if explanation not in [words for line in lines for words in (line.text.zh, line.text.en)]:
        raise otherwise(
            Text("期限的说明", "the explanation"),
            explanation,
            "；".join(line.text.zh for line in lines),
            "; ".join(line.text.en for line in lines),
        )


@DEADLINES.says(
    zh=["{who}收到“{case}”的“{deadline}”到期提醒{n}次"],
    en=['{who} was reminded of the "{deadline}" of "{case}" {n} times'],
)
def _(office: Office, who: str, case: str, deadline: str, n: str) -> None:
    times = Text(f"{who}收到“{deadline}”到期提醒的次数", f"how often {who} was reminded of the {deadline!r}")
    same(int(n), office.told_by_clock(who, case, deadline, "warn"), times)


@DEADLINES.says(
    zh=["{who}收到“{case}”的“{deadline}”逾期通知{n}次"],
    en=['{who} was told {n} times that the "{deadline}" of "{case}" is overdue'],
)
def _(office: Office, who: str, case: str, deadline: str, n: str) -> None:
    times = Text(f"{who}收到“{deadline}”逾期通知的次数", f"how often {who} was told that the {deadline!r} is overdue")
    same(int(n), office.told_by_clock(who, case, deadline, "overdue"), times)

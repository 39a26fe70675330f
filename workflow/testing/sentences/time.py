"""Sentences about time."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.testing.office import Office
from workflow.testing.phrases import Chapter
from workflow.testing.words import moment

CHAPTER = Chapter(
    Text("时间", "Time"),
    Text(
        "时间不会自己走。没有说几点，就是早上九点。时间过去时，期间到期的期限、提醒、自动办理，按先后一一发生。",
        "Time stands still until a step lets it pass; a date alone means nine in the morning. On the way, every deadline that "
        "ends tells and takes what it should, in order.",
    ),
)
_HOUR = 3_600_000_000


@CHAPTER.says(zh=["今天是{when}", "时间到了{when}"], en=["it is {when}", "time comes to {when}"])
def _(office: Office, when: str) -> None:
    office.pass_until(moment(when))


@CHAPTER.says(zh=["过了{n}天"], en=["{n} days pass"])
def _(office: Office, n: str) -> None:
    office.pass_until(office.clock() + int(n) * 24 * _HOUR)


@CHAPTER.says(zh=["过了{n}小时"], en=["{n} hours pass"])
def _(office: Office, n: str) -> None:
    office.pass_until(office.clock() + int(n) * _HOUR)


@CHAPTER.says(zh=["过了{n}个工作日"], en=["{n} working days pass"])
def _(office: Office, n: str) -> None:
    office.pass_until(office.clock.in_working_days(int(n), office.engine.calendar()))

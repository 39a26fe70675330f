"""Sentences about who there is, and about the settings of the place."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.testing.failing import hold
from workflow.testing.office import Office
from workflow.testing.phrases import Chapter, Table, cell

CHAPTER = Chapter(
    Text("人员和设置", "People and settings"),
    Text(
        "人员表的第一行是标题：姓名、角色（角色的名称，或组的编号；几个用顿号隔开）、单位。没有介绍过的名字，"
        "如果是流程里某个角色的名称，就由这个角色的人来办；否则是一个没有任何角色的人。设置只能在开办之前改。",
        "The table of people begins with a row of headings: name, roles (names of roles, or groups; commas between them), unit. "
        "Somebody who was not introduced acts as the role of that name, where the lifecycle has one, and else as a person "
        "without any role. A setting is changed before the first case is opened.",
    ),
)


@CHAPTER.says(zh=["有以下人员："], en=["there are these people:"])
def _(office: Office, datatable: Table) -> None:
    headings, *rows = [[text.strip() for text in row] for row in datatable]
    named = [cell(row, headings, "姓名", "name") for row in rows]
    hold(
        rows and all(named),
        "人员表要有“姓名”一列，每行都填",
        "the table of people needs a column “name”, filled in each row",
    )
    for name, row in zip(named, rows, strict=True):
        groups = cell(row, headings, "角色", "组", "roles", "role", "groups", "group")
        office.introduce(name, groups, cell(row, headings, "单位", "unit") or None)


@CHAPTER.says(zh=["{who}是“{role}”"], en=['{who} is one of "{role}"'])
def _(office: Office, who: str, role: str) -> None:
    known = office.people.get(who)
    office.introduce(who, role, known.unit if known else None)


@CHAPTER.says(zh=["设置“{name}”为“{text}”"], en=['the setting "{name}" is "{text}"'])
def _(office: Office, name: str, text: str) -> None:
    office.set(name, text)

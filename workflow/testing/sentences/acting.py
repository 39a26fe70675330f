"""Sentences about what people do, and what they are refused."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.testing.failing import hold, otherwise
from workflow.testing.office import Office, Subject
from workflow.testing.phrases import Chapter, Table, given

CHAPTER = Chapter(
    Text("办理", "Doing"),
    Text(
        "每一件由引号里的名称称呼，这个名称只在情景里用。动作、分件、字段、选项都可以写标签，也可以写键。"
        "要填的内容写在句中（，类别为“经济”，说明“属实”），或写成表，每行一个字段和它的值，或写“填写“字段”：”再跟一段长文字。"
        "“说明”是办理的说明。清单用顿号隔开；一项有几格的写成 教育局（主办）；是否写 是、否；日期写 2022-03-01。"
        "新建时没有填的第一个必填文字，用引号里的名称。修改内容也是一个动作：“修改”。",
        "Each case is called by the name in quotes, which is the scenario's own. Actions, parts, fields and choices are called by "
        'label or key. What is to be filled in stands in the sentence (with Place "Hall" and note "hurry"), in a table '
        'with a field and its value in each row, or, after `with "Field":`, as a long text. The `note` is the note of the '
        "action. A list has commas; an item of several fields is written Education (Lead); yes and no; dates as 2022-03-01. "
        "The first required text that is not given when a case is opened is the name in quotes. Changing fields is an action "
        'too: "Edit".',
    ),
)
REFUSALS = Chapter(
    Text("不能办", "Refused"),
    Text(
        "拒绝的话可以只写其中一段。办了却被拒绝、后面又没有一步说到的，情景不通过。",
        "A part of the refusal's sentence is enough. A step that is refused, and no later step expects it, fails the scenario.",
    ),
)


@CHAPTER.says(
    zh=["{who}新建“{case}”{input}", "{who}新建{lifecycle}“{case}”{input}"],
    en=['{who} opens "{case}"{input}', '{who} opens {lifecycle} "{case}"{input}'],
)
def _(
    office: Office, who: str, case: str, input: str, lifecycle: str = "", datatable: Table | None = None,
    docstring: str | None = None,
) -> None:  # fmt: skip
    office.attempt_opening(lifecycle, case, given(input, datatable, docstring), by=who)


@CHAPTER.says(
    zh=["{who}代录入：{other}新建“{case}”{input}", "{who}代录入：{other}新建{lifecycle}“{case}”{input}"],
    en=['{who}, for {other}, opens "{case}"{input}', '{who}, for {other}, opens {lifecycle} "{case}"{input}'],
)
def _(
    office: Office, who: str, other: str, case: str, input: str, lifecycle: str = "", datatable: Table | None = None,
    docstring: str | None = None,
) -> None:  # fmt: skip
    office.attempt_opening(lifecycle, case, given(input, datatable, docstring), by=who, on_behalf_of=other)


@CHAPTER.says(
    zh=["{who}{subject}办理“{action}”{input}"],
    en=['{who} does "{action}" {subject}{input}'],
)
def _(
    office: Office, who: str, case: str, action: str, input: str, part: str | None = None, whose: str | None = None,
    datatable: Table | None = None, docstring: str | None = None,
) -> None:  # fmt: skip
    on = Subject(case, part, whose or who)
    office.attempt_as_said(on, action, given(input, datatable, docstring), by=who)


@CHAPTER.says(
    zh=["{who}代录入：{other}{subject}办理“{action}”{input}"],
    en=['{who}, for {other}, does "{action}" {subject}{input}'],
)
def _(
    office: Office, who: str, other: str, case: str, action: str, input: str, part: str | None = None,
    whose: str | None = None, datatable: Table | None = None, docstring: str | None = None,
) -> None:  # fmt: skip
    on = Subject(case, part, whose or other)
    office.attempt_as_said(on, action, given(input, datatable, docstring), by=who, on_behalf_of=other)


@REFUSALS.says(zh=["被拒绝，因为“{sentence}”"], en=['it is refused: "{sentence}"'])
def refused(office: Office, sentence: str) -> None:
    """What was tried last was refused with these words."""
    said = office.expect_refusal()
    if not any(sentence in said.say(language) for language in ("zh", "en")):
        raise otherwise(Text("拒绝的理由", "the refusal"), sentence, said.say("zh"), said.say("en"))


@REFUSALS.says(
    zh=["{who}不能{subject}办理“{action}”{input}{because}{table}"],
    en=['{who} cannot do "{action}" {subject}{input}{because}{table}'],
)
def _(
    office: Office, who: str, case: str, action: str, input: str, part: str | None = None, whose: str | None = None,
    because: str = "", datatable: Table | None = None, docstring: str | None = None,
) -> None:  # fmt: skip
    went = office.attempt_as_said(Subject(case, part, whose or who), action, given(input, datatable, docstring), by=who)
    hold(not went, f"{who}本应不能办理“{action}”，却办成了", f"{who} could do {action!r}, and should not")
    refused(office, because)


@REFUSALS.says(zh=["{who}可以{subject}办理“{action}”"], en=['{who} can do "{action}" {subject}'])
def _(office: Office, who: str, case: str, action: str, part: str | None = None, whose: str | None = None) -> None:
    office.expect_nothing_refused()
    reason = office.hindrance(Subject(case, part, whose or who), action, by=who)
    hold(
        reason == Text(),
        f"{who}不能办理“{action}”：{reason.zh}",
        f"{who} cannot do {action!r}: {reason.en}",
    )

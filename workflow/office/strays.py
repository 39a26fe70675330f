"""What the tables hold and no record tells of."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, exists, func, or_, select

from workflow.core.model import Text
from workflow.office.findings import Finding
from workflow.office.own_chain import OwnChain
from workflow.office.promised import STATES
from workflow.office.remembered import misplaced
from workflow.store.tables import (
    OFFICE,
    case_values,
    cases,
    chains,
    contents,
    holders,
    notices,
    personal,
    records,
    timers,
)

_OF_CASES = (  # a column that names a case, that of the cases which it names, and what is wrong where there is none
    (holders.c.case_id, cases.c.id, Text("待办中有一件并不存在", "a to-do list has a case that does not exist")),
    (timers.c.case_id, cases.c.id, Text("有一个时限所属的件并不存在", "a timer is of a case that does not exist")),
    (case_values.c.case_id, cases.c.id, Text("有检索值所属的件并不存在", "a value is of a case that does not exist")),
    (
        contents.c.case_id,
        cases.c.id,
        Text("有内容所属的件并不存在", "there are contents of a case that does not exist"),
    ),
    (notices.c.file, cases.c.root, Text("有通知所属的件并不存在", "there are notices of a case that does not exist")),
    (
        personal.c.file,
        cases.c.root,
        Text("有个人信息所属的件并不存在", "there are personal values of a case that does not exist"),
    ),
)
_WAITING = notices.alias("waiting")
_FORGED = (notices.c.file == OFFICE) & or_(
    notices.c.case_id != OFFICE,  # the notice of a case, which its file would have to tell of
    notices.c.subject.is_not(None) & ~exists().where(_WAITING.c.digest == notices.c.id),
)
_STRANGE = notices.c.state.not_in(STATES)


def untold(sql: Connection) -> Iterator[Finding]:
    """What the tables hold and no record tells of."""
    query = (
        select(cases.c.root).where(~exists().where(records.c.file == cases.c.root)).distinct().order_by(cases.c.root)
    )
    for (file,) in sql.execute(query):
        yield Finding(
            "untold", Text("表中有这一件而没有任何记录", "the tables have this case and no record tells of it"), file
        )
    for column, named, text in _OF_CASES:
        strays = select(column).where(~exists().where(named == column), column != OFFICE)
        for (case,) in sql.execute(strays.distinct().order_by(column)):
            yield Finding("untold", text, case)
    twice = select(contents.c.case_id).join(cases, cases.c.id == contents.c.case_id).where(cases.c.body.is_not(None))
    for (case,) in sql.execute(twice.order_by(contents.c.case_id)):
        yield Finding("untold", Text("这一件的内容存了两处", "the values of this case are in two places"), case)
    for (file,) in sql.execute(select(chains.c.file).where(chains.c.file != OFFICE).order_by(chains.c.file)):
        yield Finding("untold", Text("有一条链不属于任何件", "there is a chain that belongs to nothing"), file)
    numbered = select(cases.c.number).where(cases.c.number.is_not(None)).group_by(cases.c.number)
    for (number,) in sql.execute(numbered.having(func.count() > 1).order_by(cases.c.number)):
        text = Text(f"不止一件的编号是 {number}", f"more than one case has the number {number}")
        where = select(cases.c.root).where(cases.c.number == number).order_by(cases.c.root).limit(1)
        yield Finding("doubled", text, sql.execute(where).scalar_one())
    for (key,) in sql.execute(select(notices.c.id).where(_FORGED).order_by(notices.c.id)):
        yield Finding(
            "untold",
            Text(
                f"通知 {key} 没有记录，也不是汇总",
                f"the notice {key} is told of by no record, and is no digest of others",
            ),
            OFFICE,
        )
    for key, file, state in sql.execute(select(notices.c.id, notices.c.file, notices.c.state).where(_STRANGE)):
        yield Finding(
            "untold",
            Text(
                f"通知 {key} 处于不存在的状态“{state}”",
                f"the notice {key} is in a state that does not exist, {state!r}",
            ),
            file,
        )
    if sql.execute(select(records.c.seq).where(records.c.file == OFFICE).limit(1)).first() is None:
        for each in OwnChain().differences(sql):
            yield Finding("untold", each.text, OFFICE)
    yield from misplaced(sql)

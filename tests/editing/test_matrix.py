"""A table of permissions goes out to a spreadsheet and comes back; the file says what the table says, and nothing else
in it has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import ndiff
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loading.strategies import as_yaml, lifecycles
from workflow.core.errors import InputInvalid, LifecycleInvalid
from workflow.core.permissions import actions, roles
from workflow.editing.matrix import Change, applied, rows
from workflow.loading import load
from workflow.shipped import shipped_definitions

LEAVE = """\
# about leave
casework: 1
lifecycle: leave
version: 1
initial: asked
roles: {person: {is: case.created_by, label: 本人}, head: {group: heads, label: 领导}, clerk: {group: clerks}}
states: {asked: {label: 已申请}, held: {label: 暂缓}, granted: {final: successful}}
transitions:
  grant:   {from: [asked, held],   to: granted, by: [head]}   # the head
  hold:
    from: asked
    to: held
    by:            # who holds
      - head       # always
      - clerk
    note: required
  again: {from: held, to: asked, by: person}
acts:
  remark: {in: any, by: [any]}
parts:
  view:
    initial: open
    states: {open: {}, given: {final: successful}}
    transitions: {give: {from: open, to: given, by: [ clerk ]}}
deadlines:
  due: {in: held, within: 5d, extend: {by: [head], up_to: 3d}}
"""
Table = list[list[str]]


def table(text: str = LEAVE) -> Table:
    return rows(load(text))


def numbered(cells: Table) -> list[tuple[int, list[str]]]:
    return list(enumerate(cells, 1))


def mark(cells: Table, action: str, **who: str) -> None:
    """Write into the cells of an action, by role."""
    header = [cell.split()[0] for cell in cells[0]]
    for row in cells[1:]:
        if row[2].split()[0] == action:
            for role, what in who.items():
                row[header.index(role)] = what


def differs(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_the_table_has_a_line_for_each_action_in_each_state() -> None:
    cells = table()

    assert [
        "part 分件",
        "state 状态",
        "action 动作",
        "person 本人",
        "head 领导",
        "clerk",
        "any 任何人",
        "engine 自动",
    ] == cells[0]
    assert ["（本件）", "asked 已申请", "grant", "", "√", "", "", ""] in cells
    assert ["view", "open", "give", "", "", "√", "", ""] in cells
    assert 1 + 2 + 1 + 1 + 3 + 1 + 1 == len(cells)


def test_an_unchanged_table_changes_nothing() -> None:
    assert (LEAVE, ()) == (applied(LEAVE, numbered(table())).text, applied(LEAVE, numbered(table())).changes)


def test_only_the_lists_change() -> None:
    cells = table()
    mark(cells, "grant", clerk="x")
    mark(cells, "hold", head="", person="是")
    mark(cells, "again", head="√")
    mark(cells, "give", clerk="0", head="Y")
    mark(cells, "extend_due", clerk="1")

    done = applied(LEAVE, numbered(cells))

    assert [
        "-   grant:   {from: [asked, held],   to: granted, by: [head]}   # the head",
        "+   grant:   {from: [asked, held],   to: granted, by: [head, clerk]}   # the head",
        "-       - head       # always",
        "+       - person",
        "-   again: {from: held, to: asked, by: person}",
        "+   again: {from: held, to: asked, by: [person, head]}",
        "-     transitions: {give: {from: open, to: given, by: [ clerk ]}}",
        "+     transitions: {give: {from: open, to: given, by: [head]}}",
        "-   due: {in: held, within: 5d, extend: {by: [head], up_to: 3d}}",
        "+   due: {in: held, within: 5d, extend: {by: [head, clerk], up_to: 3d}}",
    ] == sorted(
        differs(LEAVE, done.text), key=lambda line: LEAVE_ORDER.index(next(w for w in LEAVE_ORDER if w in line))
    )
    assert Change("", "hold", ("head", "clerk"), ("clerk", "person")) in done.changes


LEAVE_ORDER = ["grant:", "- head       #", "- person", "again:", "give:", "due:"]


def test_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeff" + LEAVE.replace("\n", "\r\n")
    cells = table()
    mark(cells, "hold", person="x")

    done = applied(text, numbered(cells)).text

    assert done.startswith("\ufeff# about")
    assert "      - clerk\r\n      - person\r\n    note" in done
    assert done.count("\r\n") == done.count("\n")


@settings(deadline=None, max_examples=60)
@given(lifecycles(), st.data())
def test_the_file_says_what_the_table_says(written: dict[str, Any], data: st.DataObject) -> None:
    text = data.draw(as_yaml(written))
    one = load(text)
    names = [name for name in roles(one) if name != "engine"]
    wanted = {key: data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)) for key in actions(one)}
    cells = rows(one)
    header = [cell.split()[0] for cell in cells[0]]
    for row in cells[1:]:
        kind = row[0].split()[0] if not row[0].startswith("（") else ""
        chosen = wanted[kind, row[2].split()[0]]
        row[3:] = ["√" if name in chosen else "" for name in header[3:]]

    after = load(applied(text, numbered(cells)).text)

    assert {key: set(names) for key, names in wanted.items()} == {key: set(a.by) for key, a in actions(after).items()}
    without = yaml.safe_load(text), yaml.safe_load(applied(text, numbered(cells)).text)
    assert _without_by(without[0]) == _without_by(without[1])


def _without_by(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_by(each) for key, each in node.items() if key != "by"}
    return [_without_by(each) for each in node] if isinstance(node, list) else node


def test_the_shipped_ones_go_out_and_come_back_to_the_letter() -> None:
    for name in ("proposal", "opinion"):
        text = (shipped_definitions() / f"{name}.yaml").read_text("utf-8")
        cells = rows(load(text), "en")
        assert text == applied(text, numbered(cells)).text


def _drop_row(cells: Table) -> None:
    del cells[3]


def _drop_column(cells: Table) -> None:
    for row in cells:
        del row[4]


def _twice(cells: Table) -> None:
    cells.append(cells[1])


def _cell(row: int, column: int, what: str) -> Callable[[Table], None]:
    def change(cells: Table) -> None:
        cells[row][column] = what

    return change


@pytest.mark.parametrize(
    ("change", "line", "code", "said"),
    [
        (_cell(0, 0, "部分"), 1, "header", "lifecycle matrix export"),
        (_cell(0, 4, "haed"), 1, "unknown_name", "是否指“head”"),
        (_drop_column, 1, "missing", "缺少角色“head”一列"),
        (_drop_row, 9, "missing", "缺少一行：“remark”在“asked”"),
        (_twice, 11, "duplicate", "第 2 行已有这一行"),
        (_cell(1, 1, "askd"), 2, "unknown_name", "是否指“asked”"),
        (_cell(1, 2, "grnt"), 2, "unknown_name", "是否指“grant”"),
        (_cell(1, 0, "views"), 2, "unknown_name", "是否指“view”"),
        (_cell(1, 1, "granted"), 2, "not_from_here", "只能在：asked、held"),
        (_cell(1, 4, "也许"), 2, "mark", "第 5 列（head）的“也许”看不懂"),
        (_cell(2, 4, ""), 3, "nobody", "至少勾一个角色"),
        (_cell(1, 3, "x"), 5, "differs", "拆成两个动作"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_place(
    change: Callable[[Table], None], line: int, code: str, said: str
) -> None:
    cells = table()
    if code == "nobody":
        cells[2] = next(row for row in cells if row[2] == "hold")[:]
        cells = [row for n, row in enumerate(cells) if n == 2 or row[2] != "hold"]
        cells[2][5] = ""
    change(cells)

    with pytest.raises(LifecycleInvalid) as wrong:
        applied(LEAVE, numbered(cells), table_file="t.csv")

    found = [(p.place.file, p.place.line, p.code) for p in wrong.value.problems]
    assert ("t.csv", line, code) in found
    assert said in wrong.value.say("zh")


def test_an_empty_table_is_told_so() -> None:
    with pytest.raises(LifecycleInvalid, match="first line begins with"):
        applied(LEAVE, [])


def test_what_would_not_load_is_refused() -> None:
    text = LEAVE.replace("asked: {label: 已申请}", "asked: {join: {when: 'true', take: hold}}").replace(
        "- clerk", "- engine"
    )
    cells = table(text)
    mark(cells, "hold", engine="")

    with pytest.raises(LifecycleInvalid) as wrong:
        applied(text, numbered(cells), file="leave.yaml")

    assert "not_by_engine" == wrong.value.problems[0].code


def test_comments_among_brackets_are_not_lost_silently() -> None:
    text = LEAVE.replace("by: [any]", "by: [any, # all\n    head]")
    cells = table(text)
    mark(cells, "remark", head="")

    with pytest.raises(InputInvalid, match="lay the file out") as wrong:
        applied(text, numbered(cells), file="leave.yaml")

    assert "leave.yaml:19" in wrong.value.say("zh")

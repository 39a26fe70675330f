"""The permissions of a lifecycle as a table for a spreadsheet, and such a table put back into the file.

Only the lists behind `by:` change, at the place where they stand; the rest of the text stays as it is to the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.core import wording
from workflow.core.errors import InputInvalid
from workflow.core.model import ROOT, Language, Lifecycle, Text
from workflow.core.permissions import actions, changes, permissions, roles
from workflow.editing.tree import Branch, Source, parse
from workflow.loading import load
from workflow.loading.nodes import Scalar
from workflow.loading.problems import Problems
from workflow.loading.shape.base import ACTION_NAME, PART_NAME, ROLE_NAME, STATE_NAME

CHECKED, EMPTY = "√", ""  # "√" is in GBK too
_YES = frozenset("√ ✓ ✔ v x × 1 ● ■ y yes true 是 可 有".split())
_NO = frozenset(("", "0", "-", "n", "no", "false", "否", "不", "无"))
_HEADINGS = (Text("分件", "part"), Text("状态", "state"), Text("动作", "action"))
_COLUMNS = ("part", "state", "action")

Key = tuple[str, str]  # the kind of case, and the action


@dataclass(frozen=True, slots=True)
class Change:
    """The roles of one action before and after."""

    kind: str
    action: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """The text that says what the table says, and what had to change for it."""

    text: str
    changes: tuple[Change, ...]


def rows(lifecycle: Lifecycle, language: Language = "zh") -> list[list[str]]:
    """The table with its header: a line for each action in each state, a column for each role.

    Each cell begins with the key, by which it is read back; what follows is for people.
    """
    columns = roles(lifecycle)
    header = [f"{key} {label.say(language)}" for key, label in zip(_COLUMNS, _HEADINGS, strict=True)]
    header += [_called(name, wording.role(lifecycle, name), language) for name in columns]
    found = [header]
    for each in permissions(lifecycle):
        kind = lifecycle.kind(each.kind)
        label = wording.kind(lifecycle, each.kind)
        found.append(
            [
                _called(each.kind, label, language) if each.kind else Text("（本件）", "(the case)").say(language),
                _called(each.state, wording.state(kind, each.state), language),
                _called(each.action, wording.action(kind.transitions[each.action]), language),
                *(CHECKED if name in each.by else EMPTY for name in columns),
            ]
        )
    return found


def _called(key: str, label: Text, language: Language) -> str:
    said = " ".join(label.say(language).split())
    return key if said == key else f"{key} {said}"


# ---------------------------------------------------------------- reading a table


def wanted(
    lifecycle: Lifecycle, table: Sequence[tuple[int, Sequence[str]]], *, file: str
) -> dict[Key, tuple[str, ...]]:
    """The roles of every action as the table (lines with their cells, the header first) has them.

    Raises LifecycleInvalid with everything that cannot be, and its line in `file`, the table.
    """
    problems = Problems(file)
    reader = _Reader(lifecycle, problems)
    columns = reader.header(table[0] if table else (1, ()))
    problems.raise_if_any()
    for line, cells in table[1:]:
        reader.row(line, cells, columns)
    reader.complete(table[-1][0])
    problems.raise_if_any()
    return {key: names for key, (_, _, names) in reader.found.items()}


class _Reader:
    """Reads the lines of a table."""

    def __init__(self, lifecycle: Lifecycle, problems: Problems) -> None:
        self.lifecycle = lifecycle
        self.problems = problems
        self.rows: dict[tuple[str, str, str], int] = {}
        self.found: dict[Key, tuple[int, str, tuple[str, ...]]] = {}  # line, state, roles

    def header(self, row: tuple[int, Sequence[str]]) -> dict[int, str]:
        """Which column is about which role."""
        line, cells = row
        names = [_key(cell) for cell in cells]
        if tuple(names[:3]) != _COLUMNS:
            self._add(line, "header", "首行应以 part、state、action 三列开头；请从 lifecycle matrix export 导出的表改起", "the first line begins with the columns part, state, action; begin with a table from `lifecycle matrix export`")  # fmt: skip
            return {}
        known = roles(self.lifecycle)
        found: dict[int, str] = {}
        for n, name in enumerate(names[3:], 4):
            if not name and not cells[n - 1].strip():
                continue
            if name not in known:
                self.problems.unknown(_at(line), ROLE_NAME, name, known)
            elif name in found.values():
                self._add(line, "duplicate", f"角色“{name}”有两列；请只留一列", f'the role "{name}" has two columns; keep one')  # fmt: skip
            found[n - 1] = name
        for name in known:
            if name not in found.values():
                self._add(line, "missing", f"缺少角色“{name}”一列；不要删列，没有权限就留空", f'the column of the role "{name}" is missing; delete no columns: leave the cells empty')  # fmt: skip
        return found

    def row(self, line: int, cells: Sequence[str], columns: Mapping[int, str]) -> None:
        """One line: an action in a state, and who may."""
        place = self._place(line, [_key(cell) for cell in [*cells, "", "", ""][:3]])
        chosen, read = [], True
        for n, cell in enumerate(cells[3:], 3):
            mark = cell.strip().lower()
            if mark in _YES and n in columns:
                chosen.append(columns[n])
            elif mark not in _NO:
                read = False
                self._add(line, "mark", f"第 {n + 1} 列（{columns.get(n, '无角色')}）的“{cell.strip()}”看不懂；可以办写 {CHECKED}，不可以留空", f'"{cell.strip()}" in column {n + 1} ({columns.get(n, "no role")}) is not understood; write {CHECKED} where it may be done, and nothing where it may not')  # fmt: skip
        if place is None:
            return
        kind, state, action = place
        if place in self.rows:
            self._add(line, "duplicate", f"第 {self.rows[place]} 行已有这一行；请删去一行", f"this is in line {self.rows[place]} already; delete one of them")  # fmt: skip
            return
        self.rows[place] = line
        before = self.found.setdefault((kind, action), (line, state, tuple(chosen)))
        if set(before[2]) != set(chosen):
            self._differs(line, before, kind, state, action)
        if read and not chosen:
            self._add(line, "nobody", f"“{action}”没有人可以办；至少勾一个角色，不要的动作请在流程文件里删去", f'nobody may do "{action}"; check one role at least, or take the action out of the file')  # fmt: skip

    def _differs(self, line: int, before: tuple[int, str, tuple[str, ...]], kind: str, state: str, action: str) -> None:
        """The language gives an action to roles, whatever the state: says what to do instead."""
        one, other = (wording.state(self.lifecycle.kind(kind), name).say("zh") for name in (before[1], state))
        self._add(line, "differs",
            f"“{action}”在“{one}”（第 {before[0]} 行）和“{other}”的角色不同；权限写在动作上，不分状态："
            "请把各行改成一致，或者先在流程文件里把它拆成两个动作，各写自己的 from 和 by",
            f'"{action}" has other roles in "{state}" than in "{before[1]}" (line {before[0]}); who may is said of the '
            "action, not of a state: make the lines the same, or first divide it in the file into two actions, each with "
            "its own `from` and `by`",
        )  # fmt: skip

    def _place(self, line: int, names: Sequence[str]) -> tuple[str, str, str] | None:
        """The kind, state and action that a line is about, if there are such."""
        kind_name, state, action = names
        if kind_name and kind_name not in self.lifecycle.parts:
            self.problems.unknown(_at(line), PART_NAME, kind_name, self.lifecycle.parts)
            return None
        kind = self.lifecycle.kind(kind_name)
        if state not in kind.states:
            self.problems.unknown(_at(line), STATE_NAME, state, kind.states)
        elif action not in kind.transitions:
            self.problems.unknown(_at(line), ACTION_NAME, action, kind.transitions)
        elif state not in kind.transitions[action].sources:
            sources = kind.transitions[action].sources
            self._add(line, "not_from_here", f"“{action}”不能在“{state}”办，只能在：{'、'.join(sources)}；这张表只改谁可以办", f'"{action}" cannot be done in "{state}", only in: {", ".join(sources)}; this table changes only who may')  # fmt: skip
        else:
            return kind_name, state, action
        return None

    def complete(self, line: int) -> None:
        """Tells of the lines that are not there: nothing is guessed from a line that somebody deleted."""
        if self.problems:
            return
        for each in permissions(self.lifecycle):
            if (each.kind, each.state, each.action) not in self.rows:
                where = f"{each.kind}.{each.action}" if each.kind else each.action
                self._add(line, "missing", f"缺少一行：“{where}”在“{each.state}”；不要删行，不要的动作请在流程文件里删去", f'a line is missing: "{where}" in "{each.state}"; delete no lines: take the action out of the file instead')  # fmt: skip

    def _add(self, line: int, code: str, zh: str, en: str) -> None:
        self.problems.add(_at(line), code, zh, en)


def _at(line: int) -> Scalar:
    return Scalar("", "", line, 1)


def _key(cell: str) -> str:
    """The key that a cell begins with; "" for one that has none: the case itself."""
    words = cell.split()
    return words[0] if words and not words[0].startswith(("（", "(")) else ROOT


# ---------------------------------------------------------------- changing the file


def applied(text: str, table: Sequence[tuple[int, Sequence[str]]], *, file: str = "", table_file: str = "") -> Applied:
    """The text of a lifecycle file with its permissions as in the table, proved by loading it.

    Raises LifecycleInvalid for a text or a table with problems, and for a result that would not load; InputInvalid
    where a list has comments among its brackets.
    """
    before = load(text, file=file)
    new = changes(before, wanted(before, table, file=table_file))
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    source = parse(text.removeprefix("\ufeff"), file)
    edits = [edit for key, names in new.items() for edit in _edits(source, _list_of(source, before, key), names, file)]
    result = source.text
    for start, end, put in sorted(edits, reverse=True):
        result = result[:start] + put + result[end:]
    after = load(mark + result, file=file)
    now = {key: action.by for key, action in actions(after).items()}
    assert all(set(now[key]) == set(names) for key, names in new.items()), "the text does not say what it should"
    found = tuple(Change(*key, actions(before)[key].by, names) for key, names in new.items())
    return Applied(mark + result, found)


def _list_of(source: Source, lifecycle: Lifecycle, key: Key) -> Branch:
    """Where the roles of an action are written."""
    kind, name = key
    extends = lifecycle.kind(kind).transitions[name].extends
    if extends is not None:
        path = ["deadlines", extends, "extend", "by"]
    else:
        chapter = "acts" if lifecycle.kind(kind).transitions[name].act else "transitions"
        path = [*(("parts", kind) if kind else ()), chapter, name, "by"]
    branch = source.root
    for step in path:
        found = branch.get(step)
        assert found is not None, path
        branch = found
    return branch


def _edits(source: Source, branch: Branch, names: Sequence[str], file: str) -> list[tuple[int, int, str]]:
    """What to put where, so that a list has these names."""
    if branch.scalar or branch.flow:
        if any(branch.start <= each.start < branch.end for each in source.comments):
            line = source.line(branch.start) + 1
            raise InputInvalid(
                Text(
                    zh=f"{file}:{line}: 方括号里有注释，改写会丢失；请先用 casework lifecycle fmt 排版，再导入",
                    en=f"{file}:{line}: there are comments among the brackets that would be lost; lay the file out with "
                    "`casework lifecycle fmt` first",
                )
            )
        single = branch.scalar and len(names) == 1
        return [(branch.start, branch.end, names[0] if single else f"[{', '.join(names)}]")]
    gone = [entry for entry in branch.entries if entry.value.value not in names]
    edits = [(*_line(source, entry.start), "") for entry in gone]
    start, end = _line(source, branch.entries[-1].start)
    there = {entry.value.value for entry in branch.entries}
    indent = source.text[start : source.text.index("-", start)]
    last_line = source.text[start:end]
    break_ = "\r\n" if last_line.endswith("\r\n") else "\n"
    before = "" if last_line.endswith("\n") else break_
    added = "".join(f"{indent}- {name}{break_}" for name in names if name not in there)
    return [*edits, (end, end, before + added)] if added else edits


def _line(source: Source, index: int) -> tuple[int, int]:
    """Where the line of an index begins, and where the next one does."""
    start = source.lines[source.line(index)]
    end = source.text.find("\n", index)
    return start, len(source.text) if end < 0 else end + 1

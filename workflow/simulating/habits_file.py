"""Habits from YAML: `casework lifecycle simulate --weights FILE`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workflow.core.model import EDIT, OPEN, ROOT, Field, Kind, Lifecycle, Text
from workflow.loading import words
from workflow.loading.forms import Misread, Named, Record, Word
from workflow.loading.nodes import Scalar, Table, plain
from workflow.loading.problems import Problems
from workflow.loading.reading import canonical, decode, read, read_bytes
from workflow.loading.shape.base import key
from workflow.simulating.habits import Habits, Pace, Step

_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,120}(\[\])?")
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_STEP = Text(zh="动作或状态（分件的写 分件.动作）", en="an action or a state (of a part: part.action)")


def _path(node: Scalar) -> str:
    if _PATH.fullmatch(node.text) is None:
        raise Misread
    return node.text


def _number(node: Scalar) -> float:
    if _NUMBER.fullmatch(node.text) is None:
        raise Misread("，如 0.5", ", such as 0.5")
    return float(node.text)


def _speed(node: Scalar) -> float:
    if not (speed := _number(node)):
        raise Misread("，须大于 0", ", more than 0")
    return speed


def _pace(node: Scalar) -> Pace:
    try:
        return Pace.parse(node.text)
    except ValueError:
        raise Misread(PACE_RULE.zh, PACE_RULE.en) from None


PACE_RULE = Text(
    zh="：fixed 3bd、uniform 1bd 5bd、exponential 5bd（平均）或 lognormal 3bd 10bd（中位数和九成所需）；bd 是工作日，h 是小时",
    en=": fixed 3bd, uniform 1bd 5bd, exponential 5bd (mean) or lognormal 3bd 10bd (median and ninth decile); bd are working days, h hours",
)
PATH = Word(_STEP, _path, {"type": "string"})
ANYTHING = Word(Text(zh="一个值", en="a value"), lambda node: node.text, {"type": "string"})
NUMBER = Word(Text(zh="不小于 0 的数", en="a number, 0 or more"), _number, {"type": "number"})
SPEED = Word(Text(zh="大于 0 的数", en="a number above 0"), _speed, {"type": "number"})
PACE = Word(Text(zh="时长分布", en="how long it takes"), _pace, {"type": "string"})
_COUNT = words.whole(1, 100_000)
HABITS = Record(
    {
        "casework-habits": key(words.exactly(1), "本格式的版本，写 1", "the version of this format: 1", required=True),
        "usual": key(PACE, "没有另写的动作要多久", "how long everything takes that is not named"),
        "arrivals": key(PACE, "两件之间隔多久", "the time between two arrivals"),
        "weights": key(Named(PATH, NUMBER), "动作的权重：同一状态下相比", "weights of actions, among those of a state"),
        "durations": key(Named(PATH, PACE), "动作或状态要多久", "how long an action, or a state, takes"),
        "values": key(Named(PATH, Named(ANYTHING, NUMBER)), "输入的取值及权重", "values of inputs, with weights"),
        "members": key(_COUNT, "委员人数", "how many members"),
        "units": key(_COUNT, "单位个数", "how many units"),
        "groups": key(Named(PATH, _COUNT), "各组人数", "how many people a group has"),
        "speed": key(Named(ANYTHING, SPEED), "单位或个人的快慢，2 即快一倍", "how fast a unit or person is; 2 takes half the time"),
    }
)  # fmt: skip


def read_habits(path: str | Path, lifecycle: Lifecycle) -> Habits:
    """The habits in a file, for a lifecycle. Raises LifecycleInvalid with every problem and its place, NotFound where
    there is no file.
    """
    return parse_habits(decode(read_bytes(path), str(path)), lifecycle, file=str(path))


def parse_habits(text: str, lifecycle: Lifecycle, *, file: str = "") -> Habits:
    """The same from a text; `file` is its name in messages."""
    problems = Problems(file)
    table = HABITS.check(read(canonical(text), file, problems), problems)
    problems.raise_if_any()
    assert isinstance(table, Table)
    known = _Known(lifecycle)
    for name, names, what in (
        ("weights", known.actions, Text(zh="动作", en="action")),
        ("durations", {**known.states, **known.actions}, _STEP),
        ("values", known.inputs, Text(zh="输入", en="input")),
        ("groups", known.groups, Text(zh="组", en="group")),
    ):
        section = table.entries.get(name)
        for written, at in section.keys.items() if isinstance(section, Table) else ():
            if written.removesuffix("[]") not in names:
                problems.unknown(at, what, written, names)
    section = table.entries.get("values")
    for path, inside in section.entries.items() if isinstance(section, Table) else ():
        if isinstance(inside, Table) and path.removesuffix("[]") in known.inputs:
            _check_values(problems, inside, None if path.endswith("[]") else known.inputs[path])
    problems.raise_if_any()
    data: Any = plain(table)
    steps = {**known.states, **known.actions}
    given = {name: data[name] for name in ("usual", "arrivals", "members", "units", "groups", "speed") if name in data}
    return Habits(
        weights={known.actions[name]: weight for name, weight in data.get("weights", {}).items()},
        paces={steps[name]: pace for name, pace in data.get("durations", {}).items()},
        values={path: {v: w for v, w in each.items() if w} for path, each in data.get("values", {}).items()},
        **given,
    )


def _check_values(problems: Problems, table: Table, field: Field | None) -> None:
    """Each value must be one that the input can have; where `field` is None they are lengths of a list."""
    inner = None if field is None else field.item or field
    for written, at in table.keys.items():
        if inner is not None and inner.type in ("choice", "code", "bool"):
            allowed = inner.choices or ("true", "false")
            if written not in allowed:
                problems.unknown(at, Text(zh="取值", en="value"), written, allowed)
        elif (inner is None or inner.type == "int") and not written.isdecimal():
            problems.add(at, "bad_value", f"“{written}”不是整数", f'"{written}" is not a whole number')


class _Known:
    """The names that a file of habits may use."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        kinds = (lifecycle.root, *lifecycle.parts.values())
        self.actions: Mapping[str, Step] = {
            _named(kind, name): (kind.name, "", name) for kind in kinds for name in (*kind.transitions, EDIT)
        }
        self.states: Mapping[str, Step] = {
            _named(kind, name): (kind.name, name, "") for kind in kinds for name in kind.states
        }
        self.groups = {role.group for role in lifecycle.roles.values() if role.group is not None}
        self.inputs: dict[str, Field] = {}
        for kind in kinds:
            for name, transition in kind.transitions.items():
                own = (kind.fields[each] for each in transition.require)
                self._inside(f"{_named(kind, name)}", (*own, *transition.asks))
            self._inside(_named(kind, EDIT), kind.fields.values())
            if kind.name == ROOT:
                self._inside(OPEN, kind.fields.values())

    def _inside(self, path: str, fields: Iterable[Field]) -> None:
        for field in fields:
            self.inputs[f"{path}.{field.name}"] = field
            inner = field.item if field.item is not None else field
            self._inside(f"{path}.{field.name}", inner.fields)


def _named(kind: Kind, name: str) -> str:
    return f"{kind.name}.{name}" if kind.name else name

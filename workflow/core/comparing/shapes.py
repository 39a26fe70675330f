"""What is compared of each declaration: every attribute, what it is called, and what more or less of it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import Any

from workflow.core.clocks import length_of
from workflow.core.comparing.change import Severity
from workflow.core.comparing.saying import Naming, plain
from workflow.core.model import (
    Deadline,
    Field,
    Guard,
    Invariant,
    Join,
    Kind,
    Lifecycle,
    Metric,
    NoticeRule,
    Role,
    Route,
    Setting,
    State,
    Tally,
    Text,
    Transition,
)

Get = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value. `more`: what it means where elements are added or a number grows; less of it means the mirror."""

    name: str
    label: Text
    get: Get
    more: Severity = "moves"
    naming: Naming = ""


@dataclass(frozen=True, slots=True)
class Children:
    """Declarations of their own within this one, known by `key`. `added`: what one more of them means."""

    name: str
    noun: Text
    get: Callable[[Any], Iterable[Any]]
    key: Callable[[Any], str] = attrgetter("name")
    added: Severity = "moves"


def _is(
    name: str, zh: str, en: str, more: Severity = "moves", naming: Naming = "", get: Get | None = None
) -> Attribute:
    return Attribute(name, Text(zh, en), get or attrgetter(name), more, naming)


def _of(name: str) -> Callable[[Any], Iterable[Any]]:
    def get(owner: Any) -> Iterable[Any]:
        found = getattr(owner, name)
        if isinstance(found, Mapping):
            return tuple(found.values())
        return found if isinstance(found, tuple) else () if found is None else (found,)

    return get


def _bound(name: str, otherwise: float) -> Get:
    return lambda owner: otherwise if getattr(owner, name) is None else getattr(owner, name)


def _extension(name: str) -> Get:
    return lambda deadline: None if deadline.extend is None else getattr(deadline.extend, name)


def _must_explain(owner: Any) -> bool:
    return owner is not None and owner.note == "required"


def _value(setting: Setting) -> Any:
    return (length_of(setting.value) or setting.value) if setting.type == "duration" else setting.value


def _choices(field: Field) -> tuple[str, ...]:
    """Codes are of a setting, whose order a published version does not keep."""
    return tuple(sorted(field.choices)) if field.type == "code" else field.choices


def _only(value: object) -> str:
    return ""


def _condition(owner: Any) -> str:
    return "" if owner.when is None else str(plain(owner.when)[1])


_LABEL = _is("label", "名称", "the label", "words")
_EFFECTS = (
    _is("set", "写入的值", "what is written", get=attrgetter("effects.set")),
    _is("open", "开出的分件", "the parts that are opened", get=attrgetter("effects.open")),
    _is("close", "关闭的分件", "the parts that are closed", get=attrgetter("effects.close"), naming="part"),
    _is("number", "编号", "the numbering", get=attrgetter("effects.numbers")),
    _is("start", "另开的件", "the cases that are started", get=attrgetter("effects.start")),
)

SHAPES: Mapping[type, tuple[Attribute | Children, ...]] = {
    Lifecycle: (
        _is("lifecycle", "代号", "the name", get=attrgetter("name")),
        _LABEL,
        _is("opened_by", "可以开办的人", "who may open a case", "loosens", "role"),
        _is("proxies", "可以代办的人", "who may act for others", "loosens", "role"),
        _is("counted_from", "统计起点", "what dates a case in reports", naming="state"),
        _is("expect", "对流程的预期", "what is expected of the lifecycle", "words"),
        _is("migrate", "换版对照（migrate）", "the mapping for migration", "words"),
        Children("settings", Text("设置", "setting"), _of("settings")),
        Children("roles", Text("角色", "role"), _of("roles")),
        Children("invariants", Text("约束", "invariant"), _of("invariants"), added="tightens"),
        Children("notices", Text("通知", "notice"), _of("notices"), lambda each: f"{each.after} → {each.template}"),
        Children("metrics", Text("指标", "figure"), _of("metrics"), added="words"),
        Children("tallies", Text("统计表", "tally"), _of("tallies"), added="words"),
    ),
    Setting: (_is("type", "类型", "the type"), _is("value", "值", "the value", get=_value), _LABEL),
    Role: (
        _is("group", "所在的组", "the group"),
        _is("is", "所指的人", "who it is", get=attrgetter("party")),
        _is("any_of", "包括的角色", "the roles it takes in", "loosens", "role"),
        _LABEL,
    ),
    Kind: (
        _is("initial", "起始状态", "the first state", naming="state"),
        _LABEL,
        _is("outlives", "可以比本件办得更久", "may stay open when the case has ended", "loosens"),
        _is("blind", "互不可见，直到", "kept from others until", get=attrgetter("blind_until")),
        Children("fields", Text("字段", "field"), _of("fields")),
        Children("states", Text("状态", "state"), _of("states")),
    ),
    Field: (
        _is("type", "类型", "the type"),
        _is("required", "必填", "must be given", "tightens"),
        _is("default", "默认值", "the default"),
        _is("min", "下限", "the least", "tightens", get=_bound("min", -inf)),
        _is("max", "上限", "the most", "loosens", get=_bound("max", inf)),
        _is("of", "可选的值", "the choices", "loosens", get=_choices),
        _is("labels", "各值的名称", "the labels of the choices", "words"),
        _is("means", "各值在统计中的含义", "what the choices count as", "moves"),
        _is("index", "可按它查找", "can be searched by"),
        _is("personal", "个人信息", "is personal", "tightens"),
        _is("case", "所指的流程", "the lifecycle it points to", get=attrgetter("lifecycle")),
        _is("follow", "随所指的件而动", "follows the other case"),
        _LABEL,
        Children("item", Text("每一项", "item"), _of("item"), _only),
        Children("fields", Text("栏目", "field"), _of("fields")),
    ),
    State: (
        _is("final", "终结", "how it ends a case"),
        _is("waits_for", "待办人", "whom it waits for", naming="role"),
        _is("pauses", "暂停的时限", "the clocks that stand still"),
        _is("within", "所属的状态", "the states it is nested in", naming="state"),
        _LABEL,
        Children("join", Text("汇合", "join"), _of("joins"), attrgetter("take")),
    ),
    Join: (_is("when", "条件", "the condition"),),
    Transition: (
        _is("to", "去处", "where it leads", naming="state"),
        _is("act", "只记事、不改变状态", "moves nothing"),
        _is("require", "必填字段", "the fields that must be filled", "tightens", "field"),
        _is("note", "必须写理由", "needs a reason", "tightens", get=_must_explain),
        _is("within", "只能在开件后多久内办", "how long after the opening it can be done"),
        _is("at_most_every", "两次之间至少相隔", "the least time between two"),
        *_EFFECTS,
        _LABEL,
        Children("ask", Text("填报项", "input"), _of("asks")),
        Children("if", Text("条件", "condition"), _of("guards"), added="tightens"),
        Children("routes", Text("分支", "route"), _of("routes"), _condition),
    ),
    Route: (_is("to", "去处", "where it leads", naming="state"), *_EFFECTS),
    Guard: (
        _is("when", "内容", "what it asks"),
        _is("else", "不满足时的说明", "the sentence for whoever meets it", "words", get=attrgetter("otherwise")),
    ),
    Deadline: (
        _is("within", "期限", "the length", get=attrgetter("terms")),
        _is("at", "到期日所取的字段", "the field that dates it", get=attrgetter("field"), naming="field"),
        _is("when", "适用的件", "for which cases it runs"),
        _is("from", "起算的状态", "the states that start it", get=attrgetter("start"), naming="state"),
        _is("action", "起算的动作", "the action that starts it"),
        _is("in", "计时的状态", "the states it runs in", get=attrgetter("during"), naming="state"),
        _is("until", "截止的状态", "the states that end it", naming="state"),
        _is("latest", "取几个期限中最晚的", "the latest of its terms counts"),
        _is("roll", "逢休息日顺延", "rolls to the next working day"),
        _is("again", "再次起算时", "what happens when it starts again"),
        _is("warn", "提前提醒", "the reminders before it ends"),
        _is("overdue", "逾期时", "what happens when it runs out"),
        _is("escalate", "逾期后逐级上报", "who is told later on"),
        _is("repeat", "逾期后重复提醒的间隔", "how often it is told again"),
        _is("take", "逾期自动办理", "the transition that it takes"),
        _is("extend.by", "可以准予延期的人", "who may extend it", "loosens", "role", _extension("by")),
        _is("extend.up_to", "延期上限", "the longest extension", get=_extension("up_to")),
        _is("extend.times", "可延期次数", "how often it can be extended", "loosens", get=_extension("times")),
        _is(
            "extend.note",
            "延期必须写理由",
            "an extension needs a reason",
            "tightens",
            get=lambda each: _must_explain(each.extend),
        ),
        _LABEL,
    ),
    Invariant: (
        _is("holds", "内容", "what must hold"),
        _is("in", "适用的状态", "the states it holds in", get=attrgetter("states"), naming="state"),
    ),
    NoticeRule: (
        _is("to", "告知的人", "who is told", naming="role"),
        _is("cc", "抄送的人", "who gets a copy", naming="role"),
        _is("when", "何时告知", "when it is told"),
        _is("urgent", "不等汇总", "waits for nobody's digest"),
    ),
    Metric: (
        _is("count", "分子", "what is counted", "words"),
        _is("of", "分母", "what it is a part of", "words"),
        _LABEL,
    ),
    Tally: (
        _is("parts", "统计的分件", "the parts it counts", "words", "part"),
        _is("where", "统计的范围", "which of them", "words"),
        _LABEL,
    ),
}

"""Deadlines, notices, metrics, tallies, invariants, expectations, migration: what is said about a lifecycle."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.loading.forms import ListOf, Named, Record, one_or_many
from workflow.loading.shape.base import (
    ACTION_REF,
    DEADLINE_NAME,
    FIELD_REF,
    LABEL_KEY,
    OUTCOMES,
    PART_NAME,
    PART_REF,
    PARTS_REF,
    ROLE_REF,
    ROLES_REF,
    STATE_REF,
    STATES_REF,
    key,
)
from workflow.loading.words import (
    BOOL,
    CODE,
    CONDITION,
    DAY,
    EXPRESSION,
    NAME_RULE,
    TERM,
    WITHIN,
    choice,
    name,
    refers,
    whole,
)

_CC = key(
    one_or_many(EXPRESSION),
    "抄送谁：同 to；已主送的不再抄送",
    "who gets a copy: as in `to`; who is told anyway gets none",
)
_URGENT = (
    "true：急件，不等收件人的每日汇总（仍避开免打扰时段）",
    "true: urgent, waits for nobody's daily digest (quiet hours still hold)",
)
_TO = "角色、parts.子件.holder，或 CEL", "roles, parts.NAME.holder, or CEL"
_TERMS = Text(zh="一个期限列表", en="a list of durations and dates")
_OVERDUE = Record(
    {
        "notify": key(
            refers(Text(zh="通知样式", en="template"), *NAME_RULE), "逾期通知用的样式", "the template of the notice"
        ),
        "to": key(one_or_many(EXPRESSION), f"通知谁：{_TO[0]}", f"who is told: {_TO[1]}"),
        "cc": _CC,
        "urgent": key(BOOL, f"{_URGENT[0]}；不写为 true", f"{_URGENT[1]}; true where it is not written"),
        "take": key(
            ACTION_REF,
            "逾期后引擎做的流转（by: [engine]，且不到办成的终结状态）",
            "the transition that the engine then takes (by: [engine], and not to an end with success)",
        ),
        "repeat": key(WITHIN, "此后每隔多久再通知一次", "tells again every so often"),
        "escalate": key(
            ListOf(
                Record(
                    {
                        "after": key(WITHIN, "逾期多久以后", "how long after the end", required=True),
                        "notify": key(
                            refers(Text(zh="通知样式", en="template")), "通知样式", "the template", required=True
                        ),
                        "to": key(one_or_many(EXPRESSION), "通知谁", "who is told", required=True),
                        "cc": _CC,
                        "urgent": key(BOOL, "同上", "as above"),
                    }
                ),
                Text(zh="一个列表", en="a list"),
            ),
            "仍未办结时再通知谁",
            "who else is told where it is still not done",
        ),
    },
    some_of=(("notify", "take"),),
)
_EXTEND = Record(
    {
        "by": key(ROLES_REF, "谁可以延期", "who may extend it", required=True),
        "up_to": key(WITHIN, "最多延多久", "by how much at most", required=True),
        "times": key(whole(1, 99), "最多几次", "how many times"),
        "note": key(choice(("required", "optional")), "是否必须写说明", "whether a note must be written"),
    }
)
DEADLINES = Named(
    name(DEADLINE_NAME),
    Record(
        {
            "label": LABEL_KEY,
            "of": key(PART_REF, "哪种子件的时限；不写为本案", "of which part; without it: of the case itself"),
            "when": key(
                CONDITION,
                "起算时须成立的条件（CEL），当时定下，记录在案；不成立则不计此时限",
                "what must hold as it begins (CEL), decided then and recorded; where it does not, this clock does not run",
            ),
            "from": key(
                STATE_REF,
                "从 opened（开件，即交办）、进入某状态或某动作起算；不写为 opened",
                "counts from opened (the default), from entering a state, or from an action",
            ),
            "in": key(
                STATES_REF,
                "进入这些状态起算，离开为止",
                "begins when these states are entered, ends when they are left",
            ),
            "until": key(STATES_REF, "到进入这些状态为止", "until one of these states is entered"),
            "within": key(WITHIN, "多长时间", "how long"),
            "at": key(DAY, "固定日期，或案件自己的日期字段", "a fixed date, or a date field of the case itself"),
            "earliest": key(ListOf(TERM, _TERMS), "几个期限中最早的", "the earliest of several ends"),
            "latest": key(ListOf(TERM, _TERMS), "几个期限中最晚的", "the latest of several ends"),
            "again": key(
                choice(("continue", "restart")),
                "再次起算时：接着算（continue，停的日子补还；未写 in 时的默认）或重新算（restart，写 in 时的默认）",
                "when it begins again: goes on, the time between given back (continue, the default without `in`), or "
                "begins anew (restart, the default with `in`)",
            ),
            "roll": key(
                choice(("next", "none")),
                "届满遇假日：顺延到下一工作日（next，默认）或不顺延（none，固定日期 at 的默认）",
                "an end on a holiday moves to the next working day (next, the default) or stays (none, the default of "
                "`at`)",
            ),
            "warn": key(one_or_many(WITHIN), "届满前多久提醒", "how long before the end to remind"),
            "overdue": key(_OVERDUE, "逾期时做什么", "what happens when it is over"),
            "extend": key(_EXTEND, "延期的规矩", "how it may be extended"),
        },
        one_of=(("within", "at", "earliest", "latest"),),
    ),
    Text(zh="一组时限", en="a mapping of deadlines"),
)

NOTICES = ListOf(
    Record(
        {
            "after": key(
                ACTION_REF,
                "在哪个动作之后；子件的写 子件.动作",
                "after which action; of a part: part.action",
                required=True,
            ),
            "to": key(
                one_or_many(EXPRESSION),
                "通知谁：角色、parts.子件.holder（在办的）、opened.子件.holder（本步开出的），或 CEL",
                "who is told: roles, parts.NAME.holder (of the open ones), opened.NAME.holder (of those that this step "
                "opened), or CEL",
                required=True,
            ),
            "cc": _CC,
            "when": key(
                CONDITION,
                "只在此条件（CEL）成立时，按动作之后的情形",
                "only where this holds (CEL), as things stand after it",
            ),
            "urgent": key(BOOL, _URGENT[0], _URGENT[1]),
            "template": key(
                refers(Text(zh="通知样式", en="template"), *NAME_RULE),
                "用哪个通知样式",
                "which template",
                required=True,
            ),
        }
    ),
    Text(zh="一个通知列表", en="a list of notices"),
)

_WHERE = key(
    Named(
        refers(Text(zh="字段", en="field")),
        one_or_many(CODE),
        Text(zh="一组“字段: 值”", en="a mapping of fields and values"),
    ),
    "字段的值（有 means 的按含义）是其中之一",
    "the field's value (its `means` where it has one) is one of these",
)
_DEADLINES_REF = one_or_many(refers(DEADLINE_NAME), least=1)
_SELECTED = {
    "reached": key(STATES_REF, "到过这些状态之一", "has been in one of these states"),
    "in": key(STATES_REF, "此刻在这些状态之一", "is in one of these states now"),
    "outcome": key(one_or_many(choice(OUTCOMES)), "结果是其中之一", "ended with one of these outcomes"),
    "where": _WHERE,
    "on_time": key(_DEADLINES_REF, "按期：在这些时限之一届满前结束", "ended before one of these deadlines ran out"),
    "overdue": key(
        _DEADLINES_REF,
        "逾期：在这些时限之一届满后才结束，或届满仍未结束",
        "ended after one of these ran out, or has not ended",
    ),
    "due": key(
        _DEADLINES_REF, "已有定论：按期或逾期（按期率的分母）", "either of the two: what a rate on time is a share of"
    ),
}
SELECTOR = Record(
    {
        "part": key(PART_REF, "数哪种子件；不写则数案件", "which parts to count; without it: cases"),
        **_SELECTED,
        "not": key(
            Record(_SELECTED, some_of=(tuple(_SELECTED),)),
            "除去同时符合这里各项的",
            "but not those to which all of this applies",
        ),
        "latest": key(BOOL, "同一子件只数最近一轮", "counts only the latest round of a part"),
        "distinct": key(BOOL, "数有此类子件的案件，而不是子件", "counts cases that have such a part instead of parts"),
    }
)
METRICS = Named(
    name(Text(zh="指标", en="metric")),
    Record(
        {
            "label": LABEL_KEY,
            "count": key(SELECTOR, "分子：数什么", "what is counted", required=True),
            "of": key(SELECTOR, "分母：占什么的比例", "what it is a share of"),
        }
    ),
    Text(zh="一组指标", en="a mapping of metrics"),
)
TALLIES = Named(
    name(Text(zh="统计表", en="tally")),
    Record(
        {
            "label": LABEL_KEY,
            "parts": key(PARTS_REF, "列出哪些子件", "which parts have a row", required=True),
            "where": _WHERE,
        }
    ),
    Text(zh="一组统计表", en="a mapping of tallies"),
)

INVARIANTS = Named(
    name(Text(zh="不变条件", en="invariant")),
    Record(
        {
            "in": key(STATES_REF, "在这些状态时；不写为任何时候", "while in these states; without it: always"),
            "holds": key(CONDITION, "须成立的条件（CEL）", "what must hold (CEL)", required=True),
        }
    ),
    Text(zh="一组不变条件", en="a mapping of invariants"),
)
EXPECT = ListOf(
    Record(
        {
            "of": key(PART_REF, "哪种子件的期望；不写为本案", "of which part; without it: of the case itself"),
            "from": key(
                STATES_REF,
                "从这些状态（与 can_reach 或 never 一起）；any 为所有未结状态",
                "from these states (with can_reach or never); any: all that are not final",
            ),
            "can_reach": key(STATES_REF, "总能到达这些状态之一", "one of these can be reached"),
            "never": key(STATES_REF, "永不到达这些状态", "these are never reached"),
            "without_passing": key(
                STATES_REF, "除非经过这些状态（与 never 一起）", "unless one of these was passed (with never)"
            ),
        },
        one_of=(("can_reach", "never"),),
    ),
    Text(zh="一个期望列表", en="a list of expectations"),
)

_STATES_MOVED = key(
    Named(refers(Text(zh="旧状态", en="old state")), STATE_REF),
    "旧状态: 新状态；写明的视为认可，不再与新版的办法核对",
    "old state: new state; what is written here is taken as approved and not held against the new version",
)
_FIELDS_MOVED = key(
    Named(refers(Text(zh="旧字段", en="old field")), FIELD_REF), "旧字段: 新字段", "old field: new field"
)
_FIELDS_DROPPED = key(
    ListOf(refers(Text(zh="旧字段", en="old field")), Text(zh="一个旧字段列表", en="a list of old fields")),
    "新版不再有、其值可以放弃的旧字段（审计记录里仍在）",
    "old fields that are gone and whose values may be given up (the audit trail keeps them)",
)
_MOVED = {"states": _STATES_MOVED, "fields": _FIELDS_MOVED, "drop": _FIELDS_DROPPED}
MIGRATE = Record(
    {
        "from": key(whole(0, 999_999), "从哪一版迁来", "the version that cases come from", required=True),
        **_MOVED,
        "parts": key(
            Named(
                refers(PART_NAME),
                Record({"from": key(PART_REF, "子件在旧版的名称", "the part's name in the old version"), **_MOVED}),
            ),
            "子件的对照",
            "the same for parts",
        ),
        "roles": key(
            Named(refers(Text(zh="旧角色", en="old role")), ROLE_REF),
            "旧角色: 新角色；以旧角色办过的，按新角色核对",
            "old role: new role; who acted in the old one counts as having acted in the new one",
        ),
        "deadlines": key(
            Named(refers(DEADLINE_NAME), choice(("keep", "recompute", "restart", "drop"))),
            "在计的时限怎么办：沿用旧期限（keep）、按新版从头推算（recompute，默认）、从迁移时重新起算（restart）、"
            "新版已无此时限而不再计（drop）",
            "what becomes of running clocks: the old period stays (keep), worked out as if this version had always been "
            "in force (recompute, the default), begun anew (restart), given up because the deadline is gone (drop)",
        ),
        "undo": key(WITHIN, "迁移后多久之内可以撤回（默认 14d）", "how long a migration can be taken back (14d)"),
    }
)

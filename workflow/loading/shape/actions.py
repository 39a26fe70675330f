"""Roles, guards, effects, transitions and acts: who may do what, and what it does."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.loading import words
from workflow.loading.forms import Either, ListOf, Named, Record, one_or_many
from workflow.loading.shape.base import (
    ACTION_NAME,
    FIELD_KEY,
    FIELD_REF,
    GUARD_NAME,
    LABEL,
    LABEL_KEY,
    LIFECYCLE_NAME,
    PART_REF,
    PARTS_REF,
    ROLE_REF,
    ROLES_REF,
    STATE_REF,
    STATES_REF,
    key,
)
from workflow.loading.shape.fields import ASKS
from workflow.loading.words import (
    CONDITION,
    EXPRESSION,
    FILLED,
    NAME_RULE,
    ONLY_TRUE,
    TEMPLATE,
    WITHIN,
    choice,
    name,
    refers,
)

ROLE = Record(
    {
        "is": key(
            EXPRESSION,
            "CEL：就是这一方（或这几方），如 case.created_by",
            "CEL: the party or parties, such as case.created_by",
        ),
        "group": key(FILLED, "某一组的成员", "the members of a group"),
        "any_of": key(ListOf(ROLE_REF), "这些角色中的任何一个", "any of these roles"),
        "label": LABEL_KEY,
    },
    one_of=(("is", "group", "any_of"),),
)
GUARD = Record(
    {
        "when": key(CONDITION, "须成立的条件（CEL）", "the condition that must hold (CEL)", required=True),
        "else": key(
            LABEL, "不成立时告诉当事人的话", "what is said to the person where it does not hold", required=True
        ),
    }
)
IF = one_or_many(
    Either(
        Text(zh="守卫条件的名称，或 {when: 条件, else: 说明}", en="the name of a guard, or {when: …, else: …}"),
        scalar=refers(
            GUARD_NAME,
            "；条件可直接写成 {when: 条件, else: 说明}",
            "; a condition may be written here as {when: …, else: …}",
        ),
        table=GUARD,
    )
)


SET = Named(
    FIELD_KEY, EXPRESSION, expected=Text(zh="一组“字段: CEL 表达式”", en="a mapping of fields and CEL expressions")
)
OPEN = one_or_many(
    Record(
        {
            "part": key(PART_REF, "开哪一种子件", "which kind of part to open", required=True),
            "each": key(EXPRESSION, "对这个列表的每一项各开一件（CEL）", "open one for each item of this list (CEL)"),
            "as": key(
                name(Text(zh="循环变量", en="loop variable"), words.RESERVED_WORDS | words.SCOPE),
                "每一项在下面叫什么",
                "what an item is called below",
            ),
            "key": key(
                EXPRESSION,
                "子件的键，同种未结子件中唯一（CEL）",
                "the part's key, unique among open parts of the kind (CEL)",
            ),
            "holder": key(EXPRESSION, "由谁承办（CEL）", "who holds it (CEL)"),
            "set": key(SET, "子件字段的初值", "first values of the part's fields"),
        }
    )
)
START = one_or_many(
    Record(
        {
            "lifecycle": key(
                refers(LIFECYCLE_NAME, *NAME_RULE),
                "另开一件哪种案件",
                "which lifecycle to open a case of",
                required=True,
            ),
            "link": key(FIELD_REF, "本案中记住新案的字段（type: case）", "the field (type: case) that remembers it"),
            "created_by": key(EXPRESSION, "新案算谁提出的（CEL）", "who counts as its creator (CEL)"),
            "set": key(SET, "新案字段的初值", "first values of its fields"),
        }
    )
)
NUMBER = Either(
    Text(zh="编号样式，或 {字段: 编号样式}", en="a template, or {field: template}"),
    scalar=TEMPLATE,
    table=Named(FIELD_KEY, TEMPLATE, expected=Text(zh="一组“字段: 编号样式”", en="fields and templates")),
)
EFFECTS = {
    "set": key(SET, "写入本案的字段", "writes fields of the case"),
    "open": key(OPEN, "开子件", "opens parts"),
    "close": key(PARTS_REF, "关闭这些未结的子件", "closes the open parts of these kinds"),
    "number": key(NUMBER, '编号，如 "{settings.term}-{seq:03}"', 'gives a number, such as "{settings.term}-{seq:03}"'),
    "start": key(START, "同时另开一件案件", "opens another case at the same time"),
}


_DONE = {
    "label": LABEL_KEY,
    "by": key(
        ROLES_REF, "谁可以做：角色，any 任何人，engine 由引擎自动", "who may: roles, any, or engine", required=True
    ),
    "ask": key(ASKS, "做的时候要填什么", "what is asked for with it"),
    "require": key(
        one_or_many(FIELD_REF),
        "此时必须已填好的字段（空着的可随命令填写；已填的只有此时可修改它的人能改）",
        "fields that must be filled by now (an empty one may come with the command; a filled one is changed only by who may edit it here)",
    ),
    "note": key(choice(("required", "optional")), "是否必须写说明", "whether a note must be written"),
    "if": key(IF, "还须成立的条件", "conditions that must hold besides"),
    "within": key(WITHIN, "开件后多久之内可做", "how long after the opening it may be done"),
}
ROUTE = Record(
    {
        "when": key(CONDITION, "走这条路的条件（CEL）", "the condition for this route (CEL)"),
        "else": key(ONLY_TRUE, "以上都不成立时走这条", "taken where none of the others holds"),
        "to": key(STATE_REF, "到哪个状态，或 origin", "the state it leads to, or origin", required=True),
        **EFFECTS,
    },
    one_of=(("when", "else"),),
)
TRANSITION = Record(
    {
        "label": LABEL_KEY,
        "from": key(
            STATES_REF,
            "从哪些状态；列表表示“或”，any 为所有未结状态",
            "from which states; a list means or, any means all that are not final",
            required=True,
        ),
        "to": key(
            STATE_REF, "到哪个状态；origin 为回到原状态", "the state it leads to; origin: back where it was before"
        ),
        "routes": key(
            ListOf(ROUTE, Text(zh="至少一条路", en="a route at least"), least=1),
            "分路：恰有一条成立",
            "alternatives, of which exactly one must hold",
        ),
        **_DONE,
        **EFFECTS,
    },
    one_of=(("to", "routes"),),
)
ACT = Record(
    {
        "label": LABEL_KEY,
        "in": key(STATES_REF, "在哪些状态可做；any 为全部状态", "in which states; any: all of them", required=True),
        **_DONE,
        "at_most_every": key(WITHIN, "两次之间至少隔多久", "how long to wait before doing it again"),
        **EFFECTS,
    }
)
_ACTION = name(ACTION_NAME, words.RESERVED_ACTIONS)
TRANSITIONS = Named(_ACTION, TRANSITION, expected=Text(zh="一组流转", en="a mapping of transitions"), keep=True)
ACTS = Named(_ACTION, ACT, expected=Text(zh="一组办理动作", en="a mapping of acts"), keep=True)

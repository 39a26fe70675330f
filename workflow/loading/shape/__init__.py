"""The shape of a lifecycle file: the one place where it is written.

Validation (`forms`) and the published JSON Schema (`schema`) are derived from these declarations; every key has
a line in Chinese and English, which editors show. What names refer to is checked later (`compiling`).
"""

from __future__ import annotations

from workflow.core.model import Text
from workflow.loading import words
from workflow.loading.forms import Again, ListOf, Named, Record, one_or_many
from workflow.loading.shape.actions import ACTS, GUARD, ROLE, TRANSITIONS
from workflow.loading.shape.annexes import DEADLINES, EXPECT, INVARIANTS, METRICS, MIGRATE, NOTICES, TALLIES
from workflow.loading.shape.base import (
    ACTION_REF,
    DEADLINE_NAME,
    FIELD_REF,
    GUARD_NAME,
    LABEL_KEY,
    LIFECYCLE_NAME,
    OUTCOMES,
    PART_NAME,
    ROLE_NAME,
    ROLE_REF,
    ROLES_OR_NONE,
    ROLES_REF,
    SETTING_NAME,
    STATE_NAME,
    STATE_REF,
    key,
)
from workflow.loading.shape.fields import FIELDS, SETTING, VALUE
from workflow.loading.words import BOOL, CONDITION, choice, exactly, name, refers, whole

JOIN = one_or_many(
    Record(
        {
            "when": key(CONDITION, "一旦成立（CEL）", "as soon as this holds (CEL)", required=True),
            "take": key(ACTION_REF, "引擎就做这个流转", "the engine takes this transition", required=True),
        }
    )
)
STATE = Record(
    {
        "label": LABEL_KEY,
        "final": key(choice(OUTCOMES), "终结状态及其结果", "an end, and of what kind"),
        "edit": key(
            Named(ROLE_REF, ListOf(FIELD_REF, Text(zh="字段列表", en="a list of fields")), Text(zh="一组“角色: [字段]”", en="roles and their fields")),
            "谁可在此状态修改哪些字段",
            "who may change which fields in this state",
        ),
        "join": key(JOIN, "汇合：条件成立时由引擎继续", "goes on by itself when a condition holds"),
        "waits_for": key(ROLES_OR_NONE, "此时等谁（待办清单）；不写则为可流转的各角色", "on whose to-do list it stands; without it: all who can move it"),
        "pauses": key(one_or_many(refers(DEADLINE_NAME)), "在此状态停计的时限", "deadlines that stand still in this state"),
        "states": key(Again("states", lambda: STATES), "下级状态（名称写作 上级.下级）", "states within this one (named outer.inner)"),
        "initial": key(STATE_REF, "进入本状态时先到哪个下级状态", "which inner state is entered first"),
    }
)  # fmt: skip
STATES: Named = Named(
    name(STATE_NAME, words.RESERVED_STATES), STATE, expected=Text(zh="一组状态", en="a mapping of states"), keep=True
)
_KIND = {
    "label": LABEL_KEY,
    "initial": key(STATE_REF, "最初的状态", "the first state", required=True),
    "fields": key(FIELDS, "字段", "fields"),
    "states": key(STATES, "状态", "states", required=True),
    "transitions": key(TRANSITIONS, "流转：使案件换状态的动作", "what moves a case from state to state"),
    "acts": key(ACTS, "办理动作：只记录，不换状态", "what people do that moves nothing: recorded all the same"),
}
PART = Record(
    {
        **_KIND,
        "outlives": key(BOOL, "主件终结后仍可不结", "may stay open when the case itself has ended"),
        "blind": key(
            Record({"until": key(CONDITION, "在此条件成立之前（CEL）", "before this holds (CEL)", required=True)}),
            "背靠背：此前除承办者外看不到内容",
            "nobody but the holder reads its values before that",
        ),
    }
)


LIFECYCLE = Record(
    {
        "casework": key(exactly(1), "本语言的版本，写 1", "the version of this language: 1", required=True),
        "lifecycle": key(name(LIFECYCLE_NAME), "本流程的名称", "the name of this lifecycle", required=True),
        "version": key(whole(1, 999_999), "版本号；发布后内容不再变，修改须用新号", "raised by the author; a published version never changes", required=True),
        **_KIND,
        "opened_by": key(ROLES_REF, "谁可以提出（不写为任何人）", "who may open a case (without it: anybody)"),
        "proxies": key(ROLES_REF, "谁可以代他人办理（代录入）", "who may act on behalf of others"),
        "counted_from": key(STATE_REF, "报表按首次进入此状态的日期归期", "reports date a case by its first entry into this state"),
        "settings": key(Named(name(SETTING_NAME, words.RESERVED_WORDS), SETTING, Text(zh="一组设置", en="a mapping of settings"), keep=True), "各地可改的数", "what a place may change"),
        "roles": key(Named(name(ROLE_NAME, words.RESERVED_ROLES), ROLE, Text(zh="一组角色", en="a mapping of roles"), keep=True), "角色：对本案而言谁是谁", "who is who for a case"),
        "guards": key(Named(name(GUARD_NAME), GUARD, Text(zh="一组守卫条件", en="a mapping of guards"), keep=True), "守卫条件：供 if 引用", "conditions with a sentence, for `if`"),
        "parts": key(Named(name(PART_NAME, words.RESERVED_WORDS), PART, Text(zh="一组子件", en="a mapping of parts"), keep=True), "子件：有自己流程的下属案件", "cases under the case, with a small lifecycle of their own"),
        "deadlines": key(DEADLINES, "时限", "named clocks"),
        "notices": key(NOTICES, "通知", "who is told of what"),
        "metrics": key(METRICS, "统计指标", "printed figures and rates"),
        "tallies": key(TALLIES, "统计表：件数与条次", "tables of parts: cases and items"),
        "invariants": key(INVARIANTS, "每次办理后都须成立的条件", "what must hold after every command"),
        "expect": key(EXPECT, "对流程的期望，供检查", "what is expected of the whole, to be checked"),
        "migrate": key(MIGRATE, "从旧版迁来的对照", "how cases of an older version come over"),
    }
)  # fmt: skip

PROFILE = Record(
    {
        "casework-profile": key(exactly(1), "本格式的版本，写 1", "the version of this format: 1", required=True),
        "place": key(name(Text(zh="地方", en="place")), "地方的名称（英文）", "the name of the place", required=True),
        "label": LABEL_KEY,
        "lifecycles": key(
            Named(
                name(LIFECYCLE_NAME),
                Record(
                    {
                        "settings": key(
                            Named(name(SETTING_NAME), VALUE),
                            "在此地不同的设置",
                            "settings that differ here",
                            required=True,
                        )
                    }
                ),
                expected=Text(zh="一组流程", en="a mapping of lifecycles"),
            ),
            "各流程的设置",
            "settings for each lifecycle",
            required=True,
        ),
    }
)

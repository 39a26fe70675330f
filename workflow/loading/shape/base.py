"""What every chapter of the language uses: labels, references to names, and a short way to write a key."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.loading import words
from workflow.loading.forms import Either, Form, Key, Record, one_or_many
from workflow.loading.words import FILLED, name, refers

FIELD_TYPES = ("text", "int", "bool", "date", "choice", "code", "list", "record", "party", "case")
SETTING_TYPES = ("text", "int", "bool", "date", "duration", "list", "codes")
OUTCOMES = ("successful", "unsuccessful", "cancelled")

LIFECYCLE_NAME = Text(zh="流程", en="lifecycle")
STATE_NAME = Text(zh="状态", en="state")
ROLE_NAME = Text(zh="角色", en="role")
FIELD_NAME = Text(zh="字段", en="field")
GUARD_NAME = Text(zh="守卫条件", en="guard")
PART_NAME = Text(zh="子件", en="part")
ACTION_NAME = Text(zh="动作", en="action")
TRANSITION_NAME = Text(zh="流转", en="transition")
SETTING_NAME = Text(zh="设置", en="setting")
DEADLINE_NAME = Text(zh="时限", en="deadline")


def key(form: Form, zh: str, en: str, *, required: bool = False) -> Key:
    """A key of a record, with its line in both languages."""
    return Key(form, Text(zh=zh, en=en), required)


STATE_REF = refers(STATE_NAME)
STATES_REF = one_or_many(STATE_REF, least=1)
ROLE_REF = refers(ROLE_NAME)
ROLES_REF = one_or_many(ROLE_REF, least=1)
ROLES_OR_NONE = one_or_many(ROLE_REF)
PART_REF = refers(PART_NAME)
PARTS_REF = one_or_many(PART_REF)
FIELD_REF = refers(FIELD_NAME)
ACTION_REF = refers(ACTION_NAME)
FIELD_KEY = name(FIELD_NAME, words.RESERVED_WORDS | words.BUILT_IN)

LANGUAGES = {"zh": key(FILLED, "中文", "in Chinese"), "en": key(FILLED, "英文", "in English")}
_LABEL_TEXT = Text(zh="文字，或 {zh: 中文, en: 英文}", en="a text, or {zh: Chinese, en: English}")
LABEL = Either(_LABEL_TEXT, scalar=FILLED, table=Record(LANGUAGES, some_of=(("zh", "en"),), expected=_LABEL_TEXT))
LABEL_KEY = key(LABEL, "给人看的名称", "the name that people see")

"""Settings and fields: what is known of a case, and what a place may change."""

from __future__ import annotations

from workflow.core.model import Text
from workflow.loading.forms import Again, Anything, Either, ListOf, Named, Record
from workflow.loading.nodes import Node, Scalar, Table
from workflow.loading.problems import Problems
from workflow.loading.shape.base import FIELD_KEY, FIELD_TYPES, LABEL, LABEL_KEY, LANGUAGES, SETTING_TYPES, key
from workflow.loading.words import BOOL, BOUND, CODE, FILLED, choice

CODES = Named(
    CODE,
    Either(
        Text(zh="名称，或 {label: 名称, means: 含义}", en="a label, or {label: …, means: …}"),
        scalar=FILLED,
        table=Record(
            {
                **LANGUAGES,
                "label": LABEL_KEY,
                "means": key(CODE, "统计时的含义，与字母无关", "what statistics call it, whatever the letter"),
            },
            some_of=(("label", "zh", "en"),),
        ),
    ),
    expected=Text(zh="一组“代码: 名称”", en="a mapping of codes and labels"),
)

VALUE = Anything(Text(zh="与 type 相符的值", en="a value that fits `type`"))

SETTING = Record(
    {
        "type": key(choice(SETTING_TYPES), "值的类型", "the type of the value", required=True),
        "default": key(VALUE, "各地未另设时的值", "the value where a place sets no other", required=True),
        "label": LABEL_KEY,
    }
)

_TYPE = choice(FIELD_TYPES, Text(zh="字段类型，", en="a type, "))
_FIELD_TEXT = Text(zh="类型名，或 {type: 类型, …}", en="a type, or {type: …, …}")


def _field_form(*, typed: bool) -> Either:
    keys = {
        "type": key(_TYPE, "字段类型", "the type of the field", required=typed),
        "label": LABEL_KEY,
        "required": key(BOOL, "是否必填", "whether it must be filled"),
        "default": key(VALUE, "未填时的值", "the value where none is given"),
        "index": key(BOOL, "可用于查找与统计", "can be searched for and counted"),
        "personal": key(BOOL, "个人信息", "personal data"),
        "min": key(BOUND, "下限：数的大小、文字的字数、列表的项数", "least number, characters or items"),
        "max": key(BOUND, "上限：数的大小、文字的字数、列表的项数", "greatest number, characters or items"),
        "of": key(OPTIONS, "choice 的选项；code 的设置；case 的流程", "choices; a setting of codes; a lifecycle"),
        "item": key(Again("item", lambda: ITEM), "列表每一项的类型或字段", "what each item of a list is"),
        "fields": key(Again("fields", lambda: FIELDS), "record 的字段", "the fields of a record"),
        "follow": key(BOOL, "所指案件变动时重看本案的汇合条件", "look at joins again whenever the other case moves"),
    }
    return Either(_FIELD_TEXT, scalar=_TYPE, table=Record(keys, expected=_FIELD_TEXT))


OPTIONS = Either(
    Text(zh="选项列表、“选项: 名称”，或 settings.某项", en="a list of choices, choices with labels, or settings.…"),
    scalar=FILLED,
    table=Named(CODE, LABEL, expected=Text(zh="一组“选项: 名称”", en="choices and their labels")),
    items=ListOf(CODE, Text(zh="选项列表", en="a list of choices")),
)
FIELD = _field_form(typed=True)
ASK = _field_form(typed=False)
FIELDS = Named(FIELD_KEY, FIELD, expected=Text(zh="一组字段", en="a mapping of fields"), keep=True)
ASKS = Named(FIELD_KEY, ASK, expected=Text(zh="一组要填的字段", en="a mapping of fields to ask for"), keep=True)


class ItemForm:
    """A list's item: a single type where there is a scalar key `type`, else a record of fields."""

    expected = Text(zh="类型名、{type: …}，或一组字段", en="a type, {type: …}, or a mapping of fields")

    def check(self, node: Node, problems: Problems) -> Node | None:
        if isinstance(node, Table) and not isinstance(node.entries.get("type"), Scalar):
            return FIELDS.check(node, problems)
        return FIELD.check(node, problems)


ITEM = ItemForm()

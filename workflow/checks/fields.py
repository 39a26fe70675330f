"""Fields, settings and inputs: what nobody fills, nobody uses, or is lost."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.catalogue import Finding, check
from workflow.checks.subject import Subject, Where, named, names_of
from workflow.core.model import ROOT, Expression, Field, Kind, Text, Transition

_READING = ("case", "input", "parent")  # where a personal value is read from


@check(
    "never_filled",
    "warning",
    Text("从来没有人填的字段", "A field that is read and never filled"),
    Text("条件、指标读这个子件字段，却没有一处填它（edit、ask、require、set、open 的 set）：读到的永远是空。",
         "Conditions or metrics read this field of a part, and nothing fills it (edit, ask, require, set, `set` of `open`): it is always empty."),
    Text("在办理它的流转里写 ask 或 require", "write `ask` or `require` in the transition where it is known"),
    """\
parts: {opinion: {fields: {grade: {type: text, label: {zh: 等次, en: Grade}}}}}
transitions: {grant: {if: [{when: 'parts.opinion.all(o, o.grade == null)', else: {zh: 有评等, en: There are grades}}]}}""",
)  # fmt: skip
def never_filled(subject: Subject) -> Iterator[Finding]:
    """Fields of parts that are read and never written; those of the case itself may come with its opening."""
    for name, kind in subject.lifecycle.parts.items():
        for field in kind.fields.values():
            if field.name in subject.read[name] and field.name not in subject.written[name]:
                called = named(field.label, field.name)
                text = Text(
                    f"字段“{called.zh}”有人读，却从来没有人填", f"the field {called.en} is read and never filled"
                )
                yield Finding(subject.at(kind, "fields", field.name), text)


@check(
    "unused_field",
    "warning",
    Text("没有用到的字段", "A field that nothing uses"),
    Text("没有一处填它，也没有一处读它。", "Nothing fills it, and nothing reads it."),
    Text("在 edit、ask 或 require 里用上它，或删去；只随立件一起给的字段请写 index 或 default",
         "use it in `edit`, `ask` or `require`, or delete it; one that comes only with the opening has `index` or `default`"),
    "fields: {colour: {type: text, label: {zh: 颜色, en: Colour}}}",
)  # fmt: skip
def unused_field(subject: Subject) -> Iterator[Finding]:
    """Fields neither written nor read; a link may be filled by the case that starts this one."""
    for kind in subject.kinds:
        for field in kind.fields.values():
            idle = field.name not in subject.written[kind.name] and field.name not in subject.read[kind.name]
            if idle and not (field.required or field.index or (field.type == "case" and kind.name == ROOT)):
                called = named(field.label, field.name)
                text = Text(f"字段“{called.zh}”没有用到", f"the field {called.en} is not used")
                yield Finding(subject.at(kind, "fields", field.name), text)


@check(
    "unset_required",
    "error",
    Text("打开子件时缺必填字段", "A part opened without what it requires"),
    Text("子件的字段写了 required（须一打开就有值），而 open 的 set 没有给它：引擎会拒绝，这一步永远做不成。",
         "A field of the part is `required` (filled from the beginning), and `set` of the `open` does not give it: the engine refuses, always."),
    Text("在 open 的 set 里给它，或把 required 改为办理时的 require",
         "give it in `set` of the `open`, or let the transition `require` it instead"),
    "parts: {opinion: {fields: {view: {required: true}}}}",
)  # fmt: skip
def unset_required(subject: Subject) -> Iterator[Finding]:
    """Openings that leave a required field without a value."""
    for each in subject.openings:
        given = {name for name, _ in each.opening.set}
        for field in subject.lifecycle.parts[each.opening.part].fields.values():
            if field.required and field.default is None and field.name not in given:
                called = named(field.label, field.name)
                text = Text(
                    f"打开“{each.opening.part}”时没有给必填的“{called.zh}”",
                    f"{each.opening.part!r} is opened without {called.en}, which is required",
                )
                yield Finding(each.where, text)


@check(
    "unused_setting",
    "warning",
    Text("没有用到的设置", "A setting that nothing uses"),
    Text("各地可以改它，改了却什么也不变。", "A place may change it, and nothing changes."),
    Text("写 settings.名称 用上它，或删去", "use it as `settings.NAME`, or delete it"),
    "settings: {copies: {type: int, default: 3, label: {zh: 份数, en: Copies}}}",
)  # fmt: skip
def unused_setting(subject: Subject) -> Iterator[Finding]:
    """Settings of which the file never speaks."""
    for name, setting in subject.lifecycle.settings.items():
        if name not in subject.settings_named:
            called = named(setting.label, name)
            yield Finding(
                ("settings", name), Text(f"设置“{called.zh}”没有用到", f"the setting {called.en} is not used")
            )


@check(
    "ask_overwritten",
    "warning",
    Text("问了又被改写的值", "An answer that is overwritten"),
    Text("动作问了这个字段，自己又用 set 写它：办理人填的值马上没有了。",
         "The action asks for this field, and its `set` writes it: what the person gave is lost at once."),
    Text("去掉 ask 或 set 里的一个", "take it out of `ask` or of `set`"),
    "transitions: {deny: {ask: {days: {}}, set: {days: '1'}}}",
)  # fmt: skip
def ask_overwritten(subject: Subject) -> Iterator[Finding]:
    """Asked fields that the same action sets without looking at what was given."""
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            asked = {field.name for field in transition.asks} & set(kind.fields)
            for name, expression in transition.effects.set:
                read = {(root, own) for _, root, own in names_of(expression)}
                if name in asked and read.isdisjoint({("case", name), ("input", name)}):
                    text = Text(
                        f"“{transition.name}”问了“{name}”，又用 set 改写了它",
                        f'"{transition.name}" asks for {name!r} and overwrites it with `set`',
                    )
                    yield Finding(subject.action_at(kind, transition, "set", name), text)


@check(
    "unused_input",
    "warning",
    Text("问了不用的值", "An answer that nobody uses"),
    Text("动作问了这个值，而它不是案件的字段，这个动作也没有一处用 input 读它：只留在审计记录里。",
         "The action asks for it, it is no field of the case, and nothing in the action reads it as `input`: it is kept in the audit trail alone."),
    Text("写成案件的字段，或用 input.名称 用上它，或不问", "make it a field of the case, use it as `input.NAME`, or do not ask"),
    "transitions: {deny: {ask: {mood: {type: text, label: {zh: 心情, en: Mood}}}}}",
)  # fmt: skip
def unused_input(subject: Subject) -> Iterator[Finding]:
    """Asked values that are neither stored nor read."""
    read: dict[tuple[str, str], set[str]] = {}
    for clause in subject.clauses:
        if clause.transition is not None:
            own = read.setdefault((clause.kind, clause.transition.name), set())
            own.update(name for _, root, name in names_of(clause.expression) if root == "input")
    for kind in subject.kinds:
        for transition in kind.transitions.values():
            used = read.get((kind.name, transition.name), set())
            for field in transition.asks:
                if field.name not in kind.fields and field.name not in used and transition.extends is None:
                    called = named(field.label, field.name)
                    text = Text(
                        f"“{transition.name}”问了“{called.zh}”，却没有用到",
                        f'"{transition.name}" asks for {called.en} and does not use it',
                    )
                    yield Finding(subject.action_at(kind, transition, "ask", field.name), text)


@check(
    "single_choice",
    "warning",
    Text("没得选的选项", "A choice with nothing to choose"),
    Text("选项或代码不到两个：填不填都一样，或忘了写其余的。", "There are fewer than two choices or codes: nothing to choose, or the rest was forgotten."),
    Text("补上其余的选项，或改用 type: bool", "add the other choices, or use `type: bool`"),
    "fields: {days: {default: 1}, kind: {type: choice, of: {ill: {zh: 病假, en: Ill}}, index: true, label: {zh: 种类, en: Kind}}}",
)  # fmt: skip
def single_choice(subject: Subject) -> Iterator[Finding]:
    """Choices and codes with one entry or none."""
    for _, _, where, field in every_field(subject):
        if field.type in ("choice", "code") and len(field.choices) < 2:
            called = named(field.label, field.name)
            one = "、".join(field.choices) or "（无）"
            text = Text(
                f"“{called.zh}”只有一个选项：{one}",
                f"{called.en} has one choice only: {', '.join(field.choices) or '(none)'}",
            )
            yield Finding(where, text)


def every_field(subject: Subject) -> Iterator[tuple[Kind, Transition | None, Where, Field]]:
    """Every declared field of a kind, and every value that an action asks for and no field declares."""
    for kind in subject.kinds:
        for field in kind.fields.values():
            yield kind, None, subject.at(kind, "fields", field.name), field
            yield from (
                (kind, None, subject.at(kind, "fields", field.name, "item", each.name), each) for each in _inner(field)
            )
        for transition in kind.transitions.values():
            for field in transition.asks:
                if field.name not in kind.fields and transition.extends is None:
                    where = subject.action_at(kind, transition, "ask", field.name)
                    yield kind, transition, where, field
                    yield from ((kind, transition, (*where, "item", each.name), each) for each in _inner(field))


def _inner(field: Field) -> tuple[Field, ...]:
    return (field.item.fields if field.item is not None else ()) + field.fields


@check(
    "personal_in_the_open",
    "warning",
    Text("公开了的个人信息", "Personal data in the open"),
    Text("标为 personal 的字段又写了 index（可查找、可统计）、被写进编号、作为件的标题，或被 set、open 抄到没有标 personal 的地方："
         "抹去个人信息以后，它仍在别处。",
         "A `personal` field is also `index` (searched and counted), goes into a number, is the title of the case, or is copied by `set` or "
         "`open` to what is not personal: when personal data are erased it is still there."),
    Text("去掉 index，不要把它写进编号；抄到的字段也写 personal: true",
         "take `index` out, leave it out of the number; write `personal: true` on the copy too"),
    "fields: {phone: {type: text, personal: true, index: true, label: {zh: 电话, en: Telephone}}}",
)  # fmt: skip
def personal_in_the_open(subject: Subject) -> Iterator[Finding]:
    """Personal fields that are indexed, numbered by, titles, or copied to what is not personal."""
    numbered = {
        (clause.kind, name)
        for clause in subject.clauses
        if clause.role == "number"
        for _, root, name in names_of(clause.expression)
        if root == "case"
    }
    for kind in subject.kinds:
        for field in kind.fields.values():
            if field.holds_personal and (field.index or (kind.name, field.name) in numbered):
                found = _open_to_all(field.label, field.name, Text("索引或编号", "an index or a number"))
                yield Finding(subject.at(kind, "fields", field.name), found)
    fields = subject.lifecycle.root.fields
    title = fields.get("title") or next((each for each in fields.values() if each.type == "text"), None)
    if title is not None and title.personal:
        found = _open_to_all(title.label, title.name, Text("件的标题", "the title of the case"))
        yield Finding(subject.at(subject.lifecycle.root, "fields", title.name), found)
    for where, kind, _, effects in subject.effects():
        for name, expression in effects.set:
            yield from _copied(subject, (*where, "set", name), kind.name, expression, kind.name, name)
        for n, opening in enumerate(effects.open):
            for name, expression in opening.set:
                yield from _copied(subject, (*where, "open", n, "set"), kind.name, expression, opening.part, name)
            if opening.key is not None:
                yield from _copied(subject, (*where, "open", n, "key"), kind.name, opening.key, opening.part, "")


def _copied(subject: Subject, where: Where, kind: str, expression: Expression, to: str, name: str) -> Iterator[Finding]:
    """The personal values that `expression` reads for the field `name` of `to`, where that is not personal."""
    personal = subject.lifecycle.personal
    if name in personal.get(to, ()):
        return
    for whole, root, read in names_of(expression):
        if read.partition(".")[0] in personal.get(ROOT if root == "parent" else kind, ()) and root in _READING:
            place = Text(f"“{name or 'key'}”", repr(name or "key"))
            yield Finding(where, _open_to_all(Text(), whole, place))


def _open_to_all(label: Text, name: str, place: Text) -> Text:
    called = named(label, name)
    return Text(
        f"个人信息“{called.zh}”写进了{place.zh}，抹去后仍在那里",
        f"the personal field {called.en} goes into {place.en}, where it stays when it is erased",
    )

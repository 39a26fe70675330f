"""A lifecycle to begin with: a file that can be published as it is, with a comment on each chapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workflow.core.model import Language
from workflow.editing.laying_out import laid_out
from workflow.loading import load

_PLAIN = re.compile(r"[^\W\d_][\w ]*\w|[^\W\d_]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_WORDS = frozenset("true false null yes no on off y n".split())


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the author says of a new lifecycle. `units`: it is handled by several units, each with a part of its own;
    `screeners` and `handlers` are groups of people. `months` is the time to reply; `comments` the language of these.
    """

    name: str
    zh: str = ""
    en: str = ""
    submitter: str = ""
    screener: str = ""
    handler: str = ""
    screeners: str = "screeners"
    handlers: str = "handlers"
    units: bool = False
    months: int = 3
    languages: Literal["zh", "en", "both"] = "both"
    comments: Language = "zh"


def is_name(word: str) -> bool:
    """Whether a word can name a lifecycle."""
    return _NAME.fullmatch(word) is not None


def begun(answers: Beginning, *, schema: str, file: str = "") -> str:
    """The text of the file; `schema` is where editors find the schema, from the file's own folder.

    Raises LifecycleInvalid where the answers give no lifecycle: a name that is none, a label with control characters.
    """
    text = _Writer(answers).text(schema)
    load(text, file=file)
    result = laid_out(text, file=file)
    load(result, file=file)
    return result


class _Writer:
    """Puts the answers into sentences of the language."""

    def __init__(self, answers: Beginning) -> None:
        self.answers = answers

    def text(self, schema: str) -> str:
        return "\n".join(
            [f"# yaml-language-server: $schema={schema}", *self._head(), *self._people(), *self._states(),
             *self._transitions(), *self._parts(), *self._rest(), ""]
        )  # fmt: skip

    def _head(self) -> list[str]:
        one = self.answers
        title = self._label(one.zh or one.name, one.en or one.name)
        return [
            "#",
            self._says(f"{one.zh or one.name}：在这里用一两句话写明这是什么事，怎样算办结。", f"{one.en or one.name}: say here in a sentence or two what this is about, and when it is done."),
            "casework: 1",
            self._says("改好以后 casework lifecycle check 本文件，没有问题再 casework lifecycle publish；每个键的说明见 docs/lifecycle-format.md。", "When it is as it should be, `casework lifecycle check` it, then `casework lifecycle publish`; docs/lifecycle-format.md explains every key."),
            f"lifecycle: {one.name}",
            self._says("发布以后内容不再变：要改就先把版本号加一。", "A published version never changes: raise the number to change anything."),
            "version: 1",
            f"label: {title}",
            "initial: draft",
            "",
            self._says("各地可以不同的数，不写进下面的规则里。", "Numbers that may differ by place stay out of the rules below."),
            "settings:",
            f"  reply_within: {{type: duration, default: {one.months}mo, label: {self._label('办复期限', 'Time to reply')}}}",
        ]  # fmt: skip

    def _people(self) -> list[str]:
        one = self.answers
        submitter = self._label(one.submitter or "提出人", one.submitter or "Submitter")
        screener = self._label(one.screener or "审查人", one.screener or "Screener")
        handler = self._label(one.handler or "承办单位", one.handler or "Handler")
        holds = "{is: case.holder, label: %s}" if one.units else "{group: " + _word(one.handlers) + ", label: %s}"
        return [
            "",
            self._says("谁是谁：is 是对本件而言的某一方，group 是一组人（casework people add … --group …）。", "Who is who: `is` names a party of the case at hand, `group` a group of people."),
            "roles:",
            f"  submitter: {{is: parent.created_by, label: {submitter}}}",
            f"  screener: {{group: {_word(one.screeners)}, label: {screener}}}",
            f"  handler: {holds % handler}",
            "",
            self._says("每件登记哪些内容。", "What is recorded of each case."),
            "fields:",
            f"  title: {{type: text, max: 120, required: true, index: true, label: {self._label('标题', 'Title')}}}",
            f"  content: {{type: text, label: {self._label('内容', 'Content')}}}",
            *([] if one.units else [f"  reply: {{type: text, label: {self._label('答复', 'Reply')}}}"]),
        ]  # fmt: skip

    def _states(self) -> list[str]:
        lines = [
            "",
            self._says("有哪些状态；final 是终结。", "The states; `final` is an end."),
            "states:",
            f"  draft: {{label: {self._label('草稿', 'Draft')}, edit: {{submitter: [title, content]}}}}",
            f"  submitted: {{label: {self._label('已提交', 'Submitted')}}}",
        ]
        if self.answers.units:
            lines += [
                self._says("各单位都答复以后，引擎自动往下走。", "Goes on by itself as soon as every unit has replied.", "  "),
                "  assigned:",
                f"    label: {self._label('已交办', 'Assigned')}",
                "    waits_for: []",
                "    join: {when: 'parts.assignment.all(a, !a.open)', take: consolidate}",
            ]  # fmt: skip
        else:
            lines.append(f"  handling: {{label: {self._label('办理中', 'Being handled')}}}")
        return [
            *lines,
            f"  replied: {{label: {self._label('已答复', 'Replied')}, waits_for: [screener]}}",
            f"  closed: {{label: {self._label('办结', 'Closed')}, final: successful}}",
            f"  refused: {{label: {self._label('不予受理', 'Refused')}, final: unsuccessful}}",
            f"  withdrawn: {{label: {self._label('撤回', 'Withdrawn')}, final: cancelled}}",
        ]

    def _transitions(self) -> list[str]:
        one = self.answers
        lines = [
            "",
            self._says("谁在哪个状态下可以办什么，办了到哪里。", "Who may do what in which state, and where it leads."),
            "transitions:",
            f"  submit: {{label: {self._label('提交', 'Submit')}, from: draft, to: submitted, by: [submitter], require: [title, content], number: '{one.name}-{{seq:03}}'}}",
            f"  send_back: {{label: {self._label('退回修改', 'Send back')}, from: submitted, to: draft, by: [screener], note: required}}",
            f"  refuse: {{label: {self._label('不予受理', 'Refuse')}, from: submitted, to: refused, by: [screener], note: required}}",
            f"  withdraw: {{label: {self._label('撤回', 'Withdraw')}, from: [draft, submitted], to: withdrawn, by: [submitter]}}",
        ]  # fmt: skip
        if not one.units:
            return [
                *lines,
                f"  accept: {{label: {self._label('受理', 'Accept')}, from: submitted, to: handling, by: [screener]}}",
                f"  reply: {{label: {self._label('答复', 'Reply')}, from: handling, to: replied, by: [handler], ask: {{reply: {{required: true}}}}}}",
                f"  close: {{label: {self._label('办结', 'Close')}, from: replied, to: closed, by: [screener]}}",
            ]
        return [
            *lines,
            self._says("交办：每个单位各开一件。", "Opens a part for each unit.", "  "),
            "  assign:",
            f"    label: {self._label('交办', 'Assign')}",
            "    from: submitted",
            "    to: assigned",
            "    by: [screener]",
            f"    ask: {{units: {{type: list, item: {{type: party}}, min: 1, required: true, label: {self._label('承办单位', 'Units')}}}}}",
            "    open: {part: assignment, each: input.units, as: u, key: u, holder: u}",
            f"  consolidate: {{label: {self._label('各单位均已答复', 'All units have replied')}, from: assigned, to: replied, by: [engine]}}",
            f"  close: {{label: {self._label('办结', 'Close')}, from: replied, to: closed, by: [screener]}}",
        ]

    def _parts(self) -> list[str]:
        if not self.answers.units:
            return []
        return [
            "",
            self._says("分件：各单位办的那一份，有自己的状态和期限。", "Parts: each unit's share, with states and a deadline of its own."),
            "parts:",
            "  assignment:",
            f"    label: {self._label('承办件', 'Assignment')}",
            "    initial: unsigned",
            f"    fields: {{reply: {{type: text, label: {self._label('答复', 'Reply')}}}}}",
            "    states:",
            f"      unsigned: {{label: {self._label('待签收', 'Not signed for')}}}",
            f"      handling: {{label: {self._label('办理中', 'Being handled')}}}",
            f"      replied: {{label: {self._label('已答复', 'Replied')}, final: successful}}",
            "    transitions:",
            f"      sign: {{label: {self._label('签收', 'Sign for it')}, from: unsigned, to: handling, by: [handler]}}",
            f"      reply: {{label: {self._label('答复', 'Reply')}, from: handling, to: replied, by: [handler], ask: {{reply: {{required: true}}}}}}",
        ]  # fmt: skip

    def _rest(self) -> list[str]:
        units = self.answers.units
        counts = "of: assignment, from: opened, until: replied" if units else "in: handling"
        return [
            "",
            self._says("时限：到期前提醒；逾期要通知或自动办理，写 overdue。", "Deadlines: reminders before the end; for what happens afterwards write `overdue`."),
            "deadlines:",
            f"  reply_due: {{label: {self._label('办复期限', 'Time to reply')}, {counts}, within: settings.reply_within, warn: [15d, 7d]}}",
            "",
            self._says("统计指标：casework report 按此计算。", "What `casework report` counts."),
            "metrics:",
            f"  received: {{label: {self._label('收到', 'Received')}, count: {{reached: submitted}}}}",
            f"  replied_rate: {{label: {self._label('办复率', 'Reply rate')}, count: {{reached: replied}}, of: {{reached: submitted}}}}",
            "",
            self._says("对流程的期望：检查时核对。", "What is expected of the whole, to be checked."),
            "expect:",
            "  - {from: any, can_reach: [closed, refused, withdrawn]}",
            "  - {never: closed, without_passing: replied}",
        ]  # fmt: skip

    def _says(self, zh: str, en: str, indent: str = "") -> str:
        return f"{indent}# {zh if self.answers.comments == 'zh' else en}"

    def _label(self, zh: str, en: str) -> str:
        said = {"zh": zh, "en": en}
        chosen = said if self.answers.languages == "both" else {self.answers.languages: said[self.answers.languages]}
        return "{" + ", ".join(f"{name}: {_word(text)}" for name, text in chosen.items()) + "}"


def _word(text: str) -> str:
    """A text as YAML: as it is where it can be nothing else, else in quotes."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else "'" + text.replace("'", "''") + "'"

"""The sentences that scenarios are written in: what each says in Chinese and in English, and the function it stands for.

A sentence is a text with `{words}`. `{who}` and the like stand for a name (in quotes where it has spaces), most others
for what stands between quotes; `{subject}`, `{thing}`, `{clock}`, `{input}` and `{because}` for the phrases listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workflow.core.model import Language, Text

Table = Sequence[Sequence[str]]

_NAME = r"“[^“”]+”|\"[^\"]+\"|[^\s“”\"、，,：:]+?(?<!可以)(?<!不能)(?<!没有)"
_NUMBER = r"\d+"
_TEXT = r"[^“”\"]*?"
TIME = r"\d{4}年\d{1,2}月\d{1,2}日(?:\s?\d{1,2}:\d{2})?|\d{4}-\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2})?"
_AS_SAID = {
    "who": _NAME, "whose": _NAME, "other": _NAME, "lifecycle": r"[^“”\"，：]+?", "when": TIME, "n": _NUMBER,
    "of": _NUMBER, "letter": "[A-Z]", "rest": ".+", "explanation": ".+", "items": _NUMBER,
}  # fmt: skip
_PHRASES = {
    "zh": {
        "input": r"(?P<input>(?:，(?!因为)[^“”，：]+“[^“”]*”)*(?:，填写(?:“[^“”]+”)?：)?)",
        "because": r"(?:，因为“(?P<because>[^“”]*)”)?",
        "table": r"(?:，填写：)?",
    },
    "en": {
        "input": r"(?P<input>(?: with (?:the )?[^\"]+? \"[^\"]*\"(?: and (?:the )?[^\"]+? \"[^\"]*\")*)?(?: with(?: \"[^\"]+\")?:)?)",
        "because": r"(?:, because \"(?P<because>[^\"]*)\")?",
        "table": r"(?: with:)?",
    },
}
_ALTERNATIVES = {
    "zh": {
        "subject": ("对“{case}”", "在“{case}”的“{part}”上", "在“{case}”中{whose}的“{part}”上"),
        "thing": ("“{case}”", "“{case}”中{whose}的“{part}”"),
        "clock": (
            "“{case}”的“{deadline}”",
            "“{case}”中{whose}的“{deadline}”",
            "“{case}”中{whose}的“{part}”的“{deadline}”",
        ),
    },
    "en": {
        "subject": ('on "{case}"', 'on their "{part}" of "{case}"', 'on the "{part}" of {whose} in "{case}"'),
        "thing": ('"{case}"', 'the "{part}" of {whose} in "{case}"'),
        "clock": (
            'the "{deadline}" of "{case}"',
            'the "{deadline}" of {whose} in "{case}"',
            'the "{deadline}" of the "{part}" of {whose} in "{case}"',
        ),
    },
}
_SHOWN = {
    "zh": {
        "input": "［，{field}“{value}” …］［，填写：］",
        "because": "［，因为“{sentence}”］",
        "table": "［，填写：］",
    },
    "en": {
        "input": '[ with {field} "{value}" and …][ with:]',
        "because": '[, because "{sentence}"]',
        "table": "[ with:]",
    },
}
_WORDS = {
    "who": "谁", "whose": "谁", "other": "被代的人", "case": "件", "lifecycle": "流程", "action": "动作", "part": "分件",
    "field": "字段", "value": "值", "text": "值", "state": "状态", "sentence": "理由", "when": "日期", "n": "几", "of": "几",
    "name": "设置", "role": "角色", "notice": "通知", "deadline": "期限", "metric": "指标", "new": "名称",
    "explanation": "说明",
}  # fmt: skip
_VALUE = re.compile(r"，(?!填写“)([^“”，：]+?)为?“([^“”]*)”|(?: with| and) (?:the )?([^\"]+?) \"([^\"]*)\"")
_LONG = re.compile(r"，填写“([^“”]+)”：$| with \"([^\"]+)\":$")


@dataclass(frozen=True)
class Sentence:
    """One sentence in one language, and what it does: `do` takes the office and what stands for its words."""

    text: str
    language: Language
    do: Callable[..., None]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the text of a step must match as a whole."""
        return pattern(self.text, self.language)

    @property
    def shown(self) -> str:
        """The sentence as a list of sentences prints it: what may be left out in brackets."""
        text = self.text
        for name, phrase in _SHOWN[self.language].items():
            text = text.replace(f"{{{name}}}", phrase)
        if self.language == "en":
            return text
        return re.sub(r"\{(\w+)\}", lambda found: f"{{{_WORDS[found[1]]}}}", text)

    def said(self, text: str) -> dict[str, str] | None:
        """What stands for the words of the sentence in `text`; None where it is another sentence."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        return {name: unquoted(found) for name, found in match.groupdict().items() if found is not None}


@dataclass
class Chapter:
    """Sentences that belong together, under a heading, with what a reader must know about them."""

    heading: Text
    about: Text = Text()
    sentences: list[Sentence] = field(default_factory=list)

    def says(self, *, zh: Sequence[str], en: Sequence[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Makes the function below it the meaning of these sentences."""

        def register(function: Callable[..., None]) -> Callable[..., None]:
            for language, texts in (("zh", zh), ("en", en)):
                spoken: Language = "zh" if language == "zh" else "en"
                self.sentences += [
                    Sentence(each, spoken, function) for text in texts for each in variants(text, spoken)
                ]
            return function

        return register


def variants(text: str, language: Language) -> Iterator[str]:
    """The text once for each way to say its `{subject}`, `{thing}` or `{clock}`."""
    for name, ways in _ALTERNATIVES[language].items():
        if f"{{{name}}}" in text:
            yield from (text.replace(f"{{{name}}}", way) for way in ways)
            return
    yield text


def pattern(text: str, language: Language = "zh") -> re.Pattern[str]:
    """A regular expression for a sentence, with a group for each of its words."""
    phrases: dict[str, str] = _PHRASES[language]

    def word(found: re.Match[str]) -> str:
        name = found[1]
        return phrases[name] if name in phrases else f"(?P<{name}>{_AS_SAID.get(name, _TEXT)})"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", word, re.escape(text)) + "$")


def unquoted(name: str) -> str:
    """A name without the quotes around it."""
    return name[1:-1] if len(name) > 2 and (name[0], name[-1]) in (("“", "”"), ('"', '"')) else name


def given(input: str, table: Table | None, text: str | None) -> dict[str, str]:
    """What a step says of fields, by the names it calls them: inline, in the rows of its table, in its long text."""
    found = {(match[1] or match[3]): (match[2] if match[1] else match[4]) for match in _VALUE.finditer(input)}
    found |= {row[0]: row[1] for row in table or () if len(row) > 1}
    long = _LONG.search(input)
    if long is not None and text is not None:
        found[long[1] or long[2]] = text
    return found


def cell(row: Sequence[str], headings: Sequence[str], *names: str) -> str:
    """What stands under the first of the headings `names` that there is; "" where there is none."""
    return next((row[n] for n, heading in enumerate(headings) if heading in names), "")

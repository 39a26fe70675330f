"""An administrator breaks the shipped proposal lifecycle in ten ways, and is told where, what and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Casework
from workflow.cli.width import columns

PROPOSAL = (Path(__file__).parents[2] / "definitions" / "proposal.yaml").read_text("utf-8")


@dataclass(frozen=True)
class Mistake:
    """`old`, which is there once, becomes `new`; then `code` is told at `under` (the text above the ^)."""

    old: str
    new: str
    exit_code: int
    code: str
    under: str
    zh: str
    en: str
    to_do_zh: str
    to_do_en: str


MISTAKES = {
    "a state misspelt": Mistake(
        "to: reply_review}", "to: reply_reveiw}", 2, "unknown_name", "reply_reveiw",
        "是否指“reply_review”？", 'did you mean "reply_review"?', "改正名称", "put the name right",
    ),
    "a role misspelt": Mistake(
        "by: [office]                 # enters", "by: [ofice]                 # enters", 2, "unknown_name", "ofice]",
        "没有名为“ofice”的角色", 'there is no role "ofice"', "改正名称", "put the name right",
    ),
    "a field misspelt in a condition": Mistake(
        "when: '!case.secret'", "when: '!case.secrt'", 2, "condition", ".secrt'",
        "是否指“secret”？", "did you mean 'secret'?", "看 ^ 所指处", "look at the ^",
    ),
    "indentation": Mistake(
        "  refuse:\n    label: {zh: 不予立案, en: Do not file}", "  refuse:\n   label: {zh: 不予立案, en: Do not file}", 2,
        "syntax", "from: submitted", "缩进", "lines up with the keys above", "看 ^ 所指处和它上面一行", "line above it",
    ),
    "an end without an end": Mistake(
        "label: {zh: 不予立案, en: Not filed}, final: unsuccessful}", "label: {zh: 不予立案, en: Not filed}}", 2,
        "dead_end", "refused:", "状态“不予立案（refused）”没有出路", "nothing leaves Not filed (refused)",
        "写一个从此状态出发的流转", "write a transition from here",
    ),
    "a short cut past the reply": Mistake(
        "    from: suspended\n    to: origin", "    from: suspended\n    to: evaluated", 2, "expectation_broken", "closed,",
        "不经过 已答复（replied） 也能到“办结（closed）”：草稿（draft） —提交（submit）→ 已提交（submitted） "
        "—中止（suspend）→ 中止（suspended） —恢复（resume）→ 已评价（evaluated） —办结（close）→ 办结（closed）",
        "Closed (closed) can be reached without passing Replied (replied): Draft (draft) —Submit (submit)→ "
        "Submitted (submitted) —Suspend (suspend)→ Suspended (suspended) —Resume (resume)→ Evaluated (evaluated) "
        "—Close (close)→ Closed (closed)",
        "改正流转使期望成立", "change the transitions so that it holds",
    ),
    "an action for nobody": Mistake(
        "    to: refused\n    by: [committee]", "    to: refused\n    by: [unit]", 2, "nobody_may", "unit]",
        "“不予立案（refuse）”谁也做不了", "nobody can do Do not file (refuse)", "有人担任的角色", "name a role that somebody holds",
    ),
    "routes that overlap": Mistake(
        "          - {else: true, to: replied}", "          - {when: case.part == \"lead\", to: replied}", 0,
        "overlapping_routes", 'case.part == "lead"', '例如 settings.reply_review = true, case.part = "lead"',
        'for example with settings.reply_review = true, case.part = "lead"', "互不相容", "exclude each other",
    ),
    "a join that may wait for ever": Mistake(
        "join: {when: 'parts.feedback.all(f, !f.open)'", "join: {when: 'parts.feedback.all(f, f.state == \"returned\")'", 0,
        "starving_join", "'parts.feedback", '例如 parts.feedback = [{"state": "no_response"}]',
        'for example with parts.feedback = [{"state": "no_response"}]', "让条件也接受这种情形", "let the condition accept this case",
    ),
    "a guard that stops nothing": Mistake(
        "when: 'input.units.size() == 1 ||", "when: 'input.units.size() >= 1 ||", 0, "always_true", "'input.units.size()",
        "恒成立，拦不住什么", "always holds for the declared fields", "改正条件", "put the condition right",
    ),
    "a reminder in months": Mistake(
        "within: settings.feedback_within, warn: [3d]", "within: settings.feedback_within, warn: [3mo]", 0,
        "warn_too_early", "3mo]", "只有 15bd，却要提前 3mo 提醒", "has 15bd, and reminds 3mo before", "把 warn 写短", "make `warn` shorter",
    ),
    "a notice to nobody": Mistake(
        "- {after: refuse, to: [proposers]", "- {after: refuse, to: [unit]", 0, "notice_to_nobody", "unit]",
        "没有人是“承办单位（unit）”", "nobody is Handling unit (unit)", "改为有人担任的角色", "name a role that somebody holds",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_place_the_code_the_sentence_and_what_to_do(run: Casework, here: Path, name: str, language: str) -> None:
    mistake = MISTAKES[name]
    assert 1 == PROPOSAL.count(mistake.old)
    text = PROPOSAL.replace(mistake.old, mistake.new)
    (here / "proposal.yaml").write_text(text, "utf-8")

    said = run("lifecycle", "check", "proposal.yaml", "--lang", language)

    lines = (said.err or said.out).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("proposal.yaml:") and f" {mistake.code} " in line)
    sentence, shown, caret, to_do = lines[at : at + 4]
    number, column = (int(each) for each in sentence.split(" ")[0].split(":")[1:])
    assert mistake.exit_code == said.code
    assert (mistake.zh if language == "zh" else mistake.en) in sentence
    assert text.splitlines()[number - 1][column - 1 :].startswith(mistake.under)
    assert columns(shown[: shown.index(mistake.under)]) == caret.index("^") == len(caret) - 1
    assert (mistake.to_do_zh if language == "zh" else mistake.to_do_en) in to_do


def test_there_are_ten_ways_and_more() -> None:
    assert 10 <= len(MISTAKES)

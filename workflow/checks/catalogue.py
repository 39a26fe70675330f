"""Everything that can be said about a lifecycle file, by its code: how grave it is, why it matters, what to do.

A check is declared where it is made (`@check` over its function), a problem of the loader in `workflow.checks.loaded`;
`CATALOGUE` has them all once `workflow.checks` is imported. `docs/checks.md` is written from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from workflow.checks.subject import Subject, Where
from workflow.core.model import Place, Text

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: where (a path of keys, or a place that is known already), and a sentence."""

    where: Where | Place
    text: Text


Run = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the catalogue. `example` is laid over `SOUND` and brings about exactly this finding."""

    code: str
    severity: Severity
    title: Text
    why: Text
    hint: Text
    example: str = ""
    run: Run | None = None


CATALOGUE: dict[str, Check] = {}


def declare(code: str, severity: Severity, title: Text, why: Text, hint: Text, example: str = "") -> None:
    """An entry for what is found elsewhere: by the loader, or in templates."""
    assert code not in CATALOGUE, code
    CATALOGUE[code] = Check(code, severity, title, why, hint, example)


def check(code: str, severity: Severity, title: Text, why: Text, hint: Text, example: str) -> Callable[[Run], Run]:
    """Makes a check of a function that looks at a lifecycle and says what it finds."""

    def decorate(run: Run) -> Run:
        assert code not in CATALOGUE, code
        CATALOGUE[code] = Check(code, severity, title, why, hint, example, run)
        return run

    return decorate


SOUND = """\
casework: 1
lifecycle: leave
version: 1
label: {zh: 请假, en: Leave}
initial: draft
roles:
  applicant: {is: parent.created_by, label: {zh: 申请人, en: Applicant}}
  head: {group: heads, label: {zh: 领导, en: Head}}
  advisor: {is: case.holder, label: {zh: 征求意见对象, en: Advisor}}
fields:
  days: {type: int, required: true, min: 1, max: 30, label: {zh: 天数, en: Days}}
states:
  draft: {label: {zh: 草稿, en: Draft}, edit: {applicant: [days]}}
  asked:
    label: {zh: 待批, en: Asked}
    join: {when: 'parts.opinion.all(o, !o.open)', take: settle}
  decided: {label: {zh: 待定, en: To be decided}}
  granted: {label: {zh: 同意, en: Granted}, final: successful}
  denied: {label: {zh: 不同意, en: Denied}, final: unsuccessful}
transitions:
  ask:
    label: {zh: 申请, en: Ask}
    from: draft
    to: asked
    by: [applicant]
    ask: {advisors: {type: list, item: party, required: true, label: {zh: 征求谁的意见, en: Advisors}}}
    open: {part: opinion, each: input.advisors, as: a, key: a, holder: a}
  settle: {label: {zh: 意见收齐, en: All opinions are in}, from: asked, to: decided, by: [engine]}
  recall: {label: {zh: 撤回, en: Recall}, from: asked, to: draft, by: [applicant], close: [opinion]}
  grant: {label: {zh: 批准, en: Grant}, from: decided, to: granted, by: [head]}
  deny: {label: {zh: 不批准, en: Deny}, from: decided, to: denied, by: [head], note: required}
parts:
  opinion:
    label: {zh: 意见, en: Opinion}
    initial: open
    fields: {view: {type: text, label: {zh: 意见, en: View}}}
    states:
      open: {label: {zh: 待提, en: Open}}
      given: {label: {zh: 已提, en: Given}, final: successful}
      none: {label: {zh: 未提, en: None given}, final: cancelled}
    transitions:
      give: {label: {zh: 提出意见, en: Give it}, from: open, to: given, by: [advisor], require: [view]}
      lapse: {label: {zh: 逾期未提, en: Lapse}, from: open, to: none, by: [engine]}
deadlines:
  opinion_due:
    label: {zh: 提意见期限, en: Time for an opinion}
    of: opinion
    in: open
    within: 5d
    warn: 1d
    overdue: {take: lapse}
notices:
  - {after: ask, to: [parts.opinion.holder], template: asked}
  - {after: settle, to: [head], template: to_decide}
  - {after: grant, to: [applicant], template: decided}
  - {after: deny, to: [applicant], template: decided}
"""

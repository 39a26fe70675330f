"""A small whole lifecycle, and ways to break it at one place."""

from __future__ import annotations

from workflow.core.errors import LifecycleInvalid, Problem
from workflow.loading import load

LEAVE = """\
casework: 1
lifecycle: leave
version: 1
label: {zh: 请假, en: Leave}
initial: draft
settings:
  longest: {type: duration, default: 5bd}
  grounds: {type: codes, default: {ill: 病假, own: {label: 事假, means: private}}}
  term: {type: int, default: 11}
roles:
  applicant: {is: case.created_by, label: {zh: 申请人, en: Applicant}}
  head: {group: heads}
  advisor: {is: case.holder}
fields:
  days: {type: int, min: 1, max: 30, label: 天数}
  ground: {type: code, of: settings.grounds}
  reason: text
guards:
  short:
    when: case.days < 10
    else: {zh: 不超过十天, en: Ten days at most}
states:
  draft: {label: 草稿, edit: {applicant: [days, reason]}}
  asked:
    label: 待批
    join: {when: "parts.opinion.all(p, !p.open)", take: settle}
  granted: {label: 同意, final: successful}
  denied: {label: 不同意, final: unsuccessful}
transitions:
  ask:
    from: draft
    to: asked
    by: applicant
    require: [days, ground]
    if: short
    open: {part: opinion, each: '["h1", "h2"]', as: h, key: h, holder: h}
    number: "L{settings.term:03}-{seq:03}"
  settle:
    from: asked
    by: engine
    routes:
      - {when: 'parts.opinion.all(p, p.yes)', to: granted}
      - {else: true, to: denied}
acts:
  remind: {in: asked, by: any, at_most_every: settings.longest, note: required}
parts:
  opinion:
    label: 意见
    initial: open
    fields: {yes: {type: bool, default: false}}
    states: {open: {}, given: {final: successful}}
    transitions:
      give: {from: open, to: given, by: advisor, ask: {yes: {required: true}}}
deadlines:
  opinion_due: {of: opinion, from: opened, until: given, within: settings.longest, overdue: {notify: late, to: [head]}}
notices:
  - {after: ask, to: [parts.opinion.holder, head], template: asked}
metrics:
  granted_rate: {count: {reached: granted}, of: {reached: [granted, denied]}}
"""


def broken(old: str, new: str, text: str = LEAVE) -> list[Problem]:
    """The problems of `text` after `old`, which is there once, was replaced by `new`."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return problems(text.replace(old, new))


def problems(text: str) -> list[Problem]:
    """Everything that is wrong with `text`; an empty list where it can be loaded."""
    try:
        load(text, file="leave.yaml")
    except LifecycleInvalid as invalid:
        return list(invalid.problems)
    return []

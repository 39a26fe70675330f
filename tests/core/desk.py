"""One small office for the tests of the core, and a file of it that is walked by hand."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.model import Actor, Case, Command, File, Lifecycle, Linked, NumberWanted, Refusal
from workflow.core.run import Ran, Supply, run, run_open, settle

OFFICE = """
casework: 1
lifecycle: matter
version: 1
label: {zh: 事项, en: Matter}
initial: draft
opened_by: [member]
proxies: [clerk]
settings:
  term: {type: int, default: 11}
  window: {type: duration, default: 5bd}
  reasons: {type: codes, default: {secret: 涉密, vague: 空泛}}
roles:
  member: {group: members, label: {zh: 委员, en: a member}}
  owner: {is: parent.created_by, label: {zh: 提出人, en: the owner}}
  friends: {is: parent.friends}
  clerk: {group: clerks, label: {zh: 经办人, en: a clerk}}
  unit: {is: case.holder, label: {zh: 承办单位, en: the unit}}
  desk: {any_of: [clerk, owner]}
  nobody: {is: "parent.pages > 3 ? 'x' : 'y'"}
fields:
  title: {type: text, max: 20, required: true, label: {zh: 标题, en: Title}}
  body: text
  pages: int
  friends: {type: list, item: party}
  category: {type: choice, of: [economy, culture]}
  urgent: {type: bool, default: false}
  count: int
  double: int
  receipt: text
  note_no: text
  lead: {type: case, of: matter, follow: true}
  letter: {type: case, of: letter}
guards:
  long_enough: {when: case.body.size() > 2, else: {zh: 正文太短, en: The body is too short}}
  one_lead: {when: 'input.units.filter(u, u.part == "lead").size() == 1', else: {zh: 须有一个主办, en: Name one lead}}
states:
  draft: {label: {zh: 草稿, en: Draft}, edit: {owner: [title, body], friends: [body, pages]}}
  review:
    label: {zh: 审查, en: Review}
    initial: first
    states: {first: {label: {zh: 初审, en: First}}, second: {label: {zh: 复审, en: Second}}}
  at_work:
    label: {zh: 办理, en: At work}
    waits_for: [clerk]
    join: {when: 'parts.task.size() > 0 && parts.task.all(t, !t.open)', take: gather}
  merged: {join: {when: 'linked.lead.state == "done"', take: follow_lead}}
  gathered: {label: {zh: 汇总, en: Gathered}}
  paused: {}
  spinning: {join: {when: 'true', take: spin}}
  stuck: {join: {when: 'case.pages > 1', take: gather}}
  done: {label: {zh: 办结, en: Done}, final: successful}
  dropped: {final: cancelled}
transitions:
  submit:
    from: draft
    to: review
    by: [owner]
    require: [title, body]
    if: [long_enough]
    number: "{settings.term:03}-{seq:03}"
    label: {zh: 提交, en: Submit}
  recall: {from: review, to: draft, by: [owner]}
  pass: {from: review.first, to: review.second, by: [clerk]}
  assign:
    from: [review.second, at_work]
    to: at_work
    by: [clerk]
    ask:
      units: {type: list, item: {unit: {type: party, required: true}, part: {type: choice, of: [lead, co]}}, required: true}
    if: [one_lead]
    open: {part: task, each: input.units, as: u, key: u.unit, holder: u.unit, set: {part: u.part}}
    set: {count: input.units.size(), double: case.count * 2}
    number: {receipt: "收{seq:04}号", note_no: "{case.category}-{seq:01}"}
  gather: {from: [at_work, stuck], to: gathered, by: [engine]}
  merge: {from: review, to: merged, by: [clerk], ask: {lead: {required: true}}}
  follow_lead: {from: merged, to: gathered, by: [engine]}
  decide:
    from: gathered
    by: [clerk]
    ask: {yes: bool, again: bool}
    routes:
      - {when: input.yes == true && case.pages != 9, to: done}
      - {when: input.again == true, to: at_work, open: {part: task, each: 'parts.task.filter(t, t.latest)', as: t, key: t.key, holder: t.holder}, set: {urgent: "true"}}
      - {when: case.pages == 7, to: dropped}
  settle:
    from: gathered
    by: [clerk]
    routes: [{when: case.pages > 5, to: done}, {else: true, to: dropped}]
  peek: {from: gathered, by: [clerk], routes: [{when: case.pages > 5, to: done}]}
  drop: {from: [review, at_work], to: dropped, by: [clerk], note: required, close: [task]}
  finish: {from: [at_work, gathered], to: done, by: [clerk]}
  reopen: {from: done, to: review, by: [clerk]}
  pause: {from: [review, at_work], to: paused, by: [desk], note: required}
  resume: {from: paused, to: origin, by: [desk]}
  lost: {from: draft, to: origin, by: [owner]}
  to_letter:
    from: review
    to: dropped
    by: [clerk]
    ask: {consent: {type: bool, required: true}}
    start: {lifecycle: letter, link: letter, set: {title: case.title}}
  spin: {from: [draft, spinning], to: spinning, by: [engine, owner]}
  jam: {from: draft, to: stuck, by: [owner]}
  twice: {from: review, to: at_work, by: [clerk], open: [{part: task, key: "'same'"}, {part: task, key: "'same'"}]}
  unheld: {from: review, to: at_work, by: [clerk], open: {part: task, key: "'k'", holder: case.category}}
  lacking: {from: review, to: at_work, by: [clerk], open: {part: promise}}
  misset: {from: review, to: at_work, by: [clerk], set: {category: case.title}}
  break: {from: review, to: at_work, by: [clerk], set: {count: case.pages + 1}}
  promise: {from: at_work, to: at_work, by: [clerk], ask: {what: {type: text, required: true}}, open: {part: promise, set: {what: input.what}}}
  blame: {from: review, to: done, by: [nobody]}
acts:
  urge: {in: at_work, by: [clerk], at_most_every: 3bd, label: {zh: 催办, en: Urge}}
  remark: {in: any, by: [any], note: required}
parts:
  task:
    label: {zh: 任务, en: Task}
    initial: fresh
    fields: {part: {type: choice, of: [lead, co]}, answer: text}
    blind: {until: 'parts.task.all(t, !t.open)'}
    states: {fresh: {}, asked_back: {waits_for: [clerk]}, back: {final: cancelled}, done: {final: successful}}
    transitions:
      answer: {from: fresh, to: done, by: [unit], require: [answer]}
      ask_back: {from: fresh, to: asked_back, by: [unit], within: settings.window, note: required, label: {zh: 申请退回, en: Ask back}}
      give_back: {from: asked_back, to: back, by: [clerk], ask: {unit: {type: party, required: true}}, open: {part: task, key: input.unit, holder: input.unit, set: {part: case.part}}}
      keep: {from: asked_back, to: fresh, by: [clerk], close: [task]}
  promise:
    initial: open
    outlives: true
    fields: {what: {type: text, required: true}}
    states: {open: {}, kept: {final: successful}}
    transitions: {keep: {from: open, to: kept, by: [clerk]}}
notices:
  - {after: submit, to: [clerk, friends, "parent.friends", "parent.created_by"], template: submitted}
  - {after: assign, to: [parts.task.holder], template: assigned}
  - {after: task.answer, to: ["parent.pages > 1 ? 'a' : 'b'"], template: answered}
invariants:
  counted: {in: gathered, holds: case.pages != 13}
"""

LETTER = """
casework: 1
lifecycle: letter
version: 1
initial: sent
opened_by: [postman]
roles: {postman: {group: postmen}}
fields:
  title: {type: text, max: 10, required: true}
  origin: {type: case, of: matter}
  urgent: {type: bool, default: false}
states: {sent: {final: successful}}
"""

MEMBER = Actor("m1", "甲", groups=frozenset({"members"}))
CLERK = Actor("c1", "乙", groups=frozenset({"clerks"}))
EDU = Actor("e1", "丙", unit="edu")
HEALTH = Actor("h1", "丁", unit="health")
MONDAY = micros(datetime(2022, 3, 7, 9, tzinfo=OFFICE_ZONE))
DAY = 86_400_000_000


class Desk:
    """A file on the desk, and the pen to move it."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.now = MONDAY
        self.file: File = None  # type: ignore[assignment]
        self.steps: list[Any] = []
        self._ids = count(1)
        self._numbers: dict[str, int] = {}
        self.others: dict[str, Linked] = {}

    @property
    def supply(self) -> Supply:
        return Supply(self.now, "test", lambda: f"id{next(self._ids)}", self._draw, china(), self.others.get)

    def _draw(self, wanted: NumberWanted) -> str:
        seq = self._numbers[wanted.prefix] = self._numbers.get(wanted.prefix, 0) + 1
        return wanted.format(seq)

    def open(self, actor: Actor = MEMBER, **values: Any) -> Ran | Refusal:
        return self._keep(run_open(self.lifecycle, Command("open", actor, values), self.supply))

    def do(
        self, action: str, actor: Actor = CLERK, *, on: Case | None = None, note: str | None = None, **input: Any
    ) -> Ran | Refusal:
        case = on.id if on else self.file.root.id
        return self._keep(run(self.lifecycle, self.file, case, Command(action, actor, input, note), self.supply))

    def settle(self) -> Ran | Refusal | None:
        answer = settle(self.lifecycle, self.file, self.supply)
        return self._keep(answer) if answer is not None else None

    def _keep(self, answer: Ran | Refusal) -> Ran | Refusal:
        if isinstance(answer, Ran):
            self.file = answer.file
            self.steps += answer.steps
        return answer

    def part(self, key: str) -> Case:
        return [p for p in self.file.parts if p.key == key][-1]


def codes(answer: object) -> list[str]:
    assert isinstance(answer, Refusal), f"expected a refusal, not {answer}"
    return [blocker.code for blocker in answer.blockers]

"""What there is in the office of a test: its cases and their parts, what is shown of them, who waits, who was told."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.core.explaining import Account
from workflow.core.model import ROOT, Actor, Case, File, Kind, Language, Lifecycle, Text
from workflow.core.record import Record
from workflow.engine import Engine
from workflow.figures import Figure
from workflow.reporting import report
from workflow.testing.failing import StepFailed, hold
from workflow.testing.words import all_names, field_named, key_of, part_named, said
from workflow.timers import accounts


@dataclass(frozen=True, slots=True)
class Subject:
    """What a step is about: a case by its nickname, or its last `part` that `whose` holds."""

    case: str
    part: str | None = None
    whose: str | None = None

    def named(self, zh: str, en: str) -> Text:
        """Something of it, as the sentences of a failure call it."""
        if self.part is None:
            return Text(f"“{self.case}”{zh and '的'}{zh}", f"{en} {self.case!r}")
        return Text(
            f"“{self.case}”中{self.whose}的“{self.part}”{zh and '的'}{zh}",
            f"{en} the {self.part!r} of {self.whose} in {self.case!r}",
        )


class Looking:
    """The part of the office that changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cases: dict[str, str] = {}
        self._account: Account | None = None

    def actor(self, name: str, on_behalf_of: str | None = None, of: Case | None = None) -> Actor:
        """The person called so."""
        raise NotImplementedError

    def expect_nothing_refused(self) -> None:
        """Raises StepFailed where a refusal was not looked at."""
        raise NotImplementedError

    # -- cases

    def file(self, nickname: str) -> File:
        """The case and all its parts; raises StepFailed where no case is called so."""
        hold(
            nickname in self.cases,
            f"没有一件叫“{nickname}”" + (f"；有：{'、'.join(self.cases)}" if self.cases else "；还没有新建"),
            f"no case is called {nickname!r}" + (f"; there are: {', '.join(self.cases)}" if self.cases else ""),
        )
        return self.engine.case(self.cases[nickname])

    def case(self, nickname: str) -> Case:
        """The case itself."""
        return self.file(nickname).root

    def parts(self, nickname: str, part: str, of: str | None = None) -> list[Case]:
        """Its parts of one kind in the order of opening, those that `of` holds or all."""
        file = self.file(nickname)
        kind = part_named(self.lifecycle_of(file.root), part)
        return [p for p in file.parts if p.kind == kind and (of is None or of in (p.holder, p.key))]

    def part(self, nickname: str, part: str, of: str | None = None) -> Case:
        """The last of them; raises StepFailed where there is none."""
        found = self.parts(nickname, part, of)
        if not found:
            holders = [p.holder or p.key for p in self.parts(nickname, part)]
            raise StepFailed(
                Text(
                    f"“{nickname}”没有{of or ''}{'的' if of else ''}“{part}”"
                    + (f"；有：{'、'.join(holders)}的" if holders else ""),
                    f"{nickname} has no {part}"
                    + (f" of {of}" if of else "")
                    + (f"; there are those of {', '.join(holders)}" if holders else ""),
                )
            )
        return found[-1]

    def looked_at(self, on: Subject) -> Case:
        """The case or part that a step looks at; nothing refused may be left."""
        self.expect_nothing_refused()
        return self.case(on.case) if on.part is None else self.part(on.case, on.part, on.whose)

    def state(self, nickname: str, part: str | None = None, of: str | None = None) -> str:
        """The key of the state it is in."""
        return (self.case(nickname) if part is None else self.part(nickname, part, of)).state

    def state_names(self, case: Case) -> tuple[str, ...]:
        """Everything its state may be called, in Chinese first."""
        return all_names(case.state, self.kind(case).states[case.state].label)

    def shown(self, case: Case, field: str, language: Language = "zh") -> str:
        """The value of a field as people read it; "" where it is empty. Another case is shown by its nickname."""
        fields = self.kind(case).fields
        declared = fields[field_named(fields, field)]
        value = case.values.get(declared.name)
        nicknames = {id: nickname for nickname, id in self.cases.items()}
        return nicknames.get(str(value), "") if declared.type == "case" else said(declared, value, language)

    def call(self, nickname: str, on: Subject, field: str) -> None:
        """Remember the case that a field of another one names; raises StepFailed where it names none."""
        case = self.looked_at(on)
        fields = self.kind(case).fields
        named = case.values.get(field_named(fields, field))
        hold(isinstance(named, str), f"“{field}”没有指向另一件", f"{field!r} names no other case")
        self.cases[nickname] = str(named)

    # -- people

    def waits_for(self, nickname: str, who: str) -> bool:
        """Whether the case or one of its parts stands on somebody's to-do list."""
        root = self.case(nickname)
        actor = self.actor(who, of=root)
        return any(waiting.case.root == root.id for waiting in self.engine.todo(actor, limit=1000))

    def sees(self, who: str, nickname: str, part: str, of: str | None = None) -> bool:
        """Whether the values of the part are shown to somebody, where there are any."""
        shown = self.engine.case(self.cases[nickname], actor=self.actor(who)).case(self.part(nickname, part, of).id)
        return bool(shown.values)

    def told(self, who: str, nickname: str, notice: str) -> int:
        """How many records of the case called for a notice to somebody (himself, his unit, his groups): those of an
        action called so, or with a template of that name.
        """
        parties, found = self._parties(who, nickname), 0
        for record in self.history(nickname):
            templates = {each["template"] for each in record.get("out", ()) if each["to"] in parties}
            found += notice in templates or bool(templates and notice in self.action_names(nickname, record))
        return found

    def told_by_clock(self, who: str, nickname: str, deadline: str, event: str) -> int:
        """How often a deadline of the case, by key or label, told somebody of an event: `warn`, `overdue`."""
        parties = self._parties(who, nickname)
        clocks = self.lifecycle_of(self.case(nickname)).clocks.values()
        name = key_of({each.name: each for of in clocks for each in of}, deadline, Text("期限", "deadline"))
        return sum(
            any(notice["to"] in parties for notice in record.get("out", ()))
            for record in self.history(nickname)
            if record["kind"] == "timer" and record["action"] == name and record["timer"]["event"].startswith(event)
        )

    def _parties(self, who: str, nickname: str) -> frozenset[str]:
        self.expect_nothing_refused()
        return self.actor(who, of=self.case(nickname)).parties()

    # -- records, deadlines, figures

    def history(self, nickname: str) -> tuple[Record, ...]:
        """The records of the case and its parts, in order."""
        return self.engine.history(self.file(nickname).root.id)

    def records(self, nickname: str, who: str) -> tuple[Record, ...]:
        """The same, as far as somebody may read them."""
        return self.engine.history(self.file(nickname).root.id, actor=self.actor(who))

    def action_names(self, nickname: str, record: Record) -> tuple[str, ...]:
        """Everything the action of a record may be called, in Chinese first."""
        action, case = str(record["action"]), self.file(nickname).case(str(record["case"]))
        transition = self.kind(case).transitions.get(action)
        return all_names(action, transition.label if transition is not None else Text())

    def account(self, on: Subject, deadline: str) -> Account:
        """A deadline as it stands now, by key or label, of the case or part; where somebody is named and no part, of
        the last part he holds that has it. Raises StepFailed where it has not begun.
        """
        found = self.clocks(on, deadline)
        hold(found, f"“{deadline}”还没有开始计算", f"{deadline!r} has not begun")
        self._account = found[-1]
        return self._account

    def clocks(self, on: Subject, deadline: str) -> list[Account]:
        """The same, where there may be several or none."""
        case = self.looked_at(Subject(on.case) if on.part is None else on)
        file, declared = self.file(on.case), self.lifecycle_of(case).clocks
        held = [part for part in file.parts if on.whose in (part.holder, part.key)]
        meant = [case] if on.part is not None or on.whose is None else held
        hold(meant, f"“{on.case}”里没有{on.whose}的分件", f"{on.whose} holds no part of {on.case!r}")
        known = {each.name: each for one in meant for each in declared.get(one.kind, ())}
        name = key_of(known, deadline, Text("期限", "deadline"))
        return [account for one in meant for each, account in accounts(self.engine, one.id, name) if each.id == one.id]

    def last_account(self) -> Account:
        """The deadline that was spoken of last."""
        if self._account is None:
            raise StepFailed(Text("前面没有说到期限", "no deadline was spoken of before"))
        return self._account

    def figure(self, lifecycle: str, metric: str) -> Figure:
        """A metric of a lifecycle, by key or by label as far as its bracket, over all cases as they stand now."""
        self.expect_nothing_refused()
        figures = report(self.engine, self.lifecycle_called(lifecycle).name).figures
        names = {
            each.id: {
                each.id,
                *(text.split(mark)[0].strip() for text in (each.label.zh, each.label.en) for mark in ("（", "(", "\n")),
            }
            for each in figures
        }
        found = [each for each in figures if metric in names[each.id]]
        if len(found) != 1:
            known = {each.id: each for each in figures}
            return known[key_of(known, metric, Text("指标", "metric"))]
        return found[0]

    # -- lifecycles

    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """The newest version of each that is published."""
        return tuple(self.engine.lifecycle(name) for name in dict.fromkeys(p.name for p in self.engine.lifecycles()))

    def lifecycle_called(self, name: str) -> Lifecycle:
        """The published lifecycle of that key or label, the only one for ""; raises StepFailed where there is none."""
        known = {each.name: each for each in self.lifecycles()}
        if not name and len(known) == 1:
            return next(iter(known.values()))
        names = [(each.label.zh or each.name, each.label.en or each.name) for each in known.values()]
        hold(
            name,
            f"要写明是哪一种：{'、'.join(zh for zh, _ in names)}",
            f"say which lifecycle: {', '.join(en for _, en in names)}",
        )
        return known[key_of(known, name, Text("流程", "lifecycle"))]

    def lifecycle_of(self, case: Case) -> Lifecycle:
        """The version that the case follows."""
        return self.engine.lifecycle(case.lifecycle, case.version)

    def kind(self, case: Case) -> Kind:
        """The declarations of the case or part."""
        return self.lifecycle_of(case).kind(case.kind or ROOT)

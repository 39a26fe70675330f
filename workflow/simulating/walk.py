"""One case among its people: who takes what up, when it is done, and what happens when nobody can do anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from workflow.core import clocks
from workflow.core.decide import accepted_fields
from workflow.core.model import (
    EDIT,
    OPEN,
    ROOT,
    Actor,
    Case,
    Field,
    Linked,
    Micros,
    Refusal,
)
from workflow.core.run import Ran
from workflow.simulating.checks import OWN_FAULTS, at_an_end
from workflow.simulating.course import Course, Deed
from workflow.simulating.habits import STAY
from workflow.simulating.inputs import Inputs
from workflow.simulating.office import Office

MOST_DEEDS = 1000  # of one case; what has not ended by then does not end
TRIES = 60  # inputs for one command
OTHER_TRIES = 8  # where each try needs a case of its own to link to
LOOKS = 20  # how often somebody comes back after three days, for it may only have been too early
WITH_INPUT = frozenset({"guard", "missing", "invalid", "no_route", "open_parts"})  # another input may be accepted


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody will do; without an action the case is left to its join or its clock."""

    at: Micros
    action: str
    revision: int


class Walk:
    """One case from its opening to its end, and the cases that it links to, each walking beside it."""

    def __init__(self, office: Office, seed: str, index: int, opens: Micros, *, alone: bool = False) -> None:
        self.course = Course(office.lifecycle, office.calendar, index)
        self._office = office
        self._seed = seed
        self._chance = Random(seed)  # noqa: S311
        self._inputs = Inputs(office.habits, office.people, self._chance)
        self._plans: dict[str, Plan | None] = {}
        self._idle: dict[str, int] = {}  # case id -> how many records the file had when nothing could be chosen
        self._never: dict[tuple[str, int], set[str]] = {}  # what was tried in vain as long as the file stays so
        self._clocks: dict[tuple[str, str], tuple[clocks.Facts, Micros | None]] = {}
        self._others: dict[str, Walk] = {}  # field -> the case that it names
        self._alone = alone
        self._looks = 0
        self._drawn = 0
        self.begun = self._begin(opens)

    def go(self) -> Course:
        """Walk to the end."""
        while self.advance():
            pass
        return self.course

    def advance(self) -> bool:
        """One step; False when there is none left."""
        course = self.course
        if not self.begun or not course.open or len(course.deeds) >= MOST_DEEDS:
            return False
        course.blame(*self._office.unattended(course))
        self._choose_all()
        due = self._soonest()
        if due is None or (not self._under_way() and self._office.resting(course, self._chance)):
            return self._wake()
        at, what = due
        course.now = max(at, course.now)
        if isinstance(what, Deed):
            course.take(what)
        elif isinstance(what, Walk):
            self._look_at(what)
        else:
            self._carry_out(what)
        return True

    def moment(self) -> Micros | None:
        """When its next step is; None where there is none."""
        self._choose_all()
        due = self._soonest() if self.begun and self.course.open else None
        return None if due is None else due[0]

    # ------------------------------------------------------------ beginning

    def _begin(self, opens: Micros) -> bool:
        lifecycle, chance = self._office.lifecycle, self._chance
        required = [field for field in lifecycle.root.fields.values() if field.required or self._likely(field)]
        people = [a for group in self._office.people.groups.values() for a in group]
        first = Actor(chance.choice(self._office.people.members))
        for _ in range(TRIES):
            given = self._inputs.of(required, OPEN, opens, None)
            for actor in (first, *chance.sample(people, len(people))):
                came = self.course.take(Deed(opens, OPEN, actor, input=given))
                if not isinstance(came, Refusal):
                    return True
                if not any(blocker.code == "role" for blocker in came.blockers):
                    break
        self.course.refused[ROOT, OPEN] += 1
        return False

    def _likely(self, field: Field) -> bool:
        return f"{OPEN}.{field.name}" in self._office.habits.values

    # ------------------------------------------------------------ choosing

    def _choose_all(self) -> None:
        file = self.course.standing
        for case in self.course.open:
            plan = self._plans.get(case.id)
            if plan is not None and plan.revision == case.revision:
                continue
            if self._idle.get(case.id) == file.records:
                continue
            chosen = self._plans[case.id] = self._choose(case)
            if chosen is None:
                self._idle[case.id] = file.records

    def _choose(self, case: Case, *, staying: bool = True) -> Plan | None:
        """What is done to the case next and when; None where nothing can be done."""
        office, course, chance = self._office, self.course, self._chance
        vain = self._never.get((case.id, course.standing.records), ())
        options = {
            name: weight
            for name, weight in office.choices.of(case.kind, case.state).items()
            if name not in vain and (staying or (name != STAY and office.moves(case, name)))
        }
        while options:
            action = chance.choices(list(options), list(options.values()))[0]
            if action == STAY:
                return Plan(0, STAY, case.revision)
            actor = office.able(course, case, action, chance) if self._possible(case, action) else None
            if actor is not None:
                pace = office.habits.pace(case.kind, case.state, action).draw(chance)
                speed = office.habits.speed.get(actor.unit or actor.id, 1.0)
                return Plan(office.hours.later(course.now, pace / speed), action, case.revision)
            del options[action]
        return None

    def _possible(self, case: Case, action: str) -> bool:
        """Whether a case can be found for each link that the action needs: one beside this one, of its own lifecycle."""
        return all(
            not self._alone and each.lifecycle in (None, self._office.lifecycle.name)
            for each in self._asked(case, action)
            if each.type == "case" and each.required
        )

    def _asked(self, case: Case, action: str) -> tuple[Field, ...]:
        kind = self._office.lifecycle.kind(case.kind)
        if action != EDIT:
            return accepted_fields(kind, kind.transitions[action])
        edit = kind.states[case.state].edit
        names = list(dict.fromkeys(name for fields in edit.values() for name in fields))
        return tuple(kind.fields[name] for name in names)

    # ------------------------------------------------------------ what comes next

    def _soonest(self) -> tuple[Micros, Plan | Deed | Walk] | None:
        open_ids = {case.id for case in self.course.open}
        due: list[tuple[Micros, Plan | Deed | Walk]] = [
            (plan.at, plan) for id, plan in self._plans.items() if plan is not None and plan.action and id in open_ids
        ]
        due += [(at, deed) for at, deed in self._ripening()]
        due += [(at, walk) for walk in self._others.values() if (at := walk.moment()) is not None]
        return min(due, key=lambda each: each[0], default=None)

    def _ripening(self) -> Iterator[tuple[Micros, Deed]]:
        for case, deadline, facts in clocks.of(self._office.lifecycle, self.course.standing):
            if not clocks.running(facts):
                continue
            known = self._clocks.get((case.id, deadline.name))
            if known is None or known[0] is not facts:
                end = clocks.reading(deadline, facts, self._office.calendar)
                event = None if end is None else clocks.coming(deadline, facts, end, self._office.calendar)
                known = self._clocks[case.id, deadline.name] = (facts, None if event is None else event.moment)
            if known[1] is not None:
                at = max(known[1], self.course.now)
                yield at, Deed(at, deadline.name, None, case.kind, case.key, case.round, clock=True)

    def _under_way(self) -> bool:
        """Whether anything is planned or ticking that changes more than the record."""
        open_cases = {case.id: case for case in self.course.open}
        return self._office.driven(self.course) or any(
            plan is not None and plan.action and id in open_cases and self._office.moves(open_cases[id], plan.action)
            for id, plan in self._plans.items()
        )

    # ------------------------------------------------------------ doing it

    def _carry_out(self, plan: Plan) -> None:
        course = self.course
        case = next(c for c in course.open if self._plans.get(c.id) is plan)
        del self._plans[case.id]
        actor = self._office.able(course, case, plan.action, self._chance)
        if actor is None or self._attempt(case, plan.action, actor):
            return
        self._never.setdefault((case.id, course.standing.records), set()).add(plan.action)
        course.refused[case.kind, plan.action] += 1

    def _attempt(self, case: Case, action: str, actor: Actor) -> bool:
        """Try inputs until one is accepted; False where none was."""
        course, lifecycle = self.course, self._office.lifecycle
        transition = lifecycle.kind(case.kind).transitions.get(action)
        extends = None if transition is None else transition.extends
        extend = next((d.extend for d in lifecycle.clocks.get(case.kind, ()) if d.name == extends), None)
        asked = self._asked(case, action)
        link = next((each for each in asked if each.type == "case" and each.required), None)
        path = f"{case.kind}.{action}".lstrip(".")
        for _ in range(TRIES if link is None else OTHER_TRIES):
            given = self._inputs.of(asked, path, course.now, extend.up_to if extend else None)
            given = {n: v for n, v in given.items() if self._free(case, action, actor, n)}
            other = None
            if link is not None:
                other = self._another(link.lifecycle or lifecycle.name)
                given[link.name] = other.course.standing.root.id
            came = course.take(
                Deed(
                    course.now, action, actor, case.kind, case.key, case.round, input=given, note="模拟",
                    other=None if other is None or link is None else (link.name, _seen(other)),
                )
            )  # fmt: skip
            if isinstance(came, Ran):
                if other is not None and link is not None:
                    self._others[link.name] = other
                return True
            if came is None or not {blocker.code for blocker in came.blockers} <= WITH_INPUT | OWN_FAULTS:
                return False
        return False

    def _free(self, case: Case, action: str, actor: Actor, name: str) -> bool:
        """Whether a value may be given: what somebody else has filled is not overwritten."""
        return action == EDIT or case.values.get(name) in (None, []) or name not in self._required(case, action)

    def _required(self, case: Case, action: str) -> tuple[str, ...]:
        return self._office.lifecycle.kind(case.kind).transitions[action].require

    # ------------------------------------------------------------ the cases that it links to

    def _another(self, lifecycle: str) -> Walk:
        """A case of the same lifecycle, opened some time ago."""
        self._drawn += 1
        ago = self._chance.uniform(0, 60)
        opens = self._office.hours.later(self.course.now, -ago)
        other = Walk(self._office, f"{self._seed}/{self._drawn}", -self._drawn, opens, alone=True)
        while (at := other.moment()) is not None and at <= self.course.now and other.advance():
            pass
        return other

    def _look_at(self, other: Walk) -> None:
        """The other case moves, and this one sees it."""
        if not other.advance():
            self._others = {name: walk for name, walk in self._others.items() if walk is not other}
        for name, walk in self._others.items():
            seen = _seen(walk)
            if walk is other and self.course.standing.linked.get(name) != seen:
                self.course.take(Deed(self.course.now, "", other=(name, seen)))

    # ------------------------------------------------------------ when nothing goes on

    def _wake(self) -> bool:
        """Nothing is under way: whoever left the case to a join looks what can be done after all."""
        course, lifecycle = self.course, self._office.lifecycle
        stays = [c for c in course.open if (plan := self._plans.get(c.id)) is not None and plan.action == STAY]
        for case in stays:
            if lifecycle.kind(case.kind).states[case.state].joins:
                course.blame(at_an_end(lifecycle, case, joins=True))
        plans = {case.id: plan for case in course.open if (plan := self._choose(case, staying=False)) is not None}
        if plans:
            self._plans.update(plans)
            return True
        self._looks += 1
        if self._looks <= LOOKS:
            course.now = self._office.hours.later(course.now, 3.0)
            self._idle.clear()
            return True
        course.blame(*(at_an_end(lifecycle, case, joins=False) for case in course.open if case not in stays))
        return False


def _seen(other: Walk) -> Linked:
    root = other.course.standing.root
    return Linked(root.id, root.lifecycle, root.state, root.number, root.open)

"""Looking for the shortest way to everything that a lifecycle has: by trying it, on the engine's own rules.

From a new case, every action is tried by somebody who may take it, with plausible values, and time is let pass to the
next deadline; breadth first, so that what is found first is shortest. A file that shows nothing new (no state, value or
combination of root and part that no earlier one had) is not followed further: that keeps the search small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from workflow.core import clocks
from workflow.core.calendar import Calendar, local, micros
from workflow.core.fold import fold
from workflow.core.model import (
    ANY,
    EDIT,
    ENGINE,
    OPEN,
    Actor,
    Case,
    Command,
    File,
    Json,
    Kind,
    Language,
    Lifecycle,
    Linked,
    Micros,
    Refusal,
    Transition,
)
from workflow.core.roles import parties
from workflow.core.run import Ran, Supply, run, run_open, run_timer, settle
from workflow.core.scope import Scope
from workflow.testing.actors import groups_of
from workflow.testing.clock import MORNING, FrozenClock
from workflow.testing.coverage import Aim, kept, reached_by, refused
from workflow.testing.plausible import EVERYBODY, PEOPLE, STRANGER, Hints, inputs, openings

MOST_TRIED = 15_000  # commands, in one search
_NOBODY = Actor("")
_NOTE = {"zh": "理由", "en": "reason"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One step of a walk. `who` None is time that passes until `at`; `other` a walk that another case has gone."""

    at: Micros
    who: Actor | None = None
    case: str = ""
    action: str = ""
    input: dict[str, Json] | None = None
    note: str | None = None
    refusal: Refusal | None = None
    other: Walk | None = None
    link: str = ""  # by which id the case that it is linked to is known in the search


@dataclass(frozen=True, slots=True)
class Walk:
    """How a case came to stand as it does: the last step, and the walk before it."""

    file: File
    deed: Deed
    before: Walk | None = None

    def __iter__(self) -> Iterator[Walk]:
        """From the opening on."""
        if self.before is not None:
            yield from self.before
        yield self

    def after(self, other: Walk) -> list[Walk]:
        """The steps since another walk; empty where this one does not go on from it."""
        steps = list(self)
        return steps[steps.index(other) + 1 :] if any(each is other for each in steps) else []


class Explorer:
    """A search in one lifecycle, for people who speak `language`; one person is in all the groups `together`."""

    def __init__(
        self, lifecycle: Lifecycle, calendar: Calendar, language: Language, *, together: tuple[str, ...] = ()
    ) -> None:
        self.lifecycle = lifecycle
        self.together = together
        self.language = language
        self.tried = 0
        self.exhausted = False  # whether it was looked everywhere, as far as the search goes
        self._calendar = calendar
        self._hints = Hints.of(lifecycle, language)
        self._ids = count(1)
        self._seen: set[object] = set()
        self._closely = False
        self._stood: dict[str, Walk] = {}  # the first walk to each state of the root
        self._linked: dict[str, Walk] = {}
        self._found: dict[Aim, Walk] = {}
        self._wanted: set[Aim] = set()
        self._enough = 0

    def find(self, wanted: Collection[Aim], enough: int = 1_000_000) -> dict[Aim, Walk]:
        """The shortest walk that was found to each of `wanted`, until there are `enough`; those without are left out."""
        self._wanted, self._enough, self._found = set(wanted), enough, {}
        for closely in (False, True):
            self._search(closely)
        self.exhausted = len(self._found) < enough
        return self._found

    def _search(self, closely: bool) -> None:
        """Breadth first; `closely`, files are told apart by how their parts stand to one another, too."""
        most = MOST_TRIED // 5 if self.together else MOST_TRIED  # those are several searches
        self._closely, self._seen, limit = closely, set(), self.tried + most
        waiting = deque(self._opened())
        later: list[Walk] = []
        while (waiting or later) and self._wanted and self.tried < limit and len(self._found) < self._enough:
            if not waiting:  # what hangs on another case is looked at when that case has gone all its ways
                waiting.extend(each for walk in later for each in self._followed(walk))
                later = []
                continue
            walk = waiting.popleft()
            if walk.file.linked:
                later.append(walk)
            waiting.extend(self._onward(walk))

    # ------------------------------------------------------------ steps

    def _opened(self) -> Iterator[Walk]:
        now = FrozenClock()()
        people = [Actor(PEOPLE[self.language][0])] if ANY in self.lifecycle.opened_by else []
        people += [actor for role in self.lifecycle.opened_by if (actor := self._member(role)) is not None]
        for actor in people[:1]:
            for input in openings(self.lifecycle, self._hints, now):
                came = run_open(self.lifecycle, Command(OPEN, actor, input), self._supply(now))
                yield from self._kept(came, Deed(now, actor, "", OPEN, input), None)

    def _onward(self, walk: Walk) -> Iterator[Walk]:
        now = walk.deed.at
        for case in walk.file:
            if not case.open:
                continue
            kind = self.lifecycle.kind(case.kind)
            for transition in kind.transitions.values():
                if case.state in transition.sources:
                    yield from self._tried(walk, case, kind, transition, now)
            if kind.states[case.state].edit:
                self._by_stranger(walk, case, kind, EDIT, tuple(kind.states[case.state].edit), now)
        yield from self._later(walk)

    def _tried(self, walk: Walk, case: Case, kind: Kind, transition: Transition, now: Micros) -> Iterator[Walk]:
        self._by_stranger(walk, case, kind, transition.name, transition.by, now)
        actor = next(self._actors(walk.file, case, transition), None)
        if actor is None:
            return
        note = _NOTE[self.language] if transition.note == "required" else None
        links = {f"{state}-{id(other)}": other for state, other in self._stood.items() if other.file.root.open}
        deadlines = {each.name: each for each in self.lifecycle.clocks.get(case.kind, ())}
        extended = deadlines[transition.extends].extend if transition.extends is not None else None
        longest = str(extended.up_to) if extended is not None else None
        for input in inputs(kind, case, transition, self._hints, now, list(links), longest):
            file, other, link = walk.file, None, ""
            for field in transition.asks:
                if field.type == "case" and field.name in input:
                    link = str(input[field.name])
                    other = self._linked[link] = links[link]
                    file = replace(file, linked={**file.linked, field.name: _seen(link, other.file)})
            deed = Deed(now, actor, case.id, transition.name, input, note, other=other, link=link)
            self.tried += 1
            came = run(self.lifecycle, file, case.id, Command(transition.name, actor, input, note), self._supply(now))
            yield from self._kept(came, deed, walk)

    def _later(self, walk: Walk) -> Iterator[Walk]:
        """Time passes until the next deadline has something to tell."""
        moments = [event.moment for *_, event in self._coming(walk.file)]
        if not moments:
            return
        day = local(min(moments))
        at = micros(day.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0))
        at = max(at if at >= min(moments) else micros(day.replace(second=0, microsecond=0)) + 60_000_000, walk.deed.at)
        file = walk.file
        reached: list[Aim] = []
        for _ in range(100):
            due = min(self._coming(file), key=lambda each: each[2].moment, default=None)
            if due is None or due[2].moment > at:
                break
            ran = run_timer(self.lifecycle, file, due[0].id, due[1], self._supply(max(due[2].moment, walk.deed.at)))
            self.tried += 1
            if ran is None:
                break
            reached += self._aims(ran, file)
            file = ran.file
        yield from self._novel(Walk(file, Deed(at), walk), reached)

    def _followed(self, walk: Walk) -> Iterator[Walk]:
        """The case that this one is linked to goes on."""
        for name, linked in walk.file.linked.items():
            start = self._linked.get(linked.id)
            for other in list(self._stood.values()) if start is not None else ():
                if start is None or not other.after(start):
                    continue
                file = replace(walk.file, linked={**walk.file.linked, name: _seen(linked.id, other.file)})
                at = max(walk.deed.at, other.deed.at)
                self.tried += 1
                ran = settle(self.lifecycle, file, self._supply(at))
                deed = Deed(at, other=other, link=linked.id)
                if isinstance(ran, Ran):
                    yield from self._novel(Walk(ran.file, deed, walk), self._aims(ran, file))
                elif ran is None:
                    yield from self._novel(Walk(file, deed, walk), [])

    def _by_stranger(self, walk: Walk, case: Case, kind: Kind, action: str, by: tuple[str, ...], now: Micros) -> None:
        roles = {Aim("role", "", name) for name in by}
        if ANY in by or not roles & self._wanted:
            return
        actor = Actor(STRANGER[self.language], STRANGER[self.language])
        self.tried += 1
        came = run(self.lifecycle, walk.file, case.id, Command(action, actor), self._supply(now))
        if isinstance(came, Refusal):
            only = replace(came, blockers=tuple(b for b in came.blockers if b.code == "role"))
            self._note(roles, Walk(walk.file, Deed(now, actor, case.id, action, {}, refusal=only), walk))

    # ------------------------------------------------------------ what came of it

    def _kept(self, came: Ran | Refusal, deed: Deed, before: Walk | None) -> Iterator[Walk]:
        if isinstance(came, Ran):
            yield from self._novel(Walk(came.file, deed, before), self._aims(came, before.file if before else None))
        elif before is not None:
            kind = self.lifecycle.kind(before.file.case(deed.case).kind)
            reasons = [{"code": b.code, "about": b.about} for b in came.blockers]
            reached = refused(self.lifecycle, kind, deed.action, came.state, reasons)
            self._note(reached, Walk(before.file, replace(deed, refusal=came), before))

    def _novel(self, walk: Walk, reached: list[Aim]) -> Iterator[Walk]:
        self._note(reached, walk)
        before = walk.before.file if walk.before is not None else None
        self._note(kept(self.lifecycle, before, walk.file, self._calendar, self._wanted), walk)
        shown = set(_shown(walk.file, self.lifecycle, self._hints.names, self._closely)) - self._seen
        if shown:
            self._seen |= shown
            self._stood.setdefault(walk.file.root.state, walk)
            yield walk

    def _aims(self, ran: Ran, before: File | None) -> list[Aim]:
        reached: list[Aim] = []
        for step in ran.steps:
            after = fold(before, step.entry, self.lifecycle)
            reached += reached_by(self.lifecycle, step.entry, before, after)
            before = after
        return reached

    def _note(self, reached: Iterable[Aim], walk: Walk) -> None:
        for aim in reached:
            if aim in self._wanted:
                self._found[aim] = walk
                self._wanted.discard(aim)

    # ------------------------------------------------------------ who, and what from outside

    def _actors(self, file: File, case: Case, transition: Transition) -> Iterator[Actor]:
        for name in transition.by:
            if name == ANY:
                yield Actor(file.root.created_by, file.root.created_by)
            elif name != ENGINE:
                member = self._member(name)
                if member is not None:
                    yield member
                    continue
                scope = Scope(self.lifecycle, file, case, _NOBODY, {}, 0)
                yield from (Actor(party, party) for party in parties(self.lifecycle, name, scope))

    def _member(self, role: str) -> Actor | None:
        """Somebody in the group of the role, called by the role's label as a scenario would."""
        declared = self.lifecycle.roles.get(role)
        groups = groups_of(self.lifecycle, role) if declared is not None else ()
        if declared is None or not groups:
            return None
        label = declared.label.say(self.language)
        once = sum(label in (each.label.zh, each.label.en) for each in self.lifecycle.roles.values()) == 1
        name = label if label and once and not set(label) & set('“”"') else role
        if set(groups) & set(self.together):
            name, groups = EVERYBODY[self.language], self.together
        return Actor(name, name, groups=frozenset(groups))

    def _coming(self, file: File) -> Iterator[tuple[Case, str, clocks.Event]]:
        for case in file:
            for deadline in self.lifecycle.clocks.get(case.kind, ()):
                facts = case.clocks.get(deadline.name)
                end = clocks.reading(deadline, facts, self._calendar) if clocks.running(facts) else None
                event = clocks.coming(deadline, facts or {}, end, self._calendar) if end is not None else None
                if event is not None:
                    yield case, deadline.name, event

    def _supply(self, now: Micros) -> Supply:
        return Supply(
            now, "search", lambda: f"{next(self._ids):09d}", lambda wanted: wanted.format(1), self._calendar, self._look
        )

    def _look(self, id: str) -> Linked | None:
        other = self._linked.get(id)
        return None if other is None else _seen(id, other.file)


def _seen(id: str, file: File) -> Linked:
    return Linked(id, file.root.lifecycle, file.root.state, file.root.number, file.root.open)


def _shown(file: File, lifecycle: Lifecycle, names: Collection[str], closely: bool) -> Iterator[object]:
    """What a file shows: states, the values that conditions look at, parts beside the root, how many, how often."""
    root = file.root
    yield "visits", root.state, min(root.visits.get(root.state, 0), 2)
    yield "linked", root.state, tuple((name, other.state) for name, other in file.linked.items())
    for case in file:
        yield case.kind, case.state, case.open
        yield root.state, case.kind, case.state, case.open
        for name, told in _told(case, lifecycle.kind(case.kind), names):
            yield case.kind, case.state, name, told
            if case is not root:
                yield root.state, case.kind, name, told
        for deadline, facts in case.clocks.items():
            yield case.kind, deadline, tuple(sorted(facts.get("fired", ())))
    for name, kind in lifecycle.parts.items():
        of_kind = [part for part in file.parts if part.kind == name]
        yield name, min(sum(part.open for part in of_kind), 2), min(len(of_kind), 2)
        if closely:
            yield name, frozenset((part.state, part.open, *_told(part, kind, names)) for part in of_kind)


def _told(case: Case, kind: Kind, names: Collection[str]) -> Iterator[tuple[str, Json]]:
    """The fields that conditions look at: what is in them, or of long ones whether something is."""
    for name, field in kind.fields.items():
        if name in names:
            value = case.values.get(name)
            small = field.type in ("bool", "choice", "code") or (type(value) is int and abs(value) < 100)
            yield name, value if small else value not in (None, [])

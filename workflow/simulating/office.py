"""The simulated office: what all its cases share, and what can be said of a case without walking on."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from workflow.core import clocks
from workflow.core.calendar import Calendar
from workflow.core.decide import why
from workflow.core.model import EDIT, ENGINE, Actor, Case, Lifecycle
from workflow.core.roles import waiting, who
from workflow.simulating.checks import Fault, unattended
from workflow.simulating.course import Course
from workflow.simulating.habits import STAY, Choices, Habits, effective
from workflow.simulating.hours import Hours
from workflow.simulating.people import People


class Office:
    """The lifecycle, the calendar, the people and their habits."""

    def __init__(self, lifecycle: Lifecycle, habits: Habits, calendar: Calendar, first_year: int) -> None:
        self.lifecycle = lifecycle
        self.habits = habits
        self.calendar = calendar
        self.hours = Hours(calendar, first_year)
        self.people = People(lifecycle, habits)
        self.choices = Choices(lifecycle, habits)

    def able(self, course: Course, case: Case, action: str, chance: Random) -> Actor | None:
        """Somebody who may take `action` on the case now, as far as its input does not matter; None where nobody may."""
        for party in who(self.lifecycle, course.standing, case.id, action):
            if party == ENGINE:
                continue
            for actor in self.people.acting_for(party, chance):
                if not why(self.lifecycle, course.standing, case.id, action, actor, course.now, self.calendar):
                    return actor
        return None

    def moves(self, case: Case, action: str) -> bool:
        """Whether the action does more than leave a record."""
        return action == EDIT or effective(self.lifecycle.kind(case.kind).transitions[action])

    def driven(self, course: Course) -> bool:
        """Whether a clock that runs will take a transition, or a case that is followed may still move."""
        takes = any(
            deadline.take is not None and clocks.running(facts) and "stuck" not in facts
            and clocks.OVERDUE not in facts.get("fired", {}) and not clocks.paused(facts)
            for _, deadline, facts in clocks.of(self.lifecycle, course.standing)
        )  # fmt: skip
        fields = self.lifecycle.root.fields
        return takes or any(
            other.open and name in fields and fields[name].follow for name, other in course.standing.linked.items()
        )

    def unattended(self, course: Course) -> Iterator[Fault]:
        """The open cases of a file of which nobody has anything on the list, and which nothing drives."""
        left = course.open
        if not any(waiting(self.lifecycle, course.standing, c.id) for c in left) and not self.driven(course):
            yield from unattended(self.lifecycle, left)

    def resting(self, course: Course, chance: Random) -> bool:
        """Whether nothing is under way: whoever could do something is in a state that waits for its join or its clock."""
        return not self.driven(course) and not any(
            self.moves(case, action) and self.able(course, case, action, chance)
            for case in course.open
            for options in (self.choices.of(case.kind, case.state),)
            if STAY not in options
            for action in options
        )

"""The people of a simulated office: the groups that the roles name, units with a clerk each, and members."""

from __future__ import annotations

from random import Random

from workflow.core.model import ANY, Actor, Field, Lifecycle
from workflow.simulating.habits import Habits

GROUP_SIZE = 3
_OF_A_UNIT = ("unit", "dept", "department")


class People:
    """Who there is; ids say what somebody is: `proposal_office-2`, `unit-07`, `member-12`."""

    def __init__(self, lifecycle: Lifecycle, habits: Habits) -> None:
        named = [role.group for role in lifecycle.roles.values() if role.group is not None]
        self.groups = {
            group: tuple(
                Actor(f"{group}-{n}", groups=frozenset((group,)))
                for n in range(1, habits.groups.get(group, GROUP_SIZE) + 1)
            )
            for group in dict.fromkeys(named)
        }
        self.units = tuple(f"unit-{n:02}" for n in range(1, habits.units + 1))
        self.members = tuple(f"member-{n:02}" for n in range(1, habits.members + 1))
        self._grouped = {actor.id: actor for group in self.groups.values() for actor in group}

    def acting_for(self, party: str, chance: Random) -> list[Actor]:
        """Those who can act for a person, unit or group, in any order; for `any` one of the members."""
        if party == ANY:
            return [Actor(chance.choice(self.members))]
        if party in self.groups:
            return chance.sample(self.groups[party], len(self.groups[party]))
        if party in self.units:
            return [Actor(f"{party}-clerk", unit=party)]
        return [self._grouped.get(party) or Actor(party)]

    def party(self, field: Field, chance: Random) -> str:
        """A party for an input: a unit where the name or the label of the field speaks of one, else a member."""
        name, label = field.name.casefold(), field.label
        spoken = any(word in name or word in label.en.casefold() for word in _OF_A_UNIT)
        return chance.choice(self.units if spoken or "单位" in label.zh or "部门" in label.zh else self.members)

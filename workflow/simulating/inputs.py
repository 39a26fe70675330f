"""Inputs made up from their declarations: of the right type and form; whether they are allowed, `decide` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

from workflow.core.calendar import local
from workflow.core.clocks import LENGTH
from workflow.core.model import Duration, Field, Json, Micros
from workflow.simulating.habits import Habits
from workflow.simulating.people import People

TEXT = "模拟"
LIST = (1, 1, 1, 2, 2, 3)  # lengths of lists
OPTIONAL = 0.5


class Inputs:
    """Draws values, by what habits say of them and else evenly."""

    def __init__(self, habits: Habits, people: People, chance: Random) -> None:
        self._known = habits.values
        self._people = people
        self._chance = chance

    def of(self, fields: Iterable[Field], path: str, now: Micros, up_to: Duration | None) -> dict[str, Json]:
        """Values for `fields`: all that are required, and some of the others. Cases are for the caller to find.

        `up_to` bounds the length by which a deadline is extended.
        """
        given: dict[str, Json] = {}
        for field in fields:
            if field.name == LENGTH and up_to is not None:
                given[field.name] = str(Duration(self._chance.randint(1, up_to.n), up_to.unit))
            elif field.type != "case" and (field.required or self._chance.random() < OPTIONAL):
                given[field.name] = self._value(field, f"{path}.{field.name}", now)
        return given

    def _value(self, field: Field, path: str, now: Micros) -> Json:
        chance, known = self._chance, self._known.get(path)
        if field.type == "list":
            assert field.item is not None
            item = replace(field.item, name=field.name, label=field.label)
            return [self._value(item, path, now) for _ in range(self._length(field, path))]
        if field.type == "record":
            return {each.name: self._value(each, f"{path}.{each.name}", now) for each in field.fields}
        if known:
            return _typed(field, _weighted(known, chance))
        match field.type:
            case "int":
                low = field.min if field.min is not None else 0
                return chance.randint(low, max(field.max if field.max is not None else 100, low))
            case "bool":
                return chance.random() < 0.8
            case "date":
                return (local(now).date() + timedelta(days=chance.randint(-20, 400))).isoformat()
            case "choice" | "code":
                return chance.choice(field.choices)
            case "party":
                return self._people.party(field, chance)
            case _:
                return (TEXT * ((field.min or 2) // 2 + 1))[: field.max]

    def _length(self, field: Field, path: str) -> int:
        known = self._known.get(f"{path}[]")
        wanted = int(_weighted(known, self._chance)) if known else self._chance.choice(LIST)
        return min(max(wanted, field.min or 0), field.max if field.max is not None else wanted + (field.min or 0))


def _weighted(known: Mapping[str, float], chance: Random) -> str:
    return chance.choices(list(known), list(known.values()))[0]


def _typed(field: Field, text: str) -> Json:
    if field.type == "int":
        return int(text)
    return text == "true" if field.type == "bool" else text

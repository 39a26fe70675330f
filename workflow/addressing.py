"""From a notice that a step called for to letters: who in the party is told, over which channels, in which words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflow.core.calendar import local, micros
from workflow.core.model import Actor, File, Language, Micros, Text
from workflow.core.roles import visible
from workflow.directory import Party
from workflow.store import claims
from workflow.templates import Templates, Written, write
from workflow.templates.facts import facts

if TYPE_CHECKING:
    from workflow.engine import Engine

COPY = Text("（抄送）", "Copy: ")


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient is sent over one channel."""

    recipient: str
    channel: str
    address: str
    language: Language
    subject: str
    body: str
    quiet: str | None = None
    digest: str | None = None

    def values(self, at: Micros) -> dict[str, Any]:
        """The columns of a notice."""
        return {
            "recipient": self.recipient,
            "channel": self.channel,
            "address": self.address,
            "language": self.language,
            "subject": self.subject,
            "body": self.body,
            "at": at,
        }


@dataclass(slots=True)
class Post:
    """Addresses and writes notices; remembers the people it looked up, so it lives as long as one batch."""

    engine: Engine
    templates: Templates
    default: str
    _reached: dict[str, tuple[Party, ...]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _files: dict[str, File] = field(default_factory=dict)

    def letters(self, row: Any) -> tuple[list[Letter], Micros]:
        """The letters of one notice, and the moment of the step that called for it; none where nobody is found, or
        where a copy would go to nobody who is not told anyway.

        A notice that was addressed before keeps its recipient, and its channel where the recipient still has it.
        Raises TemplateBroken.
        """
        with self.engine.looking() as sql:
            record = json.loads(claims.record_of(sql, row.file, row.seq) or "{}")
        told = self._told_themselves(row.template, record) if row.cc else frozenset()
        reached = [each for each in self.reached_by(row.recipient or row.party) if each.id not in told]
        found = [letter for party in reached for letter in self._to(party, row, record)]
        if row.recipient is not None:
            found = [letter for letter in found if letter.channel == row.channel] or found[:1]
        return found, record["at"]

    def reached_by(self, party: str) -> tuple[Party, ...]:
        """Who is told what is meant for `party`."""
        if party not in self._reached:
            self._reached[party] = self.engine.people.reached_by(party)
            self._names |= {each.id: each.name for each in self._reached[party]}
        return self._reached[party]

    def _told_themselves(self, template: str, record: dict[str, Any]) -> frozenset[str]:
        """Who gets this from the same step as one of those it is meant for, and needs no copy."""
        meant = [out for out in record.get("out", ()) if out["template"] == template and "cc" not in out]
        return frozenset(party.id for out in meant if "to" in out for party in self.reached_by(out["to"]))

    def written(
        self, party: Party, template: str, file_id: str, record: dict[str, Any], *, copy: bool = False
    ) -> Written:
        """The words of a notice to `party`, a copy of it marked as one. Raises TemplateBroken."""
        if file_id not in self._files:
            self._files[file_id] = self.engine.case(file_id)
        file = self._files[file_id]
        lifecycle = self.engine.lifecycle(file.root.lifecycle, file.root.version)
        reader = Actor(party.id, party.name, party.unit, frozenset(party.groups))
        source, name = self.templates.source(lifecycle.name, template, party.language)
        withheld = not visible(lifecycle, file, record["case"], reader)
        given = facts(
            lifecycle, file, record, party.language,
            recipient=party.name, names=self.called, copy=copy, withheld=withheld,
        )  # fmt: skip
        written = write(source, name, given)
        return replace(written, subject=COPY.say(party.language) + written.subject) if copy else written

    def called(self, id: str) -> str:
        """What a party is called; its id where it is unknown."""
        if id not in self._names:
            self._names[id] = self.engine.people.names([id]).get(id, id)
        return self._names[id]

    def ways(self, party: Party) -> Mapping[str, str]:
        """Over which channels the party is told, and at which address."""
        return party.channels or {self.default: ""}

    def _to(self, party: Party, row: Any, record: dict[str, Any]) -> Iterable[Letter]:
        written = self.written(party, row.template, row.file, record, copy=bool(row.cc))
        for channel, address in self.ways(party).items():
            yield Letter(
                party.id, channel, address, party.language, written.subject, written.body, party.quiet, party.digest
            )  # fmt: skip


def not_before(quiet: str | None, now: Micros) -> Micros:
    """When somebody with these quiet hours ("22:00-07:00", the office's clock) may be told: now, or their end."""
    if quiet is None:
        return now
    here = local(now)
    begins, ends = (hour_of(here, word) for word in quiet.split("-"))
    if begins <= ends:
        return micros(ends) if begins <= here < ends else now
    if here >= begins:
        return micros(ends + timedelta(days=1))
    return micros(ends) if here < ends else now


def hour_of(day: datetime, word: str) -> datetime:
    """The moment of that day at which it is `word` ("08:30")."""
    hour, minute = word.split(":")
    return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)

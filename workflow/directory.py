"""Who there is: persons, units and groups."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, get_args

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Actor, Language, Text
from workflow.core.personal import ERASED
from workflow.store.claims import members
from workflow.store.tables import people

PartyKind = Literal["person", "unit", "group"]
_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
_QUIET = re.compile(f"{_HOUR}-{_HOUR}")
_DIGEST = re.compile(_HOUR)
PERSON = Text("人员", "person")
PARTY = Text("人员、单位或组", "person, unit or group")


@dataclass(frozen=True, slots=True)
class Party:
    """A person, unit or group. `unit` is where a person works; `groups` are those it belongs to.

    `channels` are where notices reach it (channel -> address), in its `language`, and not in its `quiet` hours
    ("22:00-07:00" on the office's clock); without channels a person gets them over the office's default channel. Who
    has a `digest` hour ("08:30") gets what is not urgent once a day, as one message over each channel.
    """

    id: str
    name: str
    kind: PartyKind = "person"
    unit: str | None = None
    groups: tuple[str, ...] = ()
    active: bool = True
    language: Language = "zh"
    channels: Mapping[str, str] = field(default_factory=dict)
    quiet: str | None = None
    digest: str | None = None


class Directory:
    """The people of one database."""

    def __init__(self, connection: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connection = connection

    def add(self, party: Party) -> Party:
        """Put a party in the directory, in place of the one that had its id. Raises InputInvalid."""
        check(party)
        row = {
            "name": party.name,
            "kind": party.kind,
            "unit": party.unit,
            "groups": json.dumps(sorted(set(party.groups)), ensure_ascii=False),
            "active": int(party.active),
            "language": party.language,
            "channels": json.dumps(dict(party.channels), ensure_ascii=False) if party.channels else None,
            "quiet": party.quiet,
            "digest": party.digest,
        }
        with self._connection() as sql:
            replace = update(people).where(people.c.id == party.id).values(row)
            if sql.execute(replace).rowcount == 0:
                try:
                    sql.execute(insert(people).values({"id": party.id, **row}))
                except IntegrityError:  # somebody else has just put it there
                    if sql.execute(replace).rowcount == 0:
                        raise
        return party

    def get(self, id: str) -> Party:
        """The party with this id. Raises NotFound with near names."""
        with self._connection() as sql:
            return _get(sql, id, PARTY)

    def list(self, kind: PartyKind | None = None) -> tuple[Party, ...]:
        """Everybody, or everybody of one kind, by id."""
        query = select(people).order_by(people.c.id)
        if kind is not None:
            query = query.where(people.c.kind == kind)
        with self._connection() as sql:
            return tuple(_party(row) for row in sql.execute(query))

    def actor(self, id: str, on_behalf_of: str | None = None, through: str = "library") -> Actor:
        """The person `id` as an actor, who may act for the party `on_behalf_of`.

        Raises NotFound with near names, and InputInvalid for one who is no person or has left.
        """
        with self._connection() as sql:
            person = _get(sql, id, PERSON)
            if on_behalf_of is not None:
                _get(sql, on_behalf_of, PARTY)
        if person.kind != "person":
            raise InputInvalid(
                Text(
                    f"“{id}”（{person.name}）不是人员，不能办理；请用其中一位人员的编号",
                    f"{id!r} ({person.name}) is a {person.kind}, not a person; act as one of its persons",
                )
            )
        if not person.active:
            raise InputInvalid(
                Text(f"“{id}”（{person.name}）已停用，不能办理", f"{id!r} ({person.name}) is no longer active")
            )
        return Actor(id, person.name, person.unit, frozenset(person.groups), on_behalf_of, through)

    def reached_by(self, id: str) -> tuple[Party, ...]:
        """Who is told what is meant for the party `id`: a person himself; a unit or group that has channels of its own;
        else its active members, and where it has none, itself. Nobody where it is unknown, or has left.
        """
        with self._connection() as sql:
            row = sql.execute(select(people).where(people.c.id == id)).one_or_none()
            party = None if row is None else _party(row)
            if party is not None and (party.kind == "person" or party.channels):
                return (party,) if party.active else ()
            found = tuple(_party(each) for each in members(sql, id))
        return found or ((party,) if party is not None and party.active else ())

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """What the parties with these ids are called; those that are not in the directory are left out."""
        wanted = sorted(set(ids))
        found: dict[str, str] = {}
        with self._connection() as sql:
            for start in range(0, len(wanted), 500):  # SQLite bounds the variables of a statement
                some = wanted[start : start + 500]
                rows = sql.execute(select(people.c.id, people.c.name).where(people.c.id.in_(some)))
                found |= {id: called for id, called in rows}  # noqa: C416 - a row is no pair to the type checker
        return found


def forget(sql: Connection, id: str) -> set[str]:
    """Leave of a person nothing but the id, in the caller's transaction; gives the name and the addresses that went."""
    party = _party(sql.execute(select(people).where(people.c.id == id)).one())
    nobody = {"name": ERASED.say(party.language), "unit": None, "groups": "[]", "active": 0}
    nowhere = {"channels": None, "quiet": None, "digest": None}
    sql.execute(update(people).where(people.c.id == id).values({**nobody, **nowhere}))
    return {party.name, *party.channels.values()} - {"", ERASED.zh, ERASED.en}


def _get(sql: Connection, id: str, what: Text) -> Party:
    row = sql.execute(select(people).where(people.c.id == id)).one_or_none()
    if row is None:
        known = {key: id for id, name in sql.execute(select(people.c.id, people.c.name)) for key in (id, name)}
        near = get_close_matches(id, known, n=3, cutoff=0.5)
        raise NotFound(what, id, list(dict.fromkeys(known[key] for key in near)))
    return _party(row)


def _party(row: Row[tuple[object, ...]]) -> Party:
    return Party(
        row.id, row.name, row.kind, row.unit, tuple(json.loads(row.groups)), bool(row.active),
        row.language or "zh", json.loads(row.channels or "{}"), row.quiet, row.digest,
    )  # fmt: skip


def _within(hour: str, quiet: str) -> bool:
    begins, ends = quiet.split("-")
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def check(party: Party) -> None:
    """Raises InputInvalid where the party cannot be kept like this."""
    wrong = None
    if party.kind not in get_args(PartyKind):
        wrong = Text(
            f"没有“{party.kind}”这一类；可选：person、unit、group", f"{party.kind!r} is not person, unit or group"
        )
    elif not party.id or party.id != party.id.strip() or len(party.id) > 100 or not party.id.isprintable():
        wrong = Text(
            f"编号“{party.id}”不能使用：须为 1 到 100 个可见字符，首尾无空格",
            f"the id {party.id!r} cannot be used: 1 to 100 visible characters, no space at either end",
        )
    elif party.id in ("engine", "any"):
        wrong = Text(f"编号“{party.id}”由程序保留，请换一个", f"the id {party.id!r} is reserved; choose another")
    elif not party.name.strip():
        wrong = Text(f"“{party.id}”缺少姓名或名称", f"{party.id!r} needs a name")
    elif party.quiet is not None and not _QUIET.fullmatch(party.quiet):
        wrong = Text(
            f"免打扰时段“{party.quiet}”不能使用；请写成 22:00-07:00",
            f"quiet hours are written 22:00-07:00, not {party.quiet!r}",
        )
    elif party.digest is not None and not _DIGEST.fullmatch(party.digest):
        wrong = Text(
            f"每日汇总的时刻“{party.digest}”不能使用；请写成 08:30",
            f"the hour of a digest is written 08:30, not {party.digest!r}",
        )
    elif party.digest is not None and party.quiet is not None and _within(party.digest, party.quiet):
        wrong = Text(
            f"每日汇总的时刻 {party.digest} 在免打扰时段 {party.quiet} 之内；请改其中之一",
            f"the hour of the digest, {party.digest}, is in the quiet hours {party.quiet}; change one of them",
        )
    elif party.language not in get_args(Language):
        wrong = Text(f"没有语言“{party.language}”；可选：zh、en", f"{party.language!r} is not zh or en")
    elif any(not name or len(address) > 400 or not address.isprintable() for name, address in party.channels.items()):
        wrong = Text(
            f"“{party.id}”的通知地址不能使用：须为不超过 400 个可见字符",
            f"an address of {party.id!r} cannot be used: at most 400 visible characters",
        )
    if wrong is not None:
        raise InputInvalid(wrong)

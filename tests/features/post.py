"""Steps about what people are told: everything is delivered when somebody looks, and read once."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from pytest_bdd import step, then
from sqlalchemy import select

from tests.features.opinions import reported
from workflow.channels import Channels
from workflow.core.calendar import OFFICE_ZONE
from workflow.directory import Party
from workflow.outbox import deliver_due
from workflow.ports import Notice
from workflow.store.tables import notices
from workflow.testing import Office, RecordingNotifier
from workflow.testing.steps import said_as


class Post:
    """What has arrived at whom, and how much of it was read."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.arrived = RecordingNotifier("post")
        self._read: dict[str, int] = {}

    def unread(self, who: str) -> list[Notice]:
        self.deliver()
        return self.arrived.to(who)[self._read.get(who, 0) :]

    def read(self, who: str) -> list[Notice]:
        """All that came since it was last read."""
        found = self.unread(who)
        self._read[who] = len(self.arrived.to(who))
        return found

    def read_by_all(self) -> None:
        self.deliver()
        for who in {notice.to for notice in self.arrived.sent}:
            self.read(who)

    def deliver(self) -> None:
        self._introduce()
        while deliver_due(self.office.engine, Channels({"post": self.arrived}, "post"), worker="post").claimed:
            pass

    def _introduce(self) -> None:
        """Everybody who is to be told is in the directory, the staff in their groups."""
        people = self.office.engine.people
        known = {party.id for party in people.list()}
        for name, actor in self.office.people.items():
            if name not in known:
                people.add(Party(name, name, groups=tuple(actor.groups)))
        groups = {group for actor in self.office.people.values() for group in actor.groups}
        with self.office.engine.looking() as sql:
            named = set(sql.execute(select(notices.c.party).distinct()).scalars())
        for name in (named | groups) - known - {*self.office.people, ""}:
            people.add(Party(name, name, kind="group" if name in groups else "unit"))


@pytest.fixture
def post(office: Office) -> Post:
    """The post of the office."""
    return Post(office)


@said_as(then, "{who}收到通知“{text}”")
def _(office: Office, post: Post, who: str, text: str) -> None:
    office.expect_nothing_refused()
    told = [f"{notice.subject}\n{notice.body}" for notice in post.unread(who)]
    assert [each for each in told if text in each], f"{who}没有收到“{text}”，收到的是：{told}"


@said_as(then, "{who}没有收到新的通知")
def _(post: Post, who: str) -> None:
    assert [] == [notice.subject for notice in post.unread(who)]


@said_as(step, "通知都已看过")
def _(post: Post) -> None:
    post.read_by_all()


@said_as(step, "{who}每天{rest}收汇总")
def _(office: Office, who: str, rest: str) -> None:
    office.engine.people.add(Party(who, who, digest=rest))


@said_as(step, "到了{month}月{day}日{rest}")
def _(office: Office, month: str, day: str, rest: str) -> None:
    hour, minute = map(int, re.findall(r"\d+", rest))
    office.clock.set(datetime(2022, int(month), int(day), hour, minute, tzinfo=OFFICE_ZONE))


@said_as(step, "“{case}”已立案")
def _(office: Office, case: str) -> None:
    office.do(case, "file", by="陈主任", category="society")


@said_as(step, "{who}给“{case}”增加会办单位{whose}")
def _(office: Office, who: str, case: str, whose: str) -> None:
    office.engine.fire(office.cases[case], "add_unit", office.actor(who), {"unit": whose, "part": "co"})


@said_as(step, "{who}报送社情民意“{case}”")
def _(office: Office, who: str, case: str) -> None:
    reported(office, who, case)

"""The outbox: notices that were written with their step are delivered after it, at least once.

A worker claims what is due for a while (the lease), addresses and writes what is new, sends, and marks each at once.
One that is killed leaves its claims; when their lease ends somebody else takes them up, and that counts as a try.
Nothing is sent twice while a lease lives: no send begins after seven tenths of it, a send may take less than half of
it, and what a worker marks after its lease has ended is not believed.
"""

from __future__ import annotations

import random as chance
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflow import digests, incidents, undelivered
from workflow.addressing import Letter, Post, not_before
from workflow.channels import Channels
from workflow.core.errors import NotFound, StoreUnavailable, WorkflowError
from workflow.core.model import Micros, Text
from workflow.policy import SECOND, Policy
from workflow.ports import Notice, Reject, Retry
from workflow.store import claims
from workflow.store.tables import OFFICE
from workflow.templates import Templates
from workflow.templates.folders import DIGEST

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work

__all__ = ["Delivered", "Policy", "Tell", "deliver_due"]

LAST_START = 0.7  # of the lease: no send begins later
ENOUGH = 2  # failures one after the other from which on a channel is left alone for the rest of a batch

Tell = Callable[..., None]


@dataclass(slots=True)
class Delivered:
    """What one batch came to. `put_off` were not tried: quiet hours, no time left, a channel that is down; `gathered`
    wait for a digest.
    """

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0
    put_off: int = 0
    gathered: int = 0


def deliver_due(
    engine: Engine,
    channels: Channels,
    *,
    worker: str,
    limit: int = 100,
    policy: Policy = Policy(),
    templates: Templates | None = None,
    random: Callable[[], float] = chance.random,
    stopping: Callable[[], bool] = lambda: False,
    tell: Tell = lambda event, **facts: None,
) -> Delivered:
    """Deliver at most `limit` of the notices that are due, the longest due first.

    `worker` names the caller, so that a person can see who has a claim; `stopping` is asked before each send, and
    what is left is given back; `tell(event, **facts)` is called with whatever happens. Raises StoreUnavailable; what
    was claimed then is taken up again when the lease ends.
    """
    policy.check(channels)
    started = time.monotonic()  # before the moment from which the lease counts, however long we are held up in between
    now = engine.moment()
    with engine.looking() as sql:
        if not claims.anything_due(sql, now):
            return Delivered()
    until = now + int(policy.lease * SECOND)
    with engine.writing() as sql:
        rows = claims.claim(sql, now, worker, until, limit)
    batch = _Batch(
        engine, channels, policy, Post(engine, templates or Templates(), channels.default), random, tell,
        deadline=started + LAST_START * policy.lease, stopping=stopping,
    )  # fmt: skip
    batch.done.claimed = len(rows)
    if rows:
        tell("claimed", notices=len(rows), until=until)
    batch.send(batch.addressed([_Claimed.of(row) for row in rows], now))
    return batch.done


@dataclass(slots=True)
class _Claimed:
    """A notice that is ours until the lease ends."""

    row: Any
    attempt: int
    tries: int
    letter: Letter | None
    at: Micros

    @classmethod
    def of(cls, row: Any) -> _Claimed:
        letter = None
        if row.subject is not None:
            letter = Letter(row.recipient, row.channel, row.address, row.language, row.subject, row.body)
        return cls(row, row.attempt + 1, row.tries + 1, letter, row.at or 0)


@dataclass(slots=True)
class _Batch:
    engine: Engine
    channels: Channels
    policy: Policy
    post: Post
    random: Callable[[], float]
    tell: Tell
    deadline: float
    stopping: Callable[[], bool]
    done: Delivered = field(default_factory=Delivered)
    _down: Counter[str] = field(default_factory=Counter)
    _held: set[str] = field(default_factory=set)  # recipients whose digests are about to change

    # ------------------------------------------------------------ who is told, and in which words

    def addressed(self, claimed: list[_Claimed], now: Micros) -> list[_Claimed]:
        """Those that can be sent, each with its letter; the others were put away, with the reason."""
        ready: list[_Claimed] = []
        writing: list[Callable[[Any], None]] = []
        for each in claimed:
            if each.row.state == "failed":
                nobody = undelivered.nobody(each.row.reason or "")
                writing.append(self._giving_up(each, now, "failed", nobody, "notice"))
            elif each.tries > self.policy.attempts:
                writing.append(self._giving_up(each, now, "parked", undelivered.lost(each.tries - 1), "notice"))
            elif each.letter is not None:
                ready.append(each)
            elif each.row.template == DIGEST:
                writing.append(self._closing(each, now, ready))
            else:
                writing.append(self._addressing(each, now, ready))
        if writing:
            with self.engine.writing() as sql:
                claims.hold(sql, sorted(self._held))
                for write in writing:
                    write(sql)
        return ready

    def _addressing(self, each: _Claimed, now: Micros, ready: list[_Claimed]) -> Callable[[Any], None]:
        """Write the letters of a notice; what is to be written down is done later, in one transaction for all."""
        row = each.row
        try:
            letters, each.at = self.post.letters(row)
        except StoreUnavailable:
            raise
        except WorkflowError as error:
            return self._giving_up(each, now, "parked", error.text, "template")
        except Exception as error:  # noqa: BLE001 - a fault of ours with one notice must not stop the others
            return self._giving_up(each, now, "parked", undelivered.unwritten(error), "notice")
        if not letters and row.cc and self.post.reached_by(row.party):
            return self._told_anyway(each, now)
        if not letters:
            return self._giving_up(each, now, "failed", undelivered.unknown(row.recipient or row.party), "notice")
        self._held |= {letter.recipient for letter in letters if digests.waits(row, letter)}
        others = letters[1:]
        if not digests.waits(row, letters[0]) and self._awake(each, letters[0], now):
            each.letter = letters[0]
            ready.append(each)

        def write(sql: Any) -> None:
            if claims.mark(sql, row.id, each.attempt, self._first(sql, each, letters[0], now)) and others:
                claims.add(sql, [self._besides(sql, each, n, letter, now) for n, letter in enumerate(others, 2)])

        return write

    def _told_anyway(self, each: _Claimed, now: Micros) -> Callable[[Any], None]:
        """Everybody who would get this copy is told himself: nothing is left to send."""
        over = {"state": "sent", "next_at": None, "worker": None, "reason": undelivered.TOLD_ANYWAY.zh}
        values = {**over, "sent_at": now, "recipient": each.row.party}

        def write(sql: Any) -> None:
            claims.mark(sql, each.row.id, each.attempt, values)

        return write

    def _first(self, sql: Any, each: _Claimed, letter: Letter, now: Micros) -> dict[str, Any]:
        """What the notice itself becomes: ready to be sent, put off to the end of quiet hours, or part of a digest."""
        values = letter.values(each.at)
        if digests.waits(each.row, letter):
            self.done.gathered += 1
            free = {"next_at": None, "worker": None, "tries": each.row.tries}
            return {**values, **free, "digest": digests.put(sql, letter, now)}
        if each.letter is None:
            values |= {"next_at": not_before(letter.quiet, now), "worker": None, "tries": each.row.tries}
        return values

    def _besides(self, sql: Any, each: _Claimed, n: int, letter: Letter, now: Micros) -> dict[str, Any]:
        """One more notice, to another of those who are told."""
        row = each.row
        same = {name: getattr(row, name) for name in ("file", "seq", "case_id", "party", "template", "cc", "urgent")}
        fresh = {"id": f"{row.id}.{n}", "state": "pending", "attempt": 0, "tries": 0, "reason": None, "worker": None}
        waiting = digests.waits(row, letter)
        due = {"next_at": None if waiting else not_before(letter.quiet, now), "sent_at": None}
        return {
            **same, **fresh, **letter.values(each.at), **due, "digest": digests.put(sql, letter, now) if waiting else None
        }  # fmt: skip

    def _closing(self, each: _Claimed, now: Micros, ready: list[_Claimed]) -> Callable[[Any], None]:
        """Write the words of a digest, from which on nothing more gets into it."""
        row = each.row
        self._held.add(row.recipient)

        def write(sql: Any) -> None:
            try:
                letter = digests.close(sql, row, self.post)
            except NotFound:
                self._giving_up(each, now, "failed", undelivered.unknown(row.recipient), "notice")(sql)
            except WorkflowError as error:
                self._giving_up(each, now, "parked", error.text, "template")(sql)
            else:
                if letter is None:
                    claims.drop(sql, row.id, each.attempt)
                elif not self._awake(each, letter, now):
                    values = {"next_at": not_before(letter.quiet, now), "worker": None, "tries": row.tries}
                    claims.mark(sql, row.id, each.attempt, values)
                elif claims.mark(sql, row.id, each.attempt, letter.values(row.at)):
                    each.letter = letter
                    ready.append(each)

        return write

    def _awake(self, each: _Claimed, letter: Letter, now: Micros) -> bool:
        """Whether the recipient may be told now."""
        awake = not_before(letter.quiet, now) <= now
        self.done.put_off += not awake
        return awake

    # ------------------------------------------------------------ sending

    def send(self, ready: list[_Claimed]) -> None:
        """Send each, and mark it at once."""
        if not ready:
            return
        with self.engine.looking() as sql:
            numbers = claims.numbers_of(sql, [each.row.file for each in ready])
        for each in ready:
            assert each.letter is not None
            channel = each.letter.channel
            if self.stopping() or time.monotonic() > self.deadline:
                self._give_back(each, 0)
            elif self._down[channel] >= ENOUGH:
                self._give_back(each, self.policy.wait(1, self.random(), None))
            else:
                self._send(each, each.letter, numbers.get(each.row.file, ""))

    def _send(self, each: _Claimed, letter: Letter, number: str) -> None:
        row = each.row
        notifier = self.channels.notifiers.get(letter.channel)
        if notifier is None:
            self._park(each, undelivered.no_channel(letter.channel), "channel", letter.channel)
            return
        notice = Notice(
            key=row.id, to=letter.recipient, subject=letter.subject, body=letter.body,
            case="" if row.file == OFFICE else row.file, at=each.at, number=number, address=letter.address,
            name=self.post.called(letter.recipient),
        )  # fmt: skip
        begun = time.monotonic()
        try:
            notifier.send(notice)
        except Reject as reject:
            self._park(each, undelivered.in_both(reject.text), "notice", row.id)
        except Retry as retry:
            self._again(each, letter.channel, undelivered.in_both(retry.text), retry.after)
        except Exception as error:  # noqa: BLE001 - the port says: any other exception is a Retry
            reason = f"{type(error).__name__}: {error}"
            self._again(each, letter.channel, Text(reason, reason), None)
        else:
            self._down[letter.channel] = 0
            took = round((time.monotonic() - begun) * 1000)
            marked = self._mark_sent(row, each.attempt)
            self.done.sent += 1
            self.tell("sent" if marked else "overtaken", notice=row.id, channel=letter.channel, ms=took)

    def _mark_sent(self, row: Any, attempt: int) -> bool:
        """It has arrived, and with a digest all that it held; False where we were overtaken."""
        now = self.engine.moment()
        if row.template != DIGEST:
            with self.engine.looking() as sql:
                return claims.mark_sent(sql, row.id, attempt, now)
        with self.engine.writing() as sql:
            marked = claims.mark_sent(sql, row.id, attempt, now)
            if marked:
                claims.mark_sent_within(sql, row.id, now)
            return marked

    def _again(self, each: _Claimed, channel: str, reason: Text, wish: float | None) -> None:
        """It did not get through: wait, or park it after too many tries."""
        self._down[channel] += 1
        if each.tries >= self.policy.attempts:
            self._park(each, undelivered.failed(each.tries, reason), "channel", channel)
            return
        now = self.engine.moment()
        wait = self.policy.wait(each.tries, self.random(), wish)
        values = {"next_at": now + wait, "worker": None, "reason": reason.zh}

        def write(work: Work) -> None:
            sql = work.must_lock()
            claims.mark(sql, each.row.id, each.attempt, values)
            if each.tries > 1 and now - each.at >= self.policy.patience * SECOND:
                incidents.report(sql, now, "channel", channel, undelivered.down(channel, reason))

        self.engine.carry_out(write)
        self.done.failed += 1
        self.tell(
            "failed", notice=each.row.id, channel=channel, tries=each.tries, again=wait // SECOND, reason=reason.en
        )  # fmt: skip

    def _park(self, each: _Claimed, reason: Text, kind: str, about: str) -> None:
        write = self._giving_up(each, self.engine.moment(), "parked", reason, kind, about)
        self.engine.carry_out(lambda work: write(work.must_lock()))

    def _give_back(self, each: _Claimed, wait: Micros) -> None:
        """It was not tried: the claim does not count."""
        values = {"next_at": self.engine.moment() + wait, "worker": None, "tries": each.row.tries}
        with self.engine.writing() as sql:
            claims.mark(sql, each.row.id, each.attempt, values)
        self.done.put_off += 1

    def _giving_up(
        self, each: _Claimed, now: Micros, state: str, reason: Text, kind: str, about: str = ""
    ) -> Callable[[Any], None]:
        """Put it away until a person looks; an incident says why."""
        row = each.row
        self.done.parked += 1
        self.tell(state, notice=row.id, to=row.recipient or row.party, reason=reason.en)

        def write(sql: Any) -> None:
            values = {"state": state, "next_at": None, "worker": None, "reason": reason.zh}
            if claims.mark(sql, row.id, each.attempt, values):
                file = None if kind == "channel" or row.file == OFFICE else row.file
                incidents.report(sql, now, kind, about or row.id, reason, file)

        return write

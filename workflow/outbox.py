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

from workflow import incidents
from workflow.addressing import Letter, Post, not_before
from workflow.channels import Channels
from workflow.core.errors import InputInvalid, StoreUnavailable, WorkflowError
from workflow.core.model import Micros, Text
from workflow.ports import Notice, Reject, Retry
from workflow.store import claims
from workflow.templates import Templates

if TYPE_CHECKING:
    from workflow.engine import Engine

SECOND = 1_000_000
LAST_START = 0.7  # of the lease: no send begins later
LONGEST_WISH = 24 * 3600  # seconds that a channel may ask us to wait
ENOUGH = 2  # failures one after the other from which on a channel is left alone for the rest of a batch

Tell = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Policy:
    """How notices are tried; times in seconds.

    `lease`: how long a claim is good for. `send_timeout`: the longest that one send may take; a lease shorter than
    two of them is refused, and so is a notifier that says it takes longer. `attempts`: after so many a notice is
    parked. The wait doubles from `first_wait` to `longest_wait`, give or take a half. A channel that has failed a
    notice for `patience` is an incident.
    """

    lease: float = 60
    send_timeout: float = 20
    attempts: int = 12
    first_wait: float = 30
    longest_wait: float = 3600
    patience: float = 3600

    def __post_init__(self) -> None:
        if self.lease < 2 * self.send_timeout or self.send_timeout <= 0:
            raise InputInvalid(
                Text(
                    f"租期 {self.lease:g} 秒至少须为单次发送时限 {self.send_timeout:g} 秒的两倍，否则同一通知会被重复发送",
                    f"the lease of {self.lease:g} s must be at least twice the {self.send_timeout:g} s that a send may "
                    "take, or notices would be sent twice",
                )
            )
        if self.attempts < 1 or not 0 < self.first_wait <= self.longest_wait:
            raise InputInvalid(
                Text("重试次数至少为 1，等待时间须大于 0", "at least one attempt, and waits longer than nothing")
            )

    def check(self, channels: Channels) -> None:
        """Raises InputInvalid where a notifier has a `timeout` (seconds) longer than a send may take."""
        for name, notifier in channels.notifiers.items():
            timeout = getattr(notifier, "timeout", None)
            if isinstance(timeout, (int, float)) and timeout > self.send_timeout:
                raise InputInvalid(
                    Text(
                        f"渠道“{name}”的时限 {timeout:g} 秒长于单次发送时限 {self.send_timeout:g} 秒",
                        f"the channel {name!r} may take {timeout:g} s, longer than the {self.send_timeout:g} s of a send",
                    )
                )

    def wait(self, tries: int, draw: float, wish: float | None) -> Micros:
        """How long to wait after that many failures; `draw` is from [0, 1), `wish` what the channel asked for."""
        doubled = min(self.first_wait * 2.0 ** min(tries - 1, 40), self.longest_wait)
        wanted = max(doubled * (0.5 + draw), min(wish or 0, LONGEST_WISH))
        return int(wanted * SECOND)


@dataclass(slots=True)
class Delivered:
    """What one batch came to. `put_off` were not tried: quiet hours, no time left, a channel that is down."""

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    parked: int = 0
    put_off: int = 0


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
    now = engine.moment()
    with engine.looking() as sql:
        if not claims.anything_due(sql, now):
            return Delivered()
    started = time.monotonic()
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

    # ------------------------------------------------------------ who is told, and in which words

    def addressed(self, claimed: list[_Claimed], now: Micros) -> list[_Claimed]:
        """Those that can be sent, each with its letter; the others were put away, with the reason."""
        ready: list[_Claimed] = []
        writing: list[Callable[[Any], None]] = []
        for each in claimed:
            if each.row.state == "failed":
                writing.append(self._giving_up(each, now, "failed", _nobody(each.row.reason or ""), "notice"))
            elif each.tries > self.policy.attempts:
                writing.append(self._giving_up(each, now, "parked", _lost(each.tries - 1), "notice"))
            elif each.letter is not None:
                ready.append(each)
            else:
                writing.append(self._addressing(each, now, ready))
        if writing:
            with self.engine.writing() as sql:
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
            reason = f"{type(error).__name__}: {error}"
            return self._giving_up(
                each, now, "parked", Text(f"写通知时出错：{reason}", f"writing it failed: {reason}"), "notice"
            )
        if not letters:
            return self._giving_up(each, now, "failed", _unknown(row.recipient or row.party), "notice")
        each.letter = letters[0]
        first = not_before(letters[0].quiet, now)
        values = letters[0].values(each.at)
        if first > now:
            values |= {"next_at": first, "worker": None, "tries": row.tries}
            self.done.put_off += 1
        else:
            ready.append(each)
        others = [_besides(row, n, letter, each.at, now) for n, letter in enumerate(letters[1:], 2)]

        def write(sql: Any) -> None:
            if claims.mark(sql, row.id, each.attempt, values) and others:
                claims.add(sql, others)

        return write

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
            self._park(each, _no_channel(letter.channel), "channel", letter.channel)
            return
        notice = Notice(
            key=row.id, to=letter.recipient, subject=letter.subject, body=letter.body, case=row.file, at=each.at,
            number=number, address=letter.address, name=self.post.called(letter.recipient),
        )  # fmt: skip
        begun = time.monotonic()
        try:
            notifier.send(notice)
        except Reject as reject:
            self._park(each, _both(reject.text), "notice", row.id)
        except Retry as retry:
            self._again(each, letter.channel, _both(retry.text), retry.after)
        except Exception as error:  # noqa: BLE001 - the port says: any other exception is a Retry
            reason = f"{type(error).__name__}: {error}"
            self._again(each, letter.channel, Text(reason, reason), None)
        else:
            self._down[letter.channel] = 0
            took = round((time.monotonic() - begun) * 1000)
            with self.engine.looking() as sql:
                marked = claims.mark_sent(sql, row.id, each.attempt, self.engine.moment())
            self.done.sent += 1
            self.tell("sent" if marked else "overtaken", notice=row.id, channel=letter.channel, ms=took)

    def _again(self, each: _Claimed, channel: str, reason: Text, wish: float | None) -> None:
        """It did not get through: wait, or park it after too many tries."""
        self._down[channel] += 1
        if each.tries >= self.policy.attempts:
            told = Text(f"试了 {each.tries} 次未成：{reason.zh}", f"failed {each.tries} times: {reason.en}")
            self._park(each, told, "channel", channel)
            return
        now = self.engine.moment()
        wait = self.policy.wait(each.tries, self.random(), wish)
        values = {"next_at": now + wait, "worker": None, "reason": reason.zh}
        with self.engine.writing() as sql:
            claims.mark(sql, each.row.id, each.attempt, values)
            if each.tries > 1 and now - each.at >= self.policy.patience * SECOND:
                incidents.report(sql, now, "channel", channel, _down(channel, reason))
        self.done.failed += 1
        self.tell(
            "failed", notice=each.row.id, channel=channel, tries=each.tries, again=wait // SECOND, reason=reason.en
        )  # fmt: skip

    def _park(self, each: _Claimed, reason: Text, kind: str, about: str) -> None:
        with self.engine.writing() as sql:
            self._giving_up(each, self.engine.moment(), "parked", reason, kind, about)(sql)

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
                incidents.report(sql, now, kind, about or row.id, reason, row.file if kind != "channel" else None)

        return write


def _besides(row: Any, n: int, letter: Letter, at: Micros, now: Micros) -> dict[str, Any]:
    """One more notice, to another of those who are told."""
    same = {name: getattr(row, name) for name in ("file", "seq", "case_id", "party", "template")}
    fresh = {"id": f"{row.id}.{n}", "state": "pending", "attempt": 0, "tries": 0, "reason": None, "worker": None}
    return {**same, **fresh, **letter.values(at), "next_at": not_before(letter.quiet, now), "sent_at": None}


def _both(text: Text) -> Text:
    return Text(text.say("zh"), text.say("en"))


def _nobody(reason: str) -> Text:
    return Text(f"算不出收件人：{reason}", f"it could not be worked out who is to be told: {reason}")


def _unknown(party: str) -> Text:
    return Text(
        f"“{party}”未登记或已停用，通知无人可送；请登记（casework people add）后重试",
        f"{party!r} is not registered, or no longer active, so nobody can be told; add it (`casework people add`) and "
        "try again",
    )


def _lost(tries: int) -> Text:
    return Text(
        f"发送 {tries} 次都没有结果（进程中断或超时）",
        f"{tries} attempts ended without an answer (killed, or too slow)",
    )


def _no_channel(channel: str) -> Text:
    return Text(
        f"没有配置渠道“{channel}”；请在渠道文件里加上后重试",
        f"the channel {channel!r} is not set up; add it to the file of channels and try again",
    )


def _down(channel: str, reason: Text) -> Text:
    return Text(
        f"渠道“{channel}”长时间送不出：{reason.zh}", f"the channel {channel!r} has been failing for long: {reason.en}"
    )

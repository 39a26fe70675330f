"""Who else is told of each checkpoint: an auditor by e-mail, another office's machine by webhook.

They stand in the file `witnesses` of the sealer's folder, one in a line: a channel of the channels file, and an address
where the channel needs one. A checkpoint says all that the ones before it say, so only the newest is sent; whom it did
not reach is told of the newest at the next seal. Nobody's silence stops the sealer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workflow import incidents
from workflow.channels import Channels
from workflow.core.calendar import local
from workflow.core.checkpoint import Note
from workflow.core.errors import InputInvalid, SealerBusy, StoreUnavailable, Tampered, WorkflowError
from workflow.core.model import Micros, Text
from workflow.outbox import Tell
from workflow.policy import SECOND
from workflow.ports import Attachment, Notice, Undelivered
from workflow.sealing import INCIDENT, Folder, seal, signers_of

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.store.work import Work

LISTED = "witnesses"  # the file that names them
TOLD = "told.json"  # what each was told last
OFTEN = 600.0  # seconds between two seals of a worker


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who is told over `channel`; `address` is "" where the channel needs none."""

    channel: str
    address: str

    def __str__(self) -> str:
        return f"{self.channel} {self.address}".rstrip()

    @property
    def shown(self) -> str:
        """The witness as anybody may see it: of a web address, which may hold a token, only the place."""
        parts = urlsplit(self.address)
        return f"{self.channel} {parts.hostname}" if parts.hostname else str(self)


def listed(folder: Folder, channels: Channels) -> list[Witness]:
    """The witnesses of a folder, none where it names none. Raises InputInvalid, also for a channel that is not set up."""
    path = folder.path / LISTED
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(Text(f"读不到文件 {path}（{error}）", f"cannot read {path} ({error})")) from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        channel, _, address = line.strip().partition(" ")
        if channel not in channels.notifiers:
            there = "、".join(channels.notifiers)
            raise InputInvalid(
                Text(
                    f"{path}:{number}：没有配置渠道“{channel}”；现有：{there}。请用 --channels 指明渠道文件",
                    f"{path}:{number}: the channel {channel!r} is not set up; there are: {there}. Name the file of "
                    "channels with --channels",
                )
            )
        found.append(Witness(channel, address.strip()))
    return found


def tell_witnesses(engine: Engine, folder: Folder, channels: Channels, tell: Tell = lambda event, **facts: None) -> int:
    """Send the newest checkpoint to each witness that was not told of it; how many of them it did not reach.

    Each of those is an incident, which ends when one gets through. `tell(event, **facts)` is called with what happens.
    Raises InputInvalid where a file of the folder cannot be read or written.
    """
    memory = folder.memory()
    if memory is None:
        return 0
    told, missed = _told(folder), 0
    mark = f"{memory.size} {memory.note.checkpoint.at}"
    for each in listed(folder, channels):
        if told.get(str(each)) == mark:
            continue
        wrong = _send(channels, each, memory.note)
        engine.carry_out(partial(_note, each, wrong, engine.moment()))
        if wrong is not None:
            missed += 1
            tell("untold", witness=each.shown, reason=wrong.say("en"))
            continue
        tell("told", witness=each.shown, size=memory.size)
        told[str(each)] = mark
        folder.keep(TOLD, told)
    return missed


@dataclass(slots=True)
class Seals:
    """What a worker does about the log, round by round: seal what is new, and tell the witnesses.

    It looks every `every` seconds. A seal that fails is an incident and is tried again; it stops nothing else.
    """

    engine: Engine
    folder: Folder
    channels: Channels
    every: float = OFTEN
    _looked: Micros | None = None

    def check(self) -> None:
        """Raises InputInvalid where the folder has no key, or names a witness that cannot be told."""
        signers_of(self.folder)
        listed(self.folder, self.channels)

    def look(self, tell: Tell) -> None:
        """Seal if it is time. Raises StoreUnavailable alone."""
        now = self.engine.now()
        if self._looked is not None and 0 <= now - self._looked < self.every * SECOND:
            return
        try:
            done = seal(self.engine, self.folder)
            if done.new or done.note:
                short = done.note.checkpoint.short if done.note else None
                tell("sealed", size=done.size, new=done.new, checkpoint=short)
        except SealerBusy as busy:
            tell("unsealed", error=busy.say("en"))
        except StoreUnavailable:
            raise
        except WorkflowError as error:
            self._stopped(error, tell, known=isinstance(error, Tampered))
        self._looked = now
        try:
            tell_witnesses(self.engine, self.folder, self.channels, tell)
        except InputInvalid as error:
            self._stopped(error, tell)

    def _stopped(self, error: WorkflowError, tell: Tell, *, known: bool = False) -> None:
        tell("unsealed", error=error.say("en"))
        if not known:
            now, origin = self.engine.moment(), self.engine.origin
            self.engine.carry_out(lambda work: incidents.report(work.must_lock(), now, INCIDENT, origin, error.text))


def _note(witness: Witness, wrong: Text | None, now: Micros, work: Work) -> None:
    sql = work.must_lock()
    if wrong is not None:
        incidents.report(sql, now, INCIDENT, witness.shown, _missed(witness, wrong))
    else:
        incidents.end(sql, now, INCIDENT, witness.shown, Text("检查点已送达", "the checkpoint got through"))


def _told(folder: Folder) -> dict[str, Any]:
    """What each was told last. A file that cannot be read is as none: then they are told again."""
    try:
        found = json.loads((folder.path / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _send(channels: Channels, to: Witness, signed: Note) -> Text | None:
    """Why it did not get through; None where it did."""
    try:
        channels.notifiers[to.channel].send(_notice(to, signed))
    except Undelivered as undelivered:
        return Text(undelivered.text.say("zh"), undelivered.reason)
    except Exception as error:  # noqa: BLE001 - the port says: any other exception is a Retry
        reason = f"{type(error).__name__}: {error}"
        return Text(reason, reason)
    return None


def _notice(to: Witness, signed: Note) -> Notice:
    checkpoint = signed.checkpoint
    mark = sha256(f"{to}\n{signed}".encode()).hexdigest()[:16]
    return Notice(
        key=f"checkpoint-{checkpoint.size}-{mark}",
        to=to.address or to.channel,
        subject=f"检查点 checkpoint {checkpoint.origin} {checkpoint.short}",
        body=f"{_WORDS}\n\n{local(checkpoint.at).isoformat(' ', 'seconds')}\n\n{signed}",
        case="",
        at=checkpoint.at,
        address=to.address,
        attachments=(Attachment(f"checkpoint-{checkpoint.size}", str(signed).encode(), "text/plain"),),
    )


_WORDS = (
    "请保存附件：日后凭它和公钥核对办理记录是否被改动（casework audit verify --checkpoint 附件 --key 公钥）。\n"
    "Keep the attachment: with it and the public key anybody can find whether the records were changed later\n"
    "(casework audit verify --checkpoint ATTACHMENT --key KEY)."
)


def _missed(to: Witness, why: Text) -> Text:
    return Text(
        f"检查点没有送达 {to.shown}：{why.say('zh')}；下次封存时再送",
        f"the checkpoint did not reach {to.shown}: {why.say('en')}; it is sent again at the next seal",
    )

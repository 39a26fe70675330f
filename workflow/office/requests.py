"""The same request again gets the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workflow.core.errors import InputInvalid, Refused, RequestReused
from workflow.core.fold import fold
from workflow.core.model import Blocker, Command, File, Refusal, Text
from workflow.core.run import Step
from workflow.office.answers import Outcome, Record
from workflow.office.library import Library
from workflow.office.refusals import changes_among, last_move, refused
from workflow.store import queries
from workflow.store.connections import Conversation
from workflow.store.hidden import told_history
from workflow.store.writing import Prepared

LONGEST = 200
FORGOTTEN = ""  # stands for the fingerprint of a command whose personal input was erased: it could be guessed from it


@dataclass(frozen=True, slots=True)
class Request:
    """A command with the caller's id for it, under which it may be sent again; or with none."""

    id: str | None
    fingerprint: str = ""
    expect: int | None = None

    @classmethod
    def of(
        cls, id: str | None, on: str, command: Command, *, expect: int | None = None, version: int | None = None
    ) -> Request:
        """The request for `command` on the case named `on`, of which the caller saw the revision `expect`; or to open
        one of the lifecycle `on` in that `version`. Raises InputInvalid.
        """
        if id is None:
            return cls(None)
        if not 0 < len(id) <= LONGEST or not id.isprintable():
            raise InputInvalid(
                Text(
                    f"请求编号须为 1 到 {LONGEST} 个可见字符",
                    f"a request id has 1 to {LONGEST} visible characters",
                )
            )
        actor = command.actor
        told = [
            on, command.action, actor.id, actor.on_behalf_of, dict(command.input), command.note, command.happened,
            version if expect is None else expect,
        ]  # fmt: skip
        text = json.dumps(told, sort_keys=True, default=str)
        return cls(id, hashlib.sha256(text.encode()).hexdigest(), expect)

    def row(self, case_id: str, steps: list[Step], at: int) -> dict[str, Any] | None:
        """What remembers that these steps were the answer; None for a request without an id."""
        if self.id is None:
            return None
        first, last = steps[0].entry, steps[-1].entry
        return {
            "id": self.id,
            "fingerprint": self.fingerprint,
            "file": first["file"],
            "case_id": case_id,
            "seq": first["seq"],
            "last": last["seq"],
            "at": at,
        }


def answered(on: Conversation, statements: Prepared, library: Library, request: Request) -> Outcome | Refused | None:
    """The answer that this request got before; None if it is new. Raises RequestReused for another command."""
    if request.id is None:
        return None
    rows = on.select(statements.answered, {"b_request": request.id})
    if not rows:
        return None
    _, fingerprint, file_id, case_id, seq, last, _ = rows[0]
    if fingerprint not in (request.fingerprint, FORGOTTEN):
        raise RequestReused(request.id)
    answer = tuple(queries.history(on.sql, file_id, since=seq, until=last))
    if answer[0]["kind"] == "refusal":
        return _refused(on, answer[0], _changes(on, library, answer[0], request.expect))
    file = _folded(on, library, file_id, last)
    head = queries.leaf_of(on.sql, file_id, last)
    leaf = queries.leaf_of(on.sql, file_id, seq)
    file.records, file.head = last, head
    return outcome(file, case_id, answer, leaf)


def outcome(file: File, case_id: str, records: tuple[Record, ...], leaf: str) -> Outcome:
    """The answer to a command that added `records`, the first of which has that leaf hash."""
    first = records[0]
    return Outcome(
        case=file.case(case_id),
        file=file,
        records=records,
        receipt={"case": case_id, "seq": first["seq"], "leaf": leaf, "log": first["log"], "at": first["at"]},
        opened=tuple(file.case(part["id"]) for record in records for part in record.get("opened", ())),
        started=tuple(other["id"] for record in records for other in record.get("started", ())),
    )


def _folded(on: Conversation, library: Library, file_id: str, until: int) -> File:
    file: File | None = None
    for record in told_history(on.sql, file_id, until=until):
        version = record["lifecycle"]
        file = fold(file, record, library.version(on.sql, version["name"], version["version"]))
    assert file is not None
    return file


def _changes(on: Conversation, library: Library, refusal: Record, expect: int | None) -> tuple[Record, ...]:
    """What had changed since the caller looked, when he was refused."""
    if expect is None:
        return ()
    before = refusal["seq"] - 1
    case = _folded(on, library, refusal["file"], before).case(refusal["case"])
    return changes_among(reversed(tuple(queries.history(on.sql, refusal["file"], until=before))), case, expect)


def _refused(on: Conversation, record: Record, changes: Sequence[Record]) -> Refused:
    blockers = tuple(
        Blocker(b["code"], Text(b.get("zh", ""), b.get("en", "")), b.get("about")) for b in record["blockers"]
    )
    refusal = Refusal(record.get("case", ""), record["action"], record.get("from", ""), blockers)
    return refused(refusal, changes, last_move(on.sql, record["file"], record["seq"] - 1, refusal.case, blockers))

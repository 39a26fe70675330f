"""Refusals: why a look that was too old is one, and what whoever comes too late is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, dropwhile, takewhile

from sqlalchemy import Connection

from workflow.core import wording
from workflow.core.errors import Refused, Stale
from workflow.core.model import ENGINE_ACTOR, Blocker, Case, Command, Lifecycle, Refusal, Text
from workflow.core.record import OF_NO_STEP
from workflow.office.answers import Record
from workflow.store import queries

# Not the caller's to mend: the lifecycle, or the data it looks at, is at fault.
BROKEN = frozenset({"condition", "endless", "invariant", "no_route"})


def stale(
    sql: Connection, lifecycle: Lifecycle, case: Case, command: Command, expect: int | None
) -> tuple[Refusal, tuple[Record, ...]] | None:
    """The refusal where the case is no longer at the revision that the caller saw, with what changed since: who did
    what last and when, and the state that it is in now.
    """
    if expect is None or expect == case.revision:
        return None
    changed = changes_among(queries.history(sql, case.root, newest_first=True), case, expect)
    if changed:
        last = changed[-1]
        when = wording.minute(last["at"])
        who = last["who"].get("name") or last["who"]["id"]
        kind = lifecycle.kind(case.kind)
        known, now = kind.transitions.get(last["action"]), wording.state(kind, case.state)
        done = Text(last["action"], last["action"]) if known is None else wording.action(known)
        text = Text(
            f"您看过之后此件有 {len(changed)} 处变动，最近是 {who} 于 {when} 办理“{done.zh}”，现为“{now.zh}”；"
            "请重新查看后再办",
            f"the case has changed {len(changed)} times since you looked, last by {who} at {when} ({done.en}); "
            f"it is {now.en!r} now: look again",
        )
    else:
        text = Text(
            f"此件是第 {case.revision} 次修订，不是 {expect}；请重新查看后再办",
            f"the case is at revision {case.revision}, not {expect}; look again",
        )
    return Refusal(case.id, command.action, case.state, (Blocker("stale", text),)), changed


def changes_among(newest_first: Iterable[Record], case: Case, revision: int) -> tuple[Record, ...]:
    """The records, of those of its file, that brought the case from `revision` to where it is; in order."""
    wanted = case.revision - revision
    found: list[Record] = []
    if wanted > 0:
        for record in newest_first:
            if record["kind"] not in (*OF_NO_STEP, "timer") and (
                case.id in (record["case"], *record.get("closed", ())) or record["kind"] == "migration"
            ):
                found.append(record)
                if len(found) == wanted:
                    break
    return tuple(reversed(found))


def last_move(sql: Connection, file: str, until: int, case: str, blockers: Iterable[Blocker]) -> Record | None:
    """Where the state of the case does not offer the action: who brought it there, when and by what, by the first
    `until` records of its file. Nothing else of the record, for it may hold what not everybody may see.
    """
    if all(blocker.code != "not_offered" for blocker in blockers):
        return None
    newest_first = queries.history(sql, file, until=until, newest_first=True)
    back = dropwhile(lambda record: not _moved(record, case), newest_first)
    move = next(back, None)
    if move is None:
        return None
    # what the engine does by itself follows from a command: their records have one moment
    together = chain([move], takewhile(lambda record: record["at"] == move["at"], back))
    told = next((record for record in together if record["who"]["id"] != ENGINE_ACTOR.id), move)
    return {name: told[name] for name in ("case", "seq", "at", "who", "action")}


def _moved(record: Record, case: str) -> bool:
    """Whether the record is of what brought the case to another state."""
    if record["kind"] == "migration":
        return any(each["id"] == case and "to" in each for each in record.get("cases", ()))
    opened = (part["id"] for part in record.get("opened", ()))
    return record["kind"] in ("open", "move") and case in (record["case"], *record.get("closed", ()), *opened)


def stopped(command: Command, broken: Sequence[Blocker]) -> Text:
    """What the incident says of a command that the lifecycle itself does not let through."""
    zh, en = ("；".join(b.text.zh for b in broken), "; ".join(b.text.en for b in broken))
    return Text(f"“{command.action}”办不下去：{zh}", f"{command.action!r} cannot go on: {en}")


def refused(refusal: Refusal, changes: Sequence[Record] = (), last: Record | None = None) -> Refused:
    """The error to raise for a refusal."""
    if any(blocker.code == "stale" for blocker in refusal.blockers):
        return Stale(refusal, changes)
    return Refused(refusal, last)

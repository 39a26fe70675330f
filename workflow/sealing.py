"""The sealer: it gives every record its place in one log, and signs what the log is. Beside whoever writes.

What it signed last it keeps in a folder outside the database, with the right edge of the tree, and it begins from there:
of what is in the database it believes nothing that was sealed. Where the database does not continue what was signed
(a backup was restored, the end was cut off) it signs nothing any more, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from workflow import incidents, signing
from workflow.core.checkpoint import Checkpoint, Note, Signature
from workflow.core.errors import InputInvalid, SealerBusy, Tampered
from workflow.core.hashing import hash_of
from workflow.core.merkle import Frontier
from workflow.core.model import Actor, Micros, Text
from workflow.keeping import Folder, Memory
from workflow.store import log

if TYPE_CHECKING:
    from workflow.engine import Engine
    from workflow.ports import Signer
    from workflow.store.work import Work

__all__ = ["BATCH", "HEARTBEAT", "INCIDENT", "Folder", "Memory", "Sealed", "reanchor", "seal", "signers_of"]

BATCH = 1_000  # records that are sealed in one transaction
HEARTBEAT = 24 * 3_600_000_000  # microseconds after which a checkpoint is signed though nothing is new
INCIDENT = "seal"


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many records the log has, how many of them are new to it, and the checkpoint, where one was signed now."""

    size: int
    new: int
    note: Note | None = None


def seal(engine: Engine, folder: Folder) -> Sealed:
    """Seal every record there is, and sign the log where it has grown, or once a day.

    May be killed at any moment and run again: records that have their place keep it, and what was shown to others was
    remembered before. Raises Tampered, with an incident, where the database does not continue what was signed;
    InputInvalid where there is no key or the folder cannot be written; SealerBusy where another sealer is at work.
    """
    with folder.locked():
        signers = signers_of(folder)
        memory = folder.memory()
        if memory is not None:
            _publish(engine, folder, memory.note)  # it may have been killed between remembering and showing
        try:
            tree, last = _taken_up(engine, memory)
        except Tampered as found:
            raise _report(engine, found) from None
        return _grow(engine, folder, signers, memory, tree, last)


def reanchor(engine: Engine, folder: Folder, actor: Actor, why: str) -> Sealed:
    """Begin anew from the log as the database has it now, whatever was signed before: for the auditor, when it is known
    why the two differ. Who did it, why, and what had been signed is recorded in the office's own chain.

    Raises InputInvalid without a reason or where there is no key, SealerBusy where another sealer is at work.
    """
    if not why.strip():
        raise InputInvalid(Text("请用 --note 说明原因", "say why with --note"))
    with folder.locked():
        signers = signers_of(folder)
        try:
            memory = folder.memory()
        except InputInvalid:
            memory = None
        facts: dict[str, Any] = {"note": why}
        if memory is not None:
            signed = memory.note.checkpoint
            facts["input"] = {"size": signed.size, "root": signed.root.hex(), "signed": signed.at}
        engine.carry_out(lambda work: _straighten(engine, work, actor, facts))
        tree, last = _taken_up(engine, None)
        return _grow(engine, folder, signers, None, tree, last)


def _straighten(engine: Engine, work: Work, actor: Actor, facts: dict[str, Any]) -> None:
    """Note the new beginning; what stands behind a gap in the log is sealed again."""
    engine.note_in_office(work, "reanchor", actor, facts)
    tree = 0
    for row in log.in_order(work.on.sql):
        if row.position != tree + 1:
            break
        tree += 1
    log.loosen(work.on.sql, tree)


def signers_of(folder: Folder) -> list[Signer]:
    """What signs with this folder. Raises InputInvalid where there is no key, or a damaged one."""
    found = signing.signers(folder.path)
    if not found:
        raise InputInvalid(
            Text(
                f"{folder.path} 里没有密钥；请先 casework audit key create",
                f"there is no key in {folder.path}; make one with `casework audit key create`",
            )
        )
    return found


def _grow(
    engine: Engine, folder: Folder, signers: list[Signer], memory: Memory | None, tree: Frontier, last: bytes
) -> Sealed:
    """Place what is new behind the tree, and sign it where that is due."""
    before = tree.size
    while placed := engine.carry_out(lambda work: _place(work, tree.size)):
        for leaf in placed:
            tree.add(leaf)
            last = leaf
    now = engine.moment()
    with engine.writing() as sql:
        incidents.end(sql, now, INCIDENT, engine.origin, Text("已恢复封存", "sealing goes on"))
    if not _due(memory, tree.size, now, signers):
        return Sealed(tree.size, tree.size - before)
    signed = _sign(Checkpoint(engine.origin, tree.size, tree.root(), now), signers)
    folder.remember(Memory(signed, tuple(tree.nodes), last))
    _publish(engine, folder, signed)
    return Sealed(tree.size, tree.size - before, signed)


def _taken_up(engine: Engine, memory: Memory | None) -> tuple[Frontier, bytes]:
    """The tree as it was signed last, grown by what was placed since; and its last leaf. Raises Tampered."""
    tree, last = (memory.tree(), memory.leaf) if memory else (Frontier(hash=hash_of(engine.origin)), b"")
    with engine.looking(at_one_moment=True) as sql:
        if memory is not None:
            _continued(engine.origin, memory, log.size(sql), log.at(sql, memory.size))
        for row in log.in_order(sql, tree.size):
            if row.position != tree.size + 1:
                raise Tampered(
                    Text(
                        f"日志中缺少第 {tree.size + 1} 条（其后是第 {row.position} 条）",
                        f"position {tree.size + 1} of the log is missing: {row.position} comes next",
                    )
                )
            last = log.leaf(row)
            tree.add(last)
    return tree, last


def _continued(origin: str, memory: Memory, size: int, last: Row[Any] | None) -> None:
    """Raises Tampered where the log of the database does not continue what was signed."""
    signed = memory.note.checkpoint
    if signed.origin != origin:
        raise Tampered(
            Text(
                f"已签署的是日志“{signed.origin}”，本库是“{origin}”",
                f"what was signed is the log {signed.origin!r}, this is {origin!r}",
            )
        )
    if size < memory.size:
        raise Tampered(
            Text(
                f"库中只有 {size} 条已封存的记录，而已签署 {memory.size} 条：末尾被截去，或恢复了旧备份",
                f"the database has {size} sealed records and {memory.size} were signed: "
                "the end was cut off, or an old backup was restored",
            )
        )
    if last is None or (last.position, last.leaf) != (memory.size, memory.leaf.hex()):
        raise Tampered(
            Text(
                f"日志第 {memory.size} 条与签署时不同",
                f"record {memory.size} of the log is not the one that was signed",
            )
        )


def _report(engine: Engine, found: Tampered) -> Tampered:
    """The error with what to do about it, and an incident for whoever was not there."""
    told = Text(
        f"{found.text.zh}。没有签署新的检查点；请用 casework audit verify 核对，查清后由审计人 casework audit reanchor",
        f"{found.text.en}. No checkpoint was signed; look with `casework audit verify`, and when it is explained let "
        "the auditor use `casework audit reanchor`",
    )
    now = engine.moment()
    engine.carry_out(lambda work: incidents.report(work.must_lock(), now, INCIDENT, engine.origin, told))
    return Tampered(told)


def _place(work: Work, size: int) -> list[bytes]:
    """Give the next records their places behind `size`, in one transaction; their leaves."""
    work.hold_office()
    sql = work.on.sql
    if log.size(sql) != size:
        raise SealerBusy(Text("另一个封存进程正在封存这个数据库", "another sealer is at work on this database"))
    rows = log.unsealed(sql, BATCH)
    if rows:
        log.place(sql, rows, size + 1)
    return [log.leaf(row) for row in rows]


def _due(memory: Memory | None, size: int, now: Micros, signers: list[Signer]) -> bool:
    if memory is None:
        return size > 0
    signed = {(made.name, made.hash) for made in memory.note.signatures}
    return (
        size > memory.size
        or now - memory.note.checkpoint.at >= HEARTBEAT
        or not {(each.key.name, each.key.hash) for each in signers} <= signed
    )


def _sign(checkpoint: Checkpoint, signers: list[Signer]) -> Note:
    text = checkpoint.text.encode()
    return Note(checkpoint, tuple(Signature(each.key.name, each.key.hash, each.sign(text)) for each in signers))


def _publish(engine: Engine, folder: Folder, signed: Note) -> None:
    folder.append(signed)
    with engine.writing() as sql:
        log.keep(sql, signed.checkpoint.at, signed.checkpoint.size, str(signed))

"""What the log is, beside what was signed and handed out: checkpoints, receipts, and proofs for one case.

What is compared comes from outside the database, and so do the keys. Nothing here trusts a hash that it has not worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from workflow.core.checkpoint import Key, Note
from workflow.core.errors import InputInvalid, Tampered
from workflow.core.hashing import hash_name, hash_of
from workflow.core.merkle import Frontier, gathered, inclusion
from workflow.core.model import Actor, Text
from workflow.core.written import leaf as hashed
from workflow.disclosing import openings
from workflow.office.findings import Finding
from workflow.store import log
from workflow.store.queries import stored_records
from workflow.store.tables import OFFICE, cases, records

if TYPE_CHECKING:
    from workflow.engine import Engine

FORMAT = 1  # of a proof


@dataclass(frozen=True, slots=True)
class Proven:
    """The log has `size` sealed records, of which a checkpoint covers the first `covered`; `open` records (of the one file
    that was asked for) are covered by none.
    """

    size: int
    covered: int
    open: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Reading:
    """The log while it streams past."""

    due: list[Note]  # checkpoints that are still to come, the smallest first
    tree: Frontier
    covered: int = 0
    first: Any = None  # the first record behind the last checkpoint that held
    findings: list[Finding] = field(default_factory=list)

    def take(self, row: Any) -> bool:
        """The next record of the log; False where there is no sense in going on."""
        tree = self.tree
        expected = tree.size + 1
        if row[0] != expected:
            missing = row.position > expected
            zh = f"日志第 {expected} 至 {row.position - 1} 条已不在" if missing else f"日志第 {row.position} 条有两条"
            en = (
                f"positions {expected} to {row.position - 1} of the log are gone"
                if missing
                else f"position {row.position} of the log is taken twice"
            )
            self._find("removed" if missing else "doubled", zh, en, row)
            return False
        if self.first is None:
            self.first = row
        tree.add(log.leaf(row))
        while self.due and self.due[0].checkpoint.size == expected:
            signed = self.due.pop(0).checkpoint
            if signed.root != tree.root():
                between = f"{self.covered + 1}–{signed.size}"
                self._find(
                    "rewritten",
                    f"日志与已签署的检查点不符：第 {between} 条之中有记录被改写、删除或插入",
                    f"the log is not what was signed: of its records {between} some were rewritten, removed or inserted",
                    self.first,
                )
                return False
            self.covered, self.first = signed.size, None
        return True

    def end(self) -> None:
        """Nothing comes any more."""
        if self.due:
            short = self.due[-1].checkpoint.size - self.tree.size
            self.findings.append(
                Finding(
                    "truncated",
                    Text(
                        f"日志末尾缺少 {short} 条：已签署 {self.due[-1].checkpoint.size} 条，实有 {self.tree.size} 条",
                        f"truncated by {short}: {self.due[-1].checkpoint.size} records were signed, "
                        f"there are {self.tree.size}",
                    ),
                    "",
                )
            )

    def _find(self, code: str, zh: str, en: str, row: Any) -> None:
        self.findings.append(Finding(code, Text(zh, en), row.file, row.seq))


def trusted(notes: Iterable[Note], keys: Sequence[Key], origin: str) -> list[Note]:
    """The checkpoints of this log that one of `keys` signed, the smallest first.

    Raises InputInvalid where one is of another log, or signed by none of them.
    """
    found = sorted(notes, key=lambda each: each.checkpoint.size)
    for each in found:
        size, of = each.checkpoint.size, each.checkpoint.origin
        if of != origin:
            hashes = _hashes(hash_name(of), hash_name(origin))
            raise InputInvalid(
                Text(
                    f"检查点（{size} 条）属于日志“{of}”，本库是“{origin}”{hashes.zh}",
                    f"the checkpoint of {size} records is of the log {of!r}; this one is {origin!r}{hashes.en}",
                )
            )
        if not each.signers(keys):
            names = "、".join(made.name for made in each.signatures)
            raise InputInvalid(
                Text(
                    f"检查点（{size} 条，署名 {names}）没有给出的公钥的有效签名；请用 --key 给出当时的公钥",
                    f"the checkpoint of {size} records, signed by {names}, has no good signature of a key that was "
                    "given; give the public key of that time with --key",
                )
            )
    return found


def _hashes(of: str, here: str) -> Text:
    return (
        Text("", "") if of == here else Text(f"；摘要算法也不同（{of}、{here}）", f", with another hash ({of}, {here})")
    )


def prove(
    engine: Engine, notes: Sequence[Note], receipts: Sequence[Mapping[str, Any]] = (), case: str | None = None
) -> Proven:
    """Hold the log against checkpoints (see `trusted`) and receipts. Reads each leaf once, in the order of the log.

    With `case` the records that no checkpoint covers are counted in its file alone. Raises NotFound.
    """
    reading = _Reading([*notes], Frontier(hash=hash_of(engine.origin)))
    file = None if case is None else engine.case(case).root.id
    with engine.looking(at_one_moment=True) as sql:
        whole = all(reading.take(row) for row in log.in_order(sql))
        if whole:
            reading.end()
            sealed = log.sealed(sql)
            if sealed != reading.tree.size:
                more = sealed - reading.tree.size
                text = Text(
                    f"有 {more} 条记录占用日志中不存在或已被占用的位置",
                    f"{more} records claim a position that is taken, or that no log has",
                )
                reading.findings.append(Finding("doubled", text, ""))
        for each in receipts:
            found = _redeemed(sql, each, engine.origin)
            reading.findings += [found] if found else []
        uncovered = log.beyond(sql, reading.covered, file)
        told = tuple(_made(sql, each) for each in reading.findings)
    return Proven(reading.tree.size, reading.covered, uncovered, told)


def _redeemed(sql: Connection, receipt: Mapping[str, Any], origin: str) -> Finding | None:
    """What is wrong with the record that a receipt was given for."""
    case, seq, leaf = receipt["case"], receipt["seq"], receipt["leaf"]
    if receipt.get("log") != origin:
        raise InputInvalid(
            Text(
                f"回执属于日志“{receipt.get('log')}”，本库是“{origin}”",
                f"the receipt is of the log {receipt.get('log')!r}; this one is {origin!r}",
            )
        )
    file = sql.execute(select(cases.c.root).where(cases.c.id == case)).scalar() if case else OFFICE
    there = None
    if file is not None:
        query = select(records.c.body).where(records.c.file == file, records.c.seq == seq)
        there = sql.execute(query).scalar()
    if there is not None and hashed(there, origin) == leaf:
        return None
    what = Text("已不在", "is gone") if there is None else Text("已被改动", "was changed")
    text = Text(
        f"回执所证的第 {seq} 条记录{what.zh}（回执 {leaf[:16]}）",
        f"record {seq}, for which there is a receipt, {what.en}",
    )
    return Finding("receipt", text, file or str(case), seq, receipt.get("at"))


def _made(sql: Connection, found: Finding) -> Finding:
    """The finding with when and by whom its record was made."""
    if found.at is not None or not found.seq:
        return found
    query = select(records.c.at, records.c.actor).where(records.c.file == found.file, records.c.seq == found.seq)
    at, actor = sql.execute(query).one()
    return Finding(found.code, found.text, found.file, found.seq, at, actor)


def bundle(engine: Engine, case: str, note: Note, reader: Actor | None = None) -> dict[str, Any]:
    """What proves, to somebody who has the public key, which records one file had when `note` was signed.

    Records that are not sealed, or behind the checkpoint, are counted as `open`. Personal values are in it, with their
    salts, only where a `reader` asks for them who may know them (see `workflow.disclosing`), and that is recorded.
    Raises NotFound, Refused, and Tampered where the log is not what was signed.
    """
    root = engine.case(case).root
    with engine.looking(at_one_moment=True) as sql:
        places = log.positions(sql, root.id)
        size = note.checkpoint.size
        inside = {seq: place - 1 for seq, place in places.items() if 0 < place <= size}
        paths = {seq: inclusion(index, size) for seq, index in inside.items()}
        leaves = (log.leaf(row) for row in islice(log.in_order(sql), size))
        count, head, nodes = gathered(
            leaves, {each for path in paths.values() for each in path}, hash_of(engine.origin)
        )
        if (count, head) != (size, note.checkpoint.root):
            raise Tampered(
                Text(
                    "日志与这个检查点不符，不能出具证明；请用 casework audit verify 核对",
                    "the log is not what this checkpoint signed; nothing can be proved; look with `casework audit verify`",
                )
            )
        proved = [
            {
                "position": inside[row.seq] + 1,
                "record": row.body,
                "path": [nodes[each].hex() for each in paths[row.seq]],
            }
            for row in stored_records(sql, root.id)
            if row.seq in inside
        ]
    made: dict[str, Any] = {
        "casework-proof": FORMAT,
        "case": root.number or root.id,
        "checkpoint": str(note),
        "records": proved,
        "open": len(places) - len(inside),
    }
    if reader is not None:
        told = openings(engine, root.id, reader)
        made["personal"] = [each for each in told if each.pop("seq") in inside]
    return made

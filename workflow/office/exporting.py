"""The audit trail as a file, for others to check."""

from __future__ import annotations

from typing import TextIO

from sqlalchemy import Connection

from workflow.core.hashing import hash_name, hash_of
from workflow.office.answers import Record
from workflow.store.queries import stored_records


def export(sql: Connection, out: TextIO, log: str, file: str | None = None) -> Record:
    """Write every record, or those of one file, as one line each: the very text that was hashed.

    Returns what is to be recorded of it: how many `records`, the hash of all lines, by the name of the log's hash, and
    the `file`.
    """
    count, digest = 0, hash_of(log)(b"")
    for row in stored_records(sql, file):
        line = row.body + "\n"
        out.write(line)
        digest.update(line.encode())
        count += 1
    told: Record = {"records": count, hash_name(log): digest.hexdigest()}
    return told if file is None else {**told, "file": file}

"""What an office keeps outside its database, so that who can write the database cannot write it: its keys, what it signed last,
and its own copy of every checkpoint.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.core.checkpoint import Note, note
from workflow.core.errors import InputInvalid, SealerBusy, reason_of
from workflow.core.hashing import hash_of
from workflow.core.merkle import Frontier
from workflow.core.model import Text

_TAIL = 65_536  # bytes at the end of a file in which its last note stands


@dataclass(frozen=True, slots=True)
class Memory:
    """What was signed last: the note, the right edge of its tree, and the last leaf below it."""

    note: Note
    nodes: tuple[bytes, ...]
    leaf: bytes

    @property
    def size(self) -> int:
        """How many records it covers."""
        return self.note.checkpoint.size

    def tree(self) -> Frontier:
        """The tree as it was, to go on from; raises ValueError where so many nodes cannot be."""
        return Frontier(self.size, self.nodes, hash_of(self.note.checkpoint.origin))


@dataclass(frozen=True, slots=True)
class Folder:
    """Where an office keeps its keys, what it signed last, and its own copy of every checkpoint. Not in the database,
    and not in its backups.
    """

    path: Path

    def memory(self) -> Memory | None:
        """What was signed last; None before the first time. Raises InputInvalid where the file is damaged."""
        try:
            data = json.loads((self.path / "memory.json").read_text(encoding="utf-8"))
            found = Memory(
                note(data["note"]), tuple(bytes.fromhex(each) for each in data["nodes"]), bytes.fromhex(data["leaf"])
            )
            if found.tree().root() == found.note.checkpoint.root:
                return found
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        raise InputInvalid(
            Text(
                f"{self.path}/memory.json 已损坏；请核对后由审计人用 casework audit reanchor 重新锚定",
                f"{self.path}/memory.json is damaged; verify, then let the auditor use `casework audit reanchor`",
            )
        )

    def remember(self, memory: Memory) -> None:
        """Keep what is about to be shown to others."""
        data = {"note": str(memory.note), "nodes": [each.hex() for each in memory.nodes], "leaf": memory.leaf.hex()}
        self.keep("memory.json", data)

    def keep(self, name: str, data: Any) -> None:
        """Write a file anew, whole or not at all; it is on the disk when this returns. Raises InputInvalid."""
        beside = self.path / f"{name}.new"
        with _written(beside), beside.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
            beside.replace(self.path / name)

    def append(self, signed: Note) -> None:
        """The office's own copy: every checkpoint behind the others. One that stands last already is not repeated.

        Raises InputInvalid where it cannot be written.
        """
        text = f"{signed}\n".encode()
        path = self.path / "checkpoints"
        with _written(path), path.open("a+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(end - _TAIL, 0))
            end -= _torn(tail := file.read())
            file.truncate(end)
            if not tail.endswith(text):
                _write_whole(file, text, end)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one sealer with this folder at a time; raises SealerBusy where another is at work."""
        try:
            from filelock import FileLock, Timeout
        except ImportError:
            raise InputInvalid(
                Text("封存需要：pip install 'casework[sign]'", "sealing needs: pip install 'casework[sign]'")
            ) from None
        if not self.path.is_dir():
            raise InputInvalid(
                Text(
                    f"没有文件夹 {self.path}；请先用 casework audit key create 建立密钥",
                    f"there is no folder {self.path}; make a key first with `casework audit key create`",
                )
            )
        try:
            with FileLock(self.path / "lock", timeout=0):
                yield
        except Timeout:
            raise SealerBusy(
                Text(f"另一个封存进程正在使用 {self.path}", f"another sealer is at work with {self.path}")
            ) from None


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        raise InputInvalid(Text(f"写不了 {path}（{why.zh}）", f"cannot write {path} ({why.en})")) from error


def _torn(tail: bytes) -> int:
    """How many bytes at the end are of a note that was begun when the machine stopped."""
    if not tail or tail.endswith(b"\n"):
        return 0
    before, _, last = tail.rpartition(b"\n\n")
    if last.startswith("—".encode()):  # its signatures: what stands before them is the same note
        before = before.rpartition(b"\n\n")[0]
    return len(tail) - len(before) - 2 * bool(before)


def _write_whole(file: io.FileIO, text: bytes, end: int) -> None:
    """All of `text` at the end, or nothing of it: a disk may have room for a part."""
    try:
        while text:
            text = text[file.write(text) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise

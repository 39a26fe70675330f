"""What an auditor brings along: public keys, checkpoints, receipts, each from files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workflow.core.checkpoint import Key, Note, notes
from workflow.core.errors import InputInvalid
from workflow.core.model import Text


def checkpoints(paths: Iterable[Path], keys: Iterable[Path]) -> tuple[list[Note], list[Key]]:
    """The checkpoints and the public keys of these files. Raises InputInvalid, also for one without the other."""
    from workflow.signing import public_keys

    found = [each for path in paths for each in _notes(path)]
    known = [each for path in keys for each in public_keys(path)]
    if bool(found) != bool(known):
        raise InputInvalid(
            Text(
                "检查点须连同签署人的公钥给出：--checkpoint 文件 --key 文件",
                "a checkpoint is checked with the public key of who signed it: --checkpoint FILE --key FILE",
            )
        )
    return found, known


def last_note(path: Path) -> Note:
    """The last checkpoint of a file. Raises InputInvalid."""
    return _notes(path)[-1]


def receipts(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The receipts of these files: one JSON object each, or a list, or the answer of a command that has one.

    Raises InputInvalid.
    """
    return [each for path in paths for each in _receipts(path)]


def _receipts(path: Path) -> list[dict[str, Any]]:
    try:
        read = json.loads(_read(path))
        found = [each.get("receipt", each) for each in (read if isinstance(read, list) else [read])]
        if all(isinstance(r["leaf"], str) and isinstance(r["seq"], int) and isinstance(r["case"], str) for r in found):
            return found
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise InputInvalid(
        Text(
            f"{path} 不是回执：须是含 case、seq、leaf、log 的 JSON（办理命令加 --json 即得）",
            f"{path} is no receipt: JSON with case, seq, leaf and log, as commands answer with --json",
        )
    )


def _notes(path: Path) -> list[Note]:
    try:
        return notes(_read(path))
    except ValueError as error:
        raise InputInvalid(Text(f"{path} 里不是检查点：{error}", f"no checkpoint in {path}: {error}")) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(Text(f"读不到文件 {path}（{error}）", f"cannot read {path} ({error})")) from None

"""The proof of a case, checked by whoever holds the public key, with Python alone.

`script` puts this module and the five that it rests on into one file, which is given to whoever wants to check.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from workflow.core.checkpoint import Checkpoint, key, note
from workflow.core.commitment import KEY, opens
from workflow.core.hashing import hash_of
from workflow.core.merkle import included

BEIJING = timezone(timedelta(hours=8))
MODULES = (
    "core/hashing.py", "core/commitment.py", "core/ed25519.py", "core/merkle.py", "core/checkpoint.py", "offline.py",
)  # fmt: skip


def proved(bundle: Any, keys: list[str]) -> tuple[Checkpoint, tuple[str, ...], list[dict[str, Any]]]:
    """The checkpoint, who signed it, and the records that it proves, in order. Raises ValueError for what is no proof."""
    signed = note(bundle["checkpoint"])
    names = signed.signers([key(line) for line in keys])
    if not names:
        raise ValueError("no signature of a key that was given / 没有所给公钥的有效签名")
    hash, before = hash_of(signed.checkpoint.origin), "0" * 64
    found: list[dict[str, Any]] = []
    for each in bundle["records"]:
        hashed = hash(b"\x00" + each["record"].encode()).digest()
        path = [bytes.fromhex(node) for node in each["path"]]
        if not included(hashed, each["position"] - 1, signed.checkpoint.size, path, signed.checkpoint.root, hash):
            raise ValueError(f"record {len(found) + 1} is not in the log / 第 {len(found) + 1} 条记录不在日志中")
        record = json.loads(each["record"])
        if record["prev"] != before or record["seq"] != len(found) + 1:
            raise ValueError(f"a record is missing before {record['seq']} / 第 {record['seq']} 条之前缺少记录")
        before = hashed.hex()
        found.append(record)
    return signed.checkpoint, names, found


def opened(bundle: Any) -> list[tuple[str, str]]:
    """Field and value of each personal value that came with the proof, held against its commitment in the records.

    Raises ValueError for one that no record commits to.
    """
    texts = [each["record"] for each in bundle["records"]]
    log = note(bundle["checkpoint"]).checkpoint.origin
    found = []
    for each in bundle.get("personal", ()):
        stands = f'{{"{KEY}":"{each["commitment"]}"}}'
        if not opens(each["commitment"], log, each["salt"], each["value"]) or not any(stands in text for text in texts):
            raise ValueError(f"no record has this value of {each['field']} / 没有记录载有“{each['field']}”的这个值")
        found.append((each["field"], each["value"]))
    return found


def lines(bundle: Any, keys: list[str]) -> Iterator[str]:
    """What is printed where the proof holds."""
    checkpoint, names, records = proved(bundle, keys)
    yield f"{bundle['case']}: {len(records)} records proved / 已证明 {len(records)} 条记录"
    yield f"  {checkpoint.origin}  {_stamp(checkpoint.at)}  {checkpoint.short}  ({', '.join(names)})"
    for each in records:
        who = each["who"].get("name") or each["who"]["id"]
        way = f"  {each.get('from', '')} → {each['to']}" if each.get("to") else ""
        yield f"  {each['seq']:>4}  {_stamp(each['at'])}  {who}  {each['action']}{way}"
    for name, value in opened(bundle):
        yield f"        {name} = {value}"
    if bundle.get("open"):
        yield f"  {bundle['open']} newer records are not proved yet / 另有 {bundle['open']} 条更新的记录尚待证明"


def main(words: list[str]) -> int:
    """`PROOF KEY…`: 0 where the proof holds, 1 where it does not, 2 where it cannot be read."""
    if len(words) < 2:
        print("PROOF.json KEY.pub …", file=sys.stderr)
        return 2
    try:
        bundle = json.loads(Path(words[0]).read_text(encoding="utf-8"))
        keys = [line for path in words[1:] for line in Path(path).read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError) as error:
        print(f"cannot read / 读不了：{error}", file=sys.stderr)
        return 2
    try:
        for line in lines(bundle, keys):
            print(line)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"NOT PROVED / 不能证明：{error}", file=sys.stderr)
        return 1
    return 0


def script() -> str:
    """One file of Python that does what `main` does and imports nothing of ours."""
    here = Path(__file__).parent
    parts = [(here / name).read_text(encoding="utf-8") for name in MODULES]
    kept = [line for part in parts for line in part.splitlines() if not line.startswith("from workflow.")]
    body = "\n".join(line for line in kept if line != "from __future__ import annotations")
    return f"#!/usr/bin/env python3\nfrom __future__ import annotations\n\n{body}\n"


def _stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

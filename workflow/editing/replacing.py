"""Files that are changed: read with their own line ends, written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from workflow.loading.reading import decode, read_bytes

_MARK = "\ufeff"


def read_text(path: Path) -> str:
    """The text of a file as it is, with its byte order mark and line ends.

    Raises NotFound, InputInvalid or LifecycleInvalid where it cannot be read.
    """
    return decode(read_bytes(path), str(path))


def as_before(text: str, before: str) -> str:
    """The text with the byte order mark and the line ends of what was there `before`."""
    ends = "\r\n" if "\r\n" in before else "\n"
    return (_MARK if before.startswith(_MARK) else "") + text.replace("\n", ends)


def replace_file(path: Path, text: str) -> None:
    """Put `text` (UTF-8) in the place of a file; whoever reads sees the old one or the new one, never a part.

    Its permissions stay. OSError where the folder cannot be written to; then the file is as it was.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

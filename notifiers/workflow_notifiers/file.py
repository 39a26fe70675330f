"""Notices in a file, one JSON object a line: for another program to pick up."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Self

from workflow.ports import Notice, Reject, Retry
from workflow_notifiers.settings import Settings


class FileNotifier:
    """Appends each notice to the file at `path`; its folder must be there."""

    name = "file"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    @classmethod
    def from_settings(cls, given: Mapping[str, object]) -> Self:
        """The notifier for these settings. Raises `Misconfigured`."""
        return cls(Settings(cls.name, given, ("path",)).text("path"))

    def send(self, notice: Notice) -> None:
        """Append one line and return when the disk has it; the bytes of an attachment stand in it as base64.

        `Reject` where `path` can never be a file, `Retry` where the disk is full or does not answer.
        """
        told = asdict(notice)
        for each in told["attachments"]:
            each["content"] = b64encode(each["content"]).decode()
        line = json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        try:
            self._append(line)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
            raise Reject(f"{self._path} cannot be written to: {error.strerror}") from error
        except OSError as error:
            raise Retry(f"{self._path} could not be written to: {error.strerror}") from error

    def _append(self, line: bytes) -> None:
        # A line cut short by a full disk stays where it is; the next one must not be glued to it.
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            if os.write(handle, line) != len(line):
                raise OSError(None, "only a part of the line was written")
            os.fsync(handle)
        finally:
            os.close(handle)

"""Small disks: a file system of a few megabytes in memory, which can be filled to the page and made read-only.

Mounting takes the rights of an administrator; without them what needs such a disk is skipped, and says so.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = 4096
_BALLAST = "ballast"


class Disk:
    """A mounted disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def free(self) -> int:
        """Pages that are free."""
        told = os.statvfs(self.path)
        return told.f_bavail * told.f_bsize // PAGE

    def fill(self, pages: int) -> None:
        """Leave so many pages free."""
        with (self.path / _BALLAST).open("ab") as ballast:
            ballast.truncate(0)
            ballast.write(bytes(PAGE) * max(self.free - pages, 0))

    def clear(self) -> None:
        """Make room."""
        (self.path / _BALLAST).unlink(missing_ok=True)

    def remount(self, how: str) -> None:
        """`ro` or `rw`; nobody may have a file open to write."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.path)], check=True, timeout=30)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Disk]:
    """One at `path`, which is made. Skips where it cannot be mounted."""
    path.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "casework-tests", str(path)]
    try:
        subprocess.run(["mount", *options], check=True, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as reason:
        pytest.skip(f"no small disk can be mounted here: {getattr(reason, 'stderr', '') or reason}")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True, timeout=30)

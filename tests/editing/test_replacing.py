"""A file is replaced as a whole or stays as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflow.editing.replacing import as_before, read_text, replace_file


def test_a_file_keeps_its_permissions_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    path.chmod(0o640)

    replace_file(path, "新\r\n")

    assert "新\r\n".encode() == path.read_bytes()
    assert 0o640 == path.stat().st_mode & 0o777
    assert [path] == list(tmp_path.iterdir())


def test_a_link_still_leads_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")

    replace_file(tmp_path / "link.yaml", "new")

    assert (tmp_path / "link.yaml").is_symlink()
    assert "new" == (tmp_path / "real.yaml").read_text()


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, "new")

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_line_ends_and_mark_are_those_of_before(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: 1\r\n".encode())
    before = read_text(path)

    assert "\ufeffa: 1\r\nb: 2\r\n" == as_before("a: 1\nb: 2\n", before)
    assert "a: 1\n" == as_before("a: 1\n", "a:   1\n")

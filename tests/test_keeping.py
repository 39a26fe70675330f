"""What an office keeps outside its database is written whole or not at all."""

from __future__ import annotations

import io
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from workflow import keeping

NOTE = "casework\n1\nroot\n\n— office signature\n"


class Cramped(io.FileIO):
    """Takes three bytes at a time, and no more than `room` in all."""

    room = 1_000

    def write(self, data: Any) -> int:
        piece = data[: min(3, self.room)]
        if not piece:
            raise OSError(ENOSPC, "No space left on device")
        self.room -= len(piece)
        return super().write(piece) or 0


def test_what_the_system_takes_piece_by_piece_is_written_whole(tmp_path: Path) -> None:
    with Cramped(tmp_path / "checkpoints", "a+") as file:
        keeping._write_whole(file, NOTE.encode(), 0)

    assert NOTE == (tmp_path / "checkpoints").read_text(encoding="utf-8")


def test_what_has_room_in_part_only_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    path.write_text("what stood there\n")
    with Cramped(path, "a+") as file:
        file.room = 7
        with pytest.raises(OSError, match="No space left"):
            keeping._write_whole(file, NOTE.encode(), len("what stood there\n"))

    assert "what stood there\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("torn", "left"),
    [
        (f"{NOTE}\ncasewo", f"{NOTE}\n"),
        (f"{NOTE}\ncasework\n2\nroot\n\n— offi", f"{NOTE}\n"),
        ("casewo", ""),
        ("casework\n1\nroot\n\n— offi", ""),
        (f"{NOTE}\n", f"{NOTE}\n"),
        ("", ""),
    ],
)
def test_a_note_that_was_begun_when_the_machine_stopped_is_known(torn: str, left: str) -> None:
    tail = torn.encode()

    assert left.encode() == tail[: len(tail) - keeping._torn(tail)]

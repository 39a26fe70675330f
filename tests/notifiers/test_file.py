"""The file notifier loses no line and glues none together."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from workflow.ports import Attachment, Misconfigured, Notice, Notifier, Reject, Retry
from workflow_notifiers.file import FileNotifier


def notice(key: str) -> Notice:
    return Notice(key=key, to="li", subject="已交办", body="第一行\n第二行", case="c1", at=1_650_000_000_000_000)


def test_it_is_a_notifier(tmp_path: Path) -> None:
    assert isinstance(FileNotifier(tmp_path / "out"), Notifier)


def test_each_notice_is_one_line_of_json_with_every_field(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"

    for key in ("k1", "k2"):
        FileNotifier(path).send(notice(key))

    first, second = path.read_text("utf-8").splitlines()
    assert "k2" == json.loads(second)["key"]
    assert {
        "key": "k1",
        "to": "li",
        "subject": "已交办",
        "body": "第一行\n第二行",
        "case": "c1",
        "at": 1_650_000_000_000_000,
        "number": "",
        "address": "",
        "name": "",
        "attachments": [],
    } == json.loads(first)


def test_a_file_that_goes_along_stands_in_the_line_as_base64(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    reply = Attachment("答复.pdf", b"\x00\xff", "application/pdf")

    FileNotifier(path).send(replace(notice("k1"), attachments=(reply,)))

    expected = [{"name": "答复.pdf", "content": "AP8=", "type": "application/pdf"}]
    assert expected == json.loads(path.read_text("utf-8"))["attachments"]


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "file: path must be set"), ({"pathh": "x"}, "file: pathh is not known; did you mean path?")],
)
def test_settings_that_do_not_fit_are_refused_with_a_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        FileNotifier.from_settings(given)

    assert said == str(caught.value)


def test_a_line_cut_short_by_a_crash_is_not_glued_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    path.write_text('{"key": "k')

    FileNotifier(path).send(notice("k1"))

    assert '{"key": "k' == path.read_text("utf-8").splitlines()[0]
    assert "k1" == json.loads(path.read_text("utf-8").splitlines()[1])["key"]


def test_a_folder_that_is_not_there_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(Reject, match="No such file or directory"):
        FileNotifier(tmp_path / "nowhere" / "notices.jsonl").send(notice("k1"))


def test_a_full_disk_is_tried_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)

    with pytest.raises(Retry, match="No space left on device"):
        FileNotifier(tmp_path / "notices.jsonl").send(notice("k1"))


def test_a_line_of_which_only_a_part_fits_is_tried_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:5]))

    with pytest.raises(Retry, match="only a part"):
        FileNotifier(tmp_path / "notices.jsonl").send(notice("k1"))

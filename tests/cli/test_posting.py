"""`notice`, `incidents` and `worker`: notices from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow.testing import RecordingNotifier

Casework = Callable[..., Any]

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def sent(here: Path, run: Casework, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket that calls for one notice to the desk, where dan works; the key of the notice."""
    monkeypatch.setenv("CASEWORK_LANG", "en")
    run("init")
    run("lifecycle", "publish", str(CHECKOUT / "tests" / "ticket.yaml"))
    run("people", "add", "ann", "Ann")
    run("people", "add", "dan", "Dan", "--group", "desk", "--channel", "paper=7", "--language", "en")
    case = run("open", "ticket", "--as", "ann", "title=lamp", "--json").json["case"]["id"]
    run("do", case, "send", "--as", "ann")
    (notice,) = run("notice", "list", "--json").json
    key: str = notice["key"]
    return key


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> RecordingNotifier:
    """The one channel there is."""
    from workflow.channels import Channels

    made = RecordingNotifier("paper")
    monkeypatch.setattr("workflow.channels.read_channels", lambda path: Channels({"paper": made}, "paper"))
    monkeypatch.setattr("workflow.calendars.SOON", -(10**18))  # whichever year this is run in, its days do not end
    return made


def test_a_worker_delivers_what_is_due_and_says_so(
    sent: str, paper: RecordingNotifier, run: Casework, here: Path
) -> None:
    answer = run("worker", "--once", "--json", "--log", "log.jsonl", "--health", "health.json")

    assert 1 == answer.json["sent"]
    assert ["Ticket T-001 “lamp”: Send"] == [notice.subject for notice in paper.sent]
    events = [json.loads(line)["event"] for line in (here / "log.jsonl").read_text("utf-8").splitlines()]
    assert ["started", "claimed", "sent", "stopped"] == events
    assert 0 == json.loads((here / "health.json").read_text("utf-8"))["waiting"]
    assert ["health.json"] == [path.name for path in here.glob("health*")]
    shown = run("notice", "show", sent)
    assert "sent  1 attempts" in shown.out
    assert "paper 7" in shown.out
    assert 2 == run("notice", "retry", sent, "--as", "ann", "--note", "again").code


def test_a_notice_is_parked_and_tried_again_by_hand(sent: str, paper: RecordingNotifier, run: Casework) -> None:
    assert 2 == run("notice", "park", sent, "--note", "not now").code  # by whom?
    assert 2 == run("notice", "park", sent, "--as", "ann").code  # why?
    assert "parked" == run("notice", "park", sent, "--note", "not now", "--as", "ann", "--json").json["state"]
    assert 0 == run("worker", "--once", "--json").json["sent"]
    assert ["not now"] == [each["reason"] for each in run("notice", "list", "--state", "parked", "--json").json]
    run("notice", "retry", sent, "--as", "ann", "--note", "now")
    assert 1 == run("worker", "--once", "--json").json["sent"]
    told = run("history", "T-001", "--lang", "zh").out
    assert "搁置通知" in told
    assert f"重试 {sent}" in told
    assert 3 == run("audit", "verify").code  # nothing is wrong; no checkpoint was given


def test_what_has_stopped_is_listed_and_resolved_with_a_note(
    sent: str, paper: RecordingNotifier, run: Casework
) -> None:
    run("people", "add", "dan", "Dan", "--group", "desk", "--channel", "fax=1")
    run("worker", "--once", "--json")
    (incident,) = run("incidents", "list", "--json").json
    assert "'fax' is not set up" in run("incidents", "list").out

    assert 2 == run("incidents", "retry", incident["id"], "--as", "ann").code
    run("people", "add", "dan", "Dan", "--group", "desk", "--channel", "paper=8")
    ended = run("incidents", "retry", incident["id"], "--as", "ann", "--note", "changed to paper", "--json").json
    assert ("retried", "ann") == (ended["state"], ended["ended_by"])
    run("worker", "--once", "--json")
    assert ["8"] == [notice.address for notice in paper.sent]
    assert "nothing has stopped" in run("incidents", "list").out
    assert 1 == len(run("incidents", "list", "--all", "--json").json)


def test_a_notice_is_previewed_in_the_language_of_its_reader(sent: str, run: Casework) -> None:
    assert run("notice", "preview", "T-001", "sent", "--to", "dan").out.startswith("Ticket T-001 “lamp”: Send")
    assert run("notice", "preview", "T-001", "sent", "--to", "ann").out.startswith("工单T-001《lamp》：送出")


def test_a_lease_that_is_too_short_is_refused(sent: str, paper: RecordingNotifier, run: Casework) -> None:
    answer = run("worker", "--once", "--lease", "30", "--timeout", "20")

    assert 2 == answer.code
    assert "at least twice" in answer.err


def test_a_template_with_a_mistake_is_found_when_the_lifecycle_is_checked(here: Path, run: Casework) -> None:
    (here / "ticket.yaml").write_text((CHECKOUT / "tests" / "ticket.yaml").read_text("utf-8"), encoding="utf-8")
    folder = here / "templates" / "ticket"
    folder.mkdir(parents=True)
    for name in ("sent", "given"):
        (folder / f"{name}.zh.txt").write_text("{{ number }}\n\n{{ case.titel }}\n", encoding="utf-8")
    answer = run("lifecycle", "check", "ticket.yaml", "--lang", "en", "--json")

    assert 2 == answer.code
    wrong = [p for p in answer.json["problems"] if p["severity"] == "error"]
    assert {(3, 9, "template")} == {(p["line"], p["column"], p["code"]) for p in wrong}
    assert "did you mean title?" in answer.err


def test_sigterm_ends_a_worker_gently(sent: str, run: Casework, here: Path) -> None:
    (here / "channels.toml").write_text('[paper]\nnotifier = "file"\npath = "out.jsonl"\n', encoding="utf-8")
    code = (
        "import sys, workflow.plugins as p; from workflow_notifiers.file import FileNotifier;"
        "p.notifier = lambda name, **o: FileNotifier(**o); from workflow.cli import main; main()"
    )
    env = {**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'notifiers'}"}
    child = subprocess.Popen(
        [sys.executable, "-c", code, "worker", "--channels", "channels.toml", "--every", "0.05", "--json"],
        cwd=here, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + 30
    while not (here / "out.jsonl").exists() and time.monotonic() < end:
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=30)

    assert (0, 1) == (child.returncode, json.loads(out)["sent"]), err
    assert ["started", "claimed", "sent", "stopped"] == [json.loads(line)["event"] for line in err.splitlines()]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("default = 'x'\n[paper]\nnotifier = 'console'\n", "is not set up"),
        ("nonsense", "is not a TOML file"),
        ("", "each channel is a table"),
    ],
)
def test_a_file_of_channels_that_cannot_be_used_is_one_sentence(
    sent: str, run: Casework, here: Path, text: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.plugins.notifier", lambda name, **options: RecordingNotifier(name))
    (here / "channels.toml").write_text(text, encoding="utf-8")
    answer = run("worker", "--once", "--channels", "channels.toml")

    assert 2 == answer.code
    assert sentence in answer.err


def test_a_missing_file_of_channels_is_one_sentence(sent: str, run: Casework) -> None:
    assert 2 == run("worker", "--once", "--channels", "none.toml").code

"""What docs/notifiers.md shows is what happens: its settings are accepted, its notifier is found once installed."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workflow.plugins import installed
from workflow_notifiers.apprise import AppriseNotifier
from workflow_notifiers.email import EmailNotifier
from workflow_notifiers.file import FileNotifier
from workflow_notifiers.webhook import WebhookNotifier

CHECKOUT = Path(__file__).parent.parent.parent
PAGE = (CHECKOUT / "docs" / "notifiers.md").read_text("utf-8")
CLASSES = {"file": FileNotifier, "email": EmailNotifier, "webhook": WebhookNotifier, "apprise": AppriseNotifier}

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise's own


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def file(name: str) -> str:
    """The block that begins with a comment with this file name."""
    (text,) = [
        block for language in ("python", "toml") for block in blocks(language) if block.startswith(f"# {name}\n")
    ]
    return text


def test_every_channel_shown_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "MAIL_PASSWORD": "x",
        "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "HOOK_SECRET_NEW": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "DINGTALK_ROBOT": "dingtalk://a1b2c3",
    }.items():
        monkeypatch.setenv(name, value)
    channels = {}
    for block in blocks("toml"):
        channels |= tomllib.loads(block) if not block.startswith("# ") else {}

    made = {}
    for name, table in channels.items():
        notifier = table.pop("notifier", name)
        made[notifier] = CLASSES[notifier].from_settings(table)

    assert set(CLASSES) == set(made)


def test_every_notifier_of_ours_is_on_the_page() -> None:
    ours = {each.name for each in installed() if each.distribution == "casework"}

    assert ours == set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) & ours


def test_the_example_of_a_third_party_is_about_twenty_lines() -> None:
    code = [line for line in file("acme_pager.py").splitlines() if line.strip() and not line.startswith("#")]

    assert len(code) <= 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the example of the page, installed as anybody would."""
    source, site = tmp_path_factory.mktemp("acme-pager"), tmp_path_factory.mktemp("site")
    for name in ("acme_pager.py", "pyproject.toml"):
        (source / name).write_text(file(name), "utf-8")
    words = ("install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", site, source)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *words],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout + done.stderr
    return site


def beside(site: Path, *words: str) -> str:
    """What Python says with the example's folder on its path."""
    path = os.pathsep.join([str(site), *(entry for entry in sys.path if entry)])
    env = os.environ | {"PYTHONPATH": path, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [sys.executable, *words], env=env, cwd=site, capture_output=True, text=True, timeout=60, check=False
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout


def test_once_installed_it_is_listed(site: Path) -> None:
    said = beside(site, "-c", "from workflow.cli import main; main()", "notifiers", "list", "--json")

    (pager,) = [each for each in json.loads(said) if each["name"] == "pager"]
    assert {
        "name": "pager",
        "distribution": "acme-pager",
        "version": "1.0",
        "usable": True,
        "problem": None,
    } == pager


def test_once_installed_it_delivers(site: Path) -> None:
    program = """
import sys
from workflow.plugins import notifier
from workflow.ports import Notice
pager = notifier("pager", host="127.0.0.1", port=int(sys.argv[1]))
pager.send(Notice(key="k", to="li", subject="已交办", body="", case="c", at=0, address="4711"))
"""
    with socket.create_server(("127.0.0.1", 0)) as office:
        office.settimeout(30)

        beside(site, "-c", program, str(office.getsockname()[1]))

        connection, _ = office.accept()
        with connection:
            assert "4711 已交办\n" == connection.recv(1000).decode()

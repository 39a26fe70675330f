from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import workflow
from tests.loading.texts import LEAVE
from workflow.core.model import ANY, Text
from workflow.loading import load, load_path

DEFINITIONS = Path(__file__).parents[3] / "definitions"


def test_a_lifecycle_carries_what_was_written() -> None:
    leave = load(LEAVE, file="leave.yaml")

    assert ("leave", 1, Text("请假", "Leave"), "leave.yaml") == (leave.name, leave.version, leave.label, leave.file)
    assert ["opinion"] == list(leave.parts)
    assert ["applicant", "head", "advisor"] == list(leave.roles)
    assert ((ANY,), (), None) == (leave.opened_by, leave.proxies, leave.counted_from)


def test_who_opens_who_represents_and_when_a_case_counts() -> None:
    leave = load(
        LEAVE.replace("initial: draft\n", "initial: draft\nopened_by: head\nproxies: [head]\ncounted_from: asked\n")
    )

    assert (("head",), ("head",), "asked") == (leave.opened_by, leave.proxies, leave.counted_from)


def test_the_digest_covers_the_text_and_the_settings_in_force() -> None:
    leave = load(LEAVE)
    in_force = json.dumps(leave.values(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(f"{LEAVE}\0{in_force}".encode()).hexdigest() == leave.digest
    assert leave.digest != load(LEAVE, settings={"term": 12}).digest
    assert leave.digest != load(LEAVE + "# more\n").digest


def test_line_ends_and_a_byte_order_mark_do_not_change_the_digest() -> None:
    assert load(LEAVE).digest == load("\ufeff" + LEAVE.replace("\n", "\r\n")).digest


def test_a_part_may_outlive_its_case_and_be_blind() -> None:
    part = load(LEAVE.replace("    label: 意见\n", "    outlives: true\n    blind: {until: '!case.open'}\n")).parts[
        "opinion"
    ]

    assert (True, "!case.open") == (part.outlives, part.blind_until and part.blind_until.source)


def test_a_published_text_is_read_back_without_the_checker() -> None:
    code = (
        "import sys; from workflow.loading import load; from tests.loading.texts import LEAVE; "
        "load(LEAVE, check=False); print([m for m in sys.modules if m.startswith('google.protobuf') or m == 'difflib'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(workflow.__file__).parents[1], capture_output=True, check=True, text=True
    )

    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_lifecycles_we_ship_have_no_problem(path: Path) -> None:
    lifecycle = load_path(path)

    assert (path.stem, str(path)) == (lifecycle.name, lifecycle.file)

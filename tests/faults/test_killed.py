"""Workers that are killed lose nothing: the short form; `make faults` kills through 1,500 notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
NOTICES = int(os.environ.get("CASEWORK_FAULTS", "150"))


def test_every_notice_arrives_though_every_worker_is_killed(kind: str, new_database: Callable[[str], str]) -> None:
    url = new_database(kind)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", url, str(NOTICES)],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=1200, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]))},
    )  # fmt: skip
    assert 0 == ran.returncode, ran.stderr
    print(kind, ran.stdout)
    found = json.loads(ran.stdout)

    assert found["notices"] == found["delivered"]
    assert {"sent": found["notices"]} == found["states"]
    assert found["kills"] > 1
    assert found["extra"] <= found["kills"]
    assert 0 == found["within_a_lease"]

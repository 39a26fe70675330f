"""Counterparts on loopback: an HTTP server that misbehaves exactly as told, a certificate authority."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme

from workflow.ports import Notice

Play = Callable[[socket.socket], None]


@dataclass
class Server:
    """Listens on loopback; `play` is what it does with each connection, after it has read a request if it `reads`."""

    play: Play
    tls: ssl.SSLContext | None = None
    reads: bool = True
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path: str = "/in", *, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def headers(self, which: int = -1) -> dict[str, str]:
        head = self.requests[which].partition(b"\r\n\r\n")[0].decode()
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}

    def body(self, which: int = -1) -> bytes:
        return self.requests[which].partition(b"\r\n\r\n")[2]

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            if self.reads:
                self.requests.append(_read(connection))
            self.play(connection)
        except OSError:
            pass
        finally:
            connection.close()


def _read(connection: socket.socket) -> bytes:
    request = _more(connection)
    while b"\r\n\r\n" not in request:
        request += _more(connection)
    head, _, body = request.partition(b"\r\n\r\n")
    (length,) = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received or received.startswith(b"\x16\x03"):
        raise ConnectionError("that is no HTTP")
    return received


def says(text: str | bytes) -> Play:
    """Say this and hang up."""
    return lambda connection: connection.sendall(text.encode() if isinstance(text, str) else text)


def drips(text: str, seconds: float = 1) -> Play:
    """One byte at a time."""

    def play(connection: socket.socket) -> None:
        for letter in text.encode():
            connection.sendall(bytes([letter]))
            time.sleep(seconds)

    return play


def pours(start: str) -> Play:
    """`start`, and then no end."""

    def play(connection: socket.socket) -> None:
        connection.sendall(start.encode())
        while True:
            connection.sendall(b"x" * 65536)

    return play


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(play: Play, tls: ssl.SSLContext | None = None, *, reads: bool = True) -> Server:
        servers.append(Server(play, tls, reads))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority: the file by which it is trusted, and server contexts with certificates of its making."""

    path: str
    authority: trustme.CA

    def server(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = trustme.CA()
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    made.cert_pem.write_to_path(path)
    return Authority(str(path), made)


@pytest.fixture
def notice() -> Notice:
    return Notice(
        key="k1", to="li", name="李强", subject="已交办：关于增设公交站的提案", body="请于三个月内办复。\n谢谢。", case="c1",
        number="011-1-023", at=1_650_000_000_123_456,
    )  # fmt: skip

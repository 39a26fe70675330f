"""A transport for httpx that calls exactly the addresses it was given, and gives up at one moment for everything.

Host header, TLS server name and certificate check still use the name in the URL. The body of the answer is not read:
the status says it all, so an endless one costs nothing.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore
import httpx

_PIECE = 4096


class PinnedTransport(httpx.BaseTransport):
    """Connects to `addresses`, one after the other until one takes the connection, and ends after `seconds`."""

    def __init__(self, addresses: Sequence[str], *, seconds: float, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=_Pinned(addresses, _Moment(seconds)), max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Status and headers of the answer. Raises `httpx.TransportError` where there is none."""
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with self._pool.stream(
                request.method, target, headers=request.headers.raw, content=request.read()
            ) as answer:
                # Without the headers about the body: there is none, so nothing is to be unpacked.
                kept = [(name, value) for name, value in answer.headers if not name.lower().startswith(b"content-")]
                return httpx.Response(answer.status, headers=kept)
        except httpcore.TimeoutException as error:
            raise httpx.TimeoutException(str(error)) from error
        except httpcore.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.TransportError(str(error)) from error

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Moment:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException("time is up")
        return left


class _Pinned(httpcore.NetworkBackend):
    def __init__(self, addresses: Sequence[str], moment: _Moment) -> None:
        self._addresses = addresses
        self._moment = moment
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                return _Bounded(self._real.connect_tcp(address, port, self._moment.left()), self._moment)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


class _Bounded(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, moment: _Moment) -> None:
        self._stream = stream
        self._moment = moment

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._moment.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], self._moment.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, self._moment.left()), self._moment)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

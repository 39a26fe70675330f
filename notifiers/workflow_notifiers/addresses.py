"""Which addresses a webhook may call: public ones, and those the deployment lists.

Without this, whoever may enter an address could make the office's server knock at the doors inside its own walls.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]

_UNICAST = IPv6Network("2000::/3")
# Both carry an IPv4 address inside, which may be a private one.
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_PROTOCOLS = IPv4Network("192.0.0.0/24")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could be meant by it."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _PROTOCOLS
    return address.is_global and address in _UNICAST and not any(address in tunnel for tunnel in _TUNNELS)


class Allowed:
    """What a deployment lists: networks (`10.20.0.0/16`), addresses (`10.1.2.3`), names (`oa.example.gov.cn`)."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._networks: list[IPv4Network | IPv6Network] = []
        self._names: set[str] = set()
        for entry in entries:
            try:
                self._networks.append(ip_network(entry))
            except ValueError:
                if "/" in entry or ":" in entry:
                    raise
                self._names.add(entry.lower().rstrip("."))

    def lists(self, host: str, address: Address) -> bool:
        """Whether the deployment named this host or this address."""
        return host.lower().rstrip(".") in self._names or any(address in network for network in self._networks)


def plain(text: str) -> Address:
    """An address as it is meant: an IPv4 address in IPv6 clothes is the IPv4 address."""
    address = ip_address(text.split("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order to be tried. Raises `OSError` where it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolve_within(seconds: float, host: str, port: int, how: Resolve = resolve) -> list[str]:
    """The same, and `TimeoutError` where the name server keeps us waiting: the system's own patience has no limit."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(how(host, port)))
        except UnicodeError as error:  # a label longer than DNS allows
            answers.put(OSError(str(error)))
        except OSError as error:
            answers.put(error)

    Thread(target=ask, daemon=True, name="casework-resolve").start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer

"""Addresses by which somebody might reach what stands inside the walls: not one of them is called."""

from __future__ import annotations

import dataclasses
import socket

import pytest

from workflow.ports import Notice, Reject, Retry
from workflow_notifiers.addresses import is_public, plain
from workflow_notifiers.pinned import PinnedTransport
from workflow_notifiers.webhook import WebhookNotifier

INSIDE = {
    "loopback": ["127.0.0.1", "127.0.1.1", "127.255.255.254", "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]"],
    "loopback, written otherwise": [
        "2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0",
        "0x7f.1", "00000177.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
    ],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "192.168.1", "0xc0a80001"],
    "link-local and metadata": [
        "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[fe80::1]", "[fe80::1%25eth0]",
        "169.254.170.2", "100.100.100.200", "192.0.0.192", "[fd00:ec2::254]",
    ],
    "IPv4 in IPv6": [
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
        "[2001:0:7f00:1::1]",
    ],
    "of no single machine": [
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "[::]", "[ff02::1]", "[fc00::1]", "[fec0::1]",
        "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "[100::1]",
    ],
}  # fmt: skip
HOSTS = [host for hosts in INSIDE.values() for host in hosts]


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every transport that is opened: there must be none."""
    opened: list[object] = []
    monkeypatch.setattr(PinnedTransport, "handle_request", lambda *given: opened.append(given))
    return opened


def test_there_are_more_than_forty_five() -> None:
    assert 45 <= len(set(HOSTS)) == len(HOSTS)


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
def test_what_is_inside_is_not_called_however_it_is_written(
    host: str, scheme: str, notice: Notice, calls: list[object]
) -> None:
    hers = dataclasses.replace(notice, address=f"{scheme}://{host}/latest/meta-data/")

    with pytest.raises((Reject, Retry)):
        WebhookNotifier(url="https://receiver.example/").send(hers)

    assert [] == calls


@pytest.mark.parametrize(
    "host",
    [
        "metadata.google.internal",
        "127.0.0.1.nip.example",
        "localtest.example",
        "localhost.example",
        "a.b.c.example",
    ],
)
@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::1"], ["169.254.169.254"], ["93.184.216.34", "192.168.0.1"], ["fe80::1%eth0"]]
)
def test_a_name_that_leads_inside_is_not_called(
    host: str, addresses: list[str], notice: Notice, calls: list[object]
) -> None:
    with pytest.raises(Reject, match="is not public"):
        WebhookNotifier(url=f"https://{host}/", resolve=lambda host, port: addresses).send(notice)

    assert [] == calls


@pytest.mark.parametrize(
    "address",
    [
        "https://receiver.example@127.0.0.1/", "https://127.0.0.1#@receiver.example/", "https://127.0.0.1?@receiver.example/",
        "https://receiver.example\\@127.0.0.1/", "https://127.0.0.1:80:443/", "https://127.0.0.1\t/",
        "https:///127.0.0.1/", "https:127.0.0.1", "//127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd",
        "gopher://127.0.0.1:25/", "dict://127.0.0.1/", "unix:///run/docker.sock", "javascript:alert(1)", "https://",
        "https://receiver.example\r\nHost: inside/", "https://[::1", "https://:80/", "https://127.0.0.1%00.example/",
        "https://xn--localhost-.example/",
    ],
)  # fmt: skip
def test_an_address_that_two_readers_read_differently_is_not_called(
    address: str, notice: Notice, calls: list[object]
) -> None:
    def inside(host: str, port: int) -> list[str]:
        return [socket.gethostbyname("127.0.0.1")]

    with pytest.raises((Reject, Retry)):
        WebhookNotifier(resolve=inside).send(dataclasses.replace(notice, address=address))

    assert [] == calls


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_what_is_public_is_public(address: str) -> None:
    assert is_public(plain(address))

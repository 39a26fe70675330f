"""The webhook notifier: signed, pinned to one public address, and unmoved by what a receiver may do to it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import logging
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.notifiers.conftest import Authority, Server, drips, pours, says
from workflow.ports import Misconfigured, Notice, Notifier, Reject, Retry
from workflow_notifiers.settings import Secret
from workflow_notifiers.webhook import WebhookNotifier, wish

OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NEW, OLD = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
HOME = ("127.0.0.0/8",)

Serve = Callable[..., Server]


def hook(server: Server | None = None, **options: Any) -> WebhookNotifier:
    return WebhookNotifier(**{"url": server.url() if server else "", "allow": HOME, "timeout": 2, **options})


def test_it_is_a_notifier() -> None:
    assert isinstance(hook(), Notifier)


# ---------------------------------------------------------------- what is sent


def test_the_body_is_a_cloud_event(serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    hook(server, source="/county/proposals").send(notice)

    assert "application/cloudevents+json; charset=utf-8" == server.headers()["content-type"]
    assert {
        "specversion": "1.0",
        "id": "k1",
        "source": "/county/proposals",
        "type": "casework.notice",
        "datacontenttype": "application/json",
        "time": "2022-04-15T05:20:00.123456Z",
        "subject": "c1",
        "data": {
            "to": "li",
            "name": "李强",
            "subject": "已交办：关于增设公交站的提案",
            "body": "请于三个月内办复。\n谢谢。",
            "case": "c1",
            "number": "011-1-023",
        },
    } == json.loads(server.body())


def test_every_secret_signs_id_time_and_body(serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    hook(server, secrets=[Secret(NEW), Secret(OLD)], clock=lambda: 1_650_000_100.9).send(notice)

    signed = b"k1.1650000100." + server.body()
    expected = [
        "v1," + base64.b64encode(hmac.new(bytes([n]) * 32, signed, hashlib.sha256).digest()).decode() for n in (1, 2)
    ]
    assert ("k1", "1650000100") == (server.headers()["webhook-id"], server.headers()["webhook-timestamp"])
    assert expected == server.headers()["webhook-signature"].split(" ")


def test_the_signature_is_the_one_of_the_standards_example() -> None:
    made = WebhookNotifier(secrets=[Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")], clock=lambda: 1614265330)

    headers = made._headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


def test_a_second_delivery_has_the_same_id_and_another_time(serve: Serve, notice: Notice) -> None:
    server, times = serve(says(OK)), iter([1000.0, 2000.0])
    made = hook(server, clock=lambda: next(times))

    made.send(notice)
    made.send(notice)

    assert [("k1", "1000"), ("k1", "2000")] == [
        (server.headers(n)["webhook-id"], server.headers(n)["webhook-timestamp"]) for n in (0, 1)
    ]


def test_the_recipients_own_address_comes_before_the_channels(serve: Serve, notice: Notice) -> None:
    everybodys, hers = serve(says(OK)), serve(says(OK))

    hook(everybodys).send(dataclasses.replace(notice, address=hers.url("/hers")))

    assert ([], 1) == (everybodys.requests, len(hers.requests))


def test_nothing_to_call_is_for_a_person_to_look_at(notice: Notice) -> None:
    with pytest.raises(Reject, match="li has no address"):
        hook().send(notice)


@pytest.mark.parametrize("key", ["k1\r\nx-evil: 1", "编号", "", "a b"])
def test_a_key_that_is_no_header_is_refused(key: str, serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    with pytest.raises(Reject, match="key cannot stand in a header"):
        hook(server).send(dataclasses.replace(notice, key=key))

    assert [] == server.requests


def test_a_text_that_is_not_quite_unicode_is_sent_all_the_same(serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    hook(server).send(dataclasses.replace(notice, body="half \ud83d"))

    assert "half ?" == json.loads(server.body())["data"]["body"]


# ---------------------------------------------------------------- what the receiver does


@pytest.mark.parametrize(
    "play",
    [
        says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhal"),
        says("HTTP/1.1 204 No Content\r\n\r\n"),
        says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnope"),
        pours("HTTP/1.1 200 OK\r\n\r\n"),
        pours("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n"),
        lambda connection: (says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")(connection), time.sleep(3)),
    ],
    ids=["drops the connection", "no content", "broken gzip", "endless", "endless chunk", "silent body"],
)
def test_an_answer_of_2xx_counts_whatever_becomes_of_its_body(play: Any, serve: Serve, notice: Notice) -> None:
    began = time.monotonic()

    hook(serve(play)).send(notice)

    assert time.monotonic() - began < 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429])
def test_busy_and_broken_receivers_are_tried_again(status: int, serve: Serve, notice: Notice) -> None:
    with pytest.raises(Retry, match=f"answered {status}") as caught:
        hook(serve(says(f"HTTP/1.1 {status} Hm\r\nContent-Length: 0\r\n\r\n"))).send(notice)

    assert caught.value.after is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_a_refusal_is_for_a_person_to_look_at(status: int, serve: Serve, notice: Notice) -> None:
    with pytest.raises(Reject, match=f"answered {status} "):
        hook(serve(says(f"HTTP/1.1 {status} Hm\r\nContent-Length: 0\r\n\r\n"))).send(notice)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Fri, 15 Apr 2022 05:30:00 GMT", 600),
        ("Fri, 15 Apr 2022 05:00:00 GMT", 0),
        ("999999999", 7 * 24 * 3600),
        ("9" * 400, None),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_receivers_wish_is_read_as_seconds_or_as_a_date(header: str, seconds: int | None) -> None:
    assert seconds == wish(header, 1_650_000_000)


def test_too_many_requests_come_back_when_the_receiver_wishes(serve: Serve, notice: Notice) -> None:
    server = serve(says("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"))

    with pytest.raises(Retry) as caught:
        hook(server).send(notice)

    assert 30 == caught.value.after


@pytest.mark.parametrize(
    "play",
    [
        drips(OK),
        drips("HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 10_000, 0.1),
        drips("HTTP/1.1 103 Early Hints\r\n\r\n" * 1000, 0.01),
        lambda connection: time.sleep(4),
    ],
    ids=["one byte a second", "endless headers", "endless hints", "silence"],
)
def test_a_slow_receiver_gets_the_time_that_was_set_and_no_more(play: Any, serve: Serve, notice: Notice) -> None:
    began = time.monotonic()

    with pytest.raises(Retry, match="did not answer within 1 seconds"):
        hook(serve(play), timeout=1).send(notice)

    assert time.monotonic() - began < 1.5


def test_headers_without_measure_are_given_up(serve: Serve, notice: Notice) -> None:
    with pytest.raises(Retry):
        hook(serve(pours("HTTP/1.1 200 OK\r\nX: "))).send(notice)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 20", b"\x00\xff\x00", b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n"])
def test_an_answer_that_is_none_is_tried_again(answer: bytes, serve: Serve, notice: Notice) -> None:
    with pytest.raises(Retry, match="could not be reached"):
        hook(serve(says(answer))).send(notice)


def test_a_redirect_is_not_followed(serve: Serve, notice: Notice) -> None:
    elsewhere = serve(says(OK))
    server = serve(says(f"HTTP/1.1 307 Go\r\nLocation: {elsewhere.url('/secret-path')}\r\nContent-Length: 0\r\n\r\n"))

    with pytest.raises(Reject, match=f"sends us on to http://127.0.0.1:{elsewhere.port};") as caught:
        hook(server).send(notice)

    assert [] == elsewhere.requests
    assert "secret-path" not in str(caught.value)


def test_nobody_there_is_tried_again(notice: Notice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Retry, match="could not be reached"):
        hook(url=f"http://127.0.0.1:{port}/").send(notice)


def test_proxy_variables_are_not_asked(serve: Serve, notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(says(OK)), serve(says(OK))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url(""))

    hook(server).send(notice)

    assert ([], 1) == (proxy.requests, len(server.requests))


# ---------------------------------------------------------------- TLS


def test_the_certificate_is_checked_against_the_name_though_the_address_is_pinned(
    serve: Serve, authority: Authority, notice: Notice
) -> None:
    tls = authority.server("receiver.example")
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)  # type: ignore[assignment]
    server = serve(says(OK), tls)

    hook(url=server.url(host="receiver.example"), ca=authority.path, resolve=lambda host, port: ["127.0.0.1"]).send(
        notice
    )

    assert ["receiver.example"] == asked
    assert f"receiver.example:{server.port}" == server.headers()["host"]


@pytest.mark.parametrize(("names", "trusted"), [(("other.example",), True), (("receiver.example",), False)])
def test_a_wrong_certificate_ends_it_before_anything_is_said(
    names: tuple[str, ...], trusted: bool, serve: Serve, authority: Authority, notice: Notice
) -> None:
    server = serve(says(OK), authority.server(*names))

    with pytest.raises(Retry, match="CERTIFICATE_VERIFY_FAILED"):
        hook(
            url=server.url(host="receiver.example"),
            ca=authority.path if trusted else "",
            resolve=lambda host, port: ["127.0.0.1"],
        ).send(notice)

    assert [] == server.requests


def test_a_server_that_speaks_no_tls_is_tried_again(serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    with pytest.raises(Retry, match="could not be reached"):
        hook(url=server.url().replace("http:", "https:")).send(notice)


# ---------------------------------------------------------------- whom it calls


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.9.10", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
        "0.0.0.0", "192.0.0.192", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]",
        "[2001:0:7f00:1::1]", "[fc00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "2130706433", "0x7f000001",
        "127.1", "017700000001", "localhost", "LOCALHOST",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_called(host: str, notice: Notice) -> None:
    with pytest.raises(Reject, match="is not public"):
        WebhookNotifier(url=f"https://{host}/").send(notice)


@pytest.mark.parametrize(
    "url", ["https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://127.0.1/", "https://①②⑦.⓪.⓪.①/"]
)
def test_odd_spellings_of_an_address_do_not_get_through(url: str, notice: Notice) -> None:
    with pytest.raises((Reject, Retry)):
        WebhookNotifier(url=url).send(notice)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x/", "https://", "//x", "https://user:pw@example.com/", "https://[::1/", "web"],
)
def test_what_is_no_web_address_is_refused(url: str, notice: Notice) -> None:
    with pytest.raises(Reject, match="not of the form https://name/path"):
        hook().send(dataclasses.replace(notice, address=url))


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_public_name_with_a_private_address_is_not_called(addresses: list[str], notice: Notice) -> None:
    with pytest.raises(Reject, match=r"receiver\.example is at .*10\.0\.0\.1, which is not public"):
        WebhookNotifier(url="https://receiver.example/", resolve=lambda host, port: addresses).send(notice)


def test_a_name_is_resolved_once_and_the_answer_kept(serve: Serve, notice: Notice) -> None:
    server, asked = serve(says(OK)), []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.255.255.1"]

    hook(url=server.url(host="receiver.example"), resolve=resolve).send(notice)

    assert [("receiver.example", server.port)] == asked
    assert f"receiver.example:{server.port}" == server.headers()["host"]


def test_the_next_address_is_tried_where_the_first_does_not_answer(serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    hook(url=server.url(host="receiver.example"), resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"]).send(notice)

    assert 1 == len(server.requests)


@pytest.mark.parametrize("allow", ["127.0.0.1", "127.0.0.0/8", "localhost", "LocalHost."])
def test_what_the_deployment_lists_may_be_called(allow: str, serve: Serve, notice: Notice) -> None:
    server = serve(says(OK))

    WebhookNotifier(url=server.url(host="localhost"), allow=[allow, "::1"]).send(notice)

    assert 1 == len(server.requests)


def test_a_public_address_is_not_called_without_tls(notice: Notice) -> None:
    with pytest.raises(Reject, match="without TLS"):
        WebhookNotifier(url="http://receiver.example/", resolve=lambda host, port: ["93.184.216.34"]).send(notice)


def test_a_name_that_is_not_found_is_tried_again(notice: Notice) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Retry, match=r"the name receiver\.example was not found"):
        WebhookNotifier(url="https://receiver.example/", resolve=resolve).send(notice)


def test_the_systems_own_resolver_does_not_find_a_name_that_cannot_be(notice: Notice) -> None:
    with pytest.raises(Retry, match=r"was not found|was not answered for"):
        hook(url="https://nobody.invalid/").send(notice)


def test_a_name_server_that_is_silent_does_not_hold_us_up(notice: Notice) -> None:
    with pytest.raises(Retry, match="was not answered for in time"):
        hook(url="https://receiver.example/", timeout=1, resolve=lambda host, port: time.sleep(3) or []).send(notice)


# ---------------------------------------------------------------- settings and secrets


def test_settings_from_a_file_make_it(serve: Serve, notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(says(OK))
    monkeypatch.setenv("HOOK_SECRET", NEW)

    made = WebhookNotifier.from_settings(
        {
            "url": server.url(),
            "allow": "127.0.0.1, 10.0.0.0/8",
            "secrets": [{"env": "HOOK_SECRET"}, OLD],
            "timeout": "3",
        }
    )
    made.send(notice)

    assert 2 == len(server.headers()["webhook-signature"].split(" "))
    assert 3 == made.timeout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"urls": "https://x.cn/"}, "webhook: urls is not known; did you mean url?"),
        ({"url": "ftp://x.cn/"}, "webhook: url must be an address beginning with https://"),
        ({"secrets": "whsec_short"}, "webhook: secrets must begin with whsec_, followed by 24 to 64 bytes in base64"),
        ({"secrets": [{"env": "NOT_SET_ANYWHERE"}]}, "webhook: secrets there is no variable NOT_SET_ANYWHERE"),
        ({"timeout": 0}, "webhook: timeout must be a whole number from 1 to 120"),
        ({"allow": ["10.0.0.1/8"]}, "webhook: allow is wrong: 10.0.0.1/8 has host bits set"),
        ({"ca": "/nowhere.pem"}, "webhook: ca /nowhere.pem cannot be used"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_a_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        WebhookNotifier.from_settings(given)

    assert said == str(caught.value)
    assert caught.value.text.zh.startswith("webhook：")


def test_secrets_show_nowhere(serve: Serve, notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = serve(says("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    made = WebhookNotifier.from_settings({"url": server.url("/token-4711"), "allow": "127.0.0.1", "secrets": NEW})

    with pytest.raises(Reject) as caught:
        made.send(notice)

    for shown in (repr(made), str(caught.value), caught.value.text.zh, caplog.text):
        assert "4711" not in shown
        assert NEW.removeprefix("whsec_") not in shown

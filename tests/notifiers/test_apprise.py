"""The Apprise notifier, against a server that speaks as the robots of 钉钉, 企业微信 and 飞书 do."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import inspect
import json
import logging
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

from tests.notifiers.conftest import Server, drips, pours, says
from workflow.ports import Misconfigured, Notice, Notifier, Reject, Retry
from workflow_notifiers.apprise import AppriseNotifier

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise's own

TOKEN, SECRET = "a1b2c3d4e5f6token", "SECabc123def456"
DING, WECOM, FEISHU = f"dingtalk://{TOKEN}", f"wecombot://{TOKEN}", f"feishu://{TOKEN}"

Serve = Callable[..., Server]


def json_says(body: object, status: str = "200 OK", headers: str = "") -> Any:
    text = json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n{headers}\r\n"
    return says(head.encode() + text)


@pytest.fixture
def robots(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Server]:
    """A server in the place of all three."""

    def start(play: Any) -> Server:
        server = serve(play)
        monkeypatch.setattr(NotifyDingTalk, "notify_url", server.url("/robot/send?access_token={token}"))
        monkeypatch.setattr(NotifyWeComBot, "notify_url", server.url("/cgi-bin/webhook/send?key={key}"))
        monkeypatch.setattr(NotifyFeishu, "notify_url", server.url("/open-apis/bot/v2/hook/{token}/"))
        return server

    return start


def channel(url: str, **more: object) -> AppriseNotifier:
    return AppriseNotifier.from_settings({"url": url, "timeout": 2, **more})


def test_it_is_a_notifier() -> None:
    assert isinstance(channel(DING), Notifier)


# ---------------------------------------------------------------- the three robots


@pytest.mark.parametrize(
    ("url", "answer", "text"),
    [
        (DING, {"errcode": 0, "errmsg": "ok"}, lambda body: body["text"]["content"]),
        (WECOM, {"errcode": 0, "errmsg": "ok"}, lambda body: body["text"]["content"]),
        (FEISHU, {"code": 0, "msg": "success", "data": {}}, lambda body: body["content"]["text"]),
        (FEISHU, {"StatusCode": 0, "StatusMessage": "success"}, lambda body: body["content"]["text"]),
    ],
)
def test_a_robot_that_says_zero_has_taken_it(
    url: str, answer: object, text: Callable[[Any], str], robots: Any, notice: Notice
) -> None:
    server = robots(json_says(answer))

    channel(url).send(notice)

    said = text(json.loads(server.body()))
    assert ["已交办：关于增设公交站的提案", "请于三个月内办复。", "谢谢。"] == said.split()


@pytest.mark.parametrize(
    ("url", "answer", "said"),
    [
        (DING, {"errcode": 310000, "errmsg": "keywords not in content"}, "dingtalk answered 310000: keywords not in"),
        (DING, {"errcode": 300005, "errmsg": f"token {TOKEN} is not exist"}, r"300005: token \*\*\* is not exist"),
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "wecombot answered 93000: invalid webhook url"),
        (WECOM, {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}, "answered 40058"),
        (FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, "feishu answered 19024: Key Words Not Found"),
        (FEISHU, {"code": 9499, "msg": "Bad Request", "data": {}}, "feishu answered 9499: Bad Request"),
    ],
)
def test_a_robot_that_refuses_with_200_is_believed(
    url: str, answer: object, said: str, robots: Any, notice: Notice
) -> None:
    robots(json_says(answer))

    with pytest.raises(Reject, match=said):
        channel(url).send(notice)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        (DING, {"errcode": -1, "errmsg": "系统繁忙"}),
        (DING, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        (WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}),
        (FEISHU, {"code": 11232, "msg": "frequency limited psm"}),
        (FEISHU, {"code": 9499, "msg": "too many request"}),
    ],
)
def test_a_robot_that_is_busy_is_tried_again(url: str, answer: object, robots: Any, notice: Notice) -> None:
    robots(json_says(answer))

    with pytest.raises(Retry, match=f"answered {answer.get('errcode', answer.get('code'))}"):  # type: ignore[attr-defined]
        channel(url).send(notice)


@pytest.mark.parametrize("url", [DING, WECOM, FEISHU])
@pytest.mark.parametrize("body", ["<html>Please log in to the network</html>", "", "[]", '{"ok": true}'])
def test_an_answer_that_is_not_the_robots_is_not_taken_for_success(
    url: str, body: str, robots: Any, notice: Notice
) -> None:
    robots(says(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"))

    with pytest.raises(Retry, match="answered something unreadable"):
        channel(url).send(notice)


def test_dingtalk_is_signed(robots: Any, notice: Notice) -> None:
    server = robots(json_says({"errcode": 0, "errmsg": "ok"}))

    channel(f"dingtalk://{SECRET}@{TOKEN}").send(notice)

    target = server.requests[0].split(b" ")[1].decode()
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
    signed = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert base64.b64encode(signed).decode() == urllib.parse.unquote(query["sign"])


def test_the_address_that_wecom_shows_can_be_pasted(robots: Any, notice: Notice) -> None:
    server = robots(json_says({"errcode": 93000, "errmsg": "invalid webhook url"}))

    with pytest.raises(Reject, match="answered 93000"):
        channel(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}").send(notice)

    assert 1 == len(server.requests)


# ---------------------------------------------------------------- any service


@pytest.mark.parametrize(
    ("status", "expected"), [(500, Retry), (503, Retry), (408, Retry), (400, Reject), (403, Reject)]
)
def test_the_status_says_whether_to_try_again(
    status: int, expected: type[Exception], robots: Any, notice: Notice
) -> None:
    robots(json_says({}, f"{status} Hm"))

    with pytest.raises(expected, match=f"dingtalk answered {status}"):
        channel(DING).send(notice)


def test_too_many_requests_come_back_when_the_service_wishes(robots: Any, notice: Notice) -> None:
    robots(json_says({}, "429 Too Many Requests", "Retry-After: 60\r\n"))

    with pytest.raises(Retry) as caught:
        channel(WECOM).send(notice)

    assert 60 == caught.value.after


def test_a_service_of_which_we_know_no_answer_is_believed_by_its_status(serve: Serve, notice: Notice) -> None:
    good, bad = serve(says("HTTP/1.1 200 OK\r\n\r\nhm")), serve(json_says({}, "404 Not Found"))

    channel(f"json://127.0.0.1:{good.port}/in").send(notice)

    assert "已交办：关于增设公交站的提案" == json.loads(good.body())["title"]
    with pytest.raises(Reject, match="json answered 404"):
        channel(f"json://127.0.0.1:{bad.port}/in").send(notice)


def test_a_redirect_is_not_followed(robots: Any, serve: Serve, notice: Notice) -> None:
    elsewhere = serve(json_says({"errcode": 0}))
    robots(json_says({}, "307 Go", f"Location: {elsewhere.url()}\r\n"))

    with pytest.raises(Reject, match="answered 307"):
        channel(DING).send(notice)

    assert [] == elsewhere.requests


def test_nobody_there_is_tried_again(robots: Any, notice: Notice) -> None:
    robots(says("")).close()

    with pytest.raises(Retry, match="dingtalk could not be reached"):
        channel(DING).send(notice)


@pytest.mark.parametrize("play", [drips("HTTP/1.1 200 OK\r\n\r\n"), lambda connection: time.sleep(4)])
def test_a_slow_service_gets_the_time_that_was_set_and_no_more(play: Any, robots: Any, notice: Notice) -> None:
    robots(play)
    began = time.monotonic()

    with pytest.raises(Retry, match=r"did not answer within 1 seconds|could not be reached"):
        channel(DING, timeout=1).send(notice)

    assert time.monotonic() - began < 1.6


def test_an_endless_answer_is_cut(robots: Any, notice: Notice) -> None:
    robots(pours("HTTP/1.1 200 OK\r\n\r\n"))

    with pytest.raises(Retry, match="answered something unreadable"):
        channel(DING, timeout=10).send(notice)


# ---------------------------------------------------------------- addresses, settings, secrets


def test_the_recipients_number_is_put_into_the_gateways_address(serve: Serve, notice: Notice) -> None:
    server = serve(says("HTTP/1.1 200 OK\r\n\r\n"))

    channel(f"json://127.0.0.1:{server.port}/sms/{{address}}/send").send(
        dataclasses.replace(notice, address="+8613800138000")
    )

    assert server.requests[0].startswith(b"POST /sms/+8613800138000/send HTTP/1.1\r\n")


@pytest.mark.parametrize("address", ["../admin", "138/x", "138?x=y", "138#", "a b", "..", "138%2F", "138\n"])
def test_a_number_cannot_lead_elsewhere(address: str, serve: Serve, notice: Notice) -> None:
    server = serve(says("HTTP/1.1 200 OK\r\n\r\n"))

    with pytest.raises(Reject, match="json cannot be called with the address of li"):
        channel(f"json://127.0.0.1:{server.port}/sms/{{address}}").send(dataclasses.replace(notice, address=address))

    assert [] == server.requests


def test_a_recipient_without_a_number_is_for_a_person_to_look_at(notice: Notice) -> None:
    with pytest.raises(Reject, match="li has no address"):
        channel("json://127.0.0.1/sms/{address}").send(notice)


def test_a_number_that_the_gateway_cannot_use_is_for_a_person_to_look_at(notice: Notice) -> None:
    with pytest.raises(Reject, match="nowhere cannot be called with the address of li"):
        channel("nowhere://{address}").send(dataclasses.replace(notice, address="1"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "apprise: url must be set"),
        ({"ulr": DING}, "apprise: ulr is not known; did you mean url?"),
        ({"url": "dingding://x"}, "apprise: url is none that Apprise can use"),
        ({"url": "dingtalk://-4711-"}, "apprise: url is none that Apprise can use"),
        ({"url": DING, "timeout": "long"}, "apprise: timeout must be a whole number from 1 to 120"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_a_sentence(
    given: dict[str, object], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)

    with pytest.raises(Misconfigured) as caught:
        AppriseNotifier.from_settings(given)

    assert said == str(caught.value)
    assert caught.value.text.zh.startswith("apprise：")
    assert "4711" not in caplog.text


def test_tokens_show_nowhere(robots: Any, notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    robots(json_says({"errcode": 310000, "errmsg": f"sign not match, token {TOKEN}, secret {SECRET}"}))
    made = channel(f"dingtalk://{SECRET}@{TOKEN}")

    with pytest.raises(Reject) as caught:
        made.send(notice)

    for shown in (repr(made), str(caught.value), caught.value.text.zh, caplog.text):
        assert TOKEN not in shown
        assert SECRET not in shown


def test_what_the_host_program_sends_through_apprise_itself_is_left_alone(
    robots: Any, notice: Notice, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import apprise

    robots(json_says({"errcode": 310000, "errmsg": "no"}))
    with pytest.raises(Reject):
        channel(DING).send(notice)
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(requests, "post", lambda *_, **options: given.append(options) or requests.Response())
    caplog.set_level(logging.DEBUG, "apprise")

    apprise.Apprise.instantiate(DING).notify("hello")

    assert ["stream" in options for options in given] == [False]
    assert "DingTalk" in caplog.text


@pytest.mark.parametrize("robot", [NotifyDingTalk, NotifyWeComBot, NotifyFeishu, NotifyLark])
def test_every_robot_speaks_through_what_we_listen_to(robot: type) -> None:
    """If Apprise changes this, an answer goes unheard; then nothing counts as sent, and this test says why."""
    assert "requests.post(" in inspect.getsource(robot)

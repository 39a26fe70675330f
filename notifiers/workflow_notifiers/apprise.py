"""Notices through Apprise: 钉钉, 企业微信, 飞书, SMS gateways, and what else it knows.

Apprise takes every HTTP 200 for a success. The Chinese robots answer 200 to everything and say in JSON what went wrong,
so we listen to the answer ourselves.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Self
from urllib.parse import quote

from workflow.ports import Misconfigured, Notice, Reject, Retry
from workflow_notifiers.settings import Secret, Settings

try:
    import apprise
except ImportError as error:
    raise Misconfigured(
        "it needs apprise: pip install 'casework[apprise]'", zh="它需要 apprise：pip install 'casework[apprise]'"
    ) from error

_MOST = 16 * 1024
_ROBOTS = ("dingtalk", "wecombot", "feishu", "lark")
_BUSY_CODES = (-1, 130101, 90030, 45009, 11232)
_BUSY_WORDS = ("too fast", "too many", "freq", "over limit")
_BUSY_STATUS = (408, 425, 429)


class AppriseNotifier:
    """Sends each notice to the service behind `url`, an Apprise URL.

    `{address}` in it stands for the recipient's address: the telephone number for an SMS gateway. `timeout` is in
    seconds, for everything together. Attachments are not sent.
    """

    name = "apprise"

    def __init__(self, *, url: Secret, timeout: int = 20) -> None:
        self.timeout = timeout
        self._url = url
        self._asset = apprise.AppriseAsset(app_id="casework", async_mode=False)

    @classmethod
    def from_settings(cls, given: Mapping[str, object]) -> Self:
        """The notifier for these settings. Raises `Misconfigured`."""
        settings = Settings(cls.name, given, ("url", "timeout"))
        url = settings.secret("url")
        if url is None:
            raise settings.wrong("url", zh="必须设置", en="must be set")
        made = cls(url=url, timeout=settings.number("timeout", 20, 1, 120))
        if "{address}" not in url.reveal() and made._plugin("") is None:
            raise settings.wrong("url", zh="不是 Apprise 能用的地址", en="is none that Apprise can use")
        return made

    def __repr__(self) -> str:
        return f"AppriseNotifier({self._service()!r})"

    def send(self, notice: Notice) -> None:
        """Send it; done once the service has taken it, as far as its answer tells."""
        if "{address}" in self._url.reveal() and not notice.address:
            raise Reject(f"{notice.to} has no address", zh=f"{notice.to} 没有接收地址")
        # Nothing that would end a piece of the URL or climb out of it: the address comes from a person.
        fits = re.fullmatch(r"[\w@+-][\w.@+-]*", notice.address) or "{address}" not in self._url.reveal()
        plugin = self._plugin(notice.address) if fits else None
        if plugin is None:
            raise Reject(
                f"{self._service()} cannot be called with the address of {notice.to}",
                zh=f"{self._service()} 不能使用 {notice.to} 的地址",
            )
        call = _Call(self.timeout)
        done = call.make(plugin, notice)
        self._judge(done, call.answers, plugin.secure_protocol in _ROBOTS)

    def _judge(self, done: bool | None, answers: list[_Answer], robot: bool) -> None:
        service = self._service()
        if done is None:
            raise Retry(
                f"{service} did not answer within {self.timeout} seconds",
                zh=f"{service} 在 {self.timeout} 秒内没有答复",
            )
        for answer in answers:
            answer.judge(service, robot=robot, hide=self._hidden)
        if not done or (robot and not answers):
            raise Retry(f"{service} could not be reached", zh=f"{service} 连接失败")

    def _plugin(self, address: str) -> Any:
        url = self._url.reveal().replace("{address}", quote(address, safe=""))
        token = _calling.set(_Call(0))  # so that what Apprise says of a wrong token reaches no log
        try:
            plugin: Any = apprise.Apprise.instantiate(url, asset=self._asset, suppress_exceptions=True)
        finally:
            _calling.reset(token)
        if plugin is not None:
            plugin.socket_connect_timeout = plugin.socket_read_timeout = float(self.timeout)
            plugin.redirects = False
        return plugin

    def _service(self) -> str:
        return self._url.reveal().partition("://")[0]

    def _hidden(self, words: str) -> str:
        rest = self._url.reveal().partition("://")[2]
        for piece in rest.replace("?", "/").replace("@", "/").replace("=", "/").replace("&", "/").split("/"):
            words = words.replace(piece, "***") if len(piece) > 5 else words
        return words


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the service said: the HTTP status, its wish to be left alone, the body if it was JSON."""

    status: int
    wish: str
    said: object

    def judge(self, service: str, *, robot: bool, hide: Any) -> None:
        if self.status >= 500 or self.status in _BUSY_STATUS:
            after = int(self.wish) if self.wish.isascii() and self.wish.isdigit() else None
            raise Retry(f"{service} answered {self.status}", zh=f"{service} 答复 {self.status}", after=after)
        if self.status >= 300:
            raise Reject(f"{service} answered {self.status}", zh=f"{service} 答复 {self.status}")
        if not robot:
            return
        code, words = self._code()
        if code is None:
            raise Retry(f"{service} answered something unreadable", zh=f"{service} 的答复无法识别")
        if code == 0:
            return
        told = hide(" ".join(words.split())[:200])
        en, zh = f"{service} answered {code}: {told}", f"{service} 答复 {code}：{told}"
        if code in _BUSY_CODES or any(word in words.lower() for word in _BUSY_WORDS):
            raise Retry(en, zh=zh)
        raise Reject(en, zh=zh)

    def _code(self) -> tuple[int | None, str]:
        if not isinstance(self.said, dict):
            return None, ""
        for code, words in (("errcode", "errmsg"), ("code", "msg"), ("StatusCode", "StatusMessage")):
            if isinstance(self.said.get(code), int):
                return self.said[code], str(self.said.get(words, ""))
        return None, ""


class _Call:
    """One notice on its way: runs the plugin beside us for `seconds` at most, and keeps what was answered."""

    def __init__(self, seconds: float) -> None:
        self.answers: list[_Answer] = []
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def make(self, plugin: Any, notice: Notice) -> bool | None:
        """Whether Apprise thinks it was sent; None if it is not through in time."""
        results: SimpleQueue[bool] = SimpleQueue()
        _listen(plugin)

        def run() -> None:
            _calling.set(self)
            try:
                results.put(bool(plugin.notify(title=notice.subject, body=notice.body or notice.subject)))
            except Exception:  # noqa: BLE001 - whatever a service's plug-in may raise: it did not get through
                results.put(False)

        threading.Thread(target=run, daemon=True, name="casework-apprise").start()
        try:
            return results.get(timeout=self._seconds)
        except Empty:
            return None

    def hear(self, response: Any) -> Any:
        """The response, with no more of its body than fits, in no more time than is left."""
        body = bytearray()
        for piece in response.iter_content(1):
            body += piece
            if len(body) >= _MOST or time.monotonic() > self._end:
                break
        response.close()
        response._content = bytes(body)  # noqa: SLF001 - so that the plug-in, too, reads this and no more
        try:
            said = response.json()
        except ValueError:
            said = None
        self.answers.append(_Answer(response.status_code, response.headers.get("Retry-After", ""), said))
        return response


_calling: ContextVar[_Call | None] = ContextVar("casework_apprise", default=None)


class _Listening:
    """Stands in for `requests` in a plug-in's module; calls that are not ours go through untouched."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._requests, name)
        if name not in ("get", "post", "put", "patch", "delete", "request"):
            return real

        def listened(*args: Any, **options: Any) -> Any:
            call = _calling.get()
            return real(*args, **options) if call is None else call.hear(real(*args, **options, stream=True))

        return listened


def _listen(plugin: Any) -> None:
    """Apprise hands out neither status nor answer, so its plug-in gets our `requests` before it speaks."""
    module = sys.modules[type(plugin).__module__]
    requests = getattr(module, "requests", None)
    if requests is not None and not isinstance(requests, _Listening):
        module.requests = _Listening(requests)  # type: ignore[attr-defined]


def _not_ours(_: logging.LogRecord) -> bool:
    return _calling.get() is None


# Both log addresses with the tokens in them.
for _name in ("apprise", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_not_ours)

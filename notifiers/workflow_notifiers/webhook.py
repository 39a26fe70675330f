"""Notices to another system over HTTP: a CloudEvent, signed by Standard Webhooks.

Called is one address, resolved once, public unless the deployment lists it; no redirect is followed, no proxy asked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from workflow.ports import Misconfigured, Notice, Reject, Retry
from workflow_notifiers.addresses import Allowed, Resolve, is_public, plain, resolve, resolve_within
from workflow_notifiers.reasons import why
from workflow_notifiers.settings import Secret, Settings

try:
    import httpx

    from workflow_notifiers.pinned import PinnedTransport
except ImportError as error:
    raise Misconfigured(
        "it needs httpx: pip install 'casework[webhook]'", zh="它需要 httpx：pip install 'casework[webhook]'"
    ) from error

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_WISH = 7 * 24 * 3600
_BUSY = (408, 425, 429)


class WebhookNotifier:
    """Posts each notice to `url`, or to the recipient's own address where they have one.

    `secrets` are the signing keys (`whsec_…`), the newest first: during a rotation each signs. `allow` lists networks,
    addresses and names inside the house that may be called, and called without TLS. `ca` is a file of certificates
    to trust instead of the system's. `timeout` is in seconds, for everything together.
    """

    name = "webhook"

    def __init__(
        self,
        *,
        url: str = "",
        secrets: Sequence[Secret] = (),
        allow: Sequence[str] = (),
        source: str = "/casework",
        type: str = "casework.notice",
        timeout: int = 10,
        ca: str = "",
        clock: Callable[[], float] = time.time,
        resolve: Resolve = resolve,
    ) -> None:
        self.timeout = timeout
        self._url = url
        self._keys = [_key(secret) for secret in secrets]
        self._allowed = Allowed(allow)
        self._about = {"specversion": "1.0", "source": source, "type": type, "datacontenttype": "application/json"}
        self._tls = ssl.create_default_context(cafile=ca or None)
        self._clock = clock
        self._resolve = resolve

    @classmethod
    def from_settings(cls, given: Mapping[str, object]) -> Self:
        """The notifier for these settings. Raises `Misconfigured`."""
        settings = Settings(cls.name, given, ("url", "secrets", "allow", "source", "type", "timeout", "ca"))
        url, secrets, allow = settings.text("url", ""), settings.secrets("secrets"), settings.texts("allow")
        if url and not _is_web(url):
            raise settings.wrong("url", zh="应为 https:// 开头的地址", en="must be an address beginning with https://")
        try:
            Allowed(allow)
        except ValueError as error:
            raise settings.wrong("allow", zh=f"有误：{error}", en=f"is wrong: {error}") from error
        try:
            for secret in secrets:
                _key(secret)
        except ValueError as error:
            raise settings.wrong(
                "secrets",
                zh="应为 whsec_ 开头、其后为 24 至 64 字节的 base64",
                en="must begin with whsec_, followed by 24 to 64 bytes in base64",
            ) from error
        ca = settings.text("ca", "")
        try:
            return cls(
                url=url,
                secrets=secrets,
                allow=allow,
                source=settings.text("source", "/casework"),
                type=settings.text("type", "casework.notice"),
                timeout=settings.number("timeout", 10, 1, 120),
                ca=ca,
            )
        except OSError as error:
            raise settings.wrong("ca", zh=f"证书文件 {ca} 不能使用", en=f"{ca} cannot be used") from error

    def __repr__(self) -> str:
        return f"WebhookNotifier({_origin(self._url)!r})"

    def send(self, notice: Notice) -> None:
        """Post it; done once the receiver has answered 2xx, whatever becomes of the rest of its answer."""
        url = self._target(notice)
        place, until = f"{url.scheme}://{url.netloc.decode()}", time.monotonic() + self.timeout
        addresses = self._looked_up(url, place)
        body = json.dumps(self._event(notice), ensure_ascii=False).encode(errors="replace")
        request = httpx.Request("POST", url, headers=self._headers(notice.key, body), content=body)
        # Not through httpx.Client: its log shows the whole address, and that often holds a token.
        try:
            with PinnedTransport(addresses, seconds=until - time.monotonic(), tls=self._tls) as transport:
                answer = transport.handle_request(request)
        except httpx.TimeoutException as error:
            raise Retry(
                f"{place} did not answer within {self.timeout} seconds", zh=f"{place} 在 {self.timeout} 秒内没有答复"
            ) from error
        except httpx.RemoteProtocolError as error:
            raise Retry(
                f"{place} could not be reached: {error}", zh=f"{place} 没有完整答复就断开了连接，或答复的不是 HTTP"
            ) from error
        except httpx.TransportError as error:
            raise Retry(f"{place} could not be reached: {error}", zh=f"{place} 连接失败：{why(error)}") from error
        self._judge(answer, place)

    def _target(self, notice: Notice) -> httpx.URL:
        if not re.fullmatch(r"[\x21-\x7e]{1,200}", notice.key):
            raise Reject("the notice's key cannot stand in a header", zh="通知的标识含有不能放进报头的字符")
        address = notice.address or self._url
        if not address:
            raise Reject(f"{notice.to} has no address, and the channel no url", zh=f"{notice.to} 没有接收地址")
        if not _is_web(address):
            raise Reject("the address is not of the form https://name/path", zh="地址不是 https://名称/路径 的形式")
        return httpx.URL(address)

    def _looked_up(self, url: httpx.URL, place: str) -> list[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = resolve_within(self.timeout, url.raw_host.decode(), port, self._resolve)
        except TimeoutError as error:
            raise Retry(f"the name {url.host} was not answered for in time", zh=f"查询 {url.host} 超时") from error
        except OSError as error:
            raise Retry(f"the name {url.host} was not found", zh=f"找不到 {url.host}") from error
        listed = [self._allowed.lists(url.host, plain(each)) for each in found]
        for each, known in zip(found, listed, strict=True):
            if not known and not is_public(plain(each)):
                raise Reject(
                    f"{url.host} is at {each}, which is not public; list it under allow if it is meant",
                    zh=f"{url.host} 的地址 {each} 不是公网地址；确需调用请列入 allow",
                )
        if url.scheme == "http" and not all(listed):
            raise Reject(
                f"{place} is without TLS; use https, or list it", zh=f"{place} 没有加密；请用 https 或列入 allow"
            )
        return found

    def _event(self, notice: Notice) -> dict[str, object]:
        told = ("to", "name", "subject", "body", "case", "number")
        return {
            **self._about,
            "id": notice.key,
            "time": (_EPOCH + timedelta(microseconds=notice.at)).isoformat().replace("+00:00", "Z"),
            **({"subject": notice.case} if notice.case else {}),  # a digest is about several cases
            "data": {name: getattr(notice, name) for name in told},
        }

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        at = int(self._clock())
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "casework",
            "webhook-id": key,
            "webhook-timestamp": str(at),
        }
        if self._keys:
            signed = f"{key}.{at}.".encode() + body
            marks = (hmac.new(each, signed, hashlib.sha256).digest() for each in self._keys)
            headers["webhook-signature"] = " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks)
        return headers

    def _judge(self, answer: httpx.Response, place: str) -> None:
        status = answer.status_code
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            to = _origin(answer.headers.get("location", ""))
            raise Reject(
                f"{place} sends us on to {to}; redirects are not followed", zh=f"{place} 要求转到 {to}；不跟随转址"
            )
        said_en, said_zh = f"{place} answered {status} {answer.reason_phrase}".rstrip(), f"{place} 答复 {status}"
        if status >= 500 or status in _BUSY:
            raise Retry(said_en, zh=said_zh, after=wish(answer.headers.get("retry-after", ""), self._clock()))
        raise Reject(said_en, zh=said_zh)


def wish(header: str, now: float) -> int | None:
    """The seconds that a `Retry-After` asks for, given as a number or a date; None where it cannot be read."""
    if re.fullmatch(r"[0-9]{1,9}", header.strip()):
        return min(int(header), _LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(round(moment.timestamp() - now), 0), _LONGEST_WISH)


def _key(secret: Secret) -> bytes:
    text = secret.reveal()
    if not text.startswith("whsec_"):
        raise ValueError("no whsec_")
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if not 24 <= len(key) <= 64:
        raise ValueError("length")
    return key


def _is_web(text: str) -> bool:
    try:
        url = httpx.URL(text)
        return url.scheme in ("https", "http") and bool(url.host) and not url.userinfo
    except (httpx.InvalidURL, UnicodeError):  # the host is decoded only when it is asked for
        return False


def _origin(text: str) -> str:
    try:
        url = httpx.URL(text)
        return f"{url.scheme}://{url.netloc.decode()}" if url.host else "?"
    except (httpx.InvalidURL, UnicodeError):
        return "?"

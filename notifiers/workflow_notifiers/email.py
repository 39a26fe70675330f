"""Notices by e-mail, handed to the office's own mail server."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from hashlib import sha256
from typing import Self

from workflow.ports import Notice, Reject, Retry, Undelivered
from workflow_notifiers.reasons import why
from workflow_notifiers.settings import Secret, Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTER = SMTP.clone(cte_type="7bit")  # goes through every server on the way, also an old one
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_NOT_LET_IN = (530, 534, 535, 538)


class EmailNotifier:
    """Sends each notice to the recipient's address through one server.

    `sender` is an address, with a name or without: `提案委 <tian@example.gov.cn>`. `security` is "starttls" (never
    without, even if the server offers none), "tls" from the first byte, or "none" for a server in the same house,
    without a password. `ca` is a file of certificates to trust instead of the system's. `timeout` is in seconds, for
    everything together. `hello` is the name given to the server.
    """

    name = "email"

    def __init__(
        self,
        *,
        host: str,
        sender: str,
        port: int = 0,
        security: str = "starttls",
        username: str = "",
        password: Secret | None = None,
        ca: str = "",
        timeout: int = 20,
        hello: str = "",
    ) -> None:
        self.timeout = timeout
        self._host, self._port, self._security = host, port or _PORTS[security], security
        self._place = f"{host}:{self._port}"
        self._sender = _address(*parseaddr(_one_line(sender)))
        self._username, self._password = username, password
        self._tls = ssl.create_default_context(cafile=ca or None)
        self._hello = hello or socket.gethostname()  # smtplib's own guess asks name servers, for seconds

    @classmethod
    def from_settings(cls, given: Mapping[str, object]) -> Self:
        """The notifier for these settings. Raises `Misconfigured`."""
        known = ("host", "port", "security", "username", "password", "sender", "ca", "timeout", "hello")
        settings = Settings(cls.name, given, known)
        security, password = settings.choice("security", _PORTS, "starttls"), settings.secret("password")
        username, sender = settings.text("username", ""), settings.text("sender")
        if bool(username) != (password is not None):
            raise settings.wrong("username", zh="和 password 要么都设置，要么都不设置", en="and password go together")
        if username and security == "none":
            raise settings.wrong(
                "security", zh="为 none 时密码会以明文传送；请用 starttls 或 tls",
                en="none would send the password readably; use starttls or tls",
            )  # fmt: skip
        try:
            _address(*parseaddr(_one_line(sender)))
        except ValueError as error:
            raise settings.wrong("sender", zh="不是电子邮件地址", en="is not an e-mail address") from error
        ca = settings.text("ca", "")
        try:
            return cls(
                host=settings.text("host"),
                sender=sender,
                port=settings.number("port", 0, 0, 65535),
                security=security,
                username=username,
                password=password,
                ca=ca,
                timeout=settings.number("timeout", 20, 1, 300),
                hello=settings.text("hello", ""),
            )
        except OSError as error:
            raise settings.wrong("ca", zh=f"证书文件 {ca} 不能使用", en=f"{ca} cannot be used") from error

    def __repr__(self) -> str:
        return f"EmailNotifier({self._host!r}, {self._port}, {self._security!r})"

    def send(self, notice: Notice) -> None:
        """Hand it to the server; done once the server has taken the message."""
        message, to = self._message(notice)
        late = threading.Event()
        try:
            with self._open(late) as server:
                server.send_message(message, self._sender.addr_spec, [to])
        except (smtplib.SMTPException, OSError, ValueError, Retry) as error:
            if late.is_set():  # what was heard last may be cut in the middle
                raise self._retry(
                    f"took longer than {self.timeout} seconds", zh=f"超过 {self.timeout} 秒没有完成"
                ) from error
            if isinstance(error, Retry):
                raise
            raise self._verdict(error, to) from error

    def _verdict(self, error: Exception, to: str) -> Undelivered:
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return Reject(f"{self._place} cannot send to {to}: {error}", zh=f"{self._place} 不能发往 {to}：{error}")
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return self._answered(*error.recipients[to])
        if isinstance(error, smtplib.SMTPResponseException):
            return self._answered(error.smtp_code, error.smtp_error)
        return self._retry(f"could not be reached: {error}", zh=f"连接失败：{why(error)}")

    def _answered(self, code: int, said: bytes | str) -> Undelivered:
        words = _words(said)
        if code >= 500 and code not in _NOT_LET_IN:
            return Reject(f"{self._place} answered {code} {words}", zh=f"{self._place} 答复 {code} {words}")
        return self._retry(f"answered {code} {words}", zh=f"答复 {code} {words}")

    def _retry(self, en: str, *, zh: str) -> Retry:
        return Retry(f"{self._place} {en}", zh=f"{self._place} {zh}")

    def _message(self, notice: Notice) -> tuple[EmailMessage, str]:
        if not notice.address:
            raise Reject(f"{notice.to} has no e-mail address", zh=f"{notice.to} 没有电子邮件地址")
        message = EmailMessage(policy=_LETTER)
        try:
            to = _address(notice.name, notice.address)
            message["From"] = self._sender
            message["To"] = to
            message["Subject"] = _one_line(notice.subject)
            message["Date"] = _EPOCH + timedelta(microseconds=notice.at)
            # The same for every delivery of this notice, so that a mail program shows the second copy once.
            mark = sha256(notice.key.encode()).hexdigest()[:32]
            message["Message-ID"] = f"<{mark}@{self._sender.domain.encode('idna').decode()}>"
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(notice.body)
            for each in notice.attachments:
                kind, _, subtype = each.type.partition("/")
                message.add_attachment(
                    each.content, maintype=_token(kind), subtype=_token(subtype), filename=_one_line(each.name)
                )
        except (ValueError, MessageError) as error:  # UnicodeError too
            raise Reject(f"no letter can be made of it: {error}", zh=f"不能成为邮件：{error}") from error
        return message, to.addr_spec

    @contextmanager
    def _open(self, late: threading.Event) -> Iterator[smtplib.SMTP]:
        # Half of the time at most for connecting, so that a TLS handshake, which nobody can end from outside, has the rest.
        pause = self.timeout / 2
        server = (
            smtplib.SMTP_SSL(local_hostname=self._hello, timeout=pause, context=self._tls)
            if self._security == "tls"
            else smtplib.SMTP(local_hostname=self._hello, timeout=pause)
        )
        # smtplib knows the name to check the certificate against only from its constructor, which connects at once.
        server._host = self._host  # type: ignore[attr-defined] # noqa: SLF001

        done = threading.Event()

        def watch() -> None:
            if done.wait(self.timeout):
                return
            late.set()
            while not done.wait(0.1):
                with suppress(OSError, TypeError):  # no connection any more, or not yet
                    # Below TLS: an SSLSocket is not made to be shut down by another thread.
                    socket.socket.shutdown(server.sock, socket.SHUT_RDWR)  # type: ignore[arg-type]

        threading.Thread(target=watch, daemon=True, name="casework-email").start()
        try:
            self._greet(server)
            yield server
            with suppress(smtplib.SMTPException, OSError, ValueError):
                server.quit()  # the message is taken, whatever is said now
        finally:
            done.set()
            server.close()

    def _greet(self, server: smtplib.SMTP) -> None:
        """Up to here it is about us, not about the notice: it will get through once somebody has put the channel right."""
        try:
            code, said = server.connect(self._host, self._port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, said)
            if self._security == "starttls":
                server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
            if self._password is not None:
                server.login(self._username, self._password.reveal())
        except smtplib.SMTPNotSupportedError as error:
            raise self._retry(f"does not offer it: {error}", zh=f"不支持：{error}") from error
        except smtplib.SMTPAuthenticationError as error:
            code, who = error.smtp_code, self._username
            raise self._retry(f"did not let {who} in ({code})", zh=f"拒绝 {who} 登录（{code}）") from None
        except smtplib.SMTPResponseException as error:
            words = _words(error.smtp_error)
            raise self._retry(f"answered {error.smtp_code} {words}", zh=f"答复 {error.smtp_code} {words}") from error


def _address(name: str, text: str) -> Address:
    """Raises `ValueError` for what is not exactly one address."""
    user, at, domain = text.rpartition("@")
    if (
        not at
        or not user
        or not re.fullmatch(r"[\w.-]+", domain)
        or re.search(r"[\s,;:<>()\[\]\\\"@\x00-\x1f\x7f]", user)
    ):
        raise ValueError(f"{text!r} is not an e-mail address")
    return Address(_one_line(name), user, domain.encode("idna").decode())


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]


def _one_line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", text):
        raise ValueError("a line break or control character in a header")
    return text


def _token(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", text):
        raise ValueError(f"{text!r} is no part of a media type")
    return text

"""What a receiver of notices may do to us: each fault as a notifier that meets it over a real socket on loopback."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import formatdate
from typing import Any, Literal

import trustme

from tests.notifiers.conftest import Authority, Play, Server, drips, pours, says
from workflow.core.model import Micros
from workflow.ports import Notifier
from workflow_notifiers.email import EmailNotifier
from workflow_notifiers.webhook import WebhookNotifier

OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NAME = "receiver.example"
PATIENCE = 1  # seconds that a send may take


@dataclass
class Lab:
    """Makes receivers, and the notifiers that call them by a clock that stands still."""

    serve: Callable[..., Server]
    authority: Authority
    clock: Callable[[], Micros]
    called: list[Server] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)

    def hook(self, play: Play | None = None, *, tls: ssl.SSLContext | None = None, **options: Any) -> Notifier:
        """A webhook to a receiver that does `play`; without one to a door where nobody is."""
        url = f"http://{NAME}:{nobody()}/"
        if play is not None:
            self.called.append(self.serve(play, tls))
            url = self.called[-1].url(host=NAME)
        return WebhookNotifier(
            **{
                "url": url, "allow": ["127.0.0.0/8"], "timeout": PATIENCE, "ca": self.authority.path,
                "resolve": lambda host, port: ["127.0.0.1"], "clock": lambda: self.clock() / 1_000_000, **options,
            }
        )  # fmt: skip

    def mail(self, answers: Mapping[str, str | float] | None = None) -> Notifier:
        """E-mail to a server that answers as told; without answers to a door where nobody is."""
        port = self.serve(dialogue(answers, self.letters), reads=False).port if answers is not None else nobody()
        return EmailNotifier(
            host="127.0.0.1", port=port, security="none", sender="casework@example.cn", timeout=PATIENCE
        )

    def tls(self, name: str = NAME, *, by: trustme.CA | None = None, days: int = 30) -> ssl.SSLContext:
        """A certificate for `name` that is good for so many days from now."""
        now = datetime.now(UTC)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = (by or self.authority.authority).issue_cert(
            name, not_before=now - timedelta(days=60), not_after=now + timedelta(days=days)
        )
        issued.configure_cert(context)
        return context

    def after(self, hours: int) -> str:
        """A wish to be called again then, as HTTP writes a moment."""
        return f"Retry-After: {formatdate(self.clock() / 1_000_000 + hours * 3600, usegmt=True)}"

    def keys(self) -> list[str]:
        """The key of every request that a receiver has read, and the mark of every letter."""
        hooks = [server.headers(n)["webhook-id"] for server in self.called for n in range(len(server.requests))]
        return hooks + [message_from_bytes(letter)["Message-ID"] for letter in self.letters]


def nobody() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def dialogue(answers: Mapping[str, str | float], letters: list[bytes]) -> Play:
    """A mail server: says 250, or what `answers` has for the word; "" hangs up, a number says 250 so slowly."""

    def play(connection: socket.socket) -> None:
        def answer(word: str, usual: str) -> bool:
            said = answers.get(word, usual)
            if isinstance(said, float):
                drips(f"{usual}\r\n", said)(connection)
            elif said:
                connection.sendall(f"{said}\r\n".encode())
            return said != ""

        lines = connection.makefile("rb")
        if not answer("greeting", "220 mail.example"):
            return
        while line := lines.readline(1000):
            word = line.split()[0].decode().upper()
            if not answer(word, "354 go on" if word == "DATA" else "250 OK"):
                return
            if word == "DATA" and str(answers.get(word, "354")).startswith("354"):
                letters.append(b"".join(iter(lines.readline, b".\r\n")))
                if not answer("letter", "250 OK"):
                    return

    return play


def status(code: int, *headers: str) -> Play:
    """An answer without a body."""
    return says("\r\n".join([f"HTTP/1.1 {code} Hm", *headers, "Content-Length: 0", "", ""]))


def silent(connection: socket.socket) -> None:
    """Takes the request and says nothing."""
    time.sleep(3 * PATIENCE)


@dataclass(frozen=True)
class Fault:
    """`make` gives the notifier; `then` is what becomes of the notice after one try: sent, parked, or tried again after
    so many seconds; `said` is what its reason must tell.
    """

    name: str
    make: Callable[[Lab], Notifier]
    then: Literal["sent", "parked"] | int
    said: str = ""


def _not_found(host: str, port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


FIRST = 30  # seconds that a policy waits after the first failure
DAY = 86_400

FAULTS = (
    Fault("200, connection dropped after the headers", lambda lab: lab.hook(says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha")), "sent"),
    Fault("200, connection dropped within the headers", lambda lab: lab.hook(says("HTTP/1.1 200 OK\r\nConte")), FIRST, "没有完整答复就断开了连接"),
    Fault("request taken, connection dropped", lambda lab: lab.hook(says("")), FIRST, "没有完整答复就断开了连接"),
    Fault("200, body without end", lambda lab: lab.hook(pours("HTTP/1.1 200 OK\r\n\r\n")), "sent"),
    Fault("headers without end", lambda lab: lab.hook(pours("HTTP/1.1 200 OK\r\nX: ")), FIRST, "不是 HTTP"),
    Fault("one byte a second", lambda lab: lab.hook(drips(OK)), FIRST, "在 1 秒内没有答复"),
    Fault("silence", lambda lab: lab.hook(silent), FIRST, "在 1 秒内没有答复"),
    Fault("500", lambda lab: lab.hook(status(500)), FIRST, "答复 500"),
    Fault("503 with Retry-After: 300", lambda lab: lab.hook(status(503, "Retry-After: 300")), 300, "答复 503"),
    Fault("429 with Retry-After: 5", lambda lab: lab.hook(status(429, "Retry-After: 5")), FIRST, "答复 429"),
    Fault("429 with Retry-After: a date in 3 hours", lambda lab: lab.hook(status(429, lab.after(3))), 3 * 3600, "答复 429"),
    Fault("429 with Retry-After: a date next year", lambda lab: lab.hook(status(429, lab.after(365 * 24))), DAY, "答复 429"),
    Fault("429 with Retry-After: 999999999", lambda lab: lab.hook(status(429, "Retry-After: 999999999")), DAY, "答复 429"),
    Fault("404", lambda lab: lab.hook(status(404)), "parked", "答复 404"),
    Fault("redirect to another host", lambda lab: lab.hook(status(307, "Location: https://elsewhere.example/in")), "parked", "要求转到 https://elsewhere.example；不跟随转址"),
    Fault("TLS: the certificate has another name", lambda lab: lab.hook(says(OK), tls=lab.tls("other.example")), FIRST, "证书上的名称与所连的不符"),
    Fault("TLS: nobody trusts the certificate", lambda lab: lab.hook(says(OK), tls=lab.tls(by=trustme.CA())), FIRST, "证书不是受信任的机构签发的"),
    Fault("TLS: the certificate has expired", lambda lab: lab.hook(says(OK), tls=lab.tls(days=-1)), FIRST, "证书已过期"),
    Fault("the name is not found", lambda lab: lab.hook(says(OK), resolve=_not_found), FIRST, f"找不到 {NAME}"),
    Fault("connection refused", lambda lab: lab.hook(), FIRST, "对方拒绝连接"),
)  # fmt: skip

MAIL_FAULTS = (
    Fault("mail: connection refused", lambda lab: lab.mail(), FIRST, "对方拒绝连接"),
    Fault("mail: 451, try later", lambda lab: lab.mail({"RCPT": "451 busy"}), FIRST, "答复 451 busy"),
    Fault("mail: 550, no such mailbox", lambda lab: lab.mail({"RCPT": "550 no such user"}), "parked", "答复 550 no such user"),
    Fault("mail: letter taken, connection dropped", lambda lab: lab.mail({"letter": ""}), FIRST, "没有答复就断开了连接"),
    Fault("mail: one byte a second", lambda lab: lab.mail({"greeting": 1.0}), FIRST, "对方迟迟没有答复"),
)  # fmt: skip

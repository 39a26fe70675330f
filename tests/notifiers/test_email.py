"""The e-mail notifier, against a real mail server."""

from __future__ import annotations

import dataclasses
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.notifiers.conftest import Authority
from workflow.ports import Attachment, Misconfigured, Notice, Notifier, Reject, Retry
from workflow_notifiers.email import EmailNotifier

FROM = "县政协提案委 <tian@example.gov.cn>"
PASSWORD = "geheim-4711"


# ruff: noqa: N802 - aiosmtpd calls the handlers by these names


class Office:
    """Takes mail; `answers` maps a step of the dialogue to what is said instead of 250."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str | None, list[str]]] = []
        self.raw: list[bytes] = []
        self.users: list[str] = []
        self.encrypted: list[bool] = []

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.raw.append(bytes(envelope.content or b""))
        self.letters.append(message_from_bytes(self.raw[-1], policy=policy.default))  # type: ignore[arg-type]
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.encrypted.append(session.ssl is not None)
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.answers.get("QUIT", "221 Bye")

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, who: LoginPassword
    ) -> AuthResult:
        self.users.append(who.login.decode())
        return AuthResult(success=who.password.decode() == PASSWORD, handled=False)


Open = Callable[..., tuple[Office, dict[str, Any]]]


@pytest.fixture
def mail() -> Iterator[Open]:
    """Starts a mail server; gives it and the settings by which it is reached."""
    running: list[Controller] = []

    def start(answers: dict[str, str] | None = None, **options: Any) -> tuple[Office, dict[str, Any]]:
        office = Office(answers or {})
        controller = Controller(
            office, hostname="127.0.0.1", port=_free(), authenticator=office.authenticate, **options
        )
        controller.start()
        running.append(controller)
        settings = {"host": "127.0.0.1", "port": controller.port, "security": "none", "sender": FROM, "timeout": 5}
        return office, settings

    yield start
    for controller in running:
        controller.stop()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def notice(notice: Notice) -> Notice:
    return dataclasses.replace(notice, address="li@example.gov.cn")


def test_it_is_a_notifier() -> None:
    assert isinstance(EmailNotifier(host="mail", sender="a@b.cn"), Notifier)


# ---------------------------------------------------------------- the letter


def test_names_subject_and_text_arrive_in_chinese(mail: Open, notice: Notice) -> None:
    office, settings = mail()

    EmailNotifier.from_settings(settings).send(notice)

    (letter,) = office.letters
    assert "县政协提案委 <tian@example.gov.cn>" == str(letter["From"])
    assert "李强 <li@example.gov.cn>" == str(letter["To"])
    assert "已交办：关于增设公交站的提案" == letter["Subject"]
    assert ["请于三个月内办复。", "谢谢。"] == letter.get_content().splitlines()
    assert [("tian@example.gov.cn", ["li@example.gov.cn"])] == office.envelopes
    assert office.raw[0].isascii()


def test_a_file_keeps_its_chinese_name_its_type_and_its_bytes(mail: Open, notice: Notice) -> None:
    office, settings = mail()
    reply = Attachment("关于第23号提案的答复（A类）.pdf", b"%PDF\x00\xff", "application/pdf")

    EmailNotifier.from_settings(settings).send(dataclasses.replace(notice, attachments=(reply,)))

    (found,) = office.letters[0].iter_attachments()
    assert ("关于第23号提案的答复（A类）.pdf", "application/pdf") == (found.get_filename(), found.get_content_type())
    assert b"%PDF\x00\xff" == found.get_content()


def test_a_second_delivery_has_the_same_message_id_and_date(mail: Open, notice: Notice) -> None:
    office, settings = mail()
    made = EmailNotifier.from_settings(settings)

    made.send(notice)
    made.send(notice)

    assert 1 == len({(letter["Message-ID"], letter["Date"]) for letter in office.letters})
    assert "Fri, 15 Apr 2022 05:20:00 +0000" == office.letters[0]["Date"]
    assert office.letters[0]["Message-ID"].endswith("@example.gov.cn>")


def test_no_vacation_message_answers_it(mail: Open, notice: Notice) -> None:
    office, settings = mail()

    EmailNotifier.from_settings(settings).send(notice)

    assert "auto-generated" == office.letters[0]["Auto-Submitted"]


def test_lines_that_look_like_the_end_arrive_whole(mail: Open, notice: Notice) -> None:
    office, settings = mail()

    EmailNotifier.from_settings(settings).send(dataclasses.replace(notice, body="one\n.\nMAIL FROM:<x@y.cn>\n..two"))

    assert ["one", ".", "MAIL FROM:<x@y.cn>", "..two"] == office.letters[0].get_content().splitlines()


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00"])
@pytest.mark.parametrize("where", ["subject", "name", "address", "attachment"])
def test_a_header_cannot_be_smuggled_in(break_: str, where: str, mail: Open, notice: Notice) -> None:
    office, settings = mail()
    evil = f"x{break_}Bcc: everybody@example.com"
    change: dict[str, Any] = {
        "subject": {"subject": evil},
        "name": {"name": evil},
        "address": {"address": f"li@example.gov.cn{break_}Bcc: a@b.cn"},
        "attachment": {"attachments": (Attachment(evil, b""),)},
    }[where]

    with pytest.raises(Reject, match="no letter can be made of it"):
        EmailNotifier.from_settings(settings).send(dataclasses.replace(notice, **change))

    assert [] == office.envelopes


@pytest.mark.parametrize(
    "address",
    ["li", "@example.cn", "li@", "a@b.cn, c@d.cn", "a@b.cn c@d.cn", "<a@b.cn>", "a b@c.cn", "a@b@c.cn", "x@[10.0.0.1]"],
)
def test_what_is_not_one_address_is_refused(address: str, notice: Notice) -> None:
    with pytest.raises(Reject, match="is not an e-mail address"):
        EmailNotifier(host="mail.invalid", sender="a@b.cn").send(dataclasses.replace(notice, address=address))


def test_a_recipient_without_an_address_is_for_a_person_to_look_at(notice: Notice) -> None:
    with pytest.raises(Reject, match="li has no e-mail address"):
        EmailNotifier(host="mail.invalid", sender="a@b.cn").send(dataclasses.replace(notice, address=""))


def test_a_chinese_domain_is_written_as_the_post_needs_it(mail: Open, notice: Notice) -> None:
    office, settings = mail()

    EmailNotifier.from_settings(settings).send(dataclasses.replace(notice, address="li@政务.cn"))

    assert ["li@xn--zfr164b.cn"] == office.envelopes[0][1]


def test_a_chinese_mailbox_needs_a_server_that_can(mail: Open, notice: Notice) -> None:
    (able, yes), (_, no) = mail(enable_SMTPUTF8=True), mail(enable_SMTPUTF8=False)
    chinese = dataclasses.replace(notice, address="李强@example.cn")

    EmailNotifier.from_settings(yes).send(chinese)

    assert ["李强@example.cn"] == able.envelopes[0][1]
    with pytest.raises(Reject, match=r"cannot send to 李强@example\.cn"):
        EmailNotifier.from_settings(no).send(chinese)


# ---------------------------------------------------------------- what the server says


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("450 4.2.1 mailbox busy", Retry),
        ("421 4.3.2 closing down", Retry),
        ("530 5.7.0 authentication required", Retry),
        ("550 5.1.1 no such user", Reject),
        ("554 5.7.1 looks like spam", Reject),
    ],
)
def test_4xx_is_tried_again_and_5xx_is_not(
    step: str, answer: str, expected: type[Retry | Reject], mail: Open, notice: Notice
) -> None:
    _, settings = mail({step: answer})

    with pytest.raises(expected, match=f"answered {answer}") as caught:
        EmailNotifier.from_settings(settings).send(notice)

    assert f"答复 {answer}" in caught.value.text.zh


def test_a_letter_that_was_taken_is_delivered_whatever_the_farewell(mail: Open, notice: Notice) -> None:
    office, settings = mail({"QUIT": "451 leave me alone"})

    EmailNotifier.from_settings(settings).send(notice)

    assert 1 == len(office.letters)


def test_nobody_there_is_tried_again(notice: Notice) -> None:
    with pytest.raises(Retry, match=r"could not be reached: .*refused"):
        EmailNotifier(host="127.0.0.1", port=_free(), sender="a@b.cn").send(notice)


def test_a_name_that_is_not_found_is_tried_again(notice: Notice) -> None:
    with pytest.raises(Retry, match=r"nobody\.invalid:587 could not be reached"):
        EmailNotifier(host="nobody.invalid", sender="a@b.cn", timeout=3).send(notice)


def talks(words: bytes, seconds: float) -> socket.socket:
    """A server that says this, one byte every `seconds`, and then nothing for a while."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                for letter in words:
                    connection.sendall(bytes([letter]))
                    time.sleep(seconds)
                time.sleep(1.5)

    threading.Thread(target=talk, daemon=True).start()
    return listening


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"220-one\r\n" * 10_000, "took longer than 1 seconds"),
        (b"", "could not be reached: .*timed out"),
        (b"554 not you\r\n", "answered 554 not you"),
        (b"SSH-2.0-OpenSSH\r\n", "answered -1 .*OpenSSH"),
    ],
    ids=["slow", "silent", "unwilling", "another"],
)
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_is_slow_silent_or_another_is_left_in_time(
    words: bytes, said: str, security: str, notice: Notice
) -> None:
    with talks(words, 0.02) as listening:
        port, began = listening.getsockname()[1], time.monotonic()
        made = EmailNotifier(host="127.0.0.1", port=port, sender="a@b.cn", security=security, timeout=1)

        with pytest.raises(Retry, match=said if security == "none" else "could not be reached"):
            made.send(notice)

    assert time.monotonic() - began < 1.6


# ---------------------------------------------------------------- TLS and login


def tls(settings: dict[str, Any], authority: Authority, **change: Any) -> EmailNotifier:
    asked = {
        "host": "localhost",
        "security": "starttls",
        "ca": authority.path,
        "username": "tian",
        "password": PASSWORD,
    }
    return EmailNotifier.from_settings({**settings, **asked, **change})


def test_starttls_and_login(mail: Open, authority: Authority, notice: Notice) -> None:
    office, settings = mail(tls_context=authority.server("localhost"), require_starttls=True, auth_required=True)

    tls(settings, authority).send(notice)

    assert ([True], ["tian"]) == (office.encrypted, office.users)


def test_tls_from_the_first_byte(mail: Open, authority: Authority, notice: Notice) -> None:
    office, settings = mail(ssl_context=authority.server("localhost"), auth_require_tls=False)

    tls(settings, authority, security="tls").send(notice)

    assert (1, ["tian"]) == (len(office.letters), office.users)


def test_without_encryption_offered_no_password_is_sent(mail: Open, authority: Authority, notice: Notice) -> None:
    office, settings = mail(auth_require_tls=False)

    with pytest.raises(Retry, match="STARTTLS extension not supported"):
        tls(settings, authority).send(notice)

    assert ([], []) == (office.users, office.letters)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("name", "trusted"), [("other.example", True), ("localhost", False)])
def test_a_wrong_certificate_ends_it(
    security: str, name: str, trusted: bool, mail: Open, authority: Authority, notice: Notice
) -> None:
    context = authority.server(name)
    office, settings = mail(**{"tls_context" if security == "starttls" else "ssl_context": context})

    with pytest.raises(Retry, match="CERTIFICATE_VERIFY_FAILED"):
        tls(settings, authority, security=security, ca=authority.path if trusted else "").send(notice)

    assert ([], []) == (office.users, office.letters)


def test_a_wrong_password_is_the_channels_fault_and_shows_nowhere(
    mail: Open, authority: Authority, notice: Notice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "workflow_notifiers")
    _, settings = mail(tls_context=authority.server("localhost"))
    made = tls(settings, authority, password="falsch-4711")

    with pytest.raises(Retry, match=r"did not let tian in \(535\)") as caught:
        made.send(notice)

    for shown in (
        repr(made),
        str(made._password),
        str(caught.value),
        caught.value.text.zh,
        repr(caught.value.__cause__),
    ):
        assert "4711" not in shown


# ---------------------------------------------------------------- settings

KNOWN = "ca, hello, host, password, port, security, sender, timeout, username"
GOOD = {"host": "mail.example.gov.cn", "sender": FROM}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_usual_port_goes_with_the_security(security: str, port: int) -> None:
    made = EmailNotifier.from_settings({**GOOD, "security": security})

    assert f"EmailNotifier('mail.example.gov.cn', {port}, '{security}')" == repr(made)


def test_a_password_may_be_kept_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")

    made = EmailNotifier.from_settings({**GOOD, "username": "tian", "password": {"file": str(tmp_path / "password")}})

    assert made._password is not None
    assert PASSWORD == made._password.reveal()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hots": "x"}, "email: hots is not known; did you mean host?"),
        ({"colour": "red"}, f"email: colour is not known; there are: {KNOWN}"),
        ({"host": ""}, "email: host must be set"),
        ({"host": 5}, "email: host must be a text"),
        ({"sender": "提案委"}, "email: sender is not an e-mail address"),
        ({"sender": "委\nBcc: a@b.cn <a@b.cn>"}, "email: sender is not an e-mail address"),
        ({"port": "smtp"}, "email: port must be a whole number from 0 to 65535"),
        ({"port": True}, "email: port must be a whole number from 0 to 65535"),
        ({"security": "ssl"}, "email: security must be one of: starttls, tls, none"),
        ({"username": "tian"}, "email: username and password go together"),
        ({"username": "tian", "password": "x", "security": "none"},
         "email: security none would send the password readably; use starttls or tls"),
        ({"username": "tian", "password": {"file": "/nowhere"}},
         "email: password /nowhere cannot be read: No such file or directory"),
        ({"username": "tian", "password": 1}, "email: password must be a text, or {env: NAME} or {file: PATH}"),
        ({"ca": "/nowhere.pem"}, "email: ca /nowhere.pem cannot be used"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused_with_a_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        EmailNotifier.from_settings({**GOOD, **change})

    assert said == str(caught.value)
    assert caught.value.text.zh.startswith("email：")

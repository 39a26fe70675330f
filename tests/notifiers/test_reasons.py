"""A failed connection is said in words, whatever it was wrapped in."""

from __future__ import annotations

import smtplib
import ssl

import pytest

from workflow_notifiers.reasons import why


def certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "refused"), "对方拒绝连接，服务可能没有运行"),
        (certificate(10), "证书已过期"),
        (certificate(99), "没有谈妥加密连接（TLS）"),
        (smtplib.SMTPServerDisconnected("closed"), "对方没有答复就断开了连接"),
        (OSError(113, "No route to host"), "[Errno 113] No route to host"),
    ],
)
def test_a_reason_is_said_for_the_cause_behind_the_error(error: Exception, said: str) -> None:
    wrapped = RuntimeError(str(error))
    wrapped.__cause__ = error

    assert said == why(error) == why(wrapped)


def test_an_answer_that_was_waited_for_in_vain_is_no_hanging_up() -> None:
    error = smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out")
    error.__context__ = TimeoutError("timed out")

    assert "对方迟迟没有答复" == why(error)

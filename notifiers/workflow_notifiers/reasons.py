"""Why a connection failed, in Chinese words for the person who looks after the channel."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator

_CERTIFICATE = {  # by OpenSSL's numbers
    9: "证书尚未生效（或本机时间不对）",
    10: "证书已过期",
    18: "证书是自签的，不受信任；确需使用请把它设为 ca",
    19: "证书不是受信任的机构签发的；自建机构请把它的证书设为 ca",
    20: "证书不是受信任的机构签发的；自建机构请把它的证书设为 ca",
    62: "证书上的名称与所连的不符",
    64: "证书上的地址与所连的不符",
}
_SAID: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "对方迟迟没有答复"),
    (ConnectionRefusedError, "对方拒绝连接，服务可能没有运行"),
    (ConnectionResetError, "对方中断了连接"),
    (BrokenPipeError, "对方中断了连接"),
    (smtplib.SMTPServerDisconnected, "对方没有答复就断开了连接"),
    (ssl.SSLError, "没有谈妥加密连接（TLS）"),
)


def why(error: BaseException) -> str:
    """The reason behind `error`, from whatever it came of; the error's own words where there are none for it."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in _CERTIFICATE:
            return _CERTIFICATE[cause.verify_code]
    for kind, said in _SAID:
        if any(isinstance(cause, kind) for cause in causes):
            return said
    return str(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

"""What a deployment writes for a channel, read once and refused with a sentence where it cannot be used.

Values may come from TOML or YAML, or be strings from the environment. A secret is a string, or says where it is kept:
`{"env": "SMTP_PASSWORD"}` or `{"file": "/run/secrets/smtp"}`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from workflow.ports import Misconfigured


class Secret:
    """A text that shows itself only to whoever asks by name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"


class Settings:
    """The settings of the channel `channel`; a key that is not among `known` is refused at once."""

    def __init__(self, channel: str, given: Mapping[str, object], known: Iterable[str]) -> None:
        self._channel = channel
        self._given = given
        allowed = sorted(known)
        for key in given:
            if key not in allowed:
                raise self._unknown(str(key), allowed)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a `default` it must be there and not be empty."""
        value = self._given.get(key, default)
        if value is None or (value == "" and default is None):
            raise self.wrong(key, zh="必须设置", en="must be set")
        value = os.fspath(value) if isinstance(value, os.PathLike) else value
        if not isinstance(value, str):
            raise self.wrong(key, zh="应为文字", en="must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Several texts: a list, or one string with commas. None where it is not set."""
        value = self._given.get(key, ())
        pieces = value.split(",") if isinstance(value, str) else value
        if not isinstance(pieces, list | tuple) or not all(isinstance(piece, str) for piece in pieces):
            raise self.wrong(key, zh="应为文字列表", en="must be a list of texts")
        return tuple(piece.strip() for piece in pieces if piece.strip())

    def choice(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of `allowed`."""
        value, words = self.text(key, default), list(allowed)
        if value not in words:
            raise self.wrong(key, zh=f"应为：{'、'.join(words)}", en=f"must be one of: {', '.join(words)}")
        return value

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._given.get(key, default)
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(
                key, zh=f"应为 {least} 到 {most} 之间的整数", en=f"must be a whole number from {least} to {most}"
            )
        return value

    def secret(self, key: str) -> Secret | None:
        """A secret, None where it is not set."""
        value = self._given.get(key)
        return None if value is None else self._kept(key, value)

    def secrets(self, key: str) -> tuple[Secret, ...]:
        """Several secrets, the newest first; one alone need not be in a list."""
        value = self._given.get(key, ())
        several = value if isinstance(value, list | tuple) else (value,)
        return tuple(self._kept(key, each) for each in several)

    def wrong(self, key: str, *, zh: str, en: str) -> Misconfigured:
        """The error for the value of `key`; the sentence begins with the channel and the key."""
        return Misconfigured(f"{self._channel}: {key} {en}", zh=f"{self._channel}：{key} {zh}")

    def _kept(self, key: str, value: object) -> Secret:
        if isinstance(value, Mapping) and len(value) == 1:
            ((kind, place),) = value.items()
            if kind == "env" and isinstance(place, str):
                value = os.environ.get(place)
                if value is None:
                    raise self.wrong(key, zh=f"环境变量 {place} 没有设置", en=f"there is no variable {place}")
            elif kind == "file" and isinstance(place, str):
                value = self._read(key, place)
        if not isinstance(value, str) or not value:
            raise self.wrong(
                key, zh="应为文字，或 {env: 变量名}、{file: 文件}", en="must be a text, or {env: NAME} or {file: PATH}"
            )
        return Secret(value)

    def _read(self, key: str, place: str) -> str:
        try:
            return Path(place).read_text("utf-8").strip()
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise self.wrong(key, zh=f"文件 {place} 不能读取：{why}", en=f"{place} cannot be read: {why}") from error

    def _unknown(self, key: str, allowed: list[str]) -> Misconfigured:
        near = get_close_matches(key, allowed, n=1)
        if near:
            return self.wrong(key, zh=f"没有这个设置；是否指 {near[0]}？", en=f"is not known; did you mean {near[0]}?")
        if not allowed:
            return self.wrong(key, zh="没有这个设置；它不需要设置", en="is not known; there is nothing to set")
        return self.wrong(
            key, zh=f"没有这个设置；可用：{'、'.join(allowed)}", en=f"is not known; there are: {', '.join(allowed)}"
        )

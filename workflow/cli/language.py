"""Which language the command line speaks, and the choosing of sentences.

`--lang` before CASEWORK_LANG before LC_ALL, LC_MESSAGES and LANG. A locale that names no language (unset, C,
POSIX) leaves it at Chinese, the language of the offices this is made for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from workflow.core.model import Language, Text

_spoken: ContextVar[Language] = ContextVar("spoken", default="zh")


class Words(NamedTuple):
    """A sentence in both languages, as light as `--help` needs it."""

    zh: str = ""
    en: str = ""


def choose(args: Sequence[str], environ: Mapping[str, str] = os.environ) -> Language:
    """The language ("zh" or "en") that these arguments and this environment ask for."""
    named = option_given(args, "--lang")
    if named in ("zh", "en"):
        return "zh" if named == "zh" else "en"
    for name in ("CASEWORK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        tag = environ.get(name, "").partition(".")[0].lower()
        if tag not in ("", "c", "posix"):
            return "zh" if tag.startswith("zh") else "en"
    return "zh"


def option_given(args: Sequence[str], name: str) -> str | None:
    """The last value of option `name` in raw arguments: needed before, and even if, they cannot be parsed."""
    value = None
    for here, following in zip(args, [*args[1:], ""], strict=False):
        if here == "--":
            break
        if here == name:
            value = following
        elif here.startswith(f"{name}="):
            value = here.partition("=")[2]
    return value


def speak(language: Language) -> None:
    """Speak `language` from here on."""
    _spoken.set(language)


def spoken() -> Language:
    """The language being spoken."""
    return _spoken.get()


def say(zh: str, en: str) -> str:
    """The one of the two sentences that is in the language being spoken."""
    return zh if spoken() == "zh" else en


def said(text: Text | Words) -> str:
    """`text` in the language being spoken, or in the other one where it was not written."""
    return say(text.zh, text.en) or text.zh or text.en

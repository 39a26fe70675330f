"""The channels of an office: which notifiers it sends over, with what options, and which one is the default.

A TOML file, one table for each channel:

    default = "email"
    [email]                       # the notifier of that name, or the one that `notifier` names
    host = "mail.example"

What stands in a table is the notifier's own affair: see docs/notifiers.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow import plugins
from workflow.core.errors import InputInvalid
from workflow.core.model import Text
from workflow.ports import Notifier


@dataclass(frozen=True, slots=True)
class Channels:
    """Notifiers by the name of their channel; `default` is for those who have no channel of their own."""

    notifiers: Mapping[str, Notifier]
    default: str

    def __post_init__(self) -> None:
        if self.default not in self.notifiers:
            there = ", ".join(self.notifiers)
            raise InputInvalid(
                Text(
                    f"默认渠道“{self.default}”没有配置；现有：{there}",
                    f"the default channel {self.default!r} is not set up; there are: {there}",
                )
            )


def read_channels(path: str | Path | None) -> Channels:
    """The channels of a file; without a file the terminal is the one channel. Raises InputInvalid, NotFound."""
    if path is None:
        return Channels({"console": plugins.notifier("console")}, "console")
    try:
        with Path(path).open("rb") as file:
            read = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputInvalid(Text(f"{path} 不是 TOML 文件：{error}", f"{path} is not a TOML file: {error}")) from None
    except OSError as error:
        raise InputInvalid(
            Text(f"读不到文件 {path}（{error.strerror}）", f"cannot read {path} ({error.strerror})")
        ) from None
    default = read.pop("default", None)
    tables = {name: table for name, table in read.items() if isinstance(table, dict)}
    if not tables or len(tables) < len(read):
        wrong = ", ".join(read.keys() - tables.keys())
        raise InputInvalid(
            Text(
                f"{path}：每个渠道写一个表，如 [email]；不认识：{wrong or '（空）'}",
                f"{path}: each channel is a table such as [email]; not understood: {wrong or '(nothing is there)'}",
            )
        )
    made = {name: _made(name, table) for name, table in tables.items()}
    return Channels(made, str(default or next(iter(made))))


def _made(name: str, table: Mapping[str, Any]) -> Notifier:
    options = {key: value for key, value in table.items() if key != "notifier"}
    return plugins.notifier(str(table.get("notifier", name)), **options)

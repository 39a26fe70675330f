"""One row as a paper: who signed it, how many, what kind of proposer, when, and what it asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.errors import InputInvalid
from workflow.core.model import Micros, Text
from workflow.importing.rows import Row

_JOINT = re.compile(r"(?P<first>.+?)等\s*(?P<n>\d+)\s*(?:人|位委员|名委员)")
_PARTIES = ("民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "工商联", "无党派")
_MASS = (
    "总工会",
    "共青团",
    "团省委",
    "团市委",
    "团县委",
    "妇联",
    "青联",
    "台联",
    "侨联",
    "科协",
    "文联",
    "残联",
    "红十字会",
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_HEADINGS = ("具体建议", "对策建议", "意见建议", "工作建议", "建议")
_COLONS = "：:"
_DIGITS = "一二三四五六七八九十"
_STYLES = ("{zh}、", "（{zh}）", "({zh})", "{zh}是", "{n}、", "{n}.", "{n}．", "（{n}）", "({n})")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a row says. `key` is what it is known again by; `signers` is how many signed, the first among them."""

    line: int
    key: str
    number: str
    title: str
    signed: str
    first: str
    signers: int
    proposer_type: str
    category: str
    content: str
    published: Micros

    @property
    def collective(self) -> bool:
        """Whether a body signed it, not members."""
        return not self.proposer_type.startswith("member")


def read_paper(row: Row) -> Paper:
    """The paper of a row; InputInvalid, with what is wrong and what is expected, where the row is none."""
    if row.wrong is not None:
        raise InputInvalid(row.wrong)
    cells = {name: _clean(cell) for name, cell in row.cells.items()}
    number = cells["proposal_number"]
    if not (number.isascii() and number.isdigit()):
        _refuse(f"提案号“{number}”应为数字", f"the proposal number {number!r} must be digits")
    for name, zh in (("reason", "案由"), ("personnel_name", "提案者"), ("content", "正文")):
        if not cells[name]:
            _refuse(f"缺{zh}（{name}）", f"{name} is empty")
    first, signers, kind = signed_by(cells["personnel_name"])
    return Paper(
        row.line,
        cells.get("pkid") or f"{cells.get('year', '')}/{number}",
        number,
        cells["reason"],
        cells["personnel_name"],
        first,
        signers,
        kind,
        cells["type"],
        cells["content"],
        _moment(cells["publish_time"]),
    )


def signed_by(text: str) -> tuple[str, int, str]:
    """The first proposer, how many signed, and the kind of proposer, of a signature such as “王某等3人” or “民盟某市委”."""
    joint = _JOINT.fullmatch(text)
    if joint:
        return joint["first"].strip(), int(joint["n"]), "member_joint"
    return text, 1, _kind(text)


def divided(content: str) -> tuple[str, tuple[str, ...]] | None:
    """The situation, and the suggestions one by one, of a text with a heading such as “具体建议：” between them.

    None where there is no such heading, or nothing before or behind it. What is divided adds up to the text again.
    """
    for heading in _HEADINGS:
        for colon in _COLONS:
            situation, found, asked = content.partition(heading + colon)
            if found and situation.strip() and asked.strip():
                return situation.strip(), _numbered(asked.strip())
    return None


def _numbered(text: str) -> tuple[str, ...]:
    """The items of a text that begins with 一、 or （一） or 1. and so on; the whole text where it does not."""
    style = next((style for style in _STYLES if text.startswith(_mark(style, 1))), None)
    if style is None:
        return (text,)
    items: list[str] = []
    rest, n = text, 2
    while (at := rest.find(_mark(style, n), 1)) > 0:
        items.append(rest[:at].strip())
        rest, n = rest[at:], n + 1
    return (*items, rest.strip())


def _mark(style: str, n: int) -> str:
    return style.format(n=n, zh=_chinese(n))


def _chinese(n: int) -> str:
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens - 1] + "十") + (
        "" if ones == 0 else _DIGITS[ones - 1]
    )


def _kind(name: str) -> str:
    if any(word in name for word in _PARTIES):
        return "party"
    if name.endswith(("委员会", "专委会")) or "政协" in name:
        return "committee"
    if any(word in name for word in _MASS):
        return "mass_org"
    if name.endswith(("界", "界别")):
        return "sector"
    if name.endswith(("小组", "联组")):
        return "group"
    return "member_single"


def _moment(text: str) -> Micros:
    try:
        return micros(datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE))
    except (ValueError, OverflowError):
        _refuse(f"时间“{text}”应如 2019-01-12 15:42:19", f"the time {text!r} must look like 2019-01-12 15:42:19")


def _clean(text: str) -> str:
    """In NFC, line ends as one character, spaces of one kind, without invisible characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", text.replace("\u00a0", " ").replace("\u3000", " ")).strip()


def _refuse(zh: str, en: str) -> NoReturn:
    raise InputInvalid(Text(zh=zh, en=en))

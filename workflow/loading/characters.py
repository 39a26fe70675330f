"""Which characters a file may be made of. What the eye cannot see, a rule must not say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from workflow.core.model import Text

# Built from numbers, so that this file itself holds nothing invisible.
_REFUSED_RANGES = (
    (0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F),  # control characters, all but tab and line ends
    (0xAD, 0xAD), (0x061C, 0x061C), (0x180E, 0x180E),  # soft hyphen, Arabic and Mongolian marks
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F),  # zero width, line separators, writing direction
    (0x3164, 0x3164), (0xFFA0, 0xFFA0),  # fillers that look like nothing
    (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE007F),
)  # fmt: skip
_REFUSED = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _REFUSED_RANGES) + "]")
_BIDI = frozenset(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_ZERO_WIDTH = frozenset(map(chr, (0xAD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x3164, 0xFFA0, 0xFEFF)))


@dataclass(frozen=True, slots=True)
class Flaw:
    """A character that may not stand at `index` of the text."""

    index: int
    code: str
    text: Text


def flaw(text: str) -> Flaw | None:
    """The first character of `text` that is refused, or that has another, normal spelling."""
    found = _REFUSED.search(text)
    if found is not None:
        return _refused(found.start(), found[0])
    if unicodedata.is_normalized("NFC", text):
        return None
    return _not_normal(text)


def _refused(index: int, char: str) -> Flaw:
    number = f"U+{ord(char):04X}"
    if char in _BIDI:
        code, zh, en = "bidi", "改变书写方向的不可见字符", "an invisible character that changes the writing direction"
    elif char in _ZERO_WIDTH:
        code, zh, en = "zero_width", "零宽（不可见）字符", "an invisible character of no width"
    else:
        code, zh, en = "control", "控制字符", "a control character"
    return Flaw(
        index,
        code,
        Text(
            zh=f"此处有{zh}（{number}）；文件里只能有看得见的字符、空格和换行；请删去后重新输入这一处",
            en=f"here stands {en} ({number}); only visible characters, spaces and line ends are allowed; "
            "delete it and type this place again",
        ),
    )


def _not_normal(text: str) -> Flaw:
    index = 0
    for line in text.splitlines(keepends=True):
        if not unicodedata.is_normalized("NFC", line):
            break
        index += len(line)
    normal = unicodedata.normalize("NFC", text[index:])
    offset = next((i for i, (a, b) in enumerate(zip(text[index:], normal, strict=False)) if a != b), 0)
    written, meant = text[index + offset], normal[offset : offset + 1]
    return Flaw(
        index + offset,
        "not_normal",
        Text(
            zh=f"此处的字用了不规范的编码（U+{ord(written):04X} 起），看似相同而实为不同的字；请改写为“{meant}”（NFC 规范形式）",
            en=f"the character here is written in an unusual way (from U+{ord(written):04X}): it looks the same "
            f'and is another; write "{meant}" instead (Unicode form NFC)',
        ),
    )


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of an index into `text`."""
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1

"""What the YAML parser complains about, said to somebody who writes lifecycles and not parsers."""

from __future__ import annotations

import yaml

from workflow.core.model import Text

_SAID: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "此处多了一个冒号，或缩进不对；文字里有“: ”时请加引号",
        'a colon too many, or wrong indentation; put quotes around a text that contains ": "',
    ),
    (
        "could not find expected ':'",
        "此处的键后面缺少“: ”（半角冒号加空格）",
        'the key here has no ": " after it (a colon and a space)',
    ),
    (
        "found unexpected end of stream",
        "文件结束了，而引号没有闭合",
        "the file ends inside quotes that were never closed",
    ),
    ("found unexpected document indicator", "引号没有闭合", "quotes were never closed"),
    (
        "did not find expected ',' or '}'",
        "花括号 { } 没有闭合，或两项之间缺少逗号",
        "braces { } were not closed, or a comma is missing",
    ),
    (
        "did not find expected ',' or ']'",
        "方括号 [ ] 没有闭合，或两项之间缺少逗号",
        "brackets [ ] were not closed, or a comma is missing",
    ),
    (
        "did not find expected '-' indicator",
        "列表的各项没有对齐；每项都应以“- ”开头并左对齐",
        'the items of a list do not line up; each begins with "- " in the same column',
    ),
    (
        "did not find expected key",
        "此处应是一个键；请检查缩进是否与上面的键对齐，括号和引号是否闭合",
        "a key is expected here; check that it lines up with the keys above, and that brackets and quotes are closed",
    ),
    (
        "did not find expected node content",
        "此处应有一个值；请检查多余的逗号或括号",
        "a value is expected here; check for a comma or a bracket too many",
    ),
    (
        "block sequence entries are not allowed",
        "“- ”不能写在这里；列表应另起一行",
        '"- " cannot stand here; begin the list on a line of its own',
    ),
    (
        "found character that cannot start any token",
        "值不能以这个字符开头；请加引号",
        "a value cannot begin with this character; put quotes around it",
    ),
    ("found unknown escape character", "引号里的反斜杠写法不认识；请写成 \\\\ 或改用单引号",
     "this backslash in quotes is not understood; write \\\\ or use single quotes"),
    ("did not find expected <document start>", "内容之后还有多余的文字；请检查缩进",
     "there is text after the end of the content; check the indentation"),
    ("did not find expected alphabetic", "以 & 或 * 开头的文字请加引号",
     "put quotes around a text that begins with & or *"),
    ("found unexpected ':'", "冒号后面缺少空格或值", "a space or a value is missing after the colon"),
    ("found undefined tag handle", "不允许类型标签；以 ! 开头的文字请加引号",
     "tags are not allowed; put quotes around a text that begins with !"),
)  # fmt: skip
_LIKE_ASCII = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "“": '"',
    "”": '"',
    "【": "[",
    "】": "]",
    "－": "-",
}


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, Text]:
    """Line, column (from 1) and the sentence for a complaint of the parser about `text`."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    indentation = written[: len(written) - len(written.lstrip())]
    if "\t" in indentation or written[column - 1 : column] == "\t":
        return line, written.index("\t") + 1, Text(
            zh="此处有制表符（Tab）；缩进请用空格",
            en="here stands a tab; indent with spaces",
        )  # fmt: skip
    said = f"{error.problem or ''} {error.context or ''}"
    zh, en = next(
        ((zh, en) for part, zh, en in _SAID if part in said),
        (
            "不是正确的 YAML 写法；请检查缩进、括号和引号",
            "this is not correct YAML; check indentation, brackets and quotes",
        ),
    )
    begun = error.context_mark
    if begun is not None and "simple key" in said:  # the key is what is wrong, not the line where that is seen
        line, column = begun.line + 1, begun.column + 1
    elif begun is not None and begun.line + 1 != line and ("flow" in said or "quoted" in said):
        zh += f"（从第 {begun.line + 1} 行开始）"
        en += f" (it began in line {begun.line + 1})"
    wide_zh, wide_en = wide_hint("\n".join(lines[max(0, (begun.line if begun else line - 1) - 1) : line]))
    return line, column, Text(zh=zh + wide_zh, en=en + wide_en)


def wide_hint(written: str) -> tuple[str, str]:
    """A hint where `written` has full-width punctuation that was probably meant as YAML's own."""
    wide = next((char for char in written if char in _LIKE_ASCII), None)
    if wide is None:
        return "", ""
    narrow = _LIKE_ASCII[wide]
    return f"；全角“{wide}”是否应为半角“{narrow}”？", f'; did you mean "{narrow}" instead of the full-width "{wide}"?'

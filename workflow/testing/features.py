"""Feature files in Gherkin, Chinese or English, as scenarios with the place of every step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, NoSuchLanguageException, ParserException, UnexpectedEOFException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from workflow.core.errors import InputInvalid
from workflow.core.model import Language, Place, Text

LARGEST = 1024 * 1024  # bytes
_GOT = re.compile(r"got '(.*)'$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One step: its keyword (假如, When …) and text as they stand in the file, its table and its long text."""

    place: Place
    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] | None = None
    long: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, with the steps of its background first; an outline is one for each row of its examples."""

    place: Place
    name: str
    steps: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One file."""

    file: str
    name: str
    language: Language
    scenarios: tuple[Scenario, ...]


def read(path: Path) -> Feature:
    """The feature in a file. Raises InputInvalid with the place of what cannot be read, OSError without a file."""
    source = path.read_bytes()
    try:
        if len(source) > LARGEST:
            raise InputInvalid(Text(f"{path}：文件超过 1 MiB", f"{path}: the file is larger than 1 MiB"))
        return parse(source.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as wrong:
        line = source[: wrong.start].count(b"\n") + 1
        raise InputInvalid(
            Text(
                f"{path}:{line}:1: 不是 UTF-8 文字；请用 UTF-8 编码另存",
                f"{path}:{line}:1: this is not UTF-8; save the file in that encoding",
            )
        ) from None


def parse(source: str, file: str = "") -> Feature:
    """The feature in a text. Raises InputInvalid with the place of what cannot be read."""
    try:
        document: Any = Parser().parse(source)
    except CompositeParserException as wrong:
        raise InputInvalid(_together([_explained(each, file) for each in wrong.errors])) from None
    except ParserException as wrong:
        raise InputInvalid(_explained(wrong, file)) from None
    feature = document.get("feature")
    if feature is None and not source.strip():  # a file that is only just being begun
        return Feature(file, "", "zh", ())
    if feature is None:
        raise InputInvalid(
            Text(f"{file}:1:1: 这里没有功能（功能: …）", f"{file}:1:1: there is no feature here (Feature: …)")
        )
    places = {node["id"]: node for node in _nodes(feature)}
    document["uri"] = file
    pickles: Any = Compiler(IdGenerator()).compile(document)
    language: Language = "en" if feature["language"].startswith("en") else "zh"
    return Feature(file, feature["name"], language, tuple(_scenario(each, places, file) for each in pickles))


def _scenario(pickle: Any, nodes: dict[str, Any], file: str) -> Scenario:
    node = nodes[pickle["astNodeIds"][-1]]  # of an outline: the row of its examples
    steps = []
    for step in pickle["steps"]:
        written, argument = nodes[step["astNodeIds"][0]], step.get("argument", {})
        table = argument.get("dataTable")
        steps.append(
            Line(
                _place(written, file),
                written["keyword"].strip(),
                step["text"].strip(),
                tuple(tuple(cell["value"] for cell in row["cells"]) for row in table["rows"]) if table else None,
                argument["docString"]["content"] if "docString" in argument else None,
            )
        )
    name = pickle["name"]
    if "cells" in node:
        name += f"（{'，'.join(cell['value'] for cell in node['cells'])}）"
    return Scenario(_place(node, file), name, tuple(steps))


def _nodes(node: Any) -> Iterator[Any]:
    """Everything that has an id."""
    if isinstance(node, dict):
        if "id" in node:
            yield node
        for inner in node.values():
            yield from _nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _nodes(inner)


def _place(node: Any, file: str) -> Place:
    return Place(file, node["location"]["line"], node["location"].get("column", 1))


def _explained(wrong: Any, file: str) -> Text:
    location = wrong.location
    place = Place(file, location["line"], location.get("column") or 1)
    if isinstance(wrong, NoSuchLanguageException):
        return Text(
            f"{place}: 没有这种语言；写 # language: zh-CN",
            f"{place}: there is no such language; write # language: zh-CN or en",
        )
    if isinstance(wrong, UnexpectedEOFException):
        return Text(f"{place}: 文件在这里中断了", f"{place}: the file ends in the middle of something")
    got = _GOT.search(str(wrong))
    if got is None:
        return Text(f"{place}: 表格的各行格数不同", f"{place}: the rows of the table have not the same number of cells")
    keywords = Dialect.for_name("zh-CN")
    assert keywords is not None
    begin = "、".join(
        dict.fromkeys(
            w.strip()
            for w in (
                *keywords.given_keywords,
                *keywords.when_keywords,
                *keywords.then_keywords,
                *keywords.and_keywords,
            )
            if w != "* "
        )
    )
    return Text(
        f"{place}: 不认识“{got[1]}”；步骤以 {begin} 开头，表格的行以 | 开头（中文文件第一行要写 # language: zh-CN）",
        f"{place}: {got[1]!r} is not understood here; a step begins with Given, When, Then, And or But, a row with | "
        "(a file in Chinese begins with # language: zh-CN)",
    )


def _together(texts: list[Text]) -> Text:
    return Text("\n".join(each.zh for each in texts), "\n".join(each.en for each in texts))

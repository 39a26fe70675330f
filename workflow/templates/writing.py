"""A template and facts become a subject and a body, within bounds of size and time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError

from workflow.core.errors import WorkflowError
from workflow.core.model import Text
from workflow.templates.grammar import environment, faults, halves

LONGEST = 20_000  # characters of a notice
LONGEST_SUBJECT = 200
LONGEST_TIME = 1.0  # seconds that writing one may take


@dataclass(frozen=True, slots=True)
class Written:
    """A notice in words."""

    subject: str
    body: str


class TemplateBroken(WorkflowError):
    """A template that cannot be written out with what there is; `name` is its file."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(Text(f"模板 {name} 写不成：{zh}", f"the template {name} cannot be written out: {en}"))
        self.name = name


def write(source: str, name: str, given: Mapping[str, Any]) -> Written:
    """The template `source` (from the file `name`) with what is given. Raises TemplateBroken."""
    subject, body = _compiled(source, name)
    end = time.monotonic() + LONGEST_TIME
    written = Written(
        " ".join(_text(subject, name, given, end).split())[:LONGEST_SUBJECT], _text(body, name, given, end)
    )
    if not written.subject:
        raise TemplateBroken(name, "没有标题", "there is no subject")
    return written


def _text(template: Template, name: str, given: Mapping[str, Any], end: float) -> str:
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(given):
            pieces.append(piece)
            size += len(piece)
            if size > LONGEST:
                raise TemplateBroken(name, f"超过 {LONGEST} 个字符", f"it is longer than {LONGEST} characters")
            if time.monotonic() > end:
                raise TemplateBroken(name, f"超过 {LONGEST_TIME} 秒", f"it takes longer than {LONGEST_TIME} seconds")
    except (TemplateError, TypeError, ValueError, ArithmeticError, AssertionError, RecursionError) as error:
        raise TemplateBroken(name, str(error), str(error)) from error
    return "".join(pieces).strip()


@lru_cache(maxsize=512)
def _compiled(source: str, name: str) -> tuple[Template, Template]:
    """Compiled when it is first used; what is no template, or uses what none may, is refused here too."""
    for fault in faults(source, _Anything()):
        raise TemplateBroken(f"{name}:{fault.line}", fault.text.zh, fault.text.en)
    subject, body = map(environment().from_string, halves(source))
    return subject, body


class _Anything(dict[str, Any]):
    """Every name, as a value of every shape: for looking at what a template is made of, not at what it names."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        return _EVERY


class _Every(tuple[Any, ...], Mapping[str, Any]):
    """Both a list and a mapping."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: Any) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 1


_EVERY = _Every()

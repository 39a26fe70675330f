"""What a template may be made of, and nothing else: names, `if`, `for`, comparisons and a few filters.

There are no calls, no arithmetic, no assignments, no includes; so a template cannot grow a text out of nothing,
and every loop is over a list of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workflow.core.model import Text

LARGEST = 16 * 1024  # characters of a template
DEEPEST = 2  # loops within loops
FILTERS = ("default", "first", "join", "last", "length", "lower", "trim", "truncate", "upper")
TESTS = ("defined", "eq", "equalto", "in", "ne", "none")
LOOP = dict.fromkeys(("index", "first", "last", "length"))

# What a name stands for: None a plain value, a mapping its parts, a tuple of one the items of a list.
Shape = Any
_PLAIN = (nodes.Const, nodes.TemplateData)
_WITHIN = (
    nodes.Template, nodes.Output, nodes.If, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a template, and the line it is on, from 1. `about` is the word it is about."""

    line: int
    text: Text
    about: str = ""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Looks nothing up in Python objects: what a template may name is a key of the facts it was given."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only of the loop it is in."""
        return type(obj).__name__ == "LoopContext" and attr in LOOP


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The sandbox: plain text, nothing that is undefined passes in silence, and nothing global."""
    made = _Sandbox(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def faults(source: str, known: Mapping[str, Shape]) -> list[Fault]:
    """Everything wrong with a template in which the names of `known` may be used; in the order of its lines."""
    if len(source) > LARGEST:
        return [Fault(1, Text(f"模板超过 {LARGEST} 个字符", f"the template is longer than {LARGEST} characters"))]
    found: list[Fault] = []
    for piece in halves(source):
        try:
            _Walk(found).shape(environment().parse(piece), known, 0)
        except TemplateSyntaxError as error:
            found.append(
                Fault(error.lineno, Text(f"模板写法有误：{error.message}", f"not a template: {error.message}"))
            )
        except RecursionError:
            found.append(Fault(1, Text("模板嵌套过深", "the template is nested too deeply")))
    if not source.partition("\n")[0].strip():
        found.append(Fault(1, Text("第一行是标题，不可为空", "the first line is the subject and cannot be empty")))
    return sorted(found, key=lambda fault: fault.line)


def halves(source: str) -> tuple[str, str]:
    """The subject and the body of a template, each a template of its own; the lines of the body keep their numbers."""
    subject, _, body = source.partition("\n")
    return subject, f"\n{body}"


@dataclass(slots=True)
class _Walk:
    found: list[Fault]

    def shape(self, node: nodes.Node, known: Mapping[str, Shape], depth: int) -> Shape:
        """What `node` stands for; what is wrong below it is added to `found`."""
        match node:
            case nodes.Name():
                return self._named(node, node.name, known)
            case nodes.Getattr():
                return self._part(node, node.attr, self.shape(node.node, known, depth))
            case nodes.For():
                self._loop(node, known, depth)
            case nodes.Filter() | nodes.Test():
                return self._applied(node, known, depth)
            case _ if isinstance(node, _WITHIN):
                self._all(node.iter_child_nodes(), known, depth)
            case _ if not isinstance(node, _PLAIN):
                name = type(node).__name__
                self._fault(
                    node,
                    f"模板里不能用 {name}；只可用 {{{{ 名称 }}}}、if、for 和筛选 {'、'.join(FILTERS)}",
                    f"{name} cannot be used in a template; there are {{{{ names }}}}, if, for and the filters "
                    f"{', '.join(FILTERS)}",
                )
        return None

    def _all(self, children: Iterator[nodes.Node], known: Mapping[str, Shape], depth: int) -> None:
        for child in children:
            self.shape(child, known, depth)

    def _named(self, node: nodes.Name, name: str, known: Mapping[str, Shape]) -> Shape:
        if name in known and name != "self":  # Jinja's own, whatever it was given
            return known[name]
        self._unknown(node, name, f"没有“{name}”", f"there is no {name!r}", known)
        return None

    def _part(self, node: nodes.Getattr, name: str, whole: Shape) -> Shape:
        base = node.node.name if isinstance(node.node, nodes.Name) else "…"
        called = f"{base}.{name}"
        if isinstance(whole, Mapping):
            if name in whole:
                return whole[name]
            self._unknown(node, name, f"没有声明“{called}”", f"{called!r} is not declared", whole)
        elif not self.found or self.found[-1].line != node.lineno:
            self._fault(node, f"“{base}”没有“{name}”这一项", f"{base!r} has nothing called {name!r}", about=name)
        return None

    def _loop(self, node: nodes.For, known: Mapping[str, Shape], depth: int) -> None:
        if node.recursive or not isinstance(node.target, nodes.Name):
            self._fault(node, "循环只能写成 for 名称 in 列表", "a loop is `for name in list`")
            return
        if depth >= DEEPEST:
            self._fault(node, f"循环最多嵌套 {DEEPEST} 层", f"loops stand {DEEPEST} deep at most")
            return
        each = self.shape(node.iter, known, depth)
        if not isinstance(each, tuple):
            self._fault(node, "只能对列表循环", "a loop goes over a list", about="for")
        inside = {**known, node.target.name: each[0] if isinstance(each, tuple) else None, "loop": LOOP}
        for child in (*node.body, *([node.test] if node.test is not None else ())):
            self.shape(child, inside, depth + 1)
        for child in node.else_:
            self.shape(child, known, depth)

    def _applied(self, node: nodes.Filter | nodes.Test, known: Mapping[str, Shape], depth: int) -> Shape:
        allowed = FILTERS if isinstance(node, nodes.Filter) else TESTS
        if node.name not in allowed:
            self._unknown(node, node.name, f"没有“{node.name}”", f"there is no {node.name!r}", dict.fromkeys(allowed))
        inner = self.shape(node.node, known, depth) if node.node is not None else None
        self._all(iter(node.args), known, depth)
        for each in node.kwargs:
            self.shape(each.value, known, depth)
        return inner[0] if isinstance(inner, tuple) and node.name in ("first", "last") else None

    def _unknown(self, node: nodes.Node, name: str, zh: str, en: str, known: Mapping[str, Shape]) -> None:
        near = get_close_matches(name, known)
        there = near or list(known)[:12]
        self._fault(
            node,
            zh + ("；是否指：" if near else "；可用：") + "、".join(there),
            en + ("; did you mean " if near else "; there are ") + ", ".join(there) + ("?" if near else ""),
            about=name,
        )

    def _fault(self, node: nodes.Node, zh: str, en: str, about: str = "") -> None:
        # Jinja does not say of every node where it stands; then what is in it does
        line = node.lineno or next((each.lineno for each in node.find_all(nodes.Node) if each.lineno), 1)
        self.found.append(Fault(line, Text(zh, en), about))

"""One compiled CEL expression (https://cel.dev), evaluated on plain values.

The program takes only the values that the expression names, and is compiled when it is first needed. An error while
running is never taken for true: it is raised as `ConditionFailed`.
"""

from __future__ import annotations

import ctypes
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cel_expr_python import cel

from workflow.core.errors import ConditionFailed
from workflow.core.model import Text

_STRING = re.compile(
    r"""(?P<comment>//[^\n]*)
    | \b(?i:rb?|br)(?:\'{3}.*?\'{3}|"{3}.*?"{3}|'[^'\n]*'|"[^"\n]*")     # raw: no escapes inside
    | \'{3}(?:\\.|[^\\])*?\'{3} | "{3}(?:\\.|[^\\])*?"{3} | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*"
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMES = re.compile(
    r"(?<![\w.])(case|input|actor|parent|settings|linked|parts)\s*\.\s*([A-Za-z_]\w*)|(?<![\w.])(now)\b"
)
_VISITS = re.compile(r"(?<![\w.])(?:visits|visited)\s*\(")
_VISITED_STATE = re.compile(r"(?<![\w.])(?:visits|visited)\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")")

_MOMENTS = ("now", "case.opened_at", "parent.opened_at")

if sys.version_info < (3, 12):  # pragma: no branch - which one depends on the interpreter
    # cel_expr_python hands out null without owning it: each null in an answer takes one reference from None, and
    # after some thousands the process dies. From Python 3.12 on None cannot be used up; here it is given plenty.
    ctypes.c_ssize_t.from_address(id(None)).value += 1 << 40

_running = threading.local()


def _visits(state: str) -> int:
    return int(_running.visits.get(state, 0))


def _visited(state: str) -> bool:
    return bool(_running.visits.get(state, 0))


FUNCTIONS = [
    cel.FunctionDecl("visits", [cel.Overload("visits_state", cel.Type.INT, [cel.Type.STRING], False, impl=_visits)]),
    cel.FunctionDecl(
        "visited", [cel.Overload("visited_state", cel.Type.BOOL, [cel.Type.STRING], False, impl=_visited)]
    ),
]


class ExpressionProblem(Exception):
    """An expression that cannot be used: `problems` are (line, column, text), counted from 1 within the source."""

    def __init__(self, problems: Sequence[tuple[int, int, Text]]) -> None:
        super().__init__("; ".join(text.say("en") for _, _, text in problems))
        self.problems = list(problems)
        self.line, self.column, self.text = self.problems[0]


class CelExpression:
    """A compiled expression. `names` are what it reads, `element` the type of its items where it gives a list."""

    __slots__ = ("_loops", "_name", "_program", "element", "names", "source", "uses_visits")

    def __init__(self, source: str, loops: Sequence[str] = (), element: str = "DYN") -> None:
        self.source = source
        self.element = element
        self._loops = tuple(loops)
        bare = without_texts(source)
        found = dict.fromkeys((m[3] or f"{m[1]}.{m[2]}") for m in _NAMES.finditer(bare))
        self.names = tuple((name, *name.split(".", 1)) if "." in name else (name, name, "") for name in found)
        self.uses_visits = bool(_VISITS.search(bare))
        # a name alone, such as a role's `case.holder`, is its value; only CEL's moments are not ours
        self._name = self.names[0] if len(self.names) == 1 and self.names[0][0] == source.strip() else None
        if self._name is not None and (self._name[0] in _MOMENTS or self._name[1] not in ("case", "parent", "actor")):
            self._name = None
        self._program: Any = None

    def __repr__(self) -> str:
        return f"CelExpression({self.source!r})"

    def evaluate(self, scope: Any) -> Any:
        """The value in `scope` (see `workflow.core.scope`); raises ConditionFailed where there is none."""
        if self._name is not None:
            return scope.value(self._name[1], self._name[2])
        data = {name: scope.value(root, rest) for name, root, rest in self.names}
        for loop in self._loops:
            data[loop] = scope.loops.get(loop)
        if self.uses_visits:
            _running.visits = scope.case.visits
        try:
            program = self._program or self._compile()
            answer = program.eval(data=data)
            value = answer.plain_value()
        except RuntimeError as problem:  # how the CEL runtime reports a budget exceeded
            raise ConditionFailed(self.source, _tidy(str(problem), data)) from None
        if type(value) is str and answer.type() == cel.Type.ERROR:
            raise ConditionFailed(self.source, _tidy(value, data))
        return value

    def _compile(self) -> Any:
        variables = {name: cel.Type.TIMESTAMP if name in _MOMENTS else cel.Type.DYN for name, _, _ in self.names}
        variables.update(dict.fromkeys(self._loops, cel.Type.DYN))
        self._program = cel.NewEnv(variables=variables, functions=FUNCTIONS).compile(self.source)
        return self._program


def without_texts(source: str) -> str:
    """The expression with its texts emptied and without comments, so that only names and signs are left."""
    return _STRING.sub(lambda found: " " if found["comment"] else "''", source)


def visited_states(source: str) -> list[tuple[int, str]]:
    """(offset, name) of every state that `visits("…")` or `visited("…")` asks for by a literal."""
    return [
        (m.start(1) if m[1] is not None else m.start(2), m[1] if m[1] is not None else m[2])
        for m in _VISITED_STATE.finditer(source)
    ]


def _tidy(message: str, data: Any) -> str:
    """A CEL run-time message without its status words, and without the texts of the case: what is said is recorded."""
    message = re.sub(r"\s*\[[A-Z_]+\]$", "", message)
    message = re.sub(r"^[A-Z_]+: ", "", message)
    for text in sorted({*_texts(data)}, key=len, reverse=True):
        message = message.replace(text, "…")
    return message


def _texts(value: Any) -> Iterator[str]:
    """The texts within values, but for those of one character."""
    if isinstance(value, str):
        yield from (value,) * (len(value) > 1)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)

"""Conditions in CEL: checked against the declared fields when a lifecycle is read, evaluated when a case meets them.

Each expression is compiled twice. The *check* sees every field with its type, as protobuf messages made from the
declarations, so that a misspelt name or a text compared with a number is found when the file is read. The program
that *runs* takes plain Python values (`workflow.core.expressions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.core.expressions import CelExpression, ExpressionProblem
from workflow.core.model import ROOT, Field, Setting, Text

MAX_LENGTH = 2_000  # characters; CEL itself bounds depth (32) and the steps of a comprehension


class Vocabulary:
    """The names that the conditions of one lifecycle may use, with their types.

    `fields` are those of the root, `parts` those of each part, `states` the names that `visits()` may ask for.
    With `check` false nothing is checked: for text that was checked before it was published.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        parts: Mapping[str, Mapping[str, Field]],
        settings: Mapping[str, Setting],
        *,
        states: Mapping[str, Sequence[str]] | None = None,
        check: bool = True,
    ) -> None:
        self._check = None
        if check:
            from workflow.core.checking import Checker  # protobuf is imported only where something is checked

            self._check = Checker(fields, parts, settings, states or {})

    def compile(
        self,
        source: str,
        *,
        kind: str = ROOT,
        input: Sequence[Field] = (),
        loop: Mapping[str, str] | None = None,
        want: str = "bool",
    ) -> CelExpression:
        """Compile `source` as it stands in `kind` ("" is the root).

        `input` are the fields that come with the command, `loop` maps a loop variable to the `element` of the
        expression it runs over, `want` is what the value must be: bool, int, text, list, record or any (see
        `want_of`). Raises ExpressionProblem with every problem.
        """
        loops = loop or {}
        if not source.strip():
            raise ExpressionProblem([(1, 1, Text("这里缺少条件", "an expression is missing here"))])
        if len(source) > MAX_LENGTH:
            raise ExpressionProblem(
                [
                    (
                        1,
                        1,
                        Text(
                            f"条件过长：最多 {MAX_LENGTH} 个字符",
                            f"the expression is too long: at most {MAX_LENGTH} characters",
                        ),
                    )
                ]
            )
        element = "DYN"
        if self._check is not None:
            element = self._check.check(source, kind, input, loops, want)
        return CelExpression(source, tuple(loops), element)


def want_of(field: Field) -> str:
    """What an expression must give to be written to `field`."""
    return {"int": "int", "bool": "bool", "list": "list", "record": "record"}.get(field.type, "text")

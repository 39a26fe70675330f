"""What CEL's own checker lets through and a case must not meet: read from the tree of a checked expression.

A value may be repeated (`a + a`, `[a, a]`) only so often: what a loop doubles, a loop inside it doubles again, and
some two hundred characters would fill the memory. The steps of loops are counted by CEL itself, their size is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

from workflow.core.model import Text

MOST_COPIES = 32  # of one value in another
ROOTS = frozenset(("case", "input", "actor", "parts", "parent", "settings", "linked", "now"))

_F = descriptor_pb2.FieldDescriptorProto
_EXPR = ".cel.expr.Expr"
# The parts of https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto that are looked at.
_MESSAGES: dict[str, dict[str, tuple[int, Any]]] = {
    "Ident": {"name": (1, _F.TYPE_STRING)},
    "Select": {"operand": (1, _EXPR), "field": (2, _F.TYPE_STRING)},
    "Call": {"target": (1, _EXPR), "function": (2, _F.TYPE_STRING), "args": (3, [_EXPR])},
    "CreateList": {"elements": (1, [_EXPR])},
    "Entry": {"map_key": (3, _EXPR), "value": (4, _EXPR)},
    "CreateStruct": {"message_name": (1, _F.TYPE_STRING), "entries": (2, [".cel.expr.Entry"])},
    "Comprehension": {
        "iter_var": (1, _F.TYPE_STRING), "iter_range": (2, _EXPR), "accu_var": (3, _F.TYPE_STRING),
        "accu_init": (4, _EXPR), "loop_condition": (5, _EXPR), "loop_step": (6, _EXPR), "result": (7, _EXPR),
    },
    "Expr": {
        "id": (2, _F.TYPE_INT64), "ident": (4, ".cel.expr.Ident"), "select": (5, ".cel.expr.Select"),
        "call": (6, ".cel.expr.Call"), "list": (7, ".cel.expr.CreateList"), "struct": (8, ".cel.expr.CreateStruct"),
        "loop": (9, ".cel.expr.Comprehension"),
    },
    "Position": {"key": (1, _F.TYPE_INT64), "value": (2, _F.TYPE_INT32)},
    "SourceInfo": {"positions": (4, [".cel.expr.Position"])},
    "CheckedExpr": {"expr": (4, _EXPR), "source_info": (5, ".cel.expr.SourceInfo")},
}  # fmt: skip
_AS_LARGE = frozenset(("_+_", "_?_:_", "_[_]", "dyn", "string", "bytes"))  # as what they were given


def _checked_expr() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="casework/cel.proto", package="cel.expr", syntax="proto3")
    for name, members in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for member, (number, type_) in members.items():
            one = type_[0] if isinstance(type_, list) else type_
            message.field.add(
                name=member,
                number=number,
                label=_F.LABEL_REPEATED if isinstance(type_, list) else _F.LABEL_OPTIONAL,
                **({"type": _F.TYPE_MESSAGE, "type_name": one} if isinstance(one, str) else {"type": one}),
            )
        if name == "Expr":
            message.oneof_decl.add(name="kind")
            for field in message.field[1:]:
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("cel.expr.CheckedExpr"))


_CHECKED_EXPR = _checked_expr()


def beyond(program: Any) -> list[tuple[int, Text]]:
    """(offset, text) of everything in a checked CEL expression that goes beyond what a condition may do."""
    checked = _CHECKED_EXPR.FromString(any_pb2.Any.FromString(program.serialize()).value)
    walk = _Walk({position.key: position.value for position in checked.source_info.positions})
    walk.copies(checked.expr, {})
    return walk.found


class _Walk:
    def __init__(self, positions: Mapping[int, int]) -> None:
        self.found: list[tuple[int, Text]] = []
        self._positions = positions
        self._repeated = False

    def copies(self, expr: Any, loops: Mapping[str, int]) -> int:
        """How often one value may stand in that of `expr`; `loops` says it of each loop variable."""
        match expr.WhichOneof("kind"):
            case "ident":
                count = self._named(expr, loops)
            case "select":
                whole = expr.select.operand
                root = whole.ident.name if whole.WhichOneof("kind") == "ident" else ""
                count = 1 if root in ROOTS and root not in loops else self.copies(whole, loops)
            case "call":
                count = self._called(expr.call, loops)
            case "list":
                count = sum(self.copies(each, loops) for each in expr.list.elements)
            case "struct":
                count = self._built(expr, loops)
            case "loop":
                count = self._looped(expr, loops)
            case _:
                count = 0  # a constant is as long as it was written
        if count > MOST_COPIES and not self._repeated:
            self._repeated = True  # said once: whatever is around it repeats it again
            self._fault(
                expr,
                f"一个值在这里被重复 {count} 次；最多 {MOST_COPIES} 次，请拆开或改短",
                f"one value is repeated {count} times here, at most {MOST_COPIES} are allowed: make it shorter",
            )
        return count

    def _named(self, expr: Any, loops: Mapping[str, int]) -> int:
        name = expr.ident.name
        if name in ROOTS - {"now"} and name not in loops:
            self._fault(
                expr,
                f"“{name}”不能整个使用；请写出其中一项，如 {name}.名称",
                f"{name!r} cannot be used as a whole; name something in it, as in {name}.name",
            )
        return loops.get(name, 1)

    def _called(self, call: Any, loops: Mapping[str, int]) -> int:
        given = [self.copies(each, loops) for each in (*([call.target] if call.HasField("target") else ()), *call.args)]
        return sum(given) if call.function in _AS_LARGE else 1

    def _built(self, expr: Any, loops: Mapping[str, int]) -> int:
        if expr.struct.message_name:
            self._fault(
                expr,
                f"不能构造“{expr.struct.message_name}”；条件只读取已有的值",
                f"{expr.struct.message_name!r} cannot be made; a condition reads what is there",
            )
        return sum(self.copies(each, loops) for entry in expr.struct.entries for each in (entry.map_key, entry.value))

    def _looped(self, expr: Any, loops: Mapping[str, int]) -> int:
        loop = expr.loop
        if loop.iter_var in ROOTS:
            self._fault(
                expr,
                f"循环变量不能叫“{loop.iter_var}”；请换一个名字",
                f"a loop variable cannot be called {loop.iter_var!r}; take another name",
            )
        over = max(self.copies(loop.iter_range, loops), 1)
        begun = self.copies(loop.accu_init, loops)
        inside = {**loops, loop.iter_var: over, loop.accu_var: 0}  # what has been gathered grows by one item a time
        self.copies(loop.loop_condition, inside)
        return max(begun, self.copies(loop.loop_step, inside), 1)

    def _fault(self, expr: Any, zh: str, en: str) -> None:
        self.found.append((self._positions.get(expr.id, 0), Text(zh, en)))

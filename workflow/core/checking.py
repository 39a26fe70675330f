"""The type check of conditions: declared fields become protobuf messages, and CEL's own checker does the rest.

A field that may be empty is a wrapper (`google.protobuf.StringValue`), so that it may be compared with `null`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, timestamp_pb2, wrappers_pb2

from workflow.core.bounds import beyond
from workflow.core.expressions import FUNCTIONS, ExpressionProblem, visited_states, without_texts
from workflow.core.model import ROOT, Field, Setting, Text

_F = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "casework"
_TEXT, _INT, _BOOL = (f".google.protobuf.{name}Value" for name in ("String", "Int64", "Bool"))
_TIMESTAMP = ".google.protobuf.Timestamp"

_BUILT_IN_TYPES: dict[str, Any] = {
    "id": _F.TYPE_STRING, "state": _F.TYPE_STRING, "number": _TEXT, "holder": _TEXT, "key": _F.TYPE_STRING,
    "round": _F.TYPE_INT64, "open": _F.TYPE_BOOL, "outcome": _TEXT, "created_by": _F.TYPE_STRING, "opened_at": _TIMESTAMP,
}  # fmt: skip
_BUILT_IN_TYPES_OF_PARTS = {n: t for n, t in _BUILT_IN_TYPES.items() if n != "opened_at"} | {"latest": _F.TYPE_BOOL}
_LINKED_TYPES: dict[str, Any] = {
    "id": _F.TYPE_STRING, "lifecycle": _F.TYPE_STRING, "state": _F.TYPE_STRING, "number": _TEXT, "open": _F.TYPE_BOOL,
}  # fmt: skip
_ROOTS = ("case", "input", "actor", "parts", "parent", "settings", "linked", "now", "visits()", "visited()")
_OPERATORS = (
    (r"\band\b", "&&"), (r"\bor\b", "||"), (r"\bnot\b", "!"), (r"(?<![=!<>])=(?!=)", "=="), (r"<>", "!="),
)  # fmt: skip
_PRIMITIVES = {
    "STRING": cel.Type.STRING, "INT": cel.Type.INT, "BOOL": cel.Type.BOOL, "DYN": cel.Type.DYN,
    "TIMESTAMP": cel.Type.TIMESTAMP,
}  # fmt: skip
_WANTED = {
    "bool": ({"BOOL", "google.protobuf.BoolValue"}, Text("是/否", "true or false")),
    "int": ({"INT", "google.protobuf.Int64Value"}, Text("整数", "a whole number")),
    "text": ({"STRING", "google.protobuf.StringValue"}, Text("文字", "a text")),
}
_TYPE_WORDS = {
    "string": Text("文字", "text"), "int": Text("整数", "whole number"), "bool": Text("是/否", "true/false"),
    "list": Text("列表", "list"), "map": Text("映射", "map"), "timestamp": Text("时间", "moment"),
    "null": Text("空", "null"), "double": Text("小数", "decimal number"),
}  # fmt: skip


class Checker:
    """Checks expressions against the declarations of one lifecycle; not shared between threads."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        parts: Mapping[str, Mapping[str, Field]],
        settings: Mapping[str, Setting],
        states: Mapping[str, Sequence[str]],
    ) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        for module in (wrappers_pb2, timestamp_pb2):
            self._pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        self._files = 0
        self._states = states
        self._members: dict[str, tuple[str, ...]] = {}  # message -> its fields, for the hints
        self._inputs: dict[tuple[Field, ...], str] = {}
        self._environments: dict[tuple[Any, ...], Any] = {}
        file = self._new_file()
        self._message(file, "Linked", _LINKED_TYPES)
        self._message(file, "Case", _BUILT_IN_TYPES, fields.values())
        links = {name: f".{_PACKAGE}.Linked" for name, field in fields.items() if field.type == "case"}
        self._message(file, "Links", links)
        for name, of_part in parts.items():
            self._message(file, f"Part_{name}", _BUILT_IN_TYPES, of_part.values())
            self._message(file, f"Listed_{name}", _BUILT_IN_TYPES_OF_PARTS, of_part.values())
        self._message(file, "Parts", {name: [f".{_PACKAGE}.Listed_{name}"] for name in parts})
        self._pool.AddSerializedFile(file.SerializeToString())
        self._shared: dict[str, Any] = {
            "parts": cel.Type(f"{_PACKAGE}.Parts"),
            "parent": cel.Type(f"{_PACKAGE}.Case"),
            "linked": cel.Type(f"{_PACKAGE}.Links"),
            "actor.id": cel.Type.STRING,
            "actor.name": cel.Type.STRING,
            "actor.unit": cel.Type("google.protobuf.StringValue"),
            "actor.groups": cel.Type.List(cel.Type.STRING),
            "now": cel.Type.TIMESTAMP,
            **{f"settings.{name}": _setting_type(setting) for name, setting in settings.items()},
        }

    def check(self, source: str, kind: str, input: Sequence[Field], loop: Mapping[str, str], want: str) -> str:
        """The type of the items where `source` gives a list, else "DYN"; raises ExpressionProblem."""
        environment = self._environment(kind, tuple(input), tuple(loop.items()))
        try:
            program = environment.compile(source)
        except RuntimeError as problem:
            raise ExpressionProblem(self._explain(source, str(problem))) from None
        given = repr(program.return_type())
        if further := beyond(program):
            raise ExpressionProblem([(*_place(source, offset), text) for offset, text in further])
        self._check_states(source, kind)
        element = re.fullmatch(r"LIST<(.*)>", given)
        if want == "list" and element is None:
            raise ExpressionProblem([(1, 1, Text("这里需要一个列表", "a list is needed here"))])
        if want in _WANTED and given not in _WANTED[want][0] and given not in ("DYN", "NULL"):
            needed = _WANTED[want][1]
            raise ExpressionProblem(
                [
                    (
                        1,
                        1,
                        Text(
                            f"这里需要{needed.zh}，而“{source}”给出的是{_type_word(given, 'zh')}",
                            f"{needed.en} is needed here, but {source!r} gives {_type_word(given, 'en')}",
                        ),
                    )
                ]
            )
        return element[1] if element else "DYN"

    # -- environments

    def _environment(self, kind: str, input: tuple[Field, ...], loop: tuple[tuple[str, str], ...]) -> Any:
        key = (kind, tuple(id(field) for field in input), loop)
        if key not in self._environments:
            variables = dict(self._shared)
            variables["case"] = cel.Type(f"{_PACKAGE}.Part_{kind}" if kind != ROOT else f"{_PACKAGE}.Case")
            variables["input"] = cel.Type(f"{_PACKAGE}.{self._input(input)}")
            for name, element in loop:
                variables[name] = _PRIMITIVES.get(element) or (
                    cel.Type(element) if element.startswith((_PACKAGE, "google.")) else cel.Type.DYN
                )
            environment = cel.NewEnv(self._pool, variables=variables, functions=FUNCTIONS)
            self._environments[key] = (environment, input)  # `input` is held so that its ids stay taken
        return self._environments[key][0]

    def _input(self, fields: tuple[Field, ...]) -> str:
        file = self._new_file()
        name = f"Input{self._files}"
        self._message(file, name, {}, fields)
        self._pool.AddSerializedFile(file.SerializeToString())
        return name

    def _new_file(self) -> Any:
        self._files += 1
        return descriptor_pb2.FileDescriptorProto(
            name=f"{_PACKAGE}/{self._files}.proto",
            package=_PACKAGE,
            syntax="proto3",
            dependency=["google/protobuf/wrappers.proto", "google/protobuf/timestamp.proto"]
            + ([f"{_PACKAGE}/1.proto"] if self._files > 1 else []),
        )

    def _message(self, file: Any, name: str, built_in: Mapping[str, Any], fields: Any = ()) -> None:
        message = file.message_type.add(name=name)
        types = dict(built_in)
        for field in fields:
            types[field.name] = self._proto_type(file, f"{name}_{field.name}", field)
        for number, (member, type_) in enumerate(types.items(), 1):
            repeated = isinstance(type_, list)
            one = type_[0] if repeated else type_
            message.field.add(
                name=member,
                number=number,
                label=_F.LABEL_REPEATED if repeated else _F.LABEL_OPTIONAL,
                **({"type": _F.TYPE_MESSAGE, "type_name": one} if isinstance(one, str) else {"type": one}),
            )
        self._members[f"{_PACKAGE}.{name}"] = tuple(types)

    def _proto_type(self, file: Any, name: str, field: Field) -> Any:
        if field.type == "int":
            return _INT
        if field.type == "bool":
            return _BOOL
        if field.type == "record":
            self._message(file, name, {}, field.fields)
            return f".{_PACKAGE}.{name}"
        if field.type == "list":
            item = field.item or Field("item", "text")
            if item.type == "record":
                return [self._proto_type(file, name, item)]
            return [{"int": _F.TYPE_INT64, "bool": _F.TYPE_BOOL}.get(item.type, _F.TYPE_STRING)]
        return _TEXT

    # -- messages

    def _check_states(self, source: str, kind: str) -> None:
        known = self._states.get(kind)
        if not known:
            return
        problems = []
        for offset, name in visited_states(source):
            if name not in known:
                hint = _hint(name, known)
                problems.append(
                    (
                        *_place(source, offset),
                        Text(f"没有状态“{name}”{hint.zh}", f"there is no state {name!r}{hint.en}"),
                    )
                )
        if problems:
            raise ExpressionProblem(problems)

    def _explain(self, source: str, message: str) -> list[tuple[int, int, Text]]:
        found = re.findall(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)", message)
        if not found:
            return [(1, 1, Text("条件嵌套过深或无法读懂", "the expression is nested too deeply or cannot be read"))]
        problems: list[tuple[int, int, Text]] = []
        for line, column, detail in found:
            if "*error*" in detail or (problems and detail.startswith("Syntax error")):
                continue  # follows from the one before
            place = (max(1, int(line)), max(1, int(column)))
            sentence = self._sentence(detail.removesuffix(" [INVALID_ARGUMENT]"))
            problem = (*place, _with_operators(sentence, source) if detail.startswith("Syntax error") else sentence)
            if problem not in problems:
                problems.append(problem)
        return problems

    def _sentence(self, detail: str) -> Text:
        if m := re.match(r"undefined field '(\w+)' not found in struct '([\w.]+)'", detail):
            members = self._members.get(m[2], ())
            hint = _hint(m[1], members)
            return Text(
                f"{_struct(m[2], 'zh')}没有“{m[1]}”；可用：{'、'.join(members) or '（无）'}{hint.zh}",
                f"{_struct(m[2], 'en')} has no {m[1]!r}; allowed: {', '.join(members) or '(nothing)'}{hint.en}",
            )
        if m := re.match(r"undeclared reference to '([\w.]+)'", detail):
            known = [*_ROOTS, *(name for name in self._shared if "." in name)]
            hint = _hint(m[1], known)
            return Text(
                f"不认识“{m[1]}”（文字要加引号）；可用的名称：{'、'.join(_ROOTS)}{hint.zh}",
                f"the name {m[1]!r} is not known (texts need quotes); names are {', '.join(_ROOTS)}{hint.en}",
            )
        if m := re.match(r"found no matching overload for '([^']+)' applied to '\((.*)\)'", detail):
            operator = m[1].strip("_").replace("@", "") or m[1]
            types = m[2].split(", ")
            return Text(
                f"“{operator}”不能用于{'与'.join(_type_word(t, 'zh') for t in types)}",
                f"{operator!r} does not work on {' and '.join(_type_word(t, 'en') for t in types)}",
            )
        if "<EOF>" in detail:
            return Text("条件没有写完", "the expression ends too early")
        if detail.startswith("Syntax error"):
            near = re.search(r"(?:input|at:|symbol) '([^']*)'", detail)
            return Text(
                f"条件写法有误{f'，在“{near[1]}”附近' if near else ''}",
                f"the expression cannot be read{f' near {near[1]!r}' if near else ''}",
            )
        if "recursion" in detail:
            return Text("条件嵌套过深：最多 32 层", "the expression is nested too deeply: at most 32 levels")
        return Text(f"条件有误：{detail}", f"the expression is wrong: {detail}")


def _place(source: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _with_operators(sentence: Text, source: str) -> Text:
    """Who writes `and`, or one `=`, is told how CEL writes it."""
    bare = without_texts(source)
    wrong = [(word, sign) for word, sign in _OPERATORS if re.search(word, bare)]
    if not wrong:
        return sentence
    signs = "、".join(sign for _, sign in wrong)
    return Text(f"{sentence.zh}；请写 {signs}", f"{sentence.en}; write {signs.replace('、', ', ')}")


def _setting_type(setting: Setting) -> Any:
    return {
        "int": cel.Type.INT,
        "bool": cel.Type.BOOL,
        "list": cel.Type.List(cel.Type.STRING),
        "codes": cel.Type.Map(cel.Type.STRING, cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
    }.get(setting.type, cel.Type.STRING)


def _hint(name: str, known: Sequence[str]) -> Text:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return Text(f"；是否指“{near[0]}”？", f"; did you mean {near[0]!r}?") if near else Text()


def _struct(name: str, language: str) -> str:
    short = name.removeprefix(f"{_PACKAGE}.")
    if short == "Case":
        return "本案" if language == "zh" else "the case"
    if short == "Parts":
        return "parts"
    if short == "Links":
        return "linked"
    if part := re.fullmatch(r"(?:Part|Listed)_(\w+)", short):
        return f"部分“{part[1]}”" if language == "zh" else f"the part {part[1]!r}"
    if re.match(r"Input\d+$", short):
        return "本命令的输入" if language == "zh" else "the input of this command"
    return f"“{short.split('_')[-1]}”" if language == "zh" else repr(short.split("_")[-1])


def _type_word(name: str, language: str) -> str:
    plain = name.lower().removeprefix("google.protobuf.").removesuffix("value")
    plain = re.sub(r"^wrapper\((.*)\)$", r"\1", plain).replace("int64", "int")
    word = _TYPE_WORDS.get(re.split(r"[(<]", plain)[0].removesuffix("_type"))
    return word.say(language) if word else ("一条记录" if language == "zh" else "a record")

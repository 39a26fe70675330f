"""SARIF as editors and CI systems need it, held to the parts of the 2.1.0 schema that are used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from workflow.checks import CATALOGUE
from workflow.checks.sarif import sarif
from workflow.core.errors import Problem
from workflow.core.model import Place, Text

TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
POSITIVE = {"type": "integer", "minimum": 1}


def record(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


RULE = record(
    ("id", "helpUri", "shortDescription"), id={"type": "string"}, helpUri={"type": "string", "format": "uri-reference"},
    shortDescription=TEXT, fullDescription=TEXT, help=TEXT, defaultConfiguration=record(("level",), level=LEVEL),
)  # fmt: skip
REGION = record(("startLine", "startColumn"), startLine=POSITIVE, startColumn=POSITIVE)
PHYSICAL = record(
    ("artifactLocation", "region"),
    artifactLocation=record(("uri",), uri={"type": "string", "format": "uri-reference"}),
    region=REGION,
)
RESULT = record(
    ("ruleId", "message", "locations"), ruleId={"type": "string"}, ruleIndex={"type": "integer", "minimum": 0}, level=LEVEL,
    message=TEXT, locations={"type": "array", "minItems": 1, "items": record(("physicalLocation",), physicalLocation=PHYSICAL)},
)  # fmt: skip
DRIVER = record(
    ("name",),
    name={"type": "string"},
    version={"type": "string"},
    rules={"type": "array", "items": RULE, "uniqueItems": True},
)
RUN = record(
    ("tool", "results"), tool=record(("driver",), driver=DRIVER), results={"type": "array", "items": RESULT},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)  # fmt: skip
SHAPE = record(
    ("version", "runs"),
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
)
PROBLEMS = [
    Problem(Place("流程/leave.yaml", 7, 3), "unused_role", Text("没有用到", "not used")),
    Problem(Place("leave.yaml", 0, 0), "unknown_name", Text("没有", "there is none")),
    Problem(Place("leave.yaml", 9, 3), "unused_role", Text("也没有用到", "not used either")),
    Problem(Place("leave.yaml", 9, 3), "untold_action", Text("没有通知", "nobody is told")),
]


def written(problems: list[Problem] = PROBLEMS, language: Any = "en") -> Any:
    return sarif(problems, language, version="1.0", base=Path("/office"))


@pytest.mark.parametrize("problems", [PROBLEMS, []])
def test_it_has_the_shape_of_the_standard(problems: list[Problem]) -> None:
    jsonschema.Draft202012Validator(SHAPE, format_checker=jsonschema.FormatChecker()).validate(written(problems))


def test_each_result_names_its_rule_level_and_place() -> None:
    run = written()["runs"][0]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ["unused_role", "unknown_name", "untold_action"] == rules
    assert [each["ruleId"] for each in run["results"]] == [rules[each["ruleIndex"]] for each in run["results"]]
    assert ["warning", "error", "warning", "note"] == [each["level"] for each in run["results"]]
    assert {"startLine": 7, "startColumn": 3} == run["results"][0]["locations"][0]["physicalLocation"]["region"]


def test_files_are_named_from_the_folder_of_the_run_and_others_in_full() -> None:
    elsewhere = [Problem(Place("/srv/流程.yaml", 1, 1), "syntax", Text("不对", "wrong"))]

    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in written()["runs"][0]["results"]]

    assert ["%E6%B5%81%E7%A8%8B/leave.yaml", "leave.yaml", "leave.yaml", "leave.yaml"] == uris
    (result,) = written(elsewhere)["runs"][0]["results"]
    assert (
        "file:///srv/%E6%B5%81%E7%A8%8B.yaml" == result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    )


def test_it_speaks_the_language_asked_for() -> None:
    run = written(language="zh")["runs"][0]

    assert "没有用到" == run["results"][0]["message"]["text"]
    assert CATALOGUE["unused_role"].title.zh == run["tool"]["driver"]["rules"][0]["shortDescription"]["text"]

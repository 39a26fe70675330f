"""Conditions made to hurt: refused when the file is read, or no yes when they are asked; never a way out of the process.

Families of ten. They run in a process of its own with bounded memory, so that a crash or a bomb is a failed test.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import workflow
from workflow.core.bounds import MOST_COPIES
from workflow.core.conditions import Vocabulary
from workflow.core.expressions import ExpressionProblem
from workflow.core.model import Field

ROOT = Path(workflow.__file__).parent.parent
MEMORY = 1 << 30  # bytes of address space: a few times what Python with CEL takes
ASK = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from tests.core.test_conditions import UNITS, assignment, scope, vocabulary
from workflow.core.errors import ConditionFailed
from workflow.core.expressions import ExpressionProblem
values = {"title": "x", "pages": 4, "tags": ["a", "b"], "urgent": False}
for source in json.load(sys.stdin):
    try:
        condition = vocabulary().compile(source, input=UNITS)
        answer = ["answered", condition.evaluate(scope(values, [assignment("k")])) is True]
    except ExpressionProblem as problem:
        answer = ["refused", problem.text.zh, problem.text.en, problem.line, problem.column]
    except ConditionFailed as failed:
        answer = ["failed", failed.text.zh, failed.text.en]
    print(json.dumps(answer), flush=True)
"""


def nested(times: int, opening: str, closing: str = ")", inside: str = "true") -> str:
    return opening * times + inside + closing * times


def doubling(levels: int, copies: int, macro: str) -> str:
    return nested(levels, f"[{'+'.join('a' * copies)}].{macro}(a, ", inside="a == ''")


REFUSED = {
    "nested too deeply": [nested(40 * n, "(") for n in range(1, 11)],
    "signs without end": [f"{sign * 200}case.urgent" for sign in ("~", "@", "!-", "[", "{", "((", "(!", "?", "..", ":")],
    "too long": [f"case.title == '{'x' * (2_000 + n)}'" for n in range(10)],
    "texts doubled by loops": [f"['x'].all(a, {doubling(n + 1, 8, 'all')})" for n in range(1, 11)],
    "lists doubled by loops": [
        "['x']" + f".map(a, [{','.join('a' * n)}])" * 8 + ".size() > 0" for n in range(2, 12)
    ],
    "maps doubled by loops": [
        "['x']" + ".map(a, {" + ",".join(f"{key}: a" for key in range(n)) + "})" * 1 + ".map(a, [a,a,a,a])" * 8 + " == []"
        for n in range(2, 12)
    ],
    "a field repeated": [f"[{', '.join(['case.title'] * n)}].size() > 0" for n in range(33, 43)],
    "Python": [
        "__import__('os').system('id') == 0", "os.system('id') == 0", "eval('1') == 1", "exec('1') == 1",
        "open('/etc/passwd').read() == ''", "globals() == {}", "case.__class__ == 1", "case.title.__len__() == 1",
        "().__class__.__base__ == 1", "lambda: 1",
    ],
    "names out of scope": [
        f"{name} == 1" for name in ("self", "file", "lifecycle", "scope", "engine", "request", "env", "config", "db", "_")
    ],
    "what is in the Python objects behind": [
        f"case.{name} == null"
        for name in ("values", "visits", "acted", "clocks", "revision", "root", "copy", "kind", "version", "origin")
    ],
    "whole things": [
        "case == case", "parts == parts", "parent == parent", "linked == linked", "input == input",
        "[case].size() == 1", "{'a': case}.size() == 1", "type(case) == type(case)", "dyn(case) == dyn(parts)",
        "case in [case]",
    ],
    "loop variables in the clothes of a case": [
        f"dyn([1]).{macro}({name}, {name}.x == 1)" + ("" if macro in ("all", "exists") else ".size() == 1")
        for macro in ("all", "exists")
        for name in ("case", "parts", "settings", "actor", "linked")
    ],
    "messages made": [
        "google.protobuf.StringValue{value: 'x'} == 'x'", "google.protobuf.BoolValue{value: true}",
        "google.protobuf.Any{type_url: 'x'} == null", "google.protobuf.Struct{} == {}",
        "google.protobuf.ListValue{} == []", "google.protobuf.Timestamp{seconds: 1} == now",
        "google.protobuf.Value{bool_value: true} == true", "casework.Case{} == casework.Case{}",
        "casework.Linked{open: true}.open", "casework.Parts{}.assignment.size() == 0",
    ],
    "functions that are not there": [
        "'a'.replace('a', 'b') == 'b'", "'a,b'.split(',').size() == 2", "['a'].join() == 'a'", "'%s'.format(['x']) == 'x'",
        "base64.encode(b'x') == ''", "math.greatest(1, 2) == 2", "lists.range(1000000).size() > 0",
        "cel.bind(a, 1, true)", "optional.of(1) == optional.of(1)", "[[1]].flatten() == [1]",
    ],
    "another kind of value": [
        "case.title", "case.pages", "case.title > 1", "case.pages == 'x'", "case.tags == 1", "null == true", "'true'",
        "1", "case.urgent + 1 == 1", "case.title && case.urgent",
    ],
    "half an expression": [
        "case.", "case.title ==", "(", "case.tags.all(x", "case.tags.all(x)", "case.tags.all(1, true)", "[1, 2", "{'a':",
        "'open", "/* x",
    ],
    "letters that look like others": [
        "саse.title == ''", "case．title == ''", "case.title＝＝''", "case.title == ‘x’", "ｃase.urgent", "case.urgent；true",
        "case。urgent", "cаse.urgent || true", "truе", "！case.urgent",
    ],
    "invisible characters": [f"{chr(sign)}true" for sign in (0, 0x200B, 0x200E, 0x202E, 0x2066, 0xFEFF, 0x2060, 0xAD, 7, 0x1B)],
    "escapes that are no characters": [
        rf"'{escape}' != ''"
        for escape in (r"\ud800", r"\udfff", r"\U00110000", r"\UFFFFFFFF", r"\x", r"\u12", r"\8", r"\z", r"\400", r"\U0001")
    ],
}  # fmt: skip

NO_YES = {
    "loops over loops": [
        nested(4, f"[{','.join('1' * n)}].all(a, ") + " && [1, 2][2] == 1" for n in range(20, 30)
    ],
    "patterns without end": [
        f"'{'a' * 500}b'.matches('^{pattern}$')"
        for pattern in ("(a+)+", "(a*)*", "(a|a)*", "(a|aa)+", "(.*)*c", "(a?){500}", "([a-z]+)*c", "(a+){9}", "((a+)+)+", "a*a*a*a*a*")
    ],
    "patterns that are none": [
        f"'a'.matches('{pattern}')"
        for pattern in ("[", "(", "*", "a{1000}{1000}", "a{1,100000}", "(?=a)", "(?<!a)", r"\\1", "(?P<n", "a**")
    ],
    "numbers beyond their end": [
        "9223372036854775807 + case.pages > 0", "-9223372036854775808 - case.pages < 0", "9223372036854775807 * case.pages > 0",
        "-(-9223372036854775807 - 1) > 0", "case.pages / 0 == 1", "case.pages % 0 == 1", "uint(-1) > 0u", "int(1e300) > 0",
        "int('9' + '9223372036854775807') > 0", "0.0 / 0.0 == 0.0 / 0.0",
    ],
    "moments beyond their end": [
        "timestamp('9999-12-31T23:59:59Z') + duration('9999999h') > now", "now - duration('999999999h') < now",
        "timestamp('x') <= now", "timestamp('2026-13-01T00:00:00Z') <= now", "timestamp('') <= now",
        "duration('x') < duration('1s')", "duration('1y') < duration('1s')", "now.getHours('Nowhere/Zone') >= 0",
        "now.getHours('../../etc/passwd') >= 0", "now.getDate('') < 0",
    ],
    "kinds confused behind dyn": [
        "dyn('x') < 1", "dyn(case.title) > 1", "'x' in dyn(1)", "dyn('true')", "dyn(1)", "dyn(null)", "dyn([true])",
        "dyn({'a': true})", "dyn(case.title).size() + dyn('x') == 1", "visits(dyn(1)) >= 0",
    ],
    "what is not there": [
        "[1][5] == 1", "[][0]", "{'a': true}['b']", "case.tags[9] == 'a'", "case.tags[-1] == 'a'",
        "parts.assignment[7].open", "settings.classes['Z'].means == 'x'", "settings.classes['A'].nothing == 'x'",
        "case.tags[case.pages] == 'a'", "parts.assignment.filter(p, !p.open)[0].open",
    ],
    "an error beside an answer": [
        "1 / 0 == 1 || false", "false || 1 / 0 == 1", "1 / 0 == 1 && true", "true && 1 / 0 == 1", "1 / 0 == 1 ? true : true",
        "!(1 / 0 == 1)", "[0, 1].all(x, 1 / x == 1)", "[0].exists(x, 1 / x == 1)", "[0, 2].exists_one(x, 1 / x == 1)",
        "[0].map(x, 1 / x == 1)[0]",
    ],
}  # fmt: skip

FAMILIES = {**REFUSED, **NO_YES}


@pytest.fixture(scope="module")
def answers() -> dict[str, list[Any]]:
    """What becomes of each expression, by itself; the process must come to its own end."""
    sources = [source for family in FAMILIES.values() for source in family]
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(MEMORY)],
        cwd=ROOT, input=json.dumps(sources).encode(), capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr.decode("utf-8", "replace"))
    return dict(zip(sources, map(json.loads, done.stdout.splitlines()), strict=True))


def test_there_are_more_than_two_hundred_and_fifty_in_families_of_ten() -> None:
    assert {10} == {len(set(family)) for family in FAMILIES.values()}
    assert 250 <= sum(map(len, FAMILIES.values()))


@pytest.mark.parametrize("family", REFUSED)
def test_what_can_be_known_is_refused_when_the_file_is_read(family: str, answers: dict[str, list[Any]]) -> None:
    assert {} == {source: answers[source] for source in REFUSED[family] if answers[source][0] != "refused"}


@pytest.mark.parametrize("family", NO_YES)
def test_what_shows_only_when_it_is_asked_is_never_a_yes(family: str, answers: dict[str, list[Any]]) -> None:
    assert {} == {source: answers[source] for source in NO_YES[family] if answers[source] == ["answered", True]}


def test_each_refusal_is_a_sentence_in_both_languages_with_a_place(answers: dict[str, list[Any]]) -> None:
    said = [answer for answer in answers.values() if answer[0] == "refused"]

    assert [] == [each for each in said if not each[1] or not each[2] or each[3] < 1 or each[4] < 1]
    assert [] == [each for each in said if "Traceback" in each[2] or "object at 0x" in each[2]]


@pytest.mark.parametrize(
    "source",
    [
        "true // as case.nothing and settings.nothing said",
        "true // it's",
        "'''a 'case.nothing' b''' != ''",
        '"""parts.nothing "x" """ != ""',
        r"r'\case.nothing' != ''",
    ],
)
def test_a_name_in_a_text_or_a_comment_is_not_looked_up(source: str) -> None:
    from tests.core.test_conditions import scope, vocabulary

    assert vocabulary().compile(source).evaluate(scope()) is True


@pytest.mark.parametrize("copies", [MOST_COPIES, MOST_COPIES + 1])
def test_a_value_is_repeated_so_often_and_no_more(copies: int) -> None:
    words = Vocabulary({"title": Field("title", "text")}, {}, {})
    source = f"[{', '.join(['case.title'] * copies)}].size() > 0"

    if copies == MOST_COPIES:
        words.compile(source)
        return
    with pytest.raises(ExpressionProblem, match="repeated 33 times here, at most 32"):
        words.compile(source)


def test_a_long_list_written_out_is_no_repetition() -> None:
    words = Vocabulary({"title": Field("title", "text")}, {}, {})

    words.compile(f"case.title in [{','.join(repr(str(n)) for n in range(200))}]")

"""Templates made to hurt: refused by the check and when written out; what is allowed stays within its bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import workflow
from tests.test_templates import LETTER
from workflow.core.errors import LifecycleInvalid
from workflow.loading import load
from workflow.templates.facts import Facts
from workflow.templates.grammar import FILTERS, TESTS, faults
from workflow.templates.writing import LONGEST, LONGEST_SUBJECT, TemplateBroken, write

ROOT = Path(workflow.__file__).parent.parent
MEMORY = 1 << 30
KNOWN = {"title": None, "number": None, "case": {"title": None, "points": (None,)}}
GIVEN = {"title": "甲", "number": "1", "case": Facts({"title": "甲", "points": ("a", "b")})}
DUNDERS = ("__class__", "__init__", "__globals__", "__mro__", "__subclasses__", "__dict__", "__getitem__", "__code__")
ATTACKS = {
    "dunder chains": [
        *(f"{{{{ title.{name} }}}}" for name in DUNDERS),
        *(f"{{{{ case.{name} }}}}" for name in DUNDERS),
        "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ [].__class__.__base__ }}", "{{ ().__class__ }}",
        "{{ {}.__class__ }}", "{{ case._values }}", "{{ case._Facts__x }}",
    ],
    "calls": [
        "{{ title.upper() }}", "{{ case.title.format(1) }}", "{{ case.points.append(1) }}", "{{ title() }}", "{{ case() }}",
        "{{ loop() }}", "{{ title.encode('utf8').decode() }}", "{{ title.join(title) }}", "{{ case.points.pop() }}",
        "{{ title.__str__() }}", "{{ lipsum() }}", "{{ range(10) }}", "{{ cycler('a') }}", "{{ joiner() }}",
        "{{ namespace(a=1) }}", "{{ dict(a=1) }}", "{{ self.title() }}", "{{ super() }}", "{{ caller() }}", "{{ debug() }}",
    ],
    "globals of other places": [
        f"{{{{ {name} }}}}"
        for name in ("self", "lipsum", "range", "cycler", "joiner", "namespace", "dict", "request", "config", "url_for",
                     "get_flashed_messages", "os", "__builtins__", "context", "environment", "loop", "varargs", "kwargs")
    ],
    "filters that are not there": [
        f"{{{{ title|{name} }}}}"
        for name in ("attr('upper')", "attr('__class__')", "format('x')", "map('upper')", "select", "tojson", "pprint",
                     "center(999999999)", "indent(999999999)", "replace('a', 'b')", "xmlattr", "urlize", "random",
                     "batch(2)", "groupby('a')", "sort", "safe", "filesizeformat", "wordwrap(1)", "list", "string", "sum")
    ],
    "tests that are not there": [
        f"{{% if title is {name} %}}x{{% endif %}}"
        for name in ("callable", "mapping", "iterable", "sameas(title)", "filter", "test", "divisibleby(0)", "escaped")
    ],
    "other files": [
        "{% include '/etc/passwd' %}", "{% include title %}", "{% import 'x' as y %}", "{% from 'x' import y %}",
        "{% extends 'base' %}", "{% extends title %}", "{% include ['a', 'b'] ignore missing %}",
        "{% include '../../channels.toml' %}",
    ],
    "statements": [
        "{% set x = title %}", "{% set ns.x = 1 %}", "{% macro m() %}x{% endmacro %}", "{% block b %}x{% endblock %}",
        "{% call title() %}x{% endcall %}", "{% filter upper %}x{% endfilter %}", "{% with x = 1 %}x{% endwith %}",
        "{% autoescape true %}x{% endautoescape %}", "{% do title %}", "{% debug %}", "{% break %}",
        "{% trans %}x{% endtrans %}", "{% for x in case.points recursive %}{{ loop(x) }}{% endfor %}",
        "{% for a, b in case.points %}{% endfor %}", "{% print title %}{% exit %}",
    ],
    "a gigabyte out of nothing": [
        "{{ 'a' * 1000000000 }}", "{{ 'a' ~ 'a' }}", "{{ 10 ** 1000000000 }}", "{{ 1 << 1000000000 }}", "{{ [0] * 999999999 }}",
        "{{ '%999999999s' % title }}", "{{ 'a' + 'a' }}", "{{ 9 // 0 }}", "{{ 9 % 0 }}", "{{ -title }}",
        "{% for a in range(1000000000) %}x{% endfor %}", "{% for a in [1, 2, 3] %}x{% endfor %}",
        "{% for a in case.points %}{% for b in case.points %}{% for c in case.points %}x{% endfor %}{% endfor %}{% endfor %}",
        "{{ '{0.__class__}'.format(title) }}", "{{ ('a', 'b') }}", "{{ {'a': 'b'} }}", "{{ case['title'] }}",
        "{{ case.points[0:999999999] }}", "{{ title[::-1] }}",
    ],
    "half a template": ["{{", "{%", "{{ }}", "{% if %}", "{% endif %}", "{% for %}", "{{ title|}}", "{{ 'open }}", "{% else %}"],
}  # fmt: skip
ALL = [(family, source) for family, sources in ATTACKS.items() for source in sources]


def test_there_are_more_than_a_hundred_and_twenty() -> None:
    assert 120 <= len(set(ALL)) == len(ALL)


@pytest.mark.parametrize("family", ATTACKS)
def test_an_attack_is_refused_by_the_check_with_a_sentence(family: str) -> None:
    found = {source: faults(f"Subject\n{source}\n", KNOWN) for source in ATTACKS[family]}

    assert [] == [source for source, problems in found.items() if not problems]
    assert [] == [each for problems in found.values() for each in problems if not each.text.zh or not each.text.en]
    assert {2} == {problems[0].line for problems in found.values()}


@pytest.mark.parametrize("where", ["Subject\n{}\n", "{}\nbody\n"], ids=["in the body", "in the subject"])
@pytest.mark.parametrize("family", ATTACKS)
def test_an_attack_that_nobody_checked_is_not_carried_out_either(family: str, where: str) -> None:
    carried_out = []
    for source in ATTACKS[family]:
        with suppress(TemplateBroken):
            carried_out.append((source, write(where.replace("{}", source), "t", GIVEN)))

    assert [] == carried_out


def test_only_filters_and_tests_without_effects_are_there() -> None:
    assert {"default", "first", "join", "last", "length", "lower", "trim", "truncate", "upper"} == set(FILTERS)
    assert {"defined", "eq", "equalto", "in", "ne", "none"} == set(TESTS)


WITHIN = [
    "{{ title|truncate(999999999) }}", "{{ case.points|join(title) }}", "{{ title|default(title)|upper|lower|trim }}",
    "{{ title|truncate(5, true, title) }}", "{{ title|truncate(-1) }}", "{{ title|truncate('x') }}", "{{ case.points|first }}",
    "{{ title|length }}", "{% for p in case.points %}{{ title }}{% endfor %}",
    "{% for p in case.points %}{% for q in case.points %}{{ title }}{{ title }}{% endfor %}{% endfor %}",
    "{% for p in case.points %}{% for q in case.points %}{{ case.points|join(title) }}{% endfor %}{% endfor %}",
    "{% if title == title and title in title %}{{ title }}{% endif %}",
]  # fmt: skip
WRITE = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from tests.test_templates import LETTER
from workflow.core.errors import LifecycleInvalid
from workflow.loading import load
from workflow.templates.facts import Facts
from workflow.templates.writing import TemplateBroken, write
long = "长" * 100_000
given = {"title": long, "number": "1", "case": Facts({"title": long, "points": tuple(["p"] * 200)})}
for source in json.load(sys.stdin):
    try:
        done = write(source, "t", given)
        print(json.dumps([len(done.subject), len(done.body)]))
    except TemplateBroken as broken:
        print(json.dumps(broken.text.zh))
"""


def test_what_is_allowed_ends_at_its_bounds_whatever_the_case_holds() -> None:
    sources = [f"Subject\n{source}\n" for source in WITHIN] + [f"{source}\nbody\n" for source in WITHIN]

    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(MEMORY)],
        cwd=ROOT, input=json.dumps(sources).encode(), capture_output=True, timeout=300, check=False,
    )  # fmt: skip

    assert (0, "") == (done.returncode, done.stderr.decode("utf-8", "replace"))
    written = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(sources) == len(written)
    sizes = [each for each in written if isinstance(each, list)]
    assert [] == [each for each in sizes if each[0] > LONGEST_SUBJECT or each[1] > LONGEST]
    assert [] == [each for each in written if isinstance(each, str) and "写不成" not in each]


@pytest.mark.parametrize("place", ["template: sent", "lifecycle: letter"])
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "sent/../x", "..%2fx", "'C:\\x'", "'.'", "'a b'", "～/x", "'sent\\0'"]
)
def test_the_name_of_a_template_is_no_path(place: str, name: str) -> None:
    assert place in LETTER

    with pytest.raises(LifecycleInvalid, match="cannot stand here"):
        load(LETTER.replace(place, f"{place.partition(':')[0]}: {name}"), file="letter.yaml")

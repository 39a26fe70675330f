import threading
from collections.abc import Mapping, Sequence

import pytest

from workflow.core.conditions import Vocabulary, want_of
from workflow.core.errors import ConditionFailed
from workflow.core.expressions import CelExpression, ExpressionProblem
from workflow.core.model import Actor, Case, Field, File, Kind, Lifecycle, Linked, Setting, State
from workflow.core.scope import Scope

FIELDS = {
    "title": Field("title", "text"),
    "pages": Field("pages", "int"),
    "urgent": Field("urgent", "bool"),
    "tags": Field("tags", "list", item=Field("item", "text")),
    "marks": Field("marks", "list", item=Field("item", "int")),
    "flags": Field("flags", "list", item=Field("item", "bool")),
    "bare": Field("bare", "list"),
    "contact": Field("contact", "record", fields=(Field("phone", "text"),)),
    "lead": Field("lead", "case"),
}
PART_FIELDS = {"part": Field("part", "choice", choices=("sole", "co")), "class": Field("class", "code", choices=("A",))}
SETTINGS = {
    "term": Setting("term", "int", 11),
    "names": Setting("names", "list", ["a"]),
    "open_house": Setting("open_house", "bool", True),
    "within": Setting("within", "duration", "5bd"),
    "classes": Setting("classes", "codes", {"A": {"means": "resolved"}}),
}
STATES = {"": ("draft", "filing", "filing.checking")}
UNITS = (
    Field("units", "list", item=Field("item", "record", fields=(Field("unit", "party"), Field("part", "choice")))),
)


def vocabulary(check: bool = True) -> Vocabulary:
    return Vocabulary(FIELDS, {"assignment": PART_FIELDS}, SETTINGS, states=STATES, check=check)


def scope(values: Mapping[str, object] | None = None, parts: Sequence[Case] = (), **links: Linked) -> Scope:
    states = {name: State(name) for name in ("draft", "sent")}
    root = Kind("", "draft", states, {}, FIELDS)
    part = Kind("assignment", "sent", states, {}, PART_FIELDS)
    lifecycle = Lifecycle("proposal", 1, root, parts={"assignment": part}, settings=SETTINGS)
    case = Case("c1", "c1", "proposal", 1, "", "draft", "m1", 0, 0, values=dict(values or {}), visits={"draft": 2})
    actor = Actor("m1", "甲", "edu", frozenset({"b", "a"}))
    return Scope(lifecycle, File(case, tuple(parts), links), case, actor, {"units": []}, 1_650_000_000_000_000)


def assignment(key: str, round: int = 1, **values: str) -> Case:
    return Case(f"{key}{round}", "c1", "proposal", 1, "assignment", "sent", "m1", 0, 0, key, round, values=dict(values))


def problems(source: str, **options: object) -> list[tuple[int, int, str, str]]:
    with pytest.raises(ExpressionProblem) as caught:
        vocabulary().compile(source, **options)  # type: ignore[arg-type]
    return [(line, column, text.zh, text.en) for line, column, text in caught.value.problems]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('case.title == "x"', True),
        ("case.title != null && case.pages > 3", True),
        ("case.urgent", True),
        ("case.tags.size() == 2 && 'a' in case.tags", True),
        ("case.marks.all(m, m > 1)", True),
        ("case.flags.exists(f, f)", True),
        ("case.bare.size() == 0", True),
        ('case.contact.phone == "110"', True),
        ('case.id == "c1" && case.state == "draft" && case.created_by == "m1" && case.open', True),
        ("now > case.opened_at && now > parent.opened_at", True),
        ('parent.title == "x"', True),
        ("settings.term == 11 && settings.open_house && settings.within == '5bd' && 'a' in settings.names", True),
        ('settings.classes["A"].means == "resolved"', True),
        ('actor.id == "m1" && actor.unit == "edu" && actor.groups == ["a", "b"]', True),
        ('visits("draft") == 2 && visited("draft") && !visited("filing.checking")', True),
        ("parts.assignment.filter(p, p.latest).map(p, p.key) == ['a', 'b']", True),
        ("parts.assignment.map(p, p.round) == [1, 2, 1] && parts.assignment[1].id == 'a2'", True),
        ("parts.assignment.all(p, p.state == 'sent' && p.created_by == 'm1' && p.open && p.outcome == null)", True),
        ("parts.assignment.all(p, p.number == null && p.holder == null)", True),
        ('parts.assignment.exists(p, p.class == "A") && !parts.assignment.exists(p, p.part == "sole")', True),
        ('linked.lead.state == "replied" && !linked.lead.open', True),
        ("'case.nothing' != case.title", True),
        ("input.units.size() == 0", True),
    ],
)
def test_a_condition_reads_the_case_and_what_is_around_it(source: str, expected: bool) -> None:
    values = {
        "title": "x", "pages": 4, "urgent": True, "tags": ["a", "b"], "marks": [2], "flags": [True], "contact": {"phone": "110"},
    }  # fmt: skip
    parts = [assignment("a"), assignment("a", 2, **{"class": "A"}), assignment("b")]
    lead = Linked("c0", "proposal", "replied", "1", False)

    condition = vocabulary().compile(source, input=UNITS)

    assert expected is condition.evaluate(scope(values, parts, lead=lead))


def test_parts_are_gathered_once_for_all_conditions_of_a_moment() -> None:
    moment = scope(parts=[assignment("a")])
    words = vocabulary()

    assert words.compile("parts.assignment.size() == 1").evaluate(moment) is True
    assert words.compile("parts.assignment[0].key == 'a'").evaluate(moment) is True
    assert moment.parts("assignment") is moment.parts("assignment")


def test_without_known_states_any_state_may_be_asked_for() -> None:
    assert Vocabulary(FIELDS, {}, {}).compile('visited("zzz")').evaluate(scope()) is False


def test_a_link_to_nothing_has_null_facts() -> None:
    assert (
        vocabulary(check=False).compile('linked.lead.state == null && linked.lead.state != "done"').evaluate(scope())
        is True
    )


@pytest.mark.parametrize(
    ("source", "line", "column", "zh", "en"),
    [
        ('case.titel == "x"', 1, 5, "本案没有“titel”", "the case has no 'titel'; allowed: id,"),
        ("\n  case.pages == 'x'", 2, 14, "“==”不能用于整数与文字", "does not work on whole number and text"),
        ("parts.assignment.exists(p, p.clas == 'A')", 1, 29, "部分“assignment”没有“clas”", "did you mean 'class'?"),
        ("parts.assignmnt.size() == 0", 1, 6, "是否指“assignment”", "parts has no 'assignmnt'"),
        ("input.unitz.size() == 0", 1, 6, "本命令的输入没有“unitz”", "the input of this command has no 'unitz'"),
        ("input.units.all(u, u.uint == '')", 1, 21, "“units”没有“uint”", "'units' has no 'uint'"),
        ("linked.led.state == 'x'", 1, 7, "linked没有“led”", "did you mean 'lead'?"),
        ("settings.trem == 11", 1, 9, "是否指“settings.term”", "did you mean 'settings.term'?"),
        ("foo == 1", 1, 1, "不认识“foo”", "texts need quotes"),
        ("visits('darft') > 1", 1, 9, "是否指“draft”", "there is no state 'darft'"),
        ('\nvisited("zzz")', 2, 10, "没有状态“zzz”", "there is no state 'zzz'"),
        ("case.pages >", 1, 13, "条件没有写完", "ends too early"),
        ('case.title = "x"', 1, 12, "条件写法有误，在“= ”附近；请写 ==", "cannot be read near '= '; write =="),
        ('case.title == "a and b" and case.urgent or not case.urgent', 1, 25, "请写 &&、||、!", "write &&, ||, !"),
        ("case.pages <> 3", 1, 13, "请写 !=", "write !="),
        (
            "case.title",
            1,
            1,
            "这里需要是/否，而“case.title”给出的是文字",
            "true or false is needed here, but 'case.title' gives text",
        ),
        ("1" + "+1" * 400, 1, 1, "嵌套过深", "nested too deeply"),
        ("(" * 400 + "1" + ")" * 400, 1, 1, "嵌套过深", "nested too deeply"),
        ("  ", 1, 1, "缺少条件", "missing"),
        ("case.urgent ||" * 200 + "true", 1, 1, "条件过长", "too long"),
        ("case.contact.phone.foo()", 1, 23, "不认识“foo”", "the name 'foo' is not known"),
        ("case.tags == 1", 1, 11, "“==”不能用于列表与整数", "list and whole number"),
        ("case.contact + 1", 1, 14, "一条记录", "a record"),
        ("has(case)", 1, 5, "条件有误", "must be a field selection"),
        ("now == 1", 1, 5, "“==”不能用于时间与整数", "moment and whole number"),
    ],
)
def test_a_mistake_is_found_when_the_file_is_read(source: str, line: int, column: int, zh: str, en: str) -> None:
    found = problems(source, input=UNITS)[0]

    assert (line, column) == found[:2]
    assert zh in found[2]
    assert en in found[3]


def test_what_cannot_be_read_is_told_once_where_it_begins() -> None:
    assert [(1, 13)] == [(line, column) for line, column, _, _ in problems("case.pages <> 3 <> 4 <>")]


def test_all_mistakes_of_a_condition_are_told_at_once() -> None:
    assert ["本案没有“a”", "本案没有“b”"] == [
        zh.split("；")[0] for _, _, zh, _ in problems("case.a == 1 || case.b == 1")
    ]


@pytest.mark.parametrize(
    ("field", "source", "fits"),
    [
        (FIELDS["pages"], "case.pages + 1", True),
        (FIELDS["pages"], "case.title", False),
        (FIELDS["title"], "case.title", True),
        (FIELDS["title"], "null", True),
        (FIELDS["title"], "case.pages", False),
        (FIELDS["urgent"], "true", True),
        (FIELDS["tags"], "case.tags", True),
        (FIELDS["tags"], "case.title", False),
        (FIELDS["contact"], "case.contact", True),
    ],
)
def test_a_value_must_fit_the_field_it_is_written_to(field: Field, source: str, fits: bool) -> None:
    if fits:
        assert source == vocabulary().compile(source, want=want_of(field)).source
    else:
        assert problems(source, want=want_of(field))[0][:2] == (1, 1)


def test_a_loop_variable_has_the_type_of_what_it_runs_over() -> None:
    words = vocabulary()
    units = words.compile("input.units", input=UNITS, want="list")
    loop = {"u": units.element}

    assert words.compile("u.unit", input=UNITS, loop=loop, want="text").source == "u.unit"
    with pytest.raises(ExpressionProblem):
        words.compile("u.uint", input=UNITS, loop=loop, want="text")
    for source, name in (("case.tags", "t"), ("case.marks", "m"), ("[[1]]", "x"), ("parts.assignment", "p")):
        words.compile(f"{name} == {name}", loop={name: words.compile(source, want="list").element})


def test_a_loop_variable_is_read_from_the_scope() -> None:
    condition = vocabulary(check=False).compile("u.unit == 'edu'", loop={"u": "DYN"})

    assert condition.evaluate(scope().looping({"u": {"unit": "edu"}})) is True


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("case.pages > 3", "null"),
        ("1 / (case.title.size() - case.title.size()) == 1", "null"),
        ("1 / settings.term / 0 == 1", "divide by zero"),
        (f"[1,2,3,4,5,6,7,8,9,0].all(a,{'[1,2,3,4,5,6,7,8,9,0].all(b,' * 5}true))))))", "budget"),
    ],
)
def test_an_error_while_running_is_a_reason_and_never_true(source: str, reason: str) -> None:
    condition = vocabulary(check=False).compile(source)

    with pytest.raises(ConditionFailed) as caught:
        condition.evaluate(scope())

    assert reason in caught.value.reason
    assert "UNKNOWN" not in caught.value.reason
    assert not caught.value.reason.endswith("]")


@pytest.mark.parametrize(
    "values", [{"title": "138 0000"}, {"tags": ["x", "138 0000"]}, {"contact": {"phone": "138 0000"}}], ids=str
)
def test_the_reason_of_an_error_repeats_no_text_of_the_case(values: Mapping[str, object]) -> None:
    (name,) = values
    condition = vocabulary(check=False).compile(f"case.{name} == '' || {{'a': 1}}['138 0000'] == 1")

    with pytest.raises(ConditionFailed) as caught:
        condition.evaluate(scope(values))

    assert "138 0000" not in caught.value.reason
    assert "…" in caught.value.reason


def test_a_text_that_looks_like_an_error_is_a_text() -> None:
    assert "INVALID_ARGUMENT: x" == CelExpression("case.title").evaluate(scope({"title": "INVALID_ARGUMENT: x"}))


def test_threads_do_not_see_each_others_visits() -> None:
    condition = vocabulary(check=False).compile('visits("draft") == 2')
    scopes = [scope() for _ in range(4)]
    for number, each in enumerate(scopes):
        each.case.visits["draft"] = 2 if number % 2 else 3
    answers: list[list[bool]] = [[] for _ in scopes]

    def ask(number: int) -> None:
        answers[number] = [condition.evaluate(scopes[number]) for _ in range(300)]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [{False}, {True}, {False}, {True}] == [set(each) for each in answers]


def test_an_expression_shows_its_source() -> None:
    assert "CelExpression('case.urgent')" == repr(CelExpression("case.urgent"))

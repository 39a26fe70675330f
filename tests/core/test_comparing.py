"""What differs between two versions of a lifecycle, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.desk import OFFICE
from tests.core.test_migrating import next_version
from tests.loading.strategies import lifecycles
from workflow.core.comparing import MIRROR, Change, Concern, compare
from workflow.core.model import Duration, Lifecycle, Text
from workflow.loading import load

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SHIPPED = [DEFINITIONS / "proposal.yaml", DEFINITIONS / "opinion.yaml", Path(__file__).parents[1] / "clocked.yaml"]
MIRRORED_SORT = {"added": "removed", "removed": "added", "changed": "changed"}
UNSAID = {
    "place",
    "machine",
    "version",
    "digest",
    "source",
    "file",
    "deadlines",
    "extends",
}  # told elsewhere, or not at all


def about(found: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(each.severity, each.kind, each.about) for each in found]


def only(found: tuple[Change, ...]) -> Change:
    (change,) = found
    return change


# ---------------------------------------------------------------- nothing is overlooked


@dataclass(frozen=True)
class Other:
    """A condition that says something else."""

    source: str

    def evaluate(self, scope: object) -> bool:
        return False


def mutants(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Copies of `value` in which one thing is different, each with the way to it."""
    if hasattr(value, "evaluate"):
        yield (), Other(value.source + " || true")
    elif isinstance(value, bool):
        yield (), not value
    elif value in ("required", "optional"):
        yield (), "optional" if value == "required" else "required"
    elif isinstance(value, str):
        yield (), value + "x"
    elif isinstance(value, int):
        yield (), value + 1
    elif isinstance(value, date):
        yield (), value.replace(year=value.year + 1)
    elif isinstance(value, Duration):
        yield (), Duration(value.n + 1, value.unit)
    elif isinstance(value, Text):
        yield (), Text(value.zh + "改", value.en + "x")
    elif isinstance(value, (list, tuple)) and value:
        yield ("less",), value[:-1]
        for n, each in enumerate(value):
            yield from ((way, type(value)((*value[:n], other, *value[n + 1 :]))) for way, other in mutants(each))
    elif isinstance(value, Mapping) and value:
        _, *most = value
        yield ("less",), {name: value[name] for name in most}
        for name, each in value.items():
            yield from ((way, {**value, name: other}) for way, other in mutants(each))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _declared(value)


_KEYS = ("Transition of a part.name", "Field of a part.name", "Kind of a part.name")  # the key that it stands under


def _declared(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    part = "part" if getattr(value, "name", "") else "root"
    for each in fields(value):
        where = f"{type(value).__name__} of a {part}.{each.name}"
        if not each.init or each.name in UNSAID or where.endswith(_KEYS) or where in ("Kind of a root.name", "Kind of a root.label", "Kind of a root.outlives",
                                            "Lifecycle of a part.guards", "Deadline of a part.kind"):  # fmt: skip
            continue
        if getattr(value, "extends", None):
            return  # the act that the deadline's own `extend` brings along
        for way, other in mutants(getattr(value, each.name)):
            yield (where, *way), replace(value, **{each.name: other})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_thing_that_is_declared_once_changed_is_told(path: Path) -> None:
    lifecycle = replace(load(path.read_text(encoding="utf-8"), file=path.name), digest="")
    seen: dict[tuple[str, ...], Lifecycle] = {}
    for way, mutant in mutants(lifecycle):
        seen.setdefault(way, mutant)

    assert 90 < len(seen)
    found = {way: (compare(lifecycle, mutant), compare(mutant, lifecycle)) for way, mutant in seen.items()}
    assert [] == [way for way, (there, _) in found.items() if not there]
    assert [] == [way for way, (there, back) in found.items() if _turned(there) != _facts(back)]


def _facts(found: tuple[Change, ...]) -> Counter[tuple[str, str, str]]:
    return Counter(about(found))


def _turned(found: tuple[Change, ...]) -> Counter[tuple[str, str, str]]:
    return Counter((MIRROR[each.severity], MIRRORED_SORT[each.kind], each.about) for each in found)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lifecycles(), st.data())
def test_a_lifecycle_does_not_differ_from_itself_and_the_way_back_is_the_mirror(
    written: dict[str, Any], data: st.DataObject
) -> None:
    import yaml

    first, again = (replace(load(yaml.safe_dump(written)), digest="") for _ in range(2))
    assert () == compare(first, again)

    mutant = data.draw(st.sampled_from([mutant for _, mutant in mutants(first)]))
    assert () != (found := compare(first, mutant))
    assert _turned(found) == _facts(compare(mutant, first))


# ---------------------------------------------------------------- what is said


def test_whoever_can_no_longer_do_something_is_named_with_the_state(matter: Lifecycle) -> None:
    found = compare(matter, next_version(("pass: {from: review.first, to: review.second, by: [clerk]}", "pass: {from: review.first, to: review.second, by: [owner]}")))  # fmt: skip
    gone, come = found

    assert [("tightens", "removed", "transitions.pass"), ("loosens", "added", "transitions.pass")] == about(found)
    assert "“经办人”（clerk）在“初审”（review.first）不能再办“pass”" == gone.text.zh
    assert '"the owner" (owner) can do "pass" in "First" (review.first)' == come.text.en
    assert Concern("", ("review.first",)) == gone.concerns
    assert "matter.yaml" == gone.where.file


def test_whoever_can_no_longer_edit_something_concerns_the_cases_in_that_state(matter: Lifecycle) -> None:
    found = only(compare(matter, next_version(("edit: {owner: [title, body]", "edit: {owner: [title]"))))
    assert Concern("", ("draft",)) == found.concerns


def test_what_changes_of_a_state_concerns_the_cases_in_it(matter: Lifecycle) -> None:
    found = only(compare(matter, next_version(("    waits_for: [clerk]\n", "    waits_for: [owner]\n"))))
    assert Concern("", ("at_work",)) == found.concerns


def test_whoever_can_no_longer_do_something_with_a_part_is_told_of_which(matter: Lifecycle) -> None:
    found = compare(matter, next_version(("answer: {from: fresh, to: done, by: [unit]", "answer: {from: fresh, to: done, by: [clerk]")))  # fmt: skip
    (gone,) = [each for each in found if each.severity == "tightens"]

    assert "分件“任务”（task）：“承办单位”（unit）在“fresh”不能再办“answer”" == gone.text.zh
    assert '"the unit" (unit) can no longer do "answer" in "fresh" of the part "Task" (task)' == gone.text.en


def test_what_changes_of_an_action_concerns_the_cases_that_had_it_and_those_that_get_it(matter: Lifecycle) -> None:
    other = "drop: {from: [review, at_work], to: dropped, by: [clerk], note: required", "drop: {from: [review, paused], to: dropped, by: [clerk]"  # fmt: skip
    (note,) = [each for each in compare(matter, next_version(other)) if each.about == "transitions.drop.note"]

    assert Concern("", ("review.first", "review.second", "at_work", "paused")) == note.concerns


def test_only_version_comments_and_layout_are_no_difference(matter: Lifecycle) -> None:
    assert () == compare(matter, next_version(("body: text", "body: {type: text}  # the whole of it")))


@pytest.mark.parametrize(
    ("old", "new", "severity", "path", "sentence"),
    [
        ("require: [title, body]", "require: [title, body, pages]", "tightens", "transitions.submit.require", "必填字段：增加 “pages”"),
        ("  pages: int\n", "  pages: {type: int, max: 9}\n", "tightens", "fields.pages.max", "上限由 无 改为 9"),
        ("parts.task.all(t, !t.open)'}", "parts.task.all(t, t.open)'}", "moves", "parts.task.blind", "分件“任务”（task）：互不可见，直到由"),
        ("max: 20", "max: 10", "tightens", "fields.title.max", "上限由 20 改为 10"),
        ("required: true, label: {zh: 标题", "label: {zh: 标题", "loosens", "fields.title.required", "必填由 是 改为 否"),
        ("of: [economy, culture]", "of: [economy]", "tightens", "fields.category.of", "可选的值：去掉 culture"),
        ("to: dropped, by: [clerk], note: required", "to: dropped, by: [clerk]", "loosens", "transitions.drop.note", "必须写理由由 是 改为 否"),
        ("if: [long_enough]\n    number", "number", "loosens", "transitions.submit.if.long_enough", "的条件“正文太短”"),
        ("case.body.size() > 2", "case.body.size() > 3", "moves", "transitions.submit.if.long_enough.when", "case.body.size() > 2 改为 case.body.size() > 3"),
        ("zh: 正文太短", "zh: 正文过短", "words", "transitions.submit.if.long_enough.else", "“正文过短”"),
        ("waits_for: [clerk]", "waits_for: [owner]", "moves", "states.at_work.waits_for", "待办人：增加 “提出人”（owner）；去掉 “经办人”（clerk）"),
        ("edit: {owner: [title, body]", "edit: {owner: [title]", "tightens", "states.draft.edit.owner", "在“草稿”（draft）不能再修改“body”"),
        ("edit: {owner: [title, body]", "edit: {owner: [body]", "tightens", "states.draft.edit.owner", "在“草稿”（draft）不能再修改“标题”（title）"),
        ("window: {type: duration, default: 5bd}", "window: {type: duration, default: 7bd}", "moves", "settings.window.value", "值由 5 个工作日 改为 7 个工作日"),
        ("desk: {any_of: [clerk, owner]}", "desk: {any_of: [clerk]}", "tightens", "roles.desk.any_of", "包括的角色：去掉 “提出人”（owner）"),
        ("{from: draft, to: origin, by: [owner]}", "{from: draft, to: paused, by: [owner]}", "moves", "transitions.lost.to", "去处由 原状态 改为 “paused”"),
        ("else: true, to: dropped", "else: true, to: review", "moves", "transitions.settle.routes.to", "（其余）：去处由 “dropped” 改为"),
        ("opened_by: [member]", "opened_by: [any]", "moves", "opened_by", "可以开办的人：增加 任何人；去掉 “委员”（member）"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_one_sentence(
    matter: Lifecycle, old: str, new: str, severity: str, path: str, sentence: str
) -> None:
    found = {each.about: each for each in compare(matter, next_version((old, new)))}

    assert severity == found[path].severity
    assert sentence in found[path].text.zh
    assert "“" not in found[path].text.en


def test_a_clock_of_another_length_names_its_running_cases() -> None:
    text = SHIPPED[2].read_text(encoding="utf-8")
    found = compare(load(text), load(text.replace("within: 7d", "within: 5d")))

    assert [("moves", "changed", "parts.task.deadlines.return_due.within")] == about(found)
    assert Concern("task", None, "return_due") == only(found).concerns
    assert "期限由 7 天 改为 5 天" in only(found).text.zh


def test_words_of_one_language_are_told_in_both(matter: Lifecycle) -> None:
    found = only(compare(matter, next_version(("label: {zh: 提交, en: Submit}", "label: {zh: 报送, en: Submit}"))))

    assert "动作“报送”（submit）：名称由 “提交” 改为 “报送”" == found.text.zh
    assert 'action "Submit" (submit): the label changes in Chinese from "提交" to "报送"' == found.text.en


def test_another_label_of_a_choice_is_only_words() -> None:
    old, new = (
        next_version(
            ("of: [economy, culture]", f"of: {{economy: {{zh: {label}}}, culture: {{zh: 文化}}}}"), version=version
        )
        for version, label in ((1, "经济"), (2, "财经"))
    )

    assert [("words", "changed", "fields.category.labels")] == about(compare(old, new))


def test_states_that_nothing_leads_to_any_more_are_told(matter: Lifecycle) -> None:
    found = compare(matter, next_version(("pause: {from: [review, at_work], to: paused", "pause: {from: [review, at_work], to: at_work")))  # fmt: skip

    assert ("tightens", "states.reached", "再也到不了“paused”") in [(e.severity, e.about, e.text.zh) for e in found]


def test_states_from_which_a_case_comes_to_no_end_any_more_are_told(matter: Lifecycle) -> None:
    stays = next_version(("resume: {from: paused, to: origin,", "resume: {from: paused, to: paused,"))
    there, back = (
        [(e.severity, e.text.zh) for e in compare(*pair) if e.about == "states.ending"]
        for pair in ((matter, stays), (stays, matter))
    )

    assert [("tightens", "从“paused”再也到不了终结")] == there
    assert [("loosens", "从“paused”现在能到终结")] == back


def test_codes_of_a_setting_are_told_once_with_the_setting() -> None:
    text = SHIPPED[0].read_text(encoding="utf-8")
    changed = text.replace("      C: {label: {zh: 留作参考", "      D: {label: {zh: 留作参考")

    assert ["settings.reply_classes.value"] == [each.about for each in compare(load(text), load(changed))]


def test_what_migrate_names_as_renamed_is_the_same_under_another_name(matter: Lifecycle) -> None:
    new = next_version(
        ("gathered", "collected"), ("pages: int", "sheets: int"), (", pages]", ", sheets]"), ("case.pages", "case.sheets"),
        ("parent.pages", "parent.sheets"),
        migrate="{from: 1, states: {gathered: collected}, fields: {pages: sheets}}",
    )  # fmt: skip
    there, back = compare(matter, new), compare(new, matter)

    assert "状态“汇总”（gathered）改称“汇总”（collected）" in [each.text.zh for each in there]
    assert [] == [each.about for each in there if each.severity in ("tightens", "loosens")]
    assert _turned(there) == Counter(
        (each.severity, each.kind, each.about.replace("gathered", "collected").replace("fields.pages", "fields.sheets"))
        for each in back
    )


def test_what_a_renamed_state_is_about_concerns_the_cases_under_its_old_name(matter: Lifecycle) -> None:
    new = next_version(
        ("gathered", "collected"), ("from: collected\n    by: [clerk]", "from: collected\n    by: [owner]"),
        migrate="{from: 1, states: {gathered: collected}}",
    )  # fmt: skip
    gone = [each for each in compare(matter, new) if each.severity == "tightens"]

    assert {Concern("", ("gathered",))} == {each.concerns for each in gone}


def test_a_part_and_a_role_under_another_name_are_told_as_renamed(matter: Lifecycle) -> None:
    new = next_version(
        ("  task:\n", "  errand:\n"), ("part: task,", "part: errand,"), ("parts.task", "parts.errand"),
        ("close: [task]", "close: [errand]"), ("after: task.", "after: errand."),
        ("  friends: {is: parent.friends}", "  fellows: {is: parent.friends}"), ("friends: [body", "fellows: [body"),
        ("[clerk, friends, ", "[clerk, fellows, "),
        migrate="{from: 1, parts: {errand: {from: task}}, roles: {friends: fellows}}",
    )  # fmt: skip
    found = {each.about: each for each in compare(matter, new)}

    assert "分件“任务”（task）改称“任务”（errand）" == found["parts.errand"].text.zh
    assert 'the role "friends" is called "fellows"' == found["roles.fellows"].text.en
    assert {"words"} == {found[name].severity for name in ("parts.errand", "roles.fellows")}
    assert [] == [each.about for each in compare(matter, new) if each.severity in ("tightens", "loosens")]


METRIC = "counted_from: gathered\nmetrics:\n  answered: {label: {zh: 答复数, en: Answered}, count: {part: task, reached: done}}\n"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ([("  lead: {type: case", "  chief: {type: case"), ("ask: {lead:", "ask: {chief:"), ("linked.lead", "linked.chief")], "fields: {lead: chief}"),
        ([("  double: int", "  twofold: int"), ("double: case.count", "twofold: case.count")], "fields: {double: twofold}"),
        ([("gathered", "collected")], "states: {gathered: collected}"),
        ([("  task:\n", "  errand:\n"), ("part: task,", "part: errand,"), ("parts.task", "parts.errand"), ("close: [task]", "close: [errand]"), ("after: task.", "after: errand.")], "parts: {errand: {from: task}}"),
        ([("cancelled}, done: {final", "cancelled}, over: {final"), ("to: done, by: [unit]", "to: over, by: [unit]"), ("reached: done", "reached: over")], "parts: {task: {from: task, states: {done: over}}}"),
    ],
)  # fmt: skip
def test_what_speaks_of_something_renamed_is_the_same(changes: list[tuple[str, str]], fields: str) -> None:
    old = next_version(text=OFFICE + METRIC, version=1)
    new = next_version(*changes, text=OFFICE + METRIC, migrate=f"{{from: 1, {fields}}}")

    found = [each.about for each in compare(old, new)]

    assert found
    assert [] == [
        each
        for each in found
        if each.startswith(("transitions.assign", "transitions.merge", "metrics", "counted_from"))
    ]


def test_a_name_that_is_still_there_was_not_renamed(matter: Lifecycle) -> None:
    new = next_version(
        ("  note_no: text\n", "  note_no: text\n  text: text\n"), migrate="{from: 1, fields: {body: text}}"
    )

    assert "fields.text" in [each.about for each in compare(matter, new) if each.kind == "added"]


def test_a_part_that_is_gone_has_no_names_to_follow(matter: Lifecycle) -> None:
    new = next_version(migrate="{from: 1, states: {}}")
    new = replace(new, parts={"task": new.parts["task"]}, digest="")

    assert "取消分件“promise”" in [each.text.zh for each in compare(matter, new)]


def test_the_states_of_a_clock_are_followed_under_their_new_names() -> None:
    text = SHIPPED[2].read_text(encoding="utf-8")
    later = text.replace("replied", "answered").replace("version: 1", "version: 2")
    renamed = "migrate: {from: 1, parts: {task: {from: task, states: {replied: answered}}}}\n"
    about_clock = "parts.task.deadlines.reply_due.until"

    assert about_clock in [each.about for each in compare(load(text), load(later))]
    assert about_clock not in [each.about for each in compare(load(text), load(later + renamed))]


def test_the_same_text_is_no_difference(matter: Lifecycle) -> None:
    assert () == compare(matter, load(matter.source, file="another.yaml"))


def test_a_condition_that_nothing_asks_concerns_nobody(matter: Lifecycle) -> None:
    found = only(compare(matter, next_version(("guards:\n", "guards:\n  idle: {when: case.urgent, else: {zh: 不急, en: no haste}}\n"))))  # fmt: skip

    assert ("words", "added", "guards.idle", None) == (found.severity, found.kind, found.about, found.concerns)
    assert "新增未用的条件“不急”" == found.text.zh


def test_whoever_loses_an_action_everywhere_is_told_so_in_one_word(matter: Lifecycle) -> None:
    found = compare(matter, next_version(("remark: {in: any, by: [any]", "remark: {in: any, by: [clerk]")))
    gone = next(each for each in found if each.severity == "tightens")

    assert "任何人在任何在办状态不能再办“remark”" == gone.text.zh


def test_words_of_which_only_the_english_changed_are_told_in_both(matter: Lifecycle) -> None:
    found = only(compare(matter, next_version(("label: {zh: 提交, en: Submit}", "label: {zh: 提交, en: Hand in}"))))

    assert "动作“提交”（submit）：名称的英文由 “Submit” 改为 “Hand in”" == found.text.zh


def test_an_extension_that_is_given_or_taken_away() -> None:
    text = SHIPPED[2].read_text(encoding="utf-8")
    without = text.replace("    extend: {by: [desk], up_to: 2mo, times: 2, note: required}\n", "")
    without = without.replace("  - {after: task.extend_reply_due, to: [unit], template: extended}", "  []")
    there = {each.about: each.severity for each in compare(load(without), load(text))}
    back = {each.about: each.severity for each in compare(load(text), load(without))}
    clock = "parts.task.deadlines.reply_due"

    assert ("loosens", "loosens") == (there[f"{clock}.extend.by"], there[f"{clock}.extend.times"])
    assert ("tightens", "tightens") == (back[f"{clock}.extend.by"], back[f"{clock}.extend.times"])
    assert [] == [each for each in (*there, *back) if "acts." in each], "the act comes and goes with its deadline"

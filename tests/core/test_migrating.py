"""What becomes of a running case under another version, before anything is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.desk import CLERK, EDU, HEALTH, MEMBER, OFFICE, Desk
from workflow.core.calendar import china
from workflow.core.errors import InputInvalid
from workflow.core.fold import fold
from workflow.core.migrating import Forecast, forecast, hop
from workflow.core.model import Lifecycle, Linked
from workflow.core.record import migration_entry
from workflow.core.run import Ran
from workflow.loading import load

Change = tuple[str, str]


def next_version(*changes: Change, migrate: str = "", text: str = OFFICE, version: int = 2) -> Lifecycle:
    """The office's lifecycle with these texts replaced, as the next version."""
    for old, new in (("version: 1\n", f"version: {version}\n"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    return load(text + (f"migrate: {migrate}\n" if migrate else ""), file="matter.yaml")


def looked_at(desk: Desk, new: Lifecycle) -> Forecast:
    return forecast(hop(desk.lifecycle, new), desk.file, _records(desk), _known(desk.lifecycle, new), china(), desk.now)


def _records(desk: Desk) -> list[dict[str, object]]:
    return [step.entry for step in desk.steps]


def _known(*versions: Lifecycle) -> Callable[[int], Lifecycle]:
    return {each.version: each for each in versions}.__getitem__


def codes(found: Forecast) -> list[str]:
    return [blocker.code for blocker in found.reasons]


def carried(desk: Desk, new: Lifecycle) -> Desk:
    """The desk with its file in the next version."""
    found = looked_at(desk, new)
    assert found.after is not None, found.reasons
    entry = migration_entry(desk.file, found.after, new, desk.lifecycle, CLERK, now=desk.now)
    entry["seq"] = desk.file.records + 1
    after = fold(desk.file, entry, new)
    assert found.after == after
    moved = Desk(new)
    moved.now, moved.file, moved.steps = desk.now, after, [*desk.steps, _Step(entry)]
    moved.file.records += 1
    return moved


class _Step:
    def __init__(self, entry: dict[str, object]) -> None:
        self.entry = entry


# ------------------------------------------------------------ the four sorts


def test_a_case_whose_records_come_to_the_same_stays_where_it_is(assigned: Desk) -> None:
    found = looked_at(assigned, next_version())

    assert ("same", ()) == (found.sort, found.reasons)
    assert found.after is not None
    assert ["at_work", "fresh", "fresh"] == [case.state for case in found.after]
    assert {2} == {case.version for case in found.after}


def test_a_state_that_is_mapped_is_where_the_case_goes(assigned: Desk) -> None:
    found = looked_at(assigned, next_version(("at_work", "handling"), migrate="{from: 1, states: {at_work: handling}}"))

    assert "mapped" == found.sort
    assert found.after is not None
    assert ("handling", {"draft": 1, "review": 1, "review.first": 1, "review.second": 1, "handling": 1}) == (
        found.after.root.state,
        found.after.root.visits,
    )


def test_a_case_that_would_have_gone_another_way_differs_at_that_record(assigned: Desk) -> None:
    stricter = (
        "when: case.body.size() > 2, else: {zh: 正文太短",
        "when: case.body.size() > 200, else: {zh: 正文须详细",
    )
    found = looked_at(assigned, next_version(stricter))

    assert ("differs", 2, "submit", ["正文须详细"]) == (
        found.sort, found.seq, found.action, [each.text.zh for each in found.reasons],
    )  # fmt: skip
    assert found.after is not None


def test_a_case_of_another_role_differs_unless_the_role_is_mapped(assigned: Desk) -> None:
    other = (
        ("[clerk]", "[officer]"),
        ("[desk]", "[clerk]"),
        ("  desk: {any_of", "  officer: {group: officers}\n  desk: {any_of"),
    )
    plain = looked_at(assigned, next_version(*other))
    mapped = looked_at(assigned, next_version(*other, migrate="{from: 1, roles: {clerk: officer}}"))

    assert ("differs", "pass", ["role"]) == (plain.sort, plain.action, codes(plain))
    assert "same" == mapped.sort


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("set: {count: input.units.size()", "set: {count: input.units.size() + 1"), "differs"),
        (("  count: int\n", "  count: int\n  fresh: {type: bool, default: false}\n"), "mapped"),
        (('key: u.unit, holder: u.unit, set: {part: u.part}}\n    set', 'key: u.unit + "x", holder: u.unit, set: {part: u.part}}\n    set'), "differs"),
        (("parts.task.size() > 0 && parts.task.all", "parts.task.size() > 0 || parts.task.all"), "differs"),
        (('number: "{settings.term:03}-{seq:03}"\n    label', 'number: {note_no: "{seq:01}"}\n    label'), "differs"),
        (("{from: review.first, to: review.second, by: [clerk]}", "{from: review.first, to: at_work, by: [clerk]}"), "differs"),
        (("{from: review, to: draft, by: [owner]}", "{from: review, to: paused, by: [owner]}"), "same"),
    ],
)  # fmt: skip
def test_what_else_would_have_come_of_a_record_is_a_difference_too(
    assigned: Desk, change: Change, expected: str
) -> None:
    assert expected == looked_at(assigned, next_version(change)).sort


def test_a_join_that_holds_only_in_the_new_version_is_a_difference(assigned: Desk) -> None:
    sooner = next_version(("parts.task.all(t, !t.open)', take", "parts.task.exists(t, !t.open)', take"))
    assert "same" == looked_at(assigned, sooner).sort

    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    found = looked_at(assigned, sooner)

    assert ("differs", ["按新版，引擎会先自动办理“gather”"]) == (found.sort, [each.text.zh for each in found.reasons])


def test_what_the_old_version_would_not_repeat_is_not_held_against_the_new_one(reviewed: Desk) -> None:
    merging = OFFICE.replace(
        "merge: {from: review, to: merged, by: [clerk], ask: {lead: {required: true}}}",
        "merge: {from: review, to: merged, by: [clerk], ask: {lead: {required: true}}, "
        "if: [{when: 'linked.lead.state == \"at_work\"', else: {zh: 主案须在办}}]}",
    )
    desk = Desk(load(merging))
    desk.others = {"x1": _linked("at_work")}
    desk.open(title="修路", body="路坏了很久")
    desk.do("submit", MEMBER)
    desk.file.linked = {"lead": _linked("at_work")}
    desk.do("merge", lead="x1")
    desk.file.linked = {"lead": _linked("gathered")}

    assert "merged" == desk.file.root.state
    assert "same" == looked_at(desk, next_version(text=merging)).sort


def test_nothing_that_the_old_version_would_not_repeat_is_held_against_the_new_one() -> None:
    """Whatever hangs on another case that stands elsewhere by now, however often."""
    text = OFFICE.replace(
        "merge: {from: review, to: merged, by: [clerk], ask: {lead: {required: true}}}",
        "merge: {from: review, to: merged, by: [clerk], ask: {lead: {required: true}}, "
        "if: [{when: 'linked.lead.state == \"at_work\"', else: {zh: 主案须在办}}]}",
    ).replace(
        "finish: {from: [at_work, gathered], to: done, by: [clerk]}",
        "finish: {from: [at_work, gathered], to: done, by: [clerk], "
        "if: [{when: 'linked.lead.state == \"done\"', else: {zh: 主案须办结}}]}",
    ).replace("    require: [title, body]\n", "    require: [title, body]\n    within: settings.window\n")  # fmt: skip
    desk = Desk(load(text))
    desk.others = {"x1": _linked("at_work")}
    desk.open(title="修路", body="路坏了很久")
    desk.do("submit", MEMBER)
    desk.file.linked = {"lead": _linked("at_work")}
    desk.do("merge", lead="x1")
    desk.file.linked = {"lead": _linked("done")}
    desk.settle()
    desk.do("finish")
    desk.file.linked = {"lead": _linked("gathered")}

    assert "done" == desk.file.root.state
    assert "same" == looked_at(desk, next_version(text=text)).sort


def _linked(state: str) -> Linked:
    return Linked("x1", "matter", state, None, True)


def test_a_join_that_would_have_been_taken_before_somebody_acted_is_a_difference(assigned: Desk) -> None:
    sooner = next_version(("parts.task.all(t, !t.open)', take", "parts.task.exists(t, !t.open)', take"))
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="同意")
    found = looked_at(assigned, sooner)

    assert ("differs", "answer") == (found.sort, found.action)
    assert ["the engine would take 'gather' by itself first"] == [each.text.en for each in found.reasons]


def test_what_the_engine_did_by_itself_and_would_not_any_more_is_a_difference(assigned: Desk) -> None:
    later = next_version(("parts.task.all(t, !t.open)', take", "parts.task.all(t, !t.open) && case.pages == 1', take"))
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="同意")
    found = looked_at(assigned, later)

    assert ("differs", "gather", ["新版在此处不会自动办理“gather”"]) == (
        found.sort, found.action, [each.text.zh for each in found.reasons],
    )  # fmt: skip


def test_a_state_passed_on_the_way_that_is_gone_is_a_difference_and_the_case_stays(assigned: Desk) -> None:
    straight = next_version(
        (", second: {label: {zh: 复审, en: Second}}", ""), ("to: review.second, by", "to: at_work, by"),
        ("from: [review.second, at_work]", "from: [review.first, at_work]"),
    )  # fmt: skip
    found = looked_at(assigned, straight)

    assert ("differs", "pass", ["state_gone"]) == (found.sort, found.action, codes(found))
    assert found.after is not None
    assert "at_work" == found.after.root.state


def test_an_act_that_is_gone_is_a_difference_and_the_case_stays(assigned: Desk) -> None:
    assigned.do("urge")
    gone = ("  urge: {in: at_work, by: [clerk], at_most_every: 3bd, label: {zh: 催办, en: Urge}}\n", "")
    found = looked_at(assigned, next_version(gone))

    assert ("differs", "urge", ["not_offered"]) == (found.sort, found.action, codes(found))
    assert found.after is not None
    assert "at_work" == found.after.root.state


def test_who_acted_as_one_of_several_roles_still_may(assigned: Desk) -> None:
    assigned.do("pause", note="等候")

    assert "same" == looked_at(assigned, next_version()).sort


def test_other_parts_that_would_have_been_closed_are_a_difference(assigned: Desk) -> None:
    assigned.do("ask_back", EDU, on=assigned.part("edu"), note="不属于我们")
    assert isinstance(assigned.do("keep", on=assigned.part("edu")), Ran)
    found = looked_at(assigned, next_version(("to: fresh, by: [clerk], close: [task]}", "to: fresh, by: [clerk]}")))

    assert ("differs", "keep", ["other parts would be closed"]) == (
        found.sort, found.action, [each.text.en for each in found.reasons],
    )  # fmt: skip


def test_another_case_that_would_not_have_been_started_is_a_difference(reviewed: Desk) -> None:
    assert isinstance(reviewed.do("to_letter", consent=True), Ran)
    started = "    start: {lifecycle: letter, link: letter, set: {title: case.title}}\n"
    found = looked_at(reviewed, next_version((started, "")))

    assert ("differs", "to_letter", [("新版会另开别的件", "other cases would be opened")]) == (
        found.sort, found.action, [(each.text.zh, each.text.en) for each in found.reasons],
    )  # fmt: skip


def test_a_value_that_would_have_been_another_is_a_difference_though_it_is_the_default(gathered: Desk) -> None:
    gathered.do("decide", again=True)
    found = looked_at(gathered, next_version(('set: {urgent: "true"}', 'set: {urgent: "false"}')))

    assert ("differs", "decide", ["'urgent' would be another value"]) == (
        found.sort, found.action, [each.text.en for each in found.reasons],
    )  # fmt: skip


def test_a_case_of_one_record_can_differ_at_it(desk: Desk) -> None:
    found = looked_at(desk, next_version(("opened_by: [member]", "opened_by: [clerk]")))

    assert ("differs", 1, "open", ["role"]) == (found.sort, found.seq, found.action, codes(found))


def test_a_number_that_would_have_been_given_is_a_difference(reviewed: Desk) -> None:
    second = ('number: "{settings.term:03}-{seq:03}"\n    label', 'number: {note_no: "{seq:01}"}\n    label')
    found = looked_at(reviewed, next_version(second))

    assert ("differs", "submit", [("新版会在此编号", "a number would be given here", "note_no")]) == (
        found.sort, found.action, [(each.text.zh, each.text.en, each.about) for each in found.reasons],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sort"),
    [
        (("in: gathered, holds: case.pages != 13", "in: at_work, holds: case.pages > 1"), "held"),
        (("in: gathered, holds: case.pages != 13", "in: draft, holds: case.pages > 1"), "differs"),
        (("notices:\n", "deadlines:\n  long_due: {when: case.pages > 1, within: 5d}\nnotices:\n"), "differs"),
    ],
)
def test_a_condition_of_the_new_version_that_cannot_be_judged_is_told(
    assigned: Desk, change: Change, sort: str
) -> None:
    found = looked_at(assigned, next_version(change))

    assert (sort, ["condition"]) == (found.sort, codes(found))
    assert "case.pages > 1" in found.reasons[0].text.zh


def test_a_case_that_differs_is_not_held_by_what_the_engine_would_look_at_next(assigned: Desk) -> None:
    stricter = ("when: case.body.size() > 2,", "when: case.body.size() > 200,")
    unsure = ("parts.task.size() > 0 && parts.task.all(t, !t.open)', take", "case.pages > 1', take")
    found = looked_at(assigned, next_version(stricter, unsure))

    assert ("differs", "submit", ["guard"]) == (found.sort, found.action, codes(found))


# ------------------------------------------------------------ held back


def test_a_field_cannot_take_the_name_of_one_that_has_a_value(assigned: Desk) -> None:
    new = next_version(
        ("  body: text\n", ""), ("[title, body]", "[title, receipt]"), ("[body, pages]", "[receipt, pages]"),
        ("case.body", "case.receipt"), migrate="{from: 1, fields: {body: receipt}}",
    )  # fmt: skip
    found = looked_at(assigned, new)

    assert ("held", ["field_gone"]) == (found.sort, codes(found))
    assert "“body”要改名为“receipt”，而“receipt”已有值" == found.reasons[0].text.zh


@pytest.mark.parametrize(
    ("changes", "migrate", "expected"),
    [
        ([("at_work", "handling")], "", ("state_gone", "at_work")),
        ([("  task:\n", "  errand:\n"), ("part: task,", "part: errand,"), ("parts.task", "parts.errand"), ("close: [task]", "close: [errand]"), ("after: task.", "after: errand.")], "", ("part_gone", "task")),
        ([("  body: text\n", "  text: text\n"), ("[title, body]", "[title, text]"), ("[body, pages]", "[text, pages]"), ("case.body", "case.text")], "", ("field_gone", "body")),
        ([("  receipt: text\n", "  receipt: {type: text, max: 1}\n")], "", ("invalid", "receipt")),
        ([("  pages: int\n", "  pages: {type: int, required: true}\n")], "", ("missing", "pages")),
        ([("in: gathered, holds: case.pages != 13", "holds: case.count != 2")], "", ("invariant", "counted")),
        ([("at_work", "handling")], "{from: 1, states: {at_work: done}}", ("ended", "done")),
    ],
)  # fmt: skip
def test_a_case_without_a_place_in_the_new_version_is_held_back(
    assigned: Desk, changes: list[Change], migrate: str, expected: tuple[str, str]
) -> None:
    found = looked_at(assigned, next_version(*changes, migrate=migrate))

    assert ("held", None) == (found.sort, found.after)
    assert expected in [(each.code, each.about) for each in found.reasons]
    assert all(each.text.zh and each.text.en for each in found.reasons)


def test_a_part_that_ended_must_have_an_end_to_be_in(assigned: Desk) -> None:
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    reopened = next_version(
        ("back: {final: cancelled}, done: {final: successful}}", "back: {final: cancelled}, done: {}, over: {final: successful}}"),
    )  # fmt: skip

    assert ["ended"] == codes(looked_at(assigned, reopened))


# ------------------------------------------------------------ what comes over


def test_fields_parts_and_their_states_come_over_under_their_new_names(assigned: Desk) -> None:
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    new = next_version(
        ("  task:\n", "  errand:\n"), ("part: task,", "part: errand,"), ("parts.task", "parts.errand"),
        ("close: [task]", "close: [errand]"), ("after: task.", "after: errand."), ("fresh", "waiting"),
        ("answer: text", "reply: text"), ("[answer]", "[reply]"), ("  pages: int\n", "  pages: int\n  weight: {type: int, default: 7}\n"),
        ("  receipt: text\n", ""), ('receipt: "收{seq:04}号", ', ""),
        migrate="{from: 1, drop: [receipt], parts: {errand: {from: task, states: {fresh: waiting}, fields: {answer: reply}}}}",
    )  # fmt: skip
    moved = carried(assigned, new)
    edu, health = moved.file.parts

    assert ("errand", "done", "修好了") == (edu.kind, edu.state, edu.values["reply"])
    assert ("errand", "waiting", {"waiting": 1}) == (health.kind, health.state, health.visits)
    assert 7 == moved.file.root.values["weight"]
    assert "receipt" not in moved.file.root.values
    assert isinstance(moved.do("drop", note="重复"), Ran)


def test_what_a_case_is_linked_to_comes_over_under_the_new_name(reviewed: Desk) -> None:
    reviewed.others = {"x1": _linked("at_work")}
    reviewed.do("merge", lead="x1")
    new = next_version(
        ("  lead: {type: case", "  chief: {type: case"), ("linked.lead", "linked.chief"), ("ask: {lead:", "ask: {chief:"),
        migrate="{from: 1, fields: {lead: chief}}",
    )  # fmt: skip
    found = looked_at(reviewed, new)

    assert found.after is not None
    assert {"chief": _linked("at_work")} == found.after.linked


def test_a_file_that_came_over_twice_is_replayed_from_its_beginning(reviewed: Desk) -> None:
    second = next_version(("review", "checking"), migrate="{from: 1, states: {review.first: checking.first}}")
    moved = carried(reviewed, second)
    moved.do("pass")
    mapping = "{from: 2, states: {checking.first: reading.first, checking.second: reading.second}}"
    text = second.source.partition("migrate:")[0].replace("version: 2\n", "version: 1\n")
    third = next_version(("checking", "reading"), text=text, migrate=mapping, version=3)
    known = _known(reviewed.lifecycle, second, third)
    found = forecast(hop(second, third), moved.file, _records(moved), known, china(), moved.now)

    assert found.after is not None
    assert ("reading.second", {"draft": 1, "reading": 1, "reading.first": 1, "reading.second": 1}) == (
        found.after.root.state,
        found.after.root.visits,
    )


def test_a_file_that_came_over_unchanged_comes_over_again(reviewed: Desk) -> None:
    second, third = next_version(), next_version(version=3)
    moved = carried(reviewed, second)
    known = _known(reviewed.lifecycle, second, third)

    assert "same" == forecast(hop(second, third), moved.file, _records(moved), known, china(), moved.now).sort


def test_what_was_done_with_a_part_under_its_new_name_is_judged_under_it(assigned: Desk) -> None:
    second = next_version(
        ("  task:\n", "  errand:\n"), ("part: task,", "part: errand,"), ("parts.task", "parts.errand"),
        ("close: [task]", "close: [errand]"), ("after: task.", "after: errand."),
        migrate="{from: 1, parts: {errand: {from: task}}}",
    )  # fmt: skip
    moved = carried(assigned, second)
    moved.do("answer", EDU, on=moved.part("edu"), answer="修好了")
    text = second.source.partition("migrate:")[0].replace("version: 2\n", "version: 1\n")
    third = next_version(("to: done, by: [unit]", "to: done, by: [clerk]"), text=text, version=3)
    known = _known(assigned.lifecycle, second, third)
    found = forecast(hop(second, third), moved.file, _records(moved), known, china(), moved.now)

    assert ("differs", "answer", ["role"]) == (found.sort, found.action, codes(found))


# ------------------------------------------------------------ between which versions


def wrong(old: Lifecycle, new: Lifecycle) -> str:
    with pytest.raises(InputInvalid) as caught:
        hop(old, new)
    return caught.value.say("zh")


def test_a_mapping_is_for_the_version_that_it_names(matter: Lifecycle) -> None:
    assert "从第 2 版写的，不是第 1 版" in wrong(matter, next_version(migrate="{from: 2}", version=3))
    assert "请写两个不同的版本" in wrong(matter, matter)


@pytest.mark.parametrize(
    ("migrate", "expected"),
    [
        ("{from: 1, states: {atwork: at_work}}", "旧状态“atwork”在第 1 版中没有；那一版有：at_work"),
        ("{from: 1, fields: {bodi: body}}", "旧字段“bodi”在第 1 版中没有；那一版有：body"),
        ("{from: 1, drop: [recept]}", "旧字段“recept”"),
        (
            "{from: 1, parts: {task: {from: task, states: {frsh: fresh}}}}",
            "旧状态“frsh”在第 1 版中没有；那一版有：fresh",
        ),
        ("{from: 1, parts: {task: {from: tsk}}}", "旧子件“tsk”在第 1 版中没有；那一版有：task"),
        ("{from: 1, roles: {clerc: clerk}}", "旧角色“clerc”在第 1 版中没有；那一版有：clerk"),
        ("{from: 1, deadlines: {due: drop}}", "旧时限“due”"),
    ],
)
def test_an_old_name_that_never_was_is_told_with_what_there_is(matter: Lifecycle, migrate: str, expected: str) -> None:
    told = wrong(matter, next_version(migrate=migrate))

    assert expected in told
    assert told.startswith("matter.yaml:")

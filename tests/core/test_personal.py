"""Personal values leave a record as it is written, and come back where they are still known."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.calendar import china
from workflow.core.commitment import KEY, opens
from workflow.core.fold import fold
from workflow.core.model import Actor, Case, Command, Field, File, Lifecycle, Refusal
from workflow.core.personal import MARK, commitments, hide, told, values_of
from workflow.core.record import migration_entry
from workflow.core.run import Ran, Supply, run, run_open
from workflow.core.written import read
from workflow.loading import load

TEXT = (Path(__file__).parents[1] / "private.yaml").read_text(encoding="utf-8")
ANN, DAN = Actor("ann"), Actor("dan", groups=frozenset({"desk"}))
SECRET = "13800000000"


@pytest.fixture(scope="module")
def enquiry() -> Lifecycle:
    return load(TEXT)


def supply(**more: Any) -> Supply:
    ids, salts = count(1), count(1)
    named = {"new_id": lambda: f"c{next(ids)}", "new_salt": lambda: f"{next(salts):064x}", **more}
    return Supply(1_000_000, "test", draw_number=lambda wanted: wanted.format(1), calendar=china(), **named)


def opened(lifecycle: Lifecycle, given: Supply, **values: Any) -> Ran:
    ran = run_open(lifecycle, Command("open", ANN, {"title": "x", **values}), given)
    assert isinstance(ran, Ran)
    return ran


def test_the_record_has_the_commitment_and_the_case_the_value(enquiry: Lifecycle) -> None:
    ran = opened(enquiry, supply(), phone=SECRET)
    (step,) = ran.steps
    (hidden,) = step.hidden

    assert SECRET == ran.file.root.values["phone"]
    assert SECRET not in step.text
    assert {KEY: hidden.commitment} == read(step.text)["set"]["phone"] == step.entry["set"]["phone"]
    assert (f"{1:064x}", f'"{SECRET}"', "phone", ran.file.root.id) == (
        hidden.salt,
        hidden.value,
        hidden.field,
        hidden.case,
    )
    assert opens(hidden.commitment, "test", hidden.salt, hidden.value)
    assert [(hidden.case, "phone", hidden.commitment)] == list(commitments(step.entry))
    assert MARK in step.text


def test_what_a_case_holds_of_somebody_is_told_without_what_is_empty(enquiry: Lifecycle) -> None:
    root = opened(enquiry, supply(), phone=SECRET, kin=[], age=7).file.root

    assert {"phone": SECRET, "age": 7} == values_of(enquiry, root)


def test_every_place_of_a_record_that_holds_values_is_searched_for_commitments() -> None:
    hidden = {"set": {"phone": {KEY: "h"}}}
    record = {"case": "c1", **hidden, "input": {"age": {KEY: "i"}}, "opened": [{"id": "c2", **hidden}], "cases": [{"id": "c3", **hidden}, {"id": "c4"}]}  # fmt: skip

    assert [("c1", "phone", "h"), ("c1", "age", "i"), ("c2", "phone", "h"), ("c3", "phone", "h")] == [
        *commitments(record)
    ]


def test_what_is_not_personal_or_not_there_stays(enquiry: Lifecycle) -> None:
    (step,) = opened(enquiry, supply(), phone="", kin=[]).steps

    assert () == step.hidden
    assert ("x", False) == (step.entry["set"]["title"], step.entry["set"]["called"])
    assert [] == step.entry["set"]["kin"]
    assert MARK not in step.text


def test_a_record_with_something_personal_within_is_hidden_as_a_whole(enquiry: Lifecycle) -> None:
    (step,) = opened(enquiry, supply(), home={"street": "Long Road 1", "town": "X"}, age=7, kin=["bob"]).steps

    assert {"home", "age", "kin"} == {each.field for each in step.hidden}
    assert not any(word in step.text for word in ("Long Road", "bob", "town"))


def test_input_and_the_values_of_new_parts_are_hidden_too(enquiry: Lifecycle) -> None:
    given = supply()
    file = opened(enquiry, given, phone=SECRET).file
    for action, actor, input in (
        ("send", ANN, {}), ("ask", DAN, {"unit": "u1"}), ("call", DAN, {"line": "0571-1", "gist": "noted"}),
    ):  # fmt: skip
        ran = run(enquiry, file, file.root.id, Command(action, actor, input), given)
        assert isinstance(ran, Ran)
        file = ran.file
        found = [(each.case, each.field) for each in ran.steps[0].hidden]
        if action == "ask":
            assert [(file.parts[0].id, "reach")] == found
            assert SECRET == file.parts[0].values["reach"]
            assert SECRET not in ran.steps[0].text
    assert [(file.root.id, "line")] == found
    assert "noted" == ran.steps[0].entry["input"]["gist"]
    assert "0571-1" not in ran.steps[0].text


def test_told_the_values_a_replay_comes_to_the_same(enquiry: Lifecycle) -> None:
    ran = opened(enquiry, supply(), phone=SECRET, age=30, kin=["bob"])
    (step,) = ran.steps
    known = {each.commitment: each.value for each in step.hidden}
    replayed = fold(None, told(dict(read(step.text)), known), enquiry)

    assert ran.file.root == replayed.root
    assert step.entry == told(step.entry, {})


def test_what_is_not_known_any_more_is_erased(enquiry: Lifecycle) -> None:
    given = supply()
    ran = opened(enquiry, given, phone=SECRET, age=30)
    (step,) = ran.steps
    known = {each.commitment: each.value for each in step.hidden if each.field == "age"}
    replayed = fold(None, told(step.entry, known), enquiry)

    assert (None, 30) == (replayed.root.values["phone"], replayed.root.values["age"])
    assert ("phone",) == replayed.root.erased


def test_a_field_that_is_written_again_is_erased_no_longer(enquiry: Lifecycle) -> None:
    given = supply()
    (step,) = opened(enquiry, given, phone=SECRET, age=30).steps
    file = fold(None, step.entry, enquiry)
    assert ("age", "phone") == file.root.erased
    ran = run(enquiry, file, file.root.id, Command("edit", ANN, {"phone": "13911111111"}), given)
    assert isinstance(ran, Ran)

    assert ("age",) == ran.file.root.erased
    assert "13911111111" == ran.file.root.values["phone"]
    again = fold(file, ran.steps[0].entry, enquiry)
    assert (("age", "phone"), None) == (again.root.erased, again.root.values["phone"])


def test_records_from_before_are_taken_as_they_are(enquiry: Lifecycle) -> None:
    """An office that goes on from an earlier release has them in plain text."""
    (step,) = opened(enquiry, supply(new_salt=None), phone=SECRET).steps

    assert () == step.hidden
    assert SECRET == step.entry["set"]["phone"] == fold(None, step.entry, enquiry).root.values["phone"]


def test_a_migration_hides_what_it_writes_and_keeps_what_is_erased(enquiry: Lifecycle) -> None:
    before = opened(enquiry, supply(), phone=SECRET, age=3).file
    root = before.root.copy()
    root.values, root.erased = {**root.values, "phone": "0571", "age": None}, ("age",)
    after = File(root, (), {}, before.records, before.head)
    entry = migration_entry(before, after, enquiry, enquiry, DAN, now=2_000_000)
    hidden_entry, hidden = hide(entry, enquiry, "test", lambda _: "", lambda: "00" * 32)

    assert ["phone"] == [each.field for each in hidden]
    assert "0571" not in json.dumps(hidden_entry)
    assert {"age": None} == {k: v for k, v in hidden_entry["cases"][0]["set"].items() if k == "age"}
    folded = fold(before, told(hidden_entry, {hidden[0].commitment: hidden[0].value}), enquiry)
    assert (("age",), "0571", None) == (folded.root.erased, folded.root.values["phone"], folded.root.values["age"])


def test_a_lifecycle_without_anything_personal_has_nothing_to_do(ticket_text: str) -> None:
    ticket = load(ticket_text)
    entry: dict[str, Any] = {"set": {"phone": SECRET}}

    assert {} == dict(ticket.personal)
    assert hide(entry, ticket, "test", _never, _never) == (entry, ())
    assert entry is hide(entry, ticket, "test", _never, _never)[0]


def _never(*_: str) -> str:
    raise AssertionError("this must not be asked")


def test_which_fields_are_personal(enquiry: Lifecycle) -> None:
    assert {"": {"phone", "age", "kin", "home", "line"}, "task": {"reach"}} == dict(enquiry.personal)
    assert Field("a", "list", item=Field("b", "text", personal=True)).holds_personal
    assert not Field("a", "list", item=Field("b", "text")).holds_personal


@given(st.one_of(st.text(min_size=21, max_size=60), st.integers(), st.text(max_size=3), st.lists(st.text(max_size=9))))
def test_a_refusal_does_not_repeat_what_is_personal(value: Any) -> None:
    """It is recorded, and stays when the value itself was never taken in."""
    fields = {"phone": {"phone": value}, "age": {"age": value}, "home": {"home": {"street": value, "town": value}}}
    for name, input in fields.items():
        answer = run_open(LOADED, Command("open", ANN, {"title": "x", **input}), supply())
        if isinstance(answer, Refusal):
            (blocker,) = answer.blockers
            plain = str(value) if not isinstance(value, list) else "".join(value)
            if len(plain) > 3:
                assert plain[:40] not in blocker.text.zh + blocker.text.en, name


LOADED = load(TEXT)


def test_a_refused_number_or_choice_is_not_repeated() -> None:
    answer = run_open(LOADED, Command("open", ANN, {"title": "x", "age": 190807, "phone": 5551}), supply())
    assert isinstance(answer, Refusal)
    words = " ".join(each.text.zh + each.text.en for each in answer.blockers)

    assert {"age", "phone"} == {each.about for each in answer.blockers}
    assert "190807" not in words
    assert "5551" not in words
    assert "between 1 and 120" in words


def test_a_copy_keeps_what_was_erased() -> None:
    case = Case("a", "a", "l", 1, "", "s", "me", 1, 1, erased=("phone",))

    assert case == case.copy()


@pytest.mark.parametrize(
    "condition", ['"abc".matches(case.phone)', '{"a": 1}[case.phone] == 1', '{"a": 1}[case.home.street] == 1']
)
def test_a_condition_that_fails_does_not_repeat_what_it_read(condition: str) -> None:
    """Its sentence goes into the record of the refusal."""
    send = "send: {from: draft, to: sent, by: [owner]"
    guard = f"if: [{{when: '{condition}', else: {{zh: 不行, en: no}}}}]"
    lifecycle = load(TEXT.replace(send, f"{send}, {guard}"))
    given = supply()
    file = opened(lifecycle, given, phone="(13800001111", home={"street": "(13800001111"}).file
    answer = run(lifecycle, file, file.root.id, Command("send", ANN), given)
    assert isinstance(answer, Refusal)

    assert "could not be decided" in answer.blockers[0].text.en
    assert "1380000" not in answer.blockers[0].text.zh + answer.blockers[0].text.en

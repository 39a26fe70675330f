"""Texts come back as they were written, and those that differ at all stay apart, on every database."""

from __future__ import annotations

import pytest

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import NotFound, RequestReused
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine

LAMP = {"title": "Broken lamp"}
NAMES = ["P-1", "p-1", "𠮷", "𡈽", "é", "e", "ß", "ss", "Ａ", "A", "か", "が"]
APART = [*NAMES, "a", "a ", "x", "x\u200b"]
KEPT = [
    "100 %s of %% and %(id)s", "it's \"so\" \\ `here`", "; DROP TABLE cases; --", "𠮷野家 与 𡈽方 😀", "一\n二\t三", "null\\0",
]  # fmt: skip


def test_values_that_differ_at_all_are_found_apart(engine: Engine) -> None:
    opened = {text: engine.open("ticket", ANN, {"title": text}).case.id for text in APART}

    found = {text: [case.id for case in engine.find("ticket", where={"title": text})] for text in APART}
    assert {text: [id] for text, id in opened.items()} == found
    assert engine.verify().good


def test_parties_that_differ_at_all_have_lists_of_their_own(engine: Engine) -> None:
    for unit in NAMES:
        engine.people.add(Party(unit, "unit " + unit, kind="unit"))
    case = engine.open("ticket", ANN, LAMP).case.id
    engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": NAMES})

    assert [[unit] for unit in NAMES] == [[line.case.holder for line in engine.todo(of_unit(unit))] for unit in NAMES]
    assert NAMES == [engine.people.get(unit).id for unit in NAMES]
    for unit in NAMES[1::2]:
        engine.fire(f"{case}/task:{unit}", "reply", of_unit(unit), {"answer": "x"})
    assert [1, 0] * (len(NAMES) // 2) == [len(engine.todo(of_unit(unit))) for unit in NAMES]
    assert engine.verify().good


def test_only_the_members_of_a_group_are_reached_by_its_name(engine: Engine) -> None:
    for group in NAMES:
        engine.people.add(Party(f"of-{NAMES.index(group)}", "Somebody", groups=(group,)))

    reached = [[party.id for party in engine.people.reached_by(group)] for group in NAMES]
    assert [[f"of-{number}"] for number in range(len(NAMES))] == reached


def test_requests_that_differ_at_all_are_different_ones(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    requests = [*NAMES, "a", "a "]
    for request in requests:
        engine.fire(case, "comment", ANN, note=f"note of {request!r}", request_id=request)

    assert 1 + len(requests) == len(list(engine.history(case)))
    with pytest.raises(RequestReused):
        engine.fire(case, "comment", ANN, note="another", request_id=NAMES[1])


def test_numbers_that_differ_at_all_name_two_cases(engine: Engine) -> None:
    cases = {}
    for version, letter in enumerate(("P", "p", "𠮷", "𡈽"), 2):
        text = engine.lifecycle("ticket", 1).source.replace("version: 1", f"version: {version}")
        engine.publish(text, settings={"letter": letter})
        case = engine.open("ticket", ANN, LAMP).case.id
        cases[str(engine.fire(case, "send", ANN).case.number)] = case

    assert ["P-001", "p-001", "𠮷-001", "𡈽-001"] == list(cases)
    assert list(cases.values()) == [engine.case(number).root.id for number in cases]
    assert cases["p-001"] == engine.case("p-0").root.id
    with pytest.raises(NotFound):
        engine.case("P-001 ")


def test_a_text_comes_back_as_it_was(engine: Engine) -> None:
    for text in KEPT:
        who = Actor("ann", text.replace("\n", " ").replace("\t", " "))
        case = engine.open("ticket", who, {"title": text, "story": text, "tags": [text]}, note=text).case.id
        engine.fire(case, "comment", who, note=text)

        found = engine.case(case).root
        assert (text, text, [text]) == (found.values["title"], found.values["story"], list(found.values["tags"]))
        assert [text, text] == [record["note"] for record in engine.history(case)]
        assert [case] == [each.id for each in engine.find("ticket", where={"tags": text})]
    assert engine.verify().good


def test_a_text_may_be_long(engine: Engine) -> None:
    story = "政协提案𠮷" * 30_000  # 480,000 bytes: what MariaDB itself calls a text ends at 65,535

    case = engine.open("ticket", ANN, {**LAMP, "story": story}).case.id
    engine.fire(case, "edit", ANN, {"story": story + "。"})

    assert story + "。" == engine.case(case).root.values["story"]
    assert engine.verify().good


def test_cases_are_found_by_a_piece_of_their_title(engine: Engine) -> None:
    titles = ["100 %", "100 x", "a_b", "axb", "𠮷野家", "𡈽野家", "back\\slash"]
    ids = {title: engine.open("ticket", ANN, {"title": title}).case.id for title in titles}

    for piece in ("100 %", "a_b", "𠮷", "𡈽", "\\", "野家"):
        assert [ids[title] for title in titles if piece in title] == [case.id for case in engine.find(text=piece)]

"""What the engine promises on every database: this module runs unchanged on each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN, of_unit
from workflow.core.errors import (
    Ambiguous,
    InputInvalid,
    LifecycleInvalid,
    NotFound,
    Refused,
    RequestReused,
    Stale,
    VersionTaken,
)
from workflow.core.model import Actor
from workflow.directory import Party
from workflow.engine import Engine
from workflow.store.tables import calendar_days, cases, notices, records
from workflow.testing import FrozenClock

LAMP = {"title": "Broken lamp"}


def sent(engine: Engine, **values: object) -> str:
    case = engine.open("ticket", ANN, {**LAMP, **values}).case.id
    engine.fire(case, "send", ANN)
    return case


def given(engine: Engine, *units: str) -> str:
    case = sent(engine)
    engine.fire(case, "give", DAN, {"units": list(units)})
    return case


def codes(refused: Refused) -> list[str]:
    return [blocker.code for blocker in refused.blockers]


def rows(engine: Engine, query: sa.Select[tuple[object]]) -> list[object]:
    with engine.looking() as sql:
        return [row[0] for row in sql.execute(query)]


# ------------------------------------------------------------ one command


def test_a_case_is_opened_with_its_fields_and_a_receipt(engine: Engine, clock: FrozenClock) -> None:
    outcome = engine.open("ticket", ANN, LAMP)

    assert ("draft", "ann", 1) == (outcome.case.state, outcome.case.created_by, outcome.case.revision)
    assert {"title": "Broken lamp", "urgent": False} == outcome.case.values
    assert {
        "case": outcome.case.id,
        "seq": 1,
        "leaf": outcome.file.head,
        "log": "casework",
        "at": clock(),
    } == outcome.receipt


def test_what_was_answered_is_what_is_stored(engine: Engine) -> None:
    case = engine.open("ticket", ANN, {**LAMP, "tags": ["a", "b"], "weight": 3}).case.id

    outcome = engine.fire(case, "send", ANN, note="please")

    assert outcome.file == engine.case(case)
    assert outcome.records == engine.history(case)[1:]
    assert "T-001" == outcome.case.number


def test_long_values_are_kept_whole_and_can_change(engine: Engine) -> None:
    case = engine.open("ticket", ANN, {**LAMP, "story": "长" * 5_000}).case.id
    engine.fire(case, "edit", ANN, {"story": "𠮷" * 3_000})
    engine.fire(case, "send", ANN)
    later = engine.open("ticket", ANN, LAMP).case.id
    engine.fire(later, "edit", ANN, {"story": "长" * 5_000})

    assert "𠮷" * 3_000 == engine.case(case).root.values["story"]
    assert "长" * 5_000 == engine.case(later).root.values["story"]
    assert engine.verify().good


def test_numbers_are_drawn_one_after_the_other(engine: Engine) -> None:
    numbers = [engine.case(sent(engine)).root.number for _ in range(3)]

    assert ["T-001", "T-002", "T-003"] == numbers


def test_parts_are_opened_and_the_last_reply_moves_the_whole(engine: Engine) -> None:
    case = given(engine, "u1", "u2")

    engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})
    outcome = engine.fire(f"{case}/task:u2", "reply", of_unit("u2"), {"answer": "no"})

    assert ("done", "successful", "L01") == (
        outcome.file.root.state,
        outcome.file.root.outcome,
        outcome.file.root.values["letter_no"],
    )
    assert ["reply", "finish"] == [record["action"] for record in outcome.records]
    assert "engine" == outcome.records[1]["who"]["id"]
    assert [("u1", "yes"), ("u2", "no")] == [(p.key, p.values["answer"]) for p in outcome.file.parts]


def test_parts_closed_from_above_are_cancelled(engine: Engine) -> None:
    case = given(engine, "u1", "u2")

    outcome = engine.fire(case, "withdraw", ANN, note="no longer needed")

    assert ["cancelled", "cancelled"] == [part.outcome for part in outcome.file.parts]
    assert () == engine.todo(of_unit("u1"))
    assert outcome.file == engine.case(case)


def test_notices_are_written_with_the_step(engine: Engine) -> None:
    case = given(engine, "u1", "u2")

    assert [("desk", "sent"), ("u1", "given"), ("u2", "given")] == [
        (n["to"], n["template"]) for record in engine.history(case) for n in record.get("out", ())
    ]
    assert [f"{case}.2.1", f"{case}.3.1", f"{case}.3.2"] == sorted(map(str, rows(engine, sa.select(notices.c.id))))


def test_what_happened_earlier_is_recorded_with_both_times(engine: Engine, clock: FrozenClock) -> None:
    earlier = clock()
    clock.advance(days=3)

    opened = engine.open("ticket", ANN, LAMP, note="by phone", happened=earlier)
    moved = engine.fire(opened.case.id, "send", ANN, note="by letter", happened=earlier + 1)

    assert (clock(), earlier) == (opened.records[0]["at"], opened.records[0]["happened"])
    assert (clock(), earlier + 1) == (moved.records[0]["at"], moved.records[0]["happened"])
    assert ["by phone", "by letter"] == [answer.records[0]["note"] for answer in (opened, moved)]


def test_somebody_may_act_for_another(engine: Engine) -> None:
    proxy = Actor("dan", "Dan", groups=frozenset({"desk"}), on_behalf_of="ann")
    case = engine.open("ticket", proxy, LAMP).case.id

    outcome = engine.fire(case, "send", proxy)

    assert ("dan", "ann") == (outcome.records[0]["who"]["id"], outcome.records[0]["who"]["for"])
    assert "ann" == outcome.case.created_by


# ------------------------------------------------------------ refusals


def test_a_refusal_changes_nothing_and_is_recorded(engine: Engine) -> None:
    case = engine.open("ticket", ANN, {"title": "x" * 80}).case
    with pytest.raises(Refused) as refused:
        engine.fire(case.id, "send", DAN)

    assert ["role", "guard"] == codes(refused.value)
    assert case == engine.case(case.id).root
    last = engine.history(case.id)[-1]
    assert ("refusal", "send", "dan") == (last["kind"], last["action"], last["who"]["id"])
    assert ["role", "guard"] == [blocker["code"] for blocker in last["blockers"]]
    assert engine.verify().good


def test_a_refused_opening_is_recorded_in_the_office(engine: Engine) -> None:
    with pytest.raises(Refused) as refused:
        engine.open("ticket", ANN, {})

    assert ["missing"] == codes(refused.value)
    kinds = rows(engine, sa.select(records.c.kind).where(records.c.file == "office").order_by(records.c.seq))
    assert ["publish", "refusal"] == kinds
    assert engine.verify().good


def test_a_refusal_on_the_way_undoes_everything(engine: Engine) -> None:
    case = sent(engine)
    engine.fire(case, "break_up", DAN, {"units": ["u1"]})
    before = engine.case(case)

    with pytest.raises(Refused) as refused:
        engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})

    assert ["no_route"] == codes(refused.value)
    after = engine.case(case)
    assert (before.root, before.parts) == (after.root, after.parts)
    assert before.records + 1 == after.records
    assert ["refusal"] == [record["kind"] for record in engine.history(case)[before.records :]]
    assert 1 == len(engine.todo(of_unit("u1")))


def test_expect_of_another_revision_is_stale_and_says_what_changed(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case
    engine.fire(case.id, "comment", DAN, note="looks fine")
    engine.fire(case.id, "send", ANN)

    with pytest.raises(Stale) as stale:
        engine.fire(case.id, "withdraw", ANN, note="no", expect=case.revision)

    assert ["comment", "send"] == [record["action"] for record in stale.value.changes]
    assert "Ann" in stale.value.say("zh")
    assert "(Send); it is 'Sent' now" in stale.value.say("en")


def test_whoever_asks_again_after_a_stale_look_is_told_the_same(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case
    engine.fire(case.id, "comment", DAN, note="looks fine")
    told = []
    for _ in range(2):
        with pytest.raises(Stale) as stale:
            engine.fire(case.id, "send", ANN, expect=case.revision, request_id="r1")
        told.append((stale.value.say("zh"), [each["action"] for each in stale.value.changes]))
        engine.fire(case.id, "comment", DAN, note="and more")

    assert ["comment"] == told[0][1]
    assert told[0] == told[1]


def test_whoever_comes_too_late_is_told_who_was_there_and_again_the_same(engine: Engine, clock: FrozenClock) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    sent = engine.fire(case, "send", ANN)
    clock.advance(hours=1)
    told = []
    for _ in range(2):
        with pytest.raises(Refused) as late:
            engine.fire(case, "send", ANN, request_id="r1")
        told.append((late.value.say("zh"), late.value.last))
        engine.fire(case, "withdraw" if len(told) == 1 else "comment", ANN, note="on the way")

    assert told[0] == told[1]
    assert {"case": case, "seq": 2, "at": sent.receipt["at"], "action": "send", "who": sent.records[0]["who"]} == told[
        0
    ][1]


def test_expect_of_a_revision_yet_to_come_is_stale(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    with pytest.raises(Stale) as stale:
        engine.fire(case, "send", ANN, expect=7)

    assert () == stale.value.changes


def test_expect_of_the_revision_that_is_there_goes_through(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case

    assert "sent" == engine.fire(case.id, "send", ANN, expect=case.revision).case.state


def test_expect_of_long_ago_names_only_what_concerns_the_case(engine: Engine) -> None:
    case = given(engine, "u1", "u2")
    part = engine.case(case).parts[0]
    with pytest.raises(Refused):
        engine.fire(part.id, "reply", DAN, {"answer": "yes"})
    engine.fire(f"{case}/task:u2", "reply", of_unit("u2"), {"answer": "yes"})
    engine.fire(part.id, "return", of_unit("u1"), note="no")

    with pytest.raises(Stale) as stale:
        engine.fire(part.id, "hand_back", DAN, expect=-3)

    assert ["return"] == [record["action"] for record in stale.value.changes]


def test_expect_counts_a_part_closed_from_above(engine: Engine) -> None:
    case = given(engine, "u1")
    part = engine.case(case).parts[0]
    engine.fire(case, "withdraw", ANN, note="no longer needed")

    with pytest.raises(Stale) as stale:
        engine.fire(part.id, "reply", of_unit("u1"), {"answer": "yes"}, expect=part.revision)

    assert ["withdraw"] == [record["action"] for record in stale.value.changes]


# ------------------------------------------------------------ requests


def test_the_same_request_gets_the_same_answer(engine: Engine, clock: FrozenClock) -> None:
    first = engine.open("ticket", ANN, LAMP, request_id="r1")
    sent_first = engine.fire(first.case.id, "send", ANN, request_id="r2")
    clock.advance(days=1)
    engine.fire(first.case.id, "comment", DAN, note="meanwhile")

    assert first == engine.open("ticket", ANN, LAMP, request_id="r1")
    assert sent_first == engine.fire(first.case.id, "send", ANN, request_id="r2")
    assert 1 == len(engine.find())
    assert ["r1", "r2"] == [answer.records[0]["request"] for answer in (first, sent_first)]


def test_a_request_answers_with_all_that_followed(engine: Engine) -> None:
    case = given(engine, "u1")
    first = engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"}, request_id="r1")

    again = engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"}, request_id="r1")

    assert first == again
    assert ["reply", "finish"] == [record["action"] for record in again.records]


def test_a_refused_request_is_refused_again(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    told = []
    for _ in range(2):
        with pytest.raises(Refused) as fired:
            engine.fire(case, "send", DAN, request_id="r1")
        with pytest.raises(Refused) as opened:
            engine.open("ticket", ANN, {}, request_id="r2")
        with pytest.raises(Stale) as stale:
            engine.fire(case, "send", ANN, expect=9, request_id="r3")
        told.append([vars(caught.value) for caught in (fired, opened, stale)])

    assert told[0] == told[1]
    assert ["open", "refusal", "refusal"] == [record["kind"] for record in engine.history(case)]


def test_a_request_id_is_for_one_command(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP, request_id="r1").case.id

    with pytest.raises(RequestReused):
        engine.fire(case, "send", ANN, request_id="r1")
    assert "draft" == engine.case(case).root.state


@pytest.mark.parametrize("id", ["", "x" * 201, "a\nb"])
def test_a_request_id_is_visible_and_short(engine: Engine, id: str) -> None:
    with pytest.raises(InputInvalid):
        engine.open("ticket", ANN, LAMP, request_id=id)


# ------------------------------------------------------------ names


def test_a_case_is_named_by_id_number_or_beginning(engine: Engine) -> None:
    case = sent(engine)
    other = engine.open("ticket", ANN, LAMP).case.id

    for name in (case, "T-001", "T-0", "T-00"):
        assert case == engine.case(name).root.id
    assert other == engine.case(other).root.id


def test_a_case_is_named_by_a_number_in_a_field(engine: Engine) -> None:
    case = given(engine, "u1")
    engine.fire(f"{case}/task", "reply", of_unit("u1"), {"answer": "yes"})
    engine.open("ticket", ANN, {"title": "L01"})

    assert case == engine.case("L01").root.id


def test_a_beginning_of_several_is_ambiguous(engine: Engine) -> None:
    sent(engine), sent(engine)

    with pytest.raises(Ambiguous) as ambiguous:
        engine.case("T-0")
    assert ("T-001", "T-002") == ambiguous.value.near


@pytest.mark.parametrize(
    "name", ["", "T", "T-", "T-009", "nobody", "T-001/task", "T-001/task:u7", "T-001/", "%", "x" * 300]
)
def test_a_name_of_nothing_is_not_found(engine: Engine, name: str) -> None:
    sent(engine)

    with pytest.raises(NotFound):
        engine.fire(name, "send", ANN)


def test_names_that_are_near_are_offered(engine: Engine) -> None:
    sent(engine)

    with pytest.raises(NotFound) as missing:
        engine.case("T-010")
    assert ("T-001",) == missing.value.near


def test_a_part_is_named_by_its_case(engine: Engine) -> None:
    given(engine, "u1", "u2")

    assert "u2" == engine.fire("T-001/task:u2", "return", of_unit("u2"), note="not ours").case.key
    with pytest.raises(Ambiguous) as ambiguous:
        engine.case("T-001/task")
    assert ("task:u1", "task:u2") == ambiguous.value.near
    engine.fire("T-001/task:u1", "reply", of_unit("u1"), {"answer": "yes"})
    assert "hand_back" == engine.fire("T-001/task", "hand_back", DAN).records[0]["action"]


# ------------------------------------------------------------ several cases


def test_another_case_is_started_in_the_same_commit(engine: Engine) -> None:
    case = sent(engine)

    outcome = engine.fire(case, "spawn", DAN)

    (child,) = outcome.started
    assert child == engine.case(case).root.values["child"]
    root = engine.case(child).root
    assert ("draft", "ann", case, "Broken lamp") == (
        root.state,
        root.created_by,
        root.values["lead"],
        root.values["title"],
    )
    assert [child] == [waiting.case.id for waiting in engine.todo(ANN)]
    assert engine.verify().good


def test_a_case_that_follows_another_moves_with_it(engine: Engine) -> None:
    lead, follower, second = given(engine, "u1"), sent(engine), sent(engine)
    engine.fire(follower, "merge", DAN, {"lead": "T-001"})
    engine.fire(second, "merge", DAN, {"lead": follower})

    engine.fire(f"{lead}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})

    assert ["done", "done", "done"] == [engine.case(case).root.state for case in (lead, follower, second)]
    assert ("follow", "engine") == (engine.history(second)[-1]["action"], engine.history(second)[-1]["who"]["id"])
    assert engine.verify().good


def test_a_case_that_comes_to_follow_one_that_has_ended_moves_at_once(engine: Engine) -> None:
    lead, follower = sent(engine), sent(engine)
    engine.fire(lead, "withdraw", ANN, note="no")

    outcome = engine.fire(follower, "merge", DAN, {"lead": "T-001"})

    assert ("done", ["merge", "follow"]) == (outcome.case.state, [r["action"] for r in outcome.records])


def test_a_case_that_another_is_opened_with_is_named_like_any(engine: Engine) -> None:
    case = sent(engine)

    assert case == engine.open("ticket", ANN, {**LAMP, "child": "T-001"}).case.values["child"]


def test_a_link_to_nothing_is_not_found(engine: Engine) -> None:
    case = sent(engine)

    with pytest.raises(NotFound):
        engine.fire(case, "merge", DAN, {"lead": "T-7"})
    with pytest.raises(NotFound):
        engine.open("ticket", ANN, {**LAMP, "lead": "T-7"})


# ------------------------------------------------------------ lists


def test_the_todo_list_has_what_waits_longest_first(engine: Engine, clock: FrozenClock) -> None:
    first = sent(engine)
    clock.advance(days=1)
    engine.open("ticket", DAN, LAMP)
    clock.advance(days=1)
    second = sent(engine)

    lines = engine.todo(DAN)

    assert [(first, "T-001", "Broken lamp", "已送出"), (second, "T-002", "Broken lamp", "已送出")] == [
        (w.case.id, w.root_number, w.title, w.state.zh) for w in lines if w.party == "desk"
    ]
    assert sorted(w.since for w in lines) == [w.since for w in lines]
    assert 3 == len(lines)


def test_the_todo_list_comes_in_pages(engine: Engine, clock: FrozenClock) -> None:
    both = Actor("ann", groups=frozenset({"desk"}))
    opened = []
    for _ in range(5):
        opened.append(sent(engine))
        clock.advance(hours=1)

    pages, after = [], None
    while page := engine.todo(both, after=after, limit=2):
        pages.append([line.case.id for line in page])
        after = page[-1]

    assert [opened[:2], opened[2:4], opened[4:]] == pages


def test_the_todo_list_follows_the_case(engine: Engine) -> None:
    case = given(engine, "u1", "u2")

    assert ["u1"] == [line.party for line in engine.todo(of_unit("u1"))]
    engine.fire(f"{case}/task:u1", "return", of_unit("u1"), note="not ours")
    assert [] == [line.party for line in engine.todo(of_unit("u1"))]
    assert ["desk"] == [line.party for line in engine.todo(DAN) if line.case.kind == "task"]
    engine.fire(f"{case}/task:u1", "hand_back", DAN)
    assert ["u1"] == [line.party for line in engine.todo(of_unit("u1"))]


def test_cases_are_found_by_state_value_and_text(engine: Engine) -> None:
    lamp = engine.open(
        "ticket", ANN, {"title": "Broken lamp", "urgent": True, "tags": ["light", "hall"], "weight": 7}
    ).case.id
    door = sent(engine, title="100% stuck door")

    def found(**query: object) -> list[str]:
        return [case.id for case in engine.find(**query)]  # type: ignore[arg-type]

    assert [lamp, door] == found()
    assert [lamp, door] == found(lifecycle="ticket")
    assert [door] == found(state="sent")
    assert [lamp] == found(lifecycle="ticket", state="draft")
    assert [lamp] == found(where={"urgent": True})
    assert [lamp] == found(where={"tags": "hall", "weight": 7})
    assert [] == found(where={"tags": "hall", "weight": 8})
    assert [door] == found(text="% stuck")
    assert [door] == found(text="T-001")
    assert [] == found(text="_")
    assert [] == found(lifecycle="ticket", where={"story": "x"})


def test_an_edited_value_is_found_by_its_new_value(engine: Engine) -> None:
    case = engine.open("ticket", ANN, {**LAMP, "tags": ["a", "b"]}).case.id
    engine.fire(case, "edit", ANN, {"tags": ["b", "c"], "weight": 4})

    assert [0, 1, 1, 1] == [
        len(engine.find(where=w)) for w in ({"tags": "a"}, {"tags": "b"}, {"tags": "c"}, {"weight": 4})
    ]


def test_cases_are_found_in_pages(engine: Engine) -> None:
    opened = [engine.open("ticket", ANN, LAMP).case.id for _ in range(5)]

    first = engine.find(limit=3)
    second = engine.find(limit=3, after=first[-1])

    assert [opened[:3], opened[3:]] == [[case.id for case in first], [case.id for case in second]]


def test_records_come_file_by_file(engine: Engine) -> None:
    first, second = given(engine, "u1"), sent(engine)

    assert [(first, [1, 2, 3]), (second, [1, 2])] == [
        (trail[0]["file"], [record["seq"] for record in trail]) for trail in engine.trails("ticket")
    ]
    assert [] == list(engine.trails("other"))
    assert 2 == len(list(engine.trails()))


# ------------------------------------------------------------ seeing


def test_the_history_of_a_part_is_what_concerns_it(engine: Engine) -> None:
    case = given(engine, "u1", "u2")
    engine.fire(f"{case}/task:u1", "return", of_unit("u1"), note="no")
    engine.fire(case, "withdraw", ANN, note="no")

    assert ["give", "return", "withdraw"] == [r["action"] for r in engine.history(f"{case}/task:u1")]
    assert ["give", "withdraw"] == [r["action"] for r in engine.history(engine.case(case).parts[1].id)]


def test_why_says_what_stands_in_the_way_who_could_and_what_else(engine: Engine) -> None:
    case = sent(engine)

    why = engine.why(case, "give", ANN)

    assert ["role"] == [blocker.code for blocker in why.blockers]
    assert ("desk",) == why.who
    assert ["merge", "withdraw", "comment"] == [offer.action for offer in why.instead]


def test_why_knows_no_action_of_that_name(engine: Engine) -> None:
    why = engine.why(sent(engine), "fly", ANN)

    assert (["not_offered"], ()) == ([blocker.code for blocker in why.blockers], why.who)


def test_why_knows_who_may_edit(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id

    assert ("ann",) == engine.why(case, "edit", DAN).who


def test_offers_are_what_state_and_role_allow(engine: Engine) -> None:
    assert ["give", "break_up", "merge", "spawn", "comment", "rate"] == [
        offer.action for offer in engine.offers(sent(engine), DAN)
    ]


# ------------------------------------------------------------ lifecycles


def test_publishing_the_same_again_changes_nothing(engine: Engine, ticket_text: str, clock: FrozenClock) -> None:
    again = engine.publish(ticket_text)

    assert (False, "ticket", 1, clock()) == (again.new, again.name, again.version, again.at)
    assert engine.lifecycle("ticket").digest == again.digest
    assert ["ticket"] == [published.name for published in engine.lifecycles()]


def test_a_published_version_never_changes(engine: Engine, ticket_text: str) -> None:
    with pytest.raises(VersionTaken):
        engine.publish(ticket_text, settings={"letter": "X"})
    with pytest.raises(LifecycleInvalid):
        engine.publish("casework: 1\n")


def test_a_case_keeps_its_version(engine: Engine, ticket_text: str) -> None:
    old = engine.open("ticket", ANN, LAMP).case.id
    engine.publish(ticket_text.replace("version: 1", "version: 2"), settings={"letter": "N"}, actor=DAN)

    assert ("T-001", "N-001") == (engine.fire(old, "send", ANN).case.number, engine.case(sent(engine)).root.number)
    assert (2, 1) == (engine.lifecycle("ticket").version, engine.lifecycle("ticket", 1).version)
    assert 1 == engine.open("ticket", ANN, LAMP, version=1).case.version
    assert engine.verify().good


def test_what_is_published_from_a_file_is_read_back_as_it_was(
    engine: Engine, ticket_text: str, tmp_path: Path, database: str, make_engine: Callable[..., Engine]
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(ticket_text.replace("version: 1", "version: 2"), encoding="utf-8")
    new = engine.publish(path, settings={"within": "2bd", "outcomes": {"A": "好", "C": "差"}})
    other = make_engine(database)

    assert new.digest == other.lifecycle("ticket").digest
    assert other.lifecycle("ticket").values() == engine.lifecycle("ticket").values()
    assert ("2bd", ["A", "C"]) == (
        other.lifecycle("ticket").values()["within"],
        list(other.lifecycle("ticket").parts["task"].transitions["reply"].asks[0].choices),
    )


def test_a_lifecycle_that_is_not_there_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound) as missing:
        engine.open("tickets", ANN, LAMP)
    assert ("ticket",) == missing.value.near
    with pytest.raises(NotFound):
        engine.lifecycle("ticket", 9)


# ------------------------------------------------------------ the host's transaction


def test_in_the_hosts_transaction_all_is_one_commit(engine: Engine, database: str) -> None:
    host = sa.create_engine(database)
    with host.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE host_rows (case_id TEXT)")
        connection.commit()
        inside = engine.on(connection)
        case = inside.open("ticket", ANN, LAMP).case.id
        connection.exec_driver_sql(f"INSERT INTO host_rows VALUES ('{case}')")
        assert "sent" == inside.fire(case, "send", ANN).case.state
        assert "sent" == inside.case(case).root.state
        connection.rollback()
        assert () == engine.find()

        kept = inside.open("ticket", ANN, LAMP).case.id
        connection.commit()
    host.dispose()

    assert [kept] == [case.id for case in engine.find()]


def test_whom_the_host_adds_goes_with_his_transaction(engine: Engine, database: str) -> None:
    host = sa.create_engine(database)
    with host.connect() as connection:
        inside = engine.on(connection)
        inside.people.add(Party("zoe", "Zoe"))
        assert "Zoe" == inside.people.get("zoe").name
        connection.rollback()
    host.dispose()

    with pytest.raises(NotFound):
        engine.people.get("zoe")


def test_a_refusal_in_the_hosts_transaction_is_the_hosts_to_keep(engine: Engine, database: str) -> None:
    case = engine.open("ticket", ANN, LAMP).case.id
    host = sa.create_engine(database)
    with host.begin() as connection:
        with pytest.raises(Refused):
            engine.on(connection).fire(case, "send", DAN)
        with pytest.raises(Refused, match="last step: by Ann"):
            engine.on(connection).fire(case, "give", DAN, {"units": ["u1"]})
        assert engine.on(connection).verify().good
    host.dispose()

    assert ["open", "refusal", "refusal"] == [record["kind"] for record in engine.history(case)]


def test_the_hosts_listeners_see_our_statements(engine: Engine, database: str) -> None:
    seen: list[str] = []
    host = sa.create_engine(database)
    sa.event.listen(host, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with host.begin() as connection:
        engine.on(connection).open("ticket", ANN, LAMP)
    host.dispose()

    assert any("INSERT INTO records" in statement for statement in seen)


# ------------------------------------------------------------ clocks


def test_what_comes_too_late_or_too_soon_is_refused(engine: Engine, clock: FrozenClock) -> None:
    case = given(engine, "u1")
    engine.fire(case, "urge", DAN)
    with pytest.raises(Refused) as soon:
        engine.fire(case, "urge", DAN)
    clock.set(date(2022, 3, 1))
    with pytest.raises(Refused) as late:
        engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})

    assert (["too_soon"], ["too_late"]) == (codes(soon.value), codes(late.value))
    assert "urge" == engine.fire(case, "urge", DAN).records[0]["action"]
    assert engine.verify().good


def test_the_case_row_of_the_root_counts_the_records(engine: Engine) -> None:
    case = given(engine, "u1")

    assert [3, 0] == rows(engine, sa.select(cases.c.records).where(cases.c.root == case).order_by(cases.c.place))


# ------------------------------------------------------------ for the jobs beside the commands


def test_what_a_job_wrote_before_it_failed_is_not_there(engine: Engine) -> None:
    case = sent(engine)

    with pytest.raises(ZeroDivisionError), engine.writing() as sql:
        sql.execute(sa.update(cases).values(title="spoilt"))
        raise ZeroDivisionError

    assert LAMP["title"] == engine.case(case).root.values["title"]
    with engine.looking() as sql:
        assert ["Broken lamp"] == list(sql.execute(sa.select(cases.c.title)).scalars())
    assert engine.verify().good


def test_one_file_is_verified_alone_by_the_name_of_any_of_its_cases(engine: Engine) -> None:
    case = given(engine, "u1")
    sent(engine)
    alone = 1, len(engine.history(case))

    for name in (case, "T-001", engine.case(case).parts[0].id):
        verdict = engine.verify(name)
        assert alone == (verdict.files, verdict.records)
    assert 2 < engine.verify().files, "with the office's own"


def test_what_is_handed_out_is_the_text_that_was_hashed_and_is_recorded(engine: Engine) -> None:
    case = sent(engine)
    other = sent(engine)
    whole, one = StringIO(), StringIO()
    count = engine.export(whole, DAN)
    alone = engine.export(one, DAN, other)

    assert (count, alone) == (len(whole.getvalue().splitlines()), 2)
    assert {other} == {json.loads(line)["case"] for line in one.getvalue().splitlines()}
    with engine.looking() as sql:
        kept = set(sql.execute(sa.select(records.c.body)).scalars())
    assert set(whole.getvalue().splitlines()) <= kept
    told = [entry["input"] for entry in map(json.loads, kept) if entry["action"] == "export"]
    assert sorted([(count, None), (2, other)], key=str) == sorted(
        ((t["records"], t.get("file")) for t in told), key=str
    )
    assert case in whole.getvalue()


def test_a_calendar_that_was_changed_is_read_anew_when_the_engine_is_told(engine: Engine) -> None:
    before = engine.calendar().version
    closed = {"region": "nx", "day": "2022-06-01", "works": 0, "source": "测试", "version": "nx"}
    with engine.writing() as sql:
        sql.execute(sa.insert(calendar_days).values(closed))
    assert before == engine.calendar().version

    engine.forget_calendar()
    assert before != engine.calendar().version


def test_the_address_is_told_only_where_another_process_reaches_the_same(engine: Engine, database: str) -> None:
    assert engine.address is not None
    assert sa.make_url(database).database == sa.make_url(engine.address).database
    host = sa.create_engine(database)
    with host.connect() as connection:
        assert engine.on(connection).address is None
    host.dispose()

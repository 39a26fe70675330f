import copy
from dataclasses import replace

import pytest

from tests.core.desk import CLERK, EDU, HEALTH, MEMBER, OFFICE, Desk, codes
from workflow.core.fold import fold
from workflow.core.model import Actor, Command, Lifecycle, Linked, Refusal, Started
from workflow.core.run import MOST_STEPS, Ran, run, run_open
from workflow.core.written import GENESIS, leaf, read
from workflow.loading import load


def test_each_step_is_a_record_in_one_chain(gathered: Desk) -> None:
    records = [read(step.text) for step in gathered.steps]

    assert list(range(1, len(records) + 1)) == [r["seq"] for r in records]
    assert [GENESIS, *(leaf(s.text, "log") for s in gathered.steps[:-1])] == [r["prev"] for r in records]
    assert (len(records), gathered.steps[-1].leaf) == (gathered.file.records, gathered.file.head)


def test_replaying_the_records_gives_the_file(gathered: Desk) -> None:
    gathered.do("decide", again=True)
    gathered.do("promise", what="明年")
    gathered.do("urge")
    file = None
    for step in gathered.steps:
        file = fold(file, read(step.text), gathered.lifecycle)
    assert file is not None
    file.records, file.head = gathered.file.records, gathered.file.head

    assert gathered.file == file


def test_a_run_changes_nothing_it_was_given(assigned: Desk) -> None:
    before = copy.deepcopy(assigned.file)
    file = assigned.file
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="好")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="好")
    assigned.do("decide", again=True)

    assert before == file


def test_parts_are_opened_for_each_unit_with_values_and_holders(assigned: Desk) -> None:
    assert [("edu", "edu", "lead", 1, "fresh"), ("health", "health", "co", 1, "fresh")] == [
        (p.key, p.holder, p.values["part"], p.round, p.state) for p in assigned.file.parts
    ]


def test_a_new_round_is_opened_for_the_latest_parts(gathered: Desk) -> None:
    gathered.do("decide", again=True)

    assert [("edu", 1), ("health", 1), ("edu", 2), ("health", 2)] == [(p.key, p.round) for p in gathered.file.parts]
    assert {
        "at_work": 2,
        "draft": 1,
        "gathered": 1,
        "review": 1,
        "review.first": 1,
        "review.second": 1,
    } == gathered.file.root.visits
    assert gathered.file.root.values["urgent"] is True


def test_values_are_set_one_after_the_other(assigned: Desk) -> None:
    assert (2, 4) == (assigned.file.root.values["count"], assigned.file.root.values["double"])


def test_numbers_are_given_once(assigned: Desk) -> None:
    assert ("011-001", "收0001号", "None-1") == (
        assigned.file.root.number, assigned.file.root.values["receipt"], assigned.file.root.values["note_no"],
    )  # fmt: skip
    assigned.do("assign", units=[{"unit": "police", "part": "lead"}])
    assert "收0001号" == assigned.file.root.values["receipt"]


def test_the_number_is_kept_when_a_case_is_submitted_again(reviewed: Desk) -> None:
    reviewed.do("recall", MEMBER)
    reviewed.do("submit", MEMBER)

    assert "011-001" == reviewed.file.root.number
    assert "number" not in reviewed.steps[-1].entry
    assert 2 == reviewed.file.root.visits["review"]


def test_moving_inside_a_nested_state_does_not_enter_its_parent_again(reviewed: Desk) -> None:
    reviewed.do("pass")

    assert (1, 1) == (reviewed.file.root.visits["review"], reviewed.file.root.visits["review.second"])


def test_a_unit_is_not_given_the_same_task_twice(assigned: Desk) -> None:
    answer = assigned.do("assign", units=[{"unit": "edu", "part": "lead"}])

    assert ["invalid"] == codes(answer)
    assert "任务“edu”已有一件未结" in answer.blockers[0].text.zh  # type: ignore[union-attr]


def test_effects_that_cannot_be_had_refuse_the_command(reviewed: Desk) -> None:
    assert {
        "twice": ["invalid"], "unheld": ["missing"], "lacking": ["missing"], "misset": ["invalid"], "break": ["condition"],
    } == {action: codes(reviewed.do(action)) for action in ("twice", "unheld", "lacking", "misset", "break")}  # fmt: skip


def test_a_returned_task_frees_its_key_for_another_round(assigned: Desk) -> None:
    assigned.do("ask_back", EDU, on=assigned.part("edu"), note="不归我们")
    assigned.do("give_back", on=assigned.part("edu"), unit="edu")

    assert [("back", "cancelled", 1), ("fresh", None, 2)] == [
        (p.state, p.outcome, p.round) for p in assigned.file.parts if p.key == "edu"
    ]


def test_a_part_closes_its_siblings_but_not_itself(assigned: Desk) -> None:
    assigned.do("ask_back", EDU, on=assigned.part("edu"), note="不归我们")
    assigned.do("keep", on=assigned.part("edu"))

    assert [True, False] == [p.open for p in assigned.file.parts]


def test_a_broken_invariant_refuses_the_command(assigned: Desk) -> None:
    assigned.file.root.values["pages"] = 13
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="好")

    answer = assigned.do("answer", HEALTH, on=assigned.part("health"), answer="好")

    assert ["invariant"] == codes(answer)
    assert "answer" == answer.action  # type: ignore[union-attr]


def test_an_invariant_may_ask_for_the_moment(desk: Desk) -> None:
    rule = "counted: {in: gathered, holds: case.pages != 13}"
    assert rule in OFFICE
    desk.lifecycle = load(OFFICE.replace(rule, "early: {holds: now == case.opened_at}"))
    desk.now += 1

    assert ["invariant"] == codes(desk.do("submit", MEMBER))
    desk.now -= 1
    assert isinstance(desk.do("submit", MEMBER), Ran)


def test_a_lifecycle_that_does_not_come_to_rest_is_stopped(desk: Desk) -> None:
    answer = desk.do("spin", MEMBER)

    assert [("endless", "spin")] == [(blocker.code, blocker.about) for blocker in answer.blockers]  # type: ignore[union-attr]
    assert str(MOST_STEPS) in answer.blockers[0].text.en  # type: ignore[union-attr]


@pytest.mark.parametrize(("times", "rests"), [(MOST_STEPS, True), (MOST_STEPS + 1, False)])
def test_as_many_steps_as_are_allowed_may_follow(desk: Desk, times: int, rests: bool) -> None:
    spinning = "spinning: {join: {when: 'true'"
    assert spinning in OFFICE
    desk.lifecycle = load(OFFICE.replace(spinning, f"spinning: {{join: {{when: 'visits(\"spinning\") <= {times}'"))

    assert rests is isinstance(desk.do("spin", MEMBER), Ran)


def test_a_refusal_on_the_way_refuses_the_whole(gathered: Desk, matter: Lifecycle) -> None:
    gather = replace(matter.root.transitions["gather"], sources=("stuck",))
    gathered.lifecycle = replace(
        matter, root=replace(matter.root, transitions={**matter.root.transitions, "gather": gather})
    )
    gathered.file.root.values["pages"] = 3
    file = replace(gathered.file, root=replace(gathered.file.root, state="review.second"))
    file.parts = tuple(replace(p, outcome="successful") for p in file.parts)

    answer = run(gathered.lifecycle, file, file.root.id, Command("break", CLERK), gathered.supply)

    assert ["not_offered"] == codes(answer)
    assert "break" == answer.action  # type: ignore[union-attr]


def test_notices_name_everybody_once(reviewed: Desk) -> None:
    reviewed.do("recall", MEMBER)
    reviewed.file.root.values["friends"] = ["x", "m1", 3]
    reviewed.do("submit", MEMBER)

    assert [("clerks", "submitted"), ("x", "submitted"), ("m1", "submitted")] == [
        (n.to, n.template) for n in reviewed.steps[-1].notices
    ]
    assert {"to": "x", "template": "submitted"} in reviewed.steps[-1].entry["out"]


def test_a_notice_may_go_to_whoever_acted(desk: Desk) -> None:
    told = '[clerk, friends, "parent.friends", "parent.created_by"]'
    assert told in OFFICE
    desk.lifecycle = load(OFFICE.replace(told, '["actor.id"]'))
    desk.do("submit", replace(CLERK, on_behalf_of="m1"))

    assert ["c1"] == [notice.to for notice in desk.steps[-1].notices]


def test_notices_see_the_parts_that_the_step_opened(assigned: Desk) -> None:
    assert ["edu", "health"] == [n.to for n in assigned.steps[-1].notices]


def test_a_recipient_that_cannot_be_worked_out_is_said_and_does_not_stop_the_case(assigned: Desk) -> None:
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="好")

    notice = assigned.steps[-1].notices[0]
    assert ("", "answered", True) == (notice.to, notice.template, notice.failed is not None)


def test_another_case_is_started_with_links_both_ways(reviewed: Desk, letter: Lifecycle) -> None:
    reviewed.do("to_letter", consent=True)
    ((id, started),) = reviewed.steps[-1].started

    origin = Linked("id1", "matter", "dropped", None, False)
    answer = run_open(letter, Command("open", CLERK), reviewed.supply, started=started, origin=origin, id=id)

    assert isinstance(answer, Ran)
    assert (id, id) == (reviewed.file.root.values["letter"], answer.file.root.id)
    assert {"title": "修路", "origin": "id1", "urgent": False} == answer.file.root.values
    assert ("m1", "successful") == (answer.file.root.created_by, answer.file.root.outcome)


def test_what_is_started_must_fit_its_own_lifecycle(reviewed: Desk, letter: Lifecycle) -> None:
    started = Started("letter", None, "m1", {"title": "x" * 11})

    assert ["invalid"] == codes(run_open(letter, Command("open", CLERK), reviewed.supply, started=started))


def test_a_case_follows_the_one_it_was_merged_into(reviewed: Desk) -> None:
    reviewed.others["id0"] = Linked("id0", "matter", "at_work", None, True)
    reviewed.do("merge", lead="id0")
    assert reviewed.settle() is None
    assert "merged" == reviewed.file.root.state

    reviewed.file.linked = {"lead": Linked("id0", "matter", "done", None, False)}
    reviewed.settle()

    assert "gathered" == reviewed.file.root.state


def test_a_case_merged_into_one_that_is_done_goes_on_at_once(reviewed: Desk) -> None:
    reviewed.others["id0"] = Linked("id0", "matter", "done", None, False)
    reviewed.do("merge", lead="id0")

    assert "gathered" == reviewed.file.root.state


def test_a_case_merged_into_one_that_is_gone_waits(reviewed: Desk) -> None:
    reviewed.do("merge", lead="nowhere")

    assert ("merged", {}) == (reviewed.file.root.state, reviewed.file.linked)


def test_a_join_that_cannot_be_decided_is_a_refusal_when_looked_at_again(desk: Desk) -> None:
    desk.file.root.state = "stuck"

    answer = desk.settle()

    assert ["condition"] == codes(answer)
    assert ("id1", "join", "stuck") == (answer.case, answer.action, answer.state)  # type: ignore[union-attr]


def test_an_open_that_is_refused_leaves_no_file(desk: Desk) -> None:
    assert isinstance(desk.open(CLERK, title="x"), Refusal)


def test_an_opening_looks_at_the_joins_of_its_first_state(matter: Lifecycle, desk: Desk) -> None:
    desk.lifecycle = replace(matter, root=replace(matter.root, initial="stuck"))

    assert ["condition"] == codes(desk.open(title="x"))


def test_one_part_opens_without_a_loop_and_numbers_itself(assigned: Desk) -> None:
    assigned.do("promise", what="a")
    assigned.do("promise", what="b")

    assert ["1", "2"] == [p.key for p in assigned.file.parts if p.kind == "promise"]
    assert [None, None] == [p.holder for p in assigned.file.parts if p.kind == "promise"]


def test_a_transition_opens_all_the_parts_that_it_names(reviewed: Desk) -> None:
    first, second = "{part: task, key: \"'same'\"}", "{part: task, key: \"'other'\"}"
    reviewed.lifecycle = load(OFFICE.replace(f"{first}, {first}", f"{first}, {second}"))
    reviewed.do("twice")

    assert ["same", "other"] == [part.key for part in reviewed.file.parts]


def test_an_act_upon_a_case_that_has_ended_ends_it_no_second_time(gathered: Desk) -> None:
    gathered.do("finish")
    answer = gathered.do("remark", note="以后照办")

    assert isinstance(answer, Ran)
    assert "outcome" not in answer.steps[0].entry
    assert "successful" == gathered.file.root.outcome


def test_somebody_else_cannot_answer_for_a_unit(assigned: Desk) -> None:
    assert ["role"] == codes(assigned.do("answer", Actor("x"), on=assigned.part("edu"), answer="好"))

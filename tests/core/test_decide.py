import copy
from dataclasses import replace

import pytest

from tests.core.desk import CLERK, DAY, EDU, HEALTH, MEMBER, OFFICE, Desk, codes
from workflow.core.calendar import china
from workflow.core.decide import accepted_fields, automatic, decide, offers, opening, why
from workflow.core.errors import ConditionFailed
from workflow.core.model import Actor, Command, Lifecycle, Move, Refusal, Text
from workflow.loading import load


def refusal(desk: Desk, action: str, actor: Actor = CLERK, **options: object) -> Refusal:
    answer = desk.do(action, actor, **options)  # type: ignore[arg-type]
    assert isinstance(answer, Refusal), f"{action} was not refused"
    return answer


def sentences(answer: object) -> list[tuple[str, str]]:
    assert isinstance(answer, Refusal)
    return [(b.text.zh, b.text.en) for b in answer.blockers]


# -- state and role


def test_an_unknown_action_is_answered_with_what_is_near_or_possible(desk: Desk) -> None:
    assert "是否指“submit”" in sentences(refusal(desk, "sumbit"))[0][0]
    assert "possible now: submit, lost, spin, jam, remark" in sentences(refusal(desk, "zzzzzz"))[0][1]


def test_an_action_of_another_state_says_where_it_is_possible(desk: Desk) -> None:
    answer = refusal(desk, "assign")

    assert ["not_offered"] == codes(answer)
    assert (
        "现为“草稿”，不能“assign”；须在：复审、办理",
        "it is 'Draft' now; 'assign' is possible in: Second, At work",
    ) == sentences(answer)[0]


def test_an_action_of_another_state_and_another_role_says_both(desk: Desk) -> None:
    assert ["not_offered", "role"] == codes(refusal(desk, "assign", MEMBER))


def test_a_wrong_role_is_told_who_may(desk: Desk) -> None:
    assert ("“提交”须由提出人（owner）办理，乙不是", "'Submit' is for the owner; 乙 is not") == sentences(
        refusal(desk, "submit")
    )[0]


def test_a_role_that_cannot_be_worked_out_is_nobodys(reviewed: Desk) -> None:
    assert ["role"] == codes(refusal(reviewed, "blame", Actor("x")))


def test_a_role_may_be_any_of_several(reviewed: Desk) -> None:
    assert isinstance(reviewed.do("pause", MEMBER, note="等材料"), object)
    assert "paused" == reviewed.file.root.state


def test_nobody_but_the_engine_takes_an_engine_transition(assigned: Desk) -> None:
    assert ["role"] == codes(refusal(assigned, "gather"))
    assert ["role"] == codes(refusal(assigned, "gather", Actor("engine")))


def test_the_engine_is_not_just_anybody(desk: Desk) -> None:
    assert ["role"] == codes(refusal(desk, "remark", Actor("engine", through="engine"), note="x"))


# -- on behalf of others


def test_a_proxy_does_what_the_one_he_stands_for_may_do(desk: Desk) -> None:
    desk.do("submit", replace(CLERK, on_behalf_of="m1"))

    assert "review.first" == desk.file.root.state
    assert {"id": "c1", "for": "m1", "name": "乙", "roles": ["owner"], "through": "library"} == desk.steps[-1].entry[
        "who"
    ]


def test_nobody_else_may_act_for_others(desk: Desk) -> None:
    answer = refusal(desk, "submit", Actor("x", "戊", on_behalf_of="m1"))

    assert ["role"] == codes(answer)
    assert ("戊不能代他人办理", "戊 may not act on behalf of others") == sentences(answer)[0]


def test_a_proxy_does_not_lend_his_own_groups(reviewed: Desk) -> None:
    assert ["role"] == codes(refusal(reviewed, "pass", replace(CLERK, on_behalf_of="m1")))


# -- input, guards, clocks: every blocker at once


def test_every_blocker_is_told_at_once(desk: Desk) -> None:
    desk.do("edit", MEMBER, body="x")

    assert ["role", "guard"] == codes(refusal(desk, "submit", Actor("x")))
    assert ["role", "invalid"] == codes(refusal(desk, "submit", Actor("x"), title=3))


def test_what_is_required_must_be_filled_by_now(desk: Desk) -> None:
    desk.do("edit", MEMBER, body="")

    answer = refusal(desk, "submit", MEMBER)

    assert ["missing"] == codes(answer)
    assert "body" == answer.blockers[0].about


def test_what_is_required_may_come_with_the_command_and_guards_see_it(desk: Desk) -> None:
    desk.do("edit", MEMBER, body="x")
    desk.do("submit", MEMBER, body="写长一些")

    assert "写长一些" == desk.file.root.values["body"]
    assert "input" not in desk.steps[-1].entry


def test_what_somebody_filled_is_not_changed_on_the_way(assigned: Desk) -> None:
    assigned.file = replace(
        assigned.file, parts=tuple(replace(p, values={**p.values, "answer": "好"}) for p in assigned.file.parts)
    )
    edu = assigned.part("edu")

    answer = refusal(assigned, "answer", EDU, on=edu, answer="不好")
    offered = offers(assigned.lifecycle, assigned.file, edu.id, EDU, assigned.now, china())

    assert [("“answer”已经填好，此时不能改", "'answer' is filled already and cannot be changed here")] == sentences(
        answer
    )
    assert [("answer", ())] == [(o.action, o.asks) for o in offered if o.action == "answer"]
    assert not isinstance(assigned.do("answer", EDU, on=edu, answer="好"), Refusal)


def test_who_may_edit_it_may_change_it_on_the_way(desk: Desk) -> None:
    desk.do("submit", MEMBER, title="修桥")

    assert "修桥" == desk.file.root.values["title"]


def test_a_guard_speaks_its_own_sentence(reviewed: Desk) -> None:
    reviewed.do("pass")

    answer = refusal(reviewed, "assign", units=[{"unit": "edu", "part": "co"}])

    assert [("须有一个主办", "Name one lead")] == sentences(answer)


def test_a_guard_on_missing_input_is_not_held_against_the_input(reviewed: Desk) -> None:
    reviewed.do("pass")

    assert ["missing"] == codes(refusal(reviewed, "assign"))


def test_other_guards_are_held_against_missing_input(reviewed: Desk) -> None:
    reviewed.lifecycle = load(OFFICE.replace("if: [one_lead]", "if: [one_lead, long_enough]"))
    reviewed.do("pass")
    reviewed.file.root.values["body"] = "x"

    assert ["missing", "guard"] == codes(refusal(reviewed, "assign"))


def test_what_is_asked_may_have_a_default(gathered: Desk) -> None:
    gathered.lifecycle = load(OFFICE.replace("ask: {yes: bool,", "ask: {yes: {type: bool, default: true},"))
    gathered.do("decide")

    assert "done" == gathered.file.root.state


def test_a_list_that_is_asked_and_not_given_is_an_empty_one(gathered: Desk) -> None:
    finish = "finish: {from: [at_work, gathered], to: done, by: [clerk]"
    assert finish in OFFICE
    asked = ", ask: {names: {type: list, item: text}}, set: {count: input.names.size()}"
    gathered.lifecycle = load(OFFICE.replace(finish, finish + asked))
    gathered.do("finish")

    assert ("done", 0) == (gathered.file.root.state, gathered.file.root.values["count"])


def test_a_guard_that_cannot_be_decided_refuses_with_its_reason(matter: Lifecycle, desk: Desk) -> None:
    root = replace(
        matter.root,
        transitions={**matter.root.transitions, "submit": replace(matter.root.transitions["submit"], require=())},
    )
    desk.lifecycle = replace(matter, root=root)
    desk.do("edit", MEMBER, body="")

    answer = refusal(desk, "submit", MEMBER)

    assert ["condition"] == codes(answer)
    assert "正文太短（条件“case.body.size() > 2”无法判断" in sentences(answer)[0][0]


def test_a_note_is_asked_for(reviewed: Desk) -> None:
    assert ["missing"] == codes(refusal(reviewed, "drop"))
    assert ["missing"] == codes(refusal(reviewed, "drop", note="  "))
    assert isinstance(reviewed.do("drop", note="重复"), object)
    assert ("dropped", "cancelled") == (reviewed.file.root.state, reviewed.file.root.outcome)


def test_what_comes_too_late_is_refused_with_the_last_day(assigned: Desk) -> None:
    assigned.now += 8 * DAY  # opened on Monday 7 March; five working days end on Monday 14 March

    answer = refusal(assigned, "ask_back", EDU, on=assigned.part("edu"), note="不归我们")

    assert ["too_late"] == codes(answer)
    assert (
        "“申请退回”须在 5 个工作日内提出，已于 2022-03-14 截止",
        "'Ask back' had to come within 5 working days; the last day was 2022-03-14",
    ) == sentences(answer)[0]


def test_the_last_day_counts_to_its_end(assigned: Desk) -> None:
    assigned.now += 7 * DAY + 15 * DAY // 24  # from nine in the morning to midnight
    assert ["too_late"] == codes(refusal(assigned, "ask_back", EDU, on=assigned.part("edu"), note="不归我们"))
    assigned.now -= 1

    assert not isinstance(assigned.do("ask_back", EDU, on=assigned.part("edu"), note="不归我们"), Refusal)


def test_an_act_is_allowed_only_so_often(assigned: Desk) -> None:
    assigned.do("urge")

    answer = refusal(assigned, "urge")
    assigned.now += 4 * DAY

    assert ["too_soon"] == codes(answer)
    assert "每 3 个工作日至多一次，2022-03-11 起可再办" in sentences(answer)[0][0]
    assert not isinstance(assigned.do("urge"), Refusal)


def test_nothing_has_happened_in_the_future(desk: Desk) -> None:
    answer = decide(
        desk.lifecycle, desk.file, "id1", Command("submit", MEMBER, happened=desk.now + 1), desk.now, china()
    )

    assert ["invalid"] == codes(answer)


def test_each_blocker_names_what_it_is_about(desk: Desk) -> None:
    def told(action: str, actor: Actor = CLERK, **options: object) -> list[tuple[str, str | None]]:
        return [(blocker.code, blocker.about) for blocker in refusal(desk, action, actor, **options).blockers]

    assert [("not_offered", "sumbit")] == told("sumbit")
    assert [("not_offered", "pass")] == told("pass")
    assert [("role", "role")] == told("submit")
    assert [("role", "proxies")] == told("submit", Actor("x", on_behalf_of="m1"))
    assert [("role", "role")] == told("edit", title="x")
    assert [("missing", None)] == told("edit", MEMBER)
    assert [("no_route", "lost")] == told("lost", MEMBER)
    desk.do("submit", MEMBER)
    assert [("not_offered", "edit")] == told("edit", MEMBER, title="x")
    assert [("missing", "note")] == told("drop")
    desk.do("pass")
    desk.do("assign", units=[{"unit": "edu", "part": "lead"}])
    desk.do("urge")
    assert [("too_soon", "urge")] == told("urge")
    assert [("open_parts", "task")] == told("finish")
    desk.now += 8 * DAY
    assert [("too_late", "ask_back")] == told("ask_back", EDU, on=desk.part("edu"), note="不归我们")
    desk.do("drop", note="重复")
    assert [("not_offered", "urge")] == told("urge")


# -- routes and targets


def test_exactly_one_route_must_hold(gathered: Desk) -> None:
    both = refusal(gathered, "decide", yes=True, again=True)
    none = refusal(gathered, "decide")

    assert (["no_route"], ["no_route"]) == (codes(both), codes(none))
    assert "同时有几个去向（done, at_work）" in sentences(both)[0][0]
    assert "没有适用的去向" in sentences(none)[0][0]


def test_else_holds_where_no_other_route_does(gathered: Desk) -> None:
    gathered.file.root.values["pages"] = 1
    gathered.do("settle")

    assert "dropped" == gathered.file.root.state


def test_a_route_before_else_wins(gathered: Desk) -> None:
    gathered.file.root.values["pages"] = 6
    gathered.do("settle")

    assert "done" == gathered.file.root.state


def test_a_route_that_cannot_be_decided_refuses(gathered: Desk) -> None:
    (blocker,) = refusal(gathered, "settle").blockers
    assert ("condition", "settle") == (blocker.code, blocker.about)
    assert "case.pages > 5" in blocker.text.zh
    assert "case.pages > 5" in blocker.text.en


def test_a_case_goes_back_to_where_it_came_from(reviewed: Desk) -> None:
    reviewed.do("pass")
    reviewed.do("pause", note="等")
    reviewed.do("resume")

    assert "review.second" == reviewed.file.root.state


def test_a_case_that_came_from_nowhere_cannot_go_back(desk: Desk) -> None:
    assert ["no_route"] == codes(refusal(desk, "lost", MEMBER))


# -- ends


def test_a_case_does_not_end_over_open_parts(assigned: Desk) -> None:
    answer = refusal(assigned, "finish")

    assert ["open_parts"] == codes(answer)
    assert ("还有未完成的：任务（edu）、任务（health）", "still open: Task (edu), Task (health)") == sentences(answer)[
        0
    ]


def test_closing_the_parts_lets_it_end(assigned: Desk) -> None:
    assigned.do("drop", note="重复")

    assert ["cancelled", "cancelled"] == [p.outcome for p in assigned.file.parts]
    assert ["fresh", "fresh"] == [p.state for p in assigned.file.parts]


def test_a_part_closed_from_above_is_over(assigned: Desk) -> None:
    assigned.do("drop", note="重复")

    answer = refusal(assigned, "answer", EDU, on=assigned.part("edu"), answer="晚了")

    assert ["not_offered"] == codes(answer)
    assert "已结束" in sentences(answer)[0][0]
    assert ["not_offered"] == codes(
        decide(
            assigned.lifecycle, assigned.file, assigned.part("edu").id, Command("edit", EDU, {}), assigned.now, china()
        )
    )


def test_what_outlives_the_case_may_stay_open(assigned: Desk) -> None:
    assigned.do("promise", what="明年建成")
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="修好了")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="同意")
    assigned.do("finish")
    promise = assigned.file.parts[-1]

    assert ("done", True, "3") == (assigned.file.root.state, promise.open, promise.key) or promise.key == "1"
    assigned.do("keep", on=promise)
    assert "kept" == assigned.file.parts[-1].state


def test_a_transition_that_opens_a_part_cannot_end_the_case(gathered: Desk, matter: Lifecycle) -> None:
    finish = matter.root.transitions["finish"]
    opening_too = replace(finish, effects=matter.root.transitions["twice"].effects)
    root = replace(
        matter.root,
        transitions={
            **matter.root.transitions,
            "finish": replace(opening_too, effects=replace(opening_too.effects, open=opening_too.effects.open[:1])),
        },
    )
    gathered.lifecycle = replace(matter, root=root)

    assert ["open_parts"] == codes(refusal(gathered, "finish"))


def test_an_ended_case_can_be_reopened_where_the_lifecycle_says_so(gathered: Desk) -> None:
    gathered.do("finish")
    gathered.do("reopen")

    assert ("review.first", None) == (gathered.file.root.state, gathered.file.root.outcome)


# -- editing


def test_the_state_says_who_edits_what(desk: Desk) -> None:
    desk.do("edit", MEMBER, title="修桥", body="")

    assert ("修桥", None, "draft") == (
        desk.file.root.values["title"],
        desk.file.root.values["body"],
        desk.file.root.state,
    )
    assert "edit" == desk.steps[-1].entry["kind"]


def test_edits_are_refused_with_reasons(desk: Desk) -> None:
    assert ["missing"] == codes(refusal(desk, "edit", MEMBER))
    assert ["missing"] == codes(refusal(desk, "edit", MEMBER, title=""))
    assert ["invalid"] == codes(refusal(desk, "edit", MEMBER, pages=3))
    assert ["role"] == codes(refusal(desk, "edit", CLERK, title="x"))
    desk.do("submit", MEMBER)
    assert ["not_offered"] == codes(refusal(desk, "edit", MEMBER, title="x"))


def test_a_proxy_may_be_whoever_the_case_itself_names(desk: Desk) -> None:
    desk.lifecycle = replace(desk.lifecycle, proxies=("owner",))
    desk.file.root.values["friends"] = ["x"]
    desk.do("edit", replace(MEMBER, on_behalf_of="x"), body="写长一些")

    assert "写长一些" == desk.file.root.values["body"]


def test_a_proxy_edits_what_the_one_he_stands_for_may(desk: Desk) -> None:
    desk.do("edit", replace(CLERK, on_behalf_of="m1"), title="修桥")

    assert "修桥" == desk.file.root.values["title"]
    assert ["role"] == codes(refusal(desk, "edit", Actor("x", on_behalf_of="m1"), title="x"))


# -- opening


def test_opening_wants_its_role_and_its_required_fields(desk: Desk) -> None:
    refused = desk.open(CLERK, titel="x")
    assert isinstance(refused, Refusal)
    assert ("", "open", "") == (refused.case, refused.action, refused.state), "there is no case yet"
    assert ["role", "invalid", "missing"] == codes(refused)
    assert ["invalid"] == codes(desk.open(title="x" * 21))


def test_opening_fills_in_the_defaults(desk: Desk) -> None:
    assert {"title": "修路", "body": "路坏了很久", "urgent": False} == desk.file.root.values


def test_an_opening_is_in_the_name_of_the_one_represented(desk: Desk) -> None:
    representing = replace(CLERK, on_behalf_of="members")

    assert not isinstance(desk.open(representing, title="x"), Refusal)
    assert "members" == desk.file.root.created_by
    assert ["role", "role"] == codes(desk.open(Actor("x", on_behalf_of="y"), title="x"))


def test_what_another_case_starts_needs_no_role(letter: Lifecycle) -> None:
    command = Command("open", CLERK, {"title": "x"})

    assert isinstance(opening(letter, command, 0, "m1", started=True), Move)
    assert ["role"] == codes(opening(letter, command, 0, "m1"))


# -- asking


def test_asking_why_one_may_not_edit_needs_no_input(desk: Desk) -> None:
    assert () == why(desk.lifecycle, desk.file, "id1", "edit", MEMBER, desk.now, china())


def test_asking_why_needs_no_input(reviewed: Desk) -> None:
    lifecycle, file = reviewed.lifecycle, reviewed.file

    assert () == why(lifecycle, file, "id1", "drop", CLERK, reviewed.now, china())
    assert ["role"] == [b.code for b in why(lifecycle, file, "id1", "drop", MEMBER, reviewed.now, china())]
    assert ["not_offered"] == [b.code for b in why(lifecycle, file, "id1", "edit", MEMBER, reviewed.now, china())]
    assert ["not_offered"] == [b.code for b in why(lifecycle, file, "id1", "settle", CLERK, reviewed.now, china())]


def test_asking_why_tells_what_no_input_could_mend(gathered: Desk) -> None:
    lifecycle, file = gathered.lifecycle, gathered.file

    assert ["condition"] == [b.code for b in why(lifecycle, file, "id1", "settle", CLERK, gathered.now, china())]
    assert () == why(lifecycle, file, "id1", "decide", CLERK, gathered.now, china())


def test_offers_are_what_state_and_role_allow(desk: Desk) -> None:
    offered = offers(desk.lifecycle, desk.file, "id1", MEMBER, desk.now, china())

    assert ["submit", "lost", "spin", "jam", "remark", "edit"] == [o.action for o in offered]
    assert [False, True] == [offered[0].act, offered[-1].act]
    assert [("title", False), ("body", False)] == [(f.name, f.required) for f in offered[0].asks]
    assert [("title"), ("body")] == [f.name for f in offered[-1].asks]
    assert Text("提交", "Submit") == offered[0].label


def test_offers_mark_what_must_be_given(desk: Desk) -> None:
    desk.do("edit", MEMBER, body="")

    offered = offers(desk.lifecycle, desk.file, "id1", MEMBER, desk.now, china())

    assert [("title", False), ("body", True)] == [(f.name, f.required) for f in offered[0].asks]


def test_friends_are_offered_to_edit_only_their_fields(desk: Desk) -> None:
    desk.file.root.values["friends"] = ["x"]

    offered = offers(desk.lifecycle, desk.file, "id1", Actor("x"), desk.now, china())

    assert [("remark", ()), ("edit", ("body", "pages"))] == [(o.action, tuple(f.name for f in o.asks)) for o in offered]


def test_an_ask_with_the_name_of_a_required_field_is_one_input(matter: Lifecycle) -> None:
    answer = matter.parts["task"].transitions["answer"]
    both = replace(answer, asks=(matter.parts["task"].fields["answer"],))

    assert ["answer"] == [f.name for f in accepted_fields(matter.parts["task"], both)]


# -- joins


def test_a_join_is_taken_when_it_holds(assigned: Desk) -> None:
    assert automatic(assigned.lifecycle, assigned.file, assigned.now) is None
    assigned.do("answer", EDU, on=assigned.part("edu"), answer="好")
    assigned.do("answer", HEALTH, on=assigned.part("health"), answer="好")

    assert ["answer", "gather"] == [s.entry["action"] for s in assigned.steps[-2:]]


def test_a_join_may_ask_for_the_moment(desk: Desk) -> None:
    desk.lifecycle = load(
        OFFICE.replace("stuck: {join: {when: 'case.pages > 1'", "stuck: {join: {when: 'now > case.opened_at'")
    )
    desk.do("jam", MEMBER)
    assert ("stuck", None) == (desk.file.root.state, desk.settle())
    desk.now += 1
    desk.settle()

    assert "gathered" == desk.file.root.state


def test_a_join_that_cannot_be_decided_stops_the_command(desk: Desk) -> None:
    answer = refusal(desk, "jam", MEMBER)

    assert ["condition"] == codes(answer)
    assert "draft" == desk.file.root.state
    with pytest.raises(ConditionFailed):
        automatic(desk.lifecycle, _in_state(desk, "stuck"), desk.now)


def _in_state(desk: Desk, state: str):  # type: ignore[no-untyped-def]
    file = copy.copy(desk.file)
    file.root = replace(file.root, state=state)
    return file

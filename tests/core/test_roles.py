from dataclasses import replace

import pytest

from tests.core.desk import CLERK, EDU, MEMBER, Desk
from workflow.core.expressions import CelExpression
from workflow.core.model import Actor
from workflow.core.roles import as_parties, titles, visible, waiting, who


def test_a_case_waits_for_those_who_can_move_it(desk: Desk) -> None:
    assert ("m1",) == waiting(desk.lifecycle, desk.file, "id1")


def test_the_lifecycle_can_say_whom_a_state_waits_for(assigned: Desk) -> None:
    assert ("clerks",) == waiting(assigned.lifecycle, assigned.file, "id1")
    assert ("edu",) == waiting(assigned.lifecycle, assigned.file, assigned.part("edu").id)


def test_an_ended_case_waits_for_nobody(assigned: Desk) -> None:
    assigned.do("drop", note="重复")

    assert [(), ()] == [
        waiting(assigned.lifecycle, assigned.file, p.id) for p in (assigned.file.root, assigned.part("edu"))
    ]


def test_a_state_open_to_anybody_is_on_nobodys_list(desk: Desk) -> None:
    state = replace(desk.lifecycle.root.states["draft"], waits_for=("any",))
    root = replace(desk.lifecycle.root, states={**desk.lifecycle.root.states, "draft": state})

    assert () == waiting(replace(desk.lifecycle, root=root), desk.file, "id1")


def test_who_may_do_something_is_said_by_name(assigned: Desk) -> None:
    lifecycle, file = assigned.lifecycle, assigned.file

    assert ("clerks",) == who(lifecycle, file, "id1", "assign")
    assert ("clerks", "m1") == who(lifecycle, file, "id1", "pause")
    assert ("any",) == who(lifecycle, file, "id1", "remark")
    assert () == who(lifecycle, file, "id1", "gather")
    assert () == who(lifecycle, file, "id1", "edit")
    assert ("edu",) == who(lifecycle, file, assigned.part("edu").id, "answer")


def test_a_blind_part_is_its_holders_until_all_are_in(assigned: Desk) -> None:
    edu = assigned.part("edu").id

    def seen(actor: Actor | None) -> bool:
        return visible(assigned.lifecycle, assigned.file, edu, actor)

    assert (True, False, False) == (seen(EDU), seen(CLERK), seen(None))
    assigned.do("drop", note="重复")
    assert (True, True) == (seen(CLERK), seen(None))
    assert visible(assigned.lifecycle, assigned.file, "id1", None)


def test_a_part_stays_blind_where_its_condition_cannot_be_decided(assigned: Desk) -> None:
    until = CelExpression("parent.pages > 1")  # the field is empty
    task = replace(assigned.lifecycle.parts["task"], blind_until=until)
    lifecycle = replace(assigned.lifecycle, parts={**assigned.lifecycle.parts, "task": task})

    assert not visible(lifecycle, assigned.file, assigned.part("edu").id, CLERK)


@pytest.mark.parametrize(
    ("value", "expected"), [("a", ("a",)), ("", ()), (["a", "", 1, "b"], ("a", "b")), (None, ()), (3, ())]
)
def test_parties_are_named_by_a_text_or_a_list(value: object, expected: tuple[str, ...]) -> None:
    assert expected == as_parties(value)


def test_roles_are_called_by_their_labels(desk: Desk) -> None:
    names = titles(desk.lifecycle, ["owner", "friends", "engine", "nobody_known"])

    assert "提出人（owner）、friends、引擎（engine）、nobody_known" == names.zh
    assert "the owner or friends or the engine or nobody_known" == names.en


def test_an_actor_speaks_for_himself_his_unit_and_his_groups() -> None:
    assert {"x", "u", "g"} == Actor("x", unit="u", groups=frozenset({"g"})).parties()
    assert {"y"} == Actor("x", unit="u", groups=frozenset({"g"}), on_behalf_of="y").parties()
    assert {"m1", "members"} == MEMBER.parties()

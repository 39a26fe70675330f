from datetime import date

from workflow.core import wording
from workflow.core.model import Duration, Lifecycle, Text


def test_a_length_is_said_with_its_unit() -> None:
    assert Text("15 个工作日", "15 working days") == wording.length(Duration(15, "bd"))
    assert Text("1 个月", "1 month") == wording.length(Duration(1, "mo"))
    assert Text("2022年6月30日", "2022-06-30") == wording.length(date(2022, 6, 30))


def test_roles_are_called_by_their_labels(matter: Lifecycle) -> None:
    assert Text("经办人、自动、任何人", "a clerk, by itself, anybody") == wording.roles(
        matter, ("clerk", "engine", "any")
    )
    assert Text("friends", "friends") == wording.role(matter, "friends")


def test_who_is_one_of_several_is_able_to_what_any_of_them_is(matter: Lifecycle) -> None:
    assert {"clerk", "desk", "any"} == wording.able(matter, "clerk")
    assert {"engine"} == wording.able(matter, "engine")

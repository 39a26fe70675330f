from datetime import date

from workflow.core import wording
from workflow.core.model import Deadline, Duration, Field, Lifecycle, Text


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


def test_the_state_that_one_goes_back_to_has_no_name_of_its_own(matter: Lifecycle) -> None:
    assert Text("原状态", "where it was") == wording.state(matter.root, "origin")
    assert Text("初审", "First") == wording.state(matter.root, "review.first")
    assert Text("lost", "lost") == wording.state(matter.root, "lost")


def test_the_root_is_called_by_the_label_of_the_lifecycle(matter: Lifecycle, letter: Lifecycle) -> None:
    assert Text("事项", "Matter") == wording.kind(matter, "")
    assert Text("任务", "Task") == wording.kind(matter, "task")
    assert Text("letter", "letter") == wording.kind(letter, "")


def test_what_one_does_is_called_by_its_label(matter: Lifecycle) -> None:
    assert Text("提交", "Submit") == wording.action(matter.root.transitions["submit"])
    assert Text("recall", "recall") == wording.action(matter.root.transitions["recall"])


def test_who_did_something_is_told_with_the_minute() -> None:
    at = 1_646_113_824_000_000

    assert Text("李强 于 2022-03-01 13:50 办理", "by 李强, 2022-03-01 13:50") == wording.by_whom(
        {"who": {"id": "li", "name": "李强"}, "at": at}
    )
    assert Text("li 于 2022-03-01 13:50 办理", "by li, 2022-03-01 13:50") == wording.by_whom(
        {"who": {"id": "li"}, "at": at}
    )
    assert Text("2022-03-01 13:50 自动办理", "by itself, 2022-03-01 13:50") == wording.by_whom(
        {"who": {"id": "engine"}, "at": at}
    )


def test_how_long_a_deadline_is_or_which_date_it_takes() -> None:
    fields = {"by": Field("by", "date", Text("答复日", "Day of reply")), "on": Field("on", "date")}
    long = Deadline("long_due", "", (Duration(3, "mo"), Duration(2, "h"), date(2022, 6, 30)))

    assert Text("3 个月、2 小时、2022年6月30日", "3 months, 2 hours, 2022-06-30") == wording.limit(long, fields)
    assert Text("“答复日”所填日期", 'the date in "Day of reply"') == wording.limit(
        Deadline("d", "", field="by"), fields
    )
    assert Text("“on”所填日期", 'the date in "on"') == wording.limit(Deadline("d", "", field="on"), fields)
